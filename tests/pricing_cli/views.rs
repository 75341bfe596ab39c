//! Snapshots of what `list`, `show`, `diff` and `verify` print, on made-up books.

use super::shown;
use std::fs;
use std::path::Path;

const NOW: &str = "tests/fixtures/books/now";
const THEN: &str = "tests/fixtures/books/then";
const DAY: &str = "2026-11-23";

/// `ssc pricing COMMAND…` over the made-up book.
fn over(command: &str, arguments: &[&str]) -> String {
    let mut all = vec!["pricing", command];
    all.extend(arguments);
    all.extend(["--date", DAY, "--pricing", NOW]);
    shown(&all)
}

fn fits_80_columns(text: &str) {
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn list_by_words_service_and_provider() {
    let skus = over("list", &["--service", "example-run"]);
    fits_80_columns(&skus);
    insta::assert_snapshot!(skus);
    insta::assert_snapshot!(over("list", &["example", "LARGE"]));
    insta::assert_snapshot!(over("list", &["--provider", "example-ai"]));
    insta::assert_snapshot!(over("list", &["example-run-memory", "--format", "json"]));
}

#[test]
fn list_filters_narrow_what_is_found() {
    let ids = |arguments: &[&str]| -> Vec<String> {
        let all = [arguments, &["--service", "example-run", "--format", "json"]].concat();
        let text = over("list", &all);
        let value: serde_json::Value =
            serde_json::from_str(text.strip_prefix("exit 0\n").unwrap()).unwrap();
        let id = |sku: &serde_json::Value| sku["sku_id"].as_str().unwrap().to_owned();
        value["skus"].as_array().unwrap().iter().map(id).collect()
    };
    assert_eq!(ids(&[]).len(), 4);
    assert_eq!(ids(&["--component", "egress"]), ["example-run-egress"]);
    assert_eq!(ids(&["--clock", "warm_idle"]), ["example-run-memory-idle"]);
    assert_eq!(ids(&["--meter", "requests"]), ["example-run-requests"]);
    assert_eq!(ids(&["--platform", "xrun", "memory", "active"]), ["example-run-memory"]);
}

#[test]
fn a_region_without_a_price_names_the_nearest_known() {
    insta::assert_snapshot!(over("list", &["idle", "--region", "europe-west-2"]));
    let far = over("show", &["example-run-memory-idle", "--region", "africa-1"]);
    assert!(far.contains("no price for region africa-1; known: us-east-1, europe-west-1"), "{far}");
}

#[test]
fn what_is_not_known_is_an_error_with_a_hint() {
    for arguments in [
        ["--platform", "example-rum"],
        ["--service", "example-rnu"],
        ["--region", "europe-west-9"],
        ["--clock", "request"],
        ["--component", "computer"],
        ["--provider", "example-au"],
    ] {
        let text = over("list", &arguments);
        assert!(text.starts_with("exit 2\nerror: unknown"), "{text}");
        assert!(text.contains("did you mean"), "{text}");
    }
    insta::assert_snapshot!(over("show", &["example-run-memroy"]));
    insta::assert_snapshot!(over("list", &["nothing", "like", "it"]));
    insta::assert_snapshot!(shown(&["pricing", "diff"]));
}

#[test]
fn the_overview_counts_the_book() {
    let text = shown(&["pricing", "list"]);
    fits_80_columns(&text);
    assert!(text.starts_with("exit 0\n") && text.contains("oldest price checked on"), "{text}");
    let with = over("list", &[]);
    let line = with.lines().find(|l| l.contains("(example-run)")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[3..], ["4", "1", "6", "2026-11-20"], "{line}");
}

#[test]
fn show_a_sku_a_model_a_platform_and_a_service() {
    for id in [
        "example-run-memory",
        "example-run-requests",
        "example-run-memory-idle",
        "example-gate-units",
        "example-ai/example-large",
        "example-ai/example-small-1",
        "example-run",
        "example-ai",
    ] {
        let text = over("show", &[id]);
        fits_80_columns(&text);
        insta::assert_snapshot!(format!("show_{}", id.replace(['/', '-'], "_")), text);
    }
    let region = over("show", &["example-run-memory", "--region", "europe-west-2"]);
    insta::assert_snapshot!(region);
    insta::assert_snapshot!(over("show", &["example-run-memory-idle", "--format", "json"]));
}

#[test]
fn everything_in_the_shipped_book_can_be_shown() {
    let book = crate::book::book();
    let mut ids: Vec<String> = book.services.iter().map(|s| s.id.clone()).collect();
    ids.extend(book.platforms().map(|p| p.platform.id.clone()));
    ids.extend(book.services.iter().flat_map(|s| s.skus.iter().map(|sku| sku.id.clone())));
    ids.extend(book.model_names());
    let day = DAY.parse().unwrap();
    for id in ids {
        let entries = book.entries(&id).unwrap();
        for width in [60, 80, 200] {
            let form = ssc::report::pricing::Form::Table { width, color: false };
            let text = ssc::report::pricing::show(&entries, None, day, form);
            assert!(text.lines().all(|l| l.chars().count() <= width), "{id} at {width}:\n{text}");
        }
    }
}

#[test]
fn diff_of_two_books_and_of_two_days() {
    let books = shown(&["pricing", "diff", THEN, NOW, "--date", DAY]);
    fits_80_columns(&books);
    insta::assert_snapshot!(books);
    let days = shown(&["pricing", "diff", NOW, "--from", "2025-10-01", "--to", DAY]);
    insta::assert_snapshot!(days);
    insta::assert_snapshot!(shown(&[
        "pricing", "diff", THEN, NOW, "--date", DAY, "--format", "json"
    ]));
    let same = shown(&["pricing", "diff", NOW, NOW, "--date", DAY]);
    assert!(same.ends_with("\nnothing is different\n") && same.starts_with("exit 0"), "{same}");
}

#[test]
fn a_diff_read_backwards_is_the_opposite() {
    use ssc::pricing::diff::{Change, Side, diff};
    let book = crate::book::book();
    let side = |date: &str| Side { book: &book, date: date.parse().unwrap() };
    let (there, back) = (diff(side("2026-03-01"), side(DAY)), diff(side(DAY), side("2026-03-01")));
    let count =
        |all: &[ssc::pricing::diff::Difference], c| all.iter().filter(|d| d.change == c).count();
    assert!(!there.is_empty());
    assert_eq!(count(&there, Change::Added), count(&back, Change::Removed));
    assert_eq!(count(&there, Change::Removed), count(&back, Change::Added));
    assert_eq!(count(&there, Change::Changed), count(&back, Change::Changed));
}

#[test]
fn every_command_of_the_docs_runs() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pricing.md");
    let docs = fs::read_to_string(docs).unwrap();
    let commands: Vec<&str> = docs.lines().filter_map(|l| l.strip_prefix("$ ssc ")).collect();
    assert!(commands.len() >= 10, "{commands:?}");
    for command in commands.into_iter().filter(|c| crate::book::has_all(c)) {
        let text = shown(&command.split_whitespace().collect::<Vec<_>>());
        assert!(text.starts_with("exit 0\n"), "{command}: {text}");
    }
}

#[test]
fn results_can_go_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.json");
    let path = file.to_str().unwrap();
    let text = over("list", &["--service", "example-run", "--format", "json", "-o", path]);
    assert_eq!(text, "exit 0\n");
    let value: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    assert_eq!(value["schema"], "ssc/pricing-list/1");
}

#[test]
fn verify_of_a_sound_book() {
    assert_eq!(shown(&["pricing", "verify", NOW]), "exit 0\nno problems in 3 files\n");
}

/// A copy of the made-up book with these replacements in its service file.
fn broken(changes: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(NOW).join("example-run.yaml");
    let mut text = fs::read_to_string(path).unwrap();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    fs::write(folder.path().join("example-run.yaml"), text).unwrap();
    folder
}

const BREAKS: &[(&str, &str)] = &[
    ("\"0.0000028\"", "0.0000028"),
    ("group: tier-2\n        effective", "group: tier2\n        effective"),
    ("{ from: \"1000000\"", "{ from: \"0\""),
    ("note: the first 100 GB are free\n", "\n"),
];

fn verified(folder: &Path, more: &[&str]) -> String {
    let text = folder.to_str().unwrap();
    let mut all = vec!["pricing", "verify", text];
    all.extend(more);
    shown(&all).replace(text, "BOOK")
}

#[test]
fn verify_shows_every_mistake_and_counts_them() {
    let folder = broken(BREAKS);
    insta::assert_snapshot!(verified(folder.path(), &[]));
    insta::assert_snapshot!(verified(folder.path(), &["--format", "json"]));
}

#[test]
fn warnings_fail_only_when_strict() {
    let folder = broken(&BREAKS[3..]);
    assert!(verified(folder.path(), &[]).starts_with("exit 0\nwarning: a price of zero"));
    assert!(verified(folder.path(), &["--strict"]).starts_with("exit 2\n"));
}
