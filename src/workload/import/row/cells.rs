//! What a row of any kind of file offers: cells under column names, each with a place.

use crate::diagnostic::{Diagnostic, Place, Result};
use crate::workload::import::cell::Refusal;

/// What came next in the file.
pub(crate) enum Step {
    /// A row with one cell per column.
    Row,
    /// A row with too few or too many cells.
    Misshapen(Box<Diagnostic>),
    /// The end of the file.
    End,
}

/// The cells of a row.
pub(crate) trait Texts {
    /// The text of a cell, without blanks around it; empty if there is none.
    fn cell(&self, index: usize) -> &[u8];
}

/// The row a reader is at.
pub(crate) trait Cells: Texts {
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
pub(crate) trait Rows: Cells {
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
