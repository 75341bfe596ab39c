//! Snapshots of what `list`, `show`, `diff` and `verify` print, on made-up books.

use super::shown;
use std::fs;
use std::path::Path;

const NOW: &str = "tests/fixtures/books/now";

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
