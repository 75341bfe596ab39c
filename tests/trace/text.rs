//! Published serverless traces and logs as text: what each importer makes of a small file.

use super::fixtures::{Folder, fixture, load, try_load};
use super::{format, render, skipping};
use proptest::prelude::*;
use ssc::units::SimDuration;
use ssc::workload::import::{ReadOptions, read, read_beside};
use ssc::workload::{Row, Status, TimeBase, Trace, TraceColumn};
use std::fs;

const MS: i64 = 1_000_000;
/// 2026-11-02T08:00:00Z.
const EIGHT: i64 = 1_793_606_400_000 * MS;

/// Each file and its format.
const FIXTURES: &[(&str, &str)] = &[
    ("azure-functions-2021.csv", "azure-functions-2021"),
    ("azure-functions-2019/morning.invocations.csv", "azure-functions-2019"),
    ("azure-functions-2019/recycled.invocations.csv", "azure-functions-2019"),
    ("servegen/chunk-3-trace.csv", "servegen"),
    ("servegen/chunk-12-trace.csv", "servegen"),
    ("huawei.csv", "huawei"),
    ("lambda-report.log", "lambda-report"),
    ("lambda-report-console.csv", "lambda-report"),
    ("lambda-report-insights.csv", "lambda-report"),
    ("lambda-report-events.json", "lambda-report"),
    ("lambda-report-firehose.json", "lambda-report"),
    ("cloudfront.log", "cloudfront"),
    ("cloudflare-trace.jsonl", "cloudflare-trace"),
];

fn seed(seed: u64) -> ReadOptions {
    ReadOptions { seed, ..ReadOptions::default() }
}

fn open(path: &str) -> Trace {
    load(&fixture(path), &ReadOptions::default())
}

fn label(trace: &Trace, row: &Row) -> String {
    row.workload.map_or(String::new(), |i| trace.workload_labels()[usize::from(i)].clone())
}

/// One line a request: arrival and duration in milliseconds, label, status.
fn listing(trace: &Trace) -> Vec<String> {
    let line = |row: Row| {
        let arrival = row.arrival.0 / MS;
        let duration = row.duration.map_or("-".into(), |d| d.to_string());
        format!("{arrival} {duration} {} {:?}", label(trace, &row), row.status)
    };
    trace.iter().map(line).collect()
}

#[test]
fn each_is_recognised_and_no_other() {
    for (path, format) in FIXTURES {
        assert_eq!(open(path).format, *format, "{path}");
    }
    // Their neighbours are not taken for them.
    for (text, format) in [
        ("app,func,end_timestamp_s,duration_s\na,b,2,1\n", "native"),
        ("timestamp,message,duration_ms\n1,hello,2\n", "native"),
        ("timestamp,1,2,3\n5,1,2,3\n", "native"),
        ("timestamp,prompt_tokens,a,b,c,d\n1,2,3,4,5,6\n", "native"),
    ] {
        assert_eq!(super::parse(text).format, format, "{text}");
    }
    let web_server = "#Software: x\n#Version: 1.0\n#Fields: date time sc-status time-taken\n";
    assert!(read("x.log", web_server.as_bytes(), &ReadOptions::default()).is_err());
}

#[test]
fn azure_functions_2021_arrive_at_their_end_less_their_duration() {
    let trace = open("azure-functions-2021.csv");
    assert_eq!(
        listing(&trace),
        [
            "0 500ms a0a0/f1f1 Completed",
            "1250 1min a0a0/f2f2 Completed",
            "9750 0s b0b0/f1f1 Completed",
            "20000 1ms b0b0/f1f1 Completed",
        ]
    );
    assert_eq!(trace.time_base, TimeBase::TraceStart);
    assert_eq!(
        trace.notes,
        [
            "the file has ends: requests arrive at their end less their duration",
            "1 row with a duration of 0 s: below the millisecond the file counts in, kept as 0",
            "1 row stood below a later arrival: sorted by arrival",
        ]
    );
}

#[test]
fn counts_per_minute_are_met_exactly_whatever_the_seed() {
    let path = fixture("azure-functions-2019/morning.invocations.csv");
    let expected =
        [("f1", vec![0, 120, 0, 3, 7]), ("f2", vec![1, 1, 1, 1, 1]), ("f4", vec![5, 0, 0, 0, 0])];
    let mut traces = Vec::new();
    for seed in [1, 2].map(seed) {
        let trace = load(&path, &seed);
        for (function, counts) in &expected {
            for (minute, count) in (0..).zip(counts) {
                let here = |row: &Row| {
                    label(&trace, row) == *function && row.arrival.0 / (60_000 * MS) == minute
                };
                assert_eq!(trace.iter().filter(here).count(), *count, "{function} {minute}");
            }
        }
        assert_eq!(trace.len(), 140);
        assert_eq!(trace.workload_labels(), ["f1", "f2", "f4"]);
        assert!(trace.iter().is_sorted_by_key(|row| row.arrival));
        assert_eq!(trace.out_of_order, 0);
        assert_eq!(load(&path, &seed), trace);
        traces.push(trace);
    }
    assert_ne!(traces[0].row(0), traces[1].row(0));
}

#[test]
fn durations_come_from_the_percentiles_beside() {
    let trace = load(&fixture("azure-functions-2019/morning.invocations.csv"), &seed(42));
    for row in trace.iter() {
        let milliseconds = row.duration.map(|d| d.0 as f64 / MS as f64);
        match label(&trace, &row).as_str() {
            "f1" => assert!((10.0..=800.0).contains(&milliseconds.unwrap())),
            "f2" => assert!((0.0..=3.0).contains(&milliseconds.unwrap())),
            _ => assert_eq!(milliseconds, None),
        }
    }
    insta::assert_snapshot!(trace.notes.join("\n"), @r"
    calls are counted by minute: the 140 of 3 functions in 5 minutes lie at instants drawn with seed 42, each as likely as the others of its minute
    durations are drawn with the seed from the percentiles and the mean in `morning.durations.csv`; those are of averages over 30 s, so single calls vary more
    1 function without durations: those of 5 rows are left open
    1 function called more often in these minutes than the durations count in the whole day: the two are from different logs
    1 function with a mean duration of 0 ms: rounded, so theirs are next to 0
    by `morning.memory.csv` a call was given 118.3 MB of memory on average; a trace holds no memory, so the platform's is used
    ");
}

#[test]
fn counts_alone_have_no_durations() {
    let text = fs::read_to_string(fixture("azure-functions-2019/morning.invocations.csv")).unwrap();
    let trace = read("d/x.invocations.csv", text.as_bytes(), &seed(7)).unwrap();
    assert_eq!((trace.len(), trace.has_duration()), (140, false));
    assert_eq!(
        trace.notes[1],
        "no durations: no such file lies beside `x.invocations.csv`, such as `x.durations.csv`"
    );
    // What a function draws does not depend on the others.
    let alone: String = text.lines().take(2).map(|line| format!("{line}\n")).collect();
    let alone = read("x.csv", alone.as_bytes(), &seed(7)).unwrap();
    let of_f1 = trace.iter().filter(|row| label(&trace, row) == "f1");
    assert!(of_f1.eq(alone.iter()));
}

#[test]
fn recycled_labels_are_joined_to_nothing() {
    let trace = open("azure-functions-2019/recycled.invocations.csv");
    assert_eq!((trace.len(), trace.has_duration()), (15, false));
    assert!(trace.notes[1].contains("joined to no durations and no memory"), "{:?}", trace.notes);
}

fn counts_error(text: &str) -> String {
    render(&read("x.invocations.csv", text.as_bytes(), &ReadOptions::default()).unwrap_err())
}

#[test]
fn counts_that_are_no_workload() {
    insta::assert_snapshot!(
        counts_error("HashFunction,1,2\nf1,4000000000,8\nf2,9000000000,1\n"), @r"
    error: the trace stands for 13,000,000,009 requests
    note: in x.invocations.csv
    note: allowed: at most 100,000,000, which are kept in memory
    hint: keep the functions or the minutes that matter: a copy with fewer rows, such as `head -500`, or with fewer minute columns
    ");
    insta::assert_snapshot!(counts_error("HashFunction,1,2\nf1,4,x\n"), @r"
    error: row 1: `x` is not a whole number of calls
     --> x.invocations.csv:2:6
      | f1,4,x
      |      ^ in column `2`
    note: allowed: a whole number such as `120`, or an empty cell if it is not known
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(counts_error("HashFunction,1,2\nf1,0,0\n"), @r"
    error: no function is called in any minute
     --> x.invocations.csv:1:1
      | HashFunction,1,2
      | ^^^^^^^^^^^^^^^^ every count is 0
    ");
    insta::assert_snapshot!(counts_error("HashFunction,7,minute_7\nf1,1,0\n"), @r"
    error: two columns are minute 7
     --> x.invocations.csv:1:16
      | HashFunction,7,minute_7
      |                ^^^^^^^^ the second
    hint: keep one of the two
    ");
    let skipped =
        read("x.csv", "HashFunction,1,2\nf1,4,x\nf2,1,1\n".as_bytes(), &skipping()).unwrap();
    assert_eq!((skipped.len(), skipped.skipped), (2, 1));
}

#[test]
fn a_bad_companion_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("x.durations.csv"),
        "HashFunction,HashApp,HashOwner,Average,Count,percentile_Average_0,percentile_Average_1,\
         percentile_Average_25,percentile_Average_50,percentile_Average_75,percentile_Average_99,\
         percentile_Average_100\nf1,a,o,5,9,1,2,3,9,5,6,7\n",
    )
    .unwrap();
    let counts = "HashFunction,HashApp,HashOwner,1,2\nf1,a,o,5,5\n";
    let beside = Folder(folder.path().to_path_buf());
    let error = read_beside("d/x.invocations.csv", counts.as_bytes(), &seed(0), &beside);
    let error = render(&error.unwrap_err());
    assert!(
        error.starts_with(
            "error: row 1: the percentiles of a row must ascend\n --> d/x.durations.csv:2:"
        ),
        "{error}"
    );
}

#[test]
fn rates_become_requests_with_tokens_of_their_window() {
    let trace = load(&fixture("servegen/chunk-3-trace.csv"), &seed(42));
    assert_eq!(trace.workload_labels(), ["chunk-3"]);
    let of_window =
        |window: i64| trace.iter().filter(move |row| row.arrival.0 / (600_000 * MS) == window);
    let counts: Vec<_> = (0..5).map(|w| of_window(w).count()).collect();
    // 1,500, 0, 750 and 2,400 are expected; their spread is cv times the root.
    for (count, (expected, cv)) in
        counts.iter().zip([(1_500.0, 2.0), (0.0, 0.0), (750.0, 1.26), (2_400.0, 0.5)])
    {
        let off = (*count as f64 - expected).abs();
        assert!(off <= 4.0 * cv * f64::sqrt(expected), "{counts:?}");
    }
    assert_eq!(counts[4], 0);
    for row in of_window(0) {
        assert!(matches!(row.input_tokens, Some(10 | 20)) && row.output_tokens == Some(100));
    }
    for row in of_window(2).chain(of_window(3)) {
        assert!(matches!(row.input_tokens, Some(30 | 40)) && row.output_tokens.is_none());
    }
    assert!(trace.iter().is_sorted_by_key(|row| row.arrival));
    assert_eq!(trace.notes.len(), 3);
    assert!(trace.notes[0].contains("requests of 1 client, where 4,650 are expected"));
    assert_eq!(
        trace.notes[2],
        "1 more clients lie beside this one: for all of them, use the format `servegen-all`"
    );
}

#[test]
fn all_clients_are_read_by_name_and_drawn_as_alone() {
    let options = ReadOptions { seed: 5, ..format("servegen-all") };
    let all = load(&fixture("servegen/chunk-12-trace.csv"), &options);
    assert_eq!(all.workload_labels(), ["chunk-3", "chunk-12"]);
    assert_eq!(load(&fixture("servegen/chunk-3-trace.csv"), &options), all);
    for (path, client) in [("servegen/chunk-3-trace.csv", 0), ("servegen/chunk-12-trace.csv", 1)] {
        let alone = load(&fixture(path), &seed(5));
        let part = all.iter().filter(|row| row.workload == Some(client));
        assert!(alone.iter().map(|row| Row { workload: Some(client), ..row }).eq(part));
    }
    let tokens = all.present(TraceColumn::InputTokens);
    assert!(tokens > 0 && tokens < all.len() as u64);
}

fn rates_error(text: &str) -> String {
    render(&read("chunk-1-trace.csv", text.as_bytes(), &ReadOptions::default()).unwrap_err())
}

#[test]
fn rates_that_are_none() {
    let good = "0,1,1,Gamma,1,1\n";
    insta::assert_snapshot!(rates_error(&format!("{good}600,x,1,Gamma,1,1\n")), @r"
    error: line 2: `x` is not a rate
     --> chunk-1-trace.csv:2:5
      | 600,x,1,Gamma,1,1
      |     ^ here
    note: allowed: a number such as `8.34`
    hint: to leave such lines out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(rates_error(&format!("{good}600,2,1,Pareto,1,1\n")), @r"
    error: line 2: `Pareto` is no pattern of gaps
     --> chunk-1-trace.csv:2:9
      | 600,2,1,Pareto,1,1
      |         ^^^^^^ here
    note: allowed: `Gamma`, `Weibull`, or no rate
    hint: to leave such lines out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(rates_error(&format!("{good}0,2,1,Gamma,1,1\n")), @r"
    error: line 2: the window begins before the one above
     --> chunk-1-trace.csv:2:1
      | 0,2,1,Gamma,1,1
      | ^^^^^^^^^^^^^^^ here
    note: allowed: windows by their time
    hint: to leave such lines out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(rates_error("0,1e9,1,Gamma,1,1\n"), @r"
    error: the trace stands for 600,000,000,000 requests
    note: in chunk-1-trace.csv
    note: allowed: at most 100,000,000, which are kept in memory
    hint: keep the windows that matter: a copy with fewer lines, such as `head -144` for the first day
    ");
    insta::assert_snapshot!(rates_error("0,0,0,,0,0\n"), @r"
    error: no request: the rates stand for 0.0 in all
    note: in chunk-1-trace.csv
    ");
}

#[test]
fn huawei_requests_are_by_the_worker() {
    let trace = open("huawei.csv");
    let rows: Vec<_> = trace.iter().collect();
    assert_eq!(rows.len(), 3);
    assert_eq!(rows[0].arrival.0, 100_000 * MS);
    assert_eq!(rows[0].duration, Some(SimDuration::from_millis(20)));
    assert_eq!(rows[0].cpu, Some(SimDuration(1_196_120)));
    assert_eq!(rows[0].request_bytes, Some(2));
    assert_eq!((rows[1].arrival.0, rows[1].cpu), (100_020 * MS, Some(SimDuration(15 * MS))));
    assert_eq!((rows[1].request_bytes, rows[2].cpu), (None, None));
    assert_eq!(
        trace.workload_labels(),
        ["411---301---pool22-300-128", "34---83---pool22-300-128", "411---301---pool24-600-512"]
    );
    insta::assert_snapshot!(trace.notes.join("\n"), @r"
    the file has ends: requests arrive at their end less their time in the pod
    2 rows in pods of 300 millicores and 128 MB
    1 row in pods of 600 millicores and 512 MB
    CPU time is the whole pod's: high where a pod serves several requests at once
    1 row with a CPU usage of 0: their CPU time is left open
    1 row without the frontend's columns: request bytes are left open
    1 row stood below a later arrival: sorted by arrival
    ");
    let text = fs::read_to_string(fixture("huawei.csv")).unwrap();
    let bad = text.replace("pool24-600-512-0000000003", "pool24");
    let error = render(&read("x.csv", bad.as_bytes(), &ReadOptions::default()).unwrap_err());
    assert!(error.starts_with("error: row 3: `pool24` is not a pod\n --> x.csv:4:21\n"), "{error}");
}

#[test]
fn report_lines_are_the_same_in_every_export() {
    let expected = ["8:00:00.1 1.5s Completed", "8:00:01.0005 3.999500s Failed"];
    for path in [
        "lambda-report.log",
        "lambda-report-console.csv",
        "lambda-report-events.json",
        "lambda-report-firehose.json",
        "lambda-report-insights.csv",
    ] {
        let trace = open(path);
        let rows: Vec<_> = trace.iter().collect();
        assert_eq!(rows.len(), expected.len(), "{path}");
        assert_eq!(rows[0].arrival.0, EIGHT + 100 * MS, "{path}");
        assert_eq!(rows[0].duration, Some(SimDuration::from_millis(1_500)), "{path}");
        assert_eq!(rows[1].arrival.0, EIGHT + 1_000 * MS + MS / 2, "{path}");
        assert_eq!(rows[1].duration, Some(SimDuration(3_999_500_000)), "{path}");
        assert_eq!(trace.time_base, TimeBase::UnixEpoch);
        for note in [
            "billed by the log: 6.000 s in 2 of 2 invocations",
            "measured cold starts: 1 of 2, init 0.500 s on average and 0.500 s at most",
            "memory size 1,024 MB in 2",
            "at most 130 MB of memory used",
        ] {
            assert!(trace.notes.iter().any(|n| n == note), "{path}: {note}: {:?}", trace.notes);
        }
        let insights = path.ends_with("insights.csv");
        // A query does not say how an invocation ended, and shows no START line.
        let status = if insights { Status::Completed } else { Status::Failed };
        assert_eq!((rows[0].status, rows[1].status), (Status::Completed, status), "{path}");
        let open = "1 invocations began and have no REPORT line: left out";
        assert_eq!(trace.notes.iter().any(|n| n == open), !insights, "{path}");
        let grouped = insights || path.ends_with("firehose.json");
        let labels: &[&str] = if grouped { &["chat"] } else { &[] };
        assert_eq!(trace.workload_labels(), labels, "{path}");
    }
}

#[test]
fn report_lines_without_times_say_what_to_export() {
    let plain = try_load(&fixture("lambda-report-plain.log"), &ReadOptions::default());
    insta::assert_snapshot!(render(&plain.unwrap_err()), @r"
    error: no time stands at any of the 1 REPORT lines, so nothing says when requests arrive
    note: in lambda-report-plain.log
    note: allowed: `aws logs tail`, `aws logs filter-log-events`, a CSV of the console or of Logs Insights with `@timestamp` and `@message`
    hint: export the log with its times, such as `aws logs tail /aws/lambda/NAME --since 7d`
    ");
    let started = "2026-11-02T08:00:00Z START RequestId: r-1 Version: 1\n";
    insta::assert_snapshot!(log_error(started), @r"
    error: the log has no REPORT line
    note: in x.log
    hint: an invocation's REPORT line is its record: leave it in the export
    ");
    insta::assert_snapshot!(log_error("2026-11-02T08:00:00Z REPORT RequestId: r-1 Duration: x ms\n"), @r"
    error: line 1: `x` is not a number of milliseconds
     --> x.log:1:1
      | 2026-11-02T08:00:00Z REPORT RequestId: r-1 Duration: x ms
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ here
    note: allowed: a number such as `12.5`, or an empty cell if it is not known
    hint: to leave such lines out and count them, use `skip_bad_rows`
    ");
}

fn log_error(text: &str) -> String {
    render(&read("x.log", text.as_bytes(), &ReadOptions::default()).unwrap_err())
}

#[test]
fn log_events_that_break_off_or_are_no_events() {
    let text = fs::read_to_string(fixture("lambda-report-events.json")).unwrap();
    let cut = log_error(&text[..text.len() / 2]);
    assert!(cut.starts_with("error: the log events cannot be read: EOF while parsing"), "{cut}");
    let wrong = log_error(&text.replace("Duration: 1500.00 ms", "Duration: soon ms"));
    assert!(
        wrong.starts_with("error: event 2: `soon` is not a number of milliseconds\nnote: in x.log"),
        "{wrong}"
    );
    let skipped = read(
        "x.json",
        text.replace("Duration: 1500.00 ms", "Duration: soon ms").as_bytes(),
        &skipping(),
    );
    let skipped = skipped.unwrap();
    assert_eq!((skipped.len(), skipped.skipped), (1, 1));
    let endless = format!("{{\"events\":[{{\"message\":\"{}", "x".repeat(17 << 20));
    let options = format("lambda-report");
    let error = read("x.json", endless.as_bytes(), &options).unwrap_err();
    assert!(error.message.contains("longer than 16 MiB"), "{}", error.message);
}

#[test]
fn times_in_front_of_a_line_have_many_forms() {
    let end = "REPORT RequestId: r-1 Duration: 100.00 ms Billed Duration: 100 ms";
    for front in [
        "2026-11-02T08:00:00.500Z",
        "2026-11-02T08:00:00.500 ",
        "2026-11-02 08:00:00.500",
        "[2026-11-02T08:00:00.500+00:00]",
        "2026/11/02/[$LATEST]aa 2026-11-02T08:00:00.500000",
        "1793606400500",
    ] {
        let trace = read("x.log", format!("{front} {end}\n").as_bytes(), &ReadOptions::default());
        let trace = trace.unwrap_or_else(|e| panic!("{front}: {}", render(&e)));
        assert_eq!(trace.row(0).arrival.0, EIGHT + 400 * MS, "{front}");
    }
}

#[test]
fn cloudfront_lines_are_by_their_end() {
    let trace = open("cloudfront.log");
    assert_eq!(
        listing(&trace).iter().map(|l| l.replace("17936", "")).collect::<Vec<_>>(),
        [
            "06372999 30.001s  Failed",
            "06400750 4.25s  Completed",
            "06407000 2s  Aborted",
            "06409900 100ms  Aborted",
        ]
    );
    let row = trace.row(1);
    assert_eq!((row.response_bytes, row.request_bytes), (Some(51_200), Some(820)));
    assert_eq!(row.time_to_first_token, Some(SimDuration::from_millis(310)));
    assert_eq!(trace.row(3).time_to_first_token, None);
    assert_eq!(
        trace.notes,
        [
            "the log has ends in whole seconds: requests arrive at their end less the time taken, \
             up to 1 s early",
            "2 rows whose client left before the end",
            "1 row stood below a later arrival: sorted by arrival",
        ]
    );
}

#[test]
fn cloudfront_lines_that_are_wrong() {
    let text = fs::read_to_string(fixture("cloudfront.log")).unwrap();
    insta::assert_snapshot!(log_error(&text.replace("4.250", "soon")), @r"
    error: line 3: `soon` is not a number of seconds
     --> x.log:3:85
      | 2026-11-02	08:00:05	FRA56-P1	51200	192.0.2.1	POST	d1.example.net	/chat	200	Miss	820	soon	Miss	0.310	-
      |                                                                                     ^^^^ here
    note: allowed: a number such as `12.5`, or an empty cell if it is not known
    hint: to leave such lines out and count them, use `skip_bad_rows`
    ");
    let without = log_error(&text.replace(" time-taken", " time-spent"));
    assert!(without.starts_with("error: line 2: the fields do not have `time-taken`"), "{without}");
    // Two files that were joined, with fields in another order.
    let other = "#Version: 1.0\n#Fields: time-taken date time x-edge-location\n\
                 1.5\t2026-11-02\t08:00:20\tX\n";
    let joined = read("x.log", format!("{text}{other}").as_bytes(), &ReadOptions::default());
    let last = joined.unwrap().row(4);
    assert_eq!(last.arrival.0, EIGHT + 18_500 * MS);
    assert_eq!(last.status, Status::Completed);
}

#[test]
fn workers_events_have_cpu_and_wall_time() {
    let trace = open("cloudflare-trace.jsonl");
    assert_eq!(
        listing(&trace),
        [
            "1793606400100 900ms chat Aborted",
            "1793606400250 5.21s chat Completed",
            "1793606460000 80ms sweep Failed",
            "1793606470000 - chat Completed",
        ]
    );
    let cpu: Vec<_> = trace.iter().map(|row| row.cpu.map(|d| d.0 / MS)).collect();
    assert_eq!(cpu, [Some(0), Some(4), Some(50), None]);
    insta::assert_snapshot!(trace.notes.join("\n"), @r"
    wall time ends with the script's own work: a response that is passed through may last longer
    1 row without CPU time: logged by jobs created or edited after April 2025
    1 row with a CPU time of 0 ms: below the millisecond, kept as 0
    1 row of no fetch: of timers, queues or others
    1 row stood below a later arrival: sorted by arrival
    ");
    let text = fs::read_to_string(fixture("cloudflare-trace.jsonl")).unwrap();
    let error = log_error(&text.replace("1793606460000", "\"soon\""));
    assert!(error.starts_with("error: line 3: `\"soon\"` is not a timestamp"), "{error}");
    let error = log_error(&text.replace("\"sweep\",\"WallTimeMs\":80}", ""));
    assert!(error.starts_with("error: line 3: the line is no trace event: "), "{error}");
}

proptest! {
    #[test]
    fn no_damage_panics(
        file in 0..FIXTURES.len(),
        at in any::<prop::sample::Index>(),
        cut in any::<bool>(),
        piece in proptest::collection::vec(any::<u8>(), 0..12),
        number in prop_oneof![Just(""), Just("-1"), Just("9e99"), Just("99999999999999999999"), Just("NaN"), Just("\t"), Just("{"), Just(",")],
    ) {
        let (path, format_name) = FIXTURES[file];
        let bytes = fs::read(fixture(path)).unwrap();
        let at = at.index(bytes.len());
        let rest = if cut { &[][..] } else { &bytes[at..] };
        for middle in [piece.as_slice(), number.as_bytes()] {
            let damaged = [&bytes[..at], middle, rest].concat();
            for options in [format(format_name), ReadOptions::default(), skipping()] {
                let _ = read("x-trace.csv", damaged.as_slice(), &options);
            }
        }
    }
}
