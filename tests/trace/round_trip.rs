//! Any trace written as native CSV, columns in any order and unit, reads back the same.

use super::parse;
use proptest::prelude::*;
use ssc::units::{SimDuration, SimTime};
use ssc::workload::{Row, Status};

const LABELS: [&str; 4] = ["chat", "a, b", "say \"hi\"", "línea\nzwei"];

/// A time column's unit: suffix and decimals of a nanosecond count.
pub(super) const UNITS: [(&str, usize); 4] = [("s", 9), ("ms", 6), ("us", 3), ("ns", 0)];

fn decimal(ns: i64, (_, decimals): (&str, usize)) -> String {
    let digits = format!("{ns:0width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

fn quoted(label: &str) -> String {
    format!("\"{}\"", label.replace('"', "\"\""))
}

/// A row that agrees with itself: the first token before the last, cached tokens part of the input.
pub(super) fn row() -> impl Strategy<Value = (Row, Option<usize>, Option<usize>)> {
    let time = || proptest::option::of(0_i64..4_000_000_000_000);
    let count = || proptest::option::of(0_u32..u32::MAX);
    let status = prop_oneof![Just(Status::Completed), Just(Status::Failed), Just(Status::Aborted)];
    let label = || proptest::option::of(0..LABELS.len());
    (
        (0_i64..4_000_000_000_000_000_000, time(), time(), time(), time()),
        (count(), count(), count(), count()),
        (proptest::option::of(0..u64::MAX), proptest::option::of(0..u64::MAX), status),
        (label(), label()),
    )
        .prop_map(|(times, tokens, (response_bytes, request_bytes, status), labels)| {
            let (arrival, duration, first, cpu, left) = times;
            let (input_tokens, cached, written, output_tokens) = tokens;
            let first = match (first, duration) {
                (Some(first), Some(duration)) => Some(first.min(duration)),
                (first, _) => first,
            };
            let part = |n: Option<u32>| n.map(|n| n.min(input_tokens.unwrap_or(n)));
            let row = Row {
                arrival: SimTime(arrival),
                duration: duration.map(SimDuration),
                time_to_first_token: first.map(SimDuration),
                input_tokens,
                cached_tokens: part(cached),
                cache_write_tokens: part(written),
                output_tokens,
                cpu: cpu.map(SimDuration),
                response_bytes,
                request_bytes,
                status,
                disconnect_after: left.filter(|_| status == Status::Aborted).map(SimDuration),
                workload: None,
                model: None,
            };
            (row, labels.0, labels.1)
        })
}

/// Header and cell of every column.
pub(super) fn cells(
    (row, workload, model): &(Row, Option<usize>, Option<usize>),
    units: [(&'static str, usize); 5],
) -> Vec<(String, String)> {
    fn text<T: ToString>(value: Option<T>) -> String {
        value.map_or(String::new(), |v| v.to_string())
    }
    let time =
        |value: Option<SimDuration>, unit| value.map_or(String::new(), |d| decimal(d.0, unit));
    let label = |label: &Option<usize>| label.map_or(String::new(), |i| quoted(LABELS[i]));
    let status = match row.status {
        Status::Completed => "ok",
        Status::Failed => "500",
        Status::Aborted => "cancelled",
    };
    let named = |name: &str, unit: (&str, usize)| format!("{name}_{}", unit.0);
    vec![
        (named("timestamp", units[0]), decimal(row.arrival.0, units[0])),
        (named("duration", units[1]), time(row.duration, units[1])),
        (named("ttft", units[2]), time(row.time_to_first_token, units[2])),
        (named("cpu", units[3]), time(row.cpu, units[3])),
        (named("disconnect_after", units[4]), time(row.disconnect_after, units[4])),
        ("input_tokens".into(), text(row.input_tokens)),
        ("Cached Tokens".into(), text(row.cached_tokens)),
        ("cacheWriteTokens".into(), text(row.cache_write_tokens)),
        ("COMPLETION_TOKENS".into(), text(row.output_tokens)),
        ("response_bytes".into(), text(row.response_bytes)),
        ("request_bytes".into(), text(row.request_bytes)),
        ("status".into(), status.into()),
        ("workload".into(), label(workload)),
        ("model".into(), label(model)),
        ("nobody knows this".into(), "?".into()),
    ]
}

proptest! {
    #[test]
    fn a_written_trace_reads_back_the_same(
        mut rows in proptest::collection::vec(row(), 1..40),
        order in Just((0..15_usize).collect::<Vec<_>>()).prop_shuffle(),
        units in proptest::array::uniform5(0..UNITS.len()),
        line_end in prop_oneof![Just("\n"), Just("\r\n")],
        last_line_end in any::<bool>(),
    ) {
        let units = units.map(|i| UNITS[i]);
        let line = |cells: Vec<&str>| cells.join(",");
        let table: Vec<_> = rows.iter().map(|r| cells(r, units)).collect();
        let mut lines = vec![line(order.iter().map(|&i| table[0][i].0.as_str()).collect())];
        lines.extend(table.iter().map(|c| line(order.iter().map(|&i| c[i].1.as_str()).collect())));
        let mut text = lines.join(line_end);
        if last_line_end {
            text += line_end;
        }

        let trace = parse(&text);
        rows.sort_by_key(|(row, ..)| row.arrival);
        prop_assert_eq!(trace.len(), rows.len());
        for (read, (written, workload, model)) in trace.iter().zip(&rows) {
            let name = |labels: &[String], i: Option<u16>| i.map(|i| labels[usize::from(i)].clone());
            let label = |i: &Option<usize>| i.map(|i| LABELS[i].to_owned());
            prop_assert_eq!(name(trace.workload_labels(), read.workload), label(workload));
            prop_assert_eq!(name(trace.model_labels(), read.model), label(model));
            prop_assert_eq!(Row { workload: None, model: None, ..read }, *written);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), rows in "[0-9,\"\r\n.a-]{0,80}") {
        for start in ["", "timestamp,duration_ms,workload\n", "TIMESTAMP,ContextTokens,GeneratedTokens\n"] {
            for rest in [bytes.as_slice(), rows.as_bytes()] {
                let all = [start.as_bytes(), rest].concat();
                let _ = ssc::workload::import::read("x", all.as_slice(), &Default::default());
            }
        }
    }
}
