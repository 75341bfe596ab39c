//! Integration tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod architecture;
mod book;
mod cli;
mod replay;
mod shared;
mod trace;
