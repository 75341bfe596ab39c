//! Delimited text with a header line: row by row, or in bulk on all cores.

mod assembly;
mod bulk;
mod columns;
mod record;
mod row_reader;
mod unread;
mod window;

pub(super) use assembly::{assemble, assemble_as_read};
pub(super) use columns::{column, columns, each_row, finish, label, length, text};
pub(crate) use row_reader::RowReader;
pub(super) use row_reader::split_header;
