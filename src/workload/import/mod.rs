//! Traces from files: the native CSV format and published datasets.
//!
//! Nothing outside this module knows where a trace came from.

mod assemble;
mod azure_llm;
mod bulk;
mod burstgpt;
mod cell;
mod draft;
mod field;
mod input;
mod layout;
mod native;
mod number;
mod record;
mod registry;
mod row_reader;
mod timestamp;
mod unread;
mod window;

// Other tables are read the same way: row by row, with errors that point at a cell.
pub(crate) use cell::Refusal;
pub(crate) use input::{Input, Words};
pub(crate) use row_reader::{RowReader, Step};

pub use registry::{Alone, Beside, IMPORTERS, Importer, ReadOptions, read, read_beside};
