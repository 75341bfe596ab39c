//! What a row of any kind of file offers: cells under column names, each with a place.

use super::cell::Refusal;
use super::record::Record;
use super::row_reader::{RowReader, Step};
use crate::diagnostic::{Diagnostic, Place, Result};

/// The cells of a row.
pub(super) trait Texts {
    /// The text of a cell, without blanks around it; empty if there is none.
    fn cell(&self, index: usize) -> &[u8];
}

/// The row a reader is at.
pub(super) trait Cells: Texts {
    /// The column names as the file writes them.
    fn headers(&self) -> &[String];
    /// The place of a cell of this row, or of the whole row.
    fn place(&self, index: Option<usize>) -> Place;
    /// The text of a cell, or nothing if it is not UTF-8.
    fn text(&self, index: usize) -> &str {
        std::str::from_utf8(self.cell(index)).unwrap_or_default()
    }
}

/// Rows, one at a time.
pub(super) trait Rows: Cells {
    /// Goes to the next row.
    ///
    /// # Errors
    /// When the file cannot be read further; a row of the wrong shape is a [`Step`].
    fn next(&mut self) -> Result<Step>;
    /// The error for a cell of this row.
    fn refuse(&self, index: usize, refusal: Refusal) -> Box<Diagnostic>;
    /// The number of rows read.
    fn rows(&self) -> u64;
    /// How many lines were no rows and were left out.
    fn stray_count(&self) -> u64 {
        0
    }
    /// Whether this row has a column that no row above has.
    fn learnt(&self) -> bool {
        false
    }
}

impl Texts for Record {
    fn cell(&self, index: usize) -> &[u8] {
        Self::cell(self, index)
    }
}

impl Texts for RowReader<'_> {
    fn cell(&self, index: usize) -> &[u8] {
        RowReader::cell(self, index)
    }
}

impl Cells for RowReader<'_> {
    fn headers(&self) -> &[String] {
        RowReader::headers(self)
    }

    fn place(&self, index: Option<usize>) -> Place {
        RowReader::place(self, index)
    }
}

impl Rows for RowReader<'_> {
    fn next(&mut self) -> Result<Step> {
        RowReader::next(self)
    }

    fn refuse(&self, index: usize, refusal: Refusal) -> Box<Diagnostic> {
        RowReader::refuse(self, index, refusal)
    }

    fn rows(&self) -> u64 {
        RowReader::rows(self)
    }
}
