//! Which column of a file holds which field.

use super::cells::Cells;
use super::field::{Field, Meaning, snake};
use crate::diagnostic::{Diagnostic, Result, suggest};
use crate::workload::import::cell::{Unit, shown};
use std::collections::BTreeMap;

/// One column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Binding {
    /// The column's index.
    pub index: usize,
    /// What it holds.
    pub field: Field,
    /// The unit of a time column, if its name gives one.
    pub unit: Option<Unit>,
}

/// The columns that are read, and what there is to say about the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Layout {
    /// One entry per field that the file has.
    pub bindings: Vec<Binding>,
    /// What was noticed.
    pub notes: Vec<String>,
}

/// A column of a published format: its name in [`snake`] case, its field and unit.
pub(crate) type Known = (&'static str, Field, Option<Unit>);

impl Layout {
    /// The layout of a published format: `required` columns must be there, `optional` ones may be.
    ///
    /// # Errors
    /// When a required column is missing.
    pub(crate) fn published(
        reader: &impl Cells,
        format: &str,
        required: &[Known],
        optional: &[Known],
    ) -> Result<Self> {
        let mut layout = Self::default();
        let names: Vec<_> = reader.headers().iter().map(|h| snake(h)).collect();
        for (i, (name, field, unit)) in required.iter().chain(optional).enumerate() {
            match names.iter().position(|n| n == name) {
                Some(index) => layout.bindings.push(Binding { index, field: *field, unit: *unit }),
                None if i < required.len() => return Err(missing(reader, format, name)),
                None => {}
            }
        }
        layout.note_unused(reader);
        Ok(layout)
    }

    /// The layout of a file with free column names; `columns` maps fields to headers and wins.
    ///
    /// # Errors
    /// When `columns` names an unknown field or a header that is not there, when two headers mean
    /// the same field, and when nothing says when requests arrive.
    pub(crate) fn native(reader: &impl Cells, columns: &BTreeMap<String, String>) -> Result<Self> {
        let mut layout = Self::default();
        for (key, header) in columns {
            layout.bind_as_told(reader, key, header)?;
        }
        let told = layout.bindings.clone();
        let mut candidates: BTreeMap<Field, Vec<(usize, Meaning)>> = BTreeMap::new();
        for (index, header) in reader.headers().iter().enumerate() {
            if let Some(meaning) = Field::meaning(header)
                && !told.iter().any(|b| b.index == index || b.field == meaning.field)
            {
                candidates.entry(meaning.field).or_default().push((index, meaning));
            }
        }
        for (field, found) in candidates {
            let (index, unit) = choose(reader, field, &found)?;
            layout.bindings.push(Binding { index, field, unit });
        }
        layout.require_arrival(reader)?;
        layout.note_unused(reader);
        Ok(layout)
    }

    /// The index of a field's column.
    pub(crate) fn index_of(&self, field: Field) -> Option<usize> {
        self.bindings.iter().find(|b| b.field == field).map(|b| b.index)
    }

    fn bind_as_told(&mut self, reader: &impl Cells, key: &str, header: &str) -> Result<()> {
        let Some(Meaning { field, unit, .. }) = Field::meaning(key) else {
            return Err(Diagnostic::input(format!("`columns` names an unknown field `{key}`"))
                .note(format!("known fields: {}", suggest::list(Field::canonical_names())))
                .maybe_hint(suggest::did_you_mean(key, Field::canonical_names()))
                .into());
        };
        let headers = reader.headers();
        let index = headers
            .iter()
            .position(|h| h == header)
            .or_else(|| headers.iter().position(|h| h.eq_ignore_ascii_case(header.trim())));
        let Some(index) = index else {
            let message = format!("the trace has no column `{header}`");
            let names = headers.iter().map(String::as_str);
            return Err(found(reader, Diagnostic::input(message), "not among these")
                .maybe_hint(suggest::did_you_mean(header, names))
                .into());
        };
        if self.bindings.iter().any(|b| b.field == field) {
            let message = format!("`columns` gives `{}` twice", field.name());
            return Err(Diagnostic::input(message).hint("keep one of the two").into());
        }
        let by_header = Field::unit_of(header).filter(|_| field.is_time());
        if let (Some(told), Some(named)) = (unit, by_header)
            && told != named
        {
            self.notes.push(format!("column `{header}` is read as {}, as told", told.name()));
        }
        self.bindings.push(Binding { index, field, unit: unit.or(by_header) });
        Ok(())
    }

    /// Arrival is a timestamp, or the end less the duration.
    fn require_arrival(&mut self, reader: &impl Cells) -> Result<()> {
        if self.index_of(Field::Timestamp).is_some() {
            return Ok(());
        }
        if self.index_of(Field::End).is_some() && self.index_of(Field::Duration).is_some() {
            self.notes
                .push("no arrival column: requests arrive at their end less their duration".into());
            return Ok(());
        }
        let headers = reader.headers();
        let diagnostic = Diagnostic::input("the trace has no `timestamp` column");
        let diagnostic = found(reader, diagnostic, "none of these says when requests arrive");
        let is_number = |h: &String| h.parse::<f64>().is_ok();
        if headers.iter().any(is_number) {
            return Err(diagnostic
                .hint("the first line holds data: add a line of column names above it")
                .into());
        }
        let near = headers
            .iter()
            .find(|h| suggest::closest(&snake(h), Field::Timestamp.names()).is_some());
        let hint = match near {
            Some(near) => format!(
                "did you mean `{}`? say so with `--column timestamp={}`, or under `columns:` in a scenario",
                shown(near.as_bytes()),
                shown(near.as_bytes())
            ),
            None => "name it: `--column timestamp=HEADER`, or `timestamp: HEADER` under `columns:` in a scenario"
                .to_owned(),
        };
        Err(diagnostic.hint(hint).into())
    }

    fn note_unused(&mut self, reader: &impl Cells) {
        let is_unused = |i: usize| !self.bindings.iter().any(|b| b.index == i);
        let headers = reader.headers().iter().enumerate();
        let unused: Vec<_> = headers
            .filter(|(i, h)| is_unused(*i) && !h.is_empty())
            .map(|(_, h)| shown(h.as_bytes()))
            .collect();
        if !unused.is_empty() {
            let names = suggest::list(unused.iter().map(String::as_str));
            self.notes.push(format!("columns not used: {names}"));
        }
    }
}

/// The one header for a field: the canonical name wins over the others, two of a kind are an error.
fn choose(
    reader: &impl Cells,
    field: Field,
    candidates: &[(usize, Meaning)],
) -> Result<(usize, Option<Unit>)> {
    let canonical: Vec<_> = candidates.iter().filter(|(_, m)| m.canonical).collect();
    let chosen = if canonical.is_empty() { candidates.iter().collect() } else { canonical };
    match chosen.as_slice() {
        [(index, meaning)] => Ok((*index, meaning.unit)),
        several => {
            let name = |i: usize| reader.headers().get(i).map_or("", String::as_str);
            let names = suggest::list(several.iter().map(|(i, _)| name(*i)));
            let second = several.get(1).map(|(i, _)| *i);
            let message = format!("columns {names} all mean `{}`", field.name());
            let first = several.first().map_or("", |(i, _)| name(*i));
            Err(Diagnostic::input(message)
                .at(reader.place(second), "which one?")
                .hint(format!("choose with `columns: {{{}: {first}}}`", field.name()))
                .into())
        }
    }
}

/// The error for a published format without one of its columns.
pub(crate) fn missing(reader: &impl Cells, format: &str, name: &str) -> Box<Diagnostic> {
    let message = format!("a `{format}` trace needs a column `{name}`");
    found(reader, Diagnostic::input(message), "not among these")
        .hint("leave `format` out to have it recognised by its header line")
        .into()
}

/// Points at the header line and lists what is in it.
fn found(reader: &impl Cells, diagnostic: Diagnostic, label: &str) -> Diagnostic {
    let headers: Vec<_> = reader.headers().iter().map(|h| shown(h.as_bytes())).collect();
    diagnostic
        .at(reader.place(None), label)
        .note(format!("columns found: {}", suggest::list(headers.iter().map(String::as_str))))
}
