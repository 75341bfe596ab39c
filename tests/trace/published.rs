//! Published datasets give the rows, sums and spans their description states.

use super::render;
use crate::shared::shared;
use ssc::units::SimDuration;
use ssc::workload::import::{ReadOptions, read};
use ssc::workload::{Row, Status, TimeBase, Trace, TraceColumn};
use std::fs::File;

fn load(path: &str) -> Option<Trace> {
    let file = File::open(shared(path)?).unwrap();
    let read = read(path, file, &ReadOptions::default());
    Some(read.unwrap_or_else(|e| panic!("{}", render(&e))))
}

fn sum(trace: &Trace, field: impl Fn(&Row) -> Option<u32>) -> u64 {
    trace.iter().filter_map(|row| field(&row)).map(u64::from).sum()
}

fn max(trace: &Trace, field: impl Fn(&Row) -> Option<u32>) -> Option<u32> {
    trace.iter().filter_map(|row| field(&row)).max()
}

fn count(trace: &Trace, status: Status) -> usize {
    trace.iter().filter(|row| row.status == status).count()
}

#[test]
fn azure_llm_2023_code() {
    let path = "traces/azure-llm-2023/AzureLLMInferenceTrace_code.csv";
    let Some(trace) = load(path) else { return };
    assert_eq!((trace.format, trace.len(), trace.skipped), ("azure-llm", 8_819, 0));
    assert_eq!(trace.time_base, TimeBase::UnixEpoch);
    assert_eq!(trace.row(0).arrival.0, 1_700_158_623_979_960_000);
    assert_eq!(trace.row(8_818).arrival.0, 1_700_162_059_928_016_000);
    assert_eq!(trace.span(), SimDuration(3_435_948_056_000));
    assert_eq!(sum(&trace, |r| r.input_tokens), 18_059_974);
    assert_eq!(sum(&trace, |r| r.output_tokens), 245_896);
    assert_eq!(max(&trace, |r| r.input_tokens), Some(7_437));
    assert_eq!(max(&trace, |r| r.output_tokens), Some(1_899));
    assert_eq!(trace.out_of_order, 0);
    assert!(!trace.has_duration() && trace.has_tokens());
    assert_eq!(trace.notes, ["timestamps name no time zone: read as UTC"]);
    assert_eq!(trace.memory_bytes(), 8_819 * 16);
}

#[test]
fn azure_llm_2023_conversation() {
    let path = "traces/azure-llm-2023/AzureLLMInferenceTrace_conv.csv";
    let Some(trace) = load(path) else { return };
    assert_eq!((trace.format, trace.len()), ("azure-llm", 19_366));
    assert_eq!(trace.row(0).arrival.0, 1_700_158_546_680_590_000);
    assert_eq!(trace.row(19_365).arrival.0, 1_700_162_048_402_527_000);
    assert_eq!(trace.span().0 / 1_000_000, 3_501_721);
    assert_eq!(sum(&trace, |r| r.input_tokens), 22_361_870);
    assert_eq!(sum(&trace, |r| r.output_tokens), 4_088_665);
    assert_eq!(max(&trace, |r| r.input_tokens), Some(14_050));
    assert_eq!(max(&trace, |r| r.output_tokens), Some(1_000));
}

#[test]
fn burstgpt_without_elapsed_time() {
    let Some(trace) = load("traces/burstgpt/BurstGPT_1.first400.csv") else { return };
    assert_eq!((trace.format, trace.len()), ("burstgpt", 400));
    assert_eq!(trace.time_base, TimeBase::TraceStart);
    assert_eq!(trace.row(0).arrival.0, 5_000_000_000);
    assert_eq!(trace.row(399).arrival.0, 37_274_000_000_000);
    assert_eq!(sum(&trace, |r| r.input_tokens), 208_189);
    assert_eq!(sum(&trace, |r| r.output_tokens), 110_612);
    assert_eq!(count(&trace, Status::Failed), 17);
    assert!(!trace.has_duration());
    assert_eq!(
        trace.notes,
        [
            "columns not used: `Total tokens`, `Log Type`",
            "models: `ChatGPT` (320), `GPT-4` (80)",
            "17 rows without response tokens: failed requests",
        ]
    );
}

#[test]
fn burstgpt_with_elapsed_time() {
    let Some(trace) = load("traces/burstgpt/BurstGPT_3.first400.csv") else { return };
    assert_eq!((trace.format, trace.len()), ("burstgpt", 400));
    assert_eq!(trace.row(0).arrival.0, 19_440_110_000_000_000);
    assert_eq!(trace.row(399).arrival.0, 19_481_563_000_000_000);
    assert_eq!(trace.span(), SimDuration::from_secs(41_453));
    assert_eq!(sum(&trace, |r| r.input_tokens), 246_941);
    assert_eq!(sum(&trace, |r| r.output_tokens), 68_350);
    assert_eq!(count(&trace, Status::Failed), 1);
    assert_eq!(trace.present(TraceColumn::Duration), 372);
    let durations: i64 = trace.iter().filter_map(|r| r.duration).map(|d| d.0).sum();
    assert_eq!(durations, 3_879_000_000_000);
    assert_eq!(trace.model_labels(), ["GPT-4", "ChatGPT"]);
    assert_eq!(
        trace.notes,
        [
            "columns not used: `Session ID`, `Total tokens`, `Log Type`",
            "models: `GPT-4` (95), `ChatGPT` (305)",
            "1 row without response tokens: failed requests",
            "28 rows with an elapsed time of 0 s, which is rounded down: \
             their duration is left open",
            "elapsed times are whole seconds, so each duration may be up to 1 s short",
        ]
    );
}
