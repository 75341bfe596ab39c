//! The `ssc` command.

use std::process::ExitCode;

/// An error of the program itself, as a panic would give.
const INTERNAL: u8 = 101;

fn main() -> ExitCode {
    match ssc::cli::run(std::env::args_os()) {
        Ok(code) => ExitCode::from(code),
        // The streams are gone: there is nobody left to tell.
        Err(_) => ExitCode::from(INTERNAL),
    }
}
