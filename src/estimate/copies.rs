//! A trace's window, again and again.

use crate::diagnostic::Result;
use crate::units::{SimDuration, SimTime};
use crate::workload::Recording;
use std::ops::Range;

/// Some rows of a block of the trace.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) block: usize,
    pub(super) rows: Range<usize>,
    /// How much later they arrive in the replay.
    pub(super) shift: i64,
}

/// The rows of a trace's window, again and again until the span is full.
pub(super) struct Copies<'a> {
    trace: &'a Recording,
    window: SimDuration,
    /// The trace's first arrival.
    start: SimTime,
    /// How much later the first copy arrives than the trace says.
    shift: i64,
    to: SimTime,
    /// The next row.
    copy: i64,
    block: usize,
    next: usize,
    done: bool,
}

impl<'a> Copies<'a> {
    pub(super) fn new(
        trace: &'a Recording,
        window: SimDuration,
        (from, to): (SimTime, SimTime),
    ) -> Self {
        let (start, _) = trace.ends();
        let shift = from.since(start).0;
        let done = trace.rows() == 0 || from >= to;
        Self { trace, window, start, shift, to, copy: 0, block: 0, next: 0, done }
    }

    /// The next rows, at most `most` of them, or a whole block of a packed trace, which is decoded at
    /// once; none at the end.
    pub(super) fn take(&mut self, most: usize) -> Result<Option<(usize, Vec<Segment>)>> {
        let packed = matches!(self.trace, Recording::Packed(_));
        let (mut count, mut segments) = (0, Vec::new());
        while !self.done && count < most {
            let shift = self.shift();
            let (reach, ends_copy) = self.reach(shift)?;
            let end = if packed { reach } else { reach.min(self.next + most - count) };
            if end > self.next {
                count += end - self.next;
                segments.push(Segment { block: self.block, rows: self.next..end, shift });
            }
            self.next = end;
            if end == reach {
                self.leave_block(ends_copy);
            }
            if packed && count > 0 {
                break;
            }
        }
        Ok((count > 0).then_some((count, segments)))
    }

    fn shift(&self) -> i64 {
        self.shift.saturating_add(self.copy.saturating_mul(self.window.0))
    }

    /// Where the rows of this copy end in this block, and whether it has none behind it.
    fn reach(&self, shift: i64) -> Result<(usize, bool)> {
        let until = (self.start + self.window).0.min(self.to.0.saturating_sub(shift));
        if self.trace.last_of(self.block).0 < until {
            return Ok((self.trace.rows_of(self.block), false));
        }
        let block = self.trace.block(self.block)?;
        Ok((block.arrivals().partition_point(|t| *t < until), true))
    }

    fn leave_block(&mut self, ends_copy: bool) {
        (self.block, self.next) = (self.block + 1, 0);
        if ends_copy || self.block == self.trace.blocks() {
            (self.block, self.copy) = (0, self.copy.saturating_add(1));
            self.done = self.start.0.saturating_add(self.shift()) >= self.to.0;
        }
    }
}
