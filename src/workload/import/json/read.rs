//! From the fields of a published JSON format to a trace.

use super::cells::JsonCells;
use super::rows::{JsonRows, Strays};
use crate::diagnostic::Result;
use crate::workload::Trace;
use crate::workload::import::cell::Unit;
use crate::workload::import::importer::Opened;
use crate::workload::import::row::{Binding, Field, Layout, Reading, assemble};

/// A field of a published format: its path, see [`JsonCells::fixed`], and what it holds; nothing
/// where the format reads it itself.
pub(crate) type Path = (&'static str, Option<(Field, Option<Unit>)>);

/// Reads a JSON format of these fields.
///
/// # Errors
/// Those of [`assemble`].
pub(crate) fn read_paths(
    format: &'static str,
    opened: Opened<'_>,
    paths: &[Path],
    strays: Strays,
    reading: &mut impl Reading,
) -> Result<Trace> {
    let rows = JsonRows::open(opened.input, strays);
    let mut cells = JsonCells::fixed(rows, paths.iter().map(|(path, _)| *path));
    let bound = paths.iter().enumerate().filter_map(|(index, (_, bound))| {
        bound.map(|(field, unit)| Binding { index, field, unit })
    });
    let layout = Layout { bindings: bound.collect(), notes: Vec::new() };
    assemble(format, &mut cells, layout, opened.options.skip_bad_rows, reading)
}
