//! Traces from files: the native CSV format and published datasets.
//!
//! Nothing outside this module knows where a trace came from.

mod assemble;
mod azure_llm;
mod burstgpt;
mod cell;
mod compression;
mod draft;
mod field;
mod input;
mod layout;
mod native;
mod number;
mod open;
mod parquet;
mod registry;
mod row_reader;
mod runs;
mod stored;
mod tap;
mod timestamp;

// Other tables are read the same way: row by row, with errors that point at a cell.
pub(crate) use cell::{Refusal, thousands};
pub(crate) use input::{Input, Words};
pub(crate) use row_reader::{RowReader, Step};
pub(crate) use timestamp::instant;

pub use open::{Bytes, TraceFile, needs_file, read, read_beside, read_file};
pub use registry::{Alone, Beside, IMPORTERS, Importer, ReadOptions};
pub use runs::RunSink;
