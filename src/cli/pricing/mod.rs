//! `ssc pricing`: the price book to look at, to compare and to check.

mod args;
mod verify;

pub(super) use args::Command;

use super::args::Global;
use crate::diagnostic::Result;

pub(super) fn run(command: &Command, global: &Global) -> Result<u8> {
    match command {
        Command::Verify(args) => verify::run(args, global),
    }
}
