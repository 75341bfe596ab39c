//! Traces from files: the native CSV format and published datasets.
//!
//! Nothing outside this module knows where a trace came from. Inside, data flows one way:
//!
//! - `input`, `compression`, `stored`, `sibling`: the bytes of a file and of those beside it;
//! - `cell`: what one cell says: a number, an instant, a status;
//! - `row`: what the cells of a row say together, by the rules that every trace follows;
//! - `table`, `json`, `log`: the rows of delimited text, of JSON and of logs;
//! - `made`: requests that are made from counts, rates and samples, rather than read;
//! - `formats`: one importer for each format, out of these parts;
//! - `parquet`: columns of a Parquet file, as a table for the formats;
//! - `open`: finds out what a file is and has it read.

mod cell;
mod compression;
mod formats;
mod importer;
mod input;
mod json;
mod log;
mod made;
mod open;
mod parquet;
mod row;
mod runs;
mod sibling;
mod stored;
mod table;

// Other tables are read the same way: row by row, with errors that point at a cell.
pub(crate) use cell::{Refusal, instant};
pub(crate) use input::{Input, Words};
pub(crate) use row::Step;
pub(crate) use table::RowReader;

pub use formats::IMPORTERS;
pub use importer::{Alone, Beside, Importer, ReadOptions};
pub use open::{Bytes, TraceFile, needs_file, read, read_beside, read_file};
pub use runs::RunSink;
