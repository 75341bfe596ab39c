//! Azure LLM inference traces (2023 and 2024): arrival, prompt tokens, output tokens.
//!
//! The two years differ in their timestamps only: seven digits and no zone, or six digits and
//! `+00:00`, with no fraction at all on whole seconds.

use crate::diagnostic::Result;
use crate::workload::Trace;
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::row::{Field, Known, Layout, snake};
use crate::workload::import::table::{RowReader, assemble_as_read, split_header};

const REQUIRED: &[Known] = &[
    ("timestamp", Field::Timestamp, None),
    ("context_tokens", Field::InputTokens, None),
    ("generated_tokens", Field::OutputTokens, None),
];

pub(super) const IMPORTER: Importer = Importer {
    name: "azure-llm",
    about: "Azure LLM inference traces 2023 and 2024 (TIMESTAMP, ContextTokens, GeneratedTokens)",
    detect: |head| {
        let headers: Vec<_> = split_header(head.first_line).iter().map(|h| snake(h)).collect();
        headers.len() == REQUIRED.len()
            && REQUIRED.iter().all(|(n, ..)| headers.iter().any(|h| h == n))
    },
    read,
};

fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let reader = RowReader::open(input)?;
    let layout = Layout::published(&reader, IMPORTER.name, REQUIRED, &[])?;
    assemble_as_read(IMPORTER.name, reader, layout, options.skip_bad_rows)
}
