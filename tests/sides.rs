//! What is estimated side by side: other prices and other folders, one replay.

use crate::cli::{LAB, root, ssc, text};
use crate::recommended::Folder;
use serde_json::Value;
use ssc::diagnostic::{Result, Source};
use ssc::diff::{Ledger, Side, causes};
use ssc::estimate::{Estimate, Options, TraceLoader, sides};
use ssc::pricing::Book;
use ssc::workload::Recording;
use ssc::workload::import::ReadOptions;
use std::fs;

const SCENARIO: &str = "\
name: chat
pricing_date: 2026-11-23
workloads:
  - name: chat
    platform: lab
    arrivals: { trace: t.csv }
    requests: { duration: 2s, response_bytes: 1kB }
";

/// Counts what is read.
struct Counted(Folder, Vec<String>);

impl TraceLoader for Counted {
    fn load(&mut self, path: &str, options: &ReadOptions) -> Result<Recording> {
        self.1.push(path.to_owned());
        self.0.load(path, options)
    }
}

fn options() -> Options {
    Options { today: "2026-11-23".parse().unwrap(), ..Options::default() }
}

/// A folder with a trace of 30 requests in `old`, and one of 40 in `new`.
fn folder() -> (tempfile::TempDir, Counted) {
    let folder = tempfile::tempdir().unwrap();
    for (name, n) in [("old", 30), ("new", 40)] {
        fs::create_dir(folder.path().join(name)).unwrap();
        let rows: String = (0..n).map(|i| format!("{}\n", i * (n - 23))).collect();
        fs::write(folder.path().join(name).join("t.csv"), format!("timestamp\n{rows}")).unwrap();
    }
    let counted = Counted(Folder(folder.path().to_owned()), Vec::new());
    (folder, counted)
}

/// The tests' price book with a second of memory a quarter dearer.
fn dear() -> Book {
    let text = fs::read_to_string(format!("{LAB}/lab.yaml")).unwrap();
    let dear = text.replace("unit_price: \"0.000016\"", "unit_price: \"0.000020\"");
    assert_ne!(dear, text);
    Book::load(&[Source::new("lab.yaml", dear)]).unwrap()
}

/// Each side is what it is alone, whatever stands beside it.
#[test]
fn every_side_is_what_it_is_alone() {
    let (_folder, mut loader) = folder();
    let (lab, dear) = (crate::book::lab(), dear());
    let sources = [SCENARIO.to_owned(), SCENARIO.replace("duration: 2s", "duration: 3s")]
        .map(|body| Source::new("s.yaml", body));
    let options = [options(), Options { no_free_tier: true, ..options() }];
    let mut all = Vec::new();
    for source in &sources {
        for (folder, book) in [("old", &lab), ("new", &lab), ("old", &dear)] {
            all.extend(options.iter().map(|options| Side { source, folder, book, options }));
        }
    }
    let together = sides(&all, &mut loader).unwrap();
    assert_eq!(loader.1, ["old/t.csv", "new/t.csv"], "each trace is read once");
    let shown = |e: &Estimate| format!("{:?}", (&e.statement, &e.assumptions, &e.warnings));
    let mut totals = Vec::new();
    for (side, result) in all.iter().zip(together) {
        let alone = sides(&[*side], &mut loader).unwrap().pop().unwrap().unwrap();
        let result = result.unwrap();
        assert_eq!(shown(&result), shown(&alone));
        assert_eq!(result.workloads[0].facts, alone.workloads[0].facts);
        totals.push(alone.statement.total());
    }
    totals.sort();
    totals.dedup();
    assert!(totals.len() >= 8, "they differ: {totals:?}");
}

#[test]
fn a_mistake_is_that_of_its_own_side() {
    let (_folder, mut loader) = folder();
    let book = crate::book::lab();
    let good = Source::new("s.yaml", SCENARIO);
    let bad = Source::new("s.yaml", SCENARIO.replace("platform: lab", "platform: labb"));
    let options = options();
    let side = |source| Side { source, folder: "old", book: &book, options: &options };
    let found = sides(&[side(&good), side(&bad), side(&good)], &mut loader).unwrap();
    assert!(found[0].is_ok() && found[1].is_err());
    let total = |i: usize| found[i].as_ref().unwrap().statement.total();
    assert_eq!(total(0), total(2));
}

/// A difference between folders and between books reads each trace once.
#[test]
fn a_difference_reads_each_trace_once() {
    let (_folder, mut loader) = folder();
    let (book, other) = (crate::book::lab(), crate::book::lab());
    let (a, b) = (Source::new("a.yaml", SCENARIO), Source::new("b.yaml", SCENARIO));
    let options = options();
    let old = Side { source: &a, folder: "old", book: &book, options: &options };
    let new = Side { source: &b, folder: "new", book: &other, options: &options };
    let found = causes(old, new, &mut loader).unwrap();
    assert_eq!(loader.1, ["old/t.csv", "new/t.csv"]);
    let change = Ledger::from(&found.after).total - Ledger::from(&found.before).total;
    assert_eq!(found.causes.total(), change);
}

/// Files beside a scenario are found from anywhere, also those that are no traces.
#[test]
fn measured_memory_is_read_by_check_and_diff() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["old", "new"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        let from = root().join("scenarios/recommend");
        let body = fs::read_to_string(from.join("settings.yaml")).unwrap();
        let fewer = body.replace("40k/month", if name == "old" { "4k/month" } else { "5k/month" });
        assert_ne!(fewer, body);
        let at = folder.path().join(name);
        fs::write(at.join("s.yaml"), format!("{fewer}budgets: {{ monthly: 1M USD }}\n")).unwrap();
        fs::copy(from.join("power-tuning.json"), at.join("power-tuning.json")).unwrap();
    }
    let run = |arguments: &[&str]| -> Value {
        let output = ssc(&[arguments, &["--format", "json"]].concat(), folder.path());
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let difference = run(&["diff", "old/s.yaml", "new/s.yaml"]);
    let estimate = run(&["estimate", "old/s.yaml"]);
    assert_eq!(difference["before"]["total"], estimate["total"]["amount"]);
    let check = run(&["check", "new/s.yaml", "--baseline", "old/s.yaml"]);
    assert_eq!(check["baseline"]["total"], estimate["total"]["amount"]);
}
