//! Flags that several commands have, and how their values are read.

use crate::diagnostic::Diagnostic;
use chrono::NaiveDate;
use clap::ValueEnum;
use rust_decimal::Decimal;
use std::path::PathBuf;

/// Options of every command.
#[derive(Debug, clap::Args)]
pub(super) struct Global {
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub(super) color: ColorChoice,
    /// When to show a result that is taller than the terminal in $SSC_PAGER or $PAGER
    #[arg(long, global = true, value_enum, default_value_t = PagerChoice::Auto, value_name = "WHEN")]
    pub(super) pager: PagerChoice,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
    /// Threads to use [default: one per core]; results are the same with any number
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) threads: Option<u16>,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// When to use a pager.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PagerChoice {
    /// On a terminal, if the environment names one
    Auto,
    /// Never
    Never,
}

/// A scenario or a trace, and what to decide over and above it.
#[derive(Debug, clap::Args)]
pub(super) struct ScenarioArgs {
    /// A scenario (.yaml, .yml) or a trace (.csv, .jsonl, .parquet, .ssct, logs; also .gz, .zst)
    #[arg(value_name = "SCENARIO|TRACE")]
    pub(super) input: PathBuf,
    /// Run every workload in this region
    #[arg(long, value_name = "ID")]
    pub(super) region: Option<String>,
    /// Call this model from every workload
    #[arg(long, value_name = "PROVIDER/MODEL")]
    pub(super) llm: Option<String>,
    /// Use the prices of this day [default: the scenario's, or today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) pricing_date: Option<NaiveDate>,
    /// Read more price files from this directory (can be repeated)
    #[arg(long, value_name = "DIR")]
    pub(super) pricing: Vec<PathBuf>,
    /// Keep the prices of the first day for the whole period, whatever changes in it
    #[arg(long)]
    pub(super) fixed_prices: bool,
    /// Negotiated rates and commitments: a file like the `pricing:` block of a scenario
    #[arg(long, value_name = "FILE")]
    pub(super) rates: Option<PathBuf>,
    /// Seed of everything random
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = seed)]
    pub(super) seed: Option<u64>,
    /// Leave free tiers and credits out
    #[arg(long)]
    pub(super) no_free_tier: bool,
    /// So many times the arrivals, such as 2x or 0.5x
    #[arg(long, value_name = "FACTOR", allow_hyphen_values = true, value_parser = super::factor::factor)]
    pub(super) traffic: Option<Decimal>,
    /// For a trace: how much time it stands for, such as 1h
    #[arg(long, value_name = "DURATION", help_heading = "Traces")]
    pub(super) window: Option<String>,
    /// For a trace: how it fills a month: repeat, scale or none
    #[arg(long, value_name = "HOW", help_heading = "Traces")]
    pub(super) projection: Option<String>,
    /// For a trace: a column by another name, as in timestamp=When (can be repeated)
    #[arg(long, value_name = "NAME=HEADER", help_heading = "Traces")]
    pub(super) column: Vec<String>,
    /// For a trace: skip rows that cannot be read, and count them
    #[arg(long, help_heading = "Traces")]
    pub(super) skip_bad_rows: bool,
    /// How much memory a trace may take; a larger one is sorted and kept in a temporary file
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = memory, help_heading = "Traces")]
    pub(super) memory: u64,
}

pub(super) fn percent(text: &str) -> Result<Decimal, String> {
    let number = text.trim().trim_end_matches('%').parse::<Decimal>().ok();
    number
        .filter(|n| !n.is_sign_negative())
        .ok_or_else(|| "expected a percentage that is not negative, such as 10 or 2.5".into())
}

/// Less is not enough for a block of each part.
const LEAST_MEMORY: u64 = 1 << 20;

/// A size of memory.
pub(super) fn memory(text: &str) -> Result<u64, String> {
    let size = crate::units::parse::bytes(text).ok().filter(|size| *size >= LEAST_MEMORY);
    size.ok_or_else(|| "expected a size of 1MiB or more, such as 256MiB or 2GiB".into())
}

fn seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| "expected a whole number from 0 to 2^64 − 1, such as 7".into())
}

pub(super) fn date(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| "expected a date such as 2026-11-23".into())
}

/// The two sides of a `--column`.
pub(super) fn column(pair: &str) -> crate::diagnostic::Result<(&str, &str)> {
    pair.split_once('=').ok_or_else(|| {
        Diagnostic::input(format!("`--column {pair}` is not NAME=HEADER"))
            .hint("for example `--column timestamp=When`")
            .into()
    })
}
