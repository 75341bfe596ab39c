//! `ssc pricing`: the price book to look at, to compare and to check.

mod args;
mod diff;
mod form;
mod import;
mod list;
mod show;
mod verify;

pub(super) use args::Command;

use super::flags::Global;
use crate::diagnostic::Result;

pub(super) fn run(command: &Command, global: &Global) -> Result<u8> {
    match command {
        Command::List(args) => list::run(args, global),
        Command::Show(args) => show::run(args, global),
        Command::Diff(args) => diff::run(args, global),
        Command::Verify(args) => verify::run(args, global),
        Command::Import(args) => import::run(args, global),
    }
}
