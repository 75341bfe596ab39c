//! `ssc trace`: what is done with a trace besides replaying it.

mod inspect;
mod pack;
mod pack_files;

use super::flags::Global;
use crate::diagnostic::Result;
use clap::Subcommand;

/// The commands about traces.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Show what is understood of a trace: rates, bursts, tokens, and what is missing
    Inspect(inspect::InspectArgs),
    /// Write traces as one compact file, sorted, that opens at once
    Pack(pack::PackArgs),
}

pub(super) fn run(command: &Command, global: &Global) -> Result<u8> {
    match command {
        Command::Inspect(args) => inspect::run(args, global),
        Command::Pack(args) => pack::run(args, global),
    }
}
