//! `ssc trace inspect`.

use super::super::exit::EXIT_OK;
use super::super::flags::{Global, column};
use super::super::progress::Progress;
use super::super::{files, output};
use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::report::trace::{Form, inspection};
use crate::units::SimDuration;
use crate::units::parse::{count, duration};
use crate::workload::import::ReadOptions;
use crate::workload::inspect::Inspection;
use crate::workload::prefix_cache::{CacheLimits, NO_PREFIXES};
use clap::ValueEnum;
use std::path::{Path, PathBuf};

/// Bins of the rate over time where no width of a page limits them.
const BINS: usize = 60;

/// How what was found is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for people
    Table,
    /// JSON, schema `ssc/trace/1`
    Json,
}

/// `ssc trace inspect`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc trace inspect requests.csv.gz
  ssc trace inspect requests.csv --column timestamp=When
  ssc trace inspect conversation.jsonl --cache-ttl 5m --cache-tokens 10M
  ssc trace inspect requests.csv --format json | jq .burstiness")]
pub(in crate::cli) struct InspectArgs {
    /// A trace
    file: PathBuf,
    /// The trace's format [default: recognised]
    #[arg(long, value_name = "NAME")]
    trace_format: Option<String>,
    /// A column by another name, as in timestamp=When (can be repeated)
    #[arg(long, value_name = "NAME=HEADER")]
    column: Vec<String>,
    /// Seed of what the trace leaves open
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Lifetime of a prompt cache, for traces with prefix hashes: 5m, 1h or never (can be repeated)
    #[arg(long, value_name = "DURATION", value_parser = lifetime)]
    cache_ttl: Vec<SimDuration>,
    /// Tokens that the prompt cache holds for each model [default: any number]
    #[arg(long, value_name = "N", value_parser = tokens)]
    cache_tokens: Option<u64>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    format: Format,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

fn lifetime(text: &str) -> std::result::Result<SimDuration, String> {
    duration(text).map_err(|e| e.to_string())
}

fn tokens(text: &str) -> std::result::Result<u64, String> {
    count(text).map_err(|e| e.to_string())
}

pub(super) fn run(args: &InspectArgs, global: &Global) -> Result<u8> {
    not_a_scenario(&args.file)?;
    let path = args.file.to_str().ok_or_else(|| {
        Diagnostic::input("the path of a trace must be UTF-8 text").kind(Kind::File)
    })?;
    let pairs = args.column.iter().map(|pair| column(pair));
    let owned = |(name, header): (&str, &str)| (name.to_owned(), header.to_owned());
    let columns = pairs.map(|pair| pair.map(owned)).collect::<Result<_>>()?;
    let options = ReadOptions {
        columns,
        format: args.trace_format.clone(),
        // What cannot be read is part of what there is to see.
        skip_bad_rows: true,
        seed: args.seed,
        ..ReadOptions::default()
    };
    let progress = Progress::new(global.quiet);
    let trace = files::trace(Path::new(path), &options, &progress, None, None);
    progress.clear();
    let trace = trace?;
    if trace.prefixes().is_empty() && (!args.cache_ttl.is_empty() || args.cache_tokens.is_some()) {
        return Err(Box::new(
            Diagnostic::input(NO_PREFIXES)
                .note(format!("`{path}` was read as `{}`", trace.format))
                .hint("leave `--cache-ttl` and `--cache-tokens` out"),
        ));
    }
    let (width, color) = output::look(global.color, args.output.is_some());
    let unicode = args.output.is_some() || unicode();
    let (form, bins) = match args.format {
        Format::Table => (Form::Table { width, color, unicode }, Form::bars(width)),
        Format::Json => (Form::Json, BINS),
    };
    let found = Inspection::of(&trace, bins, &caches(args))?;
    output::result(&inspection(path, &found, form), args.output.as_deref())?;
    Ok(EXIT_OK)
}

/// The caches to replay: those asked for, or lifetimes that providers sell.
fn caches(args: &InspectArgs) -> Vec<CacheLimits> {
    let usual = [60, 300, 3_600].map(SimDuration::from_secs);
    let usual = || usual.into_iter().chain([SimDuration::MAX]);
    let lifetimes: Vec<_> =
        if args.cache_ttl.is_empty() { usual().collect() } else { args.cache_ttl.clone() };
    let tokens = args.cache_tokens.unwrap_or(u64::MAX);
    lifetimes.into_iter().map(|ttl| CacheLimits { ttl, tokens }).collect()
}

fn not_a_scenario(path: &Path) -> Result<()> {
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !matches!(ending, "yaml" | "yml") {
        return Ok(());
    }
    let shown = path.display();
    Err(Box::new(Diagnostic::input(format!("`{shown}` is a scenario, not a trace")).hint(format!(
        "`ssc estimate {shown}` replays it; to look at its trace, name the file under `trace:`"
    ))))
}

/// Whether the terminal shows more than ASCII: so says its locale, or nobody says otherwise.
fn unicode() -> bool {
    let said = ["LC_ALL", "LC_CTYPE", "LANG"].iter().filter_map(|name| std::env::var(name).ok());
    let locale = said.map(|l| l.to_lowercase()).find(|l| !l.is_empty());
    locale.is_none_or(|l| l.contains("utf-8") || l.contains("utf8"))
}
