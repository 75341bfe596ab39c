//! What changed between two scenarios or results, and why: causes and lines add up to the last digit.

use crate::cli::{at_width, fails_with, root, ssc, text};
use crate::recommended::NoTraces;
use rust_decimal::Decimal;
use serde_json::Value;
use ssc::diagnostic::Source;
use ssc::diff::{Group, Kind, Ledger, Side, causes, lines};
use ssc::estimate::{Estimate, Options, estimate};
use ssc::pricing::Book;
use ssc::units::Money;
use std::fs;

const BEFORE: &str = "\
name: chat
pricing_date: 2026-11-23
workloads:
  - name: chat
    platform: lab
    deployment: { memory: 1GiB }
    arrivals: { pattern: steady, rate: 2M/month, window: 24h }
    requests: { duration: 2s, input_tokens: 900, output_tokens: 300, response_bytes: 1kB }
    llm: lab-ai/lab-1
";

fn options(no_free_tier: bool) -> Options {
    let today = "2026-11-23".parse().unwrap();
    Options { today, no_free_tier, ..Options::default() }
}

fn alone(body: &str, book: &Book, no_free_tier: bool) -> Estimate {
    let source = Source::new("s.yaml", body);
    estimate(&source, book, &options(no_free_tier), &mut NoTraces).unwrap()
}

fn between(a: &str, b: &str, book: &Book) -> ssc::diff::Sides {
    let (a, b) = (Source::new("a.yaml", a), Source::new("b.yaml", b));
    let options = options(false);
    let side = |source| Side { source, folder: "", book, options: &options };
    causes(side(&a), side(&b), &mut NoTraces).unwrap()
}

/// The two files in a folder, and `ssc diff` of them.
fn compared(a: &str, b: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), a).unwrap();
    fs::write(folder.path().join("b.yaml"), b).unwrap();
    let output = ssc(&[&["diff", "a.yaml", "b.yaml"], arguments].concat(), folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn after() -> String {
    BEFORE.replace("2M/month", "3M/month").replace("memory: 1GiB", "memory: 2GiB")
}

fn total(e: &Estimate) -> Money {
    e.statement.total()
}

/// The scenario between the two, written by hand, gives the same causes.
#[test]
fn causes_are_those_of_scenarios_written_by_hand() {
    let book = crate::book::lab();
    let b = after();
    let middle = BEFORE.replace("2M/month", "3M/month");
    let gross = [BEFORE, &middle, &b].map(|s| total(&alone(s, &book, true)));
    let net = [BEFORE, &b].map(|s| total(&alone(s, &book, false)));
    let found = between(BEFORE, &b, &book).causes.causes;
    let expected = [
        (Kind::Group(Group::Traffic), gross[1] - gross[0]),
        (Kind::Group(Group::Configuration), gross[2] - gross[1]),
    ];
    // A million requests are free in both, so free units are no cause.
    assert_eq!(net[0] - gross[0], net[1] - gross[2]);
    let found: Vec<_> = found.iter().map(|c| (c.kinds[0], c.amount)).collect();
    assert_eq!(found, expected);
    assert_ne!(gross[1], gross[0]);
}

#[test]
fn free_units_that_are_used_up_are_a_cause_of_their_own() {
    let book = crate::book::lab();
    let (few, many) = ("400k/month", "4M/month");
    let (a, b) = (BEFORE.replace("2M/month", few), BEFORE.replace("2M/month", many));
    let found = between(&a, &b, &book).causes.causes;
    let kinds: Vec<_> = found.iter().map(|c| c.kinds.clone()).collect();
    assert_eq!(kinds, [vec![Kind::Group(Group::Traffic)], vec![Kind::Allowances]]);
    // 400,000 and then a million requests are free, at 0.40 a million.
    let requests = alone(&a, &book, false).workloads[0].requests;
    let million = Decimal::from(1_000_000);
    let worth = -(million - Decimal::from(requests)) * Decimal::new(4, 1) / million;
    assert_eq!(found[1].amount.0.normalize(), worth.normalize());
}

/// The shipped scenarios with a thousandth of their requests, so that all pairs are quick.
fn small_scenarios() -> Vec<String> {
    let small = |path: &String| {
        let text = fs::read_to_string(path).unwrap();
        let text = text.replace("k/month", "/month").replace("M/month", "k/month");
        text.replace("400/day", "4/day")
    };
    crate::book::scenarios().iter().map(small).collect()
}

/// A seeded sequence: pairs are the same on every run.
fn next(seed: &mut u64) -> usize {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*seed >> 40).unwrap()
}

#[test]
fn causes_and_lines_of_any_two_scenarios_add_up_exactly() {
    let book = crate::book::book();
    let all = small_scenarios();
    let mut seed = 7;
    for _ in 0..24 {
        let pick = |seed: &mut u64| all[next(seed) % all.len()].clone();
        let (a, mut b) = (pick(&mut seed), pick(&mut seed));
        match next(&mut seed) % 4 {
            0 => b = format!("pricing_date: 2027-02-01\n{b}"),
            1 => b = a.replace("rate: ", "rate: 1"),
            2 => b = format!("period: 31d\n{a}"),
            _ => {}
        }
        let sides = between(&a, &b, &book);
        let change = total(&sides.after) - total(&sides.before);
        assert_eq!(sides.causes.total(), change, "{a}\n{b}");
        assert_eq!(total(&sides.before), total(&alone(&a, &book, false)));
        assert_eq!(total(&sides.after), total(&alone(&b, &book, false)));
        let both = lines(&Ledger::from(&sides.before), &Ledger::from(&sides.after));
        assert_eq!(both.effects.total(), change);
        let changed: Money = both.changed.iter().map(|l| l.change()).sum();
        assert_eq!(changed, change);
        for line in both.changed.iter().chain(&both.same) {
            assert_eq!(line.effects.total(), line.change(), "{line:?}");
        }
    }
}

#[test]
fn a_scenario_is_no_different_from_itself() {
    let book = crate::book::lab();
    let reordered = format!("# the same\n{}", BEFORE.replace("1GiB }", "\"1GiB\" }"));
    for b in [BEFORE, &reordered] {
        let sides = between(BEFORE, b, &book);
        assert_eq!(sides.causes.causes, []);
        let both = lines(&Ledger::from(&sides.before), &Ledger::from(&sides.after));
        assert!(both.changed.is_empty() && !both.same.is_empty());
    }
}

#[test]
fn a_step_that_has_no_price_is_joined_with_the_next() {
    let book = crate::book::lab();
    // The old day has no price for the new place, and the new day has.
    let a = BEFORE.replace("lab-ai/lab-1", "lab-ai/lab-1-mini");
    let b = a.replace("2026-11-23", "2026-11-24").replace("platform: lab\n", "platform: lab-box\n");
    let early = a.replace("2026-11-23", "2022-06-01").replace("    llm: lab-ai/lab-1-mini\n", "");
    let early = early.replace("platform: lab\n", "platform: lab-box\n");
    let sides = between(&early, &b, &book);
    let kinds: Vec<_> = sides.causes.causes.iter().map(|c| c.kinds.clone()).collect();
    let (configuration, prices) = (Group::Configuration, Group::Prices);
    assert_eq!(kinds, [vec![Kind::Group(configuration), Kind::Group(prices)]]);
    assert_eq!(sides.causes.total(), total(&sides.after) - total(&sides.before));
    assert_eq!(sides.causes.price_drift, None);
}

fn at_columns(columns: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("before.yaml"), BEFORE).unwrap();
    fs::write(folder.path().join("after.yaml"), after()).unwrap();
    at_width(&["diff", "before.yaml", "after.yaml"], folder.path(), columns)
}

#[test]
fn the_difference_at_80_columns() {
    insta::assert_snapshot!(at_columns("80"));
}

#[test]
fn the_difference_as_markdown() {
    insta::assert_snapshot!(compared(BEFORE, &after(), &["--format", "markdown"]));
}

#[test]
fn the_difference_as_json_adds_up() {
    let json: Value =
        serde_json::from_str(&compared(BEFORE, &after(), &["--format", "json"])).unwrap();
    let number = |v: &Value| v.as_str().unwrap().parse::<Decimal>().unwrap();
    let causes = json["causes"].as_array().unwrap().iter();
    let sum: Decimal = causes.map(|c| number(&c["amount"])).sum();
    assert_eq!(sum, number(&json["change"]));
    let effects: Decimal = json["effects"].as_object().unwrap().values().map(number).sum();
    assert_eq!(effects, sum);
    assert_eq!(json["schema"], "ssc/diff/1");
    let traffic = &json["causes"][0]["kinds"];
    assert_eq!(traffic.as_array().unwrap(), &[Value::from("traffic")]);
}

#[test]
fn two_days_and_two_books_differ_by_prices_alone() {
    let then = root().join("tests/fixtures/books/then");
    let now = root().join("tests/fixtures/books/now");
    let body = "\
name: run
workloads:
  - name: chat
    platform: example-run
    arrivals: { pattern: steady, rate: 5M/month, window: 1h }
    requests: { duration: 2s, response_bytes: 1kB }
";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), body).unwrap();
    let arguments = [
        "diff",
        "s.yaml",
        "--pricing-date",
        "2026-11-23",
        "--format",
        "json",
        "--pricing-a",
        then.to_str().unwrap(),
        "--pricing-b",
        now.to_str().unwrap(),
    ];
    let output = ssc(&arguments, folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_ne!(json["change"], "0");
    for cause in json["causes"].as_array().unwrap() {
        let kind = cause["kinds"][0].as_str().unwrap();
        assert!(["prices", "free_tiers_and_credits"].contains(&kind), "{json}");
    }
    assert_eq!(json["effects"]["quantity"], "0");
}

/// Two results have the same lines as the scenarios they were made of.
#[test]
fn results_are_compared_as_their_scenarios_are() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), BEFORE).unwrap();
    fs::write(folder.path().join("b.yaml"), after()).unwrap();
    for name in ["a", "b"] {
        let (yaml, json) = (format!("{name}.yaml"), format!("{name}.json"));
        let done = ssc(&["estimate", &yaml, "--format", "json", "-o", &json], folder.path());
        assert!(done.status.success());
    }
    let of = |a: &str, b: &str| -> Value {
        let output = ssc(&["diff", a, b, "--format", "json"], folder.path());
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let (results, scenarios) = (of("a.json", "b.json"), of("a.yaml", "b.yaml"));
    assert_eq!(results["lines"], scenarios["lines"]);
    assert_eq!(results["effects"], scenarios["effects"]);
    assert_eq!(results["change"], scenarios["change"]);
    assert!(results["causes"].is_null());
}

/// Traces are found beside their own scenario, also by the scenarios between the two.
#[test]
fn scenarios_in_two_folders_find_their_own_traces() {
    let folder = tempfile::tempdir().unwrap();
    let rows = |n: usize| {
        let row = |i: usize| format!("2026-11-02T00:{:02}:{:02}Z,1500\n", i / 60, i % 60);
        format!("timestamp,duration_ms\n{}", (0..n).map(row).collect::<String>())
    };
    let body = "\
workloads:
  - name: w
    platform: lab
    arrivals: { trace: t.csv, window: 1h }
";
    for (name, n) in [("old", 100), ("new", 300)] {
        let own = folder.path().join(name);
        fs::create_dir(&own).unwrap();
        fs::write(own.join("t.csv"), rows(n)).unwrap();
        let body = if name == "new" {
            body.replace("platform: lab", "platform: lab-box")
        } else {
            body.to_owned()
        };
        fs::write(own.join("s.yaml"), body).unwrap();
    }
    let arguments = ["diff", "old/s.yaml", "new/s.yaml", "--format", "json"];
    let all = [&arguments[..], &["--pricing-date", "2026-11-23"]].concat();
    let output = ssc(&all, folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (before, after) = (&json["before"]["streams"], &json["after"]["streams"]);
    assert_eq!(before.as_u64().unwrap() * 3, after.as_u64().unwrap());
    let kinds: Vec<_> =
        json["causes"].as_array().unwrap().iter().map(|c| c["kinds"].to_string()).collect();
    assert_eq!(kinds[..2], [r#"["traffic"]"#, r#"["configuration"]"#]);
}

fn fails(files: &[(&str, &str)], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    fails_with(&[&["diff"], arguments].concat(), folder.path())
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let scenario = ("a.yaml", BEFORE);
    let other = r#"{"schema": "ssc/estimate/2", "name": "x"}"#;
    let compare = r#"{"schema": "ssc/compare/1"}"#;
    let all = [
        fails(&[scenario], &["a.yaml"]),
        fails(&[scenario, ("b.json", other)], &["a.yaml", "b.json"]),
        fails(&[("a.json", compare)], &["a.json", "a.json"]),
        fails(&[("a.json", "[]")], &["a.json", "a.json"]),
        fails(&[("a.json", "{}")], &["a.json", "a.json"]),
        fails(&[scenario], &["a.yaml", "missing.yaml"]),
    ];
    insta::assert_snapshot!(all.join("\n"));
}

#[test]
fn a_result_that_does_not_add_up_or_is_of_no_use_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.yaml"), BEFORE).unwrap();
    let made = ssc(&["estimate", "a.yaml", "--format", "json"], folder.path());
    let good: Value = serde_json::from_slice(&made.stdout).unwrap();
    let written = |value: &Value| fs::write(folder.path().join("r.json"), value.to_string());
    let mut changed = good.clone();
    changed["total"]["amount"] = "1".into();
    written(&changed).unwrap();
    let sum = fails_with(&["diff", "r.json", "r.json"], folder.path());
    assert!(sum.contains("its charges add up to") && sum.starts_with("exit 2"), "{sum}");
    let mut changed = good.clone();
    changed["currency"] = "EUR".into();
    written(&changed).unwrap();
    let currency = fails_with(&["diff", "r.json", "r.json"], folder.path());
    assert!(currency.contains("only USD"), "{currency}");
    written(&good).unwrap();
    let flag = fails_with(&["diff", "r.json", "r.json", "--seed", "3"], folder.path());
    assert!(flag.contains("`--seed` is for scenarios"), "{flag}");
}

#[test]
fn any_number_of_threads_gives_the_same_difference() {
    let of = |n| compared(BEFORE, &after(), &["--threads", n, "--format", "json"]);
    assert_eq!(of("1"), of("3"));
}

#[test]
fn names_in_markdown_are_text() {
    let hostile = BEFORE.replace("name: chat\n    ", "name: \"a|b <i>*x* @me #1 `c`\"\n    ");
    let markdown = compared(&hostile, &hostile.replace("2M", "3M"), &["--format", "markdown"]);
    assert!(markdown.contains(r"a\|b &lt;i&gt;\*x\* &#64;me &#35;1 \`c\`"), "{markdown}");
    let rows = markdown.lines().filter(|l| l.starts_with("| a"));
    for row in rows {
        let bars = row.replace("\\|", "").matches('|').count();
        assert_eq!(bars, 6, "{row}");
    }
}
