//! `ssc init`: what it writes loads and estimates, and what it says of a fit is so.

use crate::book::book;
use crate::cli::{fails_with, text};
use crate::shared::shared;
use ssc::estimate::{Options, TraceLoader, estimate};
use ssc::init::{Kind, Target, scenario};
use ssc::workload::Recording;
use ssc::workload::import::ReadOptions;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn init(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ssc"))
        .arg("init")
        .args(arguments)
        .current_dir(folder)
        .env("COLUMNS", "80")
        .output()
        .unwrap()
}

/// Amounts, and what is said about them, change with the day's prices; nothing else does.
fn without_amounts(text: &str) -> String {
    let line = |line: &str| match line.split_once('$') {
        Some((before, _)) => format!("{}$…\n", before.trim_end_matches(' ')),
        None => format!("{line}\n"),
    };
    text.lines().map(line).collect()
}

struct NoTraces;

impl TraceLoader for NoTraces {
    fn load(&mut self, path: &str, _: &ReadOptions) -> ssc::diagnostic::Result<Recording> {
        panic!("{path}: templates have no trace")
    }
}

#[test]
fn every_kind_loads_and_estimates_on_every_featured_platform() {
    let book = book();
    let today = "2026-11-23".parse().unwrap();
    let options = Options { today, ..Options::default() };
    let mut seen = 0;
    for kind in Kind::ALL {
        for platform in book.featured() {
            let target = Target {
                name: kind.name().into(),
                platform: platform.into(),
                settings: Vec::new(),
                model: Some("openai/gpt-6-luna".into())
                    .filter(|m: &String| book.model(m).is_some()),
            };
            // As the program chooses what holds sockets; small, because only the paths matter here.
            let gateway = match (kind, platform) {
                (Kind::Voice, "aws-lambda") => Some("aws-api-gateway-websocket"),
                (Kind::Voice, "azure-functions-flex") => Some("azure-web-pubsub"),
                _ => None,
            };
            let text =
                scenario(kind, &target, "3k/month", gateway.filter(|g| book.platform(g).is_some()));
            assert!(
                !text.contains("{{") && text.lines().all(|l| l.chars().count() <= 110),
                "{text}"
            );
            let source = ssc::diagnostic::Source::new("s.yaml", text.clone());
            let found = estimate(&source, &book, &options, &mut NoTraces);
            let found =
                found.unwrap_or_else(|e| panic!("{} on {platform}: {e}\n{text}", kind.name()));
            let requests = found.workloads[0].requests;
            assert!(
                (2_000..4_000).contains(&requests),
                "{} on {platform}: {requests}",
                kind.name()
            );
            seen += 1;
        }
    }
    assert!(seen >= 5, "the book puts platforms forward");
}

#[test]
fn the_program_writes_each_kind_where_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    for kind in ["chat", "rag", "voice", "pipeline", "agent"] {
        let file = format!("my {kind}.yaml");
        let output = init(&[&file, "--kind", kind, "--rate", "900/day", "--yes"], folder.path());
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty());
        let said = text(&output.stderr);
        assert!(said.lines().all(|l| l.chars().count() <= 88), "{said}");
        assert!(said.contains(&format!("ssc estimate 'my {kind}.yaml'")), "{said}");
        let written = fs::read_to_string(folder.path().join(&file)).unwrap();
        assert!(written.starts_with("# yaml-language-server: $schema="), "{written}");
        // What the schema says is what an editor will say.
        let schema = Command::new(env!("CARGO_BIN_EXE_ssc")).args(["schema", "scenario"]).output();
        let schema: serde_json::Value = serde_json::from_slice(&schema.unwrap().stdout).unwrap();
        let value: serde_json::Value = serde_yaml::from_str(&written).unwrap();
        assert!(jsonschema::validator_for(&schema).unwrap().is_valid(&value), "{written}");
    }
}

#[test]
fn a_chat_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let all = ["chat.yaml", "--kind", "chat", "--platform", "lambda", "--rate", "9k/month"];
    let output = init(&all, folder.path());
    insta::assert_snapshot!(fs::read_to_string(folder.path().join("chat.yaml")).unwrap());
    insta::assert_snapshot!(without_amounts(&text(&output.stderr)));
    let piped = init(&["-", "--kind", "chat", "--rate", "9k/month"], folder.path());
    let written = fs::read_to_string(folder.path().join("chat.yaml")).unwrap();
    assert_eq!(text(&piped.stdout), written, "- writes the same to stdout");
}

#[test]
fn mistakes_are_named_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("scenario.yaml"), "mine").unwrap();
    fs::create_dir(here.join("costs")).unwrap();
    fs::write(here.join("one.csv"), "timestamp,duration_ms\n2026-11-02T00:00:00Z,100\n").unwrap();
    let cases: [&[&str]; 11] = [
        &["new.yaml"],
        &["--yes"],
        &["costs", "--yes"],
        &["one.csv", "--yes"],
        &["new.yaml", "--kind", "chat", "--platform", "lamda"],
        &["new.yaml", "--kind", "chat", "--platform", "aws-alb"],
        &["new.yaml", "--kind", "chat", "--model", "openai/gpt-6-lunna"],
        &["new.yaml", "--kind", "chat", "--rate", "lots"],
        &["new.yaml", "--from", "missing.csv"],
        &["new.yaml", "--from", "one.csv"],
        &["new.yaml", "--from", "one.csv", "--kind", "chat"],
    ];
    let mut shown = String::new();
    for case in cases {
        let arguments = [&["init"], case].concat();
        let error = fails_with(&arguments, here);
        shown.push_str(&format!("$ ssc {}\n{error}\n", arguments.join(" ")));
    }
    insta::with_settings!({filters => vec![(r"`[a-z-]+`(, `[a-z-]+`)+, … \(\d+ in all\)", "…")]}, {
        insta::assert_snapshot!(shown);
    });
    assert_eq!(fs::read_to_string(here.join("scenario.yaml")).unwrap(), "mine");
    assert!(!here.join("new.yaml").exists());
    let forced = init(&["--yes", "--force", "--rate", "100/day"], here);
    assert!(forced.status.success());
    assert_ne!(fs::read_to_string(here.join("scenario.yaml")).unwrap(), "mine");
}

/// Three weeks of a chat that is known exactly, as a log of it would look.
fn log_of_a_known_chat(folder: &Path) -> usize {
    use ssc::units::{SimDuration, SimTime};
    use ssc::workload::arrivals::Pattern;
    use ssc::workload::{Distribution, random};
    let pattern =
        Pattern::Weekly { rate: 0.004, peak_hour: 9.0, peak_to_trough: 6.0, weekend: 0.3 };
    let start = SimTime(1_793_577_600_000_000_000);
    let mut rng = random::stream(11, 0, 99);
    let mut draw = |d: Distribution| d.sample(&mut rng);
    let mut rows = String::from(
        "timestamp,time_to_first_token_ms,duration_ms,input_tokens,cached_tokens,output_tokens\n",
    );
    let mut count = 0;
    for at in pattern.arrivals(start, SimDuration::from_secs(21 * 86_400), 5, 0) {
        let first = draw(Distribution::log_normal_with_p95(0.8, 2.0));
        let tokens = draw(Distribution::log_normal_with_cv(400.0, 0.8)).round();
        let speed = draw(Distribution::log_normal_with_cv(60.0, 0.2));
        let input = draw(Distribution::log_normal_with_cv(1_000.0, 1.0)).round();
        let (first, all) = (first * 1e3, (first + tokens / speed) * 1e3);
        let cached = (input * 0.25).floor();
        rows.push_str(&format!("{},{first:.0},{all:.0},{input},{cached},{tokens}\n", at.0));
        count += 1;
    }
    fs::create_dir(folder.join("the logs")).unwrap();
    fs::write(folder.join("the logs/chat.csv"), rows).unwrap();
    count
}

#[test]
fn a_trace_is_used_as_it_is_or_fitted_and_the_bills_agree() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let rows = log_of_a_known_chat(here);
    fs::create_dir(here.join("costs")).unwrap();
    let from = ["--from", "the logs/chat.csv", "--platform", "cloud-run"];
    let output = init(&[&["costs/log.yaml"], &from[..]].concat(), here);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let written = fs::read_to_string(here.join("costs/log.yaml")).unwrap();
    assert!(written.contains("trace: \"../the logs/chat.csv\""), "{written}");
    let output = init(&[&["costs/fit.yaml", "--fit"], &from[..]].concat(), here);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(report.lines().all(|l| l.chars().count() <= 80), "{report}");
    insta::assert_snapshot!(without_amounts(&report));
    insta::assert_snapshot!(fs::read_to_string(here.join("costs/fit.yaml")).unwrap());
    // The bills of both, by the program itself; three weeks repeat, a pattern does not.
    let json = |file: &str| -> serde_json::Value {
        let mut run = Command::new(env!("CARGO_BIN_EXE_ssc"));
        run.args(["estimate", file, "--format", "json", "--pricing-date", "2026-11-23"]);
        let output = run.current_dir(here.join("costs")).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let total = |of: &serde_json::Value| -> f64 {
        of["total"]["amount"].as_str().unwrap().parse().unwrap()
    };
    let (log, fit) = (json("log.yaml"), json("fit.yaml"));
    let off = total(&fit) / total(&log) - 1.0;
    // Four standard errors of a sum of so many requests that vary about as much as their mean.
    let error = 4.0 * 1.7 / (rows as f64).sqrt();
    assert!(off.abs() < error, "{off} of at most {error}");
    let shown = report.lines().find(|l| l.trim_start().starts_with("bill")).unwrap();
    let shown: f64 =
        shown.split_whitespace().last().unwrap().trim_end_matches('%').parse().unwrap();
    // Today's prices in the report, those of a fixed day here: the difference is of the traffic.
    assert!((shown / 100.0 - off).abs() < 0.005, "{shown}% is said, {off} is so");
}

#[test]
fn real_traces_are_fitted_and_estimate() {
    for name in ["traces/burstgpt/BurstGPT_3.first400.csv", "traces/ragpulse/0_trace.jsonl"] {
        let Some(path) = shared(name) else { return };
        let folder = tempfile::tempdir().unwrap();
        let path = path.canonicalize().unwrap();
        let output = init(&["fit.yaml", "--fit", "--from", path.to_str().unwrap()], folder.path());
        assert!(output.status.success(), "{name}: {}", text(&output.stderr));
        let report = text(&output.stdout);
        let bill = report.lines().find(|l| l.trim_start().starts_with("bill")).unwrap();
        let off = bill.split_whitespace().last().unwrap().trim_end_matches('%');
        assert!(off.parse::<f64>().unwrap().abs() < 5.0, "{report}");
    }
}

#[test]
fn a_name_or_path_cannot_break_out_of_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let odd = "a: b # {{llm}} \"x\" \\ ü";
    let output =
        init(&["odd.yaml", "--kind", "chat", "--rate", "9/day", "--name", odd], folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let value: serde_json::Value =
        serde_yaml::from_str(&fs::read_to_string(folder.path().join("odd.yaml")).unwrap()).unwrap();
    assert_eq!((&value["name"], &value["workloads"][0]["name"]), (&odd.into(), &odd.into()));
}

#[test]
fn headers_windows_and_bad_rows_go_into_the_scenario() {
    let folder = tempfile::tempdir().unwrap();
    let log = "When,took_ms\n2026-11-02T00:00:00Z,100\n2026-11-02T00:00:10Z,abc\n2026-11-02T00:01:00Z,50\n";
    fs::write(folder.path().join("odd.csv"), log).unwrap();
    let arguments = ["odd.yaml", "--from", "odd.csv", "--column", "timestamp=When", "--column"];
    let more = ["duration_ms=took_ms", "--skip-bad-rows", "--window", "1h"];
    let output = init(&[&arguments[..], &more].concat(), folder.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    insta::assert_snapshot!(fs::read_to_string(folder.path().join("odd.yaml")).unwrap());
    let mut estimate = Command::new(env!("CARGO_BIN_EXE_ssc"));
    let done = estimate.args(["estimate", "odd.yaml"]).current_dir(folder.path()).output().unwrap();
    // Two requests an hour for 730 hours.
    assert!(text(&done.stdout).contains("1,460 streams"), "{}", text(&done.stdout));
}

#[test]
#[cfg(target_os = "linux")]
fn questions_are_asked_on_a_terminal_and_slips_are_asked_again() {
    use std::io::Write;
    use std::process::Stdio;
    let folder = tempfile::tempdir().unwrap();
    let mut script = Command::new("script");
    script.args(["-qec", &format!("{} init --quiet", env!("CARGO_BIN_EXE_ssc")), "/dev/null"]);
    script.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::piped());
    // Without the tool that makes terminals there is nothing to ask on.
    let Ok(mut running) = script.spawn() else { return };
    let answers = "agnet\nagent\nclodu-run\ncloud-run\nnone\nlots\n90/day\nmy agent\n";
    running.stdin.take().unwrap().write_all(answers.as_bytes()).unwrap();
    let said = text(&running.wait_with_output().unwrap().stdout);
    for part in ["did you mean `agent`?", "did you mean `cloud-run`?", "`lots` is not a rate"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let written = fs::read_to_string(folder.path().join("scenario.yaml")).unwrap();
    for part in
        ["name: \"my agent\"", "platform: cloud-run", "rate: 90/day", "# llm: PROVIDER/MODEL"]
    {
        assert!(written.contains(part), "{part}: {written}");
    }
}
