//! JSON with the names of the native format.

use super::round_trip::{UNITS, cells, row};
use super::{columns, error, error_with, format, parse, parse_with, render, skipping};
use proptest::prelude::*;
use serde_json::{Value, json};
use ssc::diagnostic::Kind;
use ssc::workload::import::{ReadOptions, read};
use ssc::workload::{Status, Trace};
use std::io::Read;

const LINES: &str = include_str!("../fixtures/traces/json-lines.jsonl");

fn nested() -> ReadOptions {
    columns([("input_tokens", "usage.prompt_tokens"), ("output_tokens", "usage.completion_tokens")])
}

#[test]
fn one_object_a_line_with_the_names_of_the_table() {
    let trace = parse_with(LINES, &nested());
    assert_eq!((trace.format, trace.len()), ("json", 2));
    let (first, second) = (trace.row(0), trace.row(1));
    assert_eq!(first.arrival.0, 1_777_629_600_000_000_000);
    assert_eq!(second.arrival.since(first.arrival).0, 1_250_000_000);
    assert_eq!(first.duration.map(|d| d.0), Some(1_500_000_000));
    assert_eq!(second.duration.map(|d| d.0), Some(250_500_000));
    assert_eq!((first.input_tokens, first.output_tokens), (Some(120), Some(40)));
    // A field that turns up late is read from there on.
    assert_eq!(first.time_to_first_token, None);
    assert_eq!(second.time_to_first_token.map(|d| d.0), Some(12_000_000));
    assert_eq!((first.status, second.status), (Status::Completed, Status::Failed));
    assert_eq!(trace.workload_labels(), ["chat", "search"]);
    assert_eq!(trace.notes, ["columns not used: `usage`"]);
}

#[test]
fn lists_wrappers_and_objects_over_several_lines_read_the_same() {
    let objects: Vec<Value> = LINES.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let pretty = |v: &Value| serde_json::to_string_pretty(v).unwrap();
    let expected = parse_with(LINES, &nested());
    for text in [
        json!(objects).to_string(),
        pretty(&json!(objects)),
        json!({"events": objects, "next": [1, "]}"]}).to_string(),
        pretty(&json!({"about": {"rows": [{"a": 1}]}, "Records": objects, "more": false})),
        objects.iter().map(pretty).collect::<Vec<_>>().join("\n"),
        objects.iter().map(pretty).collect::<String>(),
        format!("[{}]\n[{}]\n", objects[0], objects[1]),
        format!("{}\n{}", json!({"rows": [objects[0]]}), json!({"rows": [objects[1]]})),
        format!("\u{feff}\r\n{}\r\n\r\n{}\r\n", objects[0], objects[1]),
        LINES.replace("\"ts\"", "\"t\\u0073\""),
    ] {
        assert_eq!(parse_with(&text, &nested()), expected, "{text}");
    }
}

#[test]
fn numbers_keep_their_last_digit() {
    let text = "{\"timestamp_s\": 1.000000001, \"duration_ns\": 9007199254740993, \
                \"response_bytes\": 18446744073709551614, \"input_tokens\": 1.2e3, \
                \"output_tokens\": null, \"cached_tokens\": \"7\"}";
    let row = parse(text).row(0);
    assert_eq!(row.arrival.0, 1_000_000_001);
    assert_eq!(row.duration.map(|d| d.0), Some(9_007_199_254_740_993));
    assert_eq!(row.response_bytes, Some(u64::MAX - 1));
    assert_eq!((row.input_tokens, row.output_tokens), (Some(1_200), None));
    assert_eq!(row.cached_tokens, Some(7));
}

#[test]
fn bad_cells_show_their_line_and_column() {
    insta::assert_snapshot!(
        error("{\"timestamp_s\": 1}\n\n{\"timestamp_s\": 2, \"é\": 0, \"output_tokens\": \"abc\"}\n"),
        @r#"
    error: row 2: `abc` is not a whole number of tokens
     --> trace.csv:3:45
      | {"timestamp_s": 2, "é": 0, "output_tokens": "abc"}
      |                                             ^^^^^ in field `output_tokens`
    note: allowed: a whole number such as `120`, or an empty cell if it is not known
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#
    );
    insta::assert_snapshot!(
        error("[\n  {\"timestamp_s\": 1},\n  {\"timestamp_s\": 2,\n   \"input_tokens\": [5]}]"),
        @r#"
    error: row 2: `[5]` is not a whole number of tokens
     --> trace.csv:4:20
      |    "input_tokens": [5]}
      |                    ^^^ in field `input_tokens`
    note: allowed: a whole number such as `120`, or an empty cell if it is not known
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#
    );
    insta::assert_snapshot!(
        error("[{\"timestamp_s\":1},{\"timestamp_s\":\"soon\"}]"),
        @r#"
    error: row 2: `soon` is not a timestamp
     --> trace.csv:1:35
      | [{"timestamp_s":1},{"timestamp_s":"soon"}
      |                                   ^^^^^^ in field `timestamp_s`
    note: allowed: a date such as `2023-11-16 18:17:03.97Z`, a Unix time, or a number of seconds from the start
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#
    );
    insta::assert_snapshot!(error("{\"timestamp_s\":1}\n{\"output_tokens\":1}\n"), @r#"
    error: row 2: the timestamp is empty
     --> trace.csv:2:1
      | {"output_tokens":1}
      | ^^^^^^^^^^^^^^^^^^^ in field `timestamp_s`
    note: allowed: a date such as `2023-11-16 18:17:03.97Z`, a Unix time, or a number of seconds from the start
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#);
}

#[test]
fn what_is_no_object_is_a_bad_row() {
    insta::assert_snapshot!(error("{\"timestamp\":1}\n{\"timestamp\":2,}\n{\"timestamp\":3}"), @r#"
    error: row 2 is not a JSON object: trailing comma
     --> trace.csv:2:16
      | {"timestamp":2,}
      |                ^ not valid here
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#);
    insta::assert_snapshot!(error("{\"timestamp\":1}\nhello\n"), @r"
    error: row 2 is not a JSON object: expected value
     --> trace.csv:2:1
      | hello
      | ^ not valid here
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(error("[{\"timestamp\":1},\n {\"timestamp\" 2}, 7]"), @r#"
    error: row 2 is not a JSON object: expected `:`
     --> trace.csv:2:15
      |  {"timestamp" 2}
      |               ^ not valid here
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#);
    let text =
        "{\"timestamp\":1}\nhello\n{\"timestamp\":2,}\n{\"timestamp\":4} {\n{\"timestamp\":3}\n[]";
    let trace = parse_with(text, &skipping());
    assert_eq!((trace.len(), trace.skipped), (2, 4));
    assert_eq!(trace.row(1).arrival.0, 3_000_000_000);
    let trace =
        parse_with("[{\"timestamp\":1}, 7, \"x,]\", [1,2], {\"timestamp\":2}]", &skipping());
    assert_eq!((trace.len(), trace.skipped), (2, 3));
}

#[test]
fn fields_that_are_not_there_or_not_clear() {
    insta::assert_snapshot!(error("{\"tokens_out\":1}"), @r#"
    error: the trace has no `timestamp` column
     --> trace.csv:1:1
      | {"tokens_out":1}
      | ^^^^^^^^^^^^^^^^ none of these says when requests arrive
    note: columns found: `tokens_out`
    hint: name it: `--column timestamp=HEADER`, or `timestamp: HEADER` under `columns:` in a scenario
    "#);
    insta::assert_snapshot!(error_with("{\"when\":1}", &columns([("timestamp", "wehn")])), @r"
    error: no object of the trace has a field `wehn`
    note: fields found: `when`
    hint: did you mean `when`?
    ");
    insta::assert_snapshot!(
        error_with(
            "{\"timestamp\":1,\"usage\":{}}",
            &columns([("input_tokens", "usage.prompt_tokens")])
        ),
        @r"
    error: no object of the trace has a field `usage.prompt_tokens`
    note: fields found: `timestamp`, `usage`
    hint: a field in a field has a dot: `usage.prompt_tokens`
    "
    );
    insta::assert_snapshot!(
        error("{\"timestamp\":1,\"latency_ms\":5}\n{\"timestamp\":2,\"duration_ms\":5}"),
        @r#"
    error: fields `latency_ms`, `duration_ms` all mean `duration`
     --> trace.csv:2:30
      | {"timestamp":2,"duration_ms":5}
      |                              ^ not on the rows above
    hint: choose with `columns: {duration: latency_ms}`
    "#
    );
    insta::assert_snapshot!(error_with("{\"a\":1}\n[2]\n", &format("json")), @r#"
    error: the trace has no `timestamp` column
     --> trace.csv:1:1
      | {"a":1}
      | ^^^^^^^ none of these says when requests arrive
    note: columns found: `a`
    hint: name it: `--column timestamp=HEADER`, or `timestamp: HEADER` under `columns:` in a scenario
    "#);
}

#[test]
fn files_that_end_too_early() {
    insta::assert_snapshot!(error("[{\"timestamp\":1},\n{\"timestamp\":2}"), @r#"
    error: the trace ends within the list of rows, after row 2
     --> trace.csv:2:16
      | {"timestamp":2}
      |                ^ not closed
    hint: the file is cut off: fetch it again
    "#);
    insta::assert_snapshot!(error("[{\"timestamp\":1},\n{\"timestamp\":2, "), @r#"
    error: the trace ends within an object, after row 1
     --> trace.csv:2:1
      | {"timestamp":2,
      | ^ not closed
    hint: the file is cut off: fetch it again
    "#);
    insta::assert_snapshot!(error("{\"rows\":[{\"timestamp\":1}]\n"), @r"
    error: the trace ends within the object around the rows, after row 1
     --> trace.csv:2:1
      | 
      | ^ not closed
    hint: the file is cut off: fetch it again
    ");
    insta::assert_snapshot!(error("{\"timestamp\":1}\n{\"timestamp\":2, "), @r#"
    error: row 2 is not a JSON object: EOF while parsing a value
     --> trace.csv:2:15
      | {"timestamp":2,
      |               ^ not valid here
    hint: to leave such rows out and count them, use `skip_bad_rows`
    "#);
    let cut = read("t.json", "[{\"timestamp\":1},".as_bytes(), &skipping()).unwrap_err();
    assert!(cut.message.starts_with("the trace ends within"), "{}", render(&cut));
}

#[test]
fn a_line_or_an_object_without_end_is_not_read_to_the_end() {
    for (start, filler, kind) in [
        ("{\"timestamp\":1}\n{\"timestamp\":2,\"x\":\"", "x", "a line is"),
        ("[{\"timestamp\":1},{\"x\":\"", "x\n", "an object is"),
        ("[{\"timestamp\":1}, true", "x", "a value is"),
    ] {
        let filler = filler.as_bytes();
        let endless = start.as_bytes().chain(Repeat { filler, at: 0 });
        let error = read("t", endless, &ReadOptions::default()).unwrap_err();
        assert_eq!(error.kind, Kind::Input);
        assert!(
            error.message.starts_with(&format!("{kind} longer than 16 MiB after row 1")),
            "{}",
            error.message
        );
    }
}

/// The same text for ever.
struct Repeat<'a> {
    filler: &'a [u8],
    at: usize,
}

impl Read for Repeat<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        for byte in buffer.iter_mut() {
            *byte = self.filler[self.at % self.filler.len()];
            self.at += 1;
        }
        Ok(buffer.len())
    }
}

#[test]
fn a_thousand_names_are_enough() {
    let object = |n: usize| {
        let fields = (0..n).map(|i| format!(",\"f{i}\":0"));
        format!("{{\"timestamp\":1{}}}", fields.collect::<String>())
    };
    assert_eq!(parse(&object(999)).len(), 1);
    assert!(error(&object(1_000)).contains("more than 1000 different field names"));
}

/// A cell of the table as a JSON value: a number as it is written, anything else as a string.
fn value(cell: &str) -> String {
    let text = match cell.strip_prefix('"').and_then(|c| c.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None if cell.is_empty() => return "null".into(),
        None if cell.bytes().all(|b| b.is_ascii_digit() || b == b'.') => return cell.into(),
        None => cell.to_owned(),
    };
    Value::from(text).to_string()
}

proptest! {
    #[test]
    fn json_and_csv_of_the_same_cells_are_the_same_trace(
        rows in proptest::collection::vec(row(), 1..20),
        units in proptest::array::uniform5(0..UNITS.len()),
        list in any::<bool>(),
    ) {
        let units = units.map(|i| UNITS[i]);
        let table: Vec<_> = rows.iter().map(|r| cells(r, units)).collect();
        let join = |cells: Vec<&str>| cells.join(",");
        let mut csv = vec![join(table[0].iter().map(|(h, _)| h.as_str()).collect())];
        csv.extend(table.iter().map(|r| join(r.iter().map(|(_, c)| c.as_str()).collect())));
        let objects = table.iter().map(|cells| {
            let fields = cells.iter().map(|(h, c)| format!("{}: {}", Value::from(h.as_str()), value(c)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
        });
        let objects: Vec<_> = objects.collect();
        let json = if list { format!("[{}]", objects.join(",\n")) } else { objects.join("\n") };
        let csv = parse(&csv.join("\n"));
        let mut json: Trace = parse(&json);
        json.format = csv.format;
        prop_assert_eq!(json, csv);
    }

    #[test]
    fn no_text_panics(text in "[\\[\\]{}\",:a1\\\\ \n]{0,60}", skip in any::<bool>()) {
        let options = if skip { skipping() } else { ReadOptions::default() };
        let start = "{\"timestamp\":1}\n";
        for before in ["", start, "[", "{\"events\":[", "{\n"] {
            for named in [options.clone(), ReadOptions { format: Some("json".into()), ..options.clone() }] {
                let _ = read("x", format!("{before}{text}").as_bytes(), &named);
            }
        }
    }
}
