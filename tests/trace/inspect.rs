//! `ssc trace inspect`: what is understood of a trace.

use super::render;
use crate::cli::{fails_with, ssc, text};
use crate::shared::shared;
use serde_json::Value;
use ssc::report::trace::{Form, inspection};
use ssc::units::{SimDuration, SimTime};
use ssc::workload::arrivals::Pattern;
use ssc::workload::import::{IMPORTERS, ReadOptions, read};
use ssc::workload::inspect::{Inspection, Reading};
use ssc::workload::prefix_cache::{CacheLimits, replay};
use ssc::workload::random::{exponential, purpose, stream, uniform};
use ssc::workload::{PrefixBlock, Row, TimeBase, Trace};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

fn inspect(trace: &Trace) -> Inspection {
    let ttls = [SimDuration::from_secs(300), SimDuration::from_hours(1), SimDuration::MAX];
    let caches = ttls.map(|ttl| CacheLimits { ttl, tokens: 10_000 });
    Inspection::of(trace, 60, &caches).unwrap_or_else(|e| panic!("{}", render(&e)))
}

fn published(path: &str) -> Option<Inspection> {
    let file = fs::File::open(shared(path)?).unwrap();
    let trace = read(path, file, &ReadOptions::default());
    Some(inspect(&trace.unwrap_or_else(|e| panic!("{}", render(&e)))))
}

/// Sum, least, p25 to p99 and greatest value of a field.
fn field(found: &Inspection, name: &str) -> (u128, [u64; 8]) {
    let field = found.fields.iter().find(|f| f.field.name() == name).unwrap();
    let q = &field.quantiles;
    let [p25, p50, p75, p90, p95, p99] = q.at;
    (q.sum, [q.min, p25, p50, p75, p90, p95, p99, q.max])
}

fn near(value: f64, expected: f64) {
    assert!((value / expected - 1.0).abs() < 1e-3, "{value} is not near {expected}");
}

#[test]
fn azure_llm_2023_as_described() {
    let path = "traces/azure-llm-2023/AzureLLMInferenceTrace_code.csv";
    let Some(found) = published(path) else { return };
    assert_eq!((found.rows, found.skipped, found.out_of_order), (8_819, 0, 0));
    assert_eq!(
        field(&found, "input_tokens"),
        (18_059_974, [3, 578, 1_469, 2_745, 5_186, 7_302, 7_436, 7_437])
    );
    assert_eq!(field(&found, "output_tokens"), (245_896, [6, 9, 13, 24, 55, 90, 252, 1_899]));
    assert_eq!(found.in_flight, None);
    assert_eq!(found.by_hour, None);
    // The mean gap is the span over the gaps.
    near(found.rate.unwrap(), 1.0 / (3_435.948 / 8_818.0));
    let code = found.burstiness.unwrap().reading().unwrap();

    let path = "traces/azure-llm-2023/AzureLLMInferenceTrace_conv.csv";
    let Some(found) = published(path) else { return };
    assert_eq!(
        field(&found, "input_tokens"),
        (22_361_870, [2, 396, 1_020, 1_189, 2_735, 4_083, 4_142, 14_050])
    );
    assert_eq!(
        field(&found, "output_tokens"),
        (4_088_665, [7, 85, 129, 395, 424, 451, 601, 1_000])
    );
    near(found.rate.unwrap(), 1.0 / (3_501.722 / 19_365.0));
    // "`code` is far burstier than `conv`."
    let conversation = found.burstiness.unwrap().reading().unwrap();
    assert_eq!((code, conversation), (Reading::VeryBursty, Reading::Poisson));
}

#[test]
fn burstgpt_as_described() {
    let Some(found) = published("traces/burstgpt/BurstGPT_1.first400.csv") else { return };
    assert_eq!(
        field(&found, "input_tokens"),
        (208_189, [0, 50, 320, 867, 1_416, 1_637, 1_958, 2_126])
    );
    assert_eq!(
        field(&found, "output_tokens"),
        (110_612, [0, 58, 230, 381, 570, 812, 1_421, 2_019])
    );
    assert_eq!(found.statuses.map(|(_, n)| n), [383, 17, 0]);
    let models: Vec<_> = found.models.labels.iter().map(|l| (l.label.as_str(), l.rows)).collect();
    assert_eq!(models, [("ChatGPT", 320), ("GPT-4", 80)]);

    let Some(found) = published("traces/burstgpt/BurstGPT_3.first400.csv") else { return };
    assert_eq!(
        field(&found, "input_tokens"),
        (246_941, [0, 86, 309, 609, 1_134, 1_497, 5_866, 25_085])
    );
    assert_eq!(field(&found, "output_tokens"), (68_350, [0, 45, 101, 216, 420, 553, 862, 1_101]));
    let (sum, ranks) = field(&found, "duration");
    assert_eq!((sum, ranks[7]), (3_879_000_000_000, 155_000_000_000));
    // Rounded down to zero: not known rather than zero.
    let in_flight = found.in_flight.unwrap();
    assert_eq!(in_flight.rows, 372);
    near(in_flight.mean.unwrap(), 3_879.0 / (41_453.0 * 400.0 / 399.0));
}

/// The rows of the Mooncake trace, its prompt blocks included.
fn mooncake() -> Option<Trace> {
    let path = shared("traces/mooncake-fast25/conversation_trace.jsonl")?;
    let mut trace = Trace::new("test");
    trace.time_base = TimeBase::TraceStart;
    for line in fs::read_to_string(path).unwrap().lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let number = |key: &str| row[key].as_u64().unwrap();
        let input = u32::try_from(number("input_length")).unwrap();
        trace.push(Row {
            arrival: SimTime(i64::try_from(number("timestamp")).unwrap() * 1_000_000),
            input_tokens: Some(input),
            output_tokens: u32::try_from(number("output_length")).ok(),
            ..Row::default()
        });
        let ids = row["hash_ids"].as_array().unwrap().iter().map(|id| id.as_u64().unwrap());
        let blocks =
            ids.zip(0..).map(|(id, i)| PrefixBlock { id, tokens: 512.min(input - 512 * i) });
        trace.push_prefix(&blocks.collect::<Vec<_>>());
    }
    Some(trace)
}

#[test]
fn mooncake_as_described() {
    let Some(trace) = mooncake() else { return };
    let found = inspect(&trace);
    assert_eq!(
        field(&found, "input_tokens"),
        (144_793_823, [891, 2_307, 6_909, 15_368, 27_367, 39_552, 85_401, 126_195])
    );
    assert_eq!(
        field(&found, "output_tokens"),
        (4_122_048, [1, 157, 350, 472, 597, 698, 1_120, 2_000])
    );
    let burstiness = found.burstiness.unwrap();
    assert!(burstiness.quantised);
    assert_eq!(burstiness.instants, 1_180);
    near(burstiness.step.as_secs_f64(), 3.0);

    // "With an infinite cache 37.4 % of prompt tokens are prefix hits."
    let share = |seconds: i64, tokens: u64| {
        let used = replay(&trace, CacheLimits { ttl: SimDuration::from_secs(seconds), tokens });
        assert_eq!((used.requests, used.prompt_tokens), (12_031, 144_793_823));
        used.hit_share().unwrap()
    };
    let infinite = replay(&trace, CacheLimits::NONE).hit_share().unwrap();
    assert_eq!(format!("{:.1}", infinite * 100.0), "37.4");
    assert!((share(3_600, u64::MAX) - infinite).abs() < 1e-12, "the trace lasts an hour");
    let shares = [share(60, 10_000_000), share(60, u64::MAX), share(300, u64::MAX), infinite];
    assert!(shares.is_sorted() && shares[0] > 0.0 && shares[1] < shares[3], "{shares:?}");
}

/// Four days of requests with a daily rhythm, in the native format, two rows of which are bad.
fn four_days() -> String {
    let start = SimTime(1_794_182_400_000_000_000);
    let pattern = Pattern::Diurnal { rate: 0.005, peak_hour: 15.0, peak_to_trough: 8.0 };
    let mut rng = stream(5, 0, purpose::REQUESTS);
    let mut csv = String::from(
        "timestamp,workload,model,duration_ms,time_to_first_token_ms,input_tokens,cached_tokens,\
         output_tokens,cpu_ms,response_bytes,status\n",
    );
    for (i, at) in pattern.arrivals(start, SimDuration::from_hours(96), 5, 0).enumerate() {
        let mut draw = |mean: f64| (exponential(&mut rng) * mean).round();
        let (first, input, output) = (draw(600.0) + 150.0, draw(1_500.0), draw(300.0) + 1.0);
        let duration = first + output * 14.0;
        let cached = (input * uniform(&mut rng)).floor();
        let at = chrono::DateTime::from_timestamp_nanos(at.0).to_rfc3339();
        let model = ["small", "large", "small"][i % 3];
        let workload = if i % 5 == 0 { "search" } else { "chat" };
        let status = if i % 97 == 3 { "failed" } else { "ok" };
        let input = if i % 400 == 7 { "many".into() } else { input.to_string() };
        let cached = if i % 10 == 0 { String::new() } else { cached.to_string() };
        writeln!(
            csv,
            "{at},{workload},{model},{duration},{first},{input},{cached},{output},{},{},{status}",
            20 + i % 7,
            output * 90.0
        )
        .unwrap();
    }
    csv
}

/// Runs `ssc trace inspect trace.csv` so many columns wide.
fn run(folder: &Path, width: &str, locale: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ssc"))
        .args(["trace", "inspect", "trace.csv"])
        .args(arguments)
        .current_dir(folder)
        .env("COLUMNS", width)
        .env("LC_ALL", locale)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn folder(csv: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("trace.csv"), csv).unwrap();
    folder
}

#[test]
fn the_text_at_80_and_120_columns() {
    let folder = folder(&four_days());
    insta::assert_snapshot!("inspect_80", run(folder.path(), "80", "C.UTF-8", &[]));
    insta::assert_snapshot!("inspect_120", run(folder.path(), "120", "C.UTF-8", &[]));
}

#[test]
fn no_line_is_wider_than_the_page_and_no_style_leaks_into_a_pipe() {
    let folder = folder(&four_days());
    for width in ["60", "72", "99", "200"] {
        let shown = run(folder.path(), width, "C.UTF-8", &[]);
        let limit: usize = width.parse().unwrap();
        for line in shown.lines() {
            assert!(line.chars().count() <= limit, "{width}: {line}");
            assert!(!line.contains('\u{1b}') && line.trim_end() == line, "{line:?}");
        }
    }
    assert!(run(folder.path(), "80", "C.UTF-8", &["--color", "always"]).contains('\u{1b}'));
}

#[test]
fn a_terminal_without_unicode_gets_other_bars() {
    let folder = folder(&four_days());
    let bars = |shown: String| shown.contains('█');
    assert!(bars(run(folder.path(), "80", "en_US.UTF-8", &[])));
    assert!(bars(run(folder.path(), "80", "", &[])));
    let ascii = run(folder.path(), "80", "C", &[]);
    assert!(ascii.contains('@') && !bars(ascii));
}

#[test]
fn json_says_the_same_whatever_the_width() {
    let folder = folder(&four_days());
    let json = run(folder.path(), "60", "C", &["--format", "json"]);
    assert_eq!(json, run(folder.path(), "200", "C.UTF-8", &["--format", "json"]));
    run(folder.path(), "80", "C", &["--format", "json", "-o", "found.json"]);
    assert_eq!(json, fs::read_to_string(folder.path().join("found.json")).unwrap());

    let found: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(found["schema"], "ssc/trace/1");
    let rows = found["rows"].as_u64().unwrap();
    let bins = found["over_time"]["requests"].as_array().unwrap();
    assert_eq!(bins.iter().map(|n| n.as_u64().unwrap()).sum::<u64>(), rows);
    assert_eq!(found["by_hour"]["requests"].as_array().unwrap().len(), 24);
    assert_eq!(found["time_base"], "unix_epoch");
    assert!(found["first_arrival"]["date"].as_str().unwrap().starts_with("2026-11-09T"));
    assert!(found["first_skipped"].as_str().unwrap().contains("`many` is not"));
    assert!(found["skipped_rows"].as_u64().unwrap() > 0);
    assert_eq!(found["fields"][0]["field"], "input_tokens");
    assert_eq!(found["fields"][0]["ranks"], "exact");
    let statuses = found["statuses"].as_object().unwrap();
    assert_eq!(statuses.values().map(|n| n.as_u64().unwrap()).sum::<u64>(), rows);
}

#[test]
fn a_prompt_cache_is_told_in_text_and_in_json() {
    let mut trace = Trace::new("test");
    trace.time_base = TimeBase::TraceStart;
    for i in 0..200_u32 {
        let arrival = SimTime(i64::from(i) * 47_000_000_000);
        trace.push(Row { arrival, input_tokens: Some(1_100), ..Row::default() });
        let block = |id: u32, tokens| PrefixBlock { id: u64::from(id), tokens };
        trace.push_prefix(&[block(0, 512), block(1 + i % 9, 512), block(1_000 + i, 76)]);
    }
    let found = inspect(&trace);
    let table = Form::Table { width: 80, color: false, unicode: true };
    let shown = inspection("prompts.jsonl", &found, table);
    insta::assert_snapshot!("inspect_cache", shown);
    let narrow = inspection("p", &found, Form::Table { width: 60, color: false, unicode: true });
    assert!(narrow.lines().all(|line| line.chars().count() <= 60), "{narrow}");
    let json: Value = serde_json::from_str(&inspection("p", &found, Form::Json)).unwrap();
    let caches = json["prompt_caches"].as_array().unwrap();
    assert_eq!(caches.len(), 3);
    assert_eq!((&caches[0]["ttl_seconds"], &caches[0]["tokens"]), (&"300".into(), &10_000.into()));
    assert_eq!(caches[2]["ttl_seconds"], Value::Null);
    // All but the first request hit the block they share, and from the tenth on their second too.
    assert_eq!(caches[2]["hit_tokens"], 199 * 512 + 191 * 512);
    assert_eq!(caches[0]["hit_tokens"], 199 * 512);
}

#[test]
fn a_trace_of_one_instant_or_one_row_is_shown_too() {
    for csv in ["timestamp\n5\n", "timestamp,duration_ms\n5,0\n5,0\n5,0\n"] {
        let folder = folder(csv);
        let shown = run(folder.path(), "80", "C.UTF-8", &[]);
        assert!(shown.contains("not known: the trace is a single instant"), "{shown}");
        run(folder.path(), "80", "C.UTF-8", &["--format", "json"]);
    }
}

#[test]
fn every_importer_has_a_line_in_the_manual() {
    let page = include_str!("../../docs/traces.md");
    for importer in IMPORTERS {
        assert!(page.contains(&format!("\n| `{}` |", importer.name)), "{}", importer.name);
    }
}

#[test]
fn what_cannot_be_inspected_is_refused() {
    let folder = folder("timestamp,input_tokens\n1,2\n2,3\n");
    fs::write(folder.path().join("chat.yaml"), "name: chat\n").unwrap();
    fs::write(folder.path().join("empty.csv"), "\n").unwrap();
    fs::write(folder.path().join("bad.csv"), "timestamp\nsoon\nlater\n").unwrap();
    let fails = |arguments: &[&str]| {
        let mut all = vec!["trace", "inspect"];
        all.extend(arguments);
        fails_with(&all, folder.path())
    };
    let all = [
        fails(&["chat.yaml"]),
        fails(&["empty.csv"]),
        fails(&["bad.csv"]),
        fails(&["nowhere.csv"]),
        fails(&["trace.csv", "--cache-ttl", "5m"]),
        fails(&["trace.csv", "--trace-format", "natve"]),
        fails(&["trace.csv", "--column", "timestamp"]),
        fails(&["trace.csv", "--cache-ttl", "5"]),
    ];
    insta::assert_snapshot!("inspect_errors", all.join("\n"));
    let output = ssc(&["trace", "inspect", "trace.csv"], folder.path());
    assert!(output.status.success());
}
