//! Who may import whom, held by a test over `use` lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may use.
const RULES: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("diagnostic", &["units"]),
    ("workload", &["units", "diagnostic"]),
    ("pricing", &["units", "diagnostic"]),
    ("replay", &["units", "workload"]),
    ("metering", &["units", "workload", "pricing", "replay"]),
    ("billing", &["units", "pricing", "metering"]),
    ("estimate", &["units", "diagnostic", "workload", "pricing", "replay", "metering", "billing"]),
    ("reconcile", &["units", "diagnostic", "workload", "pricing", "billing", "estimate"]),
    ("init", &["units", "workload"]),
    ("diff", &["units", "diagnostic", "workload", "pricing", "billing", "estimate"]),
    ("check", &["units", "diagnostic", "workload", "pricing", "replay", "estimate", "diff"]),
    (
        "recommend",
        &[
            "units",
            "diagnostic",
            "workload",
            "pricing",
            "replay",
            "metering",
            "billing",
            "estimate",
        ],
    ),
    (
        "report",
        &[
            "units",
            "diagnostic",
            "workload",
            "billing",
            "estimate",
            "replay",
            "pricing",
            "reconcile",
            "recommend",
            "diff",
            "check",
        ],
    ),
    (
        "cli",
        &[
            "diagnostic",
            "estimate",
            "init",
            "pricing",
            "reconcile",
            "recommend",
            "diff",
            "check",
            "report",
            "workload",
            "units",
        ],
    ),
];

/// The rooms of `workload/import` and those of them that each may use.
const IMPORT_RULES: &[(&str, &[&str])] = &[
    ("cell", &[]),
    ("row", &["cell"]),
    ("table", &["cell", "row"]),
    ("json", &["cell", "row"]),
    ("log", &["cell", "row", "table"]),
    ("made", &[]),
    ("formats", &["cell", "row", "table", "json", "log", "made"]),
    ("parquet", &["cell", "row", "formats"]),
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

/// The places below `folder` where a room names another one, behind `prefix`, that it may not use.
fn broken(folder: &str, prefix: &str, rules: &[(&str, &[&str])]) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let rules: BTreeMap<_, _> = rules.iter().copied().collect();
    let mut files = Vec::new();
    sources(&folder, &mut files);
    let mut broken = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files {
        let relative = file.strip_prefix(&folder).unwrap();
        let room = relative.components().next().unwrap().as_os_str().to_str().unwrap();
        let Some((room, allowed)) = rules.get_key_value(room) else { continue };
        seen.insert(*room);
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap();
            for (at, _) in line.match_indices(prefix) {
                let target: String = line[at + prefix.len()..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                if rules.contains_key(target.as_str())
                    && target != *room
                    && !allowed.contains(&target.as_str())
                {
                    let place = relative.display();
                    broken.push(format!("{place}:{}: {room} uses {target}", number + 1));
                }
            }
        }
    }
    assert_eq!(seen.len(), rules.len(), "every room of the table is there: {seen:?}");
    broken
}

#[test]
fn rooms_import_only_what_the_design_allows() {
    let broken = broken("src", "crate::", RULES);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn rooms_of_the_importers_import_only_what_the_design_allows() {
    let broken = broken("src/workload/import", "crate::workload::import::", IMPORT_RULES);
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn no_provider_is_named_in_code() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let names =
        ["lambda", "cloud run", "cloud-run", "azure", "vercel", "fly.io", "openai", "anthropic"];
    let mut files = Vec::new();
    sources(&src, &mut files);
    let exempt = |p: &Path| {
        ["workload/import", "cli", "pricing"].iter().any(|room| p.starts_with(src.join(room)))
            || p.file_name().is_some_and(|n| n.to_str().unwrap().ends_with("_tests.rs"))
    };
    let mut found = Vec::new();
    for file in files.iter().filter(|f| !exempt(f)) {
        let text = fs::read_to_string(file).unwrap();
        for (n, line) in text.split("#[cfg(test)]").next().unwrap().lines().enumerate() {
            let code = line.split("//").next().unwrap().to_lowercase();
            if names.iter().any(|name| code.contains(name)) {
                found.push(format!("{}:{}: {line}", file.display(), n + 1));
            }
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
