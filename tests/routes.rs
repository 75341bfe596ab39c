//! Workloads that share out the rows of a trace: nothing is lost, done twice, or drawn anew.

use crate::recommended::{BOOK, options};
use proptest::prelude::*;
use rust_decimal::Decimal;
use ssc::diagnostic::{Result, Source};
use ssc::estimate::{Estimate, TraceLoader, estimate};
use ssc::workload::Recording;
use ssc::workload::import::{ReadOptions, read};
use std::fmt::Write;

/// One trace, under every path.
struct Only(String);

impl TraceLoader for Only {
    fn load(&mut self, _: &str, options: &ReadOptions) -> Result<Recording> {
        read("t.csv", self.0.as_bytes(), options).map(Recording::Memory)
    }
}

/// Rows of labels `a` to `e` and of none; what is empty is drawn.
fn trace(rows: &[(u32, u8, bool)]) -> String {
    let mut text = "timestamp,workload,duration,output_tokens\n".to_owned();
    for (second, label, logged) in rows {
        let label = ["a", "b", "c", "d", "e", ""][usize::from(label % 6)];
        let (minute, s) = (second / 60, second % 60);
        let duration = if *logged { format!("{}.5s", 1 + second % 7) } else { String::new() };
        let _ = writeln!(text, "2026-11-02T00:{minute:02}:{s:02}Z,{label},{duration},{}", 9 + s);
    }
    text
}

fn workload(name: &str, only: &str, stages: &str) -> String {
    format!(
        "  - name: {name}\n    platform: aws-lambda\n    region: us-east-1\n    transport: http\n\
         \x20   deployment: {{ startup_time: 0ms }}\n    arrivals: {{ trace: t.csv{only} }}\n\
         \x20   requests: {{ cpu: {{ mean: 20ms, cv: 1 }}, response_bytes: {{ mean: 3kB, cv: 2 }} }}\n{stages}"
    )
}

fn estimated(workloads: &[String], trace: &str, traffic: Option<&str>) -> Estimate {
    let text = format!(
        "pricing_date: 2026-11-23\nseed: 5\nperiod: 3h\nllm: openai/gpt-6-luna\nworkloads:\n{}",
        workloads.concat()
    );
    let options = ssc::estimate::Options {
        traffic: traffic.map(|factor| factor.parse().unwrap()),
        ..options()
    };
    let source = Source::new("s.yaml", text.as_str());
    estimate(&source, &BOOK, &options, &mut Only(trace.to_owned()))
        .unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// What all workloads do together, whatever instance did it: requests, time served, and every quantity
/// on the bill.
fn done(e: &Estimate) -> (u64, i128, Vec<(String, Decimal)>) {
    let all = || e.workloads.iter();
    let mut quantities = std::collections::BTreeMap::<_, Decimal>::new();
    for c in &e.statement.charges {
        let quantity = c.pricing_quantity.map_or(Decimal::ZERO, |q| q.0);
        *quantities.entry(c.sku_id.clone()).or_default() += quantity;
    }
    let requests = all().map(|w| w.facts.requests).sum();
    let served = all().map(|w| w.facts.service_time).sum();
    // Each line's quantity is rounded to twelve decimals.
    let rounded = quantities.into_iter().map(|(sku, quantity)| (sku, quantity.round_dp(9)));
    (requests, served, rounded.collect())
}

fn rows() -> impl Strategy<Value = Vec<(u32, u8, bool)>> {
    prop::collection::vec((0..1_700_u32, 0..6_u8, any::<bool>()), 8..60).prop_map(|mut rows| {
        // Every label is there, and two instants.
        rows.extend((0..6).map(|label| (1_700 + u32::from(label), label, true)));
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    /// Shared out over three workloads, every row is replayed once and needs what it needed before; with
    /// stages too, and where traffic comes several times.
    #[test]
    fn nothing_is_lost_or_done_twice(
        rows in rows(),
        traffic in prop::sample::select(vec![None, Some("0.6"), Some("2.5")]),
        staged: bool,
    ) {
        let trace = trace(&rows);
        // With several copies of a trace, what stages do is drawn by place.
        let stages = "    gate: { duration: 40ms, cpu: 5ms, rejects: 20% }\n    post: { duration: { mean: 1s, cv: 1 } }\n";
        let stages = if staged && traffic.is_none() { stages } else { "" };
        let whole = estimated(&[workload("all", "", stages)], &trace, traffic);
        let parts = [
            workload("ab", ", only: [b, a]", stages),
            workload("c", ", only: [c]", stages),
            workload("rest", ", except: [a, b, c]", stages),
        ];
        let parts = estimated(&parts, &trace, traffic);
        prop_assert_eq!(done(&parts), done(&whole));
        prop_assert!(parts.workloads.iter().all(|w| w.facts.requests < whole.workloads[0].facts.requests));
    }
}

/// One route keeps the trace's time: it is repeated as often as the whole, however short its own span is.
#[test]
fn a_route_keeps_the_time_of_its_trace() {
    let rows: Vec<_> = (0..31).map(|i| (i * 60, u8::from(i > 1), true)).collect();
    let e = estimated(&[workload("a", ", only: [a]", "")], &trace(&rows), None);
    // Two rows of label `a` in the first of 31 minutes, which a period of three hours has almost six times.
    assert_eq!(e.workloads[0].facts.requests, 12);
    let told: Vec<_> = e
        .assumptions
        .iter()
        .filter(|a| a.subject.starts_with("arrivals"))
        .map(|a| format!("{} = {} ({})", a.subject, a.value, a.note))
        .collect();
    let expected = [
        "arrivals.trace = t.csv ()",
        "arrivals = 2 of 31 rows, format native ()",
        "arrivals.only = a (2 rows, in the trace's own time)",
    ];
    assert_eq!(told, expected);
}

/// A packed trace, block by block, gives the same.
#[test]
fn packed_or_not() {
    let folder = tempfile::tempdir().unwrap();
    let rows: Vec<_> = (0..1_700).map(|i| (i, (i % 5) as u8, i % 3 > 0)).collect();
    std::fs::write(folder.path().join("t.csv"), trace(&rows)).unwrap();
    let ssc = |args: &[&str]| {
        let ssc = std::process::Command::new(env!("CARGO_BIN_EXE_ssc"))
            .current_dir(folder.path())
            .args(args)
            .output()
            .unwrap();
        assert!(ssc.status.success(), "{}", String::from_utf8_lossy(&ssc.stderr));
        String::from_utf8(ssc.stdout).unwrap()
    };
    ssc(&["trace", "pack", "t.csv", "-o", "t.ssct"]);
    let total = |file: &str| {
        let workloads =
            [workload("a", ", only: [a]", ""), workload("rest", ", except: [a, d]", "")].concat();
        let text =
            format!("pricing_date: 2026-11-23\nllm: openai/gpt-6-luna\nworkloads:\n{workloads}");
        std::fs::write(folder.path().join("s.yaml"), text.replace("t.csv", file)).unwrap();
        let told: serde_json::Value =
            serde_json::from_str(&ssc(&["estimate", "s.yaml", "--format", "json"])).unwrap();
        (told["workloads"].to_string(), told["charges"].to_string())
    };
    assert_eq!(total("t.csv"), total("t.ssct"));
}

#[test]
fn labels_that_make_no_sense_are_errors() {
    let trace = trace(&[(0, 0, true), (60, 1, true), (90, 1, true)]);
    let error = |arrivals: &str| {
        let text = format!(
            "pricing_date: 2026-11-23\nworkloads:\n  - name: w\n    platform: aws-lambda\n    arrivals: {{ {arrivals} }}\n"
        );
        let source = Source::new("s.yaml", text);
        let error = estimate(&source, &BOOK, &options(), &mut Only(trace.clone())).unwrap_err();
        error.to_string()
    };
    let all = [
        "trace: t.csv, only: [aa]",
        "trace: t.csv, except: [a, b]",
        "trace: t.csv, only: [a], except: [b]",
        "trace: t.csv, only: [a], workload: b",
        "trace: t.csv, only: []",
        "trace: t.csv, except: [a, a]",
        "rate: 1/s, only: [a]",
    ];
    let told: Vec<_> =
        all.iter().map(|arrivals| format!("{arrivals}\n{}", error(arrivals))).collect();
    insta::assert_snapshot!(told.join("\n"));
}
