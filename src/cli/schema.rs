//! `ssc schema`: JSON Schemas of the files people write, for editors.

use super::args::{Global, SchemaArgs, SchemaOf};
use super::{EXIT_OK, output};
use crate::diagnostic::Result;
use crate::report::pretty;
use crate::workload::ScenarioFile;
use schemars::{Schema, schema_for};

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
