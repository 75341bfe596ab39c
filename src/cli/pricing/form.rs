//! What the commands about prices share: the day, and how a result is written.

use super::super::flags::Global;
use super::super::output;
use super::args::{Format, Writing};
use crate::report::pricing::Form;
use chrono::NaiveDate;

/// Today.
pub(super) fn today() -> NaiveDate {
    chrono::Utc::now().date_naive()
}

/// How the result is written.
pub(super) fn form(writing: &Writing, global: &Global) -> Form {
    let (width, color) = output::look(global.color, writing.output.is_some());
    match writing.format {
        Format::Table => Form::Table { width, color },
        Format::Json => Form::Json,
    }
}
