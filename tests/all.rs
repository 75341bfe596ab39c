//! Integration tests: one binary, one module a concern.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod architecture;
mod bills;
mod book;
mod cli;
mod examples_aws;
mod infracost;
mod llm_table;
mod paths;
mod price_import;
mod infracost_aws;
mod paths_aws;
mod replay;
mod scenarios;
mod schema;
mod shared;
mod trace;
mod worked_examples;
