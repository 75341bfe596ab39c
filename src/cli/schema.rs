//! `ssc schema`: JSON Schemas of the files people write, for editors, and of results, for programs.

use super::exit::EXIT_OK;
use super::flags::Global;
use super::output;
use crate::diagnostic::Result;
use crate::report::{Output, pretty};
use crate::workload::ScenarioFile;
use clap::ValueEnum;
use schemars::{Schema, schema_for};
use std::path::PathBuf;

/// Which files and results a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SchemaOf {
    /// Scenarios
    Scenario,
    /// Price files of services
    Pricing,
    /// Price files of LLM providers
    Llm,
    /// `ssc estimate --format json`
    Estimate,
    /// `ssc compare --format json`
    Compare,
    /// `ssc compare --sweep … --format json`
    Sweep,
    /// `ssc check --format json`
    Check,
    /// `ssc diff --format json`
    Diff,
    /// `ssc recommend --format json`
    Recommend,
    /// `ssc reconcile --format json`
    Reconcile,
    /// `ssc trace inspect --format json`
    Trace,
    /// `ssc pricing list --format json`, with words or filters
    PricingList,
    /// `ssc pricing list --format json`, without
    PricingOverview,
    /// `ssc pricing show --format json`
    PricingShow,
    /// `ssc pricing diff --format json`
    PricingDiff,
    /// `ssc pricing verify --format json`
    PricingVerify,
}

/// `ssc schema`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc schema scenario -o ssc-scenario.schema.json

Then start a scenario with this line, and the editor completes and checks it:
  # yaml-language-server: $schema=ssc-scenario.schema.json")]
pub(super) struct SchemaArgs {
    /// Of which files or results
    #[arg(value_enum)]
    of: SchemaOf,
    /// Write to a file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Prints or writes the schema.
pub(super) fn run(args: &SchemaArgs, _: &Global) -> Result<u8> {
    output::result(&text(args.of), args.output.as_deref())?;
    Ok(EXIT_OK)
}

/// The schema as text, as it stands in `docs/schema/`.
fn text(of: SchemaOf) -> String {
    let output = match of {
        SchemaOf::Scenario => return titled(schema_for!(ScenarioFile), "ssc scenario"),
        SchemaOf::Pricing => return titled(crate::pricing::service_schema(), "ssc price file"),
        SchemaOf::Llm => return titled(crate::pricing::llm_schema(), "ssc LLM price file"),
        SchemaOf::Recommend => return crate::report::recommendation::SCHEMA.to_owned(),
        SchemaOf::Estimate => Output::Estimate,
        SchemaOf::Compare => Output::Compare,
        SchemaOf::Sweep => Output::Sweep,
        SchemaOf::Check => Output::Check,
        SchemaOf::Diff => Output::Diff,
        SchemaOf::Reconcile => Output::Reconcile,
        SchemaOf::Trace => Output::Trace,
        SchemaOf::PricingList => Output::PricingList,
        SchemaOf::PricingOverview => Output::PricingOverview,
        SchemaOf::PricingShow => Output::PricingShow,
        SchemaOf::PricingDiff => Output::PricingDiff,
        SchemaOf::PricingVerify => Output::PricingVerify,
    };
    pretty(&output.schema())
}

/// With the title that an editor shows.
fn titled(mut schema: Schema, title: &str) -> String {
    schema.insert("title".into(), title.into());
    pretty(&schema)
}
