//! Integration tests: one binary, one module a concern.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod allowances;
mod architecture;
mod bills;
mod book;
mod cli;
mod example;
mod infracost;
mod price_changes;
mod rates;
mod replay;
mod scenarios;
mod shared;
mod trace;
mod worked_examples;
