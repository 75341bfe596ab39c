//! The `ssc` command.

use std::process::ExitCode;

/// Blocks of requests come and go by the megabyte on all threads; the system's allocator gives such
/// pages back to the kernel each time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// An error of the program itself, as a panic would give.
const INTERNAL: u8 = 101;

fn main() -> ExitCode {
    match ssc::cli::run(std::env::args_os()) {
        Ok(code) => ExitCode::from(code),
        // The streams are gone: there is nobody left to tell.
        Err(_) => ExitCode::from(INTERNAL),
    }
}
