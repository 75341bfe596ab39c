//! Who may import whom, held by a test over `use` lines.

use std::collections::BTreeMap;
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
        ],
    ),
    ("cli", &["diagnostic", "estimate", "pricing", "reconcile", "report", "workload", "units"]),
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

#[test]
fn rooms_import_only_what_the_design_allows() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let rules: BTreeMap<_, _> = RULES.iter().copied().collect();
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut broken = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&src).unwrap();
        let room = relative.components().next().unwrap().as_os_str().to_str().unwrap();
        let Some(allowed) = rules.get(room) else { continue };
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        for (number, line) in code.lines().enumerate() {
            let line = line.split("//").next().unwrap();
            for (at, _) in line.match_indices("crate::") {
                let target: String = line[at + 7..]
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                if rules.contains_key(target.as_str())
                    && target != room
                    && !allowed.contains(&target.as_str())
                {
                    broken.push(format!(
                        "{}:{}: {room} uses {target}",
                        relative.display(),
                        number + 1
                    ));
                }
            }
        }
    }
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
