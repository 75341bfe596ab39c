//! What can be typed after `ssc pricing`.

use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

/// The commands about the price book.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
    /// Check price files: every mistake with its place
    Verify(VerifyArgs),
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
