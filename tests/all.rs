//! Integration tests.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod book;
mod replay;
mod shared;
mod trace;
