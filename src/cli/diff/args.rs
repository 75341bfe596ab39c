//! What can be typed after `ssc diff`.

use super::super::flags::{date, memory};
use chrono::NaiveDate;
use clap::ValueEnum;
use std::path::PathBuf;

/// `ssc diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc diff before.yaml after.yaml
  ssc diff before.json after.json --format markdown
  ssc diff chat.yaml --pricing-date-a 2026-06-01 --pricing-date-b 2026-11-23
  ssc diff chat.yaml --pricing-b negotiated-book/

The first scenario turns into the second step by step: traffic, configuration, plans and rates,
prices, each estimated without free tiers and credits; what these take off comes last.")]
pub(in crate::cli) struct DiffArgs {
    /// A scenario (.yaml) or a result of `ssc estimate --format json`
    #[arg(value_name = "A")]
    pub(in crate::cli) a: PathBuf,
    /// Another one; the same scenario at other prices if left out
    #[arg(value_name = "B")]
    pub(in crate::cli) b: Option<PathBuf>,
    /// Use the prices of this day for both [default: the scenario's, or today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(in crate::cli) pricing_date: Option<NaiveDate>,
    /// Use the prices of this day for A
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(in crate::cli) pricing_date_a: Option<NaiveDate>,
    /// Use the prices of this day for B
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(in crate::cli) pricing_date_b: Option<NaiveDate>,
    /// Read more price files from this directory for both (can be repeated)
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) pricing: Vec<PathBuf>,
    /// Read more price files from this directory for A (can be repeated)
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) pricing_a: Vec<PathBuf>,
    /// Read more price files from this directory for B (can be repeated)
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) pricing_b: Vec<PathBuf>,
    /// Seed of everything random
    #[arg(long, value_name = "N")]
    pub(in crate::cli) seed: Option<u64>,
    /// Leave free tiers and credits out of both
    #[arg(long)]
    pub(in crate::cli) no_free_tier: bool,
    /// How much memory a trace may take; a larger one is sorted and kept in a temporary file
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = memory)]
    pub(in crate::cli) memory: u64,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub(in crate::cli) format: Format,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
}

/// How a difference is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// A table for people
    Table,
    /// JSON, schema `ssc/diff/1`
    Json,
    /// Markdown for a comment of a pull request
    Markdown,
}
