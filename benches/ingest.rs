//! How fast traces are read: `ssc` against loops over the `csv` and `simd-csv` crates that parse the same
//! numbers, and against counting lines, which is all that memory and disk cache allow.
//!
//! `cargo bench --bench ingest`; `SSC_BENCH_ROWS` sets how many rows, `SSC_BENCH_DIR` where the files are
//! made. `cargo bench --bench ingest -- --write FILE` only makes the CSV file.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program for developers"
)]

mod common;

use common::{best, folder, on, rows, setting, write_csv};
use flate2::{Compression, write::GzEncoder};
use ssc::workload::ReadAt;
use ssc::workload::import::{Alone, Bytes, ReadOptions, TraceFile, read, read_file};
use ssc::workload::pack::Writer;
use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Runs of each; the best counts.
const RUNS: usize = 3;

/// What every reader must come to: the columns of the file.
#[derive(Debug, Default, PartialEq, Eq)]
struct Columns {
    at: Vec<i64>,
    duration: Vec<i64>,
    input: Vec<u32>,
    output: Vec<u32>,
}

impl Columns {
    /// A row as a simple reader would take it.
    fn push<'a>(&mut self, mut cells: impl Iterator<Item = &'a [u8]>) {
        let mut text = || std::str::from_utf8(cells.next().unwrap()).unwrap();
        self.at.push(nanoseconds(text()));
        self.duration.push(nanoseconds(text()));
        self.input.push(text().parse().unwrap());
        self.output.push(text().parse().unwrap());
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a month in nanoseconds fits")]
fn nanoseconds(text: &str) -> i64 {
    (text.parse::<f64>().unwrap() * 1e9).round() as i64
}

fn with_csv(path: &Path) -> Columns {
    let mut columns = Columns::default();
    let mut reader = csv::ReaderBuilder::new().buffer_capacity(1 << 18).from_path(path).unwrap();
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record).unwrap() {
        columns.push(record.iter());
    }
    columns
}

fn with_simd_csv(path: &Path) -> Columns {
    let mut columns = Columns::default();
    let builder = simd_csv::ZeroCopyReaderBuilder::new();
    let mut reader = builder.from_reader(File::open(path).unwrap());
    while let Some(record) = reader.read_byte_record().unwrap() {
        columns.push(record.iter());
    }
    columns
}

/// Finds the cells of every row and looks at none.
fn only_split(path: &Path) -> usize {
    let builder = simd_csv::ZeroCopyReaderBuilder::new();
    let mut reader = builder.from_reader(File::open(path).unwrap());
    let mut cells = 0;
    while let Some(record) = reader.read_byte_record().unwrap() {
        cells += record.len();
    }
    cells
}

fn lines(path: &Path) -> usize {
    let mut file = File::open(path).unwrap();
    let mut buffer = vec![0; 1 << 18];
    let mut count = 0;
    loop {
        let filled = file.read(&mut buffer).unwrap();
        if filled == 0 {
            return count;
        }
        count += memchr::memchr_iter(b'\n', &buffer[..filled]).count();
    }
}

fn with_ssc(path: &Path) -> usize {
    let name = path.display().to_string();
    let file = File::open(path).unwrap();
    let packed = path.extension().is_some_and(|ending| ending == "ssct");
    let bytes =
        if packed { Bytes::File(Arc::new(OnDisk(file))) } else { Bytes::Stream(Box::new(file)) };
    let file = TraceFile { name: &name, bytes, beside: &Alone };
    read_file(file, &ReadOptions::default(), None).unwrap().len()
}

/// A file that is read at any place.
struct OnDisk(File);

impl ReadAt for OnDisk {
    fn size(&self) -> u64 {
        self.0.metadata().unwrap().len()
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.0, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.0, buffer, offset)
    }
}

/// Makes a file beside the CSV.
fn made(csv: &Path, ending: &str, write: impl FnOnce(&mut dyn Write, &Path)) -> PathBuf {
    let path = csv.with_extension(ending);
    let mut out = BufWriter::with_capacity(1 << 20, File::create(&path).unwrap());
    write(&mut out, csv);
    out.flush().unwrap();
    path
}

fn copy(from: &Path, to: &mut dyn Write) {
    std::io::copy(&mut File::open(from).unwrap(), to).unwrap();
}

fn gzip(out: &mut dyn Write, csv: &Path) {
    let mut packed = GzEncoder::new(out, Compression::fast());
    copy(csv, &mut packed);
    packed.finish().unwrap();
}

fn zstd(out: &mut dyn Write, csv: &Path) {
    zstd::stream::copy_encode(File::open(csv).unwrap(), out, 3).unwrap();
}

fn pack(out: &mut dyn Write, csv: &Path) {
    let trace = read("trace.csv", File::open(csv).unwrap(), &ReadOptions::default()).unwrap();
    let mut writer = Writer::new(out).unwrap();
    writer.append(&trace).unwrap();
    writer.finish(&trace).unwrap();
}

fn json_lines(out: &mut dyn Write, count: usize) {
    for r in rows(count) {
        let (at, duration) = (r.at / 1_000, r.duration / 1_000);
        writeln!(
            out,
            "{{\"timestamp_s\":{at}.{:03},\"duration_s\":{duration}.{:03},\"input_tokens\":{},\
             \"output_tokens\":{}}}",
            r.at % 1_000,
            r.duration % 1_000,
            r.input,
            r.output
        )
        .unwrap();
    }
}

fn main() {
    if common::was_child() {
        return;
    }
    let count = setting("SSC_BENCH_ROWS", 2_000_000);
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    if let [flag, path, ..] = arguments.as_slice()
        && flag == "--write"
    {
        write_csv(Path::new(path), count);
        return;
    }
    let folder = folder();
    let csv = folder.path().join("trace.csv");
    write_csv(&csv, count);
    check(&csv);
    table(&csv, count);
}

/// Everybody reads the same numbers.
fn check(path: &Path) {
    let columns = with_csv(path);
    assert_eq!(columns, with_simd_csv(path));
    let trace = read("trace.csv", File::open(path).unwrap(), &ReadOptions::default()).unwrap();
    let ours = trace.iter().map(|row| {
        let duration = row.duration.unwrap();
        (row.arrival.0, duration.0, row.input_tokens.unwrap(), row.output_tokens.unwrap())
    });
    let Columns { at, duration, input, output } = columns;
    let theirs = at.into_iter().zip(duration).zip(input).zip(output);
    assert!(ours.eq(theirs.map(|(((at, duration), input), output)| (at, duration, input, output))));
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn table(csv: &Path, count: usize) {
    let size = |path: &Path| path.metadata().unwrap().len() as f64;
    let each = size(csv) / count as f64;
    println!("{count} rows of {each:.1} bytes; the best of {RUNS} runs, files in the disk cache");
    println!("{:<34} {:>7} {:>8} {:>12} {:>9}", "", "MB", "M rows/s", "GB/s of file", "ratio");
    let plain = best(RUNS, || with_csv(csv));
    let row = |what: &str, path: &Path, seconds: f64| {
        let bytes = size(path);
        println!(
            "{what:<34} {:>7.1} {:>8.1} {:>12.2} {:>9.2}",
            bytes / 1e6,
            count as f64 / seconds / 1e6,
            bytes / seconds / 1e9,
            plain / seconds
        );
    };
    row("`csv` crate, numbers parsed", csv, plain);
    row("`simd-csv` crate, numbers parsed", csv, best(RUNS, || with_simd_csv(csv)));
    row("`simd-csv` crate, cells found only", csv, best(RUNS, || only_split(csv)));
    row("lines counted only", csv, best(RUNS, || lines(csv)));
    let reading = |what: &str, path: &Path| {
        for threads in [1, 2] {
            let seconds = on(threads, || best(RUNS, || with_ssc(path)));
            row(&format!("ssc, {what}, {threads} thread(s)"), path, seconds);
        }
    };
    reading("CSV", csv);
    reading("CSV in gzip", &made(csv, "csv.gz", gzip));
    reading("CSV in zstd", &made(csv, "csv.zst", zstd));
    reading("packed trace", &made(csv, "ssct", pack));
    reading("JSON lines", &made(csv, "jsonl", |out, _| json_lines(out, count)));
}
