//! Price tables of others, imported: every number arrives, and what cannot is told.

use proptest::prelude::*;
use rust_decimal::Decimal;
use ssc::diagnostic::Source;
use ssc::pricing::import::{Import, ImportOptions, import};
use ssc::pricing::{Book, LlmPrice, LlmRates};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn fixture(table: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/price_import/{table}.json"))
}

/// A book that knows one provider.
fn known() -> Book {
    let text = "\
schema: 1
service: known-ai
service_provider_name: Known Inc.
service_name: Known API
service_category: AI and Machine Learning
billing_currency: USD
cached_tokens: outside_input
on_disconnect: stop
on_disconnect_source: { source: https://known.example/stop, checked_on: 2026-11-01, confidence: medium, note: a note }
response_bytes_per_output_token: \"50\"
response_bytes_source: { source: counted by hand, checked_on: 2026-11-01, confidence: high }
models: []
";
    Book::load(&[Source::new("llm/known-ai.yaml", text)]).unwrap()
}

fn imported(table: &str, options: &ImportOptions) -> Import {
    let text = fs::read_to_string(fixture(table)).unwrap();
    import(&Source::new(format!("tables/{table}.json"), text), options, &known()).unwrap()
}

fn on(date: &str) -> ImportOptions {
    ImportOptions { date: Some(date.parse().unwrap()), ..ImportOptions::default() }
}

/// The report and every file, as a user gets them.
fn all(import: &Import) -> String {
    let mut text = import.report.text(true);
    for file in &import.files {
        write!(text, "\n=== llm/{}.yaml\n{}", file.provider, file.text).unwrap();
    }
    text
}

fn loaded(import: &Import) -> Book {
    let sources: Vec<_> = import
        .files
        .iter()
        .map(|f| Source::new(format!("llm/{}.yaml", f.provider), f.text.as_str()))
        .collect();
    Book::load(&sources).unwrap()
}

#[test]
fn a_genai_prices_table() {
    insta::assert_snapshot!(all(&imported("genai-prices", &on("2026-11-23"))));
}

#[test]
fn a_litellm_table() {
    insta::assert_snapshot!(all(&imported("litellm", &on("2026-11-23"))));
}

#[test]
fn a_models_dev_table_tells_its_own_day() {
    insta::assert_snapshot!(all(&imported("models-dev", &ImportOptions::default())));
}

#[test]
fn undated_prices_hold_since_the_day_that_is_given() {
    let mut options = on("2026-11-23");
    let book = loaded(&imported("genai-prices", &options));
    let price = |book: &Book, day: &str| {
        let model = book.model("known-ai/large-2").unwrap().1;
        model.price_on(day.parse().unwrap()).map(|p| p.standard.input.to_string())
    };
    assert_eq!(price(&book, "2026-07-29"), None);
    assert_eq!(price(&book, "2026-11-23").as_deref(), Some("4"));
    assert_eq!(price(&book, "2027-01-01").as_deref(), Some("8"));
    options.since = Some("2026-01-01".parse().unwrap());
    let book = loaded(&imported("genai-prices", &options));
    assert_eq!(price(&book, "2026-07-29").as_deref(), Some("5"));
    assert_eq!(price(&book, "2026-07-30").as_deref(), Some("4"));
}

#[test]
fn only_the_providers_that_are_asked_for() {
    let mut options = on("2026-11-23");
    options.providers = vec!["night/owl".into()];
    let made = imported("genai-prices", &options);
    assert_eq!(made.files.len(), 1);
    assert_eq!(made.files[0].provider, "night-owl");
    assert_eq!(made.report.read, 6);
}

/// Rates of a model as the table has them, in USD per million tokens.
#[derive(Clone, Debug)]
struct Given {
    input: Decimal,
    output: Decimal,
    read: Option<Decimal>,
    write: Option<Decimal>,
}

fn rates() -> impl Strategy<Value = Given> {
    let price = || (1_i64..1_000_000_000, 0_u32..9).prop_map(|(n, scale)| Decimal::new(n, scale));
    (price(), price(), proptest::option::of(price()), proptest::option::of(price()))
        .prop_map(|(input, output, read, write)| Given { input, output, read, write })
}

/// Standard, batch, long and long-batch rates.
type Sheet = (Given, Option<Given>, Option<(u32, Given, Option<Given>)>);

fn sheet() -> impl Strategy<Value = Sheet> {
    let long = (1_u32..1_000, rates(), proptest::option::of(rates()));
    (rates(), proptest::option::of(rates()), proptest::option::of(long))
}

/// The decimal per one token, in scientific notation as binary floats are printed.
fn per_token(price: Decimal) -> String {
    let price = price.normalize();
    let digits = price.mantissa().to_string();
    let exponent =
        i32::try_from(digits.len()).unwrap() - 1 - i32::try_from(price.scale()).unwrap() - 6;
    let (first, rest) = digits.split_at(1);
    let dot = if rest.is_empty() { "" } else { "." };
    format!("{first}{dot}{rest}e{exponent:+03}")
}

fn litellm(sheet: &Sheet) -> String {
    let mut keys = vec!["\"litellm_provider\": \"p\", \"mode\": \"chat\"".to_owned()];
    let mut put = |given: &Given, suffix: &str| {
        let mut key = |name: &str, price: Option<Decimal>| {
            keys.extend(price.map(|p| format!("\"{name}{suffix}\": {}", per_token(p))));
        };
        key("input_cost_per_token", Some(given.input));
        key("output_cost_per_token", Some(given.output));
        key("cache_read_input_token_cost", given.read);
        key("cache_creation_input_token_cost", given.write);
    };
    put(&sheet.0, "");
    if let Some(batch) = &sheet.1 {
        put(batch, "_batches");
    }
    if let Some((thousands, long, batch)) = &sheet.2 {
        put(long, &format!("_above_{thousands}k_tokens"));
        if let Some(batch) = batch {
            put(batch, &format!("_above_{thousands}k_tokens_batches"));
        }
    }
    format!("{{\"p/m\": {{{}}}}}", keys.join(", "))
}

fn models_dev(sheet: &Sheet) -> String {
    let cost = |given: &Given| {
        let mut text = format!("\"input\": {}, \"output\": {}", given.input, given.output);
        for (key, price) in [("cache_read", given.read), ("cache_write", given.write)] {
            text.extend(price.map(|p| format!(", \"{key}\": {p}")));
        }
        text
    };
    let tiers = sheet.2.as_ref().map(|(thousands, long, _)| {
        let bound = format!("\"tier\": {{\"size\": {thousands}000}}");
        format!(", \"tiers\": [{{{bound}, {}}}]", cost(long))
    });
    let cost = cost(&sheet.0) + &tiers.unwrap_or_default();
    format!("{{\"p\": {{\"models\": {{\"m\": {{\"cost\": {{{cost}}}}}}}}}}}")
}

fn genai_prices(sheet: &Sheet) -> String {
    let price = |base: Option<Decimal>, long: Option<Decimal>| {
        let bound = sheet.2.as_ref().map(|l| l.0);
        Some(match (base?, bound.zip(long)) {
            (base, Some((bound, long))) => {
                format!(
                    "{{\"base\": {base}, \"tiers\": [{{\"start\": {bound}000, \"price\": {long}}}]}}"
                )
            }
            (base, None) => base.to_string(),
        })
    };
    let prices = |given: &Given, long: Option<&Given>| {
        let keys = [
            ("input_mtok", price(Some(given.input), long.map(|l| l.input))),
            ("output_mtok", price(Some(given.output), long.map(|l| l.output))),
            ("cache_read_mtok", price(given.read, long.and_then(|l| l.read))),
            ("cache_write_mtok", price(given.write, long.and_then(|l| l.write))),
        ];
        let keys = keys.into_iter().filter_map(|(k, v)| Some(format!("\"{k}\": {}", v?)));
        keys.collect::<Vec<_>>().join(", ")
    };
    let long = sheet.2.as_ref();
    let standard = prices(&sheet.0, long.map(|l| &l.1));
    let batch = sheet.1.as_ref().map(|batch| {
        let prices = prices(batch, long.and_then(|l| l.2.as_ref()));
        format!(", \"price_variants\": [{{\"when\": {{\"processing\": \"batch\"}}, \"prices\": {{{prices}}}}}]")
    });
    let batch = batch.unwrap_or_default();
    format!(
        "[{{\"id\": \"p\", \"models\": [{{\"id\": \"m\", \"prices\": {{{standard}}}{batch}}}]}}]"
    )
}

fn price_of(text: String) -> LlmPrice {
    let made = import(&Source::new("table.json", text), &on("2026-11-23"), &Book::default());
    let book = loaded(&made.unwrap());
    book.model("p/m").unwrap().1.price_on("2026-11-23".parse().unwrap()).unwrap().clone()
}

fn same(found: &LlmRates, given: &Given, base: Option<&Given>) {
    assert_eq!(found.input.0, given.input);
    assert_eq!(found.output.0, given.output);
    let or_base =
        |own: Option<Decimal>, of: fn(&Given) -> Option<Decimal>| own.or(base.and_then(of));
    assert_eq!(found.cache_read.map(|p| p.0), or_base(given.read, |b| b.read));
    let write = found.cache_write.get("default").map(|p| p.0);
    assert_eq!(write, or_base(given.write, |b| b.write));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_rate_of_litellm_arrives(sheet in sheet()) {
        let found = price_of(litellm(&sheet));
        same(&found.standard, &sheet.0, None);
        prop_assert_eq!(found.batch.is_some(), sheet.1.is_some());
        if let Some((found, given)) = found.batch.iter().zip(&sheet.1).next() {
            same(found, given, None);
        }
        prop_assert_eq!(found.long_context.is_some(), sheet.2.is_some());
        if let Some((found, (thousands, given, batch))) = found.long_context.iter().zip(&sheet.2).next() {
            prop_assert_eq!(found.from_tokens, thousands * 1_000 + 1);
            same(&found.rates, given, Some(&sheet.0));
            prop_assert_eq!(found.batch.is_some(), batch.is_some());
            if let Some((found, given)) = found.batch.iter().zip(batch).next() {
                same(found, given, None);
            }
        }
    }

    #[test]
    fn every_rate_of_models_dev_arrives(sheet in sheet()) {
        let found = price_of(models_dev(&sheet));
        same(&found.standard, &sheet.0, None);
        prop_assert_eq!(found.long_context.is_some(), sheet.2.is_some());
        if let Some((found, (thousands, given, _))) = found.long_context.iter().zip(&sheet.2).next() {
            prop_assert_eq!(found.from_tokens, thousands * 1_000 + 1);
            same(&found.rates, given, Some(&sheet.0));
        }
    }

    #[test]
    fn every_rate_of_genai_prices_arrives(sheet in sheet()) {
        let found = price_of(genai_prices(&sheet));
        same(&found.standard, &sheet.0, None);
        prop_assert_eq!(found.batch.is_some(), sheet.1.is_some());
        if let Some((found, given)) = found.batch.iter().zip(&sheet.1).next() {
            same(found, given, Some(&sheet.0));
        }
        if let Some((found, (thousands, given, _))) = found.long_context.iter().zip(&sheet.2).next() {
            prop_assert_eq!(found.from_tokens, thousands * 1_000 + 1);
            prop_assert_eq!(found.rates.input.0, given.input);
            prop_assert_eq!(found.rates.output.0, given.output);
        }
    }
}

const TABLES: [&str; 3] = ["genai-prices", "litellm", "models-dev"];

#[test]
fn a_table_that_is_cut_off_is_refused_where_it_ends() {
    for table in TABLES {
        let text = fs::read_to_string(fixture(table)).unwrap();
        let text = text.trim_end();
        for end in 0..text.len() {
            let cut = Source::new("t.json", &text[..end]);
            let error = import(&cut, &on("2026-11-23"), &Book::default()).unwrap_err();
            let place = error.place.unwrap_or_else(|| panic!("{table} cut at {end}"));
            assert_eq!(place.line, text[..end].matches('\n').count() + 1, "{table} cut at {end}");
        }
    }
}

/// Every value of the table replaced, one at a time, by every kind of value.
#[test]
fn a_value_of_a_wrong_kind_is_read_or_refused_at_a_place() {
    let (mut read, mut refused) = (0, 0);
    for table in TABLES {
        let text = fs::read_to_string(fixture(table)).unwrap();
        let starts = text.match_indices(": ").map(|(i, _)| i + 2);
        for start in starts {
            let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter();
            let first: Option<Result<serde_json::Value, _>> = values.next();
            if !matches!(first, Some(Ok(_))) {
                continue;
            }
            let end = start + values.byte_offset();
            for other in ["null", "true", "\"x\"", "-1", "0", "1e400", "7.5", "[]", "{}", "[{}]"] {
                let text = format!("{}{other}{}", &text[..start], &text[end..]);
                match import(&Source::new("t.json", text), &on("2026-11-23"), &Book::default()) {
                    Ok(_) => read += 1,
                    Err(error) => {
                        assert!(error.place.is_some(), "{table}:{start} {other}: {error}");
                        refused += 1;
                    }
                }
            }
        }
    }
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused");
}

/// Runs `ssc` in `folder`; exit code, stdout, stderr.
fn ssc(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// What a user sees of `ssc pricing import` that fails on this table.
fn refused(table: &str, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("table.json"), table).unwrap();
    let (code, out, err) =
        ssc(folder.path(), &[&["pricing", "import", "table.json"], arguments].concat());
    assert_eq!(out, "");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is written");
    format!("exit {code}\n{err}")
}

const DAY: &[&str] = &["--date", "2026-11-23"];

#[test]
fn malformed_tables_are_pointed_at() {
    let model = |keys: &str| {
        format!(
            "{{\n  \"p/m\": {{\n    \"litellm_provider\": \"p\", \"mode\": \"chat\",\n    {keys}\n  }}\n}}\n"
        )
    };
    insta::assert_snapshot!([
        refused("{\n  \"p/m\": { \"litellm_provider\": \"p\",", DAY),
        refused("<!DOCTYPE html>", DAY),
        refused("{ \"vendor\": \"acme\", \"models\": [] }", DAY),
        refused(&model("\"input_cost_per_token\": -1e-06"), DAY),
        refused(&model("\"input_cost_per_token\": \"cheap\""), DAY),
        refused(&model("\"input_cost_per_token\": 1.00000000000000000000000000001"), DAY),
        refused(&model("\"mode\": \"chat\""), DAY),
        refused("[{ \"id\": \"p\", \"models\": [{ \"prices\": {} }] }]", DAY),
        refused("[{ \"id\": \"p\", \"models\": [{ \"id\": \"m\", \"prices\": [{ \"constraint\": { \"start_date\": \"soon\" } }] }] }]", DAY),
        refused("[]", &["--from", "litellm", "--date", "2026-11-23"]),
    ]
    .join("\n"));
}

#[test]
fn what_is_missing_is_asked_for() {
    let table = fs::read_to_string(fixture("litellm")).unwrap();
    insta::assert_snapshot!(
        [
            refused(&table, &[]),
            refused(&table, &["--date", "2026-11-23", "--provider", "night-owls"]),
            refused(&table, DAY),
        ]
        .join("\n")
    );
}

#[test]
fn imported_files_are_used_and_not_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let table = fixture("litellm");
    let table = table.to_str().unwrap();
    let run = |arguments: &[&str]| {
        let all = [&["pricing", "import", table, "--date", "2026-11-23"], arguments].concat();
        ssc(folder.path(), &all)
    };
    let (code, out, err) = run(&["-o", "prices"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    assert!(err.starts_with("litellm of 2026-11-23: "), "{err}");
    let written = fs::read_to_string(folder.path().join("prices/llm/night-owl.yaml")).unwrap();
    let (code, out, err) = run(&["--provider", "night-owl", "--quiet"]);
    assert_eq!((code, out, err.as_str()), (0, written, ""));
    let (code, _, err) = run(&["-o", "prices"]);
    assert!(code == 2 && err.contains("--force"), "{err}");
    assert_eq!(run(&["-o", "prices", "--force"]).0, 0);

    let scenario = "\
name: night
workloads:
  - name: chat
    platform: lab
    arrivals: { rate: 1000/day }
    requests: { output_tokens: 1000, input_tokens: 1000 }
    llm: night-owl/odd
";
    fs::write(folder.path().join("s.yaml"), scenario).unwrap();
    let lab = crate::cli::LAB;
    let estimate =
        ["estimate", "s.yaml", "--pricing", "prices", "--pricing", lab, "--format", "json"];
    let (code, out, err) =
        ssc(folder.path(), &[&estimate[..], &["--pricing-date", "2026-11-23"]].concat());
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("\"2.99999\""), "{out}");
    assert!(out.contains("\"283.3333333333333\""), "{out}");
}
