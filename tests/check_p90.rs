//! Budgets on the 90th percentile of a month.

use crate::cli::{at_width, fails_with, ssc, text};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Requests of each of 14 days: 50 a day on the mean.
const DAYS: [u32; 14] = [40, 60, 52, 48, 66, 34, 50, 58, 44, 62, 38, 55, 45, 48];

/// By how much a month may be dearer than its mean, worked out apart from the program: the residuals'
/// deviation is 0.1904…, days correlate by the least there can be (0.3), Student's 90th percentile of
/// 7 degrees of freedom is 1.41492, and 730 h are 30.4 days.
const OFF: f64 = 0.117_752_5;

/// A folder with a trace of these days and a scenario with these budgets.
fn folder(budgets: &str, days: &[u32]) -> tempfile::TempDir {
    let mut trace = String::from("timestamp\n");
    for (day, requests) in days.iter().enumerate() {
        for minute in 0..*requests {
            let _ = writeln!(
                trace,
                "{}",
                day * 86_400 + 3_600 + 600 * usize::try_from(minute).unwrap()
            );
        }
    }
    let scenario = format!(
        "\
name: chat
pricing_date: 2026-11-23
{budgets}workloads:
  - name: chat
    platform: lab
    arrivals: {{ trace: t.csv, window: {}d }}
    requests: {{ input_tokens: 100000, output_tokens: 1000, duration: 2s }}
    llm: lab-ai/lab-1
",
        days.len()
    );
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.csv"), trace).unwrap();
    fs::write(folder.path().join("s.yaml"), scenario).unwrap();
    folder
}

fn json(folder: &Path, arguments: &[&str]) -> (i32, Value) {
    let all = [&["check", "s.yaml", "--format", "json"], arguments].concat();
    let output = ssc(&all, folder);
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
}

fn checked(budgets: &str, days: &[u32]) -> (i32, Value) {
    json(folder(budgets, days).path(), &[])
}

fn number(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn the_percentile_is_the_one_worked_out_by_hand() {
    let (code, check) = checked("budgets: { monthly_p90: 100k USD }\n", &DAYS);
    assert_eq!(code, 0);
    let (total, p90) = (number(&check["total"]), number(&check["policies"][0]["value"]));
    let off = (p90 / total - Decimal::ONE).to_f64().unwrap();
    assert!((off - OFF).abs() < 1e-4, "{off}");
    assert_eq!(check["range"]["p90"], check["policies"][0]["value"]);
    assert_eq!(check["range"]["days"], 14);
    assert_eq!(check["range"]["sampling_noise_alone"], false);
    // Telling hours apart changes no bill, and nobody does without such a budget.
    let (_, plain) = checked("budgets: { monthly: 100k USD }\n", &DAYS);
    assert_eq!(plain["total"], check["total"]);
    assert_eq!(plain["range"], Value::Null);
}

/// The mean is within the budget and the percentile is not; a budget met exactly is kept.
#[test]
fn a_mean_within_budget_is_not_enough() {
    let (_, check) = checked("budgets: { monthly_p90: 100k USD }\n", &DAYS);
    let (total, p90) = (number(&check["total"]), number(&check["policies"][0]["value"]));
    let with = |limit: Decimal| {
        let budgets = format!("budgets: {{ monthly: {limit} USD, monthly_p90: {limit} USD }}\n");
        let (code, check) = checked(&budgets, &DAYS);
        let status = |i: usize| check["policies"][i]["status"].as_str().unwrap().to_owned();
        (code, status(0), status(1))
    };
    let kept = || "kept".to_owned();
    assert_eq!(with(p90), (0, kept(), kept()));
    let last = Decimal::new(1, 6);
    assert_eq!(with(p90 - last), (1, kept(), "exceeded".to_owned()));
    assert_eq!(with(total), (1, kept(), "exceeded".to_owned()));
    // A warning is none of a failure.
    let budgets = format!("budgets: {{ monthly_p90: {{ warn: {total}, fail: {p90} }} }}\n");
    let (code, check) = checked(&budgets, &DAYS);
    assert_eq!((code, &check["policies"][0]["status"]), (0, &Value::from("warned")));
}

/// Six days tell nothing: the budget is unknown, unless the bill itself is above it.
#[test]
fn too_few_days_leave_the_budget_unknown() {
    let few = &DAYS[..6];
    let (code, check) = checked("budgets: { monthly_p90: 100k USD }\n", few);
    assert_eq!((code, check["verdict"].as_str()), (3, Some("incomplete")));
    let policy = &check["policies"][0];
    assert_eq!(policy["status"], "unknown");
    assert_eq!(policy["reason"], "there are 6 days of arrivals, at least 7 are needed");
    // The bill is a lower bound.
    assert_eq!(policy["value"], number(&check["total"]).normalize().to_string());
    assert!(check["range"]["p90"].is_null() && check["range"]["why_not"].is_string());
    assert_eq!(checked("budgets: { monthly_p90: 1 USD }\n", few).0, 1);
    // Above the level that warns it may fail as well.
    let budgets = "budgets: { monthly_p90: { warn: 1 USD, fail: 100k USD } }\n";
    assert_eq!(checked(budgets, few).0, 3);
    assert_eq!(checked("budgets: { monthly_p90: 100k USD }\n", &DAYS[..7]).0, 0);
}

#[test]
fn a_percentile_is_told_in_every_format() {
    let broken = folder("budgets:\n  monthly_p90: { warn: 20 USD, fail: 25 USD }\n", &DAYS);
    insta::assert_snapshot!(at_width(&["check", "s.yaml"], broken.path(), "80"));
    let unknown = folder("budgets:\n  monthly_p90: 100k USD\n", &DAYS[..3]);
    let of = |folder: &Path, format: &str| {
        text(&ssc(&["check", "s.yaml", "--format", format], folder).stdout)
    };
    let said = "unknown, as there are 3 days of arrivals, at least 7 are needed";
    assert!(
        of(unknown.path(), "junit")
            .contains(&format!(r#"<error type="unknown" message="monthly cost, P90: {said}">"#))
    );
    assert!(of(unknown.path(), "github").contains("line=4,endLine=4,col=16,endColumn=24,"));
    assert!(of(unknown.path(), "github").contains(said));
    assert!(of(unknown.path(), "markdown").contains("| **unknown** | monthly cost, P90: "));
    let sarif: Value = serde_json::from_str(&of(broken.path(), "sarif")).unwrap();
    let found = &sarif["runs"][0]["results"][0];
    assert_eq!(
        (&found["ruleId"], &found["level"]),
        (&"budget/monthly-p90".into(), &"error".into())
    );
    let region = &found["locations"][0]["physicalLocation"]["region"];
    assert_eq!((region["startLine"].as_u64(), region["startColumn"].as_u64()), (Some(4), Some(38)));
}

/// What is unpriced leaves it open, another period has its share of the limit, a sample has no month.
#[test]
fn it_follows_the_rules_of_monthly_budgets() {
    let short = folder("period: 7d\nbudgets: { monthly_p90: 730 USD }\n", &DAYS);
    assert_eq!(json(short.path(), &[]).1["policies"][0]["fail"]["value"], "168");
    let priced = folder("budgets: { monthly_p90: 100k USD }\n", &DAYS);
    let (code, early) = json(priced.path(), &["--pricing-date", "2025-06-01"]);
    assert_eq!((code, &early["policies"][0]["reason"]), (3, &"something has no price".into()));
    let sample = folder("projection: none\nbudgets: { monthly_p90: 9 USD }\n", &DAYS);
    let said = fails_with(&["check", "s.yaml"], sample.path());
    assert!(said.contains("the budget `monthly_p90` is for a month"), "{said}");
}

/// A baseline is not told apart by hours, and what it says is the same.
#[test]
fn a_baseline_is_compared_as_without_it() {
    let with = folder("budgets: { max_increase: 900%, monthly_p90: 100k USD }\n", &DAYS);
    let old = fs::read_to_string(with.path().join("s.yaml")).unwrap();
    fs::write(with.path().join("old.yaml"), old.replace("duration: 2s", "duration: 1s")).unwrap();
    let compared = json(with.path(), &["--baseline", "old.yaml"]).1["baseline"].clone();
    let plain = old.replace(", monthly_p90: 100k USD", "");
    fs::write(with.path().join("s.yaml"), plain).unwrap();
    assert_eq!(json(with.path(), &["--baseline", "old.yaml"]).1["baseline"], compared);
}
