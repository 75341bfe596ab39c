//! The native format: names, units, what may be left out.

use super::{columns, parse, parse_with, skipping};
use ssc::units::{SimDuration, SimTime};
use ssc::workload::{Row, Status, TimeBase, TraceColumn};

const MS: i64 = 1_000_000;

#[test]
fn a_row_with_everything() {
    let trace = parse(
        "timestamp,workload,model,duration_ms,ttft_ms,input_tokens,cached_tokens,\
         cache_write_tokens,output_tokens,cpu_ms,response_bytes,request_bytes,status,\
         disconnect_after_ms\n\
         2024-05-10T00:00:00Z,chat,small,1500.25,300.000001,900,400,100,250,12.5,64000,512,499,900\n",
    );
    let expected = Row {
        arrival: SimTime(1_715_299_200_000_000_000),
        duration: Some(SimDuration(1_500_250_000)),
        time_to_first_token: Some(SimDuration(300_000_001)),
        input_tokens: Some(900),
        cached_tokens: Some(400),
        cache_write_tokens: Some(100),
        output_tokens: Some(250),
        cpu: Some(SimDuration(12_500_000)),
        response_bytes: Some(64_000),
        request_bytes: Some(512),
        status: Status::Aborted,
        disconnect_after: Some(SimDuration(900 * MS)),
        workload: Some(0),
        model: Some(0),
    };
    assert_eq!(trace.iter().collect::<Vec<_>>(), [expected]);
    assert_eq!(
        (trace.workload_labels(), trace.model_labels()),
        (&["chat".into()][..], &["small".into()][..])
    );
    assert_eq!(trace.notes, ["models: `small` (1)"]);
}

#[test]
fn names_are_aliases_in_any_case_and_order() {
    let trace =
        parse("Completion-Tokens,LatencySeconds,TS,Prompt Tokens,Route\n7,0.25,1,9,/chat\n");
    let row = trace.row(0);
    assert_eq!((row.input_tokens, row.output_tokens), (Some(9), Some(7)));
    assert_eq!(row.duration, Some(SimDuration(250 * MS)));
    assert_eq!(trace.workload_labels(), ["/chat"]);
}

#[test]
fn every_unit_suffix_is_exact() {
    for (suffix, value, ns) in [
        ("s", "1.000000001", 1_000_000_001),
        ("ms", "0.000001", 1),
        ("us", "0.1", 100),
        ("ns", "7", 7),
        ("s", "6e-06", 6_000),
        ("ms", "9007199254740.993", 9_007_199_254_740_993_000),
    ] {
        let trace = parse(&format!("timestamp,duration_{suffix}\n1,{value}\n"));
        assert_eq!(trace.row(0).duration, Some(SimDuration(ns)), "{value} {suffix}");
    }
}

#[test]
fn timestamps_may_be_dates_unix_times_or_seconds_from_the_start() {
    for (header, value, ns, base) in [
        ("timestamp", "1700158623", 1_700_158_623_000 * MS, TimeBase::UnixEpoch),
        ("time", "1700158623979", 1_700_158_623_979 * MS, TimeBase::UnixEpoch),
        ("@timestamp", "2023-11-16T18:17:03.979Z", 1_700_158_623_979 * MS, TimeBase::UnixEpoch),
        ("start_time", "12.5", 12_500 * MS, TimeBase::TraceStart),
        ("timestamp_ms", "3000", 3_000 * MS, TimeBase::TraceStart),
        ("timestamp_us", "1700158623979000", 1_700_158_623_979 * MS, TimeBase::UnixEpoch),
    ] {
        let trace = parse(&format!("{header}\n{value}\n"));
        assert_eq!((trace.row(0).arrival.0, trace.time_base), (ns, base), "{header} {value}");
    }
}

#[test]
fn what_was_guessed_is_said() {
    let notes = |text: &str| parse(text).notes;
    assert_eq!(
        notes("timestamp\n3000\n"),
        ["timestamps are read as seconds from the start; \
          if they are not, name the unit, as in `timestamp_ms`"]
    );
    assert_eq!(
        notes("timestamp\n1700158623979\n"),
        ["timestamps are read as milliseconds since 1970"]
    );
    assert_eq!(
        notes("timestamp\n2023-11-16 18:17:03\n"),
        ["timestamps name no time zone: read as UTC"]
    );
    assert_eq!(
        notes("timestamp_s,duration_s,colour,user\n0.1234567891,1,red,x\n1,1.00000000010,red,x\n"),
        ["columns not used: `colour`, `user`", "digits below a nanosecond were cut off on 2 rows"]
    );
    assert!(notes("timestamp_s\n1\n").is_empty());
}

#[test]
fn unsorted_rows_are_sorted_and_counted() {
    let trace = parse("timestamp_s,output_tokens\n10923,0\n1,1\n10923,2\n2,3\n");
    let tokens: Vec<_> = trace.iter().filter_map(|r| r.output_tokens).collect();
    assert_eq!(tokens, [1, 3, 0, 2]);
    assert_eq!(trace.out_of_order, 2);
    assert_eq!(
        trace.notes,
        ["2 rows stood below a later arrival, the furthest by 3h 2m: sorted by arrival"]
    );
}

#[test]
fn empty_cells_are_missing_entries() {
    let trace = parse("timestamp_s,duration_ms,input_tokens,workload\n1,,,\n2,5,6,chat\n3,,,\n");
    assert_eq!(trace.row(0), Row { arrival: SimTime(1_000 * MS), ..Row::default() });
    assert_eq!(trace.row(1).duration, Some(SimDuration(5 * MS)));
    assert_eq!(trace.row(2).workload, None);
    assert_eq!(trace.present(TraceColumn::Duration), 1);
    assert_eq!(trace.present(TraceColumn::OutputTokens), 0);
}

#[test]
fn arrival_end_and_duration_complete_each_other() {
    let trace = parse("start_s,end_s\n10,12.5\n");
    assert_eq!(trace.row(0).duration, Some(SimDuration(2_500 * MS)));
    let trace = parse("end_timestamp_s,duration_s\n12.5,2.5\n");
    assert_eq!(trace.row(0).arrival, SimTime(10_000 * MS));
    assert_eq!(
        trace.notes,
        ["no arrival column: requests arrive at their end less their duration"]
    );
    // Clocks may differ by a millisecond; the logged duration stands.
    let trace = parse("start_s,end_s,duration_ms\n10,12.5,2501\n");
    assert_eq!(trace.row(0).duration, Some(SimDuration(2_501 * MS)));
}

#[test]
fn a_duration_may_carry_its_unit_in_the_cell() {
    let trace = parse("timestamp_s,duration,ttft\n1,1.5s,250ms\n2,3 s,0s\n");
    assert_eq!(trace.row(0).duration, Some(SimDuration(1_500 * MS)));
    assert_eq!(trace.row(0).time_to_first_token, Some(SimDuration(250 * MS)));
    assert_eq!(trace.row(1).duration, Some(SimDuration(3_000 * MS)));
}

#[test]
fn a_disconnect_aborts_and_http_codes_are_statuses() {
    let trace = parse("timestamp_s,status,disconnect_after_s\n1,,2\n2,499,\n3,503,\n4,200,\n5,,\n");
    let statuses: Vec<_> = trace.iter().map(|r| r.status).collect();
    use Status::{Aborted, Completed, Failed};
    assert_eq!(statuses, [Aborted, Aborted, Failed, Completed, Completed]);
    assert_eq!(trace.present(TraceColumn::Status), 3);
}

#[test]
fn columns_can_be_told() {
    let text = "when,took_ms,duration_ms,n\n1,5,99,7\n";
    let told = columns([("timestamp_ms", "when"), ("duration", "took_ms"), ("output_tokens", "N")]);
    let trace = parse_with(text, &told);
    let row = trace.row(0);
    assert_eq!(row.arrival, SimTime(MS));
    assert_eq!((row.duration, row.output_tokens), (Some(SimDuration(5 * MS)), Some(7)));
    assert_eq!(trace.notes, ["columns not used: `duration_ms`"]);
    let trace =
        parse_with("t,took_ms\n1,5\n", &columns([("ts_s", "t"), ("duration_s", "took_ms")]));
    assert_eq!(trace.row(0).duration, Some(SimDuration(5_000 * MS)));
    assert_eq!(trace.notes, ["column `took_ms` is read as seconds, as told"]);
}

#[test]
fn the_canonical_name_wins_over_an_alias() {
    let trace = parse("timestamp_s,created_at,duration_ms,latency_ms\n1,2,3,4\n");
    assert_eq!(trace.row(0).arrival, SimTime(1_000 * MS));
    assert_eq!(trace.row(0).duration, Some(SimDuration(3 * MS)));
    assert_eq!(trace.notes, ["columns not used: `created_at`, `latency_ms`"]);
}

#[test]
fn quoted_cells_may_hold_separators_and_line_ends() {
    let trace = parse("timestamp_s,workload,output_tokens\n1,\"a,\"\"b\"\"\nc\",5\n2,d,6\n");
    assert_eq!(trace.workload_labels(), ["a,\"b\"\nc", "d"]);
    assert_eq!(trace.row(1).output_tokens, Some(6));
}

#[test]
fn bad_rows_are_skipped_and_counted_if_told() {
    let text = "timestamp_s,workload,output_tokens\n1,a,5\n2,b,x\n3\n,c,1\n4,d,6\n";
    let trace = parse_with(text, &skipping());
    assert_eq!((trace.len(), trace.skipped), (2, 3));
    assert_eq!(trace.workload_labels(), ["a", "d"]);
    let first = trace.first_skipped.unwrap();
    assert_eq!(first.message, "row 2: `x` is not a whole number of tokens");
    assert_eq!(first.place.unwrap().line, 3);
}

#[test]
fn a_workload_can_be_taken_out() {
    let trace = parse("timestamp_s,workload,model\n1,a,x\n2,b,y\n3,b,x\n");
    let part = trace.select_workload("b").unwrap();
    assert_eq!((part.len(), part.format), (2, "native"));
    assert_eq!((part.model_labels(), part.row(1).model), (&["y".into(), "x".into()][..], Some(1)));
    assert_eq!(trace.select_workload("c"), None);
}
