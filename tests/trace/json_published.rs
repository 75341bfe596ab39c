//! Datasets and log samples in JSON give the figures their description states.

use super::render;
use crate::shared::shared;
use ssc::units::SimDuration;
use ssc::workload::import::{ReadOptions, read};
use ssc::workload::{Row, Status, TimeBase, Trace, TraceColumn};
use std::collections::HashSet;
use std::fs::File;

fn load(path: &str) -> Option<Trace> {
    let file = File::open(shared(path)?).unwrap();
    let read = read(path, file, &ReadOptions::default());
    Some(read.unwrap_or_else(|e| panic!("{}", render(&e))))
}

/// Sum, and nearest-rank quantiles 0, 25, 50, 75, 90, 95, 99 and 100 %.
fn figures(trace: &Trace, field: impl Fn(&Row) -> Option<u32>) -> (u64, [u32; 8]) {
    let mut values: Vec<u32> = trace.iter().filter_map(|row| field(&row)).collect();
    values.sort_unstable();
    let rank = |p: usize| values[(p * (values.len() - 1) + 50) / 100];
    let sum = values.iter().map(|v| u64::from(*v)).sum();
    (sum, [0, 25, 50, 75, 90, 95, 99, 100].map(rank))
}

#[test]
fn mooncake_conversation() {
    let Some(trace) = load("traces/mooncake-fast25/conversation_trace.jsonl") else { return };
    assert_eq!((trace.format, trace.len(), trace.skipped), ("mooncake", 12_031, 0));
    assert_eq!((trace.time_base, trace.out_of_order), (TimeBase::TraceStart, 0));
    assert_eq!(
        figures(&trace, |r| r.input_tokens),
        (144_793_823, [891, 2_307, 6_909, 15_368, 27_367, 39_552, 85_401, 126_195])
    );
    assert_eq!(
        figures(&trace, |r| r.output_tokens),
        (4_122_048, [1, 157, 350, 472, 597, 698, 1_120, 2_000])
    );
    assert_eq!(trace.row(0).arrival.0, 0);
    // The last of the rows on the last tick is up to a tick later.
    let beyond = trace.span() - SimDuration::from_millis(3_536_999);
    assert!(beyond > SimDuration::ZERO && beyond < SimDuration::from_secs(3), "{beyond}");
    assert_eq!(
        trace.notes,
        ["arrivals stand on 1,180 instants about 3s apart, up to 28 on one: \
          spread evenly up to the next"]
    );
    let arrivals: Vec<_> = trace.iter().map(|r| r.arrival).collect();
    assert!(arrivals.is_sorted_by(|a, b| a < b), "no two arrivals are left on one instant");

    // With a cache without end, 37.4 % of the prompt tokens have been seen before.
    let (mut seen, mut hits, mut tokens) = (HashSet::new(), 0_u64, 0_u64);
    for i in 0..trace.len() {
        let mut known = true;
        for block in trace.prefixes().of(i) {
            known &= !seen.insert(block.id);
            hits += if known { u64::from(block.tokens) } else { 0 };
            tokens += u64::from(block.tokens);
        }
    }
    assert_eq!(tokens, 144_793_823);
    assert_eq!((hits * 1_000 + tokens / 2) / tokens, 374);
}

#[test]
fn ragpulse_week() {
    let Some(trace) = load("traces/ragpulse/0_trace.jsonl") else { return };
    assert_eq!((trace.format, trace.len(), trace.skipped), ("ragpulse", 7_106, 0));
    assert_eq!(trace.time_base, TimeBase::TraceStart);
    assert_eq!(trace.row(0).arrival.0, 0);
    assert_eq!(trace.span(), SimDuration::from_secs(604_603));
    assert_eq!(
        figures(&trace, |r| r.input_tokens),
        (20_917_099, [1_052, 2_754, 3_140, 3_437, 3_959, 4_425, 5_439, 7_712])
    );
    assert_eq!(
        figures(&trace, |r| r.output_tokens),
        (2_012_676, [7, 131, 234, 385, 563, 670, 891, 2_183])
    );
    assert!(trace.out_of_order > 3_000, "two sorted halves: {}", trace.out_of_order);
    // Without the files of lengths nobody knows how long the pieces of a prompt are.
    assert!(trace.prefixes().is_empty());
    assert!(trace.notes.iter().any(|n| n.ends_with("no prompt prefixes")), "{:?}", trace.notes);
}

#[test]
fn tracelab_example_sessions() {
    let Some(trace) = load("traces/tracelab/round_trace.sanitized.jsonl") else { return };
    assert_eq!((trace.format, trace.len()), ("tracelab", 19));
    let of_inputs = figures(&trace, |r| r.input_tokens);
    assert_eq!(
        (of_inputs.0, of_inputs.1[0], of_inputs.1[2], of_inputs.1[7]),
        (514_012, 9_324, 32_272, 48_305)
    );
    let of_outputs = figures(&trace, |r| r.output_tokens);
    assert_eq!(
        (of_outputs.0, of_outputs.1[0], of_outputs.1[2], of_outputs.1[7]),
        (11_335, 49, 273, 2_475)
    );
    assert_eq!(figures(&trace, |r| r.cached_tokens).0, 473_556);
    assert_eq!(trace.present(TraceColumn::Duration), 19);
    assert_eq!(trace.present(TraceColumn::TimeToFirstToken), 19);
    assert_eq!(trace.model_labels(), ["claude-opus-4-8", "gpt-5.4"]);
    // 10:05:59.328 on 21 March 2026, and the last event is at 05:43:41.835 on 1 June.
    assert_eq!(trace.row(0).arrival.0, 1_774_087_559_328_000_000);
    let last = trace.row(18);
    assert_eq!(last.arrival.0 + last.duration.unwrap().0, 1_780_292_621_835_000_000);
}

#[test]
fn lambda_samples() {
    let Some(trace) = load("traces/log-samples/aws-lambda-json.jsonl") else { return };
    assert_eq!((trace.format, trace.len()), ("lambda-json", 2));
    let ms = |d: Option<SimDuration>| d.unwrap().0;
    assert_eq!([0, 1].map(|i| ms(trace.row(i).duration)), [1_317_000, 147_156_000]);
    assert_eq!([0, 1].map(|i| ms(trace.row(i).time_to_first_token)), [677_000; 2]);
    assert_eq!([0, 1].map(|i| trace.row(i).response_bytes), [Some(50); 2]);
    assert_eq!(trace.row(0).arrival.0, 1_707_468_164_078_000_000);
    let notes = trace.notes.join("\n");
    assert!(notes.contains("billed durations as logged: 203ms in all, on 2 rows"), "{notes}");
    assert!(notes.contains("1 of 2 invocations, 10ms on average"), "{notes}");
    assert!(notes.contains("53ms of them billed"), "{notes}");

    let Some(trace) = load("traces/log-samples/aws-lambda-json-mixed.log") else { return };
    assert_eq!((trace.format, trace.len(), trace.skipped), ("lambda-json", 1, 0));
    assert_eq!(ms(trace.row(0).duration), 1_317_000);
    assert_eq!(trace.row(0).arrival.0, 1_707_468_164_078_000_000);
    assert!(trace.notes.join("\n").contains("2 lines are no JSON or have"), "{:?}", trace.notes);
}

#[test]
fn cloud_run_sample() {
    let Some(trace) = load("traces/log-samples/gcp-cloud-run-request.json") else { return };
    assert_eq!((trace.format, trace.len()), ("cloud-run", 1));
    let row = trace.row(0);
    assert_eq!(row.arrival.0, 1_714_905_139_440_152_000);
    assert_eq!(row.duration, Some(SimDuration(1_901_000)));
    assert_eq!((row.request_bytes, row.response_bytes), (Some(1_220), Some(963)));
    assert_eq!(
        (row.status, trace.workload_labels()),
        (Status::Failed, &["otelcol".to_owned()][..])
    );
}
