//! Results for programs against their JSON Schemas: those of the repository, and the rules of public formats.

use crate::cli::{LAB, root, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

const CHAT: &str = "\
name: chat
pricing_date: 2026-11-23
budgets: { monthly: { warn: 1 USD, fail: 90 USD }, tokens: 5M, max_increase: 5% }
workloads:
  - name: chat
    platform: lab
    arrivals: { pattern: diurnal, rate: 10k/month }
    requests: { input_tokens: 300, output_tokens: 100, time_to_first_token: 400ms }
    llm: lab-ai/lab-1
";

/// Schemas of results, and commands that print them.
const PRINTED: &[(&str, &[&str])] = &[
    (
        "estimate",
        &[
            "estimate s.yaml",
            "estimate s.yaml --timeline 6h",
            "estimate s.yaml --pricing-date 2001-01-01",
            "estimate t.csv --platform lab --window 1h --projection none",
        ],
    ),
    (
        "compare",
        &[
            "compare s.yaml --platforms lab,lab-boxes",
            "compare s.yaml --platforms lab --range --spike 10x/1h",
            "compare s.yaml --platforms lab --pricing-date 2001-01-01",
        ],
    ),
    ("sweep", &["compare s.yaml --platforms lab,lab-boxes --sweep traffic=1x,2x"]),
    (
        "check",
        &[
            "check s.yaml",
            "check s.yaml --baseline b.yaml",
            "check s.yaml --baseline b.json --pricing-date 2001-01-01",
        ],
    ),
    (
        "diff",
        &[
            "diff b.yaml s.yaml",
            "diff b.json b.json",
            "diff b.yaml s.yaml --pricing-date-a 2001-01-01",
        ],
    ),
    ("reconcile", &["reconcile s.yaml bill.csv"]),
    ("trace", &["trace inspect t.csv", "trace inspect p.jsonl --cache-ttl 5m --cache-tokens 1M"]),
    ("pricing-list", &["pricing list lab", "pricing list --clock egress_bytes"]),
    ("pricing-overview", &["pricing list"]),
    ("pricing-show", &["pricing show lab", "pricing show lab-ai", "pricing show lab-ai/lab-1"]),
    ("pricing-diff", &["pricing diff --from 2026-06-01 --to 2026-11-23"]),
    ("pricing-verify", &["pricing verify", "pricing verify broken.yaml"]),
];

/// The definitions that others take in and add to.
fn shared(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if let (Some(Value::String(of)), true) =
                (map.get("$ref"), map.contains_key("properties"))
            {
                found.insert(of.rsplit('/').next().unwrap().to_owned());
            }
            map.values().for_each(|v| shared(v, found));
        }
        Value::Array(items) => items.iter().for_each(|v| shared(v, found)),
        _ => {}
    }
}

/// Lets nothing but their own properties be in objects: a schema that misses one is found.
fn close(schema: &mut Value, open: &BTreeSet<String>) {
    match schema {
        Value::Object(map) => {
            if map.get("properties").is_some_and(Value::is_object)
                && !map.contains_key("additionalProperties")
            {
                map.insert("unevaluatedProperties".into(), false.into());
            }
            for (name, inner) in map.iter_mut() {
                close(inner, open);
                if let Some(inner) = inner.as_object_mut().filter(|_| open.contains(name)) {
                    inner.remove("unevaluatedProperties");
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|v| close(v, open)),
        _ => {}
    }
}

fn validator(name: &str) -> jsonschema::Validator {
    let path = root().join(format!("docs/schema/{name}.json"));
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let mut open = BTreeSet::new();
    shared(&schema, &mut open);
    close(&mut schema, &open);
    jsonschema::validator_for(&schema).unwrap()
}

/// A folder with what the commands name.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("s.yaml", CHAT);
    write("b.yaml", &CHAT.replace("10k", "9k"));
    write("broken.yaml", "schema: 1\nservice: other\n");
    write(
        "t.csv",
        "timestamp,duration_ms,output_tokens,model\n2026-11-02T00:00:00Z,100,9,a\n2026-11-02T00:00:09Z,,7,b\n",
    );
    let prompts = root().join("scenarios/recommend/prompt-cache.jsonl");
    fs::copy(prompts, folder.path().join("p.jsonl")).unwrap();
    for line in [
        "estimate b.yaml --format json -o b.json",
        "estimate s.yaml --format focus-1.2 -o bill.csv",
    ] {
        let output = ssc(line, &folder);
        assert!(output.status.success(), "{line}: {}", text(&output.stderr));
    }
    folder
}

fn ssc(line: &str, folder: &tempfile::TempDir) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ssc"));
    command.args(line.split(' ')).current_dir(folder.path());
    let without = ["trace", "pricing diff", "pricing verify"];
    if !without.iter().any(|start| line.starts_with(start)) {
        command.args(["--pricing", LAB]);
    }
    command.output().unwrap()
}

fn printed(line: &str, folder: &tempfile::TempDir) -> Value {
    let output = ssc(&format!("{line} --format json"), folder);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{line}: {e}: {}", text(&output.stderr)))
}

#[test]
fn results_are_what_their_schemas_say() {
    let folder = folder();
    for (name, lines) in PRINTED {
        let schema = validator(name);
        for line in *lines {
            let value = printed(line, &folder);
            assert_eq!(value["schema"], format!("ssc/{}/1", name), "{line}");
            let errors: Vec<_> =
                schema.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{line}: {}", errors.join("\n"));
            // What is not in the schema is found, and so is what is missing.
            for key in value.as_object().unwrap().keys() {
                let mut less = value.clone();
                less.as_object_mut().unwrap().remove(key);
                less[format!("{key}_")] = Value::Null;
                assert!(!schema.is_valid(&less), "{line}: {key}");
            }
        }
    }
}

#[test]
fn every_result_has_a_schema_and_a_command_that_is_checked() {
    let known = ["scenario", "pricing", "llm", "recommend"];
    let mut names: Vec<_> = PRINTED.iter().map(|(name, _)| *name).chain(known).collect();
    let files = fs::read_dir(root().join("docs/schema")).unwrap().map(|e| e.unwrap().path());
    let files = files.filter(|p| p.extension().is_some_and(|e| e == "json"));
    let mut files: Vec<_> =
        files.map(|p| p.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort_unstable();
    files.sort();
    assert_eq!(names, files);
}
