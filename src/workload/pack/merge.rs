//! Merges sorted traces into one; equal arrivals come in the order of the traces.

use super::{BLOCK_ROWS, Packed};
use crate::diagnostic::Result;
use crate::units::SimDuration;
use crate::workload::Trace;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Gives the rows of all `parts` in order, a block at a time. One block of each is in memory.
///
/// # Errors
/// A part that cannot be read, and those of `write`.
pub(super) fn merge(parts: &[Packed], mut write: impl FnMut(&Trace) -> Result<()>) -> Result<()> {
    let mut cursors = parts.iter().map(Cursor::open).collect::<Result<Vec<_>>>()?;
    let mut next = BinaryHeap::new();
    for (i, cursor) in cursors.iter().enumerate() {
        next.extend(cursor.arrival().map(|arrival| Reverse((arrival, i))));
    }
    let mut merged = Trace::default();
    while let Some(Reverse((_, i))) = next.pop() {
        let Some(cursor) = cursors.get_mut(i) else { continue };
        // As long as no other part has an earlier row, or an equal one that stood before.
        let limit = next.peek().copied();
        while let Some(arrival) = cursor.arrival() {
            if limit.is_some_and(|Reverse(other)| other < (arrival, i)) {
                next.push(Reverse((arrival, i)));
                break;
            }
            cursor.move_to(&mut merged)?;
            if merged.len() == BLOCK_ROWS {
                write(&merged)?;
                merged.clear_rows(SimDuration::ZERO);
            }
        }
    }
    write(&merged)
}

/// Where one part is being read.
struct Cursor<'a> {
    part: &'a Packed,
    next_block: usize,
    rows: Trace,
    row: usize,
}

impl<'a> Cursor<'a> {
    fn open(part: &'a Packed) -> Result<Self> {
        Ok(Self { part, next_block: 1, rows: part.sorted_block(0)?, row: 0 })
    }

    /// The arrival of the next row.
    fn arrival(&self) -> Option<i64> {
        self.rows.arrivals().get(self.row).copied()
    }

    /// Moves the next row to the end of `merged`.
    fn move_to(&mut self, merged: &mut Trace) -> Result<()> {
        merged.push(self.rows.row(self.row));
        merged.push_prefix(self.rows.prefixes().of(self.row));
        self.row += 1;
        if self.row == self.rows.len() && self.next_block < self.part.blocks() {
            self.rows = self.part.sorted_block(self.next_block)?;
            self.next_block += 1;
            self.row = 0;
        }
        Ok(())
    }
}
