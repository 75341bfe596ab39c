//! `ssc pricing`: the price book to look at, to compare and to check.

mod args;
mod diff;
mod import;
mod list;
mod show;
mod verify;

pub(super) use args::Command;

use super::args::Global;
use super::output;
use crate::diagnostic::Result;
use crate::report::pricing::Form;
use args::{Format, Writing};
use chrono::NaiveDate;

pub(super) fn run(command: &Command, global: &Global) -> Result<u8> {
    match command {
        Command::List(args) => list::run(args, global),
        Command::Show(args) => show::run(args, global),
        Command::Diff(args) => diff::run(args, global),
        Command::Verify(args) => verify::run(args, global),
        Command::Import(args) => import::run(args, global),
    }
}

fn today() -> NaiveDate {
    chrono::Utc::now().date_naive()
}

/// How the result is written.
fn form(writing: &Writing, global: &Global) -> Form {
    let (width, color) = output::look(global.color, writing.output.is_some());
    match writing.format {
        Format::Table => Form::Table { width, color },
        Format::Json => Form::Json,
    }
}
