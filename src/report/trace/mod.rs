//! What a trace says about itself, as text for people and as JSON for programs.

mod cache;
mod json;
mod rows;
mod sparkline;
mod table;
mod values;
mod words;

pub(super) use json::schema;

use crate::workload::inspect::Inspection;

/// How to write.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// For people: so many columns wide, styled or not.
    Table {
        /// Columns.
        width: usize,
        /// Whether to style.
        color: bool,
        /// Whether more than ASCII can be shown.
        unicode: bool,
    },
    /// For programs.
    Json,
}

impl Form {
    /// How many bars fit on a page so wide.
    #[must_use]
    pub fn bars(width: usize) -> usize {
        table::bars(width)
    }
}

/// What was found in the trace called `file`.
///
/// No line is wider than the page for any width of at least 60, except for the name of the file.
#[must_use]
pub fn inspection(file: &str, found: &Inspection, form: Form) -> String {
    match form {
        Form::Table { width, color, unicode } => table::table(file, found, width, color, unicode),
        Form::Json => json::json(file, found),
    }
}
