//! The program as people run it.

use crate::shared::shared;
use rust_decimal::Decimal;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output};

/// A price book of the tests' own on top of the shipped one: what is tested here is the program, so that
/// a price file can go without breaking other tests than its own.
pub(crate) const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/lab");

pub(crate) fn ssc(arguments: &[&str], folder: &Path) -> Output {
    let estimate = matches!(
        arguments.first(),
        Some(&("estimate" | "compare" | "reconcile" | "check" | "diff"))
    );
    Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(arguments)
        .args(if estimate { &["--pricing", LAB][..] } else { &[] })
        .current_dir(folder)
        .env("COLUMNS", "100")
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap()
}

/// What `ssc` prints on a terminal so many columns wide; no line is wider.
pub(crate) fn at_width(arguments: &[&str], folder: &Path, columns: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(arguments)
        .args(["--pricing", LAB])
        .current_dir(folder)
        .env("COLUMNS", columns)
        .output()
        .unwrap();
    let table = text(&output.stdout);
    let widest = table.lines().map(|l| l.chars().count()).max().unwrap();
    assert!(widest <= columns.parse().unwrap(), "{table}");
    table
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs `ssc estimate` on files written to a folder of their own; gives exit code and stderr.
fn fails(files: &[(&str, &[u8])], arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        fs::write(folder.path().join(name), content).unwrap();
    }
    let mut all = vec!["estimate"];
    all.extend(arguments);
    all.extend(["--pricing-date", "2026-11-23"]);
    let output = ssc(&all, folder.path());
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    format!("exit {}\n{}", output.status.code().unwrap(), text(&output.stderr))
}

/// Runs `ssc` in a folder, where it must fail without output; gives exit code and stderr.
pub(crate) fn fails_with(arguments: &[&str], folder: &Path) -> String {
    let output = ssc(arguments, folder);
    assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
    format!("exit {}\n{}", output.status.code().unwrap(), text(&output.stderr))
}

fn scenario(body: &str) -> String {
    fails(&[("s.yaml", body.as_bytes())], &["s.yaml"])
}

const TEN_LINES: &str = "\
name: tiny
workloads:
  - name: chat
    platform: lab
    arrivals: { rate: 100/day }
    requests: { output_tokens: 400, input_tokens: 900 }
    llm: lab-ai/lab-1
";

pub(crate) fn json(arguments: &[&str], folder: &Path) -> Value {
    let mut all = vec!["estimate", "--format", "json", "--pricing-date", "2026-11-23"];
    all.extend(arguments);
    let output = ssc(&all, folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

/// The invariants of every statement: exact products, exact sum.
pub(crate) fn adds_up(estimate: &Value) {
    let mut sum = Decimal::ZERO;
    for charge in estimate["charges"].as_array().unwrap() {
        sum += decimal(&charge["billed_cost"]);
        if !charge["pricing_quantity"].is_null() {
            let list = decimal(&charge["list_unit_price"]) * decimal(&charge["pricing_quantity"]);
            assert_eq!(list, decimal(&charge["list_cost"]), "{charge}");
        }
    }
    assert_eq!(sum, decimal(&estimate["total"]["amount"]));
    assert_eq!(estimate["schema"], "ssc/estimate/1");
}

/// Platforms of the shipped book that streams run on: not paths, nor those that only answer whole.
fn platforms() -> Vec<String> {
    use ssc::pricing::{Scaling, Transport};
    let book = crate::book::book();
    let runs = book.platforms().filter(|p| p.platform.scaling != Scaling::None);
    let streams = runs.filter(|p| {
        let carried = &p.platform.transports;
        carried.is_empty() || carried.contains(&Transport::Sse)
    });
    streams.map(|p| p.platform.id.clone()).collect()
}

#[test]
fn a_ten_line_scenario_is_billed_on_every_platform_and_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tiny.yaml"), TEN_LINES).unwrap();
    for platform in platforms() {
        let estimate = json(&["tiny.yaml", "--platform", &platform], folder.path());
        adds_up(&estimate);
        assert!(decimal(&estimate["total"]["amount"]) > Decimal::ZERO, "{platform}");
        assert!(!estimate["assumptions"].as_array().unwrap().is_empty());
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tiny.yaml"), TEN_LINES).unwrap();
    let run =
        || ssc(&["estimate", "tiny.yaml", "--pricing-date", "2026-11-23"], folder.path()).stdout;
    let first = run();
    assert!(!first.is_empty());
    assert_eq!(first, run());
}

#[test]
fn shipped_scenarios_run_and_add_up() {
    for path in crate::book::scenarios() {
        adds_up(&json(&[&path], root()));
    }
}

#[test]
fn real_traces_are_billed_on_every_platform() {
    let traces = [
        ("traces/azure-llm-2023/AzureLLMInferenceTrace_conv.csv", 19_366),
        ("traces/azure-llm-2023/AzureLLMInferenceTrace_code.csv", 8_819),
        ("traces/burstgpt/BurstGPT_3.first400.csv", 400),
    ];
    for (name, rows) in traces {
        let Some(path) = shared(name) else { return };
        let folder = tempfile::tempdir().unwrap();
        for platform in &platforms() {
            // The sample as it is: every row once.
            let arguments = ["--platform", platform, "--projection", "none"];
            let mut all = vec![path.to_str().unwrap(), "--llm", "lab-ai/lab-1"];
            all.extend(arguments);
            let estimate = json(&all, folder.path());
            adds_up(&estimate);
            assert_eq!(estimate["replay"][0]["requests"], rows, "{name} on {platform}");
        }
        // Projected to a month: tiers and allowances see the month, not the sample.
        let path = path.to_str().unwrap();
        let month = json(&[path, "--platform", "lab"], folder.path());
        adds_up(&month);
        assert!(month["workloads"][0]["requests"].as_u64().unwrap() > rows);
    }
}

#[test]
fn workloads_share_the_free_tier() {
    let folder = tempfile::tempdir().unwrap();
    let two = "\
projection: none
workloads:
  - { name: a, platform: lab, arrivals: { pattern: steady, rate: 1M/month }, requests: { duration: 100ms } }
  - { name: b, platform: lab, arrivals: { pattern: steady, rate: 1M/month }, requests: { duration: 100ms } }
";
    fs::write(folder.path().join("two.yaml"), two).unwrap();
    let estimate = json(&["two.yaml"], folder.path());
    adds_up(&estimate);
    let free: Decimal = estimate["charges"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| {
            c["charge_description"].as_str().unwrap().starts_with("Requests")
                && !c["allowance"].is_null()
        })
        .map(|c| decimal(&c["pricing_quantity"]))
        .sum();
    assert_eq!(free, Decimal::ONE);
}

#[test]
fn a_typo_in_a_key_is_pointed_at() {
    insta::assert_snapshot!(scenario(
        "workloads:\n  - name: a\n    platfrom: lab\n    arrivals: { rate: 1/s }\n"
    ));
}

#[test]
fn a_typo_in_a_platform_is_pointed_at() {
    let text = "workloads:\n  - name: a\n    platform: labb\n    arrivals: { rate: 1/s }\n";
    let known = (r"known platforms: `lab`, .*", "known platforms: `lab`, …");
    insta::with_settings!({filters => vec![known]}, {
        insta::assert_snapshot!(scenario(text));
    });
}

#[test]
fn a_typo_in_a_model_is_pointed_at() {
    insta::assert_snapshot!(scenario(
        "workloads:\n  - name: a\n    platform: lab\n    arrivals: { rate: 1/s }\n    llm: lab-ai/lab-1-mino\n"
    ));
}

#[test]
fn a_setting_of_another_platform_is_refused() {
    insta::assert_snapshot!(scenario(
        "workloads:\n  - name: a\n    platform: lab\n    deployment: { instance_type: small }\n    arrivals: { rate: 1/s }\n"
    ));
}

#[test]
fn an_absurd_setting_says_what_is_allowed() {
    insta::assert_snapshot!(scenario(
        "workloads:\n  - name: a\n    platform: lab\n    deployment: { memory: -5MiB }\n    arrivals: { rate: 1/s }\n"
    ));
}

#[test]
fn more_warm_instances_than_may_run_are_refused() {
    insta::assert_snapshot!(scenario(
        "workloads:\n  - name: a\n    platform: lab\n    deployment: { min_instances: 12, max_instances: 3 }\n    arrivals: { rate: 1/s }\n"
    ));
}

#[test]
fn a_negative_rate_is_refused() {
    insta::assert_snapshot!(scenario(
        "workloads:\n  - name: a\n    platform: lab\n    arrivals: { rate: -2/s }\n"
    ));
}

#[test]
fn not_a_number_is_refused() {
    insta::assert_snapshot!(scenario(
        "workloads:\n  - name: a\n    platform: lab\n    arrivals: { rate: 2/s }\n    requests: { output_tokens: NaN }\n"
    ));
}

#[test]
fn a_duplicate_key_is_refused() {
    insta::assert_snapshot!(scenario(
        "workloads:\n  - name: a\n    name: b\n    platform: lab\n    arrivals: { rate: 1/s }\n"
    ));
}

#[test]
fn an_empty_scenario_is_refused() {
    insta::assert_snapshot!(scenario(""));
    insta::assert_snapshot!(scenario("workloads: []\n"));
}

#[test]
fn a_yaml_bomb_is_refused() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for i in 1..9 {
        let refs = vec![format!("*a{}", i - 1); 10].join(", ");
        bomb.push_str(&format!("a{i}: &a{i} [{refs}]\n"));
    }
    insta::assert_snapshot!(scenario(&bomb));
    let nested = format!("workloads: {}{}\n", "[".repeat(5_000), "]".repeat(5_000));
    let message = scenario(&nested);
    assert!(message.starts_with("exit 2\nerror: "), "{message}");
    // Aliases that expand inside a valid key.
    let mut bomb = String::from("name: bomb\nworkloads:\n  - name: a\n    platform: lab\n");
    bomb.push_str("    arrivals: { rate: 1/s }\n    deployment:\n");
    bomb.push_str("      a: &a [x, x, x, x, x, x, x, x, x, x]\n");
    insta::assert_snapshot!(scenario(&bomb));
}

#[test]
fn a_directory_and_a_missing_file_are_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("d")).unwrap();
    let of = |name: &str| {
        let output = ssc(&["estimate", name], folder.path());
        format!("exit {}\n{}", output.status.code().unwrap(), text(&output.stderr))
    };
    insta::assert_snapshot!(of("d"));
    insta::assert_snapshot!(of("missing.yaml"));
    insta::assert_snapshot!(of("missing.csv"));
    fs::write(folder.path().join("file"), "").unwrap();
    insta::assert_snapshot!(of("file/inside.yaml"));
    fs::write(folder.path().join("binary.yaml"), b"# \xc3\xbc\nname: \xff\n").unwrap();
    insta::assert_snapshot!(of("binary.yaml"));
}

/// What a job in CI gets wrong: nothing of it may pass for the shipped prices or the usual traffic.
#[test]
fn mistaken_flags_are_never_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let body =
        "workloads: [{ name: w, platform: lab, arrivals: { pattern: steady, rate: 9/day } }]\n";
    fs::write(here.join("s.yaml"), body).unwrap();
    fs::create_dir_all(here.join("empty/llm")).unwrap();
    fs::write(here.join("empty/readme.md"), "no prices\n").unwrap();
    let fails = |arguments: &[&str]| {
        let said = fails_with(&[&["estimate", "s.yaml"], arguments].concat(), here);
        said.lines().take_while(|l| !l.is_empty()).collect::<Vec<_>>().join("\n")
    };
    let all = [
        fails(&["--pricing", "empty"]),
        fails(&["--pricing", "s.yaml"]),
        fails(&["--pricing", "missing"]),
        fails(&["--traffic", "-1x"]),
        fails(&["--traffic", "0x"]),
        fails(&["--seed", "-1"]),
        fails(&["-o", "missing/s.txt"]),
    ];
    insta::assert_snapshot!(all.join("\n\n"));
}

#[test]
fn a_bad_row_is_named_and_can_be_skipped() {
    let trace = b"timestamp,duration_ms\n2026-11-02T00:00:00Z,100\n2026-11-02T00:00:10Z,abc\n2026-11-02T00:01:00Z,50\n";
    insta::assert_snapshot!(fails(&[("t.csv", trace)], &["t.csv", "--platform", "lab"]));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.csv"), trace).unwrap();
    let estimate = json(&["t.csv", "--platform", "lab", "--skip-bad-rows"], folder.path());
    let warnings = estimate["warnings"].to_string();
    assert!(warnings.contains("1 rows of the trace were skipped"), "{warnings}");
}

#[test]
fn an_empty_trace_and_a_backward_duration_are_refused() {
    insta::assert_snapshot!(fails(
        &[("t.csv", b"timestamp,duration_ms\n")],
        &["t.csv", "--platform", "lab"]
    ));
    let backward = b"start,end\n2026-11-02T00:00:10Z,2026-11-02T00:00:00Z\n";
    insta::assert_snapshot!(fails(&[("t.csv", backward)], &["t.csv", "--platform", "lab"]));
}

#[test]
fn a_truncated_gzip_is_refused() {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(b"timestamp,duration_ms\n2026-11-02T00:00:00Z,100\n").unwrap();
    let mut bytes = gz.finish().unwrap();
    bytes.truncate(bytes.len() - 12);
    insta::assert_snapshot!(fails(&[("t.csv.gz", &bytes)], &["t.csv.gz", "--platform", "lab"]));
}

#[test]
fn a_single_instant_needs_a_window() {
    let trace = b"timestamp,duration_ms\n2026-11-02T00:00:00Z,100\n";
    insta::assert_snapshot!(fails(&[("t.csv", trace)], &["t.csv", "--platform", "lab"]));
}

#[test]
fn output_is_written_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tiny.yaml"), TEN_LINES).unwrap();
    let output = ssc(&["estimate", "tiny.yaml", "-o", "out.txt"], folder.path());
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(fs::read_to_string(folder.path().join("out.txt")).unwrap().contains("Total"));
    let output = ssc(&["estimate", "tiny.yaml", "-o", "no/such/out.txt"], folder.path());
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn unpriced_usage_is_shown_and_can_be_required() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tiny.yaml"), TEN_LINES).unwrap();
    let all = ["estimate", "tiny.yaml", "--pricing-date", "2001-01-01"];
    let output = ssc(&all, folder.path());
    assert!(output.status.success());
    let table = text(&output.stdout);
    assert!(table.contains("incomplete") && table.contains("no price"), "{table}");
    let required = ssc(&[&all[..], &["--require-complete"]].concat(), folder.path());
    assert_eq!(required.status.code(), Some(3));
}

#[test]
fn the_table_at_80_columns() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("tiny.yaml"), TEN_LINES).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(["estimate", "tiny.yaml", "--pricing-date", "2026-11-23", "--pricing", LAB])
        .current_dir(folder.path())
        .env("COLUMNS", "80")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    let table = text(&output.stdout);
    assert!(table.lines().all(|l| l.chars().count() <= 80), "{table}");
    insta::assert_snapshot!(table);
}
