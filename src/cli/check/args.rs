//! What can be typed after `ssc check`.

use super::super::flags::{ScenarioArgs, date};
use crate::check::{percent, usd};
use crate::units::Money;
use chrono::NaiveDate;
use clap::ValueEnum;
use rust_decimal::Decimal;
use std::path::PathBuf;

/// A limit as it was typed.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Typed<T> {
    pub(in crate::cli) text: String,
    pub(in crate::cli) amount: T,
}

/// `ssc check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc check scenarios/budgets.yaml
  ssc check chat.yaml --baseline git:main --max-increase 5%
  ssc check chat.yaml --baseline before.json --max-increase-usd 50 --format markdown
  ssc check chat.yaml --report junit=check.xml --report sarif=check.sarif

Exit codes:
  0  every budget is kept (warnings are allowed without --strict)
  1  a budget is exceeded
  2  bad command line, scenario, baseline, trace or price file
  3  no budget is exceeded, but something has no price or cannot be told")]
pub(in crate::cli) struct CheckArgs {
    #[command(flatten)]
    pub(in crate::cli) scenario: ScenarioArgs,
    /// Compare with a result (.json), another scenario (.yaml), or this one at a git revision
    #[arg(long, value_name = "FILE|git:REF", help_heading = "Baseline")]
    pub(in crate::cli) baseline: Option<String>,
    /// Fail when the bill is dearer than the baseline by more than this, such as 5%
    #[arg(long, value_name = "PERCENT", allow_hyphen_values = true, value_parser = increase, help_heading = "Baseline")]
    pub(in crate::cli) max_increase: Option<Typed<Decimal>>,
    /// The same in money, such as 50
    #[arg(long, value_name = "USD", allow_hyphen_values = true, value_parser = money, help_heading = "Baseline")]
    pub(in crate::cli) max_increase_usd: Option<Typed<Money>>,
    /// Prices of this day for a baseline that is a scenario [default: its own, or today]
    #[arg(long, value_name = "DATE", value_parser = date, help_heading = "Baseline")]
    pub(in crate::cli) baseline_pricing_date: Option<NaiveDate>,
    /// Price files of the baseline, beside the embedded ones [default: as --pricing]
    #[arg(long, value_name = "DIR", help_heading = "Baseline")]
    pub(in crate::cli) baseline_pricing: Vec<PathBuf>,
    /// Fail on warnings too
    #[arg(long)]
    pub(in crate::cli) strict: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub(in crate::cli) format: Format,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) output: Option<PathBuf>,
    /// Also write the result in this format to a file (can be repeated)
    #[arg(long, value_name = "FORMAT=FILE")]
    pub(in crate::cli) report: Vec<String>,
}

/// How a check is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Format {
    /// A table for people
    Table,
    /// JSON, schema `ssc/check/1`
    Json,
    /// Markdown for a comment of a pull request
    Markdown,
    /// JUnit XML, a test case for each budget
    Junit,
    /// SARIF 2.1.0, a result for each budget that is exceeded
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

fn increase(text: &str) -> Result<Typed<Decimal>, String> {
    let signed = format!("{}%", text.trim().trim_end_matches('%'));
    match percent(&signed) {
        Ok(amount) => Ok(Typed { text: signed, amount }),
        Err(_) => Err("expected a percentage that is not negative, such as 5% or 2.5".into()),
    }
}

fn money(text: &str) -> Result<Typed<Money>, String> {
    match usd(text) {
        Ok(amount) => Ok(Typed { text: format!("{amount} USD"), amount }),
        Err(_) => Err("expected an amount in USD that is not negative, such as 50".into()),
    }
}
