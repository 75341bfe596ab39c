//! JSON Schemas: fresh, true to what the program reads, and strict about what it refuses.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn printed(of: &str) -> String {
    let ssc = Command::new(env!("CARGO_BIN_EXE_ssc")).args(["schema", of]).output().unwrap();
    assert!(ssc.status.success());
    String::from_utf8(ssc.stdout).unwrap()
}

fn validator(of: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(&printed(of)).unwrap()).unwrap()
}

fn yaml_files(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(root().join(folder)).unwrap().map(|e| e.unwrap().path());
    let mut files: Vec<_> =
        entries.filter(|p| p.extension().is_some_and(|e| e == "yaml")).collect();
    files.sort();
    files
}

fn accepts(validator: &jsonschema::Validator, file: &Path) {
    let text = fs::read_to_string(file).unwrap();
    let value: Value = serde_yaml::from_str(&text).unwrap();
    let errors: Vec<_> =
        validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{}: {}", file.display(), errors.join("\n"));
}

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let files = fs::read_dir(root().join("docs/schema")).unwrap().map(|e| e.unwrap().path());
    let files: Vec<_> = files.filter(|p| p.extension().is_some_and(|e| e == "json")).collect();
    assert!(files.len() > 10, "{files:?}");
    for path in files {
        let of = path.file_stem().unwrap().to_str().unwrap();
        let committed = fs::read_to_string(&path).unwrap_or_default();
        let how = format!("`ssc schema {of} -o docs/schema/{of}.json` makes it fresh");
        assert!(committed == printed(of), "docs/schema/{of}.json is stale: {how}");
    }
}

#[test]
fn every_shipped_file_is_valid() {
    let (scenario, pricing, llm) = (validator("scenario"), validator("pricing"), validator("llm"));
    for file in yaml_files("scenarios") {
        accepts(&scenario, &file);
    }
    for file in yaml_files("pricing").iter().chain(&yaml_files("tests/fixtures/lab")) {
        accepts(&pricing, file);
    }
    for file in yaml_files("pricing/llm") {
        accepts(&llm, &file);
    }
}

#[test]
fn every_shipped_file_names_its_schema() {
    for (folder, line) in [
        ("scenarios", "# yaml-language-server: $schema=../docs/schema/scenario.json"),
        ("pricing", "# yaml-language-server: $schema=../docs/schema/pricing.json"),
        ("pricing/llm", "# yaml-language-server: $schema=../../docs/schema/llm.json"),
    ] {
        for file in yaml_files(folder) {
            let text = fs::read_to_string(&file).unwrap();
            assert_eq!(text.lines().next(), Some(line), "{}", file.display());
        }
    }
}

#[test]
fn what_the_program_refuses_by_shape_the_schema_refuses() {
    let scenario = validator("scenario");
    let refuses = |text: &str| {
        let value: Value = serde_yaml::from_str(text).unwrap();
        assert!(!scenario.is_valid(&value), "{text}");
    };
    refuses("workload: []");
    refuses("workloads: [{ name: a, platfrom: lab, arrivals: { rate: 1/s } }]");
    refuses("workloads: [{ name: a }]");
    refuses(
        "workloads: [{ name: a, arrivals: { rate: 1/s }, requests: { output_tokens: { men: 3 } } }]",
    );
    let pricing = validator("pricing");
    let file = fs::read_to_string(root().join("tests/fixtures/lab/lab.yaml")).unwrap();
    for (from, to) in [
        ("clock: requests }", "clock: reqests }"),
        ("tiering: flat", "tearing: flat"),
        (r#"unit_price: "0.40""#, "unit_price: 0.40"),
        ("schema: 1\n", ""),
    ] {
        assert!(file.contains(from), "{from}");
        let value: Value = serde_yaml::from_str(&file.replacen(from, to, 1)).unwrap();
        assert!(!pricing.is_valid(&value), "{to}");
    }
}
