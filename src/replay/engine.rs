//! The event engine: arrivals and departures against instances.

use super::clock::Step;
use super::controller::Controller;
use super::departures::{Departures, Limit};
use super::instances::Pool;
use super::observer::{Active, Observer, Placement, Rejection, Summary};
use super::runs::Departure;
use super::{AtLimit, Behavior, Block, Scaling};
use crate::units::{SimDuration, SimTime};
use crate::workload::Request;
use std::collections::VecDeque;

pub(super) struct Engine<'a, O> {
    pub(super) behavior: &'a Behavior,
    pub(super) observer: O,
    pub(super) on_demand: Pool,
    pub(super) provisioned: Pool,
    pub(super) departures: Departures,
    /// Requests that wait for a slot, with their numbers in order of arrival.
    pending: VecDeque<(Request, u64)>,
    pub(super) in_flight: u32,
    pub(super) floor: u32,
    pub(super) configured: u32,
    /// Whether there is ever a provisioned pool.
    has_pool: bool,
    pub(super) steps: VecDeque<(SimTime, Step)>,
    pub(super) controller: Option<Controller>,
    pub(super) keep_alive: SimDuration,
    pub(super) end: SimTime,
    pub(super) clip: bool,
    pub(super) closed: bool,
    /// When the instance that was started last begins to serve.
    pub(super) last_ready: SimTime,
    /// Nothing but departures happens before.
    pub(super) quiet: SimTime,
    pub(super) warm_idle: i128,
    pub(super) idle_at_floor: i128,
    pub(super) warm_since: SimTime,
    pub(super) summary: Summary,
}

/// The provisioned pool's mark in a seat, above the number of the slot.
pub(super) const PROVISIONED: u32 = 1 << 31;

impl<'a, O: Observer> Engine<'a, O> {
    pub(super) fn new(
        b: &'a Behavior,
        from: SimTime,
        to: SimTime,
        clip: bool,
        observer: O,
    ) -> Self {
        let floors = b.floor.changes_after(from).map(|(t, n)| (t, Step::Floor(n)));
        let pools = b.provisioned.changes_after(from).map(|(t, n)| (t, Step::Provisioned(n)));
        let mut steps: Vec<_> = floors.chain(pools).filter(|s| s.0 < to).collect();
        steps.sort_by_key(|s| s.0);
        steps.push((to, Step::Close));
        let expires = matches!(b.scaling, Scaling::PerRequest);
        let mut engine = Self {
            behavior: b,
            observer,
            on_demand: Pool::new(b.dispatch, b.concurrency),
            provisioned: Pool::new(b.dispatch, b.concurrency),
            departures: Departures::new(),
            pending: VecDeque::new(),
            in_flight: 0,
            floor: 0,
            configured: 0,
            has_pool: !b.provisioned.is_zero(),
            steps: steps.into(),
            controller: Controller::new(&b.scaling, from),
            keep_alive: if expires { b.idle_timeout } else { SimDuration::MAX },
            end: to,
            clip,
            closed: false,
            last_ready: from,
            quiet: from,
            warm_idle: 0,
            idle_at_floor: 0,
            warm_since: from,
            summary: Summary::default(),
        };
        engine.set_floor(from, b.floor.at(from), SimDuration::ZERO);
        engine.set_provisioned(from, b.provisioned.at(from));
        engine
    }

    pub(super) fn feed(&mut self, block: &Block) {
        let Some(first) = block.requests().first() else { return };
        self.departures.recall(first.arrival);
        self.advance(first.arrival, Limit::ALL, false);
        match block.own_departures(self.behavior) {
            Some(ends) => self.departures.begin(block, &ends),
            None => self.departures.begin(block, block.ends()),
        }
        for (index, request) in block.requests().iter().enumerate() {
            let now = request.arrival;
            let limit = self.departures.before(request, index);
            while now < self.quiet {
                let Some((at, seat)) = self.departures.pop(limit, now) else { break };
                self.depart(at, seat);
            }
            if now >= self.quiet {
                self.advance(now, limit, false);
            }
            self.arrive(request, index);
        }
        self.departures.end();
    }

    pub(super) fn finish(mut self) -> O {
        self.departures.recall(SimTime::MAX);
        self.advance(SimTime::MAX, Limit::ALL, true);
        for (request, _) in std::mem::take(&mut self.pending) {
            self.observer.rejected(&request, Rejection::QueueTimeout);
        }
        self.observer.warm_idle(self.warm_idle, self.idle_at_floor);
        self.observer.summary(&self.summary);
        self.observer
    }

    #[inline]
    fn arrive(&mut self, request: &Request, index: usize) {
        let now = request.arrival;
        if let Some(seat) = self.free_seat() {
            let end = self.serve(request, now, seat, false);
            self.seat(request, index, end, seat);
            self.start_beyond_soft_limit(seat, now);
        } else {
            self.arrive_in_vain(request, index);
        }
    }

    /// No slot is free.
    #[cold]
    fn arrive_in_vain(&mut self, request: &Request, index: usize) {
        let now = request.arrival;
        if self.may_start() {
            let slot = self.start(now, self.behavior.startup, true);
            let end = self.serve(request, now, slot, true);
            self.seat(request, index, end, slot);
        } else if let AtLimit::Queue(_) = self.behavior.at_limit {
            self.pending.push_back((*request, self.departures.order(index)));
        } else {
            self.observer.rejected(request, Rejection::AtLimit);
        }
    }

    #[inline]
    fn free_seat(&self) -> Option<u32> {
        if self.has_pool
            && let Some(slot) = self.provisioned.pick()
        {
            return Some(slot | PROVISIONED);
        }
        self.on_demand.pick()
    }

    fn may_start(&self) -> bool {
        matches!(self.behavior.scaling, Scaling::PerRequest | Scaling::ProxyLoop { .. })
            && self.has_headroom()
    }

    /// Serves a request from now on, or as soon as its instance is ready; returns when it ends.
    #[inline]
    fn serve(&mut self, request: &Request, now: SimTime, seat: u32, cold: bool) -> SimTime {
        self.account(now);
        let provisioned = seat & PROVISIONED != 0;
        let instance = seat & !PROVISIONED;
        let pool_configured = self.configured > 0;
        let pool = if provisioned { &mut self.provisioned } else { &mut self.on_demand };
        let start = pool.enter(instance, now, pool_configured);
        let (length, outcome) = self.behavior.course(request);
        let (startup_wait, end) = (start.since(now), start + length);
        self.change_in_flight(now);
        self.in_flight += 1;
        self.summary.peak_in_flight = self.summary.peak_in_flight.max(self.in_flight);
        self.summary.in_flight_time -= i128::from(now.0);
        self.observer.served(
            request,
            &Placement {
                instance,
                provisioned,
                pool_configured,
                cold,
                startup_wait,
                start,
                end,
                outcome,
            },
        );
        end
    }

    /// Notes when a request of the block in play ends.
    #[inline]
    fn seat(&mut self, request: &Request, index: usize, end: SimTime, seat: u32) {
        if end == request.arrival + self.behavior.course(request).0 {
            self.departures.on_time(index, end, seat);
        } else {
            let order = self.departures.order(index);
            self.departures.late(Departure { at: end, order, seat });
        }
    }

    #[inline]
    pub(super) fn depart(&mut self, now: SimTime, seat: u32) {
        self.account(now);
        self.change_in_flight(now);
        self.in_flight -= 1;
        self.summary.in_flight_time += i128::from(now.0);
        let provisioned = seat & PROVISIONED != 0;
        let slot = seat & !PROVISIONED;
        let pool = if provisioned { &mut self.provisioned } else { &mut self.on_demand };
        if let Some(instance) = pool.leave(slot, now) {
            self.observer.active(&Active {
                instance: slot,
                provisioned,
                pool_configured: instance.pool_configured,
                started: instance.started,
                dispatched: instance.since,
                serving: instance.since.max(instance.ready),
                end: now,
            });
            if instance.draining {
                self.stop(slot, provisioned, now);
            } else {
                self.expires_from(now);
            }
        }
        if !self.pending.is_empty() {
            self.serve_pending(now);
        }
    }

    /// Gives waiting requests to free slots, the longest waiting first.
    pub(super) fn serve_pending(&mut self, now: SimTime) {
        let AtLimit::Queue(patience) = self.behavior.at_limit else { return };
        while let Some(&(request, order)) = self.pending.front() {
            if request.arrival + patience < now {
                self.pending.pop_front();
                self.observer.rejected(&request, Rejection::QueueTimeout);
                continue;
            }
            let Some(seat) = self.free_seat() else { break };
            self.pending.pop_front();
            let at = self.serve(&request, now, seat, false);
            self.departures.late(Departure { at, order, seat });
        }
    }

    /// Tells the controller that the requests in flight change.
    #[inline]
    fn change_in_flight(&mut self, now: SimTime) {
        if let Some(controller) = &mut self.controller {
            controller.level(now, self.in_flight);
        }
    }
}
