//! Serverless Streaming Cost.

pub mod billing;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod diff;
pub mod estimate;
pub mod init;
pub mod metering;
pub mod pricing;
pub mod recommend;
pub mod reconcile;
pub mod replay;
pub mod report;
pub mod units;
pub mod workload;
