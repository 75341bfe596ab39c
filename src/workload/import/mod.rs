//! Traces from files: the native CSV format and published datasets.
//!
//! Nothing outside this module knows where a trace came from.

mod assemble;
mod azure_functions_2019;
mod azure_functions_2019_counts;
mod azure_functions_2019_days;
mod azure_functions_2021;
mod azure_llm;
mod bulk;
mod burstgpt;
mod cell;
mod cloudflare_trace;
mod cloudfront;
mod draft;
mod expand;
mod field;
mod huawei;
mod input;
mod lambda_line;
mod lambda_report;
mod layout;
mod lines;
mod log_events;
mod log_json;
mod native;
mod number;
mod percentiles;
mod record;
mod registry;
mod renewal;
mod row_reader;
mod servegen;
mod servegen_lengths;
mod servegen_windows;
mod sibling;
mod table;
mod timestamp;
mod unread;
mod window;

// Other tables are read the same way: row by row, with errors that point at a cell.
pub(crate) use cell::Refusal;
pub(crate) use input::{Input, Words};
pub(crate) use row_reader::{RowReader, Step};

pub use registry::{Alone, Beside, IMPORTERS, Importer, ReadOptions, read, read_beside};
