//! The LLM price files against a table that was compiled apart from them, and against recorded bills.

use crate::book::book;
use crate::shared::shared;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use ssc::billing::{Period, Statement, TokenUsage, bill};
use ssc::metering::{Band, TokenClass};
use ssc::pricing::{Book, LlmPrice, LlmRates, Model};
use ssc::units::{SimDuration, UnitPrice, Usage};
use std::collections::{BTreeMap, BTreeSet};

/// The day the table describes.
const TODAY: &str = "2026-11-23";

/// Where the book departs from the table: file, model, fields, and why.
const EXPLAINED: &[(&str, &str, &[&str], &str)] = &[
    (
        "anthropic",
        "claude-sonnet-4-5",
        &["tier_above", "tier_input", "tier_cache_read", "tier_output"],
        "the tier belonged to a beta that ended on 2026-04-30; the book keeps it in the row before",
    ),
    (
        "deepseek",
        "deepseek-flash",
        &["input", "cache_read", "output"],
        "the table shows off-peak; the format has no hours and the book holds the peak price",
    ),
    (
        "deepseek",
        "deepseek-v4-pro",
        &["input", "cache_read", "output"],
        "the table shows off-peak; the format has no hours and the book holds the peak price",
    ),
    ("google", "gemini-2.5-pro", &["min_cacheable"], "sources differ; the vendor's page says 4096"),
    (
        "together",
        "Qwen/Qwen3.8-2.4T-A95B",
        &["cache_read"],
        "sources differ; the book takes the one that reads the vendor's live list",
    ),
    (
        "together",
        "meta-llama/Llama-3.3-70B-Instruct-Turbo",
        &["input", "output"],
        "sources differ; the book takes the one that reads the vendor's live list",
    ),
    (
        "vertex-claude",
        "claude-opus-5-5",
        &["batch_input", "batch_cache_read", "batch_output"],
        "the table itself calls it stale: not half of the price, left over from the older model",
    ),
];

type Row = BTreeMap<String, String>;

/// The price file that a row of the table belongs to, and the model's id there.
fn home(row: &Row) -> (&str, &str) {
    let model = row["model"].as_str();
    match row["provider"].as_str() {
        "bedrock" | "bedrock-openai" => ("amazon-bedrock", model),
        "azure" => ("azure-openai", model.trim_start_matches("azure/")),
        "vertex" if model.starts_with("claude") => ("vertex-claude", model),
        "vertex" => ("vertex-gemini", model.trim_start_matches("vertex_ai/")),
        other => (other, model),
    }
}

fn rows() -> Option<Vec<Row>> {
    let path = shared("pricing-facts/llm-prices.csv")?;
    let mut reader = csv::Reader::from_path(path).unwrap();
    Some(reader.deserialize().map(Result::unwrap).collect())
}

/// A date at the start of a cell such as `2026-08-21 (was 5/0.5/30)`.
fn date(cell: &str) -> Option<NaiveDate> {
    cell.get(..10)?.parse().ok()
}

fn number(cell: &str) -> Option<Decimal> {
    (!cell.is_empty()).then(|| cell.parse::<Decimal>().unwrap().normalize())
}

fn price(price: UnitPrice) -> Decimal {
    price.0.normalize()
}

/// What the table says and what the book says, by field.
fn fields(row: &Row, model: &Model, found: &LlmPrice) -> Vec<(String, String, String)> {
    let mut all = Vec::new();
    let mut field = |name: &str, table: Option<Decimal>, book: Option<Decimal>| {
        let text = |d: Option<Decimal>| d.map_or("none".to_owned(), |d| d.normalize().to_string());
        all.push((name.to_owned(), text(table), text(book)));
    };
    let count = |n: Option<u64>| n.map(Decimal::from);
    let read = |r: &LlmRates| r.cache_read.map(price);
    let cell = |name: &str| number(&row[name]);
    let standard = &found.standard;
    field("input", cell("input"), Some(price(standard.input)));
    field("cache_read", cell("cache_read"), read(standard));
    field("output", cell("output"), Some(price(standard.output)));
    let (short, long) = row["cache_ttls"].split_once('/').unwrap_or_default();
    let write = |lifetime: &str| standard.cache_write.get(lifetime).copied().map(price);
    field("cache_write_short", cell("cache_write_short"), write(short));
    field("cache_write_long", cell("cache_write_long"), write(long));
    let batch = found.batch.as_ref();
    field("batch_input", cell("batch_input"), batch.map(|b| price(b.input)));
    field("batch_cache_read", cell("batch_cache_read"), batch.and_then(read));
    field("batch_output", cell("batch_output"), batch.map(|b| price(b.output)));
    let tier = found.long_context.as_ref();
    field("tier_above", cell("tier_above"), tier.map(|t| Decimal::from(t.from_tokens - 1)));
    field("tier_input", cell("tier_input"), tier.map(|t| price(t.rates.input)));
    field("tier_cache_read", cell("tier_cache_read"), tier.and_then(|t| read(&t.rates)));
    field("tier_output", cell("tier_output"), tier.map(|t| price(t.rates.output)));
    field("context_window", cell("context_window"), count(model.context_window));
    field("max_output", cell("max_output"), count(model.max_output));
    field("min_cacheable", cell("min_cacheable"), count(model.min_cacheable));
    for (name, book) in [("effective_from", Some(found.from)), ("effective_until", found.until)] {
        if let Some(day) = date(&row[name]) {
            let book = book.map_or("none".to_owned(), |d| d.to_string());
            all.push((name.into(), day.to_string(), book));
        }
    }
    all
}

/// Compares every row of one file; what differs must be explained, and what is explained must differ.
fn agrees(file: &str) {
    let Some(rows) = rows() else { return };
    let book = book();
    let today: NaiveDate = TODAY.parse().unwrap();
    let mut differ = BTreeMap::new();
    let mut seen = 0;
    for row in rows.iter().filter(|row| home(row).0 == file) {
        let name = home(row).1;
        let (_, model) =
            book.model(&format!("{file}/{name}")).unwrap_or_else(|| panic!("{file}/{name}"));
        let day = date(&row["effective_from"]).map_or(today, |from| from.max(today));
        let found = model.price_on(day).unwrap_or_else(|| panic!("{file}/{name} on {day}"));
        for (field, table, book) in fields(row, model, found) {
            if table != book {
                differ.insert((name.to_owned(), field), format!("table {table}, book {book}"));
            }
        }
        seen += 1;
    }
    assert!(seen > 0, "the table has no row of {file}");
    let explained: BTreeSet<_> = EXPLAINED
        .iter()
        .filter(|e| e.0 == file)
        .flat_map(|e| e.2.iter().map(|field| (e.1.to_owned(), (*field).to_owned())))
        .collect();
    let unexplained: Vec<_> = differ.iter().filter(|(at, _)| !explained.contains(at)).collect();
    assert!(unexplained.is_empty(), "{file}: {unexplained:#?}");
    let equal: Vec<_> = explained.iter().filter(|at| !differ.contains_key(at)).collect();
    assert!(equal.is_empty(), "{file}: explained, but equal: {equal:#?}");
}

/// One test a price file, so that a file that goes away takes only its own test with it.
macro_rules! files {
    ($($test:ident: $file:literal,)*) => {
        const FILES: &[&str] = &[$($file),*];
        $(#[test] fn $test() { agrees($file); })*
    };
}

files! {
    amazon_bedrock: "amazon-bedrock",
    anthropic: "anthropic",
    azure_openai: "azure-openai",
    cerebras: "cerebras",
    deepseek: "deepseek",
    fireworks: "fireworks",
    google: "google",
    groq: "groq",
    mistral: "mistral",
    openai: "openai",
    together: "together",
    vertex_claude: "vertex-claude",
    vertex_gemini: "vertex-gemini",
    xai: "xai",
}

#[test]
fn every_row_belongs_to_a_tested_file() {
    let Some(rows) = rows() else { return };
    assert_eq!(rows.len(), 100);
    let homeless: Vec<_> = rows.iter().map(home).filter(|h| !FILES.contains(&h.0)).collect();
    assert!(homeless.is_empty(), "{homeless:?}");
    assert!(EXPLAINED.iter().all(|e| FILES.contains(&e.0) && !e.3.is_empty()));
}

/// Tokens of one call: prompt with cached tokens inside, cache read, cache write, output.
type Tokens = [i128; 4];

fn charge(
    book: &Book,
    name: &str,
    day: &str,
    [prompt, read, write, output]: Tokens,
    kind: (Band, bool),
) -> Statement {
    let (provider, model) = book.model(name).unwrap();
    let usage = |(class, tokens)| TokenUsage {
        workload: "w".into(),
        provider,
        model,
        batch: kind.1,
        cache_lifetime: None,
        band: kind.0,
        class,
        usage: Usage(tokens),
    };
    let tokens = [
        (TokenClass::Input, prompt - read - write),
        (TokenClass::CacheRead, read),
        (TokenClass::CacheWrite, write),
        (TokenClass::Output, output),
    ];
    let tokens: Vec<_> = tokens.into_iter().filter(|t| t.1 > 0).map(usage).collect();
    let month = SimDuration::from_hours(730);
    let period = Period::month(day.parse().unwrap(), month, false);
    bill(&[], &tokens, period)
}

/// Model, day, tokens, what else is in the charge (USD), charge (USD).
type Call = (&'static str, &'static str, Tokens, &'static str, &'static str);

/// Answers recorded with the amount that was charged for them.
const CALLS: &[Call] = &[
    ("anthropic/claude-sonnet-4-6", TODAY, [2_572, 0, 2_569, 63], "0", "0.01058775"),
    ("anthropic/claude-sonnet-4-6", TODAY, [2_572, 2_240, 329, 100], "0", "0.00341475"),
    ("anthropic/claude-sonnet-4-6", TODAY, [2_649, 2_569, 79, 100], "0", "0.00256995"),
    ("anthropic/claude-sonnet-4-5", TODAY, [43, 0, 0, 51], "0", "0.000894"),
    ("openai/gpt-5.6-sol", "2026-07-17", [4_020, 0, 4_012, 5], "0", "0.025265"),
    ("openai/gpt-5.6-sol", "2026-07-17", [4_020, 4_012, 0, 5], "0", "0.002196"),
    ("openai/gpt-5-mini", TODAY, [17, 0, 0, 2_177], "0", "0.00435825"),
    ("openai/o3", TODAY, [9, 0, 0, 104], "0", "0.00085"),
    // A web search beside the tokens.
    ("openai/gpt-4.1-mini", TODAY, [8_174, 0, 0, 30], "0.010", "0.0133176"),
    ("google/gemini-2.5-flash", TODAY, [2_167, 2_161, 0, 99], "0", "0.00031413"),
    // The same prompt written to an explicit cache: five minutes of storage at 1.00 per million
    // tokens and hour beside the tokens, which count as read.
    ("google/gemini-2.5-flash", TODAY, [2_168, 2_161, 0, 100], "0.00018008333", "0.00049701333"),
    ("google/gemini-3.6-flash", "2026-08-12", [30, 0, 0, 26], "0", "0.00024"),
    ("xai/grok-4", TODAY, [687, 679, 0, 187], "0", "0.00333825"),
    // Reasoning tokens come on top of the reported output.
    ("xai/grok-3-mini", TODAY, [307, 244, 0, 26 + 255], "0", "0.0001777"),
    ("xai/grok-3-mini", TODAY, [12, 11, 0, 2 + 340], "0", "0.000172125"),
];

fn recorded(provider: &str) {
    let book = book();
    let calls = CALLS.iter().filter(|c| c.0.split('/').next() == Some(provider));
    let mut seen = 0;
    for &(name, day, tokens, extra, charged) in calls {
        let statement = charge(&book, name, day, tokens, (Band::STANDARD, false));
        assert!(statement.unpriced.is_empty(), "{:?}", statement.unpriced);
        let charged: Decimal = charged.parse().unwrap();
        assert_eq!(statement.total().0 + extra.parse::<Decimal>().unwrap(), charged, "{name}");
        seen += 1;
    }
    assert!(seen > 0, "{provider}");
}

#[test]
fn recorded_charges_of_anthropic() {
    recorded("anthropic");
}

#[test]
fn recorded_charges_of_openai() {
    recorded("openai");
}

#[test]
fn recorded_charges_of_google() {
    recorded("google");
}

#[test]
fn recorded_charges_of_xai() {
    recorded("xai");
}

#[test]
fn anthropic_batches_have_cache_writes_and_long_prompts() {
    let book = book();
    let name = "anthropic/claude-haiku-5-5";
    let tokens = [2_000_000, 500_000, 500_000, 1_000_000];
    let total = |band, batch| {
        let statement = charge(&book, name, TODAY, tokens, (band, batch));
        assert!(statement.unpriced.is_empty(), "{:?}", statement.unpriced);
        statement.total().0
    };
    let all = [Band::STANDARD, Band(u32::MAX)].map(|b| [total(b, false), total(b, true)]);
    let expected = [["0.6675", "0.33375"], ["3.3375", "1.66875"]];
    assert_eq!(all, expected.map(|row| row.map(|d| d.parse::<Decimal>().unwrap())));
}

/// Input and output price of a model on a day.
fn pair(name: &str, day: &str) -> (String, String) {
    let book = book();
    let (_, model) = book.model(name).unwrap();
    let row = model.price_on(day.parse().unwrap()).unwrap();
    (row.standard.input.to_string(), row.standard.output.to_string())
}

#[test]
fn announced_rises_of_google() {
    let is = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(pair("google/gemini-4-argon", "2026-11-30"), is("2", "10"));
    assert_eq!(pair("google/gemini-4-argon", "2026-12-01"), is("4", "20"));
    for flash in ["3.6", "3.7", "3.8"].map(|v| format!("google/gemini-{v}-flash")) {
        assert_eq!(pair(&flash, "2026-12-31"), is("0.75", "3.75"), "{flash}");
        assert_eq!(pair(&flash, "2027-01-01"), is("1.5", "7.5"), "{flash}");
    }
}

#[test]
fn a_withdrawn_rise_of_anthropic_never_came() {
    assert_eq!(pair("anthropic/claude-sonnet-5", "2026-09-01"), ("2".into(), "10".into()));
    let book = book();
    let (_, model) = book.model("anthropic/claude-sonnet-5").unwrap();
    assert!(model.prices.iter().any(|p| p.status == ssc::pricing::Status::Withdrawn));
}

#[test]
fn rows_of_a_model_must_not_overlap() {
    let file = |rows: &str| {
        let text = format!(
            "schema: 1\nservice: x\nservice_provider_name: X\nservice_name: X\n\
             service_category: AI and Machine Learning\nbilling_currency: USD\ncached_tokens: inside_input\n\
             on_disconnect: stop\n\
             on_disconnect_source: {{ source: a made-up page, checked_on: 2026-11-23, confidence: low }}\n\
             models:\n  - id: m\n    prices:\n{rows}"
        );
        Book::load(&[ssc::diagnostic::Source::new("llm/x.yaml", text)])
    };
    let row = |dates: &str| {
        let rest = "source: a made-up page, checked_on: 2026-11-23, confidence: low, input: \"1\", output: \"2\"";
        format!("      - {{ {dates}, {rest} }}\n")
    };
    let (old, new) = ("effective_from: 2026-01-01", "effective_from: 2026-06-01");
    let closed = format!("{old}, effective_until: 2026-06-01");
    assert!(file(&(row(&closed) + &row(new))).is_ok());
    assert!(file(&(row(old) + &row(&format!("{new}, status: withdrawn")))).is_ok());
    let error = file(&(row(old) + &row(new))).unwrap_err();
    assert_eq!(error.message, "two prices of `m` overlap in time");
    assert_eq!(error.place.map(|p| p.line), Some(14));
    let backwards = format!("{new}, effective_until: 2026-01-01");
    assert_eq!(file(&row(&backwards)).unwrap_err().message, "a price row ends before it begins");
}
