//! Tables whose rows need more than one cell to a field: found columns, and every row in turn.

use super::assembly::no_rows;
use super::row_reader::RowReader;
use crate::diagnostic::Result;
use crate::units::SimDuration;
use crate::workload::Trace;
use crate::workload::import::cell::{Refusal, Unit, nanoseconds};
use crate::workload::import::row::{Bad, each, missing, snake, sort, too_many_labels};

/// The index of each of these columns, given in [`snake`] case.
///
/// # Errors
/// When one is missing.
pub(crate) fn columns<const N: usize>(
    reader: &RowReader<'_>,
    format: &str,
    names: [&str; N],
) -> Result<[usize; N]> {
    let mut found = [0; N];
    for (index, name) in found.iter_mut().zip(names) {
        *index = column(reader, name).ok_or_else(|| missing(reader, format, name))?;
    }
    Ok(found)
}

/// The index of a column that may be there, given in [`snake`] case.
pub(crate) fn column(reader: &RowReader<'_>, name: &str) -> Option<usize> {
    reader.headers().iter().position(|header| snake(header) == name)
}

/// Runs `read` on every row; bad rows are skipped and counted, or end it.
///
/// # Errors
/// The first bad row unless they are skipped, and a file that cannot be read.
pub(crate) fn each_row<'a>(
    reader: &mut RowReader<'a>,
    skip_bad_rows: bool,
    trace: &mut Trace,
    mut read: impl FnMut(&RowReader<'a>, &mut Trace) -> std::result::Result<(), Bad>,
) -> Result<()> {
    let row = |reader: &RowReader<'a>, trace: &mut Trace| {
        read(reader, trace)?;
        Ok(true)
    };
    each(reader, trace, skip_bad_rows, row)?;
    Ok(())
}

/// A trace of which all rows are in: sorted, and not empty.
///
/// # Errors
/// When there is no row.
pub(crate) fn finish(mut trace: Trace, reader: &RowReader<'_>) -> Result<Trace> {
    if trace.is_empty() {
        return Err(no_rows(reader, trace.first_skipped));
    }
    sort(&mut trace);
    trace.shrink();
    Ok(trace)
}

/// The text of a cell.
///
/// # Errors
/// When it is not UTF-8.
pub(crate) fn text<'r>(
    reader: &'r RowReader<'_>,
    index: usize,
) -> std::result::Result<&'r str, Bad> {
    let cell = reader.cell(index);
    std::str::from_utf8(cell).map_err(|_| (index, Refusal::new(cell, "not UTF-8 text")))
}

/// A cell with a number of `unit`s; digits below a nanosecond are float noise and cut off.
///
/// # Errors
/// When it is not a number from 0.
pub(crate) fn length(
    reader: &RowReader<'_>,
    index: usize,
    unit: Unit,
) -> std::result::Result<SimDuration, Bad> {
    let nanos = nanoseconds(reader.cell(index), unit).map_err(|refusal| (index, refusal))?;
    Ok(SimDuration(nanos.0))
}

/// Interns a label made of several cells; `index` is the column an error points at.
///
/// # Errors
/// When 65,535 others are in use.
pub(crate) fn label(
    trace: &mut Trace,
    name: &str,
    index: usize,
) -> std::result::Result<Option<u16>, Bad> {
    let label = trace.intern_workload(name);
    label.map(Some).ok_or_else(|| (index, too_many_labels()))
}
