//! Traces from files: the native CSV format and published datasets.
//!
//! Nothing outside this module knows where a trace came from.

mod assemble;
mod azure_llm;
mod burstgpt;
mod cell;
mod draft;
mod field;
mod input;
mod layout;
mod native;
mod number;
mod registry;
mod row_reader;
mod tap;
mod timestamp;

pub use registry::{IMPORTERS, Importer, ReadOptions, read};
