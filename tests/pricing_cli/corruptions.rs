//! Sound price files, broken on purpose: each mistake is found where it was made.

use ssc::diagnostic::Source;
use ssc::pricing::{Reading, Severity, embedded_sources};
use std::fs;
use std::path::Path;

/// One way to break a file.
struct Corruption {
    /// The file, from the root of the repository.
    file: &'static str,
    /// The change is made after this text.
    after: &'static str,
    /// What is there …
    old: &'static str,
    /// … and what is put in its place, with `⟦` where the mistake must be shown.
    new: &'static str,
    /// A part of the message.
    says: &'static str,
}

const CALLS: &str = "tests/fixtures/example-calls.yaml";
const DURATION: &str = "sku_id: example-calls-duration-x86";
const RUN: &str = "tests/fixtures/books/now/example-run.yaml";
const AI: &str = "tests/fixtures/books/now/llm/example-ai.yaml";

const fn regional(old: &'static str, new: &'static str, says: &'static str) -> Corruption {
    Corruption { file: CALLS, after: DURATION, old, new, says }
}

const fn made_up(
    after: &'static str,
    old: &'static str,
    new: &'static str,
    says: &'static str,
) -> Corruption {
    Corruption { file: RUN, after, old, new, says }
}

const fn llm(old: &'static str, new: &'static str, says: &'static str) -> Corruption {
    Corruption { file: AI, after: "effective_from: 2026-09-22", old, new, says }
}

const FIRST: &str = r#"{ from: "0", unit_price: "0.0000166667" }"#;
const SECOND: &str = r#"{ from: "6000000000", unit_price: "0.0000150000" }"#;

const ERRORS: &[Corruption] = &[
    // Numbers.
    regional(FIRST, r#"{ from: "0", unit_price: ⟦"-0.0000166667" }"#, "is negative"),
    regional(FIRST, r#"{ from: "0", unit_price: ⟦0.0000166667 }"#, "is not quoted"),
    regional(FIRST, r#"{ from: "0", unit_price: ⟦"+0.0000166667" }"#, "is not a number"),
    regional(FIRST, r#"{ from: "0", unit_price: ⟦".0000166667" }"#, "is not a number"),
    regional(FIRST, r#"{ from: "0", unit_price: ⟦"16." }"#, "is not a number"),
    regional(FIRST, r#"{ from: ⟦0, unit_price: "0.0000166667" }"#, "is not quoted"),
    regional(FIRST, r#"{ from: "0", unit_price: ⟦"1.66667e-5" }"#, "in scientific notation"),
    regional(FIRST, r#"{ from: "0", unit_price: ⟦1.66667E-05 }"#, "in scientific notation"),
    regional(
        FIRST,
        r#"{ from: "0", unit_price: ⟦"0.000016666699999999998" }"#,
        "looks like a binary float",
    ),
    regional(
        FIRST,
        r#"{ from: "0", unit_price: ⟦"0.00001666670000000000000000000001" }"#,
        "has more than 28 digits",
    ),
    regional(FIRST, r#"{ from: "0", unit_price: ⟦"$0.0000166667" }"#, "is not a number"),
    regional(FIRST, r#"{ from: "0", unit_price: ⟦"0,0000166667" }"#, "is not a number"),
    regional(FIRST, r#"{ from: "0", unit_price: ⟦"" }"#, "is not a number"),
    // Tiers.
    regional(SECOND, r#"{ from: ⟦"0", unit_price: "0.0000150000" }"#, "ascending order: 0 after 0"),
    regional(
        r#""15000000000""#,
        r#"⟦"5000000000""#,
        "ascending order: 5000000000 after 6000000000",
    ),
    regional(r#"{ from: "0""#, r#"{ from: ⟦"1""#, "the first tier must start at 0"),
    regional("tiering: graduated", "⟦tierring: graduated", "unknown key `tierring`"),
    regional("tiering: graduated", "tiering: ⟦gradual", "unknown value `gradual`"),
    made_up(
        "sku_id: example-run-egress",
        "tiering: graduated",
        "tiering: flat",
        "flat SKU has one",
    ),
    // Units and meters.
    regional("pricing_unit: GB-Seconds", "pricing_unit: ⟦GB-Second", "unknown unit `GB-Second`"),
    regional(
        "pricing_unit: GB-Seconds",
        "pricing_unit: ⟦1M Requests",
        "does not count 1M Requests",
    ),
    regional("pricing_unit: GB-Seconds", "pricing_unit: ⟦GB", "does not count GB"),
    regional("clock: request_duration", "clock: ⟦request_durations", "unknown value"),
    regional("setting: memory", "setting: ⟦memroy", "unknown setting `memroy`"),
    regional("[x86_64]", "[⟦x86]", "`architecture` is never `x86`"),
    regional("{ architecture: [x86_64] }", "{ archtecture: [⟦x86_64] }", "unknown setting `archt"),
    made_up("", "measured_as: GiB", "measured_as: ⟦Hours", "cannot be measured as `Hours`"),
    made_up("", "{ clock: egress_bytes,", "⟦{ clock: request_steps,", "this clock needs `step:`"),
    // Evidence.
    regional("confidence: high", "confidence: ⟦certain", "unknown value `certain`"),
    regional("checked_on: 2026-11-23", "checked_on: ⟦2026-13-23", "is not a date"),
    regional("checked_on: 2026-11-23", "checked_on: ⟦2031-01-01", "yet to come"),
    made_up(DURATION_OF_RUN, "https://example.com/pricing", "⟦TODO", "neither an address nor a"),
    made_up(DURATION_OF_RUN, "https://example.com/pricing", "⟦''", "missing source"),
    made_up(DURATION_OF_RUN, "https://example.com/pricing", "⟦htps://example.com", "neither an"),
    // Dates.
    regional("effective_from: 2022-08-01", "effective_from: ⟦August 2022", "is not a date"),
    regional(
        "effective_from: 2022-08-01",
        "effective_from: ⟦2022-08-01\n        effective_until: 2022-08-01",
        "ends before it begins",
    ),
    regional(
        "- regions: [us-east-1]\n        effective_from: 2022-08-01",
        "- regions: [us-east-1]\n        effective_from: 2020-01-01\n        source: made up here\n        \
         checked_on: 2026-11-23\n        confidence: low\n        unit_price: \"1\"\n      \
         - regions: [us-east-1]\n        effective_from: ⟦2022-08-01",
        "for us-east-1 overlap in time",
    ),
    regional(
        "- regions: [us-east-1]\n        effective_from: 2022-08-01",
        "- regions: [us-east-1]\n        effective_from: ⟦2020-01-01\n        \
         effective_until: 2022-07-31\n        source: made up here\n        \
         checked_on: 2026-11-23\n        confidence: low\n        unit_price: \"1\"\n      \
         - regions: [us-east-1]\n        effective_from: 2022-08-01",
        "for us-east-1 from 2022-07-31 to 2022-08-01",
    ),
    made_up(
        DURATION_OF_RUN,
        "effective_from: 2025-01-01\n        effective_until: 2026-01-01",
        "effective_from: ⟦2025-01-01\n        effective_until: 2025-12-01",
        "for europe-west-1 from 2025-12-01 to 2026-01-01",
    ),
    made_up("", "effective_until: 2027-03-01", "gap_after: ⟦why not", "`gap_after` without a gap"),
    made_up("", "gap_after: the page was offline until September", "gap_after: ⟦' '", "is empty"),
    // Names.
    regional("[us-east-1]", "[⟦us-esat-1]", "unknown region `us-esat-1`"),
    regional(
        "platforms: [example-calls]",
        "platforms: [⟦example-call]",
        "unknown platform `example-call`",
    ),
    Corruption {
        file: CALLS,
        after: DURATION,
        old: "sku_id: example-calls-duration-arm",
        new: "sku_id: ⟦example-calls-duration-x86",
        says: "duplicate SKU `example-calls-duration-x86`",
    },
    made_up("", "aliases: [xrun]", "aliases: [⟦example-run]", "duplicate platform `example-run`"),
    made_up(
        "",
        "group: tier-2\n        eff",
        "group: ⟦tier-4\n        eff",
        "no region is in group",
    ),
    made_up(
        "",
        "name: London, group: tier-2, multiplier: \"1.25\"",
        "name: London, group: tier-2",
        "region `europe-west-2` has no `multiplier`",
    ),
    made_up("allowances:", "[example-run-requests]", "[⟦example-run-request]", "unknown SKU"),
    made_up("commitments:", "[example-run-memory]", "[⟦example-run-memry]", "unknown SKU"),
    made_up("commitments:", "\"17\"", "⟦\"170\"", "more than 100 %"),
    made_up("fees:", "quantity: seats", "quantity: ⟦chairs", "unknown setting `chairs`"),
    made_up("fees:", "plan: [pro]", "plan: [⟦proo]", "`plan` is never `proo`"),
    made_up("", "default_region: us-east-1", "default_region: ⟦us-east-9", "unknown region"),
    made_up("", "service: example-run", "service: ⟦example", "is in a file called `example-run`"),
    made_up("", "billing_currency: USD", "billing_currency: ⟦EUR", "only USD"),
    made_up("", "schema: 1", "schema: ⟦2", "unknown price file schema"),
    made_up("", "default: 512MiB", "default: ⟦64MiB", "default is not an allowed value"),
    // LLM providers.
    llm("input: \"2\"", "input: ⟦2", "is not quoted"),
    llm("id: example-small-1", "id: ⟦example-large", "duplicate model `example-large`"),
    llm("{ 5m: \"2.5\"", "{ 5m: ⟦\"2.4999999999999999999\"", "looks like a binary float"),
];

const DURATION_OF_RUN: &str = "sku_id: example-run-memory\n";

const WARNINGS: &[Corruption] = &[
    regional("checked_on: 2026-11-23", "checked_on: ⟦2026-01-01", "last checked 326 days ago"),
    made_up(DURATION_OF_RUN, "\"0.0000025\"", "⟦\"0\"", "a price of zero without a word of why"),
    made_up(
        "regions: [us-east-1, us-west-1, europe-west-1]",
        "effective_from: 2026-01-01",
        "effective_from: ⟦2026-01-01\n        status: withdrawn",
        "every price of `example-run-memory-idle` is withdrawn",
    ),
    llm("cache_read: \"0.20\"", "cache_read: ⟦\"20\"", "dearer than not using it"),
    llm("gt, input: \"4\"", "gt, input: ⟦\"1.9\"", "long prompts are cheaper"),
    llm("batch: { input: \"1\"", "batch: { input: ⟦\"10\"", "a batch is dearer"),
];

/// The file with its one mistake, and where it must be shown: line and column.
fn corrupt(c: &Corruption) -> (Source, (usize, usize)) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(c.file);
    let sound = fs::read_to_string(path).unwrap();
    let start = sound.find(c.after).unwrap_or_else(|| panic!("no `{}` in {}", c.after, c.file));
    let at = start + sound[start..].find(c.old).unwrap_or_else(|| panic!("no `{}`", c.old));
    let broken = format!("{}{}{}", &sound[..at], c.new, &sound[at + c.old.len()..]);
    let mark = broken.find('⟦').unwrap_or(at);
    let before = &broken[..mark];
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (Source::new(c.file, broken.replace('⟦', "")), (line, column))
}

fn found(source: &Source, severity: Severity) -> Vec<(String, Option<(usize, usize)>)> {
    let reading = Reading::of(std::slice::from_ref(source), "2026-11-23".parse().unwrap());
    reading
        .problems
        .into_iter()
        .filter(|p| p.severity == severity)
        .map(|p| (p.diagnostic.message, p.diagnostic.place.map(|at| (at.line, at.column))))
        .collect()
}

fn each_is_found(corruptions: &[Corruption], severity: Severity) {
    let mut missed = Vec::new();
    for c in corruptions {
        let (source, place) = corrupt(c);
        let found = found(&source, severity);
        let hit = found.iter().find(|(message, _)| message.contains(c.says));
        let at = hit.and_then(|(_, at)| *at);
        if hit.is_none() || (c.new.contains('⟦') && at != Some(place)) {
            missed.push(format!("`{}` at {place:?}: {found:?}", c.says));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn every_corruption_is_an_error_at_its_place() {
    assert!(ERRORS.len() >= 50);
    each_is_found(ERRORS, Severity::Error);
}

#[test]
fn every_doubt_is_a_warning_at_its_place() {
    each_is_found(WARNINGS, Severity::Warning);
    for c in WARNINGS {
        let (source, _) = corrupt(c);
        assert_eq!(found(&source, Severity::Error), [], "{}", c.says);
    }
}

/// A row or SKU without a key that every one needs: shown where the row or SKU begins.
#[test]
fn a_missing_source_or_tiering_is_shown_where_it_belongs() {
    let cases = [
        (RUN, "- group: tier-1", "source:", "effective_from:", "`source`"),
        (RUN, "- sku_id: example-run-requests", "tiering:", "- sku_id:", "`tiering`"),
        (AI, "models:", "source:", "effective_from:", "`source`"),
    ];
    for (file, after, key, shown_at, name) in cases {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let start = text.find(after).unwrap();
        let line_of = |at: usize| text[..at].matches('\n').count() + 1;
        let at = start + text[start..].find(key).unwrap();
        let (begin, end) = (text[..at].rfind('\n').unwrap(), at + text[at..].find('\n').unwrap());
        let expected = line_of(start + text[start..].find(shown_at).unwrap());
        let source = Source::new(file, format!("{}{}", &text[..begin], &text[end..]));
        let found = found(&source, Severity::Error);
        let [(message, Some((line, _)))] = &found[..] else { panic!("{found:?}") };
        assert_eq!((message.as_str(), *line), (&*format!("missing key {name}"), expected));
    }
}

#[test]
fn all_mistakes_of_all_files_are_collected() {
    let read =
        |file: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let run = read(RUN)
        .replace("\"0.0000028\"", "0.0000028")
        .replace("\"0.0000022\"", "\"-1\"")
        .replace("clock: requests }", "clock: requests, round_up: soon }");
    let ai = read(AI).replace("output: \"12\"", "output: \"1e1\"");
    let sources = [Source::new(RUN, run), Source::new(AI, ai)];
    let reading = Reading::of(&sources, "2026-11-23".parse().unwrap());
    let messages: Vec<_> = reading.problems.iter().map(|p| p.diagnostic.message.as_str()).collect();
    assert_eq!(messages.len(), 4, "{messages:#?}");
    let refused = ssc::pricing::Book::load(&sources).unwrap_err();
    assert_eq!(refused.message, messages[0]);
    assert!(refused.notes.iter().any(|n| n.starts_with("there are 3 more errors")), "{refused:?}");
}

#[test]
fn one_sku_in_two_files_is_an_error() {
    let read =
        |file: &str| fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
    let gate = read("tests/fixtures/books/now/example-gate.yaml")
        .replace("example-gate-units", "example-run-requests");
    let sources = [Source::new(RUN, read(RUN)), Source::new("books/example-gate.yaml", gate)];
    let reading = Reading::of(&sources, "2026-11-23".parse().unwrap());
    let [problem] = &reading.problems[..] else { panic!("{:#?}", reading.problems) };
    assert_eq!(problem.diagnostic.message, "duplicate SKU `example-run-requests`");
    assert_eq!(problem.diagnostic.label, format!("also in {RUN}"));
}

#[test]
fn the_embedded_book_has_no_errors() {
    let reading = Reading::of(&embedded_sources(), chrono::Utc::now().date_naive());
    let errors: Vec<_> = reading
        .problems
        .iter()
        .filter(|p| p.severity == Severity::Error)
        .map(|p| p.diagnostic.to_string())
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert_eq!(reading.files, embedded_sources().len());
}
