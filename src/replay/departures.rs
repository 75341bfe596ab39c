//! The departures of requests in flight, in order of time and, at one instant, of arrival.
//!
//! Most requests end when their block said they would, so a cursor over the block's own sorted list
//! finds the next departure without a heap. What earlier blocks left over is merged in, and only the
//! few requests that were delayed go through a heap.

use super::Block;
use super::runs::{Departure, Runs};
use crate::units::SimTime;
use crate::workload::Request;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// In place of a seat: the request does not end when its block said.
const STALE: u32 = u32::MAX;
/// No departure: later than every instant.
const NONE: u64 = u64::MAX;
/// Offsets from here on do not fit into a packed departure.
const FAR: i64 = (1 << 48) - 1;

/// Departures before an arrival, or all of them.
///
/// A request's own departure, and those of requests that arrive with it but later, do not come before
/// its arrival, even with a duration of zero.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(u64);

impl Limit {
    /// No departure of the block in play is too early.
    pub(super) const ALL: Self = Self(NONE);
}

/// All departures to come. A *seat* is whatever number the caller wants back with a departure.
#[derive(Debug, Default)]
pub(super) struct Departures {
    base: SimTime,
    /// Number of the first request of the block in play.
    first: u64,
    /// Departures of the block in play as [`Block::ends`], and the next of them.
    ends: Vec<u64>,
    next_end: usize,
    seats: Vec<u32>,
    /// What earlier blocks left over and is due during this one, and the next of it.
    due: Vec<Departure>,
    next_due: usize,
    /// Its offset from the base, packed as in `ends` with index 0.
    due_key: u64,
    runs: Runs,
    late: BinaryHeap<Reverse<Departure>>,
    late_at: SimTime,
}

impl Departures {
    pub(super) fn new() -> Self {
        let (ends, due_key, late_at) = (vec![NONE], NONE, SimTime::MAX);
        Self { ends, due_key, late_at, ..Self::default() }
    }

    /// Brings departures of earlier blocks into play that are due by `until`; no block is in play.
    pub(super) fn recall(&mut self, until: SimTime) {
        self.base = self.runs.first().unwrap_or_default();
        self.take_due(until);
    }

    /// Brings a block into play whose requests end in the order of `ends`.
    pub(super) fn begin(&mut self, block: &Block, ends: &[u64]) {
        let requests = block.requests();
        self.base = requests.first().map_or(SimTime(0), |r| r.arrival);
        self.ends.clear();
        self.ends.extend_from_slice(ends);
        self.ends.push(NONE);
        self.next_end = 0;
        self.seats.clear();
        self.seats.resize(requests.len(), STALE);
        self.take_due(requests.last().map_or(self.base, |r| r.arrival));
    }

    /// Takes the block out of play; what is left of it is kept.
    pub(super) fn end(&mut self) {
        let (base, first, seats) = (self.base, self.first, &self.seats);
        let left = self.ends[self.next_end..].iter().filter(|end| **end != NONE);
        let left = left.map(|end| {
            let index = end & 0xffff;
            let seat = seats.get(index_of(*end)).copied().unwrap_or(STALE);
            Departure { at: at(base, *end), order: first + index, seat }
        });
        self.runs.push(left.filter(|d| d.seat != STALE));
        self.first += self.seats.len() as u64;
        self.ends.clear();
        self.ends.push(NONE);
        self.next_end = 0;
        self.seats.clear();
    }

    /// The departures that come before the arrival of request `index` of the block in play.
    #[inline]
    pub(super) fn before(&self, request: &Request, index: usize) -> Limit {
        let offset = request.arrival.since(self.base).0.clamp(0, FAR);
        Limit(offset.cast_unsigned() << 16 | index as u64)
    }

    /// The number of request `index` of the block in play.
    pub(super) fn order(&self, index: usize) -> u64 {
        self.first + index as u64
    }

    /// Request `index` of the block in play will end when the block said, at `end`.
    #[inline]
    pub(super) fn on_time(&mut self, index: usize, end: SimTime, seat: u32) {
        if end.since(self.base).0 < FAR {
            self.seats[index] = seat;
        } else {
            self.late(Departure { at: end, order: self.order(index), seat });
        }
    }

    /// A request will end at another time than its block said.
    #[cold]
    pub(super) fn late(&mut self, departure: Departure) {
        self.late.push(Reverse(departure));
        self.late_at = self.late_at.min(departure.at);
    }

    /// Takes out the next departure within `limit` and not after `until`.
    #[inline]
    pub(super) fn pop(&mut self, limit: Limit, until: SimTime) -> Option<(SimTime, u32)> {
        loop {
            let end = self.ends[self.next_end];
            let key = end.min(self.due_key);
            let time = at(self.base, key);
            let due = key < limit.0 && time <= until;
            if self.late_at <= until
                && (!due || self.late_at <= time)
                && let Some(departure) = self.pop_late(due.then_some((time, key)))
            {
                return Some(departure);
            }
            if !due {
                return None;
            }
            if self.due_key <= end {
                return Some(self.pop_due());
            }
            self.next_end += 1;
            let seat = self.seats[index_of(end)];
            if seat != STALE {
                return Some((time, seat));
            }
        }
    }

    /// The earliest delayed departure, unless the given one comes first.
    #[cold]
    fn pop_late(&mut self, other: Option<(SimTime, u64)>) -> Option<(SimTime, u32)> {
        let first = self.late.peek()?.0;
        if let Some((time, key)) = other {
            let order = match self.due.get(self.next_due) {
                Some(due) if self.due_key == key => due.order,
                _ => self.first + (key & 0xffff),
            };
            if (time, order) < (first.at, first.order) {
                return None;
            }
        }
        self.late.pop();
        self.late_at = self.late.peek().map_or(SimTime::MAX, |d| d.0.at);
        Some((first.at, first.seat))
    }

    #[inline]
    fn pop_due(&mut self) -> (SimTime, u32) {
        let Departure { at, seat, .. } = self.due[self.next_due];
        self.next_due += 1;
        self.set_due_key();
        (at, seat)
    }

    fn set_due_key(&mut self) {
        let offset = self.due.get(self.next_due).map(|d| d.at.since(self.base).0);
        self.due_key = offset.map_or(NONE, |offset| offset.cast_unsigned() << 16);
    }

    fn take_due(&mut self, until: SimTime) {
        self.runs.take(until, &mut self.due);
        let near = self.due.partition_point(|d| d.at.since(self.base).0 < FAR);
        self.late.extend(self.due.drain(near..).map(Reverse));
        self.late_at = self.late.peek().map_or(SimTime::MAX, |d| d.0.at);
        self.next_due = 0;
        self.set_due_key();
    }
}

/// When a packed departure is due.
#[inline]
fn at(base: SimTime, packed: u64) -> SimTime {
    SimTime(base.0.saturating_add((packed >> 16).cast_signed()))
}

#[inline]
fn index_of(packed: u64) -> usize {
    usize::try_from(packed & 0xffff).unwrap_or(usize::MAX)
}
