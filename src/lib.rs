//! Serverless Streaming Cost.

pub mod diagnostic;
pub mod units;
pub mod workload;
