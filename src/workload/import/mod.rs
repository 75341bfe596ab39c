//! Traces from files: the native CSV format and published datasets.
//!
//! Nothing outside this module knows where a trace came from.

mod app_insights;
mod assemble;
mod azure_functions_2019;
mod azure_functions_2019_counts;
mod azure_functions_2019_days;
mod azure_functions_2021;
mod azure_llm;
mod bulk;
mod burstgpt;
mod cell;
mod cells;
mod cloud_run;
mod cloudflare_trace;
mod cloudfront;
mod compression;
mod draft;
mod expand;
mod field;
mod huawei;
mod input;
mod json_cells;
mod json_head;
mod json_lines;
mod json_paths;
mod json_rows;
mod json_shape;
mod lambda_json;
mod lambda_line;
mod lambda_notes;
mod lambda_report;
mod layout;
mod lines;
mod litellm;
mod log_events;
mod log_json;
mod mooncake;
mod native;
mod number;
mod open;
mod parquet;
mod percentiles;
mod portal_date;
mod ragpulse;
mod reading;
mod record;
mod registry;
mod renewal;
mod row_reader;
mod runs;
mod servegen;
mod servegen_lengths;
mod servegen_windows;
mod sibling;
mod spread;
mod stored;
mod table;
mod timestamp;
mod tracelab;
mod unread;
mod vercel;
mod weights;
mod window;

// Other tables are read the same way: row by row, with errors that point at a cell.
pub(crate) use cell::{Refusal, thousands};
pub(crate) use input::{Input, Words};
pub(crate) use row_reader::{RowReader, Step};
pub(crate) use timestamp::instant;

pub use open::{Bytes, TraceFile, needs_file, read, read_beside, read_file};
pub use registry::{Alone, Beside, IMPORTERS, Importer, ReadOptions};
pub use runs::RunSink;
