//! Integration tests: one binary, one module a concern.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

mod allowances;
mod architecture;
mod bills;
mod book;
mod cli;
mod compare;
mod example;
mod examples_aws;
mod examples_azure;
mod examples_edge;
mod examples_gcp;
mod focus;
mod fuzz;
mod infracost;
mod infracost_aws;
mod infracost_azure_gcp;
mod llm_table;
mod paths;
mod paths_aws;
mod paths_vendors;
mod price_changes;
mod price_import;
mod pricing_cli;
mod rates;
mod readme;
mod recommend_overflow;
mod reconcile;
mod replay;
mod scenarios;
mod schema;
mod shared;
mod trace;
mod warm;
mod worked_examples;
