//! Formats in JSON, read from small files in their shape.

use super::fixtures::{self, load};
use super::{error, error_with, format, parse, parse_with, skipping};
use proptest::prelude::*;
use ssc::workload::import::{IMPORTERS, ReadOptions, read};
use ssc::workload::{Row, Trace};
use std::fmt::Write;
use std::fs;
use std::path::Path;

fn fixture(name: &str) -> Trace {
    load(&fixtures::fixture(name), &ReadOptions { seed: 42, ..ReadOptions::default() })
}

/// What a trace holds, a line a row; arrivals count from the first.
fn told(trace: &Trace) -> String {
    let first = trace.row(0).arrival;
    let mut text = format!("{} of {} rows\n", trace.format, trace.len());
    for (i, row) in trace.iter().enumerate() {
        let name = |names: &[String], index: Option<u16>| {
            index.map_or("-".to_owned(), |i| names[usize::from(i)].clone())
        };
        let Row { duration, time_to_first_token: ttft, status, .. } = row;
        let time = |d: Option<ssc::units::SimDuration>| d.map_or("-".into(), |d| d.to_string());
        let count = |n: Option<u64>| n.map_or("-".into(), |n| n.to_string());
        let tokens =
            [row.input_tokens, row.cached_tokens, row.cache_write_tokens, row.output_tokens];
        let tokens: Vec<_> = tokens.iter().map(|t| count(t.map(u64::from))).collect();
        write!(text, "{} {} {}", row.arrival.since(first), time(duration), time(ttft)).unwrap();
        write!(text, " tokens {}", tokens.join(" ")).unwrap();
        write!(text, " bytes {} {}", count(row.request_bytes), count(row.response_bytes)).unwrap();
        let labels =
            [name(trace.workload_labels(), row.workload), name(trace.model_labels(), row.model)];
        write!(text, " {status:?} {}", labels.join(" ")).unwrap();
        let blocks = trace.prefixes().of(i).iter().map(|b| b.tokens.to_string());
        writeln!(text, " [{}]", blocks.collect::<Vec<_>>().join(" ")).unwrap();
    }
    for note in &trace.notes {
        writeln!(text, "note: {note}").unwrap();
    }
    text
}

#[test]
fn mooncake_ticks_are_spread_and_blocks_kept() {
    insta::assert_snapshot!(told(&fixture("mooncake.jsonl")), @r"
    mooncake of 24 rows
    0s - - tokens 1100 - - 50 bytes - - Completed - - [512 512 76]
    1000333333ns - - tokens 1200 - - 51 bytes - - Completed - - [512 512 176]
    2000666666ns - - tokens 1300 - - 52 bytes - - Completed - - [512 512 276]
    3.001s - - tokens 1100 - - 50 bytes - - Completed - - [512 512 76]
    4000666666ns - - tokens 1200 - - 51 bytes - - Completed - - [512 512 176]
    5000333333ns - - tokens 1300 - - 52 bytes - - Completed - - [512 512 276]
    6s - - tokens 1100 - - 50 bytes - - Completed - - [512 512 76]
    7000333333ns - - tokens 1200 - - 51 bytes - - Completed - - [512 512 176]
    8000666666ns - - tokens 1300 - - 52 bytes - - Completed - - [512 512 276]
    9.001s - - tokens 1100 - - 50 bytes - - Completed - - [512 512 76]
    10000666666ns - - tokens 1200 - - 51 bytes - - Completed - - [512 512 176]
    11000333333ns - - tokens 1300 - - 52 bytes - - Completed - - [512 512 276]
    12s - - tokens 1100 - - 50 bytes - - Completed - - [512 512 76]
    13000333333ns - - tokens 1200 - - 51 bytes - - Completed - - [512 512 176]
    14000666666ns - - tokens 1300 - - 52 bytes - - Completed - - [512 512 276]
    15.001s - - tokens 1100 - - 50 bytes - - Completed - - [512 512 76]
    16000666666ns - - tokens 1200 - - 51 bytes - - Completed - - [512 512 176]
    17000333333ns - - tokens 1300 - - 52 bytes - - Completed - - [512 512 276]
    18s - - tokens 1100 - - 50 bytes - - Completed - - [512 512 76]
    19000333333ns - - tokens 1200 - - 51 bytes - - Completed - - [512 512 176]
    20000666666ns - - tokens 1300 - - 52 bytes - - Completed - - [512 512 276]
    21.001s - - tokens 1100 - - 50 bytes - - Completed - - [512 512 76]
    22001333333ns - - tokens 1200 - - 51 bytes - - Completed - - [512 512 176]
    23001666666ns - - tokens 1300 - - 52 bytes - - Completed - - [512 512 276]
    note: arrivals stand on 8 instants about 3s apart, up to 3 on one: spread evenly up to the next
    ");
}

#[test]
fn qwen_bailian_has_seconds_and_small_blocks() {
    insta::assert_snapshot!(told(&fixture("qwen-bailian.jsonl")), @r"
    qwen-bailian of 2 rows
    0s - - tokens 40 - - 7 bytes - - Completed - - [16 16 8]
    12.25s - - tokens 70 - - 9 bytes - - Completed - - [16 16 16 16 6]
    ");
}

#[test]
fn ragpulse_takes_the_lengths_of_prompt_pieces_from_the_files_beside_it() {
    insta::assert_snapshot!(told(&fixture("ragpulse/0_trace.jsonl")), @r"
    ragpulse of 3 rows
    0s - - tokens 640 - - 40 bytes - - Completed - - [512 80 11 25]
    83s - - tokens 1000 - - 80 bytes - - Completed - - [512 90 150 200 11 20]
    193s - - tokens 900 - - 60 bytes - - Completed - - [512 90 200 11 30]
    note: 1 row stood below a later arrival, the furthest by 3m 13s: sorted by arrival
    ");
}

#[test]
fn tracelab_rounds_begin_with_their_last_input() {
    insta::assert_snapshot!(told(&fixture("tracelab.jsonl")), @r"
    tracelab of 3 rows
    0s 1s 750ms tokens 900 800 - 30 bytes - - Completed - model-b []
    3599s 4.25s 2.5s tokens 3000 2000 600 120 bytes - - Completed - model-a []
    7199s - - tokens 50 0 - 0 bytes - - Completed - model-b []
    note: 1 row stood below a later arrival, the furthest by 59m 59s: sorted by arrival
    note: models: `model-a` (1), `model-b` (2)
    note: 1 row without an input followed by an answer: their duration is left open
    ");
}

#[test]
fn lambda_invocations_are_put_together_from_their_events() {
    insta::assert_snapshot!(told(&fixture("lambda-json.log")), @r"
    lambda-json of 4 rows
    0s 2000.25ms 310.5ms tokens - - - - bytes - 4096 Completed - - []
    59.8s 900ms - tokens - - - - bytes - - Completed - - []
    60.3s 801.125ms 20ms tokens - - - - bytes - 10 Failed - - []
    119.8s - - tokens - - - - bytes - - Completed - - []
    note: the log lost 12 records (platform.logsDropped): requests may be missing, so any cost is a lower bound
    note: billed durations as logged: 3.903s in all, on 3 rows
    note: memory sizes: 512 MB (3); at most 90 MB used
    note: measured cold starts: 1 of 3 invocations, 200.5ms on average, 200.5ms at most
    note: 1 row without a report: what it would say is left open
    note: 2 entries tell of no request: left out
    note: 2 lines are no JSON or have text beside it: the text is left out
    ");
}

#[test]
fn cloud_run_requests_begin_at_their_timestamp() {
    insta::assert_snapshot!(told(&fixture("cloud-run.json")), @r"
    cloud-run of 4 rows
    0s 1.901ms - tokens - - - - bytes 512 2048 Failed chat - []
    500ms - - tokens - - - - bytes 512 2048 Completed chat - []
    1500.001ms 2602287838ns - tokens - - - - bytes 512 2048 Completed chat - []
    7.5s - - tokens - - - - bytes 512 2048 Completed search - []
    note: 2 rows stood below a later arrival, the furthest by 1.5s: sorted by arrival
    note: 1 entry tells of no request: left out
    note: 1 row with a latency of 0 s, which is rounded down: their duration is left open
    note: 2 instances answered
    ");
}

#[test]
fn vercel_entries_of_one_id_are_one_request() {
    insta::assert_snapshot!(told(&fixture("vercel.ndjson")), @r"
    vercel of 3 rows
    0s - - tokens - - - - bytes - - Failed site - []
    200ms 1850.5ms - tokens - - - - bytes - 900 Completed site - []
    5.19s - - tokens - - - - bytes - - Completed site - []
    note: 1 row stood below a later arrival, the furthest by 200ms: sorted by arrival
    note: 4 entries tell of 3 requests: entries of one id are one request
    note: 2 rows without a REPORT line: their duration is left open
    note: a drain may be sampled by rule and does not say so: check its sampling rate
    note: 2 entries tell of no request: left out
    ");
}

#[test]
fn litellm_streams_last_from_start_to_end() {
    insta::assert_snapshot!(told(&fixture("litellm.jsonl")), @r"
    litellm of 3 rows
    0s 10s 750ms tokens 1000 800 - 300 bytes - - Completed - example-model []
    1s 2s - tokens 20 - 4 5 bytes - - Completed - example-model []
    5s 120ms - tokens 0 - - 0 bytes - - Failed - example-model []
    note: 1 row stood below a later arrival, the furthest by 4s: sorted by arrival
    note: models: `example-model` (3)
    note: 1 row with a first token at or before the start or after the end: left open
    ");
}

#[test]
fn app_insights_rows_stand_for_item_count_requests() {
    insta::assert_snapshot!(told(&fixture("app-insights.json")), @r"
    app-insights of 7 rows
    0s 1500.25ms - tokens - - - - bytes - - Completed chat-app - []
    3866411074ns 1500.25ms - tokens - - - - bytes - - Completed chat-app - []
    4587468653ns 1500.25ms - tokens - - - - bytes - - Completed chat-app - []
    7136460379ns 1500.25ms - tokens - - - - bytes - - Completed chat-app - []
    10s - - tokens - - - - bytes - - Completed chat-app - []
    20123456700ns 80ms - tokens - - - - bytes - - Failed chat-app - []
    24911718947ns 80ms - tokens - - - - bytes - - Failed chat-app - []
    note: 1 entry tells of no request: left out
    note: sampled: 3 rows stand for 7 requests, those not logged spread at random (seed 42) up to the next row
    note: 1 row with a duration of 0 ms, which is rounded down: left open
    note: durations are those of the whole request; the function's own execution time (FunctionExecutionTimeMs) is 1400.5ms of 1500.25ms on 1 row that log both
    ");
}

#[test]
fn app_insights_csv_of_the_portal() {
    insta::assert_snapshot!(told(&fixture("app-insights-portal.csv")), @r"
    app-insights of 4 rows
    0s 1500.25ms - tokens - - - - bytes - - Completed chat-app - []
    3307335526091ns 1500.25ms - tokens - - - - bytes - - Completed chat-app - []
    5145031110722ns 1500.25ms - tokens - - - - bytes - - Completed chat-app - []
    7209.5s 12.5ms - tokens - - - - bytes - - Failed chat-app - []
    note: sampled: 2 rows stand for 4 requests, those not logged spread at random (seed 42) up to the next row
    ");
}

#[test]
fn other_shapes_of_the_same_log_read_the_same() {
    let text = |name: &str| fs::read_to_string(fixtures::fixture(name)).unwrap();
    let values = |name: &str| -> Vec<serde_json::Value> {
        let text = text(name);
        let lines = text.lines().filter_map(|l| serde_json::from_str(l).ok());
        lines.collect()
    };
    let same = |a: &Trace, b: &Trace| assert_eq!(told(a), told(b));

    let list: Vec<serde_json::Value> = serde_json::from_str(&text("cloud-run.json")).unwrap();
    let lines: Vec<_> = list.iter().map(ToString::to_string).collect();
    same(&parse(&lines.join("\n")), &fixture("cloud-run.json"));

    let drain = serde_json::json!(values("vercel.ndjson")).to_string();
    same(&parse(&drain), &fixture("vercel.ndjson"));

    let insights: serde_json::Value = serde_json::from_str(&text("app-insights.json")).unwrap();
    let lines: Vec<_> =
        insights["records"].as_array().unwrap().iter().map(ToString::to_string).collect();
    let seeded = ReadOptions { seed: 42, ..ReadOptions::default() };
    same(&parse_with(&lines.join("\n"), &seeded), &fixture("app-insights.json"));

    // A list of events as the Telemetry API sends it, and an export with events as messages.
    let events: Vec<_> = values("lambda-json.log");
    let rows = |trace: &Trace| trace.iter().collect::<Vec<_>>();
    let list = parse(&serde_json::json!(events).to_string());
    let message =
        |e: &serde_json::Value| serde_json::json!({"timestamp": 1, "message": e.to_string()});
    let export: Vec<_> = events.iter().map(message).collect();
    let export =
        parse(&serde_json::json!({"events": export, "searchedLogStreams": []}).to_string());
    assert_eq!((list.format, export.format), ("lambda-json", "lambda-json"));
    assert_eq!(rows(&list), rows(&export));
    let quoted =
        |e: &serde_json::Value| std::format!("1,\"{}\"\n", e.to_string().replace('"', "\"\""));
    let table = events.iter().map(quoted).collect::<String>();
    let table = parse(&std::format!("timestamp,message\n1,\"cut {{\"\"off\"\n{table}"));
    assert_eq!((table.format, rows(&table)), ("lambda-json", rows(&list)));
    // The start glued to a line of text is no event there, so its report stands alone.
    assert_eq!(rows(&list)[1..], rows(&fixture("lambda-json.log"))[1..]);
    assert_eq!(list.row(0).duration, fixture("lambda-json.log").row(0).duration);
}

#[test]
fn zeros_are_kept_as_rounded_or_failed_requests() {
    let trace = fixture("litellm.jsonl");
    let failed = trace.row(2);
    assert_eq!((failed.input_tokens, failed.output_tokens), (Some(0), Some(0)));
    let zeros = r#"{"startTime":1,"endTime":1.5,"completionStartTime":1.2,"prompt_tokens":0,"completion_tokens":0,"model":"m"}"#;
    insta::assert_snapshot!(told(&parse(zeros)), @r"
    litellm of 1 rows
    0s 500ms 200ms tokens 0 - - 0 bytes - - Failed - m []
    note: timestamps are read as seconds from the start; if they are not, name the unit, as in `timestamp_ms`
    note: models: `m` (1)
    note: 1 row without any token: failed requests
    ");
    assert_eq!(fixture("cloud-run.json").row(1).duration, None);
}

#[test]
fn logs_in_which_nothing_is_understood() {
    insta::assert_snapshot!(error_with("hello\n{\"a\":1}\n", &format("lambda-json")), @r"
    error: there is no request in this `lambda-json` trace
    note: 1 row of other kinds in it
    note: 1 line is no JSON or has text beside it
    hint: check that the log was exported whole, or name another format
    ");
    insta::assert_snapshot!(error_with("{\"a\":1}\n{\"b\":2}\n", &format("vercel")), @r"
    error: there is no request in this `vercel` trace
    note: 2 rows of other kinds in it
    hint: check that the log was exported whole, or name another format
    ");
    let other = r#"{"logName":"projects/p/logs/stdout","httpRequest":{},"timestamp":"2026-05-01T10:00:02Z"}"#;
    insta::assert_snapshot!(error_with(other, &format("cloud-run")), @r"
    error: there is no request in this `cloud-run` trace
    note: 1 row of other kinds in it
    hint: check that the log was exported whole, or name another format
    ");
}

/// All fixtures, by name.
fn all() -> Vec<(String, Vec<u8>)> {
    let files = fs::read_dir(fixtures::fixture("")).unwrap().map(|e| e.unwrap().path());
    let files = files.filter(|path| path.is_file());
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let mut all: Vec<_> = files.map(|path| (name(&path), fs::read(&path).unwrap())).collect();
    all.sort();
    all
}

proptest! {
    #[test]
    fn damaged_files_are_refused_or_read_but_nothing_panics(
        file in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4), 1..6),
        skip_bad_rows in any::<bool>(),
    ) {
        let all = all();
        let (name, mut bytes) = all[file.index(all.len())].clone();
        for (at, byte, kind) in edits {
            let at = at.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, b"{}[]\",\\:0-\n"[usize::from(byte) % 11]),
                2 => bytes.truncate(at.max(1)),
                _ => drop(bytes.drain(at..(at + usize::from(byte)).min(bytes.len() - 1).max(at))),
            }
        }
        let options = ReadOptions { skip_bad_rows, ..ReadOptions::default() };
        let _ = read(&name, bytes.as_slice(), &options);
        // As a format it is not.
        let format = IMPORTERS[other.index(IMPORTERS.len())].name.to_owned();
        let options = ReadOptions { format: Some(format), ..options };
        let _ = read(&name, bytes.as_slice(), &options);
    }
}

#[test]
fn bad_fields_of_formats_are_pointed_at() {
    let mooncake = |ids: &str| {
        std::format!(
            "{{\"timestamp\": 0, \"input_length\": 600, \"output_length\": 5, \"hash_ids\": {ids}}}"
        )
    };
    let good = mooncake("[0, 1]");
    insta::assert_snapshot!(error(&std::format!("{good}\n{}", mooncake("[1, \"x\"]"))), @r#"
    error: row 2: `[1, "x"]` is not a list of block hashes
     --> trace.csv:2:71
      | {"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [1, "x"]}
      |                                                                       ^^^^^^^^ in field `hash_ids`
    note: allowed: whole numbers, one per prompt block, such as `[0, 14, 15]`
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#);
    insta::assert_snapshot!(
        error(&fs::read_to_string(fixtures::fixture("lambda-json.log")).unwrap().replace("1999.5", "-3")),
        @r#"
    error: row 4: `-3` is negative, not a number of milliseconds
     --> trace.csv:5:341
      | {"time":"2026-05-01T10:00:02.200Z","type":"platform.runtimeDone","record":{"requestId":"11111111-aaaa-4aaa-8aaa-000000000001","status":"success","spans":[{"name":"responseLatency","start":"2026-05-01T10:00:02.200Z","durationMs":310.5},{"name":"responseDuration","start":"2026-05-01T10:00:02.200Z","durationMs":1.0}],"metrics":{"durationMs":-3,"producedBytes":4096}}}
      |                                                                                                                                                                                                                                                                                                                                                     ^^ in field `record.metrics.durationMs`
    note: allowed: a number such as `12.5`, or an empty cell if it is not known
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#
    );
    insta::assert_snapshot!(
        error(&fs::read_to_string(fixtures::fixture("cloud-run.json")).unwrap().replace("0.001901s", "long")),
        @r#"
    error: row 2: `long` is not a duration
     --> trace.csv:36:18
      |       "latency": "long"
      |                  ^^^^^^ in field `httpRequest.latency`
    note: allowed: a duration with its unit, such as `250ms` or `1.5s`
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#
    );
    let trace = parse_with(&std::format!("{good}\n{}\n{good}", mooncake("7")), &skipping());
    assert_eq!((trace.len(), trace.skipped), (2, 1));
    let misfit = parse(&std::format!("{good}\n{}\n{}", mooncake("[0]"), mooncake("[0,1,2]")));
    let blocks = |i: usize| misfit.prefixes().of(i).iter().map(|b| b.tokens).collect::<Vec<_>>();
    assert_eq!([blocks(0), blocks(1), blocks(2)], [vec![512, 88], vec![512], vec![512, 88]]);
    assert!(misfit.notes[0].starts_with("2 rows with more or fewer prompt blocks"));
}
