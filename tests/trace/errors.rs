//! Every error of the native format, whole.

use super::{columns, error, error_with, skipping};

/// The message of the error and the place it points at.
fn brief(text: &str) -> String {
    let rendered = error(text);
    let mut lines = rendered.lines();
    let message = lines.next().unwrap_or_default();
    let place = lines.next().unwrap_or_default();
    format!("{message} @{}", place.trim_start_matches(" --> trace.csv:"))
}

#[test]
fn a_bad_cell_shows_its_row_line_column_and_text() {
    insta::assert_snapshot!(
        error("timestamp_s,output_tokens,workload\r\n1,5,a\r\n\r\n2,abc,b\r\n3,6,c\r\n"),
        @r"
    error: row 2: `abc` is not a whole number of tokens
     --> trace.csv:4:3
      | 2,abc,b
      |   ^^^ in column `output_tokens`
    note: allowed: a whole number such as `120`, or an empty cell if it is not known
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "
    );
}

#[test]
fn a_missing_timestamp_column_lists_what_was_found() {
    insta::assert_snapshot!(error("timestmap,tokens_out\n1,2\n"), @r"
    error: the trace has no `timestamp` column
     --> trace.csv:1:1
      | timestmap,tokens_out
      | ^^^^^^^^^^^^^^^^^^^^ none of these says when requests arrive
    note: columns found: `timestmap`, `tokens_out`
    hint: did you mean `timestmap`? say so with `--column timestamp=timestmap`, or under `columns:` in a scenario
    ");
    insta::assert_snapshot!(error("when,tokens_out\n1,2\n"), @r"
    error: the trace has no `timestamp` column
     --> trace.csv:1:1
      | when,tokens_out
      | ^^^^^^^^^^^^^^^ none of these says when requests arrive
    note: columns found: `when`, `tokens_out`
    hint: name it: `--column timestamp=HEADER`, or `timestamp: HEADER` under `columns:` in a scenario
    ");
    insta::assert_snapshot!(error("5,472,18\n45,1087,230\n"), @r"
    error: the trace has no `timestamp` column
     --> trace.csv:1:1
      | 5,472,18
      | ^^^^^^^^ none of these says when requests arrive
    note: columns found: `5`, `472`, `18`
    hint: the first line holds data: add a line of column names above it
    ");
}

#[test]
fn columns_that_cannot_be_told_apart() {
    insta::assert_snapshot!(error("start_time,arrival,output_tokens\n1,2,3\n"), @r"
    error: columns `start_time`, `arrival` all mean `timestamp`
     --> trace.csv:1:12
      | start_time,arrival,output_tokens
      |            ^^^^^^^ which one?
    hint: choose with `columns: {timestamp: start_time}`
    ");
    insta::assert_snapshot!(error("timestamp,duration_ms,duration_s\n1,2,3\n"), @r"
    error: columns `duration_ms`, `duration_s` all mean `duration`
     --> trace.csv:1:23
      | timestamp,duration_ms,duration_s
      |                       ^^^^^^^^^^ which one?
    hint: choose with `columns: {duration: duration_ms}`
    ");
}

#[test]
fn columns_told_wrongly() {
    let text = "when,n\n1,2\n";
    insta::assert_snapshot!(error_with(text, &columns([("timestamp", "wehn")])), @r"
    error: the trace has no column `wehn`
     --> trace.csv:1:1
      | when,n
      | ^^^^^^ not among these
    note: columns found: `when`, `n`
    hint: did you mean `when`?
    ");
    insta::assert_snapshot!(error_with(text, &columns([("timestmp", "when")])), @r"
    error: `columns` names an unknown field `timestmp`
    note: known fields: `timestamp`, `end`, `workload`, `model`, `duration`, `time_to_first_token`, `input_tokens`, `cached_tokens`, `cache_write_tokens`, `output_tokens`, `cpu`, `response_bytes`, `request_bytes`, `status`, `disconnect_after`
    hint: did you mean `timestamp`?
    ");
    insta::assert_snapshot!(
        error_with(text, &columns([("timestamp", "when"), ("ts_ms", "n")])), @r"
    error: `columns` gives `timestamp` twice
    hint: keep one of the two
    ");
}

#[test]
fn a_plain_duration_needs_a_unit() {
    insta::assert_snapshot!(error("timestamp_s,duration\n1,1.5\n"), @r"
    error: row 1: `1.5` is a duration without a unit
     --> trace.csv:2:3
      | 1,1.5
      |   ^^^ in column `duration`
    note: allowed: a duration with its unit, such as `250ms` or `1.5s`
    hint: name the column by its unit, such as `duration_ms` or `duration_s`, in the file or with `columns:`
    ");
}

#[test]
fn files_without_rows() {
    insta::assert_snapshot!(error(""), @r"
    error: the trace is empty
    note: in trace.csv
    hint: a trace is a line of column names and one line per request
    ");
    insta::assert_snapshot!(error(" \r\n\n"), @r"
    error: the trace is empty
    note: in trace.csv
    hint: a trace is a line of column names and one line per request
    ");
    insta::assert_snapshot!(error("timestamp,output_tokens\n"), @r"
    error: the trace has a header line and no rows
     --> trace.csv:1:1
      | timestamp,output_tokens
      | ^^^^^^^^^^^^^^^^^^^^^^^ nothing follows
    hint: a trace needs one line per request
    ");
    insta::assert_snapshot!(error("timestamp,output_tokens"), @r"
    error: the trace has a header line and no rows
     --> trace.csv:1:1
      | timestamp,output_tokens
      | ^^^^^^^^^^^^^^^^^^^^^^^ nothing follows
    hint: a trace needs one line per request
    ");
    insta::assert_snapshot!(error_with("timestamp,output_tokens\nx,1\ny,2\n", &skipping()), @r"
    error: no row of 2 can be read; row 1: `x` is not a timestamp
     --> trace.csv:2:1
      | x,1
      | ^ in column `timestamp`
    note: allowed: a date such as `2023-11-16 18:17:03.97Z`, a Unix time, or a number of seconds from the start
    hint: check the header line, or name the columns with `columns:`
    ");
}

#[test]
fn rows_of_the_wrong_width() {
    insta::assert_snapshot!(error("timestamp_s,output_tokens\n1,2\n3\n"), @r"
    error: row 2 has 1 cell, the header has 2
     --> trace.csv:3:1
      | 3
      | ^ expected one cell per column
    hint: quote cells that hold the separator; to leave such rows out, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(error("timestamp_s,output_tokens\n1,2,3\n"), @r"
    error: row 1 has 3 cells, the header has 2
     --> trace.csv:2:1
      | 1,2,3
      | ^^^^^ expected one cell per column
    hint: quote cells that hold the separator; to leave such rows out, use `skip_bad_rows`
    ");
}

#[test]
fn contradictions_in_a_row() {
    insta::assert_snapshot!(error("start_s,end_s\n10,8.5\n"), @r"
    error: row 1: the end is 1.5s before the arrival
     --> trace.csv:2:4
      | 10,8.5
      |    ^^^ in column `end_s`
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(error("start_s,end_s,duration_ms\n10,12,1998\n"), @r"
    error: row 1: the duration is 1.998s, but arrival and end are 2s apart
     --> trace.csv:2:7
      | 10,12,1998
      |       ^^^^ in column `duration_ms`
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(error("start,end\n10,2024-05-10 00:00:00Z\n"), @r"
    error: row 1: arrival and end do not count from the same start
     --> trace.csv:2:4
      | 10,2024-05-10 00:00:00Z
      |    ^^^^^^^^^^^^^^^^^^^^ in column `end`
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(error("timestamp_s,duration_s,ttft_s\n1,2,3\n"), @r"
    error: row 1: the first token comes after 3s, the last byte after 2s
     --> trace.csv:2:5
      | 1,2,3
      |     ^ in column `ttft_s`
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(error("timestamp_s,input_tokens,cached_tokens\n1,20,30\n"), @r"
    error: row 1: 30 cached tokens of 20 input tokens
     --> trace.csv:2:6
      | 1,20,30
      |      ^^ in column `cached_tokens`
    hint: `input_tokens` counts the whole prompt, tokens read from and written to a cache included
    ");
    insta::assert_snapshot!(error("timestamp_s,status,disconnect_after_s\n1,ok,2\n"), @r"
    error: row 1: the client disconnects, but the status is not `aborted`
     --> trace.csv:2:6
      | 1,ok,2
      |      ^ in column `disconnect_after_s`
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(error("end_s,duration_s\n1,\n"), @r"
    error: row 1: the duration is empty and there is no arrival column
     --> trace.csv:2:3
      | 1,
      |   ^ in column `duration_s`
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
}

#[test]
fn mixed_timestamps() {
    insta::assert_snapshot!(error("timestamp\n1700158623979\n1700158624\n"), @r"
    error: row 2: `1700158624` is out of line with the rows above: milliseconds since 1970
     --> trace.csv:3:1
      | 1700158624
      | ^^^^^^^^^^ in column `timestamp`
    hint: keep one kind of timestamp in a file, or name its unit, as in `timestamp_s`
    ");
}

#[test]
fn numbers_that_are_none() {
    let cell = |column: &str, text: &str| brief(&format!("timestamp_s,{column}\n1,{text}\n"));
    let mut all = String::new();
    for (column, text) in [
        ("duration_ms", "-1"),
        ("duration_ms", "NaN"),
        ("duration_ms", "inf"),
        ("duration_ms", "1e40"),
        ("duration_ms", "5ms"),
        ("duration_ns", "9223372036854775807"),
        ("ttft", "-1s"),
        ("input_tokens", "-1"),
        ("input_tokens", "1.5"),
        ("input_tokens", "NaN"),
        ("input_tokens", "null"),
        ("input_tokens", "4294967295"),
        ("response_bytes", "12 kB"),
        ("response_bytes", "18446744073709551615"),
        ("status", "maybe"),
    ] {
        all += &format!("{}\n", cell(column, text));
    }
    for stamp in ["", "-1", "NaN", "inf", "yesterday", "2023-02-30 00:00:00", "1e30"] {
        all += &format!("{}\n", brief(&format!("output_tokens,timestamp\n1,{stamp}\n")));
    }
    insta::assert_snapshot!(all, @r"
    error: row 1: `-1` is negative, not a number of milliseconds @2:3
    error: row 1: `NaN` is not a number of milliseconds @2:3
    error: row 1: `inf` is not a number of milliseconds @2:3
    error: row 1: `1e40` is too large for a number of milliseconds @2:3
    error: row 1: `5ms` is not a number of milliseconds @2:3
    error: row 1: `9223372036854775807` is too large for a number of nanoseconds @2:3
    error: row 1: `-1s` is not a duration from 0 to 292 years @2:3
    error: row 1: `-1` is negative, not a whole number of tokens @2:3
    error: row 1: `1.5` is not a whole number of tokens @2:3
    error: row 1: `NaN` is not a whole number of tokens @2:3
    error: row 1: `null` is not a whole number of tokens @2:3
    error: row 1: `4294967295` is too large for a whole number of tokens @2:3
    error: row 1: `12 kB` is not a whole number of bytes @2:3
    error: row 1: `18446744073709551615` is too large for a whole number of bytes @2:3
    error: row 1: `maybe` is not a status @2:3
    error: row 1: the timestamp is empty @2:3
    error: row 1: `-1` is negative, not a timestamp @2:3
    error: row 1: `NaN` is not a timestamp @2:3
    error: row 1: `inf` is not a timestamp @2:3
    error: row 1: `yesterday` is not a timestamp @2:3
    error: row 1: `2023-02-30 00:00:00` is not a timestamp @2:3
    error: row 1: `1e30` is outside the years 1678 to 2262 @2:3
    ");
}

#[test]
fn a_row_far_down_is_found_again() {
    let mut text = String::from("timestamp_s,workload,output_tokens\r\n");
    for i in 0..300_000 {
        text += &format!("{i},\"route, {i}\",{i}\r\n").replace(&format!("route, {i}"), "route, é");
    }
    text += "300000,\"route, é\",many\r\n";
    assert_eq!(
        error(&text),
        "error: row 300,001: `many` is not a whole number of tokens\n \
         --> trace.csv:300002:19\n  \
           | 300000,\"route, é\",many\n  \
           |                   ^^^^ in column `output_tokens`\n\
         note: allowed: a whole number such as `120`, or an empty cell if it is not known\n\
         hint: to leave such rows out and count them, use `skip_bad_rows`\n"
    );
}

#[test]
fn labels_are_text_and_limited_in_number() {
    let bytes = b"timestamp_s,workload\n1,\xff\xfe\n";
    let e = ssc::workload::import::read("t.csv", bytes.as_slice(), &Default::default());
    assert_eq!(e.unwrap_err().message, "row 1: `\u{fffd}\u{fffd}` is not UTF-8 text");
    let rows: String = (0..65_536).map(|i| format!("{i},w{i}\n")).collect();
    assert_eq!(
        brief(&format!("timestamp_s,workload\n{rows}")),
        "error: row 65,536: more than 65,535 different labels @65537:7"
    );
}

#[test]
fn an_open_quote_is_not_read_to_the_end() {
    let text = format!("timestamp_s,workload\n1,\"{}", "x\n".repeat(20 << 20));
    let message = error(&text);
    assert!(
        message.starts_with(
            "error: cannot read the trace before the first row: \
             a row is longer than 16 MiB; is a quote left open?\n --> trace.csv:2:1\n"
        ),
        "{}",
        &message[..200]
    );
}
