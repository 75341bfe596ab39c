//! BurstGPT traces, with and without session and elapsed time.
//!
//! Columns are found by name: the later files insert two in the middle.

use crate::diagnostic::Result;
use crate::units::SimDuration;
use crate::workload::import::cell::Unit;
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::row::{Field, Known, Layout, note_rows, snake};
use crate::workload::import::table::{RowReader, assemble, split_header};
use crate::workload::{Status, Trace};

const REQUIRED: &[Known] = &[
    ("timestamp", Field::Timestamp, Some(Unit::Seconds)),
    ("model", Field::Model, None),
    ("request_tokens", Field::InputTokens, None),
    ("response_tokens", Field::OutputTokens, None),
];

const OPTIONAL: &[Known] = &[("elapsed_time", Field::Duration, Some(Unit::Seconds))];

pub(super) const IMPORTER: Importer = Importer {
    name: "burstgpt",
    about: "BurstGPT traces (Timestamp, Model, Request tokens, Response tokens, …)",
    detect: |head| {
        let headers = split_header(head.first_line);
        let has = |name: &str| headers.iter().any(|h| h == name);
        has("Log Type") && REQUIRED.iter().all(|(n, ..)| headers.iter().any(|h| snake(h) == *n))
    },
    read,
};

/// Failed requests have no response tokens and keep their arrival. Elapsed times are whole seconds
/// rounded down, so 0 is not a length: it is left open.
fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let reader = RowReader::open(input)?;
    let layout = Layout::published(&reader, IMPORTER.name, REQUIRED, OPTIONAL)?;
    let (mut rounded_down, mut failed) = (0, 0);
    let mut trace = assemble(IMPORTER.name, reader, layout, options.skip_bad_rows, |row| {
        if row.output_tokens == Some(0) {
            row.status = Status::Failed;
            failed += 1;
        }
        if row.duration == Some(SimDuration::ZERO) {
            row.duration = None;
            rounded_down += 1;
        }
    })?;
    note_rows(&mut trace, failed, "without response tokens: failed requests");
    note_rows(
        &mut trace,
        rounded_down,
        "with an elapsed time of 0 s, which is rounded down: their duration is left open",
    );
    if trace.has_duration() {
        trace.notes.push(
            "elapsed times are whole seconds, so each duration may be up to 1 s short".into(),
        );
    }
    Ok(trace)
}
