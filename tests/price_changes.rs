//! Prices that change while the period runs.

use crate::bills::Bill;
use crate::book::book;
use crate::cli::{adds_up, ssc};
use crate::example::{SEEN, bill, lines, load, service, sku, twenty_days};
use proptest::prelude::*;
use ssc::billing::Rates;
use ssc::pricing::Book;
use ssc::units::SimDuration;
use std::fs;

const OLD: &str = "tiers: [{ from: '0', unit_price: '1' }, { from: '100', unit_price: '0.5' }]";
const NEW: &str = "tiers: [{ from: '0', unit_price: '2' }, { from: '150', unit_price: '1' }]";

/// Ten days of `OLD`, then `NEW`.
fn changing(tiering: &str, more: &str) -> Book {
    let rows = [("2025-01-01", "2026-01-11", OLD), ("2026-01-11", "", NEW)];
    let sku = sku("calls", &format!("tiering: {tiering}"), &rows);
    load(&[service("example", &format!("skus:\n{sku}{more}"))])
}

fn at_list(book: &Book, used: &[(&str, &str, i128)]) -> ssc::billing::Statement {
    bill(book, used, &[], twenty_days(), &Rates::default())
}

#[test]
fn a_graduated_meter_runs_on_through_the_period() {
    // Days 1 to 10: the first 100 at 1. Days 11 to 20: 100 to 150 at 2, 150 to 200 at 1.
    let statement = at_list(&changing("graduated", ""), &[("calls", "a", 200)]);
    insta::assert_debug_snapshot!(lines(&statement), @r#"
    [
        "calls (first 100) 01..11 100 = 100",
        "calls (first 150) 11..21 50 = 100",
        "calls (over 150) 11..21 50 = 50",
    ]
    "#);
    let ids: Vec<_> = statement.charges.iter().map(|c| c.sku_price_id.as_str()).collect();
    assert_eq!(ids, ["calls/one/2025-01-01/0", "calls/one/2026-01-11/0", "calls/one/2026-01-11/1"]);
    assert_eq!(
        statement.remarks,
        ["prices of calls change on 2026-01-11: 10 of 20 days at the old prices"]
    );
}

#[test]
fn the_total_of_the_period_finds_the_tier_of_a_cliff() {
    // 200 in all: 0.5 on the old list, 1 on the new one.
    let statement = at_list(&changing("cliff", ""), &[("calls", "a", 200)]);
    assert_eq!(statement.total().to_string(), "150");
}

#[test]
fn free_units_go_to_the_earliest_usage() {
    let free =
        format!("allowances: [{{ id: f, name: Free, skus: [calls], quantity: '50', {SEEN} }}]");
    let statement = at_list(&changing("graduated", &free), &[("calls", "a", 200)]);
    // Then 50 at 1 and, as the range 50..150 of what is billed, 100 at 2.
    insta::assert_debug_snapshot!(lines(&statement), @r#"
    [
        "calls (Free) 01..11 50 = 0",
        "calls (first 100) 01..11 50 = 50",
        "calls (first 150) 11..21 100 = 200",
    ]
    "#);
}

#[test]
fn usage_after_a_price_has_ended_is_unpriced() {
    let rows = [("2025-01-01", "2026-01-16", "unit_price: '1'")];
    let book =
        load(&[service("example", &format!("skus:\n{}", sku("calls", "tiering: flat", &rows)))]);
    let statement = at_list(&book, &[("calls", "a", 200)]);
    assert_eq!(lines(&statement), ["calls 01..16 150 = 150"]);
    let unpriced = &statement.unpriced[0];
    assert_eq!(unpriced.quantity.to_string(), "50");
    assert_eq!(unpriced.charge_period.start.to_rfc3339(), "2026-01-16T00:00:00+00:00");
    assert_eq!(unpriced.charge_period.end.to_rfc3339(), "2026-01-21T00:00:00+00:00");
    assert_eq!(unpriced.reason, "no price of one in force on 2026-01-16");
    assert!(statement.remarks.is_empty(), "nothing follows: {:?}", statement.remarks);
}

#[test]
fn the_prices_of_the_first_day_can_be_kept() {
    let period = ssc::billing::Period { fixed_prices: true, ..twenty_days() };
    let book = changing("graduated", "");
    let statement = bill(&book, &[("calls", "a", 200)], &[], period, &Rates::default());
    assert_eq!(
        lines(&statement),
        ["calls (first 100) 01..21 100 = 100", "calls (over 100) 01..21 100 = 50"]
    );
    assert!(statement.remarks.is_empty());
}

#[test]
fn a_fee_that_changes_is_kept_for_the_period() {
    let fee = |from: &str, until: &str, price: &str| {
        format!(
            "{{ id: plan-{price}, name: Plan, unit_price: '{price}', effective_from: {from}, {until} {SEEN} }}"
        )
    };
    let fees = format!(
        "fees: [{}, {}]",
        fee("2025-01-01", "effective_until: 2026-01-11,", "20"),
        fee("2026-01-11", "", "30")
    );
    let statement = at_list(&changing("graduated", &fees), &[("calls", "a", 2)]);
    let plan = statement.charges.last().unwrap();
    assert_eq!(
        (plan.charge_description.as_str(), plan.billed_cost.to_string().as_str()),
        ("Plan", "20")
    );
    assert_eq!(
        statement.remarks[1],
        "Plan: the fee changes on 2026-01-11; the one in force at the start is billed for the whole period"
    );
}

#[test]
fn extra_memory_of_fly_machines_in_the_month_its_price_rose() {
    // 1 GB for 730 h from 2026-09-21: 240 h at 0.00000193, 490 h at 0.000002316 a second.
    // 864,000 x 0.00000193 = 1.66752; 1,764,000 x 0.000002316 = 4.085424.
    let bill = Bill::on("fly-machines", "iad").date("2026-09-21").usage("fly-extra-ram", "2628000");
    assert_eq!(bill.split().total(&book()).to_string(), "5.752944");
}

/// A table as far as it is about money.
pub(crate) fn charges_of(table: &[u8]) -> String {
    let table = String::from_utf8(table.to_vec()).unwrap();
    table.split("\nReplay ·").next().unwrap().to_owned()
}

const GEMINI: &str = "\
name: gemini
workloads:
  - name: chat
    platform: lab
    arrivals: { pattern: steady, rate: 7300/month }
    requests: { input_tokens: 100000, output_tokens: 1000, duration: 5s }
    llm: google/gemini-3.8-flash
";

#[test]
fn gemini_doubles_at_new_year() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("gemini.yaml"), GEMINI).unwrap();
    let run = |more: &[&str]| {
        let mut all = vec!["estimate", "gemini.yaml", "--format", "json"];
        all.extend(more);
        let output = ssc(&all, folder.path());
        let estimate: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        adds_up(&estimate);
        estimate
    };
    let tokens = |estimate: &serde_json::Value| -> Vec<(String, String, String)> {
        let text = |v: &serde_json::Value| v.as_str().unwrap().to_owned();
        let charges = estimate["charges"].as_array().unwrap().iter();
        charges
            .filter(|c| c["component"] == "tokens")
            .map(|c| {
                (
                    text(&c["charge_period_start"]),
                    text(&c["pricing_quantity"]),
                    text(&c["billed_cost"]),
                )
            })
            .collect()
    };
    // 730 M prompt and 7.3 M answer tokens over 730 h: 336 h until the new year, 394 h after it.
    // Input 336 x 0.75 + 394 x 1.5, output 3.36 x 3.75 + 3.94 x 7.5.
    let split = run(&["--pricing-date", "2026-12-18"]);
    let line = |start: &str, n: &str, cost: &str| (start.to_owned(), n.to_owned(), cost.to_owned());
    let (before, after) = ("2026-12-18T00:00:00Z", "2027-01-01T00:00:00Z");
    assert_eq!(
        tokens(&split),
        [
            line(before, "336", "252"),
            line(after, "394", "591"),
            line(before, "3.36", "12.6"),
            line(after, "3.94", "29.55"),
        ]
    );
    assert_eq!(split["period"]["end"], "2027-01-17T10:00:00Z");
    let warnings = split["warnings"].to_string();
    let sentence =
        "prices of gemini-3.8-flash change on 2027-01-01: 14 of 30.4 days at the old prices";
    assert!(warnings.contains(sentence), "{warnings}");

    let table = ssc(&["estimate", "gemini.yaml", "--pricing-date", "2026-12-18"], folder.path());
    insta::assert_snapshot!(charges_of(&table.stdout));

    // 730 x 0.75 and 7.3 x 3.75.
    let whole = [line(before, "730", "547.5"), line(before, "7.3", "27.375")];
    let fixed = run(&["--pricing-date", "2026-12-18", "--fixed-prices"]);
    assert_eq!(tokens(&fixed), whole);
    let text = format!("price_changes: ignore\n{GEMINI}");
    fs::write(folder.path().join("gemini.yaml"), text).unwrap();
    assert_eq!(tokens(&run(&["--pricing-date", "2026-12-18"])), whole);
    // A lone sample is billed at the prices of its day.
    fs::write(folder.path().join("gemini.yaml"), format!("projection: none\n{GEMINI}")).unwrap();
    let sample = run(&["--pricing-date", "2026-12-18"]);
    assert!(tokens(&sample).iter().all(|t| t.0 == before), "{sample}");
    assert!(!sample["warnings"].to_string().contains("change on"), "{sample}");
    // After the change nothing changes.
    let later = run(&["--pricing-date", "2027-01-01"]);
    assert_eq!(tokens(&later)[0].2, "1095");
}

const BOUNDS: &str = "\
schema: 1
service: lab
service_provider_name: Lab
service_name: Lab API
service_category: AI and Machine Learning
billing_currency: USD
cached_tokens: inside_input
on_disconnect: stop
on_disconnect_source: { source: a made-up page, checked_on: 2026-11-23, confidence: high }
models:
  - id: reader
    prices:
      - { effective_from: 2026-01-01, effective_until: 2027-01-01, source: a made-up page, checked_on: 2026-11-23, confidence: high,
          input: \"1\", output: \"1\", long_context: { above: 200000, bound: gt, input: \"2\", output: \"2\" } }
      - { effective_from: 2027-01-01, source: a made-up page, checked_on: 2026-11-23, confidence: high,
          input: \"1\", output: \"1\", long_context: { above: 90000, bound: gt, input: \"3\", output: \"3\" } }
";

#[test]
fn the_bound_of_long_prompts_can_change() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("prices/llm")).unwrap();
    fs::write(folder.path().join("prices/llm/lab.yaml"), BOUNDS).unwrap();
    let text = GEMINI.replace("google/gemini-3.8-flash", "lab/reader");
    fs::write(folder.path().join("reader.yaml"), text).unwrap();
    let all = [
        "estimate",
        "reader.yaml",
        "--pricing",
        "prices",
        "--pricing-date",
        "2026-12-18",
        "--format",
        "json",
    ];
    let estimate: serde_json::Value =
        serde_json::from_slice(&ssc(&all, folder.path()).stdout).unwrap();
    adds_up(&estimate);
    let charges = estimate["charges"].as_array().unwrap().iter();
    let tokens: Vec<_> = charges
        .filter(|c| c["component"] == "tokens")
        .map(|c| format!("{} {}", c["sku_price_id"], c["billed_cost"]).replace('"', ""))
        .collect();
    // Prompts of 100,000 tokens: 336 M at 1, then 394 M at 3.
    assert_eq!(
        tokens,
        [
            "lab/reader/input/2026-01-01 336",
            "lab/reader/input/long/2027-01-01 1182",
            "lab/reader/output/2026-01-01 3.36",
            "lab/reader/output/long/2027-01-01 11.82",
        ]
    );
}

/// Ascending tiers with integer bounds and prices in cents.
fn tiers() -> impl Strategy<Value = Vec<(u32, u32)>> {
    (1_u32..500, proptest::collection::vec((1_u32..400, 1_u32..500), 0..3)).prop_map(
        |(first, more)| {
            let mut from = 0;
            let rest = more.into_iter().map(|(step, price)| {
                from += step;
                (from, price)
            });
            std::iter::once((0, first)).chain(rest.collect::<Vec<_>>()).collect()
        },
    )
}

fn written(tiers: &[(u32, u32)]) -> String {
    let tier = |(from, cents): &(u32, u32)| {
        format!("{{ from: '{from}', unit_price: '{}.{:02}' }}", cents / 100, cents % 100)
    };
    format!("tiers: [{}]", tiers.iter().map(tier).collect::<Vec<_>>().join(", "))
}

fn two_rows(day: u32, old: &str, new: &str, tiering: &str, free: u32) -> Book {
    let cut = format!("2026-01-{day:02}");
    let rows = [("2025-01-01", cut.as_str(), old), (cut.as_str(), "", new)];
    let calls = sku("calls", &format!("tiering: {tiering}"), &rows);
    let free =
        format!("allowances: [{{ id: f, name: Free, skus: [calls], quantity: '{free}', {SEEN} }}]");
    load(&[service("example", &format!("skus:\n{calls}{free}"))])
}

proptest! {
    #[test]
    fn segments_add_up_to_the_usage(
        old in tiers(), new in tiers(), day in 2_u32..20, free in 1_u32..300,
        usage in proptest::collection::vec(0_i128..1_000, 1..4),
        cliff in any::<bool>(),
    ) {
        let tiering = if cliff { "cliff" } else { "graduated" };
        let book = two_rows(day, &written(&old), &written(&new), tiering, free);
        let names = ["a", "b", "c"];
        let used: Vec<_> = names.iter().zip(&usage).map(|(w, n)| ("calls", *w, *n)).collect();
        let statement = at_list(&book, &used);
        for (_, workload, n) in used {
            let billed: rust_decimal::Decimal = statement
                .charges
                .iter()
                .filter(|c| c.workload.as_deref() == Some(workload))
                .map(|c| c.pricing_quantity.unwrap().0)
                .sum();
            prop_assert_eq!(billed, rust_decimal::Decimal::from(n));
        }
    }

    #[test]
    fn a_change_that_changes_nothing_leaves_the_total(
        tiers in tiers(), day in 2_u32..20, free in 1_u32..300,
        usage in proptest::collection::vec(0_i128..1_000, 1..4),
    ) {
        let names = ["a", "b", "c"];
        let used: Vec<_> = names.iter().zip(&usage).map(|(w, n)| ("calls", *w, *n)).collect();
        let old = written(&tiers);
        let same = at_list(&two_rows(day, &old, &old, "graduated", free), &used);
        prop_assert!(same.remarks.is_empty());
        // A new row that differs only where no usage gets to is a change, but not of this total.
        let mut beyond = tiers.clone();
        beyond.push((1_000_000, 1));
        let split = at_list(&two_rows(day, &old, &written(&beyond), "graduated", free), &used);
        prop_assert_eq!(split.remarks.len(), 1);
        prop_assert_eq!(same.total(), split.total());
    }
}

#[test]
fn a_period_that_begins_before_the_first_price_is_partly_unpriced() {
    let rows = [("2026-01-11", "", "unit_price: '3'")];
    let book =
        load(&[service("example", &format!("skus:\n{}", sku("calls", "tiering: flat", &rows)))]);
    let month = SimDuration::from_hours(480);
    assert_eq!(twenty_days().span.length(), month);
    let statement = at_list(&book, &[("calls", "a", 7)]);
    assert_eq!(lines(&statement), ["calls 11..21 4 = 12"]);
    assert_eq!(statement.unpriced[0].quantity.to_string(), "3");
}
