//! Writes a packed trace, block by block.

use super::about::About;
use super::block::{self, COLUMNS, MOST_PREFIX_BLOCKS};
use super::index::{Entry, trailer};
use super::{BLOCK_ROWS, MAGIC, VERSION};
use crate::workload::Trace;
use std::io::{self, Write};
use std::ops::Range;

/// Prompt blocks at which a block of rows is closed early, so that each stays small in memory.
const PREFIX_BLOCKS: usize = 1 << 18;

/// Writes rows in order of arrival.
pub struct Writer<W> {
    out: W,
    index: Vec<Entry>,
    present: Vec<u64>,
}

impl<W: Write> Writer<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(&MAGIC)?;
        out.write_all(&VERSION.to_le_bytes())?;
        Ok(Self { out, index: Vec::new(), present: vec![0; COLUMNS.len()] })
    }

    /// The arrival of the last row written.
    pub fn last(&self) -> Option<i64> {
        self.index.last().map(|entry| entry.last)
    }

    /// Adds all rows of `trace`.
    ///
    /// # Errors
    /// When they cannot be written, are not in order of arrival or arrive before those written
    /// already, or when a request has more than 16 million prompt blocks.
    pub fn append(&mut self, trace: &Trace) -> io::Result<()> {
        let arrivals = trace.arrivals();
        let follows = arrivals.first().is_none_or(|a| self.last().is_none_or(|last| last <= *a));
        if !follows || !arrivals.is_sorted() {
            return Err(io::Error::other("rows are not in order of arrival"));
        }
        let mut start = 0;
        while start < trace.len() {
            let rows = start..block_end(trace, start);
            start = rows.end;
            self.block(trace, &rows)?;
        }
        Ok(())
    }

    fn block(&mut self, trace: &Trace, rows: &Range<usize>) -> io::Result<()> {
        if prefix_blocks(trace, rows) > MOST_PREFIX_BLOCKS {
            return Err(io::Error::other("a request has more than 16 million prompt blocks"));
        }
        let bytes = block::to_bytes(trace, rows, &mut self.present);
        self.out.write_all(&bytes)?;
        self.index.push(Entry::of(&bytes, trace.arrivals().get(rows.clone()))?);
        Ok(())
    }

    /// Ends the file. What there is to say beside the rows, and the labels, are those of `about`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self, about: &Trace) -> io::Result<W> {
        let about = serde_json::to_vec(&About::of(about, &self.present))?;
        self.out.write_all(&trailer(&self.index, &about))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

fn prefix_blocks(trace: &Trace, rows: &Range<usize>) -> usize {
    rows.clone().map(|i| trace.prefixes().of(i).len()).sum()
}

/// Where the block that starts at row `start` ends.
fn block_end(trace: &Trace, start: usize) -> usize {
    let end = trace.len().min(start + BLOCK_ROWS);
    if trace.prefixes().is_empty() {
        return end;
    }
    let mut blocks = 0;
    for row in start..end {
        blocks += trace.prefixes().of(row).len();
        if blocks > PREFIX_BLOCKS && row > start {
            return row;
        }
    }
    end
}
