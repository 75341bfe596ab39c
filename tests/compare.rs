//! Platforms and settings side by side.

use crate::cli::{LAB, at_width, fails_with, json, ssc, text};
use rust_decimal::Decimal;
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
    let command = ["compare", "s.yaml", "--platforms", "lab,lab-box,no-such"];
    let vary = ["--vary", "concurrency=1,4,1000000"];
    at_width(&[&command[..], &vary, &DATE].concat(), folder().path(), columns)
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

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

#[test]
fn parts_add_up_and_only_sound_alternatives_are_the_cheapest() {
    let folder = folder();
    let all = compared(
        &["--platforms", "lab,aws-lambda", "--vary", "max_instances=1,100"],
        folder.path(),
    );
    let entries = all["alternatives"].as_array().unwrap();
    let mut estimated = 0;
    for entry in entries.iter().filter(|e| !e["total"].is_null()) {
        let parts = entry["parts"].as_object().unwrap().values();
        assert_eq!(parts.map(decimal).sum::<Decimal>(), decimal(&entry["total"]), "{entry}");
        assert!(decimal(&entry["free_tier"]) <= decimal(&entry["list_cost"]), "{entry}");
        assert!(entry["standing"] == "sound" || entry["cheapest"] == false, "{entry}");
        estimated += 1;
    }
    assert!(estimated > 2 && entries.iter().any(|e| e["cheapest"] == true));
}

#[test]
fn a_range_needs_seven_days_and_holds_the_total() {
    let folder = folder();
    let one = |scenario: &str| {
        fs::write(folder.path().join("s.yaml"), scenario).unwrap();
        let all = compared(&["--platforms", "lab", "--range"], folder.path());
        all["alternatives"][0].clone()
    };
    let month = one(SCENARIO);
    let at = |side: &str| decimal(&month["range"][side]);
    assert!(at("p10") < decimal(&month["total"]) && decimal(&month["total"]) < at("p90"));
    assert_eq!(month["range"]["days"], 30);
    assert_eq!(month["range"]["sampling_noise_alone"], true);
    let short = one(&format!("period: 3d\n{SCENARIO}"));
    let why = short["range"]["why_not"].as_str().unwrap();
    assert_eq!(why, "no range: 3 days of arrivals, at least 7 are needed");
    assert!(short["range"]["p10"].is_null());
}

#[test]
fn a_spike_adds_its_own_requests() {
    let folder = folder();
    let all = compared(&["--platforms", "lab,lab-box", "--spike", "10x/1h"], folder.path());
    for entry in all["alternatives"].as_array().unwrap() {
        let (usual, spiked) = (entry["streams"].as_u64(), entry["spike"]["streams"].as_u64());
        let more = spiked.unwrap() - usual.unwrap();
        // 5,000 a day are 208 an hour, and the busiest hour has more.
        assert!((1_500..6_000).contains(&more), "{more}");
        assert!(decimal(&entry["spike"]["total"]) > decimal(&entry["total"]));
    }
}

/// Both sides of a break-even, estimated afresh.
#[test]
fn break_even_points_hold_in_estimates_of_their_own() {
    let folder = folder();
    let scenario = SCENARIO.replace("5000/day", "100/day").replace("    llm: lab-ai/lab-1\n", "");
    fs::write(folder.path().join("s.yaml"), scenario).unwrap();
    let platforms = "aws-lambda,fly-machines";
    let swept = compared(&["--platforms", platforms, "--sweep", "traffic=10x..50x"], folder.path());
    assert_eq!(swept["schema"], "ssc/sweep/1");
    assert_eq!(swept["points"].as_array().unwrap().len(), 3);
    let breaks = swept["break_evens"].as_array().unwrap();
    assert!(!breaks.is_empty());
    for b in breaks {
        let factor = decimal(&b["factor"]);
        let total = |platform: &Value, factor: Decimal| {
            let traffic = format!("{factor}x");
            let platform = platform.as_str().unwrap();
            let all = ["s.yaml", "--platform", platform, "--traffic", &traffic];
            decimal(&json(&all, folder.path())["total"]["amount"])
        };
        assert!(total(&b["above"], factor) <= total(&b["below"], factor), "{b}");
        assert_eq!(total(&b["above"], factor), decimal(&b["above_total"]), "{b}");
        let below = factor * Decimal::new(998, 3);
        assert!(total(&b["below"], below) <= total(&b["above"], below), "{b}");
    }
}

#[test]
fn a_sweep_at_80_columns() {
    let folder = folder();
    let sweep = ["--sweep", "traffic=0.1x..1x", "--platforms", "lab,lab-box"];
    let all = [&["compare", "s.yaml"], &sweep[..], &DATE].concat();
    let output = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(all)
        .args(["--pricing", LAB])
        .current_dir(folder.path())
        .env("COLUMNS", "80")
        .output()
        .unwrap();
    insta::assert_snapshot!(text(&output.stdout));
}

#[test]
fn mistaken_sweeps_say_what_is_possible() {
    let folder = folder();
    let fails = |sweep: &str| {
        let all = [&["compare", "s.yaml", "--sweep", sweep], &DATE[..]].concat();
        fails_with(&all, folder.path())
    };
    insta::assert_snapshot!(format!("{}\n{}", fails("traffic=0x..2x"), fails("memory=1GiB")));
}

#[test]
fn a_timeline_adds_up_to_the_workload() {
    let folder = folder();
    let all = ["s.yaml", "--platform", "lab", "--timeline", "1h"];
    let estimate = json(&all, folder.path());
    let workload = &estimate["workloads"][0];
    let spans = workload["timeline"].as_array().unwrap();
    assert_eq!(spans.len(), 730);
    let sum: Decimal = spans.iter().map(|s| decimal(&s["cost"])).sum();
    assert_eq!(sum, decimal(&workload["total"]["amount"]));
    let arrivals: u64 = spans.iter().map(|s| s["arrivals"].as_u64().unwrap()).sum();
    assert_eq!(arrivals, workload["replay"]["requests"].as_u64().unwrap());
    let plain = json(&["s.yaml", "--platform", "lab"], folder.path());
    assert_eq!(plain["charges"], estimate["charges"]);
}

#[test]
fn twice_the_traffic_is_assumed_aloud() {
    let folder = folder();
    let at =
        |traffic: &str| json(&["s.yaml", "--platform", "lab", "--traffic", traffic], folder.path());
    let (one, two) = (at("1x"), at("2x"));
    let requests = |e: &Value| e["workloads"][0]["requests"].as_f64().unwrap();
    assert!((requests(&two) / requests(&one) - 2.0).abs() < 0.05);
    let assumed = two["assumptions"].as_array().unwrap();
    assert!(assumed.iter().any(|a| a["subject"] == "traffic" && a["value"] == "2x"));
}
