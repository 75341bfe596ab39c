//! Copies of a trace together, slice by slice of time.

use super::source::Requests;
use super::traffic::CopiesOf;
use crate::diagnostic::Result;
use crate::units::{SimDuration, SimTime};
use crate::workload::random::stream;
use crate::workload::{Recording, Request, RequestDraws, Trace};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Part of the replayed span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slice {
    from: SimTime,
    /// Exclusive.
    to: SimTime,
    /// Rows of the trace's window.
    rows: u64,
}

/// Slices of the replayed span with about as many requests each, going by the rows of the first copy.
pub(super) struct Slices<'a> {
    trace: &'a Recording,
    window: SimDuration,
    /// How much later the window arrives in the replay.
    shift: i64,
    /// What is left of the span.
    left: (SimTime, SimTime),
    /// Rows of the first copy in one slice.
    step: usize,
    /// The next row to go by.
    block: usize,
    row: usize,
    blocks: Blocks<'a>,
    rows: Option<u64>,
}

impl<'a> Slices<'a> {
    pub(super) fn new(
        trace: &'a Recording,
        window: SimDuration,
        (from, to): (SimTime, SimTime),
        (copies, most): (u64, usize),
    ) -> Self {
        let shift = from.since(trace.ends().0).0;
        let left = if trace.rows() == 0 { (to, to) } else { (from, to) };
        let step = usize::try_from(most as u64 / copies.max(1)).unwrap_or(1).max(1);
        let blocks = Blocks::new();
        Self { trace, window, shift, left, step, block: 0, row: 0, blocks, rows: None }
    }

    /// Where the next slice ends: with the rows of the first copy, or with its window.
    fn end(&mut self) -> Result<SimTime> {
        let window_ends = (self.trace.ends().0 + self.window).0;
        self.row += self.step;
        let mut end = i64::MAX;
        while self.block < self.trace.blocks() {
            self.blocks.retain(|block, _| *block >= self.block);
            let rows = decoded(self.trace, self.block, &mut self.blocks)?;
            if let Some(at) = rows.arrivals().get(self.row) {
                end = *at;
                break;
            }
            self.row -= rows.arrivals().len();
            self.block += 1;
        }
        let at = end.min(window_ends).saturating_add(self.shift);
        if end >= window_ends {
            (self.block, self.row) = (0, 0);
            self.shift = self.shift.saturating_add(self.window.0);
        }
        Ok(SimTime(at))
    }

    /// Rows of the trace's window.
    fn rows(&mut self) -> Result<u64> {
        if let Some(rows) = self.rows {
            return Ok(rows);
        }
        let until = self.trace.ends().0 + self.window;
        let rows = first_at(self.trace, until)?;
        self.rows = Some(rows);
        Ok(rows)
    }

    fn slice(&mut self) -> Result<Slice> {
        let (from, to) = self.left;
        let mut until = from;
        // Many rows at one instant are one slice.
        while until <= from {
            until = self.end()?;
        }
        self.left.0 = until;
        Ok(Slice { from, to: until.min(to), rows: self.rows()? })
    }
}

impl Iterator for Slices<'_> {
    type Item = Result<Slice>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.left.0 >= self.left.1 {
            return None;
        }
        let slice = self.slice();
        if slice.is_err() {
            self.left.0 = self.left.1;
        }
        Some(slice)
    }
}

type Blocks<'a> = BTreeMap<usize, Cow<'a, Trace>>;

/// The number of the first row that arrives at `at` or later.
fn first_at(trace: &Recording, at: SimTime) -> Result<u64> {
    let block = first_block(trace, at);
    if block == trace.blocks() {
        return Ok(trace.rows());
    }
    let rows = trace.block(block)?;
    let before = rows.arrivals().partition_point(|t| *t < at.0);
    Ok(trace.first_of(block) + before as u64)
}

/// The first block with a row that arrives at `at` or later.
fn first_block(trace: &Recording, at: SimTime) -> usize {
    let (mut low, mut high) = (0, trace.blocks());
    while low < high {
        let middle = (low + high) / 2;
        if trace.last_of(middle) < at {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

fn decoded<'b, 'a>(
    trace: &'a Recording,
    block: usize,
    blocks: &'b mut Blocks<'a>,
) -> Result<&'b Cow<'a, Trace>> {
    if let std::collections::btree_map::Entry::Vacant(entry) = blocks.entry(block) {
        entry.insert(trace.block(block)?);
    }
    Ok(&blocks[&block])
}

impl Requests {
    fn takes(&self, label: Option<u16>) -> bool {
        self.routes.as_ref().is_none_or(|routes| routes.has(label))
    }

    /// Adds what the copies of the trace have in a slice, in order of arrival, then of copies.
    pub(super) fn slice(
        &self,
        trace: &Recording,
        slice: &Slice,
        requests: &mut Vec<Request>,
    ) -> Result<()> {
        let of = CopiesOf { seed: self.seed, workload: self.index };
        let start = trace.ends().0;
        let mut blocks = Blocks::new();
        for copy in 0..self.traffic.copies() {
            let all = self.traffic.has_all(copy);
            let rng = stream(self.seed, self.index, CopiesOf::purpose(copy));
            let shift = self.from.since(start).0 + of.offset(copy, self.window);
            // Copies of the window within the slice; the one before the first reaches in with its end.
            let turns =
                |at: SimTime| at.since(start).0.saturating_sub(shift).div_euclid(self.window.0);
            let first_turn = if copy == 0 { 0 } else { -1 };
            for turn in turns(slice.from).max(first_turn)..=turns(slice.to) {
                let shift = shift.saturating_add(turn.saturating_mul(self.window.0));
                let within = |at: SimTime| SimTime(at.0.saturating_sub(shift));
                let from = within(slice.from).max(start);
                let to = within(slice.to).min(start + self.window);
                let passed = slice.rows * (turn - first_turn).unsigned_abs();
                for block in first_block(trace, from)..trace.blocks() {
                    let before = trace.first_of(block);
                    let rows = decoded(trace, block, &mut blocks)?;
                    let times = rows.arrivals();
                    let first = times.partition_point(|t| *t < from.0);
                    let last = times.partition_point(|t| *t < to.0);
                    let mut draws = RequestDraws::new(rng.clone(), passed + before + first as u64);
                    for (i, at) in times.iter().enumerate().take(last).skip(first) {
                        let number = passed + before + i as u64;
                        let arrival = SimTime(at.saturating_add(shift));
                        let has = || self.traffic.has(copy, arrival, of.number(copy, number));
                        if (all || has()) && self.takes(rows.workload(i)) {
                            let mut row = rows.row(i);
                            row.arrival = arrival;
                            requests.push(self.request(&row, &mut draws));
                        } else {
                            draws.skip();
                        }
                    }
                    if last < times.len() {
                        break;
                    }
                }
            }
        }
        requests.sort_by_key(|r| r.arrival);
        Ok(())
    }
}

#[cfg(test)]
#[path = "slices_tests.rs"]
mod tests;
