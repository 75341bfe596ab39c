//! Negotiated rates and commitments.

use crate::cli::{adds_up, ssc};
use crate::example::{bill, lines, load, service, sku, sound, twenty_days};
use crate::price_changes::charges_of;
use proptest::prelude::*;
use ssc::billing::{
    Commitment, CommitmentStatus, Days, Discount, Kind, PrivatePrice, Rates, Scope, Statement,
};
use ssc::pricing::Book;
use std::fs;
use std::path::Path;

const ALWAYS: &str = "2025-01-01";

/// A SKU paid by the hour: `hours` at 1 until 11 January, then at 2.
fn hours(rest: &str) -> Book {
    let rows = [(ALWAYS, "2026-01-11", "unit_price: '1'"), ("2026-01-11", "", "unit_price: '2'")];
    let by_hour = |id: &str, rows: &[(&str, &str, &str)]| {
        sku(id, "tiering: flat", rows)
            .replace("clock: requests", "clock: instance_lifetime")
            .replace("pricing_unit: Requests", "pricing_unit: Instance-Hours")
    };
    let skus = by_hour("hours", &rows) + &by_hour("flat-hours", &[(ALWAYS, "", "unit_price: '1'")]);
    load(&[service("example", &format!("{rest}skus:\n{skus}"))])
}

const HOUR: i128 = 3_600_000_000_000;

fn run(used: &[(&str, &str, i128)], rates: &Rates) -> Statement {
    let used: Vec<_> = used.iter().map(|(s, w, n)| (*s, *w, n * HOUR)).collect();
    bill(&hours(""), &used, &[], twenty_days(), rates)
}

fn discounts(list: &[(Scope, &[&str], i64)]) -> Rates {
    let discount = |(scope, regions, percent): &(Scope, &[&str], i64)| Discount {
        scope: scope.clone(),
        regions: regions.iter().map(|r| (*r).to_owned()).collect(),
        percent: (*percent).into(),
    };
    Rates { discounts: list.iter().map(discount).collect(), ..Rates::default() }
}

fn spend(per_hour: &str, percent: i64, skus: &[&str]) -> Commitment {
    Commitment {
        name: "Plan".into(),
        kind: Kind::Spend { per_hour: per_hour.parse().unwrap(), percent: percent.into() },
        skus: skus.iter().map(|s| (*s).to_owned()).collect(),
        regions: Vec::new(),
        source: "a contract".into(),
    }
}

fn committed(commitment: Commitment) -> Rates {
    Rates { commitments: vec![commitment], ..Rates::default() }
}

#[test]
fn the_most_specific_discount_holds() {
    let provider = || Scope::Provider("Example".into());
    let item = || Scope::Item("flat-hours".into());
    let used = [("flat-hours", "a", 480)];
    let cost = |list: &[(Scope, &[&str], i64)]| {
        let statement = run(&used, &discounts(list));
        assert_eq!(statement.at_list().to_string(), "480");
        statement.total().to_string()
    };
    assert_eq!(cost(&[(Scope::All, &[], 5), (provider(), &[], 10)]), "432");
    let service = (Scope::Service("example".into()), &[][..], 20);
    assert_eq!(cost(&[service.clone(), (provider(), &[], 50)]), "384");
    assert_eq!(cost(&[service, (item(), &[], 25)]), "360");
    assert_eq!(cost(&[(item(), &[], 25), (item(), &["one"], 50)]), "240");
    assert_eq!(cost(&[(item(), &["two"], 50), (Scope::Provider("Other".into()), &[], 50)]), "480");
}

#[test]
fn a_private_price_holds_on_its_days_and_before_discounts() {
    let mut rates = discounts(&[(Scope::All, &[], 10)]);
    rates.prices.push(PrivatePrice {
        sku: "flat-hours".into(),
        region: Some("one".into()),
        unit_price: "0.5".parse().unwrap(),
        days: Days { from: "2026-01-06".parse().ok(), until: "2026-01-16".parse().ok() },
        source: "a contract".into(),
    });
    let statement = run(&[("flat-hours", "a", 480)], &rates);
    // 5 days at 0.9, 10 at 0.5, 5 at 0.9.
    assert_eq!(
        lines(&statement),
        [
            "flat-hours 01..06 120 = 108",
            "flat-hours 06..16 240 = 120",
            "flat-hours 16..21 120 = 108"
        ]
    );
    assert_eq!(statement.savings().to_string(), "144");
    let words: Vec<_> = statement.charges.iter().map(|c| c.negotiated.as_deref()).collect();
    assert_eq!(words, [Some("10% off"), Some("private price"), Some("10% off")]);
}

#[test]
fn a_private_price_stands_alone_where_no_list_price_is_known() {
    let ended = sku("calls", "tiering: flat", &[(ALWAYS, "2026-01-11", "unit_price: '1'")]);
    let book = load(&[service("example", &format!("skus:\n{ended}"))]);
    let mut rates = discounts(&[(Scope::All, &[], 10)]);
    rates.prices.push(PrivatePrice {
        sku: "calls".into(),
        region: None,
        unit_price: "0.5".parse().unwrap(),
        days: Days { from: "2026-01-11".parse().ok(), until: None },
        source: "a contract".into(),
    });
    let statement = bill(&book, &[("calls", "a", 200)], &[], twenty_days(), &rates);
    assert_eq!(lines(&statement), ["calls 01..11 100 = 90", "calls 11..21 100 = 50"]);
    assert_eq!(statement.charges[1].sku_price_id, "calls/one/private/0");
    assert_eq!(statement.charges[1].evidence.source, "a contract");
    assert_eq!(statement.savings().to_string(), "10");
}

#[test]
fn a_commitment_does_not_cover_what_the_price_file_already_lowers() {
    let file = "account: { plan: { values: [1y], source: the price list, checked_on: 2026-11-23, confidence: high } }\n\
        commitments: [{ id: c, name: One year, when: { plan: [1y] }, percent: '17', skus: [flat-hours], \
        source: the price list, checked_on: 2026-11-23, confidence: high }]\n";
    let rates = committed(spend("1", 25, &["flat-hours"]));
    let used = [("flat-hours", "a", 100 * HOUR)];
    let statement = bill(&hours(file), &used, &[("plan", "1y")], twenty_days(), &rates);
    assert_eq!(statement.total().to_string(), "563");
    assert_eq!(statement.remarks, ["Plan covers nothing whose price One year already lowers"]);
}

#[test]
fn a_spend_commitment_is_owed_and_covers_what_it_can() {
    // 480 h at 1, 25 % off: 0.75 each. 960 hours of usage are 2 at once: 1.5 an hour.
    let result = |per_hour: &str, used: i128| {
        let statement =
            run(&[("flat-hours", "a", used)], &committed(spend(per_hour, 25, &["flat-hours"])));
        let c = statement.commitments[0].clone();
        let money = [statement.total(), c.cost, c.used, c.unused(), c.covered, c.eligible];
        money.map(|m| m.to_string()).join(" ")
    };
    assert_eq!(result("1.5", 960), "720 720 720 0 960 960", "all covered, all used");
    assert_eq!(result("0.75", 960), "840 360 360 0 480 960", "half covered, the rest on demand");
    assert_eq!(result("3", 960), "1440 1440 720 720 960 960", "half used");
    assert_eq!(result("1.5", 0), "720 720 0 720 0 0", "nothing used");
}

#[test]
fn commitments_follow_price_changes_slice_by_slice() {
    // 2 at once: 2 an hour on demand, then 4; at half price 1, then 2. The plan pays 1.5 an hour:
    // 240 h use 1 of it, the next 240 h use it up and leave 0.5 × 2 = 1 an hour on demand.
    let statement = run(&[("hours", "a", 960)], &committed(spend("1.5", 50, &["hours"])));
    insta::assert_debug_snapshot!(lines(&statement), @r#"
    [
        "hours 01..11 480 = 0",
        "hours 11..21 360 = 0",
        "hours 11..21 120 = 240",
        "Plan 01..21 480 = 720",
        "Plan, unused 01..21  = 0",
    ]
    "#);
    let c = &statement.commitments[0];
    assert_eq!((c.used.to_string(), c.unused().to_string()), ("600".into(), "120".into()));
    assert_eq!((c.covered.to_string(), c.eligible.to_string()), ("1200".into(), "1440".into()));
}

#[test]
fn commitments_do_not_come_on_top_of_discounts() {
    let mut rates = committed(spend("0.75", 25, &["flat-hours"]));
    rates.discounts = discounts(&[(Scope::All, &[], 10)]).discounts;
    let statement = run(&[("flat-hours", "a", 960)], &rates);
    // Covered at 0.75 of list, the other 480 at 0.9.
    assert_eq!(statement.total().to_string(), "792");
    let covered =
        statement.charges.iter().find(|c| c.commitment_status == Some(CommitmentStatus::Used));
    let covered = covered.unwrap();
    assert_eq!(covered.effective_cost.to_string(), "360");
    assert_eq!(covered.contracted_unit_price.unwrap().to_string(), "0.9");
    assert_eq!(statement.savings().to_string(), "168");
}

#[test]
fn a_discount_and_a_commitment_of_the_price_file_do_not_add_up() {
    let file = "account: { plan: { values: [1y], source: the price list, checked_on: 2026-11-23, confidence: high } }\n\
        commitments: [{ id: c, name: One year, when: { plan: [1y] }, percent: '17', skus: [flat-hours], \
        source: the price list, checked_on: 2026-11-23, confidence: high }]\n";
    let book = hours(file);
    let run = |percent| {
        let rates = discounts(&[(Scope::All, &[], percent)]);
        bill(&book, &[("flat-hours", "a", 100 * HOUR)], &[("plan", "1y")], twenty_days(), &rates)
    };
    let (less, more) = (run(8), run(20));
    assert_eq!((less.total().to_string(), more.total().to_string()), ("83".into(), "80".into()));
    insta::assert_debug_snapshot!([less.remarks, more.remarks].concat(), @r#"
    [
        "flat-hours: 8% off does not come on top of One year; the lower price is billed",
        "flat-hours: One year does not come on top of 20% off; the lower price is billed",
    ]
    "#);
}

#[test]
fn reserved_capacity_is_paid_busy_or_not() {
    let reserved = |units, used: i128| {
        let kind = Kind::Capacity { units, unit_price: "0.6".parse().unwrap() };
        let commitment = Commitment { kind, ..spend("0", 0, &["flat-hours"]) };
        let statement = run(&[("flat-hours", "a", used)], &committed(commitment));
        let c = &statement.commitments[0];
        [statement.total(), c.cost, c.used].map(|m| m.to_string()).join(" ")
    };
    // 480 h: 2 × 0.6 an hour are 576; a third instance on demand is 480 more.
    assert_eq!(reserved(2, 3 * 480), "1056 576 576");
    assert_eq!(reserved(2, 480), "576 576 288");
}

#[test]
fn a_commitment_of_services_that_are_not_used_is_left_out() {
    let statement = run(&[("hours", "a", 1)], &committed(spend("5", 50, &["elsewhere"])));
    assert_eq!(statement.charges.len(), 2);
    assert_eq!(statement.remarks[1], "Plan is left out: no service that it covers is used here");
}

proptest! {
    #[test]
    fn commitments_never_lose_or_make_money(
        per_hour in 0_u32..400, percent in 0_i64..=100, reserved in 0_u32..4,
        discount in 0_i64..=100,
        a in 0_i128..2_000_000_000_000_000, b in 0_i128..2_000_000_000_000_000,
    ) {
        let mut rates = discounts(&[(Scope::All, &[], discount)]);
        let per_hour = format!("{}.{:02}", per_hour / 100, per_hour % 100);
        rates.commitments.push(Commitment { name: "Reserved".into(), kind: Kind::Capacity {
            units: reserved, unit_price: "0.123".parse().unwrap(),
        }, ..spend("0", 0, &["flat-hours"]) });
        rates.commitments.push(spend(&per_hour, percent, &["flat-hours", "hours"]));
        let used = [("hours", "a", a), ("flat-hours", "a", b), ("flat-hours", "b", a)];
        let statement = bill(&hours(""), &used, &[], twenty_days(), &rates);
        sound(&statement);
        let plain = bill(&hours(""), &used, &[], twenty_days(), &Rates::default());
        let quantity = |s: &Statement| -> rust_decimal::Decimal {
            let usage = s.charges.iter().filter(|c| c.charge_category.name() == "Usage");
            usage.filter_map(|c| c.pricing_quantity).map(|q| q.0).sum()
        };
        prop_assert_eq!(quantity(&statement), quantity(&plain));
        for c in &statement.commitments {
            prop_assert!(c.used <= c.cost && c.covered <= c.eligible, "{:?}", c);
        }
    }
}

const SCENARIO: &str = "\
name: negotiated
workloads:
  - name: chat
    platform: lab-box
    arrivals: { pattern: steady, rate: 2M/month, window: 1h }
    requests: { duration: 10s, response_bytes: 1000 }
    llm: lab-ai/lab-1
";

const RATES: &str = "\
discounts:
  - { provider: Lab, percent: 8 }
prices:
  - { model: lab-ai/lab-1, input: \"0.01\" }
commitments:
  - { kind: spend, name: Compute Savings Plan, provider: Lab, per_hour: \"0.10\", percent: 12, skus: [lab-box-duration] }
";

fn indented(text: &str) -> String {
    text.lines().map(|l| format!("  {l}\n")).collect()
}

fn files(folder: &Path, scenario: &str, rates: &str) {
    fs::write(folder.join("scenario.yaml"), scenario).unwrap();
    fs::write(folder.join("rates.yaml"), rates).unwrap();
}

#[test]
fn rates_show_in_the_table_and_in_json() {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path(), &format!("{SCENARIO}pricing:\n{}", indented(RATES)), "{}");
    let date = ["--pricing-date", "2026-11-23", "--no-free-tier"];
    let table = ssc(&[&["estimate", "scenario.yaml"][..], &date].concat(), folder.path());
    insta::assert_snapshot!(charges_of(&table.stdout));
    let run = |more: &[&str]| -> serde_json::Value {
        let all = [&["estimate", "scenario.yaml", "--format", "json"][..], &date, more].concat();
        serde_json::from_slice(&ssc(&all, folder.path()).stdout).unwrap()
    };
    let block = run(&[]);
    adds_up(&block);
    assert_eq!(block["commitments"][0]["cost"], "73");
    // The same in a file of its own, instead of the block.
    files(folder.path(), SCENARIO, RATES);
    assert_eq!(run(&["--rates", "rates.yaml"])["total"], block["total"]);
    assert_eq!(run(&[])["savings"], "0");
}

fn refused(rates: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path(), SCENARIO, rates);
    let output = ssc(&["estimate", "scenario.yaml", "--rates", "rates.yaml"], folder.path());
    assert_eq!(output.status.code(), Some(2), "{rates}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn mistakes_in_rates_are_pointed_at() {
    let cases = [
        "discounts: [{ provider: Labb, percent: 8 }]\n",
        "discounts: [{ service: lab-box, percent: 8 }]\n",
        "discounts: [{ sku: lab-box-durations, percent: 12 }]\n",
        "discounts: [{ sku: lab-egress, percent: 12, regions: [hear] }]\n",
        "discounts: [{ provider: Lab, percent: 120 }]\n",
        "discounts: [{ provider: Lab, percent: 8 }, { provider: lab, percent: 9 }]\n",
        "discounts: [{ provider: Lab, service: lab-boxes, percent: 8 }]\n",
        "prices: [{ sku: lab-egress, unit_price: \"-0.015\" }]\n",
        "prices: [{ sku: lab-egress, input: \"1\" }]\n",
        "prices: [{ model: lab-ai/lab-1r, input: \"1\" }]\n",
        "prices: [{ sku: lab-egress, unit_price: \"1\", from: 2026-02-01, until: 2026-01-01 }]\n",
        "prices: [{ unit_price: \"1\" }]\n",
        "commitments: [{ kind: spent, name: x }]\n",
        "commitments: [{ kind: spend, name: x, per_hour: \"1\", skus: [lab-egress] }]\n",
        "commitments: [{ kind: spend, name: x, provider: Lab AI, per_hour: \"1\", percent: 1, skus: [lab-egress] }]\n",
        "commitments: [{ kind: capacity, name: x, sku: lab-egress, units: 1, unit_price: \"1\" }]\n",
        "commitments: [{ kind: capacity, name: x, per_hour: \"1\" }]\n",
    ];
    let all: Vec<_> = cases.iter().map(|c| refused(c)).collect();
    insta::assert_snapshot!(all.join("\n"));
}
