//! Platforms and settings side by side.

use crate::cli::{LAB, fails_with, json, ssc, text};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const SCENARIO: &str = "\
name: side by side
workloads:
  - name: chat
    arrivals: { pattern: bursty, rate: 5000/day, cv: 2 }
    requests: { output_tokens: { p50: 300, p95: 1200 }, input_tokens: 900 }
    llm: lab-ai/lab-1
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), SCENARIO).unwrap();
    folder
}

const DATE: [&str; 2] = ["--pricing-date", "2026-11-23"];

fn compared(arguments: &[&str], folder: &Path) -> Value {
    let all = [&["compare", "s.yaml", "--format", "json"], &DATE[..], arguments].concat();
    let output = ssc(&all, folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn table(columns: &str) -> String {
    let folder = folder();
    let output = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(["compare", "s.yaml", "--platforms", "lab,lab-box,no-such", "--pricing", LAB])
        .args(["--vary", "concurrency=1,4,1000000"])
        .args(DATE)
        .current_dir(folder.path())
        .env("COLUMNS", columns)
        .output()
        .unwrap();
    let table = text(&output.stdout);
    let widest = table.lines().map(|l| l.chars().count()).max().unwrap();
    assert!(widest <= columns.parse().unwrap(), "{table}");
    table
}

#[test]
fn the_comparison_at_80_columns() {
    insta::assert_snapshot!(table("80"));
}

#[test]
fn the_comparison_at_120_columns() {
    insta::assert_snapshot!(table("120"));
}

#[test]
fn every_alternative_is_the_estimate_of_its_platform() {
    let folder = folder();
    let both = compared(&["--platforms", "lab-box,lab"], folder.path());
    for entry in both["alternatives"].as_array().unwrap() {
        let platform = entry["platform"].as_str().unwrap();
        let alone = json(&["s.yaml", "--platform", platform], folder.path());
        assert_eq!(entry["total"], alone["total"]["amount"], "{platform}");
        assert_eq!(entry["cold_starts"], alone["replay"][0]["cold_starts"], "{platform}");
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let folder = folder();
    let with = |n| {
        let all = ["compare", "s.yaml", "--platforms", "lab,lab-box", "--threads", n];
        ssc(&[&all[..], &DATE].concat(), folder.path()).stdout
    };
    assert!(!with("1").is_empty());
    assert_eq!(with("1"), with("2"));
    assert_eq!(with("1"), with("7"));
}

#[test]
fn what_breaks_a_limit_or_has_no_price_is_never_the_cheapest() {
    let folder = folder();
    let all =
        compared(&["--platforms", "lab,no-such", "--vary", "max_instances=1,100"], folder.path());
    let standing = |i: usize| all["alternatives"][i]["standing"].as_str().unwrap().to_owned();
    assert_eq!([standing(0), standing(1)], ["sound", "limits-broken"]);
    assert_eq!([standing(2), standing(3)], ["impossible", "impossible"]);
    let totals: Vec<f64> = (0..2)
        .map(|i| all["alternatives"][i]["total"].as_str().unwrap().parse().unwrap())
        .collect();
    assert!(totals[1] < totals[0], "rejected requests cost nothing: {totals:?}");
}

#[test]
fn a_comparison_without_any_estimate_is_an_error() {
    let folder = folder();
    let fails = |arguments: &[&str]| {
        fails_with(&[&["compare", "s.yaml"], &DATE[..], arguments].concat(), folder.path())
    };
    let no_value = fails(&["--platforms", "lab", "--vary", "memory"]);
    let no_setting = fails(&["--platforms", "lab", "--vary", "memori=1GiB"]);
    insta::assert_snapshot!(format!("{no_value}\n{no_setting}"));
}
