//! Tests of the table.

use super::super::json;
use super::*;
use crate::billing::{PriceEvidence, Statement, Unpriced};
use crate::pricing::{Component, Confidence};
use crate::replay::{Facts, Observer, Outcome, Placement};
use crate::units::{PricingQuantity, SimDuration, SimTime};
use crate::workload::stages::Stage;
use crate::workload::{Assumption, Request};
use chrono::NaiveDate;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, 1).unwrap()
}

fn charge(workload: Option<&str>, what: &str, n: &str, unit: &str, at: &str) -> Charge {
    let quantity = PricingQuantity(n.parse().unwrap());
    let price = at.parse().unwrap();
    Charge {
        workload: workload.map(Into::into),
        service_provider_name: "Cloud".into(),
        service_name: "Functions".into(),
        service_category: "Compute".into(),
        region_id: Some("us-east-1".into()),
        sku_id: "sku".into(),
        sku_price_id: "sku/us-east-1/2026-01-01".into(),
        charge_description: what.into(),
        charge_category: Category::Usage,
        component: Component::Compute,
        allowance: None,
        commitment: None,
        commitment_status: None,
        negotiated: None,
        charge_period: Span::from_day(day(), SimDuration::from_hours(730)),
        pricing_unit: Some(unit.into()),
        pricing_quantity: Some(quantity),
        list_unit_price: Some(price),
        contracted_unit_price: Some(price),
        list_cost: quantity.at(price),
        billed_cost: quantity.at(price),
        effective_cost: quantity.at(price),
        evidence: PriceEvidence {
            effective_from: Some(day()),
            source: "https://example.com/prices".into(),
            checked_on: day(),
            confidence: Confidence::High,
            note: None,
        },
    }
}

fn facts() -> Facts {
    let mut facts = Facts::default();
    for i in 0..40 {
        let request = Request {
            time_to_first_token: SimDuration::from_millis(400 + i),
            duration: SimDuration::from_secs(12),
            ..Request::default()
        };
        let startup_wait = SimDuration::from_millis(if i == 0 { 1_300 } else { 0 });
        let start = SimTime(0) + startup_wait;
        facts.served(
            &request,
            &Placement {
                instance: 0,
                provisioned: false,
                pool_configured: false,
                cold: i == 0,
                startup_wait,
                start,
                end: start + SimDuration::from_secs(12),
                outcome: Outcome::Completed,
            },
        );
    }
    facts.instances_started = 1_234;
    facts.peak_in_flight = 17;
    facts
}

fn sample(long: &str) -> Estimate {
    let chat = format!("chat{long}");
    let on = Some(chat.as_str());
    let compute = format!("Compute (x86){long}");
    let mut free = charge(on, "Requests", "1", "1M Requests", "0.2");
    free.allowance = Some(format!("Always free{long}"));
    free.contracted_unit_price = Some("0".parse().unwrap());
    free.billed_cost = Money::ZERO;
    let mut credit = charge(None, "Monthly credit", "1", "Months", "0");
    credit.charge_category = Category::Credit;
    credit.billed_cost = "-5.215".parse().unwrap();
    credit.pricing_quantity = None;
    credit.pricing_unit = None;
    credit.list_unit_price = None;
    credit.contracted_unit_price = None;
    Estimate {
        name: format!("demo{long}"),
        pricing_date: day(),
        period: SimDuration::from_hours(730),
        billing_period: Span::from_day(day(), SimDuration::from_hours(730)),
        allowances: true,
        workloads: vec![WorkloadEstimate {
            name: chat.clone(),
            platform: "cloud-fn".into(),
            platform_name: "Cloud Functions".into(),
            settings: std::collections::BTreeMap::new(),
            region: "us-east-1".into(),
            stage: Stage::Whole,
            models: vec![format!("lab/model{long}")],
            facts: facts(),
            path_breaks: Vec::new(),
            memory_measured: Vec::new(),
            projection: Projection::Repeated(SimDuration::from_hours(24)),
            requests: 3_000_000,
            timeline: None,
        }],
        statement: Statement {
            charges: vec![
                charge(on, &compute, "51826617.17188", "GB-Seconds", "0.0000166667"),
                charge(on, "Disk", "0.00001", "Instance-Seconds", "0.0000000309"),
                free,
                credit,
            ],
            ..Statement::default()
        },
        assumptions: vec![
            Assumption::new(format!("chat.requests.cpu{long}"), "2ms", Origin::Assumed)
                .note(format!("no trace has it{long}")),
            Assumption::new("chat.requests.rate", "5 per second", Origin::Given),
        ],
        warnings: vec![format!("a price is 120 days old{long}")],
    }
}

fn incomplete(long: &str) -> Estimate {
    let mut estimate = sample(long);
    estimate.statement.unpriced.push(Unpriced {
        workload: Some("chat".into()),
        sku_id: "egress".into(),
        name: format!("Data out{long}"),
        region_id: None,
        quantity: PricingQuantity("12.5".parse().unwrap()),
        pricing_unit: "GB".into(),
        charge_period: Span::from_day(day(), SimDuration::from_hours(730)),
        reason: format!("no price in this region{long}"),
    });
    estimate
}

#[test]
fn a_table_at_80_columns() {
    insta::assert_snapshot!(table(&sample(""), 80, false), @r"
    demo · per month (730 h) · prices of 2026-03-01

    chat · Cloud Functions (cloud-fn) · us-east-1 · lab/model
                                  Quantity  Unit                 Unit price     Cost
      Compute (x86)        51,826,617.1719  GB-Seconds        $0.0000166667  $863.78
      Disk                         <0.0001  Instance-Seconds  $0.0000000309   <$0.01
      Requests (Always                   1  1M Requests                $0.2     free
      free)
      chat · $0.2879 per 1,000 streams                                       $863.78

    Account · Functions
      Monthly credit                                                          -$5.22

    ────────────────────────────────────────────────────────────────────────────────
    Total                                                                    $858.56
    $0.2862 per 1,000 streams · 3,000,000 streams

    Replay · chat
      window                1d, repeated until the period is full
      requests              40 (billed: 3,000,000)
      peak in flight        17
      peak instances        0
      instances started     1,234
      cold starts           1 (2.5%)
      first token           P50 420 ms · P95 438 ms · P99 1.7 s
      first token, warm     P50 419 ms · P95 437 ms · P99 439 ms

    Assumptions
      chat.requests.cpu  2ms                                              assumption

    Warnings
      !  a price is 120 days old
    ");
}

#[test]
fn no_line_is_wider_than_asked_however_long_the_names() {
    let words = " with quite a long name".repeat(12);
    let solid = "x".repeat(300);
    let wide = "日本語の名前".repeat(20);
    for long in ["", &words, &solid, &wide] {
        for width in [60, 80, 100, 120, 200] {
            let text = table(&incomplete(long), width, false);
            for line in text.lines() {
                // East Asian characters take two columns.
                let columns: usize =
                    line.chars().map(|c| if c >= '\u{2e80}' { 2 } else { 1 }).sum();
                assert!(columns <= width, "{columns} > {width}: {line}");
            }
        }
    }
}

#[test]
fn a_total_without_all_prices_says_so() {
    let text = table(&incomplete(""), 80, false);
    assert!(text.contains("Total (incomplete: 1 line without a price)"), "{text}");
    assert!(text.contains("chat · Data out (egress): 12.5 GB"), "{text}");
    assert!(text.contains("no price in this region"), "{text}");
    assert!(json(&incomplete("")).contains("\"complete\": false"));
}

#[test]
fn styles_appear_only_when_wanted() {
    let estimate = incomplete("\u{1b}[31m");
    assert!(!table(&estimate, 80, false).contains('\u{1b}'));
    let styled = table(&estimate, 80, true);
    assert!(styled.contains("\u{1b}[1m"), "{styled:?}");
    assert!(!styled.contains("\u{1b}[31m"), "{styled:?}");
}

#[test]
fn notes_have_room_at_120_columns_only() {
    assert!(table(&sample(""), 120, false).contains("no trace has it"));
    assert!(!table(&sample(""), 80, false).contains("no trace has it"));
}

#[test]
fn json_keeps_every_digit_in_strings() {
    let text = json(&sample(""));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(text.ends_with("}\n"));
    assert_eq!(value["schema"], "ssc/estimate/1");
    assert_eq!(value["period"]["hours"], "730");
    assert_eq!(value["charges"][0]["pricing_quantity"], "51826617.17188");
    assert_eq!(value["charges"][0]["list_unit_price"], "0.0000166667");
    assert_eq!(value["charges"][3]["pricing_quantity"], serde_json::Value::Null);
    assert_eq!(value["charges"][3]["billed_cost"], "-5.215");
    assert_eq!(value["charges"][0]["charge_class"], serde_json::Value::Null);
    assert_eq!(value["workloads"][0]["projection"]["method"], "repeated");
    assert_eq!(value["workloads"][0]["projection"]["window_seconds"], "86400");
    assert_eq!(value["replay"][0]["workload"], "chat");
    assert_eq!(value["replay"][0]["service_seconds"], "480");
    assert_eq!(value["replay"][0], {
        let mut replay = value["workloads"][0]["replay"].clone();
        replay["workload"] = "chat".into();
        replay
    });
}
