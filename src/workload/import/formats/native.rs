//! The native format: any table with a header line and one row per request.

use crate::diagnostic::Result;
use crate::workload::Trace;
use crate::workload::import::importer::{Importer, Opened};
use crate::workload::import::row::Layout;
use crate::workload::import::table::{RowReader, assemble_as_read};

/// Takes every table, so it stands last.
pub(crate) const IMPORTER: Importer = Importer {
    name: "native",
    about: "any CSV with a `timestamp` column; other columns by name, see `columns:`",
    detect: |head| !head.first_line.starts_with(['{', '[']),
    read,
};

fn read(Opened { input, options, .. }: Opened<'_>) -> Result<Trace> {
    let reader = RowReader::open(input)?;
    let layout = Layout::native(&reader, &options.columns)?;
    assemble_as_read(IMPORTER.name, reader, layout, options.skip_bad_rows)
}
