//! Integration tests: one binary, one module a concern.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod architecture;
mod bills;
mod book;
mod cli;
mod infracost;
mod pricing_cli;
mod replay;
mod scenarios;
mod shared;
mod trace;
mod worked_examples;
