//! The whole command line.

use super::flags::Global;
use super::{
    check, compare, completions, diff, estimate, explain, init, man, pricing, recommend, reconcile,
    report, schema, trace,
};
use clap::{CommandFactory, Parser, Subcommand};

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
  ssc report scenarios/chat.yaml
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
    Init(init::InitArgs),
    /// Estimate the month's bill of a scenario or a trace
    Estimate(estimate::EstimateArgs),
    /// Put platforms or settings side by side for the same requests
    Compare(compare::CompareArgs),
    /// Hold a scenario to its budgets and to a baseline, for CI
    Check(check::CheckArgs),
    /// What changed between two scenarios, results or price dates, and why
    Diff(diff::DiffArgs),
    /// Find cheaper ways to serve the same streams, each replayed and billed
    Recommend(recommend::RecommendArgs),
    /// Write everything about a scenario on one web page
    Report(report::ReportArgs),
    /// Explain a rule of `ssc recommend`, or list them
    Explain(explain::ExplainArgs),
    /// Compare an estimate with a real bill, SKU by SKU
    Reconcile(reconcile::ReconcileArgs),
    /// Look at traces before they are replayed, and pack them
    #[command(subcommand)]
    Trace(trace::Command),
    /// Print the JSON Schema of scenarios, price files or results
    Schema(schema::SchemaArgs),
    /// Look at the price book, compare two, check price files, import price tables
    #[command(subcommand)]
    Pricing(pricing::Command),
    /// Print a script that completes commands, flags and ids in a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write all of them to a folder
    Man(man::ManArgs),
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
