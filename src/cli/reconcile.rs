//! `ssc reconcile`.

use super::exit::{EXIT_DIFFERENT, EXIT_OK};
use super::files::{self, Traces};
use super::flags::{Global, date, memory, percent};
use super::output;
use super::progress::Progress;
use crate::diagnostic::Result;
use crate::estimate::{Options, estimate};
use crate::pricing::Book;
use crate::reconcile::{Bill, BillFormat, Comparison, Map, Reconciliation};
use crate::report::reconciliation;
use chrono::NaiveDate;
use clap::ValueEnum;
use rust_decimal::Decimal;
use std::path::Path;
use std::path::PathBuf;

/// `ssc reconcile`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc reconcile scenarios/chat.yaml bill.csv.gz
  ssc reconcile scenarios/chat.yaml bill.csv --period-scale --max-difference 10
  ssc reconcile scenarios/chat.yaml bill.csv --map names.yaml --format json")]
pub(super) struct ReconcileArgs {
    /// A scenario (.yaml, .yml)
    scenario: PathBuf,
    /// A bill (.csv, .csv.gz)
    bill: PathBuf,
    /// The bill's format [default: recognised by its header]
    #[arg(long, value_enum, value_name = "FORMAT")]
    bill_format: Option<Bills>,
    /// What names of the bill stand for (.yaml)
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Scale the estimate's usage to the length of the bill
    #[arg(long)]
    period_scale: bool,
    /// Fail with exit code 1 when the totals differ by more than this
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    max_difference: Option<Decimal>,
    /// Use the prices of this day [default: the scenario's, or today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pricing_date: Option<NaiveDate>,
    /// Read more price files from this directory (can be repeated)
    #[arg(long, value_name = "DIR")]
    pricing: Vec<PathBuf>,
    /// Seed of everything random
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How much memory a trace may take; a larger one is sorted and kept in a temporary file
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = memory)]
    memory: u64,
    /// Leave free tiers and credits out of the estimate
    #[arg(long)]
    no_free_tier: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = ReconcileFormat::Table, value_name = "FORMAT")]
    format: ReconcileFormat,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ReconcileFormat {
    /// A table for people
    Table,
    /// JSON, schema `ssc/reconcile/1`
    Json,
}

/// Formats of bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Bills {
    /// FOCUS 1.0 to 1.4, of any provider
    Focus,
    /// AWS Cost and Usage Report, legacy or 2.0
    AwsCur,
}

pub(super) fn run(args: &ReconcileArgs, global: &Global) -> Result<u8> {
    let book = Book::load(&files::price_files(&args.pricing)?)?;
    let source = files::text(&args.scenario)?;
    let progress = Progress::new(global.quiet);
    let format = args.bill_format.map(|f| match f {
        Bills::Focus => BillFormat::Focus,
        Bills::AwsCur => BillFormat::AwsCur,
    });
    // A bill that cannot be read is told before a long replay.
    let name = args.bill.display().to_string();
    let mut bill = Bill::open(&name, files::rows(&args.bill, &progress)?, format)?;
    let options = Options {
        pricing_date: args.pricing_date,
        today: chrono::Utc::now().date_naive(),
        seed: args.seed,
        no_free_tier: args.no_free_tier,
        ..Options::default()
    };
    let folder = args.scenario.parent().unwrap_or(Path::new("")).to_path_buf();
    let mut traces = Traces { folder, progress: &progress, digest: None, memory: args.memory };
    progress.replaying();
    let result = estimate(&source, &book, &options, &mut traces);
    progress.clear();
    let estimate = result?;
    let map = match &args.map {
        Some(path) => Map::read(&files::text(path)?, &book, &estimate)?,
        None => Map::default(),
    };
    let mut comparison = Comparison::new(&estimate, &book, &map);
    comparison.read(&mut bill)?;
    let result = comparison.finish(&bill, args.period_scale);
    let (width, color) = output::look(global.color, args.output.is_some());
    let text = match args.format {
        ReconcileFormat::Table => reconciliation::table(&result, &name, width, color),
        ReconcileFormat::Json => reconciliation::json(&result, &name),
    };
    output::result(&text, args.output.as_deref())?;
    match args.max_difference {
        Some(limit) if exceeds(&result, limit) => {
            if !global.quiet {
                let shown = result.percent.map_or_else(String::new, |p| format!(" by {p} %"));
                output::message(&format!(
                    "the bill differs from the estimate{shown}; allowed: {limit} %\n"
                ))?;
            }
            Ok(EXIT_DIFFERENT)
        }
        _ => Ok(EXIT_OK),
    }
}

/// Whether the difference is more than `limit` percent of the estimate, compared without division.
fn exceeds(result: &Reconciliation, limit: Decimal) -> bool {
    let difference = result.difference.0.abs().checked_mul(Decimal::ONE_HUNDRED);
    let allowed = result.estimated.0.abs().checked_mul(limit);
    difference.zip(allowed).is_none_or(|(difference, allowed)| difference > allowed)
}
