//! One request per instance, the most recently used first: a stack instead of instances.
//!
//! Such a platform never looks at an instance but for how long it has been idle, and it always takes the
//! one that became idle last. So a stack of those instants is all there is: if the instance on top has
//! expired, all below it have. Counts and sums are exactly those of the event engine.

use super::departures::{Departures, Limit};
use super::observer::{Observer, Placement, Rejection, Summary};
use super::runs::Departure;
use super::{AtLimit, Behavior, Block, Dispatch, Scaling};
use crate::units::{SimDuration, SimTime};
use crate::workload::Request;

pub(super) struct Stack<'a, O> {
    behavior: &'a Behavior,
    observer: O,
    departures: Departures,
    /// Since when instances are idle, the latest last.
    idle: Vec<SimTime>,
    in_flight: u32,
    /// Idle instances stop there; the end of time if they live out their keep-alive.
    end: SimTime,
    /// Σ of idle times.
    idle_time: i128,
    summary: Summary,
}

/// Whether a platform behaves like a stack.
pub(super) fn is_stack(b: &Behavior) -> bool {
    b.concurrency == 1
        && b.scaling == Scaling::PerRequest
        && b.dispatch == Dispatch::MostRecentlyUsed
        && b.floor.is_zero()
        && b.provisioned.is_zero()
        && (b.at_limit == AtLimit::Reject || b.max_instances == u32::MAX)
}

impl<'a, O: Observer> Stack<'a, O> {
    pub(super) fn new(behavior: &'a Behavior, to: SimTime, clip: bool, observer: O) -> Self {
        // An instance that is kept for ever still goes with the window.
        let clip = clip || behavior.idle_timeout == SimDuration::MAX;
        Self {
            behavior,
            observer,
            departures: Departures::new(),
            idle: Vec::new(),
            in_flight: 0,
            end: if clip { to } else { SimTime::MAX },
            idle_time: 0,
            summary: Summary::default(),
        }
    }

    pub(super) fn feed(&mut self, block: &Block) {
        let Some(first) = block.requests().first() else { return };
        self.departures.recall(first.arrival);
        self.depart(Limit::ALL, first.arrival);
        match block.own_departures(self.behavior) {
            Some(ends) => self.departures.begin(block, &ends),
            None => self.departures.begin(block, block.ends()),
        }
        for (index, request) in block.requests().iter().enumerate() {
            let limit = self.departures.before(request, index);
            self.depart(limit, request.arrival);
            self.arrive(request, index);
        }
        self.departures.end();
    }

    pub(super) fn finish(mut self) -> O {
        self.departures.recall(SimTime::MAX);
        self.depart(Limit::ALL, SimTime::MAX);
        self.expire();
        self.summary.instance_time = self.summary.in_flight_time + self.idle_time;
        self.observer.warm_idle(0, 0);
        self.observer.summary(&self.summary);
        self.observer
    }

    #[inline]
    fn depart(&mut self, limit: Limit, until: SimTime) {
        while let Some((at, _)) = self.departures.pop(limit, until) {
            self.idle.push(at);
            self.in_flight -= 1;
            self.summary.in_flight_time += i128::from(at.0);
        }
    }

    #[inline]
    fn arrive(&mut self, request: &Request, index: usize) {
        let now = request.arrival;
        if let Some(&since) = self.idle.last()
            && now <= self.stops(since)
        {
            self.idle.pop();
            self.idle_time += i128::from(now.since(since).0);
            let placement = Placement::undisturbed(self.behavior, request);
            self.departures.on_time(index, placement.end, 0);
            self.serve(request, &placement);
        } else {
            self.arrive_cold(request, index);
        }
    }

    fn arrive_cold(&mut self, request: &Request, index: usize) {
        self.expire();
        if self.in_flight >= self.behavior.max_instances {
            self.observer.rejected(request, Rejection::AtLimit);
            return;
        }
        let startup = self.behavior.startup;
        let warm = Placement::undisturbed(self.behavior, request);
        let (start, end) = (warm.start + startup, warm.end + startup);
        if startup == SimDuration::ZERO {
            self.departures.on_time(index, end, 0);
        } else {
            let order = self.departures.order(index);
            self.departures.late(Departure { at: end, order, seat: 0 });
        }
        self.summary.instances_started += 1;
        self.serve(request, &Placement { cold: true, startup_wait: startup, start, end, ..warm });
        self.summary.peak_instances = self.summary.peak_instances.max(self.in_flight);
    }

    #[inline]
    fn serve(&mut self, request: &Request, placement: &Placement) {
        self.in_flight += 1;
        self.summary.peak_in_flight = self.summary.peak_in_flight.max(self.in_flight);
        self.summary.in_flight_time -= i128::from(request.arrival.0);
        self.observer.served(request, placement);
    }

    /// All idle instances have expired.
    fn expire(&mut self) {
        let idle = std::mem::take(&mut self.idle);
        let times = idle.iter().map(|since| i128::from(self.stops(*since).since(*since).0));
        self.idle_time += times.sum::<i128>();
        self.idle = idle;
        self.idle.clear();
    }

    /// When an instance stops that is idle since then and is not used again.
    #[inline]
    fn stops(&self, since: SimTime) -> SimTime {
        (since + self.behavior.idle_timeout).min(since.max(self.end))
    }
}
