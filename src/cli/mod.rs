//! The command line: the only room that touches files, the terminal, the environment and the clock.

mod apply;
mod args;
mod check;
mod compare;
mod completions;
mod diff;
mod digest;
mod estimate;
mod exit;
mod explain;
mod factor;
mod file_at;
mod file_error;
mod files;
mod first_look;
mod flags;
mod focus;
mod help;
mod init;
mod made_file;
mod man;
mod output;
mod pager;
mod pricing;
mod progress;
mod recommend;
mod reconcile;
pub mod render;
mod report;
mod scenario;
mod schema;
mod sweep;
mod temp_files;
mod trace;

use crate::diagnostic::{Diagnostic, Kind};
use args::{Command, ssc};
pub use exit::{EXIT_DIFFERENT, EXIT_INCOMPLETE, EXIT_INPUT, EXIT_OK};

use clap::{FromArgMatches, error::ErrorKind};
use std::io::{self, Write};

/// Runs the program with these arguments and returns its exit code.
///
/// # Errors
/// When stdout or stderr cannot be written.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> anyhow::Result<u8> {
    let matches = match ssc().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            error.print()?;
            if error.kind() == ErrorKind::MissingRequiredArgument
                && error.to_string().contains("<SCENARIO")
            {
                writeln!(io::stderr(), "\n  tip: `ssc init` writes a first scenario")?;
            }
            let shown = [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion];
            return Ok(if shown.contains(&error.kind()) { EXIT_OK } else { EXIT_INPUT });
        }
    };
    let args = args::Args::from_arg_matches(&matches)?;
    pager::allow(args.global.pager);
    if let Some(threads) = args.global.threads {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.into());
        pool.build_global().map_err(|e| anyhow::anyhow!("cannot start {threads} threads: {e}"))?;
    }
    let result = match &args.command {
        Command::Init(i) => init::run(i, &args.global),
        Command::Estimate(e) => estimate::run(e, &args.global),
        Command::Compare(c) => compare::run(c, &args.global),
        Command::Check(c) => check::run(c, &args.global),
        Command::Diff(d) => diff::run(d, &args.global),
        Command::Recommend(r) => recommend::run(r, &args.global),
        Command::Report(r) => report::run(r, &args.global),
        Command::Explain(e) => explain::run(e, &args.global),
        Command::Schema(s) => schema::run(s, &args.global),
        Command::Trace(t) => trace::run(t, &args.global),
        Command::Pricing(p) => pricing::run(p, &args.global),
        Command::Reconcile(r) => reconcile::run(r, &args.global),
        Command::Completions(c) => completions::run(c, ssc()),
        Command::Man(m) => man::run(m, ssc(), &args.global),
    };
    match result {
        Ok(code) => Ok(code),
        Err(diagnostic) => {
            output::error(&diagnostic, args.global.color)?;
            Ok(exit_code(&diagnostic))
        }
    }
}

fn exit_code(diagnostic: &Diagnostic) -> u8 {
    match diagnostic.kind {
        Kind::Input | Kind::File => EXIT_INPUT,
        Kind::Incomplete => EXIT_INCOMPLETE,
    }
}
