//! How long more than so many instances are needed, by the hour of the week.

use crate::diagnostic::Result;
use crate::estimate::Stream;
use crate::recommend::Session;
use crate::replay::{Behavior, Block};
use crate::units::{SimDuration, SimTime};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Hours of a week, from Monday 00:00 UTC.
pub const HOURS: usize = 168;
const HOUR: i64 = 3_600_000_000_000;
/// Levels looked at; what is above is never worth keeping warm if this one is not.
const MOST: usize = 4_096;

/// The hour of the week of an instant.
#[must_use]
pub fn hour_of_week(at: SimTime) -> usize {
    // 1970-01-01 was a Thursday.
    let hour = (at.0.div_euclid(HOUR) + 3 * 24).rem_euclid(168);
    usize::try_from(hour).unwrap_or(0)
}

/// One level: what happens while more than `level × concurrency` requests are in flight.
#[derive(Clone, Debug)]
pub struct Level {
    /// How long that is, by hour of the week, in nanoseconds.
    pub busy: Vec<i64>,
    /// How often it begins after a pause longer than the keep-alive, by hour of the week.
    pub starts: Vec<u64>,
}

/// What requests need of a platform whose instances serve `concurrency` at once, at the least.
#[derive(Clone, Debug)]
pub struct Occupancy {
    /// How much of the span each hour of the week has, in nanoseconds.
    pub time: Vec<i64>,
    /// The levels, the lowest first.
    pub levels: Vec<Level>,
    /// Whether there are more levels than are kept.
    pub cut: bool,
    /// Requests seen.
    pub requests: u64,
}

/// Adds the parts of `[from, to)` to the hours of the week they are in.
fn spread(hours: &mut [i64], from: i64, to: i64) {
    let mut at = from;
    while at < to {
        let next = (at.div_euclid(HOUR) + 1).saturating_mul(HOUR).min(to);
        hours[hour_of_week(SimTime(at))] += next - at;
        at = next;
    }
}

/// The pass that counts: fed block by block.
#[derive(Debug)]
pub struct Counting {
    concurrency: usize,
    ends: BinaryHeap<Reverse<i64>>,
    /// When each level began or ended last.
    crossed: Vec<Option<i64>>,
    found: Occupancy,
    span: (i64, i64),
    keep_alive: SimDuration,
}

impl Counting {
    /// Nothing yet, for instances that serve so many at once and are kept so long.
    #[must_use]
    pub fn new(span: (SimTime, SimTime), concurrency: u32, keep_alive: SimDuration) -> Self {
        let mut time = vec![0; HOURS];
        spread(&mut time, span.0.0, span.1.0);
        Self {
            concurrency: usize::try_from(concurrency.max(1)).unwrap_or(usize::MAX),
            ends: BinaryHeap::new(),
            crossed: Vec::new(),
            found: Occupancy { time, levels: Vec::new(), cut: false, requests: 0 },
            span: (span.0.0, span.1.0),
            keep_alive,
        }
    }

    /// Adds requests, which take as long as the platform lets them.
    pub fn feed(&mut self, behavior: &Behavior, block: &Block) {
        for request in block.requests() {
            self.add(request.arrival, behavior.course(request).0);
        }
    }

    /// Adds one request; none may arrive before those added already.
    pub fn add(&mut self, arrival: SimTime, length: SimDuration) {
        self.depart(arrival.0);
        self.found.requests += 1;
        let before = self.ends.len();
        if before.is_multiple_of(self.concurrency) {
            self.rise(before / self.concurrency, arrival.0);
        }
        self.ends.push(Reverse((arrival + length).0));
    }

    fn rise(&mut self, level: usize, now: i64) {
        if level >= MOST {
            self.found.cut = true;
            return;
        }
        if level == self.found.levels.len() {
            self.found.levels.push(Level { busy: vec![0; HOURS], starts: vec![0; HOURS] });
            self.crossed.push(None);
        }
        let kept = |since: i64| SimTime(now).since(SimTime(since)) <= self.keep_alive;
        if !self.crossed[level].is_some_and(kept) {
            self.found.levels[level].starts[hour_of_week(SimTime(now))] += 1;
        }
        self.crossed[level] = Some(now);
    }

    fn depart(&mut self, until: i64) {
        while let Some(&Reverse(end)) = self.ends.peek()
            && end <= until
        {
            self.ends.pop();
            let left = self.ends.len();
            let level = left / self.concurrency;
            if left.is_multiple_of(self.concurrency) && level < MOST {
                let since = self.crossed[level].replace(end).unwrap_or(end);
                let (from, to) = (since.max(self.span.0), end.min(self.span.1));
                spread(&mut self.found.levels[level].busy, from, to);
            }
        }
    }

    /// What it all comes to.
    #[must_use]
    pub fn finish(mut self) -> Occupancy {
        self.depart(i64::MAX);
        self.found
    }
}

impl Occupancy {
    /// What the requests of a workload need.
    ///
    /// # Errors
    /// As [`Session::stream`].
    pub fn of(session: &mut Session<'_>, workload: usize, stream: &Stream) -> Result<Self> {
        let b = &stream.behavior;
        let mut counting = Counting::new(stream.span, b.concurrency, b.idle_timeout);
        session.stream(workload, &mut |block| {
            counting.feed(b, block);
            Ok(())
        })?;
        Ok(counting.finish())
    }

    /// Σ over levels and hours of busy time: the least instance time of any way to serve the requests.
    #[must_use]
    pub fn least_active(&self) -> i128 {
        self.levels.iter().flat_map(|l| &l.busy).map(|t| i128::from(*t)).sum()
    }

    /// The days it saw, rounded down.
    #[must_use]
    pub fn days(stream: &Stream) -> i64 {
        stream.span.1.since(stream.span.0).0 / (24 * HOUR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_of_the_week_begin_on_monday() {
        // 2026-11-23 is a Monday.
        let monday = SimTime(1_795_392_000_000_000_000);
        assert_eq!(hour_of_week(monday), 0);
        assert_eq!(hour_of_week(SimTime(monday.0 - 1)), 167);
        assert_eq!(hour_of_week(SimTime(monday.0 + 25 * HOUR)), 25);
    }

    #[test]
    fn levels_are_busy_while_more_requests_are_in_flight() {
        let monday = SimTime(1_795_392_000_000_000_000);
        let at = |minute: i64| SimTime(monday.0 + minute * 60_000_000_000);
        let minutes = |m: i64| SimDuration(m * 60_000_000_000);
        let mut counting = Counting::new((at(0), at(600)), 1, minutes(5));
        for (start, length) in [(50, 20), (55, 10), (66, 1), (200, 1)] {
            counting.add(at(start), minutes(length));
        }
        let found = counting.finish();
        let first = |l: usize| (found.levels[l].busy[0], found.levels[l].busy[1]);
        assert_eq!(first(0), (minutes(10).0, minutes(10).0));
        assert_eq!(first(1), (minutes(5).0, minutes(6).0));
        assert_eq!(found.levels[0].busy[3], minutes(1).0);
        // The second level pauses for one minute only, the first for more than two hours.
        assert_eq!((found.levels[1].starts[0], found.levels[1].starts[1]), (1, 0));
        assert_eq!((found.levels[0].starts[0], found.levels[0].starts[3]), (1, 1));
        assert_eq!(found.least_active(), i128::from(minutes(32).0));
    }
}
