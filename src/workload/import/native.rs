//! The native format: any table with a header line and one row per request.

use super::assemble::assemble;
use super::input::Input;
use super::layout::Layout;
use super::registry::{Importer, ReadOptions};
use super::row_reader::RowReader;
use crate::diagnostic::Result;
use crate::workload::Trace;

/// Takes every table, so it stands last.
pub(super) const IMPORTER: Importer = Importer {
    name: "native",
    about: "any CSV with a `timestamp` column; other columns by name, see `columns:`",
    detect: |first_line| !first_line.starts_with(['{', '[']),
    read,
};

fn read(input: Input<'_>, options: &ReadOptions) -> Result<Trace> {
    let reader = RowReader::open(input)?;
    let layout = Layout::native(&reader, &options.columns)?;
    assemble(IMPORTER.name, reader, layout, options.skip_bad_rows, |_| {})
}
