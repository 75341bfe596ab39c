//! FOCUS output against the rules of the specification, on every shipped scenario.

use crate::cli::{LAB, json, root, ssc, text};
use rust_decimal::Decimal;
use serde_json::Value;
use ssc::pricing::CATEGORIES;
use ssc::report::focus::{COLUMNS, Kind, Level, Since, markdown};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

type Row = BTreeMap<String, String>;

/// Columns that FOCUS 1.2 and 1.4 make mandatory.
const MANDATORY: [&str; 19] = [
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ContractedCost",
    "EffectiveCost",
    "InvoiceIssuerName",
    "ListCost",
    "PricingQuantity",
    "PricingUnit",
    "ServiceCategory",
    "ServiceName",
];
const ONLY_1_2: [&str; 2] = ["ProviderName", "PublisherName"];
const ONLY_1_4: [&str; 2] = ["HostProviderName", "ServiceProviderName"];

fn export(scenario: &str, format: &str, extra: &[&str]) -> String {
    let mut all = vec!["estimate", scenario, "--format", format, "--pricing-date", "2026-11-23"];
    all.extend(extra);
    let output = ssc(&all, root());
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn table(csv: &str) -> (Vec<String>, Vec<Row>) {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|record| {
        header.iter().cloned().zip(record.unwrap().iter().map(str::to_owned)).collect()
    });
    (header.clone(), rows.collect())
}

fn decimal(row: &Row, column: &str) -> Option<Decimal> {
    let cell = &row[column];
    (!cell.is_empty()).then(|| {
        let plain = cell.strip_prefix('-').unwrap_or(cell);
        assert!(plain.bytes().all(|b| b.is_ascii_digit() || b == b'.'), "{column}: {cell}");
        assert!(plain.starts_with(|c: char| c.is_ascii_digit()), "{column}: {cell}");
        assert!(cell == "0" || !cell.starts_with("-0") || cell.contains('.'), "{column}: {cell}");
        Decimal::from_str_exact(cell).unwrap()
    })
}

fn given(row: &Row, column: &str) -> bool {
    !row[column].is_empty()
}

fn is_instant(cell: &str) -> bool {
    let shape: String = cell.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    shape == "0000-00-00T00:00:00Z"
}

/// Names are Pascal case; those of this program start with `x_` and come last.
fn header_is_sound(header: &[String], version: &str) {
    let pascal = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.chars().all(|c| c.is_ascii_alphanumeric())
            && name.len() <= 50
    };
    for name in header {
        assert!(pascal(name.strip_prefix("x_").unwrap_or(name)), "{name}");
    }
    let first = header.iter().position(|n| n.starts_with("x_")).unwrap();
    assert!(header[first..].iter().all(|n| n.starts_with("x_")), "custom columns come last");
    let unique: BTreeSet<_> = header.iter().collect();
    assert_eq!(unique.len(), header.len());
    let has = |name: &str| header.iter().any(|n| n == name);
    for name in MANDATORY {
        assert!(has(name), "{name} is mandatory");
    }
    let (with, without) =
        if version == "1.2" { (ONLY_1_2, ONLY_1_4) } else { (ONLY_1_4, ONLY_1_2) };
    assert!(with.iter().all(|n| has(n)) && !without.iter().any(|n| has(n)), "{header:?}");
}

/// Every rule of FOCUS that a row of an estimate could break.
fn row_is_sound(row: &Row, version: &str) {
    for column in COLUMNS.iter().filter(|c| row.contains_key(c.name)) {
        let cell = &row[column.name];
        assert!(column.nullable || !cell.is_empty(), "{} is null: {row:?}", column.name);
        assert!(cell != "null" && cell != "NULL" && cell != "Not Applicable", "{row:?}");
        match column.kind {
            _ if cell.is_empty() => {}
            Kind::Decimal => assert!(decimal(row, column.name).is_some()),
            Kind::DateTime => assert!(is_instant(cell), "{}: {cell}", column.name),
            Kind::Json => assert!(serde_json::from_str::<Value>(cell).unwrap().is_object()),
            Kind::Text(most) => assert!(cell.chars().count() <= most, "{}", column.name),
        }
    }
    let is = |column: &str, allowed: &[&str]| {
        assert!(allowed.contains(&row[column].as_str()), "{column}: {row:?}");
    };
    is("ChargeCategory", &["Usage", "Purchase", "Tax", "Credit", "Adjustment"]);
    is("ChargeClass", &["", "Correction"]);
    is("ChargeFrequency", &["One-Time", "Recurring", "Usage-Based"]);
    is("PricingCategory", &["", "Standard", "Dynamic", "Committed", "Other"]);
    is("CommitmentDiscountStatus", &["", "Used", "Unused"]);
    is("CommitmentDiscountCategory", &["", "Spend", "Usage"]);
    is("BillingCurrency", &["USD"]);
    let of = CATEGORIES.iter().find(|(name, _)| *name == row["ServiceCategory"]).unwrap();
    assert!(of.1.contains(&row["ServiceSubcategory"].as_str()), "{row:?}");
    if version == "1.4" {
        assert_eq!(row["HostProviderName"], row["ServiceProviderName"]);
    }
    let category = row["ChargeCategory"].as_str();
    let (usage, bought) = (category == "Usage", category != "Credit");
    for column in [
        "SkuId",
        "SkuPriceId",
        "SkuMeter",
        "ListUnitPrice",
        "ContractedUnitPrice",
        "PricingCategory",
        "PricingQuantity",
    ] {
        assert_eq!(given(row, column), bought, "{column}: {row:?}");
    }
    assert_eq!(given(row, "PricingUnit"), given(row, "PricingQuantity"));
    assert_eq!(given(row, "ConsumedQuantity"), usage);
    assert_eq!(given(row, "ConsumedUnit"), usage);
    assert_eq!(given(row, "RegionId"), given(row, "RegionName"));
    assert_eq!(given(row, "ResourceId"), given(row, "ResourceName"));
    assert_eq!(given(row, "ResourceId"), given(row, "ResourceType"));
    assert!(!given(row, "ResourceId") || row["ResourceId"] != row["ResourceName"]);
    assert!(!given(row, "InvoiceId") && !given(row, "ChargeClass"));
    assert!(category != "Purchase" || row["ChargeFrequency"] != "Usage-Based");
    let commitment = given(row, "CommitmentDiscountId");
    for column in ["CommitmentDiscountName", "CommitmentDiscountType", "CommitmentDiscountCategory"]
    {
        assert_eq!(given(row, column), commitment, "{column}: {row:?}");
    }
    assert_eq!(given(row, "CommitmentDiscountStatus"), commitment && usage);
    assert_eq!(row["PricingCategory"] == "Committed", commitment && usage);
    assert!(row["ChargePeriodStart"] < row["ChargePeriodEnd"]);
    assert!(row["BillingPeriodStart"] <= row["ChargePeriodStart"]);
    assert!(row["BillingPeriodEnd"] >= row["ChargePeriodEnd"]);
    for (price, cost) in [("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")]
    {
        match (decimal(row, price), decimal(row, "PricingQuantity")) {
            (Some(price), Some(quantity)) => {
                assert!(price >= Decimal::ZERO);
                assert_eq!(price * quantity, decimal(row, cost).unwrap(), "{row:?}");
            }
            _ => assert_eq!(row[cost], row["BilledCost"], "{row:?}"),
        }
    }
    if category == "Credit" {
        assert_eq!(row["EffectiveCost"], row["BilledCost"]);
        assert!(decimal(row, "BilledCost").unwrap() < Decimal::ZERO);
    }
}

/// Rules over all rows: one parent SKU, the commitment's sums, the total.
fn rows_are_sound(rows: &[Row], total: &str) {
    let mut parent = BTreeMap::new();
    let mut region = BTreeMap::new();
    let (mut billed, mut effective) = (Decimal::ZERO, Decimal::ZERO);
    let mut commitments: BTreeMap<&str, (Decimal, Decimal)> = BTreeMap::new();
    for row in rows {
        let sku = parent.entry(&row["SkuPriceId"]).or_insert(&row["SkuId"]);
        assert_eq!(*sku, &row["SkuId"], "a SkuPriceId has one SkuId");
        let at =
            region.entry((&row["ServiceName"], &row["RegionId"])).or_insert(&row["RegionName"]);
        assert_eq!(*at, &row["RegionName"]);
        let costs = (decimal(row, "BilledCost").unwrap(), decimal(row, "EffectiveCost").unwrap());
        billed += costs.0;
        effective += costs.1;
        if given(row, "CommitmentDiscountId") {
            let sums = commitments.entry(&row["CommitmentDiscountId"]).or_default();
            match row["ChargeCategory"].as_str() {
                "Purchase" => sums.0 += costs.0,
                _ => sums.1 += costs.1,
            }
        }
    }
    assert_eq!(billed.normalize().to_string(), total, "BilledCost adds up to the total");
    assert_eq!(effective, billed);
    for (id, (purchase, usage)) in commitments {
        assert_eq!(purchase, usage, "{id}: what was bought is what was used");
    }
}

fn is_sound(scenario: &str, extra: &[&str]) {
    let mut all = vec![scenario];
    all.extend(extra);
    let total = json(&all, root())["total"]["amount"].as_str().unwrap().to_owned();
    for version in ["1.2", "1.4"] {
        let csv = export(scenario, &format!("focus-{version}"), extra);
        let (header, rows) = table(&csv);
        assert!(!rows.is_empty());
        header_is_sound(&header, version);
        rows.iter().for_each(|row| row_is_sound(row, version));
        rows_are_sound(&rows, &total);
    }
}

#[test]
fn shipped_scenarios_keep_the_rules() {
    for path in crate::book::scenarios() {
        is_sound(&path, &[]);
    }
}

/// The README's scenario, on the tests' own services.
const CHAT: &str = "\
name: chat
workloads:
  - name: chat
    platform: lab-box
    arrivals: { pattern: diurnal, rate: 2M/month }
    requests:
      input_tokens: { mean: 900, cv: 1.2 }
      output_tokens: { p50: 320, p95: 1100 }
    llm: lab-ai/lab-1
";

fn written(body: &str, check: impl Fn(&str, &Path)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.yaml");
    fs::write(&path, body).unwrap();
    check(path.to_str().unwrap(), folder.path());
}

/// Header and rows of a scenario's FOCUS file.
fn exported(body: &str, extra: &[&str]) -> (Vec<String>, Vec<Row>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.yaml");
    fs::write(&path, body).unwrap();
    table(&export(path.to_str().unwrap(), "focus-1.4", extra))
}

pub(crate) const COMMITTED: &str = "\
name: committed
accounts: { lab-boxes: { savings_plan: upfront } }
workloads:
  - name: chat
    platform: lab-box
    arrivals: { pattern: steady, rate: 3M/month }
    requests: { duration: 2s, response_bytes: 1kB }
";

pub(crate) const CREDITED: &str = "\
name: credited
accounts: { lab-boxes: { plan: pro } }
workloads:
  - name: chat
    platform: lab-box
    arrivals: { pattern: steady, rate: 300k/month }
    requests: { duration: 2s }
";

#[test]
fn commitments_credits_and_fees_keep_the_rules() {
    written(COMMITTED, |path, _| {
        is_sound(path, &[]);
        let (_, rows) = table(&export(path, "focus", &[]));
        let covered: Vec<_> = rows.iter().filter(|r| r["PricingCategory"] == "Committed").collect();
        assert!(!covered.is_empty());
        for row in covered {
            assert_eq!(row["BilledCost"], "0", "the purchase is billed, not what it covers");
            assert_ne!(row["EffectiveCost"], "0");
            assert_eq!(row["ContractedCost"], row["ListCost"]);
        }
        assert_eq!(rows.iter().filter(|r| r["ChargeCategory"] == "Purchase").count(), 1);
    });
    written(CREDITED, |path, _| {
        is_sound(path, &[]);
        is_sound(path, &["--no-free-tier"]);
        let (_, rows) = table(&export(path, "focus-1.4", &[]));
        for category in ["Usage", "Purchase", "Credit"] {
            assert!(rows.iter().any(|r| r["ChargeCategory"] == category), "no {category}");
        }
    });
}

#[test]
fn free_usage_is_a_row_that_is_not_billed() {
    let (_, rows) = exported(CHAT, &[]);
    let free: Vec<_> =
        rows.iter().filter(|r| r["ChargeCategory"] == "Usage" && given(r, "x_Allowance")).collect();
    assert!(!free.is_empty());
    for row in free {
        assert_eq!((row["BilledCost"].as_str(), row["EffectiveCost"].as_str()), ("0", "0"));
        assert_eq!(row["ContractedUnitPrice"], "0");
        assert_ne!(row["ListCost"], "0", "what it would have cost can be seen");
    }
}

#[test]
fn blocks_are_written_in_digits_and_consumed_in_single_units() {
    let (_, rows) = exported(CHAT, &[]);
    let tokens = rows.iter().find(|r| r["PricingUnit"] == "1000000 Tokens").unwrap();
    assert_eq!(tokens["ConsumedUnit"], "Tokens");
    let consumed = decimal(tokens, "ConsumedQuantity").unwrap();
    assert_eq!(consumed, decimal(tokens, "PricingQuantity").unwrap() * Decimal::from(1_000_000));
    assert!(consumed.is_integer());
}

#[test]
fn the_metadata_describes_the_file_and_is_the_same_every_day() {
    written(CREDITED, |path, folder| {
        let out = folder.join("out.csv");
        let run = |epoch: Option<&str>, format: &str| {
            let arguments = ["-o", out.to_str().unwrap(), "--pricing-date", "2026-11-23"];
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_ssc"));
            command.args(["estimate", path, "--format", format, "--pricing", LAB]).args(arguments);
            match epoch {
                Some(seconds) => command.env("SOURCE_DATE_EPOCH", seconds),
                None => command.env_remove("SOURCE_DATE_EPOCH"),
            };
            let output = command.output().unwrap();
            assert!(output.status.success(), "{}", text(&output.stderr));
            assert!(output.stdout.is_empty());
            fs::read_to_string(folder.join("out.focus.metadata.json")).unwrap()
        };
        let first = run(None, "focus-1.4");
        assert_eq!(first, run(None, "focus-1.4"));
        let metadata: Value = serde_json::from_str(&first).unwrap();
        assert_eq!(metadata["FocusVersion"], "1.4");
        assert_eq!(metadata["CreationDate"], "2026-11-23T00:00:00Z");
        assert_eq!(metadata["DataGenerator"], "ssc");
        let (header, _) = table(&fs::read_to_string(&out).unwrap());
        let columns = metadata["ColumnDefinition"].as_array().unwrap();
        let names: Vec<_> = columns.iter().map(|c| c["ColumnName"].as_str().unwrap()).collect();
        assert_eq!(names, header);
        for column in columns {
            let kind = column["DataType"].as_str().unwrap();
            assert_eq!(column["StringMaxLength"].is_u64(), kind == "STRING", "{column}");
            assert_eq!(column["NumericPrecision"].is_u64(), kind == "DECIMAL", "{column}");
            assert_eq!(column["NumberScale"].is_u64(), kind == "DECIMAL", "{column}");
        }
        let dated: Value = serde_json::from_str(&run(Some("86400"), "focus-1.4")).unwrap();
        assert_eq!(dated["CreationDate"], "1970-01-02T00:00:00Z");
        assert_eq!(dated["SchemaId"], metadata["SchemaId"]);
        let older: Value = serde_json::from_str(&run(None, "focus-1.2")).unwrap();
        assert_ne!(older["SchemaId"], metadata["SchemaId"], "other columns, another schema");
    });
}

#[test]
fn what_has_no_price_has_no_row_and_is_named() {
    let body = "\
workloads:
  - name: chat
    platform: lab
    region: there
    arrivals: { pattern: steady, rate: 10k/month }
    requests: { duration: 2s, response_bytes: 10MB }
";
    written(body, |path, folder| {
        let metadata = folder.join("m.json");
        let all = ["estimate", path, "--format", "focus", "--pricing-date", "2026-11-23"];
        let output = ssc(&[&all[..], &["--metadata", metadata.to_str().unwrap()]].concat(), root());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let (_, rows) = table(&text(&output.stdout));
        let named: Value = serde_json::from_str(&fs::read_to_string(metadata).unwrap()).unwrap();
        let unpriced = named["x_Unpriced"].as_array().unwrap();
        assert!(!unpriced.is_empty() && !rows.is_empty());
        assert_eq!(named["x_Estimate"]["Complete"], false);
        for u in unpriced {
            assert!(rows.iter().all(|r| r["SkuId"] != u["SkuId"].as_str().unwrap()));
            assert!(text(&output.stderr).contains(u["Name"].as_str().unwrap()));
        }
        assert!(rows.iter().all(|r| r["x_Unpriced"] == "true"));
        let quiet = ssc(&[&all[..], &["--quiet"]].concat(), root());
        assert!(quiet.status.success() && quiet.stderr.is_empty());
    });
}

#[test]
fn the_digest_follows_the_inputs_and_not_the_place() {
    let digest = |body: &str, extra: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.yaml");
        fs::write(&path, body).unwrap();
        let (_, rows) = table(&export(path.to_str().unwrap(), "focus", extra));
        (rows[0]["x_ScenarioDigest"].clone(), rows[0]["x_PriceListDigest"].clone())
    };
    let first = digest(CREDITED, &[]);
    assert_eq!(first, digest(CREDITED, &[]));
    assert_eq!(first.0.len(), 64);
    let faster = digest(&CREDITED.replace("2s", "3s"), &[]);
    assert_ne!(first.0, faster.0);
    assert_eq!(first.1, faster.1);
    assert_ne!(first.0, digest(CREDITED, &["--seed", "2"]).0);
}

#[test]
fn flags_of_focus_are_for_focus() {
    let output = ssc(&["estimate", "scenarios/chat.yaml", "--metadata", "m.json"], root());
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("`--metadata` is for FOCUS output"));
    let (_, rows) = exported(CHAT, &["--billing-account", "123456789012"]);
    assert!(rows.iter().all(|r| r["BillingAccountId"] == "123456789012"));
}

#[test]
fn the_column_list_agrees_with_the_specification_and_the_documentation() {
    let of = |since: Since| {
        COLUMNS
            .iter()
            .filter(move |c| c.since == since && c.level == Level::Mandatory)
            .map(|c| c.name)
    };
    assert!(of(Since::Always).eq(MANDATORY));
    assert!(of(Since::UpTo1_2).eq(ONLY_1_2));
    assert!(of(Since::From1_3).eq(ONLY_1_4));
    let names: Vec<_> = COLUMNS.iter().map(|c| c.name).collect();
    let sorted = |part: &[&str]| part.windows(2).all(|w| w[0] < w[1]);
    let custom = names.iter().position(|n| n.starts_with("x_")).unwrap();
    assert!(sorted(&names[..custom]) && sorted(&names[custom..]), "{names:?}");
    let docs = include_str!("../docs/focus.md");
    assert!(docs.contains(&markdown()), "docs/focus.md needs this table:\n{}", markdown());
}

/// Every command of the page runs, in its order.
#[test]
fn the_commands_of_the_documentation_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("scenarios")).unwrap();
    fs::write(folder.path().join("scenarios/chat.yaml"), CHAT).unwrap();
    let page = include_str!("../docs/focus.md");
    let map = page.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    // The page's names are of a shipped service.
    let map =
        map.replace("aws-lambda-requests", "lab-box-requests").replace("aws-lambda", "lab-boxes");
    fs::write(folder.path().join("names.yaml"), map).unwrap();
    let commands: Vec<_> = page.lines().filter_map(|l| l.strip_prefix("$ ssc ")).collect();
    assert!(commands.len() > 3, "{commands:?}");
    for command in commands {
        let output = ssc(&command.split_whitespace().collect::<Vec<_>>(), folder.path());
        assert!(output.status.success(), "{command}\n{}", text(&output.stderr));
    }
}

#[test]
fn a_focus_file() {
    written(
        "name: tiny\nworkloads:\n  - name: chat\n    platform: lab-box\n    arrivals: { pattern: steady, rate: 2M/month }\n    requests: { duration: 1s, response_bytes: 1kB }\n",
        |path, _| {
            let (header, rows) = table(&export(path, "focus-1.4", &[]));
            let hidden = ["x_PriceListDigest"];
            let shown = rows.iter().map(|row| {
                let cells = header.iter().filter(|h| !hidden.contains(&h.as_str()));
                cells.map(|h| format!("{h}: {}\n", row[h])).collect::<String>()
            });
            insta::assert_snapshot!(shown.collect::<Vec<_>>().join("--\n"));
        },
    );
}

#[test]
#[ignore = "writes the table into docs/focus.md after a change of the columns"]
fn write_the_column_table() {
    let path = root().join("docs/focus.md");
    let page = fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once("## Columns\n\n").unwrap();
    let (_, after) = rest.split_once("\nFOCUS columns come first").unwrap();
    let page = format!("{before}## Columns\n\n{}\nFOCUS columns come first{after}", markdown());
    fs::write(path, page).unwrap();
}
