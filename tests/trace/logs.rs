//! Logs as text: what each importer makes of a small file.

use super::fixtures::{fixture, listing, load, try_load};
use super::{format, render, skipping};
use ssc::units::SimDuration;
use ssc::workload::import::{ReadOptions, read};
use ssc::workload::{Status, TimeBase, Trace};
use std::fs;

const MS: i64 = 1_000_000;
/// 2026-11-02T08:00:00Z.
const EIGHT: i64 = 1_793_606_400_000 * MS;

fn open(path: &str) -> Trace {
    load(&fixture(path), &ReadOptions::default())
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
            "billed durations as logged: 6s in all, on 2 rows",
            "memory sizes: 1,024 MB (2); at most 130 MB used",
            "measured cold starts: 1 of 2 invocations, 500ms on average, 500ms at most",
        ] {
            assert!(trace.notes.iter().any(|n| n == note), "{path}: {note}: {:?}", trace.notes);
        }
        let insights = path.ends_with("insights.csv");
        // A query does not say how an invocation ended, and shows no START line.
        let status = if insights { Status::Completed } else { Status::Failed };
        assert_eq!((rows[0].status, rows[1].status), (Status::Completed, status), "{path}");
        let open = "1 invocation without a REPORT line: left out";
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
    error: 1 REPORT line without a time, so nothing says when requests arrive
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
            "1 row stood below a later arrival, the furthest by 27.751s: sorted by arrival",
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
    1 row stood below a later arrival, the furthest by 150ms: sorted by arrival
    ");
    let text = fs::read_to_string(fixture("cloudflare-trace.jsonl")).unwrap();
    let error = log_error(&text.replace("1793606460000", "\"soon\""));
    assert!(error.starts_with("error: line 3: `\"soon\"` is not a timestamp"), "{error}");
    let error = log_error(&text.replace("\"sweep\",\"WallTimeMs\":80}", ""));
    assert!(error.starts_with("error: line 3: the line is no trace event: "), "{error}");
}
