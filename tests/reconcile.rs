//! Estimates against bills: what is the same differs by nothing, and what differs is explained exactly.

use crate::cli::{ssc, text};
use crate::focus::{COMMITTED, CREDITED};
use proptest::prelude::*;
use rust_decimal::Decimal;
use serde_json::Value;
use ssc::diagnostic::Source;
use ssc::estimate::{Estimate, Options, TraceLoader};
use ssc::pricing::Book;
use ssc::reconcile::{Bill, Comparison, Map, Reconciliation};
use ssc::report::focus::{Focus, Version, files};
use ssc::workload::Recording;
use ssc::workload::import::ReadOptions;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::LazyLock;

const PLAIN: &str = "\
name: plain
workloads:
  - name: chat
    platform: lab-box
    deployment: { memory: 1GiB, startup_time: 0ms }
    arrivals: { pattern: steady, rate: 1M/month }
    requests: { duration: 2s, response_bytes: 1kB, input_tokens: 500, output_tokens: 200 }
    llm: lab-ai/lab-1
";

static BOOK: LazyLock<Book> = LazyLock::new(crate::book::lab);

struct NoTraces;

impl TraceLoader for NoTraces {
    fn load(&mut self, _: &str, _: &ReadOptions) -> ssc::diagnostic::Result<Recording> {
        unreachable!("these scenarios have no traces")
    }
}

fn estimate(body: &str, no_free_tier: bool) -> Estimate {
    let today = "2026-11-23".parse().unwrap();
    let options = Options { today, no_free_tier, ..Options::default() };
    ssc::estimate::estimate(&Source::new("s.yaml", body), &BOOK, &options, &mut NoTraces).unwrap()
}

static PRICED: LazyLock<Estimate> = LazyLock::new(|| estimate(PLAIN, true));

/// Rows of the estimate's own FOCUS file.
fn own(estimate: &Estimate, version: Version) -> Table {
    let focus = Focus {
        version,
        book: &BOOK,
        billing_account: "1",
        scenario_digest: "0".into(),
        price_list_digest: "0".into(),
        created: None,
    };
    Table::read(&files(estimate, &focus).csv)
}

#[derive(Clone)]
struct Table {
    header: Vec<String>,
    rows: Vec<BTreeMap<String, String>>,
}

impl Table {
    fn read(csv: &str) -> Self {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let rows = reader
            .records()
            .map(|r| header.iter().cloned().zip(r.unwrap().iter().map(str::to_owned)).collect());
        Self { rows: rows.collect(), header: header.clone() }
    }

    fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header).unwrap();
        for row in &self.rows {
            writer.write_record(self.header.iter().map(|h| &row[h])).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    /// The one row of a SKU.
    fn sku(&mut self, id: &str) -> &mut BTreeMap<String, String> {
        self.rows.iter_mut().find(|r| r["SkuId"] == id).unwrap()
    }

    fn sum(&self, column: &str) -> Decimal {
        self.rows.iter().map(|r| r[column].parse::<Decimal>().unwrap()).sum()
    }
}

fn times(row: &mut BTreeMap<String, String>, columns: &[&str], factor: Decimal) {
    for column in columns {
        let cell = row.get_mut(*column).unwrap();
        if !cell.is_empty() {
            *cell = (cell.parse::<Decimal>().unwrap() * factor).normalize().to_string();
        }
    }
}

const COSTS: [&str; 4] = ["ListCost", "ContractedCost", "BilledCost", "EffectiveCost"];
const PRICES: [&str; 2] = ["ListUnitPrice", "ContractedUnitPrice"];
const QUANTITIES: [&str; 2] = ["PricingQuantity", "ConsumedQuantity"];

fn compare(estimate: &Estimate, csv: &str, map: &Map, scale: bool) -> Reconciliation {
    let mut bill = Bill::open("bill.csv", csv.as_bytes(), None).unwrap();
    let mut comparison = Comparison::new(estimate, &BOOK, map);
    comparison.read(&mut bill).unwrap();
    let result = comparison.finish(&bill, scale);
    adds_up(&result);
    result
}

fn against(estimate: &Estimate, csv: &str) -> Reconciliation {
    compare(estimate, csv, &Map::default(), false)
}

/// Every part and every sum, to the last digit.
fn adds_up(r: &Reconciliation) {
    for line in &r.lines {
        assert_eq!(line.parts.total(), line.difference, "{line:?}");
    }
    assert_eq!(r.parts.total(), r.difference);
    assert_eq!(r.billed - r.estimated, r.difference);
    let outside: Decimal = r.outside.iter().map(|o| o.cost.0).sum();
    assert_eq!(r.billed.0 + outside + r.taxes.0, r.bill_total.0);
}

/// The parts that are not zero.
fn parts(r: &Reconciliation) -> Vec<(&'static str, String)> {
    let named = r.parts.named().into_iter().filter(|(_, p)| !p.is_zero());
    named.map(|(name, part)| (name, part.to_string())).collect()
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

#[test]
fn an_estimate_against_itself_differs_by_nothing() {
    for (body, no_free_tier) in
        [(PLAIN, true), (PLAIN, false), (COMMITTED, false), (CREDITED, false), (CREDITED, true)]
    {
        let estimate = estimate(body, no_free_tier);
        for version in [Version::V1_2, Version::V1_4] {
            let bill = own(&estimate, version);
            let r = against(&estimate, &bill.csv());
            assert_eq!(parts(&r), [], "{body}");
            assert!(r.lines.iter().all(|l| l.difference.is_zero() && l.estimate.is_some()));
            for line in &r.lines {
                assert_eq!(line.estimate.unwrap().quantity, line.bill.unwrap().quantity);
            }
            assert!(r.outside.is_empty() && r.warnings.is_empty(), "{:?}", r.warnings);
            assert_eq!(r.estimated, estimate.statement.total());
            assert_eq!(r.bill_total.0, bill.sum("BilledCost"));
            assert!(r.period.agrees());
        }
    }
}

#[test]
fn a_higher_price_is_a_price_difference() {
    let mut bill = own(&PRICED, Version::V1_2);
    let row = bill.sku("lab-box-duration");
    let was = dec(&row["EffectiveCost"]);
    times(row, &COSTS, dec("1.1"));
    times(row, &PRICES, dec("1.1"));
    let r = against(&PRICED, &bill.csv());
    assert_eq!(parts(&r), [("price", (was * dec("0.1")).normalize().to_string())]);
}

#[test]
fn more_usage_is_a_quantity_difference() {
    let mut bill = own(&PRICED, Version::V1_4);
    let row = bill.sku("lab-ai/lab-1/output");
    let was = dec(&row["EffectiveCost"]);
    times(row, &COSTS, dec("1.2"));
    times(row, &QUANTITIES, dec("1.2"));
    let r = against(&PRICED, &bill.csv());
    assert_eq!(parts(&r), [("quantity", (was * dec("0.2")).normalize().to_string())]);
}

#[test]
fn a_negotiated_rate_is_a_discount() {
    let mut bill = own(&PRICED, Version::V1_2);
    let row = bill.sku("lab-box-requests");
    let was = dec(&row["EffectiveCost"]);
    times(row, &COSTS[1..], dec("0.75"));
    let r = against(&PRICED, &bill.csv());
    assert_eq!(parts(&r), [("discounts", (was * dec("-0.25")).normalize().to_string())]);
}

#[test]
fn a_missing_row_is_not_billed_and_an_extra_row_is_missing_usage() {
    let mut bill = own(&PRICED, Version::V1_2);
    let was = dec(&bill.sku("lab-box-requests")["EffectiveCost"]);
    let mut extra = bill.sku("lab-box-requests").clone();
    bill.rows.retain(|r| r["SkuId"] != "lab-box-requests");
    for (column, value) in [
        ("SkuId", "XYZ"),
        ("SkuPriceId", "XYZ.1"),
        ("SkuMeter", "Box-Edge-Request"),
        ("x_UsageType", "Box-Edge-Request"),
        ("EffectiveCost", "7.25"),
        ("BilledCost", "7.25"),
    ] {
        extra.insert(column.into(), value.into());
    }
    bill.rows.push(extra);
    let r = against(&PRICED, &bill.csv());
    assert_eq!(
        parts(&r),
        [("missing usage", "7.25".to_owned()), ("not billed", (-was).normalize().to_string())]
    );
    let line = r.lines.iter().find(|l| l.name == "Box-Edge-Request").unwrap();
    assert!(line.estimate.is_none() && line.sku_id.is_none());
}

#[test]
fn other_services_and_taxes_are_told_apart_and_not_dropped() {
    let mut bill = own(&PRICED, Version::V1_2);
    let mut other = bill.sku("lab-box-requests").clone();
    for column in ["SkuId", "SkuPriceId"] {
        other.insert(column.into(), "elsewhere".into());
    }
    other.insert("ServiceName".into(), "Some Database".into());
    other.insert("EffectiveCost".into(), "100".into());
    let mut tax = other.clone();
    tax.insert("ChargeCategory".into(), "Tax".into());
    tax.insert("EffectiveCost".into(), "19".into());
    bill.rows.extend([other, tax]);
    let r = against(&PRICED, &bill.csv());
    assert_eq!(parts(&r), []);
    assert_eq!((r.outside[0].service.as_str(), r.outside[0].cost.0), ("Some Database", dec("100")));
    assert_eq!(r.taxes.0, dec("19"));
    assert_eq!(r.bill_total.0, bill.sum("EffectiveCost"));
}

/// On AWS bills free usage has a price of zero; in an estimate it has its list price.
#[test]
fn free_usage_without_a_price_is_no_price_difference() {
    let estimate = estimate(PLAIN, false);
    let mut bill = own(&estimate, Version::V1_2);
    for row in bill.rows.iter_mut().filter(|r| !r["x_Allowance"].is_empty()) {
        row.insert("ListCost".into(), "0".into());
        row.insert("ListUnitPrice".into(), "0".into());
    }
    assert_eq!(parts(&against(&estimate, &bill.csv())), []);
    // Without the free tier the whole of it is a discount that is gone.
    let list = own(&PRICED, Version::V1_2);
    let r = against(&estimate, &list.csv());
    let gone = PRICED.statement.total() - estimate.statement.total();
    assert_eq!(parts(&r), [("discounts", gone.to_string())]);
}

#[test]
fn units_of_bills_are_converted_or_called_different() {
    let mut bill = own(&PRICED, Version::V1_2);
    let row = bill.sku("lab-box-duration");
    row.insert("PricingUnit".into(), "GB-Hours".into());
    let seconds = dec(&row["PricingQuantity"]);
    row.insert("PricingQuantity".into(), (seconds / dec("3600")).round_dp(15).to_string());
    let r = against(&PRICED, &bill.csv());
    let line = r.lines.iter().find(|l| l.sku_id.as_deref() == Some("lab-box-duration"));
    let sides = (line.unwrap().estimate.unwrap().quantity, line.unwrap().bill.unwrap().quantity);
    assert!((sides.0 - sides.1).abs() < dec("0.00001"), "{sides:?}");
    let mut bill = own(&PRICED, Version::V1_2);
    let row = bill.sku("lab-box-duration");
    row.insert("PricingUnit".into(), "Requests".into());
    times(row, &COSTS, dec("2"));
    let was = PRICED.statement.charges.iter().find(|c| c.sku_id == "lab-box-duration");
    let r = against(&PRICED, &bill.csv());
    assert_eq!(parts(&r), [("units differ", was.unwrap().billed_cost.to_string())]);
}

#[test]
fn usage_without_a_price_is_explained_by_the_bill() {
    let bill = own(&PRICED, Version::V1_2);
    let body = format!("pricing_date: 2001-01-01\n{PLAIN}");
    let unpriced = estimate(&body, true);
    assert!(unpriced.statement.charges.is_empty() && !unpriced.statement.unpriced.is_empty());
    let r = against(&unpriced, &bill.csv());
    assert_eq!(parts(&r), [("unpriced", PRICED.statement.total().to_string())]);
    assert!(r.lines.iter().all(|l| l.unpriced.is_some()), "{:?}", r.lines);
    assert_eq!(r.percent, None);
}

const CUR: [(&str, &str); 14] = [
    ("lineItem/ProductCode", "line_item_product_code"),
    ("product/sku", "product_sku"),
    ("lineItem/UsageType", "line_item_usage_type"),
    ("product/region", "product_region_code"),
    ("pricing/unit", "pricing_unit"),
    ("lineItem/UsageAmount", "line_item_usage_amount"),
    ("pricing/publicOnDemandCost", "pricing_public_on_demand_cost"),
    ("lineItem/UnblendedCost", "line_item_unblended_cost"),
    ("lineItem/CurrencyCode", "line_item_currency_code"),
    ("lineItem/LineItemType", "line_item_line_item_type"),
    ("lineItem/UsageStartDate", "line_item_usage_start_date"),
    ("lineItem/UsageEndDate", "line_item_usage_end_date"),
    ("lineItem/LineItemDescription", "line_item_line_item_description"),
    ("savingsPlan/SavingsPlanEffectiveCost", "savings_plan_savings_plan_effective_cost"),
];

fn cur(legacy: bool) -> String {
    let header: Vec<_> = CUR.iter().map(|(old, new)| if legacy { *old } else { *new }).collect();
    let at = if legacy {
        "2026-11-23T00:00:00Z,2026-12-23T10:00:00Z"
    } else {
        "2026-11-23 00:00:00.000,2026-12-23 10:00:00.000"
    };
    let mut csv = header.join(",") + "\n";
    for (product, usage, unit, amount, list, cost, kind, plan) in [
        ("LabBoxes", "USE1-Request", "Requests", "1000000", "0.2", "0.2", "Usage", ""),
        ("LabBoxes", "USE1-Box-GB-Second", "Lambda-GB-Second", "1500000", "25", "25", "Usage", ""),
        (
            "LabBoxes",
            "Box-GB-Second",
            "Lambda-GB-Second",
            "500000",
            "8.3333",
            "8.3333",
            "SavingsPlanCoveredUsage",
            "7",
        ),
        ("LabBoxes", "Box-GB-Second", "", "", "", "-8.3333", "SavingsPlanNegation", ""),
        ("LabBoxes", "USE1-Box-GB-Second", "", "", "", "-1.5", "EdpDiscount", ""),
        ("LabBoxes", "EU-Box-GB-Second", "Lambda-GB-Second", "10", "0.1", "0.1", "Usage", ""),
        ("LabBoxes", "USE1-Request", "", "", "", "-2", "Credit", ""),
        ("LabBoxes", "USE1-Request", "", "", "", "3", "Tax", ""),
        ("AmazonEC2", "USE1-BoxUsage:m7g.large", "Hrs", "10", "1", "1", "Usage", ""),
    ] {
        let region = if usage.starts_with("EU") { "eu-west-1" } else { "us-east-1" };
        csv.push_str(&format!(
            "{product},,{usage},{region},{unit},{amount},{list},{cost},USD,{kind},{at},,{plan}\n"
        ));
    }
    csv
}

#[test]
fn both_reports_of_aws_say_the_same() {
    let r = against(&PRICED, &cur(true));
    let again = against(&PRICED, &cur(false));
    assert_eq!(r.lines, again.lines);
    assert_eq!((r.rows, r.format.name()), (9, "aws-cur"));
    let line = |sku: &str, region: &str| {
        let found = r
            .lines
            .iter()
            .find(|l| l.sku_id.as_deref() == Some(sku) && l.region.as_deref() == Some(region));
        found.unwrap_or_else(|| panic!("no {sku} in {region}")).clone()
    };
    let duration = line("lab-box-duration", "us-east-1");
    let billed = duration.bill.unwrap();
    assert_eq!(billed.quantity, dec("2000000"));
    // 25 on demand, 7 through the savings plan instead of 8.3333, 1.5 off.
    assert_eq!((billed.list_cost.0, billed.cost.0), (dec("33.3333"), dec("30.5")));
    assert_eq!(duration.parts.quantity.0, Decimal::ZERO);
    let estimated = duration.estimate.unwrap().list_cost.0;
    assert_eq!(duration.parts.price.0, (dec("33.3333") - estimated).normalize());
    assert_eq!(duration.parts.discounts.0, dec("-2.8333"));
    let abroad = line("lab-box-duration", "eu-west-1");
    assert_eq!(abroad.parts.missing_usage.0, dec("0.1"));
    let credits = r.lines.iter().find(|l| l.name == "Credits").unwrap();
    assert_eq!(credits.parts.discounts.0, dec("-2"));
    assert_eq!((r.outside[0].service.as_str(), r.outside[0].cost.0), ("AmazonEC2", Decimal::ONE));
    assert_eq!(r.taxes.0, dec("3"));
}

#[test]
fn a_shorter_bill_is_told_and_can_be_scaled_to() {
    let mut bill = own(&PRICED, Version::V1_2);
    for row in &mut bill.rows {
        times(row, &COSTS, dec("0.5"));
        times(row, &QUANTITIES, dec("0.5"));
        row.insert("ChargePeriodEnd".into(), "2026-12-08T05:00:00Z".into());
    }
    let half = PRICED.statement.total().0 * dec("0.5");
    let r = against(&PRICED, &bill.csv());
    assert_eq!(parts(&r), [("quantity", (-half).normalize().to_string())]);
    assert!(r.warnings[0].contains("--period-scale"), "{:?}", r.warnings);
    let scaled = compare(&PRICED, &bill.csv(), &Map::default(), true);
    assert_eq!(parts(&scaled), []);
    assert_eq!(scaled.estimated.0, half.normalize());
    assert!(scaled.period.scaled);
}

#[test]
fn a_map_gives_names_a_meaning() {
    let mut bill = own(&PRICED, Version::V1_2);
    for row in &mut bill.rows {
        for column in ["SkuId", "SkuPriceId", "x_UsageType"] {
            row.insert(column.into(), String::new());
        }
        if row["SkuMeter"] == "Requests" {
            row.insert("SkuMeter".into(), "Aufrufe".into());
        }
        if row["ServiceName"] == "Lab Boxes" {
            row.insert("ServiceName".into(), "Funktionen".into());
        }
    }
    let lost = against(&PRICED, &bill.csv());
    assert_eq!(lost.outside[0].service, "Funktionen");
    let read = |text: &str| Map::read(&Source::new("map.yaml", text), &BOOK, &PRICED);
    let map = read("services: { Funktionen: lab-boxes }\nskus: { Aufrufe: lab-box-requests }\n");
    assert_eq!(parts(&compare(&PRICED, &bill.csv(), &map.unwrap(), false)), []);
    let error = read("skus: { Aufrufe: lab-box-request }\n").unwrap_err();
    assert_eq!(error.message, "unknown SKU `lab-box-request`");
    assert_eq!(error.hint.as_deref(), Some("did you mean `lab-box-requests`?"));
    assert_eq!(error.place.unwrap().line, 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn parts_add_up_whatever_the_bill_says(
        changes in prop::collection::vec((0_i64..3_000, -500_i64..3_000, 0_u8..8), 1..12),
        scale in any::<bool>(),
    ) {
        let mut bill = own(&PRICED, Version::V1_2);
        let rows = bill.rows.clone();
        for (i, (quantity, cost, what)) in changes.into_iter().enumerate() {
            let mut row = rows[i % rows.len()].clone();
            times(&mut row, &QUANTITIES, Decimal::new(quantity, 3));
            times(&mut row, &COSTS[..1], Decimal::new(quantity * 11, 4));
            times(&mut row, &COSTS[1..], Decimal::new(cost, 3));
            let set = match what {
                0 => ("SkuId", "unknown"),
                1 => ("ServiceName", "elsewhere"),
                2 => ("ChargeCategory", "Credit"),
                3 => ("ChargeCategory", "Tax"),
                4 => ("RegionId", "eu-west-1"),
                5 => ("PricingUnit", "Parsecs"),
                6 => ("ListCost", "0"),
                _ => ("PricingQuantity", ""),
            };
            row.insert(set.0.into(), set.1.into());
            bill.rows.push(row);
        }
        // The sums are checked where it is made.
        let r = compare(&PRICED, &bill.csv(), &Map::default(), scale);
        prop_assert_eq!(r.bill_total.0, bill.sum("EffectiveCost").normalize());
    }
}

fn run(folder: &Path, bill: &[u8], extra: &[&str]) -> (i32, String, String) {
    let name = if bill.starts_with(&[0x1f, 0x8b]) { "bill.csv.gz" } else { "bill.csv" };
    fs::write(folder.join("s.yaml"), PLAIN).unwrap();
    fs::write(folder.join(name), bill).unwrap();
    let all = ["reconcile", "s.yaml", name, "--pricing-date", "2026-11-23", "--no-free-tier"];
    let output = ssc(&[&all[..], extra].concat(), folder);
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

#[test]
fn bad_bills_are_refused_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let good = own(&PRICED, Version::V1_2);
    let with = |column: &str, value: &str| {
        let mut bill = good.clone();
        bill.rows[1].insert(column.into(), value.into());
        bill.csv()
    };
    let mut cut = gzip(good.csv().as_bytes());
    cut.truncate(cut.len() - 12);
    // Only the columns an error is about, so that the excerpts stay short.
    let short = |cells: &str| {
        format!(
            "BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ServiceName,ChargePeriodStart,ChargePeriodEnd\n\
             1,1,USD,Usage,AWS Lambda,2026-11-01T00:00:00Z,2026-11-02T00:00:00Z\n{cells}\n"
        )
    };
    let period = "2026-11-01T00:00:00Z,2026-11-02T00:00:00Z";
    let bills = [
        ("empty", Vec::new()),
        ("no bill", b"a,b\n1,2\n".to_vec()),
        ("no column", b"BilledCost,ServiceName,EffectiveCosts\n1,a,1\n".to_vec()),
        ("no number", short(&format!("abc,12.x,USD,Usage,AWS Lambda,{period}")).into()),
        ("no cost", short(&format!("1,,USD,Usage,AWS Lambda,{period}")).into()),
        ("another currency", short(&format!("1,1,EUR,Usage,AWS Lambda,{period}")).into()),
        ("no category", short(&format!("1,1,USD,Usages,AWS Lambda,{period}")).into()),
        ("no date", short("1,1,USD,Usage,AWS Lambda,soon,2026-11-02T00:00:00Z").into()),
        (
            "backward",
            short("1,1,USD,Usage,AWS Lambda,2026-11-02T00:00:00Z,2026-11-01T00:00:00Z").into(),
        ),
        ("too few cells", short("1,1,USD").into()),
        (
            "too precise",
            short(&format!("1,99999999999999.000000000000001,USD,Usage,AWS Lambda,{period}"))
                .into(),
        ),
    ];
    let mut shown = String::new();
    for (name, bill) in bills {
        let (code, stdout, stderr) = run(folder.path(), &bill, &[]);
        assert!(stdout.is_empty(), "{name}: {stdout}");
        shown.push_str(&format!("{name}: exit {code}\n{stderr}\n"));
    }
    insta::assert_snapshot!(shown);
    let (code, _, stderr) = run(folder.path(), &cut, &[]);
    assert!(code == 2 && stderr.contains("the gzip data ends too early, after row"), "{stderr}");
    let (code, _, stderr) = run(folder.path(), with("EffectiveCost", "1e").as_bytes(), &[]);
    assert!(code == 2 && stderr.contains("bill.csv:3:"), "{stderr}");
}

#[test]
fn the_command_reports_and_can_fail() {
    let folder = tempfile::tempdir().unwrap();
    let mut bill = own(&PRICED, Version::V1_2);
    let same = gzip(bill.csv().as_bytes());
    let (code, stdout, stderr) = run(folder.path(), &same, &["--max-difference", "0"]);
    assert_eq!((code, stderr.as_str()), (0, ""), "{stdout}");
    let row = bill.sku("lab-ai/lab-1/output");
    times(row, &COSTS, dec("1.5"));
    times(row, &QUANTITIES, dec("1.5"));
    bill.rows.retain(|r| r["SkuId"] != "lab-box-requests");
    let mut other = bill.rows[0].clone();
    for (column, value) in [("SkuId", ""), ("SkuPriceId", ""), ("ServiceName", "Some Database")] {
        other.insert(column.into(), value.into());
    }
    bill.rows.push(other);
    let csv = bill.csv();
    let (code, stdout, _) = run(folder.path(), csv.as_bytes(), &[]);
    assert_eq!(code, 0);
    insta::assert_snapshot!(stdout);
    let (code, _, stderr) = run(folder.path(), csv.as_bytes(), &["--max-difference", "5%"]);
    assert_eq!(code, 1);
    assert!(stderr.contains("allowed: 5 %"), "{stderr}");
    let (code, stdout, _) = run(folder.path(), csv.as_bytes(), &["--format", "json"]);
    let document: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, document["schema"].as_str()), (0, Some("ssc/reconcile/1")));
    let amount = |v: &Value| dec(v.as_str().unwrap());
    let parts: Decimal = document["parts"].as_object().unwrap().values().map(amount).sum();
    assert_eq!(parts, amount(&document["difference"]));
    for line in document["lines"].as_array().unwrap() {
        let parts: Decimal = line["parts"].as_object().unwrap().values().map(amount).sum();
        assert_eq!(parts, amount(&line["difference"]), "{line}");
    }
}

const PROVISIONED: &str = "\
name: agents-provisioned
workloads:
  - name: agents
    platform: lab-box
    deployment:
      memory: 512MiB
      provisioned_concurrency:
        default: 0
        windows: [{ days: Mon-Fri, from: \"08:00\", to: \"18:00\", value: 6 }]
    arrivals: { pattern: weekly, rate: 300k/month, peak_to_trough: 12 }
    requests:
      input_tokens: { mean: 6000, cv: 1.5 }
      output_tokens: { mean: 700, cv: 1 }
      cached_share: 80%
    llm: lab-ai/lab-1
";

#[test]
fn provisioned_boxes_agree_with_their_own_file() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("bill.csv");
    let out = out.to_str().unwrap();
    fs::write(folder.path().join("s.yaml"), PROVISIONED).unwrap();
    let scenario = "s.yaml";
    let date = ["--pricing-date", "2026-11-23"];
    let export = ["estimate", scenario, "--format", "focus-1.2", "-o", out];
    assert!(ssc(&[&export[..], &date].concat(), folder.path()).status.success());
    let check = ["reconcile", scenario, out, "--max-difference", "0", "--quiet"];
    let output = ssc(&[&check[..], &date].concat(), folder.path());
    assert!(output.status.success(), "{}", text(&output.stdout));
}
