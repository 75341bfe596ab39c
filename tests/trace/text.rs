//! Published serverless traces as text: what each importer makes of a small file.

use super::fixtures::{Folder, fixture, label, listing, load, try_load};
use super::{format, render, skipping};
use proptest::prelude::*;
use ssc::units::SimDuration;
use ssc::workload::import::{ReadOptions, read, read_beside};
use ssc::workload::{Row, TimeBase, Trace, TraceColumn};
use std::fs;

const MS: i64 = 1_000_000;

/// Each file and its format.
const FIXTURES: &[(&str, &str)] = &[
    ("azure-functions-2021.csv", "azure-functions-2021"),
    ("azure-functions-2019/alone.invocations.csv", "azure-functions-2019"),
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
            "1 row stood below a later arrival, the furthest by 8.5s: sorted by arrival",
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
    // Those of another trace in the folder are not taken.
    let other = open("azure-functions-2019/alone.invocations.csv");
    assert_eq!((other.len(), other.has_duration()), (6, false));
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

#[test]
fn one_function_of_too_many_can_be_asked_for() {
    let text = "HashFunction,1,2\nf1,9000000000,1\nf2,3,4\n";
    let only = |label: &str| ReadOptions { workload: Some(label.into()), ..seed(7) };
    let trace = read("x.csv", text.as_bytes(), &only("f2")).unwrap();
    assert_eq!((trace.len(), trace.workload_labels().len()), (7, 1));
    let all = text.replace("9000000000", "9");
    let all = read("x.csv", all.as_bytes(), &seed(7)).unwrap().select_workload("f2").unwrap();
    assert!(trace.iter().eq(all.iter()));
    let error = render(&read("x.csv", text.as_bytes(), &only("f3")).unwrap_err());
    assert_eq!(
        error,
        "error: the trace has no workload `f3`\nnote: in x.csv\n\
         note: labels of the trace: `f1`, `f2`\nhint: did you mean `f1`?\n"
    );
    let client = ReadOptions { format: Some("servegen-all".into()), ..only("chunk-12") };
    let trace = load(&fixture("servegen/chunk-3-trace.csv"), &client);
    assert_eq!(trace.workload_labels(), ["chunk-12"]);
    let path = fixture("servegen/chunk-12-trace.csv");
    assert_eq!(trace.iter().collect::<Vec<_>>(), load(&path, &seed(7)).iter().collect::<Vec<_>>());
    let error = try_load(&path, &only("chunk-4")).unwrap_err();
    assert_eq!(error.message, "the trace has no workload `chunk-4`");
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
    hint: name one function with `workload:`, or keep the functions and minutes that matter in a copy with fewer rows, such as `head -500`, or fewer minute columns
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
        "the rates of 1 other client lie beside these: for all of them, use the format `servegen-all`"
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
    hint: name one client with `workload:`, or keep the windows that matter in a copy with fewer lines, such as `head -144` for the first day
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
    1 row stood below a later arrival, the furthest by 12ms: sorted by arrival
    ");
    let text = fs::read_to_string(fixture("huawei.csv")).unwrap();
    let bad = text.replace("pool24-600-512-0000000003", "pool24");
    let error = render(&read("x.csv", bad.as_bytes(), &ReadOptions::default()).unwrap_err());
    assert!(error.starts_with("error: row 3: `pool24` is not a pod\n --> x.csv:4:21\n"), "{error}");
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
