//! What can be typed after `ssc pricing`.

use super::super::flags::date;
use chrono::NaiveDate;
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

/// The commands about the price book.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// List SKUs and models with their prices; without arguments, what the book knows
    List(ListArgs),
    /// Show one SKU, model, platform or service in full, with the history of its prices
    Show(ShowArgs),
    /// Compare two days or two books
    Diff(DiffArgs),
    /// Check price files: every mistake with its place
    Verify(VerifyArgs),
    /// Turn a price table that others keep into LLM price files
    Import(super::import::ImportArgs),
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Text for people
    Table,
    /// JSON; its `schema` says which
    Json,
}

/// Where and how to write.
#[derive(Debug, clap::Args)]
pub(super) struct Writing {
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub(super) format: Format,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// Which prices.
#[derive(Debug, clap::Args)]
pub(super) struct Prices {
    /// Use the prices of this day [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) date: Option<NaiveDate>,
    /// Read more price files from this directory (can be repeated)
    #[arg(long, value_name = "DIR")]
    pub(super) pricing: Vec<PathBuf>,
}

/// `ssc pricing list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc pricing list
  ssc pricing list lambda duration
  ssc pricing list --platform cloud-run --region europe-west3
  ssc pricing list --clock egress_bytes
  ssc pricing list --provider anthropic --date 2026-06-01")]
pub(in crate::cli) struct ListArgs {
    /// Words that must all be in the ids and names
    #[arg(value_name = "WORD")]
    pub(super) words: Vec<String>,
    /// SKUs of this platform
    #[arg(long, value_name = "ID")]
    pub(super) platform: Option<String>,
    /// SKUs or models of this service
    #[arg(long, value_name = "ID")]
    pub(super) service: Option<String>,
    /// Prices of this region [default: each service's own]
    #[arg(long, value_name = "ID")]
    pub(super) region: Option<String>,
    /// SKUs with this clock on their meter
    #[arg(long, visible_alias = "meter", value_name = "NAME")]
    pub(super) clock: Option<String>,
    /// SKUs of this part of the bill
    #[arg(long, value_name = "NAME")]
    pub(super) component: Option<String>,
    /// Models of this LLM provider
    #[arg(long, value_name = "ID")]
    pub(super) provider: Option<String>,
    #[command(flatten)]
    pub(super) prices: Prices,
    #[command(flatten)]
    pub(super) writing: Writing,
}

/// `ssc pricing show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc pricing show aws-lambda-duration-x86
  ssc pricing show cloud-run --region europe-west3
  ssc pricing show anthropic/claude-sonnet-5-5")]
pub(in crate::cli) struct ShowArgs {
    /// A SKU, a model (provider/model), a platform or a service
    #[arg(value_name = "ID")]
    pub(super) id: String,
    /// Only the prices of this region
    #[arg(long, value_name = "ID")]
    pub(super) region: Option<String>,
    #[command(flatten)]
    pub(super) prices: Prices,
    #[command(flatten)]
    pub(super) writing: Writing,
}

/// `ssc pricing diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A book is a directory of price files, or `embedded`. One directory is put over the embedded book, as \
`--pricing` does; two are compared as they are.

Examples:
  ssc pricing diff --from 2026-01-01 --to 2026-11-23
  ssc pricing diff my-prices
  ssc pricing diff embedded my-prices --date 2026-11-23")]
pub(in crate::cli) struct DiffArgs {
    /// A book
    #[arg(value_name = "A")]
    pub(super) a: Option<PathBuf>,
    /// Another book
    #[arg(value_name = "B")]
    pub(super) b: Option<PathBuf>,
    /// The older day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) from: Option<NaiveDate>,
    /// The newer day [default: today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) to: Option<NaiveDate>,
    /// The day of both books [default: today]
    #[arg(long, value_name = "DATE", value_parser = date, conflicts_with_all = ["from", "to"])]
    pub(super) date: Option<NaiveDate>,
    #[command(flatten)]
    pub(super) writing: Writing,
}

/// `ssc pricing verify`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc pricing verify
  ssc pricing verify pricing --strict
  ssc pricing verify pricing/cloud-run.yaml --format json

Exit codes:
  0    no mistakes
  2    mistakes, or warnings with --strict")]
pub(in crate::cli) struct VerifyArgs {
    /// Price files, or folders of them [default: the embedded book]
    #[arg(value_name = "DIR|FILE")]
    pub(super) paths: Vec<PathBuf>,
    /// Let warnings fail, too
    #[arg(long)]
    pub(super) strict: bool,
    #[command(flatten)]
    pub(super) writing: Writing,
}
