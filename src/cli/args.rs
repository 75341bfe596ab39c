//! What can be typed.

use crate::diagnostic::Diagnostic;
use chrono::NaiveDate;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// What streaming workloads cost on serverless platforms: replayed request by request, billed exactly.
#[derive(Debug, Parser)]
#[command(name = "ssc", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Command,
    #[command(flatten)]
    pub(super) global: Global,
}

const EXAMPLES: &str = "\
Examples:
  ssc init
  ssc estimate scenarios/chat.yaml
  ssc estimate requests.csv --platform cloud-run --llm openai/gpt-6-luna
  ssc estimate scenarios/chat.yaml --format json | jq .total
  ssc compare scenarios/chat.yaml
  ssc check scenarios/budgets.yaml --baseline git:main --max-increase 5%
  ssc diff before.yaml after.yaml
  ssc reconcile scenarios/chat.yaml bill.csv
  ssc trace inspect requests.csv
  ssc trace pack requests.csv -o requests.ssct
  ssc pricing list

Exit codes:
  0    done
  1    a budget is exceeded, or a bill differs by more than --max-difference
  2    bad command line, scenario, trace or price file
  3    something has no price, in a check or where --require-complete was given
  101  internal error";

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write a first scenario: asked for, from flags, or from a trace
    Init(super::init::InitArgs),
    /// Estimate the month's bill of a scenario or a trace
    Estimate(EstimateArgs),
    /// Put platforms or settings side by side for the same requests
    Compare(CompareArgs),
    /// Hold a scenario to its budgets and to a baseline, for CI
    Check(super::check::CheckArgs),
    /// What changed between two scenarios, results or price dates, and why
    Diff(super::diff::DiffArgs),
    /// Find cheaper ways to serve the same streams, each replayed and billed
    Recommend(RecommendArgs),
    /// Explain a rule of `ssc recommend`, or list them
    Explain(ExplainArgs),
    /// Compare an estimate with a real bill, SKU by SKU
    Reconcile(ReconcileArgs),
    /// Look at traces before they are replayed, and pack them
    #[command(subcommand)]
    Trace(super::trace::Command),
    /// Print the JSON Schema of scenarios or price files, for editors
    Schema(SchemaArgs),
    /// Look at the price book, compare two, check price files, import price tables
    #[command(subcommand)]
    Pricing(super::pricing::Command),
    /// Print a script that completes commands, flags and ids in a shell
    Completions(CompletionsArgs),
    /// Print the manual page, or write all of them to a folder
    Man(ManArgs),
}

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

/// `ssc completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc completions bash > ~/.local/share/bash-completion/completions/ssc
  ssc completions zsh > ~/.zfunc/_ssc
  ssc completions fish > ~/.config/fish/completions/ssc.fish
  ssc completions powershell >> $PROFILE

For zsh, ~/.zfunc has to be in $fpath before `compinit` runs. The scripts for bash, zsh and fish know
the platforms, regions, models and rules of this version: make them again after an update.")]
pub(super) struct CompletionsArgs {
    /// For which shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// `ssc man`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc man | man -l -
  ssc man ~/.local/share/man/man1 && man ssc-estimate")]
pub(super) struct ManArgs {
    /// Write one page for each command to this folder
    #[arg(value_name = "DIR")]
    pub(super) folder: Option<PathBuf>,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table for people
    Table,
    /// JSON, schema `ssc/estimate/1`
    Json,
    /// A report as one web page
    Html,
    /// CSV, FinOps FOCUS 1.4
    #[value(name = "focus-1.4", alias = "focus")]
    Focus1_4,
    /// CSV, FinOps FOCUS 1.2, as providers export it
    #[value(name = "focus-1.2")]
    Focus1_2,
}

/// Which files a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum SchemaOf {
    /// Scenarios
    Scenario,
    /// Price files of services
    Pricing,
    /// Price files of LLM providers
    Llm,
}

impl SchemaOf {
    /// What an editor shows.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Scenario => "ssc scenario",
            Self::Pricing => "ssc price file",
            Self::Llm => "ssc LLM price file",
        }
    }
}

/// `ssc schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc schema scenario -o ssc-scenario.schema.json

Then start a scenario with this line, and the editor completes and checks it:
  # yaml-language-server: $schema=ssc-scenario.schema.json")]
pub(super) struct SchemaArgs {
    /// Of which files
    #[arg(value_enum)]
    pub(super) of: SchemaOf,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// `ssc estimate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc estimate scenarios/chat.yaml
  ssc estimate trace.csv.gz --platform aws-lambda --window 1h
  ssc estimate scenarios/chat.yaml --platform vercel-fluid --format json -o estimate.json
  ssc estimate scenarios/chat.yaml --format focus-1.4 -o chat.csv")]
pub(super) struct EstimateArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    /// Run every workload on this platform
    #[arg(long, value_name = "ID")]
    pub(super) platform: Option<String>,
    /// Fail with exit code 3 when something has no price
    #[arg(long)]
    pub(super) require_complete: bool,
    /// For JSON: tell what happened and what it cost in spans of this width, such as 1h
    #[arg(long, value_name = "DURATION", value_parser = super::factor::width)]
    pub(super) timeline: Option<crate::units::SimDuration>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    pub(super) format: Format,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// For FOCUS: the billing account of the rows [default: estimate/<scenario>]
    #[arg(long, value_name = "ID", help_heading = "FOCUS")]
    pub(super) billing_account: Option<String>,
    /// For FOCUS: where to write the metadata [default: beside the output file]
    #[arg(long, value_name = "FILE", help_heading = "FOCUS")]
    pub(super) metadata: Option<PathBuf>,
}

/// `ssc recommend`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc recommend scenarios/chat.yaml
  ssc recommend scenarios/chat.yaml --apply cheaper.yaml && ssc estimate cheaper.yaml
  ssc recommend scenarios/chat.yaml --objective latency --max-cost-increase 5%
  ssc recommend trace.csv.gz --platform aws-lambda --llm openai/gpt-6-luna --time-limit 30s
  ssc recommend scenarios/chat.yaml --only settings
  ssc explain")]
pub(super) struct RecommendArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    /// For a trace: where it runs now
    #[arg(long, value_name = "ID")]
    pub(super) platform: Option<String>,
    /// Ask only these rules, by code or name
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Ask all rules but these
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) except: Vec<String>,
    /// What to look for, among what keeps the scenario's `objectives:`
    #[arg(long, value_enum, default_value_t = Objective::Cost, value_name = "WHAT")]
    pub(super) objective: Objective,
    /// For latency: how much dearer the bill may become, such as 5%
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(super) max_cost_increase: Option<rust_decimal::Decimal>,
    /// Combine at most so many recommendations
    #[arg(long, alias = "max-changes", value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) max_change: u16,
    /// End the search after this long with the best that was found, such as 30s
    #[arg(long, value_name = "DURATION")]
    pub(super) time_limit: Option<String>,
    /// Write the scenario of the combined plan to this file
    #[arg(long, value_name = "FILE")]
    pub(super) apply: Option<PathBuf>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = RecommendFormat::Table, value_name = "FORMAT")]
    pub(super) format: RecommendFormat,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// What recommendations are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Objective {
    /// The least bill
    Cost,
    /// The earliest first token (P95), then the fewest cold starts, then the least bill
    Latency,
    /// The least bill whose first token (P95) comes at most a tenth later
    Balanced,
}

/// How recommendations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RecommendFormat {
    /// Cards for people
    Table,
    /// JSON, schema `ssc/recommend/1`
    Json,
    /// A report as one web page
    Html,
}

/// `ssc explain`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc explain
  ssc explain settings")]
pub(super) struct ExplainArgs {
    /// Code or name of a rule, such as SSC204 or settings; all of them in a list if left out
    #[arg(value_name = "RULE")]
    pub(super) rule: Option<String>,
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
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// Leave free tiers and credits out
    #[arg(long)]
    pub(super) no_free_tier: bool,
    /// So many times the arrivals, such as 2x or 0.5x
    #[arg(long, value_name = "FACTOR", value_parser = super::factor::factor)]
    pub(super) traffic: Option<rust_decimal::Decimal>,
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

/// `ssc compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc compare scenarios/chat.yaml
  ssc compare trace.csv.gz --platforms aws-lambda,cloud-run,fly-machines --llm openai/gpt-6-luna
  ssc compare scenarios/chat.yaml --platforms aws-lambda --vary memory=512MiB,1GiB,2GiB
  ssc compare scenarios/chat.yaml --range --spike 10x/1h
  ssc compare scenarios/chat.yaml --sweep traffic=0.1x..100x")]
pub(super) struct CompareArgs {
    #[command(flatten)]
    pub(super) scenario: ScenarioArgs,
    /// Platforms to compare [default: the ones the price book puts forward]
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    pub(super) platforms: Vec<String>,
    /// Values of a deployment setting to try on each platform (can be repeated)
    #[arg(long, value_name = "NAME=VALUE,…")]
    pub(super) vary: Vec<String>,
    /// Tell the range of the month's bill, P10 to P90, from its days
    #[arg(long)]
    pub(super) range: bool,
    /// Tell what a spike in the busiest time costs, such as 10x/1h
    #[arg(long, value_name = "FACTOR/TIME", num_args = 0..=1, default_missing_value = "10x/1h", value_parser = super::factor::spike)]
    pub(super) spike: Option<(rust_decimal::Decimal, crate::units::SimDuration)>,
    /// Try many values: traffic=0.1x..100x, output_tokens=…, duration=…, or a setting
    #[arg(long, value_name = "NAME=VALUES", conflicts_with_all = ["spike", "range", "vary"])]
    pub(super) sweep: Option<String>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = CompareFormat::Table, value_name = "FORMAT")]
    pub(super) format: CompareFormat,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

/// How platforms side by side are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum CompareFormat {
    /// A table for people
    Table,
    /// JSON, schema `ssc/compare/1`
    Json,
    /// A report as one web page
    Html,
}

/// How a comparison is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ReconcileFormat {
    /// A table for people
    Table,
    /// JSON, schema `ssc/reconcile/1`
    Json,
}

/// Formats of bills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Bills {
    /// FOCUS 1.0 to 1.4, of any provider
    Focus,
    /// AWS Cost and Usage Report, legacy or 2.0
    AwsCur,
}

/// `ssc reconcile`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc reconcile scenarios/chat.yaml bill.csv.gz
  ssc reconcile scenarios/chat.yaml bill.csv --period-scale --max-difference 10
  ssc reconcile scenarios/chat.yaml bill.csv --map names.yaml --format json")]
pub(super) struct ReconcileArgs {
    /// A scenario (.yaml, .yml)
    pub(super) scenario: PathBuf,
    /// A bill (.csv, .csv.gz)
    pub(super) bill: PathBuf,
    /// The bill's format [default: recognised by its header]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(super) bill_format: Option<Bills>,
    /// What names of the bill stand for (.yaml)
    #[arg(long, value_name = "FILE")]
    pub(super) map: Option<PathBuf>,
    /// Scale the estimate's usage to the length of the bill
    #[arg(long)]
    pub(super) period_scale: bool,
    /// Fail with exit code 1 when the totals differ by more than this
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    pub(super) max_difference: Option<rust_decimal::Decimal>,
    /// Use the prices of this day [default: the scenario's, or today]
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub(super) pricing_date: Option<NaiveDate>,
    /// Read more price files from this directory (can be repeated)
    #[arg(long, value_name = "DIR")]
    pub(super) pricing: Vec<PathBuf>,
    /// Seed of everything random
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<u64>,
    /// How much memory a trace may take; a larger one is sorted and kept in a temporary file
    #[arg(long, value_name = "SIZE", default_value = "4GiB", value_parser = memory)]
    pub(super) memory: u64,
    /// Leave free tiers and credits out of the estimate
    #[arg(long)]
    pub(super) no_free_tier: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = ReconcileFormat::Table, value_name = "FORMAT")]
    pub(super) format: ReconcileFormat,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
}

fn percent(text: &str) -> Result<rust_decimal::Decimal, String> {
    let number = text.trim().trim_end_matches('%').parse::<rust_decimal::Decimal>().ok();
    number
        .filter(|n| !n.is_sign_negative())
        .ok_or_else(|| "expected a percentage that is not negative, such as 10 or 2.5".into())
}

/// Less is not enough for a block of each part.
const LEAST_MEMORY: u64 = 1 << 20;

/// A size of memory.
pub(super) fn memory(text: &str) -> std::result::Result<u64, String> {
    let size = crate::units::parse::bytes(text).ok().filter(|size| *size >= LEAST_MEMORY);
    size.ok_or_else(|| "expected a size of 1MiB or more, such as 256MiB or 2GiB".into())
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

/// The whole command line.
pub(super) fn ssc() -> clap::Command {
    super::help::examples_first(Args::command())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::ssc().debug_assert();
    }
}
