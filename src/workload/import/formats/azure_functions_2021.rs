//! Azure Functions invocations of 2021: one row per call, by its end.

use crate::diagnostic::Result;
use crate::units::{SimDuration, SimTime};
use crate::workload::import::cell::Unit;
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::row::note_rows;
use crate::workload::import::table::{
    RowReader, columns, each_row, finish, label, length, split_header, text,
};
use crate::workload::{Row, TimeBase, Trace};

const COLUMNS: [&str; 4] = ["app", "func", "end_timestamp", "duration"];

pub(super) const IMPORTER: Importer = Importer {
    name: "azure-functions-2021",
    about: "Azure Functions invocations 2021 (app, func, end_timestamp, duration)",
    detect: |head| split_header(head.first_line) == COLUMNS,
    read,
};

/// Function names are unique only within an app, so a label is both. A duration of 0 is below the
/// millisecond the file counts in, which is known well enough to be kept.
fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let mut reader = RowReader::open(input)?;
    let [app, func, end, duration] = columns(&reader, IMPORTER.name, COLUMNS)?;
    let mut trace = Trace::new(IMPORTER.name);
    trace.time_base = TimeBase::TraceStart;
    let mut below_a_millisecond = 0;
    each_row(&mut reader, options.skip_bad_rows, &mut trace, |row, trace| {
        let (ended, lasted) =
            (length(row, end, Unit::Seconds)?, length(row, duration, Unit::Seconds)?);
        let name = format!("{}/{}", text(row, app)?, text(row, func)?);
        let workload = label(trace, &name, func)?;
        below_a_millisecond += u64::from(lasted == SimDuration::ZERO);
        let arrival = SimTime((ended - lasted).0);
        trace.push(Row { arrival, duration: Some(lasted), workload, ..Row::default() });
        Ok(())
    })?;
    trace.notes.push("the file has ends: requests arrive at their end less their duration".into());
    note_rows(
        &mut trace,
        below_a_millisecond,
        "with a duration of 0 s: below the millisecond the file counts in, kept as 0",
    );
    finish(trace, &reader)
}
