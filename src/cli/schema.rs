//! `ssc schema`: JSON Schemas of the files people write, for editors.

use super::exit::EXIT_OK;
use super::flags::Global;
use super::output;
use crate::diagnostic::Result;
use crate::report::pretty;
use crate::workload::ScenarioFile;
use clap::ValueEnum;
use schemars::{Schema, schema_for};
use std::path::PathBuf;

/// Which files a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SchemaOf {
    /// Scenarios
    Scenario,
    /// Price files of services
    Pricing,
    /// Price files of LLM providers
    Llm,
}

impl SchemaOf {
    /// What an editor shows.
    const fn title(self) -> &'static str {
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
    let mut schema: Schema = match of {
        SchemaOf::Scenario => schema_for!(ScenarioFile),
        SchemaOf::Pricing => crate::pricing::service_schema(),
        SchemaOf::Llm => crate::pricing::llm_schema(),
    };
    schema.insert("title".into(), of.title().into());
    pretty(&schema)
}
