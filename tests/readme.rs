//! What the README shows runs as it stands there.

use crate::book::book;
use crate::cli::ssc;
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::Path;

const README: &str = include_str!("../README.md");
const TRACE: &str = "timestamp,duration_ms,input_tokens,output_tokens\n\
                     2026-11-02T08:00:00Z,4000,900,300\n2026-11-02T08:00:07Z,6500,1200,420\n";

/// The folder a reader is in: the shipped scenarios, and a trace of their own.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    fs::create_dir(folder.path().join("scenarios")).unwrap();
    let entries = fs::read_dir(scenarios).unwrap().map(|e| e.unwrap().path());
    for path in entries.filter(|p| p.is_file()) {
        let name = path.file_name().unwrap();
        fs::copy(&path, folder.path().join("scenarios").join(name)).unwrap();
    }
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(TRACE.as_bytes()).unwrap();
    fs::write(folder.path().join("requests.csv.gz"), gz.finish().unwrap()).unwrap();
    folder
}

/// Whether all services that the text names are in the book: a price file may be taken away.
fn known(text: &str) -> bool {
    let book = book();
    text.split(|c: char| c.is_whitespace() || c == '`').all(|word| match word.split_once('/') {
        Some((provider, model)) if !word.contains(['.', ':']) && provider != "scenarios" => {
            model.is_empty() || book.model(word).is_some()
        }
        _ if word == "aws-lambda" || word == "cloud-run" => book.platform(word).is_some(),
        _ => true,
    })
}

#[test]
#[expect(clippy::print_stderr, reason = "what is left out belongs in the test's output")]
fn every_command_runs() {
    let folder = folder();
    let commands: Vec<_> = README.lines().filter_map(|l| l.strip_prefix("$ ssc ")).collect();
    assert!(commands.len() > 6, "{commands:?}");
    let chat = fs::read_to_string(folder.path().join("scenarios/chat.yaml")).unwrap();
    for command in commands {
        if !known(command) || (command.contains("chat.yaml") && !known(&chat)) {
            eprintln!("left out, its services are not in the book: {command}");
            continue;
        }
        let output = ssc(&command.split_whitespace().collect::<Vec<_>>(), folder.path());
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success() && !output.stdout.is_empty() || command.contains("-o "),
            "{command}\n{err}"
        );
    }
}

#[test]
fn the_first_scenario_is_the_shipped_one() {
    let shown = README.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let shipped = include_str!("../scenarios/chat.yaml");
    let body: String =
        shipped.lines().filter(|l| !l.starts_with('#')).map(|l| format!("{l}\n")).collect();
    assert_eq!(shown, body);
}
