//! `ssc trace pack`.

use super::super::exit::EXIT_OK;
use super::super::flags::{Global, memory};
use super::super::progress::Progress;
use super::super::{files, output};
use super::pack_files::PackFiles;
use crate::diagnostic::Result;
use crate::units::{SimTime, thousands};
use crate::workload::TimeBase;
use crate::workload::import::{IMPORTERS, ReadOptions};
use crate::workload::pack::{Moment, Packer, Slice, Summary};
use chrono::DateTime;
use clap::builder::PossibleValuesParser;
use std::path::PathBuf;

/// `ssc trace pack`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc trace pack requests.csv.zst -o requests.ssct
  ssc trace pack day1.csv day2.csv day3.parquet -o days.ssct
  ssc trace pack month.ssct --from 2024-05-10 --until 2024-05-11 -o day.ssct
  ssc estimate requests.ssct --platform cloud-run")]
pub(in crate::cli) struct PackArgs {
    /// Traces of any format; several are merged
    #[arg(value_name = "TRACE", required = true)]
    traces: Vec<PathBuf>,
    /// Write to this file
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// How much memory sorting may take; what is larger goes through files
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = memory)]
    memory: u64,
    /// Where those files go [default: the folder of the output]
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
    /// Leave out what arrives before: a date, or a time from the start of the trace such as 90m
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    from: Option<Moment>,
    /// Leave out what arrives then or later
    #[arg(long, value_name = "TIME", value_parser = Moment::parse)]
    until: Option<Moment>,
    /// Keep the requests of this workload only
    #[arg(long, value_name = "LABEL")]
    workload: Option<String>,
    /// The format of the traces [default: recognised]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(IMPORTERS.iter().map(|i| i.name)))]
    format: Option<String>,
    /// A column by another name, as in timestamp=When (can be repeated)
    #[arg(long, value_name = "NAME=HEADER", value_parser = column)]
    column: Vec<(String, String)>,
    /// Skip rows that cannot be read, and count them
    #[arg(long)]
    skip_bad_rows: bool,
    /// Seed of what a format leaves open
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
}

fn column(text: &str) -> std::result::Result<(String, String), String> {
    let pair = text.split_once('=').map(|(name, header)| (name.to_owned(), header.to_owned()));
    pair.ok_or_else(|| "expected NAME=HEADER, for example timestamp=When".into())
}

pub(super) fn run(args: &PackArgs, global: &Global) -> Result<u8> {
    let options = ReadOptions {
        columns: args.column.iter().cloned().collect(),
        format: args.format.clone(),
        skip_bad_rows: args.skip_bad_rows,
        seed: args.seed,
        ..ReadOptions::default()
    };
    let mut before = Some(0);
    for path in &args.traces {
        let (file, size) = files::open(path)?;
        let is_file = file.metadata().is_ok_and(|meta| meta.is_file());
        before = before.filter(|_| is_file).map(|sum| sum + size);
    }
    let slice = Slice { from: args.from, until: args.until, workload: args.workload.clone() };
    let mut made = PackFiles::new(&args.output, args.temp.as_deref())?;
    let mut packer = Packer::new(&mut made, slice, args.memory);
    let progress = Progress::new(global.quiet);
    let packed = args.traces.iter().try_for_each(|path| {
        let rest = files::trace(path, &options, &progress, None, Some(&mut packer))?;
        packer.end_of(&path.display().to_string(), &rest, args.traces.len())
    });
    let packed = packed.and_then(|()| packer.finish());
    progress.clear();
    let summary = packed?;
    made.keep()?;
    if !global.quiet {
        output::message(&text(&summary, args, before))?;
    }
    Ok(EXIT_OK)
}

/// What was done, for people.
fn text(summary: &Summary, args: &PackArgs, before: Option<u64>) -> String {
    let Summary { rows, arrivals: (first, last), base, bytes, .. } = summary;
    let mut text = format!("{} requests in {}\n", thousands(*rows), args.output.display());
    let span = last.since(*first).readable();
    let (first, last) = (shown(*first, *base), shown(*last, *base));
    text.push_str(&format!("  arrivals  {first} to {last}, {span}\n"));
    let from = before.map(|n| format!(", from {}", size(n))).unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a mean for people")]
    let each = *bytes as f64 / *rows as f64;
    text.push_str(&format!("  size      {}{from}: {each:.1} bytes a request\n", size(*bytes)));
    if summary.parts > 1 {
        text.push_str(&format!("  sorting   {} sorted parts merged\n", summary.parts));
    }
    if summary.skipped > 0 {
        text.push_str(&format!("  skipped   {} rows\n", thousands(summary.skipped)));
    }
    for note in &summary.notes {
        text.push_str(&format!("  note      {note}\n"));
    }
    text
}

fn shown(at: SimTime, base: TimeBase) -> String {
    match base {
        TimeBase::UnixEpoch => {
            DateTime::from_timestamp_nanos(at.0).format("%Y-%m-%d %H:%M:%SZ").to_string()
        }
        TimeBase::TraceStart => format!("+{}", at.since(SimTime(0)).readable()),
    }
}

fn size(bytes: u64) -> String {
    const STEP: f64 = 1_000.0;
    #[expect(clippy::cast_precision_loss, reason = "a size for people")]
    let (mut size, mut unit) = (bytes as f64, "B");
    for next in ["kB", "MB", "GB", "TB"] {
        if size >= STEP {
            (size, unit) = (size / STEP, next);
        }
    }
    if unit == "B" { format!("{bytes} B") } else { format!("{size:.1} {unit}") }
}
