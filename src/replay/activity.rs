//! What a replay does over time: arrivals, requests in flight and instances, span by span.

use super::observer::{Life, Observer, Placement, Rejection};
use crate::units::{Bins, SimTime};
use crate::workload::Request;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What happened in one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Requests that arrived.
    pub arrivals: u64,
    /// Of those, served.
    pub served: u64,
    /// Of those, turned away.
    pub rejected: u64,
    /// Of those served, they started an instance.
    pub cold_starts: u64,
    /// ∫ requests in flight dt in request-nanoseconds, waiting for a cold start included.
    pub in_flight_time: i128,
    /// Most requests in flight at once.
    pub peak_in_flight: u32,
    /// Σ of instance lives in nanoseconds.
    pub instance_time: i128,
    /// Most instances at once.
    pub peak_instances: u32,
}

/// Tells what happens span by span. Time after the window counts in its last span.
#[derive(Clone, Debug)]
pub struct Activity {
    bins: Bins,
    moments: Vec<Moment>,
    /// When requests in flight end.
    ends: BinaryHeap<Reverse<SimTime>>,
    /// The latest span that something happened in.
    current: usize,
    /// Instances that started (+1) or stopped (−1), in no order.
    changes: Vec<(SimTime, i32)>,
}

impl Activity {
    /// Nothing yet.
    #[must_use]
    pub fn new(bins: Bins) -> Self {
        Self {
            bins,
            moments: vec![Moment::default(); bins.count()],
            ends: BinaryHeap::new(),
            current: 0,
            changes: Vec::new(),
        }
    }

    /// The spans, and what happened in each.
    #[must_use]
    pub fn finish(mut self) -> (Bins, Vec<Moment>) {
        self.reach(self.bins.count() - 1);
        self.changes.sort_unstable();
        let (mut alive, mut bin) = (0_i32, 0);
        let count = |n: i32| u32::try_from(n).unwrap_or(0);
        for now in self.changes.chunk_by(|a, b| a.0 == b.0) {
            let at = now[0].0;
            let started = i32::try_from(now.iter().filter(|c| c.1 > 0).count()).unwrap_or(0);
            let stopped = i32::try_from(now.len()).unwrap_or(0) - started;
            let index = self.bins.index(at);
            let opens = bin < index && self.bins.span(index).0 == at;
            while bin < index {
                bin += 1;
                // What stops as a span begins was not there in it.
                let gone = if bin == index && opens { stopped } else { 0 };
                self.moments[bin].peak_instances = count(alive - gone);
            }
            let peak = &mut self.moments[index].peak_instances;
            *peak = (*peak).max(count(alive + started - if opens { stopped } else { 0 }));
            alive += started - stopped;
        }
        (self.bins, self.moments)
    }

    /// Requests that ended by then are gone; spans passed begin with those that are still there.
    fn reach(&mut self, index: usize) {
        while self.current < index {
            self.current += 1;
            let start = self.bins.span(self.current).0;
            self.depart(start);
            let left = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
            self.moments[self.current].peak_in_flight = left;
        }
    }

    fn depart(&mut self, until: SimTime) {
        while self.ends.peek().is_some_and(|end| end.0 <= until) {
            self.ends.pop();
        }
    }
}

impl Observer for Activity {
    fn served(&mut self, request: &Request, placement: &Placement) {
        let arrived = &mut self.moments[self.bins.index(request.arrival)];
        arrived.arrivals += 1;
        arrived.served += 1;
        arrived.cold_starts += u64::from(placement.cold);
        let begun = SimTime(placement.start.0 - placement.startup_wait.0);
        let time = i128::from(placement.end.since(begun).0);
        let moments = &mut self.moments;
        self.bins.spread((begun, placement.end), time, |i, part| {
            moments[i].in_flight_time += part;
        });
        let index = self.bins.index(begun);
        self.reach(index);
        self.depart(begun);
        self.ends.push(Reverse(placement.end));
        let peak = &mut self.moments[index].peak_in_flight;
        *peak = (*peak).max(u32::try_from(self.ends.len()).unwrap_or(u32::MAX));
    }

    fn rejected(&mut self, request: &Request, _: Rejection) {
        let moment = &mut self.moments[self.bins.index(request.arrival)];
        moment.arrivals += 1;
        moment.rejected += 1;
    }

    fn stopped(&mut self, life: &Life) {
        self.changes.push((life.started, 1));
        self.changes.push((life.stopped, -1));
        let time = i128::from(life.stopped.since(life.started).0);
        let moments = &mut self.moments;
        self.bins.spread((life.started, life.stopped), time, |i, part| {
            moments[i].instance_time += part;
        });
    }
}
