//! Integration tests: one binary, one module a concern.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod architecture;
mod bills;
mod book;
mod cli;
mod examples_aws;
mod infracost;
mod infracost_aws;
mod llm_table;
mod paths;
mod paths_aws;
mod price_import;
mod pricing_cli;
mod replay;
mod scenarios;
mod schema;
mod shared;
mod trace;
mod worked_examples;
