//! The event engine: arrivals against instances.

use super::controller::Controller;
use super::instances::Pool;
use super::observer::{Active, Life, Observer, Placement, Rejection};
use super::{AtLimit, BLOCK, Behavior, Block, Scaling};
use crate::units::{SimDuration, SimTime};
use crate::workload::Request;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// Plays `requests` (sorted by arrival) against a platform; see [`Replay`].
pub fn replay<O: Observer>(
    behavior: &Behavior,
    requests: impl Iterator<Item = Request>,
    window: (SimTime, SimTime),
    clip: bool,
    observer: O,
) -> O {
    let mut replay = Replay::new(behavior, window, clip, observer);
    let mut requests = requests.peekable();
    while requests.peek().is_some() {
        replay.feed(&Block::new(requests.by_ref().take(BLOCK / 8).collect()));
    }
    replay.finish()
}

/// A replay that is fed block by block.
///
/// Floor and provisioned capacity exist exactly within the window `[from, to)`. With `clip`, idle
/// instances stop at its end, as in the middle of a longer stay whose next part is billed next; without
/// it each idle instance lives out its keep-alive, as after a lone sample. Requests in flight at the end
/// always run to their own end.
pub struct Replay<'a, O>(Engine<'a, O>);

impl<'a, O: Observer> Replay<'a, O> {
    /// A replay of nothing yet; `observer` is told what happens.
    pub fn new(b: &'a Behavior, (from, to): (SimTime, SimTime), clip: bool, observer: O) -> Self {
        Self(Engine::new(b, from, to, clip, observer))
    }

    /// Plays the requests of a block; none may arrive before those played already.
    pub fn feed(&mut self, block: &Block) {
        for request in block.requests() {
            self.0.advance(request.arrival, false);
            self.0.arrive(*request);
        }
    }

    /// Lets everything come to its end.
    pub fn finish(mut self) -> O {
        self.0.finish();
        self.0.observer
    }
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Floor(u32),
    Provisioned(u32),
    Close,
}

pub(super) struct Engine<'a, O> {
    pub(super) behavior: &'a Behavior,
    observer: O,
    pub(super) on_demand: Pool,
    provisioned: Pool,
    /// (end, slot, of the provisioned pool), earliest first.
    departures: BinaryHeap<Reverse<(SimTime, u32, bool)>>,
    pending: VecDeque<Request>,
    pub(super) in_flight: u32,
    pub(super) floor: u32,
    configured: u32,
    steps: VecDeque<(SimTime, Step)>,
    controller: Controller,
    keep_alive: SimDuration,
    end: SimTime,
    clip: bool,
    closed: bool,
    warm_idle: i128,
    idle_at_floor: i128,
    warm_since: SimTime,
}

/// What happens next, in the order of events at one instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Departure,
    Step,
    Tick,
    Expiry,
}

impl<'a, O: Observer> Engine<'a, O> {
    fn new(b: &'a Behavior, from: SimTime, to: SimTime, clip: bool, observer: O) -> Self {
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
            departures: BinaryHeap::new(),
            pending: VecDeque::new(),
            in_flight: 0,
            floor: 0,
            configured: 0,
            steps: steps.into(),
            controller: Controller::new(&b.scaling, from),
            keep_alive: if expires { b.idle_timeout } else { SimDuration::MAX },
            end: to,
            clip,
            closed: false,
            warm_idle: 0,
            idle_at_floor: 0,
            warm_since: from,
        };
        engine.set_floor(from, b.floor.at(from), SimDuration::ZERO);
        engine.set_provisioned(from, b.provisioned.at(from));
        engine
    }

    /// Lets everything happen that comes before an arrival at `to`; with `all`, also what is due at `to`.
    fn advance(&mut self, to: SimTime, all: bool) {
        while let Some((at, next)) = self.next_event() {
            if at > to || (at == to && next == Next::Expiry && !all) {
                break;
            }
            match next {
                Next::Departure => self.depart(),
                Next::Step => self.step(),
                Next::Tick => self.tick(at),
                Next::Expiry => self.expire(at),
            }
        }
    }

    fn next_event(&self) -> Option<(SimTime, Next)> {
        let departure = self.departures.peek().map(|d| (d.0.0, Next::Departure));
        let step = self.steps.front().map(|s| (s.0, Next::Step));
        let tick = self.controller.next().filter(|t| *t < self.end).map(|t| (t, Next::Tick));
        let expiry = self.next_expiry().map(|t| (t, Next::Expiry));
        [departure, step, tick, expiry].into_iter().flatten().min()
    }

    fn next_expiry(&self) -> Option<SimTime> {
        if self.keep_alive == SimDuration::MAX {
            return None;
        }
        let slot = self.on_demand.oldest_idle()?;
        let due = self.on_demand.get(slot).idle_since + self.keep_alive;
        Some(if self.closed && self.clip { due.max(self.end) } else { due })
    }

    fn arrive(&mut self, request: Request) {
        if let Some(slot) = self.provisioned.pick() {
            self.serve(request, request.arrival, slot, true, false);
        } else if let Some(slot) = self.on_demand.pick() {
            self.serve(request, request.arrival, slot, false, false);
            self.start_beyond_soft_limit(slot, request.arrival);
        } else if self.may_start() {
            let slot = self.start(request.arrival, self.behavior.startup, true);
            self.serve(request, request.arrival, slot, false, true);
        } else if let AtLimit::Queue(_) = self.behavior.at_limit {
            self.pending.push_back(request);
        } else {
            self.observer.rejected(&request, Rejection::AtLimit);
        }
    }

    fn may_start(&self) -> bool {
        matches!(self.behavior.scaling, Scaling::PerRequest | Scaling::ProxyLoop { .. })
            && self.has_headroom()
    }

    pub(super) fn has_headroom(&self) -> bool {
        self.on_demand.alive + self.provisioned.alive < self.behavior.max_instances
    }

    /// A proxy starts another machine when even the machine it chose is at the soft limit.
    fn start_beyond_soft_limit(&mut self, chosen: u32, now: SimTime) {
        let Scaling::ProxyLoop { soft_limit, .. } = self.behavior.scaling else { return };
        let starting = self.on_demand.running().any(|i| i.ready > now);
        if self.on_demand.get(chosen).in_flight > soft_limit && !starting && self.has_headroom() {
            self.start(now, self.behavior.startup, false);
        }
    }

    pub(super) fn start(&mut self, now: SimTime, startup: SimDuration, requested: bool) -> u32 {
        self.account(now);
        let slot = self.on_demand.start(now, now + startup);
        self.observer.started(slot, now, requested);
        let instances = self.on_demand.alive + self.provisioned.alive;
        self.observer.level(now, self.in_flight, instances);
        slot
    }

    fn serve(&mut self, request: Request, now: SimTime, slot: u32, provisioned: bool, cold: bool) {
        let b = self.behavior;
        self.account(now);
        let pool = if provisioned { &mut self.provisioned } else { &mut self.on_demand };
        let begins = pool.enter(slot);
        let instance = pool.get_mut(slot);
        let start = now.max(instance.ready);
        if begins {
            instance.dispatched = now;
            instance.serving = start;
            instance.pool_configured = self.configured > 0;
        }
        let (length, outcome) = b.course(&request);
        let placement = Placement {
            instance: slot,
            provisioned,
            pool_configured: self.configured > 0,
            cold,
            startup_wait: start.since(now),
            start,
            end: start + length,
            outcome,
        };
        self.departures.push(Reverse((placement.end, slot, provisioned)));
        self.controller.level(now, self.in_flight);
        self.in_flight += 1;
        self.observer.served(&request, &placement);
        let instances = self.on_demand.alive + self.provisioned.alive;
        self.observer.level(now, self.in_flight, instances);
    }

    fn depart(&mut self) {
        let Some(Reverse((now, slot, provisioned))) = self.departures.pop() else { return };
        self.account(now);
        self.controller.level(now, self.in_flight);
        self.in_flight -= 1;
        let instances = self.on_demand.alive + self.provisioned.alive;
        self.observer.level(now, self.in_flight, instances);
        let pool = if provisioned { &mut self.provisioned } else { &mut self.on_demand };
        if pool.leave(slot, now) {
            let instance = *pool.get(slot);
            self.observer.active(&Active {
                instance: slot,
                provisioned,
                pool_configured: instance.pool_configured,
                started: instance.started,
                dispatched: instance.dispatched,
                serving: instance.serving,
                end: now,
            });
            if instance.draining {
                self.stop(slot, provisioned, now);
            }
        }
        self.serve_pending(now);
    }

    /// Gives waiting requests to free slots, the longest waiting first.
    pub(super) fn serve_pending(&mut self, now: SimTime) {
        let AtLimit::Queue(patience) = self.behavior.at_limit else { return };
        while let Some(&request) = self.pending.front() {
            if request.arrival + patience < now {
                self.pending.pop_front();
                self.observer.rejected(&request, Rejection::QueueTimeout);
                continue;
            }
            let free = match self.provisioned.pick() {
                Some(slot) => Some((slot, true)),
                None => self.on_demand.pick().map(|slot| (slot, false)),
            };
            let Some((slot, provisioned)) = free else { break };
            self.pending.pop_front();
            self.serve(request, now, slot, provisioned, false);
        }
    }

    fn expire(&mut self, at: SimTime) {
        let Some(slot) = self.on_demand.oldest_idle() else { return };
        if self.on_demand.alive > self.floor {
            self.stop(slot, false, at);
        } else {
            self.on_demand.hold(slot);
        }
    }

    pub(super) fn stop(&mut self, slot: u32, provisioned: bool, at: SimTime) {
        self.account(at);
        let pool = if provisioned { &mut self.provisioned } else { &mut self.on_demand };
        let started = pool.get(slot).started;
        pool.stop(slot);
        let life = Life { instance: slot, provisioned, started, stopped: at.max(started) };
        self.observer.stopped(&life);
    }

    fn step(&mut self) {
        let Some((now, step)) = self.steps.pop_front() else { return };
        match step {
            Step::Floor(n) => self.set_floor(now, n, self.behavior.startup),
            Step::Provisioned(n) => self.set_provisioned(now, n),
            Step::Close => self.close(now),
        }
    }

    fn set_floor(&mut self, now: SimTime, floor: u32, startup: SimDuration) {
        self.account(now);
        self.floor = floor;
        while self.on_demand.alive < floor && self.has_headroom() {
            self.start(now, startup, false);
        }
        while self.on_demand.alive > floor {
            let Some(slot) = self.on_demand.oldest_held() else { break };
            self.stop(slot, false, now);
        }
        self.serve_pending(now);
    }

    fn set_provisioned(&mut self, now: SimTime, size: u32) {
        for _ in self.configured..size {
            let slot = self.provisioned.start(now, now);
            self.observer.started(slot, now, false);
        }
        for _ in size..self.configured {
            let Some(slot) = self.provisioned.least_loaded() else { break };
            if self.provisioned.get(slot).in_flight == 0 {
                self.stop(slot, true, now);
            } else {
                self.provisioned.drain(slot);
            }
        }
        self.configured = size;
        self.serve_pending(now);
    }

    /// The window ends: configured capacity goes, idle instances go or live out their keep-alive.
    fn close(&mut self, now: SimTime) {
        self.closed = true;
        self.set_floor(now, 0, SimDuration::ZERO);
        self.set_provisioned(now, 0);
        self.keep_alive = match (self.clip, self.behavior.scaling) {
            (false, Scaling::PerRequest) if self.behavior.idle_timeout != SimDuration::MAX => {
                self.behavior.idle_timeout
            }
            (false, Scaling::ProxyLoop { every, .. }) => every,
            _ => SimDuration::ZERO,
        };
        if self.keep_alive == SimDuration::ZERO {
            self.clip = true;
        }
    }

    fn tick(&mut self, now: SimTime) {
        Controller::tick(self, now);
    }

    pub(super) fn controller(&mut self) -> &mut Controller {
        &mut self.controller
    }

    /// Adds the floor's idle time since the last change of floor, instances or requests.
    fn account(&mut self, now: SimTime) {
        let until = now.min(self.end);
        if until > self.warm_since {
            let time = i128::from(until.since(self.warm_since).0);
            let (alive, active) = (self.on_demand.alive, self.on_demand.active);
            self.warm_idle += i128::from(self.floor.saturating_sub(active)) * time;
            if alive <= self.floor {
                self.idle_at_floor += i128::from(alive.saturating_sub(active)) * time;
            }
            self.warm_since = until;
        }
    }

    fn finish(&mut self) {
        self.advance(SimTime::MAX, true);
        for request in std::mem::take(&mut self.pending) {
            self.observer.rejected(&request, Rejection::QueueTimeout);
        }
        self.observer.warm_idle(self.warm_idle, self.idle_at_floor);
    }
}
