//! `ssc recommend` as people run it.

use crate::cli::{fails_with, ssc, text};
use crate::shared::shared;
use serde_json::Value;
use std::fs;
use std::path::Path;

const DAY: [&str; 2] = ["--pricing-date", "2026-11-23"];

const SCENARIO: &str = "\
name: chat
period: 1d
workloads:
  - name: chat
    platform: aws-lambda # for now
    arrivals: { pattern: bursty, rate: 6000/day, cv: 2 }
    requests: { duration: { p50: 40s, p95: 90s } }
";

fn folder(scenario: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("s.yaml"), scenario).unwrap();
    folder
}

fn json(arguments: &[&str], folder: &Path) -> Value {
    let all = [arguments, &["--format", "json"]].concat();
    let output = ssc(&all, folder);
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn recommended(arguments: &[&str], folder: &Path) -> Value {
    json(&[&["recommend", "--no-free-tier"], arguments].concat(), folder)
}

/// The total of a scenario on its own: estimated in another folder, with nothing on the command line but
/// what no scenario can say.
fn confirmed(file: &Path) -> Value {
    let elsewhere = tempfile::tempdir().unwrap();
    let arguments = ["estimate", file.to_str().unwrap(), "--no-free-tier", "--format", "json"];
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(arguments)
        .current_dir(elsewhere.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    serde_json::from_slice::<Value>(&output.stdout).unwrap()["total"].clone()
}

/// What is true of all that is recommended.
fn holds(found: &Value, applied: &Path) {
    let plan = &found["plan"];
    let total = confirmed(applied);
    assert_eq!(total["amount"], plan["promised_total"]);
    assert_eq!(total["complete"], true);
    assert_eq!(plan["effect"]["after"]["total"], plan["promised_total"]);
    let mut seen = std::collections::BTreeSet::new();
    for r in found["recommendations"].as_array().unwrap() {
        assert_eq!(r["effect"]["after"]["complete"], true, "nothing unpriced wins");
        assert!(seen.insert(r["edits"].to_string()), "nothing is proposed twice: {r}");
        assert!(!r["edits"].to_string().contains("dispatch"), "nobody chooses how instances are");
    }
}

#[test]
fn an_applied_plan_costs_what_was_promised_whatever_was_on_the_command_line() {
    let folder = folder(SCENARIO);
    fs::create_dir(folder.path().join("sub")).unwrap();
    fs::write(folder.path().join("rates.yaml"), "discounts:\n  - percent: 10\n").unwrap();
    let applied = folder.path().join("sub/cheaper.yaml");
    let flags = ["s.yaml", "--apply", "sub/cheaper.yaml", "--seed", "5", "--region", "eu-west-1"];
    let more = ["--fixed-prices", "--pricing-date", "2026-10-02", "--rates", "rates.yaml"];
    let found = recommended(&[&flags[..], &more].concat(), folder.path());
    holds(&found, &applied);
    assert_eq!(found["applied_to"], "sub/cheaper.yaml");
    assert_eq!(found["confirm"], "ssc estimate sub/cheaper.yaml --no-free-tier");
    let written = fs::read_to_string(&applied).unwrap();
    assert!(written.contains(" # for now"), "{written}");
    // The scenario itself is as it was, and nothing else was left behind.
    assert_eq!(fs::read_to_string(folder.path().join("s.yaml")).unwrap(), SCENARIO);
    assert_eq!(fs::read_dir(folder.path().join("sub")).unwrap().count(), 1);
    // There is nothing more to find in it.
    let again = recommended(&["sub/cheaper.yaml"], folder.path());
    assert_eq!(again["plan"], Value::Null);
    assert_eq!(again["now"]["total"], found["plan"]["promised_total"]);
}

#[test]
fn an_applied_plan_finds_its_trace_from_its_own_folder() {
    let folder = folder("");
    for sub in ["in", "out/deep"] {
        fs::create_dir_all(folder.path().join(sub)).unwrap();
    }
    let mut trace = "timestamp,duration_ms\n".to_owned();
    for i in 0..300 {
        trace += &format!("2026-10-01T00:{:02}:{:02}Z,40000\n", i / 60, i % 60);
    }
    fs::write(folder.path().join("in/t.csv"), trace).unwrap();
    let scenario = SCENARIO
        .replace("{ pattern: bursty, rate: 6000/day, cv: 2 }", "{ trace: t.csv } # logged")
        .replace("    requests: { duration: { p50: 40s, p95: 90s } }\n", "")
        + "projection: none\n";
    fs::write(folder.path().join("in/s.yaml"), scenario).unwrap();
    let applied = folder.path().join("out/deep/cheaper.yaml");
    let from = |input: &str| {
        let arguments = [input, "--apply", "out/deep/cheaper.yaml"];
        let found = recommended(&[&arguments[..], &DAY].concat(), folder.path());
        holds(&found, &applied);
        fs::read_to_string(&applied).unwrap()
    };
    assert!(from("in/s.yaml").contains("trace: \"../../in/t.csv\" } # logged"));
    // The same for a trace that has no scenario.
    let arguments = ["in/t.csv", "--platform", "aws-lambda", "--apply", "out/deep/cheaper.yaml"];
    let arguments = [&arguments[..], &["--projection", "none"], &DAY].concat();
    holds(&recommended(&arguments, folder.path()), &applied);
    assert!(fs::read_to_string(&applied).unwrap().contains("../../in/t.csv"));
}

#[test]
fn plans_of_real_traces_hold() {
    for (trace, rows) in [
        ("traces/burstgpt/BurstGPT_1.first400.csv", 400),
        ("traces/azure-llm-2023/AzureLLMInferenceTrace_conv.csv", 2_000),
    ] {
        let Some(path) = shared(trace) else { return };
        let whole = fs::read_to_string(path).unwrap();
        let short: String = whole.split_inclusive('\n').take(rows + 1).collect();
        let folder = folder("");
        fs::write(folder.path().join("trace.csv"), short).unwrap();
        let arguments = ["trace.csv", "--platform", "aws-lambda", "--llm", "openai/gpt-6-luna"];
        let more = ["--projection", "scale", "--apply", "cheaper.yaml"];
        let found = recommended(&[&arguments[..], &more, &DAY].concat(), folder.path());
        holds(&found, &folder.path().join("cheaper.yaml"));
        let again = recommended(&["cheaper.yaml"], folder.path());
        assert_eq!(again["plan"], Value::Null, "{trace}");
    }
}

#[test]
fn objectives_are_kept() {
    let folder = folder(&format!(
        "{SCENARIO}objectives: {{ cold_starts: 100%, failed: 0%, time_to_first_token_p95: 2s }}\n"
    ));
    let arguments = [&["s.yaml", "--objective", "balanced"], &DAY[..]].concat();
    let found = recommended(&arguments, folder.path());
    let mut effects: Vec<_> = found["recommendations"].as_array().unwrap().iter().collect();
    effects.push(&found["plan"]);
    for r in effects {
        let after = &r["effect"]["after"];
        assert_eq!(after["failed"], 0, "{r}");
        let p95 = |of: &Value| of["time_to_first_token_ms"]["p95"].as_f64().unwrap();
        assert!(p95(after) <= 2_000.0 && p95(after) <= 1.1 * p95(&found["now"]), "{r}");
    }
}

#[test]
fn any_number_of_threads_recommends_the_same_bytes() {
    let folder = folder(SCENARIO);
    let with = |threads, format| {
        let all = ["recommend", "s.yaml", "--threads", threads, "--format", format];
        ssc(&[&all[..], &DAY].concat(), folder.path()).stdout
    };
    assert!(!with("1", "table").is_empty());
    for format in ["table", "json"] {
        assert_eq!(with("1", format), with("2", format));
    }
}

#[test]
fn without_time_nothing_is_written() {
    let folder = folder(SCENARIO);
    let arguments = ["s.yaml", "--time-limit", "0s", "--apply", "cheaper.yaml"];
    let found = recommended(&[&arguments[..], &DAY].concat(), folder.path());
    assert_eq!((&found["plan"], &found["out_of_time"]), (&Value::Null, &Value::Bool(true)));
    assert_eq!(found["rules_asked"].as_array().unwrap().len(), 0);
    assert!(!found["rules_not_asked"].as_array().unwrap().is_empty());
    assert!(!folder.path().join("cheaper.yaml").exists());
    let table = ssc(&[&["recommend"], &arguments[..], &DAY].concat(), folder.path()).stdout;
    let table = text(&table);
    assert!(table.contains("the time was up"), "{table}");
    assert!(table.contains("cheaper.yaml was not written"), "{table}");
}

#[test]
fn objectives_with_mistakes_are_pointed_at() {
    for objectives in [
        "{ cold_stats: 2% }",
        "{ cold_starts: 140% }",
        "{ failed: some }",
        "{ time_to_first_token_p95: fast }",
        "{ platforms: [aws-lamda] }",
        "{ regions: [us-east-1, eu-wset-1] }",
        "{ models: [openai/gpt-6-lunar] }",
    ] {
        let folder = folder(&format!("{SCENARIO}objectives: {objectives}\n"));
        let arguments = [&["recommend", "s.yaml"], &DAY[..]].concat();
        insta::assert_snapshot!(fails_with(&arguments, folder.path()));
    }
}

#[test]
fn mistakes_on_the_command_line_are_said_before_the_search() {
    let folder = folder(SCENARIO);
    for arguments in [
        &["--apply", "nowhere/cheaper.yaml"][..],
        &["--apply", "s.yaml"],
        &["--apply", "./s.yaml"],
        &["--apply", "cheaper.txt"],
        &["--max-cost-increase", "5%"],
        &["--time-limit", "soon"],
    ] {
        let all = [&["recommend", "s.yaml"], &DAY[..], arguments].concat();
        insta::assert_snapshot!(fails_with(&all, folder.path()));
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing was written");
    assert_eq!(fs::read_to_string(folder.path().join("s.yaml")).unwrap(), SCENARIO);
}

#[test]
fn a_rule_that_is_not_there_is_named_with_the_nearest() {
    let folder = folder(SCENARIO);
    let name = ssc::recommend::RULES[0].name();
    let typo = format!("{}x", &name[..name.len() - 1]);
    for command in [&["recommend", "s.yaml", "--only", &typo][..], &["explain", &typo]] {
        let said = fails_with(command, folder.path());
        assert!(said.contains(&format!("there is no rule `{typo}`")), "{said}");
        assert!(said.contains(&format!("did you mean `{name}`?")), "{said}");
    }
    let both = recommended(&[&["s.yaml", "--only", name], &DAY[..]].concat(), folder.path());
    assert_eq!(both["rules_asked"], serde_json::json!([name]));
}

#[test]
fn every_rule_explains_itself() {
    let folder = folder("");
    let list = text(&ssc(&["explain"], folder.path()).stdout);
    let mut codes = std::collections::BTreeSet::new();
    for rule in ssc::recommend::RULES {
        assert!(codes.insert(rule.code()), "two rules are {}", rule.code());
        assert!(list.contains(rule.code()) && list.contains(rule.name()), "{list}");
        for wanted in [rule.code(), rule.name()] {
            let page = text(&ssc(&["explain", wanted], folder.path()).stdout);
            assert!(page.contains(rule.code()), "{page}");
        }
        assert!(rule.explanation().lines().count() <= 60, "{}", rule.code());
    }
}
