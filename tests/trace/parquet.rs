//! Parquet files are tables like any other.

use super::{columns, parse, render, skipping};
use parquet::basic::Compression;
use parquet::data_type::{
    ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, Int32Type,
    Int64Type, Int96, Int96Type,
};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use ssc::diagnostic::Kind;
use ssc::workload::import::{Alone, Bytes, ReadOptions, TraceFile, read, read_file};
use ssc::workload::{Row, Status, TimeBase, Trace};
use std::sync::Arc;

/// Values of one column; nulls where the schema allows them.
enum Values {
    I32(Vec<Option<i32>>),
    I64(Vec<Option<i64>>),
    I96(Vec<Option<Int96>>),
    F64(Vec<Option<f64>>),
    Text(Vec<Option<&'static str>>),
    Fixed(Vec<Option<Vec<u8>>>),
}

fn parquet_with(schema: &str, columns: &[Values], compression: Compression) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(&format!("message trace {{ {schema} }}")).unwrap());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    for values in columns {
        let mut column = group.next_column().unwrap().unwrap();
        macro_rules! put {
            ($kind:ty, $values:expr, $make:expr) => {{
                let levels: Vec<i16> = $values.iter().map(|v| i16::from(v.is_some())).collect();
                let present: Vec<_> = $values.iter().flatten().cloned().map($make).collect();
                column.typed::<$kind>().write_batch(&present, Some(&levels), None).unwrap();
            }};
        }
        match values {
            Values::I32(v) => put!(Int32Type, v, |v| v),
            Values::I64(v) => put!(Int64Type, v, |v| v),
            Values::I96(v) => put!(Int96Type, v, |v| v),
            Values::F64(v) => put!(DoubleType, v, |v| v),
            Values::Text(v) => put!(ByteArrayType, v, |v: &str| ByteArray::from(v)),
            Values::Fixed(v) => put!(FixedLenByteArrayType, v, |v: Vec<u8>| {
                FixedLenByteArray::from(ByteArray::from(v))
            }),
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.into_inner().unwrap()
}

fn parquet(schema: &str, columns: &[Values]) -> Vec<u8> {
    parquet_with(schema, columns, Compression::SNAPPY)
}

fn read_at(bytes: Vec<u8>, options: &ReadOptions) -> ssc::diagnostic::Result<Trace> {
    let bytes = Bytes::File(Arc::new(bytes));
    read_file(TraceFile { name: "trace.parquet", bytes, beside: &Alone }, options, None)
}

fn taken(bytes: Vec<u8>) -> Trace {
    read_at(bytes, &ReadOptions::default()).unwrap_or_else(|e| panic!("{}", render(&e)))
}

fn error(bytes: Vec<u8>) -> String {
    render(&read_at(bytes, &ReadOptions::default()).expect_err("this file is bad"))
}

const MICROS: i64 = 1_715_299_200_009_930;

/// Three requests, one of them with little to say.
pub(crate) fn sample(compression: Compression) -> Vec<u8> {
    parquet_with(
        "optional int64 timestamp (TIMESTAMP(MICROS, true)); optional double duration_s;
         optional int32 input_tokens (INTEGER(32, false)); optional int64 output_tokens;
         optional binary model (STRING); optional binary status (STRING);
         optional binary prompt (STRING);",
        &[
            Values::I64(vec![Some(MICROS), Some(MICROS + 7), Some(MICROS + 3)]),
            Values::F64(vec![Some(1.5), Some(f64::NAN), None]),
            Values::I32(vec![Some(30), Some(-2), None]),
            Values::I64(vec![Some(4), None, Some(5)]),
            Values::Text(vec![Some("small"), Some("big, \"very\""), None]),
            Values::Text(vec![Some("ok"), Some("500"), None]),
            Values::Text(vec![Some("who?"), Some("a\nb"), Some("")]),
        ],
        compression,
    )
}

#[test]
fn a_parquet_file_reads_like_the_same_table_as_text() {
    let text = "timestamp,duration_s,input_tokens,output_tokens,model,status,prompt\n\
                2024-05-10T00:00:00.009930Z,1.5,30,4,small,ok,\n\
                2024-05-10T00:00:00.009937Z,,4294967294,,\"big, \"\"very\"\"\",500,\n\
                2024-05-10T00:00:00.009933Z,,,5,,,\n";
    let expected = parse(text);
    for compression in [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::ZSTD(Default::default()),
        Compression::GZIP(Default::default()),
        Compression::LZ4_RAW,
    ] {
        assert_eq!(taken(sample(compression)), expected);
    }
    // A stream is kept in memory to be read at any place.
    let streamed = read("t", sample(Compression::SNAPPY).as_slice(), &ReadOptions::default());
    assert_eq!(streamed.unwrap(), expected);
    assert_eq!(expected.row(2).status, Status::Failed);
    assert!(expected.notes.contains(&"columns not used: `prompt`".to_owned()));
}

#[test]
fn numbers_dates_and_decimals_keep_their_units() {
    let mut julian = Int96::new();
    julian.set_data(9_930_000, 0, 2_460_441);
    let trace = taken(parquet(
        "optional int96 start_time; optional int32 duration (TIME(MILLIS, true));
         optional fixed_len_byte_array(3) cpu_ms (DECIMAL(6, 2)); optional int64 bytes_out;",
        &[
            Values::I96(vec![Some(julian)]),
            Values::I32(vec![Some(1_500)]),
            Values::Fixed(vec![Some(vec![0, 1, 0])]),
            Values::I64(vec![Some(9_007_199_254_740_993)]),
        ],
    ));
    assert_eq!(trace.time_base, TimeBase::UnixEpoch);
    let row = Row {
        arrival: ssc::units::SimTime(MICROS * 1_000),
        duration: Some(ssc::units::SimDuration(1_500_000_000)),
        cpu: Some(ssc::units::SimDuration(2_560_000)),
        response_bytes: Some(9_007_199_254_740_993),
        ..Row::default()
    };
    assert_eq!(trace.row(0), row);
    // Plain numbers are judged as they are in text.
    let trace = taken(parquet("optional double ts;", &[Values::F64(vec![Some(1.25), Some(0.5)])]));
    assert_eq!((trace.time_base, trace.row(1).arrival.0), (TimeBase::TraceStart, 1_250_000_000));
}

#[test]
fn published_formats_and_told_columns_work_as_in_text() {
    let burst = parquet(
        "optional double Timestamp; optional binary Model (STRING); optional int64 Request_tokens;
         optional int64 Response_tokens; optional int64 Total_tokens;",
        &[
            Values::F64(vec![Some(5.0)]),
            Values::Text(vec![Some("GPT-4")]),
            Values::I64(vec![Some(10)]),
            Values::I64(vec![Some(0)]),
            Values::I64(vec![Some(10)]),
        ],
    );
    let options = ReadOptions { format: Some("burstgpt".into()), ..ReadOptions::default() };
    let trace = read_at(burst.clone(), &options).unwrap();
    assert_eq!((trace.format, trace.row(0).status), ("burstgpt", Status::Failed));
    let options = columns([("timestamp_s", "Timestamp"), ("output_tokens", "total_tokens")]);
    assert_eq!(read_at(burst, &options).unwrap().row(0).output_tokens, Some(10));
}

#[test]
fn many_rows_and_groups_come_whole() {
    let rows = 30_000;
    let column: Vec<_> = (0..rows).map(|i| Some(i64::from(i))).collect();
    let tokens = (0..rows).map(|i| (i % 3 > 0).then_some(i)).collect();
    let trace = taken(parquet(
        "optional int64 timestamp_ms; optional int32 output_tokens;",
        &[Values::I64(column), Values::I32(tokens)],
    ));
    assert_eq!(trace.len(), 30_000);
    for (i, row) in trace.iter().enumerate() {
        let n = u32::try_from(i).unwrap();
        assert_eq!(
            (row.arrival.0, row.output_tokens),
            (i64::from(n) * 1_000_000, (n % 3 > 0).then_some(n))
        );
    }
}

#[test]
fn what_is_wrong_in_a_column_is_told_by_row_and_column() {
    let words = || {
        parquet(
            "optional int64 timestamp_ms; optional binary output_tokens (STRING);",
            &[
                Values::I64(vec![Some(1), Some(2), None]),
                Values::Text(vec![Some("12"), Some("many"), None]),
            ],
        )
    };
    insta::assert_snapshot!(error(words()), @r"
    error: row 2: `many` is not a whole number of tokens
    note: in column `output_tokens` of trace.parquet
    note: allowed: a whole number such as `120`, or an empty cell if it is not known
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    let trace = read_at(words(), &skipping()).unwrap();
    assert_eq!((trace.len(), trace.skipped), (1, 2));
    assert_eq!(trace.first_skipped.unwrap().place, None);
    // A null alone on its row is a row without a timestamp, not an empty line.
    let alone = parquet("optional int64 timestamp_ms;", &[Values::I64(vec![Some(1), None])]);
    assert!(error(alone).contains("row 2: the timestamp is empty"));
    let id = vec![Some(vec![0, 0xab])];
    insta::assert_snapshot!(error(parquet(
        "optional int64 ts; optional fixed_len_byte_array(2) output_tokens;",
        &[Values::I64(vec![Some(1)]), Values::Fixed(id)],
    )), @r"
    error: row 1: `00ab` is not a whole number of tokens
    note: in column `output_tokens` of trace.parquet
    note: allowed: a whole number such as `120`, or an empty cell if it is not known
    hint: to leave such rows out and count them, use `skip_bad_rows`
    ");
    insta::assert_snapshot!(error(parquet(
        "optional int64 when; optional group usage { optional int32 tokens; }",
        &[Values::I64(vec![Some(1)]), Values::I32(vec![None])],
    )), @r"
    error: the trace has no `timestamp` column
    note: in trace.parquet
    note: columns found: `when`, `usage`
    hint: name it: `--column timestamp=HEADER`, or `timestamp: HEADER` under `columns:` in a scenario
    ");
    insta::assert_snapshot!(error(parquet(
        "optional int64 ts; optional group model { optional int32 name; }",
        &[Values::I64(vec![Some(1)]), Values::I32(vec![None])],
    )), @r"
    error: column `model` of the Parquet file is nested, not one value a row
    note: in trace.parquet
    hint: write it out as a column of its own, or name another column with `columns:`
    ");
}

#[test]
fn a_file_that_is_cut_encrypted_or_foreign_is_named() {
    let bytes = sample(Compression::SNAPPY);
    insta::assert_snapshot!(error(bytes[..bytes.len() / 2].to_vec()), @r"
    error: the Parquet file is cut off: it has no footer
    note: in trace.parquet
    hint: fetch the file again, or let the program that writes it close it
    ");
    insta::assert_snapshot!(error(b"PAR1".to_vec()), @r"
    error: the Parquet file is cut off: it has no footer
    note: in trace.parquet
    hint: fetch the file again, or let the program that writes it close it
    ");
    let encrypted = [b"PARE", &bytes[4..bytes.len() - 4], b"PARE"].concat();
    insta::assert_snapshot!(error(encrypted), @r"
    error: the Parquet file is encrypted
    note: in trace.parquet
    hint: write it without encryption
    ");
    // A footer that claims to be longer than the file.
    let mut long = bytes.clone();
    let at = long.len() - 8;
    long[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    insta::assert_snapshot!(error(long), @r"
    error: the Parquet file is damaged: EOF: Parquet file too small. Size is 1666 but need 4294967303
    note: in trace.parquet
    hint: fetch the file again
    ");
}

#[test]
fn no_flipped_byte_panics_and_every_cut_is_an_error() {
    let bytes = sample(Compression::SNAPPY);
    for length in 4..bytes.len() {
        let cut = read_at(bytes[..length].to_vec(), &ReadOptions::default());
        assert_eq!(cut.expect_err("a cut file").kind, Kind::File, "{length}");
    }
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut damaged = bytes.clone();
            damaged[at] ^= flip;
            let _ = read_at(damaged, &ReadOptions::default());
        }
    }
}
