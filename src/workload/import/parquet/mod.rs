//! Parquet files, read as the tables they are.
//!
//! Columns become cells of text, exactly, and from there on a Parquet file is read by the rules of a
//! delimited one: the same importers, names, units, checks and words. A timestamp becomes a date, so
//! that nobody guesses its unit; null and NaN become an empty cell.

mod cells;
mod file;
mod rows;

use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::workload::import::cell::shown;
use crate::workload::import::formats::{NATIVE, choose};
use crate::workload::import::importer::{Alone, Head, Importer, Opened, ReadOptions};
use crate::workload::import::input::Input;
use crate::workload::import::row::Field;
use crate::workload::import::runs::Runs;
use crate::workload::{ReadAt, Trace};
use ::parquet::file::reader::FileReader;
use cells::Shape;
use rows::{Column, Rows};
use std::sync::Arc;

/// Reads a Parquet file.
///
/// # Errors
/// A file that is cut off, damaged or encrypted, a column that is needed and nested, and whatever
/// makes a table no trace.
pub(super) fn read(
    name: &str,
    file: Arc<dyn ReadAt>,
    asked: Option<&'static Importer>,
    options: &ReadOptions,
    runs: &mut Runs<'_>,
) -> Result<Trace> {
    let reader = file::open(name, file)?;
    let fields = reader.metadata().file_metadata().schema_descr().root_schema().get_fields();
    let names: Vec<_> = fields.iter().map(|f| f.name().to_owned()).collect();
    let mut header = Vec::new();
    for (i, name) in names.iter().enumerate() {
        if i > 0 {
            header.push(b',');
        }
        cells::quoted(name.as_bytes(), &mut header);
    }
    header.push(b'\n');
    let first_line = String::from_utf8_lossy(header.trim_ascii()).into_owned();
    let importer = choose(asked, options, &Head { name, first_line: &first_line, text: &header })?;
    let everything = importer.name != NATIVE.name;
    let told = |name: &str| options.columns.values().any(|c| c.trim().eq_ignore_ascii_case(name));
    let wanted = |name: &str| everything || told(name) || Field::meaning(name).is_some();
    let mut columns = Vec::new();
    for field in &names {
        let column = if wanted(field) { column(name, &reader, field, everything)? } else { None };
        columns.push(column);
    }
    let rows = Rows::new(reader, columns);
    let mut input = Input::made(name, header, Box::new(rows));
    input.runs = runs.lend();
    let mut trace = (importer.read)(Opened { input, options, beside: &Alone })
        .map_err(|error| without_line(name, error))?;
    trace.first_skipped = trace.first_skipped.map(|error| without_line(name, error));
    Ok(trace)
}

/// The column of that name; none if it is nested and need not be read.
fn column(
    file: &str,
    reader: &file::Reader,
    name: &str,
    may_be_nested: bool,
) -> Result<Option<Column>> {
    let schema = reader.metadata().file_metadata().schema_descr();
    let leaves = schema.columns().iter().enumerate();
    let found = leaves
        .filter(|(_, leaf)| leaf.path().parts().first().is_some_and(|part| part == name))
        .collect::<Vec<_>>();
    match found.as_slice() {
        [(index, leaf)] if leaf.path().parts().len() == 1 && leaf.max_rep_level() == 0 => {
            let optional = leaf.max_def_level() > 0;
            Ok(Some(Column {
                index: *index,
                name: name.to_owned(),
                shape: Shape::of(leaf),
                optional,
            }))
        }
        _ if may_be_nested => Ok(None),
        _ => Err(Diagnostic::input(format!(
            "column `{}` of the Parquet file is nested, not one value a row",
            shown(name.as_bytes())
        ))
        .note(format!("in {file}"))
        .hint("write it out as a column of its own, or name another column with `columns:`")
        .into()),
    }
}

/// An error in a table that has columns and rows, but no lines.
fn without_line(name: &str, mut error: Box<Diagnostic>) -> Box<Diagnostic> {
    if let Some(place) = error.place.take() {
        let label = std::mem::take(&mut error.label);
        let label = if error.kind == Kind::File { String::new() } else { label };
        let note = if label.starts_with("in column") {
            format!("{label} of {}", place.file)
        } else {
            format!("in {name}")
        };
        error.notes.insert(0, note);
    }
    error
}
