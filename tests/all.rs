//! Integration tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod bills;
mod book;
mod infracost;
mod shared;
mod trace;
mod worked_examples;
