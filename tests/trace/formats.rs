//! How files are opened and recognised: compression, encodings, separators, formats.

use super::{columns, error, error_with, format, parse, parse_with, render, skipping};
use flate2::{Compression, write::GzEncoder};
use ssc::diagnostic::Kind;
use ssc::workload::import::{IMPORTERS, ReadOptions, read};
use ssc::workload::{Status, TimeBase};
use std::io::{self, Read, Write};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Many rows whose bytes do not compress well, so that a cut leaves complete rows before it.
fn many_rows(n: u64) -> String {
    let rows = (0..n).map(|i| format!("{i},{}\n", i.wrapping_mul(2_654_435_761) % 1_000_003));
    std::iter::once("timestamp,output_tokens\n".to_owned()).chain(rows).collect()
}

fn bytes_error(bytes: &[u8]) -> String {
    render(&read("trace.csv.gz", bytes, &ReadOptions::default()).unwrap_err())
}

#[test]
fn gzip_is_recognised_by_its_content_and_may_have_several_members() {
    let text = many_rows(50_000);
    let plain = parse(&text);
    let packed = read("trace.csv", gzip(text.as_bytes()).as_slice(), &ReadOptions::default());
    assert_eq!(packed.unwrap(), plain);
    let (a, b) = text.as_bytes().split_at(12_345);
    let members = [gzip(a), gzip(b)].concat();
    assert_eq!(read("trace.csv", members.as_slice(), &ReadOptions::default()).unwrap(), plain);
}

#[test]
fn a_cut_gzip_file_says_after_which_row_it_ended() {
    let packed = gzip(many_rows(100_000).as_bytes());
    let cut = read("t.csv.gz", &packed[..packed.len() / 2], &ReadOptions::default()).unwrap_err();
    assert_eq!(cut.kind, Kind::File);
    let place = cut.place.clone().unwrap();
    let row = place.line - 2;
    assert!(row > 40_000 && row < 60_000, "{row}");
    let row = format!("{},{:03}", row / 1_000, row % 1_000);
    assert_eq!(cut.message, format!("the gzip data ends too early, after row {row}"));
    assert_eq!(cut.hint.as_deref(), Some("the file is cut off: fetch it again"));

    // A short file is still counted row by row.
    let packed = gzip(b"timestamp\n1\n2\n3\n");
    let message = bytes_error(&packed[..packed.len() - 4]);
    assert!(message.starts_with("error: the gzip data ends too early, after row 3\n"), "{message}");
    let message = bytes_error(&packed[..5]);
    assert!(message.starts_with("error: the gzip data ends too early, before the first row\n"));
}

#[test]
fn a_cut_gzip_file_is_an_error_even_if_bad_rows_are_skipped() {
    let packed = gzip(many_rows(100_000).as_bytes());
    assert!(read("t.csv.gz", &packed[..packed.len() / 2], &skipping()).is_err());
}

#[test]
fn zstd_is_recognised_by_its_content_and_may_have_several_frames() {
    let text = many_rows(50_000);
    let zstd = |text: &str| zstd::encode_all(text.as_bytes(), 3).unwrap();
    let plain = parse(&text);
    let packed = read("trace.csv", zstd(&text).as_slice(), &ReadOptions::default());
    assert_eq!(packed.unwrap(), plain);
    let (a, b) = text.split_at(12_345);
    let frames = [zstd(a), zstd(b)].concat();
    assert_eq!(read("trace.csv", frames.as_slice(), &ReadOptions::default()).unwrap(), plain);
}

#[test]
fn a_cut_or_damaged_zstd_file_says_after_which_row_it_ended() {
    let packed = zstd::encode_all(many_rows(200_000).as_bytes(), 3).unwrap();
    let cut = read("t.csv.zst", &packed[..packed.len() / 2], &skipping()).unwrap_err();
    assert_eq!(cut.kind, Kind::File);
    assert!(cut.message.starts_with("the zstd data ends too early, after row "), "{}", cut.message);
    assert!(cut.place.unwrap().line > 10_000);
    assert_eq!(cut.hint.as_deref(), Some("the file is cut off: fetch it again"));

    let mut encoder = zstd::stream::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.write_all(many_rows(200_000).as_bytes()).unwrap();
    let mut damaged = encoder.finish().unwrap();
    let last = damaged.len() - 1;
    damaged[last] ^= 0x10;
    let error = read("t.csv.zst", damaged.as_slice(), &ReadOptions::default()).unwrap_err();
    assert!(error.message.starts_with("the zstd data is damaged after row "), "{}", error.message);
    let error = bytes_error(&[b"\x28\xb5\x2f\xfd".as_slice(), &[0xff; 64]].concat());
    assert!(error.starts_with("error: the zstd data is damaged before the first row"), "{error}");
}

#[test]
fn a_failing_disk_is_a_file_error() {
    struct Failing(bool);
    impl Read for Failing {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if std::mem::replace(&mut self.0, true) {
                return Err(io::Error::other("the disk is gone"));
            }
            let text = b"timestamp\n1\n2\n";
            buffer[..text.len()].copy_from_slice(text);
            Ok(text.len())
        }
    }
    let failed = read("trace.csv", Failing(false), &ReadOptions::default()).unwrap_err();
    assert_eq!(failed.kind, Kind::File);
    assert_eq!(failed.message, "cannot read the trace after row 2: the disk is gone");
}

#[test]
fn line_ends_blank_lines_byte_order_marks_and_separators_do_not_matter() {
    let plain = parse("timestamp,output_tokens\n1,10\n2,20\n");
    for text in [
        "timestamp,output_tokens\r\n1,10\r\n2,20\r\n",
        "timestamp,output_tokens\r\n1,10\r\n2,20",
        "\u{feff}timestamp,output_tokens\n1,10\n2,20\n\n  \n",
        "\n\ntimestamp,output_tokens\n\n1,10\n\r\n2,20\n",
        "timestamp\toutput_tokens\n1\t10\n2\t20\n",
        "timestamp;output_tokens\n1;10\n2;20\n",
        " timestamp , output_tokens \n 1 , 10 \n 2 , 20 \n",
        "\"timestamp\",\"output_tokens\"\n\"1\",\"10\"\n2,\"20\"\n",
        "timestamp,output_tokens\n1,10,\n2,20, \n",
    ] {
        assert_eq!(parse(text), plain, "{text:?}");
    }
}

#[test]
fn what_is_not_a_table_of_text_is_named() {
    for (bytes, what) in [
        (b"PK\x03\x04....".as_slice(), "a zip archive or a spreadsheet"),
        (b"\xff\xfet\0i\0", "UTF-16 text"),
        (b"\x7fELF\0\0", "binary data"),
        (&gzip(&gzip(b"timestamp\n1\n")), "compressed twice"),
        (&gzip(b"PAR1...."), "a Parquet file inside an archive"),
        (&gzip(b"\x89ssct\r\n\x1a"), "a packed trace inside an archive"),
    ] {
        assert_eq!(
            bytes_error(bytes),
            format!(
                "error: the trace is {what}, not text\n\
                 note: in trace.csv.gz\n\
                 hint: give the trace as UTF-8 text, plain or compressed with gzip or zstd\n"
            )
        );
    }
}

#[test]
fn published_formats_are_recognised_by_their_header() {
    let trace = parse("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03.9799600,48,10");
    assert_eq!(trace.format, "azure-llm");
    let later = "TIMESTAMP,ContextTokens,GeneratedTokens\n\
                 2024-05-10 00:00:00.009930+00:00,2162,5\n\
                 2024-05-10 00:00:01+00:00,2399,6\n";
    let trace = parse(later);
    assert_eq!((trace.format, trace.time_base), ("azure-llm", TimeBase::UnixEpoch));
    let arrivals: Vec<_> = trace.iter().map(|row| row.arrival.0).collect();
    assert_eq!(arrivals, [1_715_299_200_009_930_000, 1_715_299_201_000_000_000]);
    assert!(trace.notes.is_empty());
    assert_eq!(parse("timestamp,prompt_tokens\n1,2\n").format, "native");
    let names: Vec<_> = IMPORTERS.iter().map(|i| i.name).collect();
    assert_eq!((names.first(), names.last()), (Some(&"azure-llm"), Some(&"native")));
}

fn known_formats() -> String {
    let names: Vec<_> = IMPORTERS.iter().map(|i| std::format!("`{}`", i.name)).collect();
    names.join(", ")
}

#[test]
fn burstgpt_columns_are_found_by_name_in_both_layouts() {
    let first = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n\
                 5,ChatGPT,472,18,490,Conversation log\n\
                 6,GPT-4,10,0,10,API log\n";
    let later = "Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,\
                 Total tokens,Log Type\n\
                 5.0,x,43,ChatGPT,472,18,490,Conversation log\n\
                 6.0,,0,GPT-4,10,0,10,API log\n";
    let (first, later) = (parse(first), parse(later));
    assert_eq!((first.format, later.format), ("burstgpt", "burstgpt"));
    assert_eq!(later.row(0).duration.map(|d| d.0), Some(43_000_000_000));
    for (a, mut b) in first.iter().zip(later.iter()) {
        b.duration = None;
        assert_eq!(a, b);
    }
    assert_eq!(later.row(1).status, Status::Failed);
    assert_eq!(later.row(1).duration, None);
    assert_eq!(later.row(1).arrival.0, 6_000_000_000);
}

/// All formats, as errors list them.

#[test]
fn a_format_can_be_asked_for() {
    let text = "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,48,10\n";
    let native = parse_with(text, &format("native"));
    assert_eq!(native.format, "native");
    assert_eq!(native.row(0), parse(text).row(0));
    assert_eq!(
        error_with(text, &format("azure-lm")),
        std::format!(
            "error: unknown trace format `azure-lm`\n\
             note: known formats: {}\n\
             hint: did you mean `azure-llm`?\n",
            known_formats()
        )
    );
    assert_eq!(
        error_with(text, &format("burstgpt")),
        "error: a `burstgpt` trace needs a column `model`\n \
         --> trace.csv:1:1\n  \
           | TIMESTAMP,ContextTokens,GeneratedTokens\n  \
           | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ not among these\n\
         note: columns found: `TIMESTAMP`, `ContextTokens`, `GeneratedTokens`\n\
         hint: leave `format` out to have it recognised by its header line\n"
    );
    let both = ReadOptions { format: Some("azure-llm".into()), ..columns([("ts", "TIMESTAMP")]) };
    assert_eq!(
        error_with(text, &both),
        "error: the columns of a `azure-llm` trace are fixed\n\
         hint: leave `columns` out, or use `format: native` or `format: json`\n"
    );
}

#[test]
fn a_file_nobody_reads_says_what_is_read() {
    assert_eq!(
        error("{timestamp: 1}\n"),
        std::format!(
            "error: no importer recognises this trace\n\
             note: in trace.csv\n\
             note: known formats: {}\n\
             hint: name the format, or turn the trace into CSV with a `timestamp` column\n",
            known_formats()
        )
    );
}
