//! Capacity units over time: how many the traffic needs, window by window, with memory for the windows
//! that requests in flight reach into.

use super::traffic::{directions, sent, sent_for};
use crate::pricing::{Capacity, Direction, Load, Take};
use crate::replay::Placement;
use crate::units::{Bins, SimDuration, SimTime, mul_div};
use crate::workload::Request;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Folds traffic into capacity units. Requests come in order of arrival.
#[derive(Clone, Debug)]
pub(super) struct CapacityMeter {
    rule: Capacity,
    from: SimTime,
    to: SimTime,
    /// Loads of the windows that may still change, the earliest first: one amount for each load.
    open: VecDeque<Vec<i128>>,
    /// Index of the earliest of them.
    first: i64,
    /// Unit-nanoseconds of closed windows.
    closed: i128,
    /// Most unit-nanoseconds that one window needs.
    peak: i128,
    /// When open connections end, where they are counted at an instant.
    ends: BinaryHeap<Reverse<SimTime>>,
    /// Closed windows by span of time, if asked for.
    over_time: Option<(Bins, Vec<i128>)>,
}

impl CapacityMeter {
    pub(super) fn new(rule: Capacity, from: SimTime, to: SimTime) -> Self {
        Self {
            rule,
            from,
            to,
            open: VecDeque::new(),
            first: 0,
            closed: 0,
            peak: 0,
            ends: BinaryHeap::new(),
            over_time: None,
        }
    }

    /// The same, that also tells what it counts in each span of time.
    pub(super) fn by(mut self, bins: Bins) -> Self {
        self.over_time = Some((bins, vec![0; bins.count()]));
        self
    }

    fn add_closed(&mut self, start: SimTime, end: SimTime, amount: i128) {
        self.closed += amount;
        if let Some((bins, over_time)) = &mut self.over_time {
            bins.spread((start, end.min(self.to)), amount, |i, part| over_time[i] += part);
        }
    }

    /// A request that `opens` a connection or follows on one, which waits for `idle` after it.
    pub(super) fn served(
        &mut self,
        request: &Request,
        placement: &Placement,
        (opens, idle): (bool, SimDuration),
    ) {
        let (start, end) = (placement.start, placement.start + sent_for(request, placement));
        self.close_before(self.index(request.arrival));
        for slot in 0..self.rule.of.len() {
            let (load, direction) = (self.rule.of[slot].load, self.rule.of[slot].direction);
            match load {
                Load::NewConnections if opens => self.add(slot, self.index(start), 1),
                Load::NewConnections => {}
                Load::Requests => self.add(slot, self.index(start), 1),
                Load::ActiveConnections => self.connected(slot, (request.arrival, end + idle)),
                Load::Messages | Load::MessageBytes => {
                    for direction in directions(direction) {
                        let sent = sent(request, placement, *direction);
                        let amount = match load {
                            Load::Messages => sent.messages,
                            _ => sent.bytes,
                        };
                        self.moved(slot, *direction, amount, (start, end));
                    }
                }
                Load::Bytes => {
                    for direction in [Direction::In, Direction::Out] {
                        let amount = sent(request, placement, direction).bytes;
                        self.moved(slot, direction, amount, (start, end));
                    }
                }
            }
        }
    }

    /// What comes in comes at once, what goes out goes out evenly.
    fn moved(
        &mut self,
        slot: usize,
        way: Direction,
        amount: i128,
        (start, end): (SimTime, SimTime),
    ) {
        let length = i128::from(end.since(start).0);
        if way == Direction::In || length <= 0 {
            self.add(slot, self.index(start), amount);
            return;
        }
        let mut done = 0;
        for window in self.index(start)..=self.index(end) {
            let until = self.start_of(window + 1).min(end);
            let sum = mul_div(amount, i128::from(until.since(start).0), length);
            self.add(slot, window, sum - done);
            done = sum;
        }
    }

    /// A connection: its time where windows are averaged, its presence where peaks are paid.
    fn connected(&mut self, slot: usize, (start, end): (SimTime, SimTime)) {
        if self.rule.take == Take::Peak {
            while self.ends.peek().is_some_and(|e| e.0 <= start) {
                self.ends.pop();
            }
            self.ends.push(Reverse(end));
            let now = i128::try_from(self.ends.len()).unwrap_or(i128::MAX);
            let window = self.index(start);
            let seen = self.amount(slot, window);
            *seen = (*seen).max(now);
            return;
        }
        for window in self.index(start)..=self.index(end) {
            let (from, to) = (self.start_of(window).max(start), self.start_of(window + 1).min(end));
            self.add(slot, window, i128::from(to.since(from).0.max(0)));
        }
    }

    fn index(&self, at: SimTime) -> i64 {
        at.since(self.from).0.max(0) / self.rule.window.0
    }

    fn start_of(&self, window: i64) -> SimTime {
        self.from + SimDuration(self.rule.window.0.saturating_mul(window))
    }

    fn add(&mut self, slot: usize, window: i64, amount: i128) {
        if amount != 0 {
            *self.amount(slot, window) += amount;
        }
    }

    fn amount(&mut self, slot: usize, window: i64) -> &mut i128 {
        let offset = usize::try_from(window - self.first).unwrap_or(0);
        while self.open.len() <= offset {
            self.open.push_back(vec![0; self.rule.of.len()]);
        }
        &mut self.open[offset][slot]
    }

    /// No request to come reaches into windows before this one.
    fn close_before(&mut self, window: i64) {
        while self.first < window {
            match self.open.pop_front() {
                Some(loads) => self.close(&loads),
                None => {
                    // A stretch without traffic pays the minimum.
                    let quiet = window - self.first;
                    let (start, end) = (self.start_of(self.first), self.start_of(window));
                    let amount = i128::from(self.rule.minimum) * self.within(start, end);
                    self.add_closed(start, end, amount);
                    self.first += quiet;
                    return;
                }
            }
            self.first += 1;
        }
    }

    fn close(&mut self, loads: &[i128]) {
        let needed = self.needed(loads);
        self.peak = self.peak.max(needed);
        let (start, end) = (self.start_of(self.first), self.start_of(self.first + 1));
        let (length, within) = (self.length(), self.within(start, end));
        let amount = if self.rule.whole || !self.rule.steps.is_empty() {
            offered(&self.rule, needed, length) / length * within
        } else {
            needed.max(i128::from(self.rule.minimum) * within)
        };
        self.add_closed(start, end, amount);
    }

    fn length(&self) -> i128 {
        i128::from(self.rule.window.0)
    }

    /// Unit-nanoseconds that the fullest load of a window needs, rounded up.
    fn needed(&self, loads: &[i128]) -> i128 {
        let each = self.rule.of.iter().zip(loads).map(|(unit, load)| {
            let time = match unit.every {
                Some(every) => i128::from(every.0),
                // Connections: a number at an instant, or already an integral over time.
                None if self.rule.take == Take::Peak => self.length(),
                None => 1,
            };
            let load = load.saturating_mul(i128::from(unit.multiplier));
            let (per, amount) = (i128::from(unit.per_unit), load.saturating_mul(time));
            (amount + per - 1) / per
        });
        each.max().unwrap_or(0)
    }

    /// The part of a window that is billed; what requests at the end reach into beyond it is not.
    fn within(&self, start: SimTime, end: SimTime) -> i128 {
        i128::from(end.min(self.to).since(start).0.max(0))
    }

    /// Unit-nanoseconds of the whole span, the units its busiest window needs, and how the traffic is
    /// spread over time, if asked for and if it matters.
    pub(super) fn read(mut self, fixed: Option<u32>) -> (i128, u64, Vec<i128>) {
        let span = i128::from(self.to.since(self.from).0.max(0));
        let windows = (span + i128::from(self.rule.window.0) - 1) / i128::from(self.rule.window.0);
        self.close_before(i64::try_from(windows).unwrap_or(i64::MAX));
        while let Some(loads) = self.open.pop_front() {
            self.close(&loads);
            self.first += 1;
        }
        let length = self.length();
        let needed = u64::try_from((self.peak + length - 1) / length).unwrap_or(u64::MAX);
        let total = match (fixed, self.rule.take) {
            (Some(units), _) => i128::from(units) * span,
            (None, Take::Each) => self.closed,
            (None, Take::Peak) => mul_div(offered(&self.rule, self.peak, length), span, length),
        };
        let each = fixed.is_none() && self.rule.take == Take::Each;
        let shape = self.over_time.filter(|_| each).map_or_else(Vec::new, |(_, shape)| shape);
        (total, needed, shape)
    }
}

/// Unit-nanoseconds that can be bought for `needed` ones over `length`.
fn offered(rule: &Capacity, needed: i128, length: i128) -> i128 {
    let mut bought = needed.max(i128::from(rule.minimum) * length);
    if rule.whole || !rule.steps.is_empty() {
        bought = (bought + length - 1) / length * length;
    }
    let steps = || rule.steps.iter().map(|s| i128::from(*s) * length);
    steps().find(|s| *s >= bought).or_else(|| steps().max()).unwrap_or(bought)
}

#[cfg(test)]
#[path = "capacity_tests.rs"]
mod tests;
