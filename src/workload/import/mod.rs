//! Traces from files: the native CSV format and published datasets.
//!
//! Nothing outside this module knows where a trace came from.

mod app_insights;
mod assemble;
mod azure_llm;
mod burstgpt;
mod cell;
mod cells;
mod cloud_run;
mod draft;
mod field;
mod input;
mod json_cells;
mod json_head;
mod json_lines;
mod json_paths;
mod json_rows;
mod json_shape;
mod lambda_json;
mod lambda_notes;
mod layout;
mod litellm;
mod mooncake;
mod native;
mod number;
mod portal_date;
mod ragpulse;
mod reading;
mod registry;
mod row_reader;
mod spread;
mod tap;
mod timestamp;
mod tracelab;
mod vercel;
mod weights;

// Other tables are read the same way: row by row, with errors that point at a cell.
pub(crate) use cell::Refusal;
pub(crate) use input::{Input, Words};
pub(crate) use row_reader::{RowReader, Step};

pub use registry::{Alone, Beside, IMPORTERS, Importer, ReadOptions, read, read_beside};
