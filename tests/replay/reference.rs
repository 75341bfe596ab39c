//! A plain event loop with a binary heap and ordered sets: slow, and simple enough to be believed.

use ssc::replay::{
    Active, AtLimit, Behavior, Dispatch, Life, Observer, Placement, Rejection, Scaling, Summary,
};
use ssc::units::{SimDuration, SimTime};
use ssc::workload::Request;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};

#[derive(Clone, Copy, Default)]
struct Instance {
    started: i64,
    ready: i64,
    /// First dispatch of the active span.
    dispatched: i64,
    configured: bool,
    load: u32,
    draining: bool,
    /// Number of its last use.
    used: i64,
    /// Its entry among the idle ones.
    idle: Option<(i64, bool, i64)>,
    held: Option<i64>,
}

#[derive(Default)]
struct Pool {
    running: BTreeMap<u32, Instance>,
    free: BTreeSet<u32>,
    slots: u32,
    /// Instances with room; the policy takes the first.
    open: BTreeSet<(i64, i64, u32)>,
    /// Idle ones that may expire: since when, whether started ahead of any request, entry, slot.
    idle: BTreeSet<(i64, bool, i64, u32)>,
    held: BTreeSet<(i64, u32)>,
    active: u32,
}

impl Pool {
    fn alive(&self) -> u32 {
        u32::try_from(self.running.len()).unwrap()
    }

    fn first_open(&self) -> Option<u32> {
        self.open.first().map(|o| o.2)
    }

    fn least_loaded(&self) -> Option<u32> {
        let of = |(slot, i): (&u32, &Instance)| (!i.draining).then_some((i.load, Reverse(*slot)));
        self.running.iter().filter_map(of).min().map(|(_, slot)| slot.0)
    }

    fn count(&self) -> u32 {
        u32::try_from(self.running.values().filter(|i| !i.draining).count()).unwrap()
    }
}

/// Events at one instant happen in this order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Departure,
    Step(Step),
    Tick,
    Arrival,
    Expiry,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Floor(u32),
    Provisioned(u32),
    Close,
}

const ON_DEMAND: usize = 0;
const PROVISIONED: usize = 1;

struct Simulation<'a, O> {
    b: &'a Behavior,
    observer: O,
    pools: [Pool; 2],
    departures: BinaryHeap<Reverse<(i64, usize, usize, u32)>>,
    pending: VecDeque<(usize, Request)>,
    floor: u32,
    configured: u32,
    keep_alive: SimDuration,
    end: i64,
    clip: bool,
    closed: bool,
    uses: i64,
    now: i64,
    in_flight: u32,
    area: i128,
    loads: Vec<i128>,
    next_tick: i64,
    warm_idle: [i128; 2],
    summary: Summary,
}

/// Plays requests, sorted by arrival, one event at a time.
pub(crate) fn reference<O: Observer>(
    b: &Behavior,
    requests: &[Request],
    (from, to): (SimTime, SimTime),
    clip: bool,
    observer: O,
) -> O {
    let every = match b.scaling {
        Scaling::ProxyLoop { every, .. } | Scaling::TargetUtilization { every, .. } => every.0,
        Scaling::PerRequest | Scaling::Fixed => i64::MAX,
    };
    let per_request = b.scaling == Scaling::PerRequest;
    let mut sim = Simulation {
        b,
        observer,
        pools: [Pool::default(), Pool::default()],
        departures: BinaryHeap::new(),
        pending: VecDeque::new(),
        floor: 0,
        configured: 0,
        keep_alive: if per_request { b.idle_timeout } else { SimDuration::MAX },
        end: to.0,
        clip,
        closed: false,
        uses: 0,
        now: from.0,
        in_flight: 0,
        area: 0,
        loads: Vec::new(),
        next_tick: from.0.saturating_add(every),
        warm_idle: [0; 2],
        summary: Summary::default(),
    };
    sim.set_floor(b.floor.at(from), SimDuration::ZERO);
    sim.set_provisioned(b.provisioned.at(from));
    sim.run(requests, from, to);
    sim.observer.warm_idle(sim.warm_idle[0], sim.warm_idle[1]);
    sim.observer.summary(&sim.summary);
    sim.observer
}

impl<O: Observer> Simulation<'_, O> {
    fn run(&mut self, requests: &[Request], from: SimTime, to: SimTime) {
        let mut steps = VecDeque::from(steps(self.b, from, to));
        let mut arrivals = requests.iter().enumerate().peekable();
        loop {
            let departure = self.departures.peek().map(|d| (d.0.0, Event::Departure));
            let step = steps.front().map(|s| (s.0, Event::Step(s.1)));
            let tick = (self.next_tick < self.end).then_some((self.next_tick, Event::Tick));
            let arrival = arrivals.peek().map(|(_, r)| (r.arrival.0, Event::Arrival));
            let expiry = self.next_expiry().map(|t| (t, Event::Expiry));
            let all = [departure, step, tick, arrival, expiry];
            let Some((at, event)) = all.into_iter().flatten().min() else { break };
            self.pass_time(at);
            match event {
                Event::Departure => self.depart(),
                Event::Step(Step::Floor(n)) => self.set_floor(n, self.b.startup),
                Event::Step(Step::Provisioned(n)) => self.set_provisioned(n),
                Event::Step(Step::Close) => self.close(),
                Event::Tick => self.tick(),
                Event::Arrival => {
                    let (number, request) = arrivals.next().unwrap();
                    self.arrive(number, request);
                }
                Event::Expiry => self.expire(),
            }
            if let Event::Step(_) = event {
                steps.pop_front();
            }
        }
        for (_, request) in std::mem::take(&mut self.pending) {
            self.observer.rejected(&request, Rejection::QueueTimeout);
        }
    }

    fn pass_time(&mut self, to: i64) {
        assert!(to >= self.now, "time runs backwards");
        let passed = i128::from(to - self.now);
        let inside = i128::from((to.min(self.end) - self.now).max(0));
        self.summary.in_flight_time += passed * i128::from(self.in_flight);
        self.area += passed * i128::from(self.in_flight);
        let pool = &self.pools[ON_DEMAND];
        self.warm_idle[0] += inside * i128::from(self.floor.saturating_sub(pool.active));
        if pool.alive() <= self.floor {
            self.warm_idle[1] += inside * i128::from(pool.alive() - pool.active);
        }
        self.now = to;
    }

    fn next_expiry(&self) -> Option<i64> {
        let first = self.pools[ON_DEMAND].idle.first()?;
        let due = first.0.saturating_add(self.keep_alive.0);
        let due = if self.closed { due.max(self.end) } else { due };
        (self.keep_alive != SimDuration::MAX).then_some(due)
    }

    fn expire(&mut self) {
        let pool = &mut self.pools[ON_DEMAND];
        let slot = pool.idle.first().unwrap().3;
        if pool.alive() > self.floor {
            return self.stop(ON_DEMAND, slot);
        }
        self.uses += 1;
        let instance = pool.running.get_mut(&slot).unwrap();
        let (since, ahead, entry) = instance.idle.take().unwrap();
        instance.held = Some(self.uses);
        pool.idle.remove(&(since, ahead, entry, slot));
        pool.held.insert((self.uses, slot));
    }

    fn arrive(&mut self, number: usize, request: &Request) {
        if let Some((pool, slot)) = self.free_slot() {
            self.serve(number, request, pool, slot, false);
            let Scaling::ProxyLoop { soft_limit, .. } = self.b.scaling else { return };
            let machines = &self.pools[ON_DEMAND].running;
            let starting = machines.values().any(|i| i.ready > self.now);
            let over = pool == ON_DEMAND && machines[&slot].load > soft_limit;
            if over && !starting && self.has_headroom() {
                self.start(ON_DEMAND, self.b.startup, false);
            }
        } else if !matches!(self.b.scaling, Scaling::Fixed | Scaling::TargetUtilization { .. })
            && self.has_headroom()
        {
            let slot = self.start(ON_DEMAND, self.b.startup, true);
            self.serve(number, request, ON_DEMAND, slot, true);
        } else if let AtLimit::Queue(_) = self.b.at_limit {
            self.pending.push_back((number, *request));
        } else {
            self.observer.rejected(request, Rejection::AtLimit);
        }
    }

    fn free_slot(&self) -> Option<(usize, u32)> {
        let of = |pool: usize| Some((pool, self.pools[pool].first_open()?));
        of(PROVISIONED).or_else(|| of(ON_DEMAND))
    }

    fn has_headroom(&self) -> bool {
        self.pools[0].alive() + self.pools[1].alive() < self.b.max_instances
    }

    fn serve(&mut self, number: usize, request: &Request, pool: usize, slot: u32, cold: bool) {
        let (now, configured) = (self.now, self.configured > 0);
        let instance = self.change(pool, slot, |i| {
            i.load += 1;
            if i.load == 1 {
                (i.dispatched, i.configured) = (now, configured);
            }
        });
        let start = SimTime(now.max(instance.ready));
        let (length, outcome) = self.b.course(request);
        let end = start + length;
        self.departures.push(Reverse((end.0, number, pool, slot)));
        self.in_flight += 1;
        self.summary.peak_in_flight = self.summary.peak_in_flight.max(self.in_flight);
        let placement = Placement {
            instance: slot,
            provisioned: pool == PROVISIONED,
            pool_configured: configured,
            cold,
            startup_wait: start.since(SimTime(now)),
            start,
            end,
            outcome,
        };
        self.observer.served(request, &placement);
    }

    fn depart(&mut self) {
        let Reverse((_, _, pool, slot)) = self.departures.pop().unwrap();
        self.in_flight -= 1;
        let instance = self.change(pool, slot, |i| i.load -= 1);
        if instance.load == 0 {
            self.observer.active(&Active {
                instance: slot,
                provisioned: pool == PROVISIONED,
                pool_configured: instance.configured,
                started: SimTime(instance.started),
                dispatched: SimTime(instance.dispatched),
                serving: SimTime(instance.dispatched.max(instance.ready)),
                end: SimTime(self.now),
            });
            if instance.draining {
                self.stop(pool, slot);
            }
        }
        self.serve_pending();
    }

    fn serve_pending(&mut self) {
        let AtLimit::Queue(patience) = self.b.at_limit else { return };
        while let Some(&(number, request)) = self.pending.front() {
            if request.arrival + patience < SimTime(self.now) {
                self.observer.rejected(&request, Rejection::QueueTimeout);
            } else if let Some((pool, slot)) = self.free_slot() {
                self.serve(number, &request, pool, slot, false);
            } else {
                return;
            }
            self.pending.pop_front();
        }
    }

    /// Changes an instance and files it anew.
    fn change(&mut self, pool: usize, slot: u32, with: impl Fn(&mut Instance)) -> Instance {
        self.uses += 1;
        let pool = &mut self.pools[pool];
        let instance = pool.running.get_mut(&slot).unwrap();
        let before = *instance;
        with(instance);
        if instance.load > 0 || before.load > 0 {
            if let Some((since, ahead, entry)) = instance.idle.take() {
                pool.idle.remove(&(since, ahead, entry, slot));
            }
            if let Some(entry) = instance.held.take() {
                pool.held.remove(&(entry, slot));
            }
            if instance.load == 0 {
                instance.idle = Some((self.now, false, self.uses));
                pool.idle.insert((self.now, false, self.uses, slot));
            }
        }
        pool.active += u32::from(instance.load > 0);
        pool.active -= u32::from(before.load > 0);
        pool.open.remove(&rank(self.b.dispatch, &before, slot));
        if before.load != instance.load {
            instance.used = self.uses;
        }
        if instance.load < self.b.concurrency && !instance.draining {
            pool.open.insert(rank(self.b.dispatch, instance, slot));
        }
        *instance
    }

    fn start(&mut self, pool: usize, startup: SimDuration, requested: bool) -> u32 {
        self.uses += 1;
        let (now, dispatch) = (self.now, self.b.dispatch);
        let ready = now + startup.0;
        let p = &mut self.pools[pool];
        let slot = p.free.pop_first().unwrap_or(p.slots);
        p.slots = p.slots.max(slot + 1);
        let idle = Some((ready, true, self.uses));
        let instance =
            Instance { started: now, ready, used: self.uses, idle, ..Instance::default() };
        p.running.insert(slot, instance);
        p.idle.insert((ready, true, self.uses, slot));
        p.open.insert(rank(dispatch, &instance, slot));
        self.summary.instances_started += 1;
        let alive = self.pools[0].alive() + self.pools[1].alive();
        self.summary.peak_instances = self.summary.peak_instances.max(alive);
        self.observer.started(slot, SimTime(now), requested);
        slot
    }

    fn stop(&mut self, pool: usize, slot: u32) {
        let p = &mut self.pools[pool];
        let instance = p.running.remove(&slot).unwrap();
        if let Some((since, ahead, entry)) = instance.idle {
            p.idle.remove(&(since, ahead, entry, slot));
        }
        if let Some(entry) = instance.held {
            p.held.remove(&(entry, slot));
        }
        p.open.remove(&rank(self.b.dispatch, &instance, slot));
        p.free.insert(slot);
        let (started, stopped) = (SimTime(instance.started), SimTime(self.now));
        self.summary.instance_time += i128::from(stopped.since(started).0);
        let provisioned = pool == PROVISIONED;
        self.observer.stopped(&Life { instance: slot, provisioned, started, stopped });
    }

    fn stop_or_drain(&mut self, pool: usize, slot: u32) {
        if self.pools[pool].running[&slot].load == 0 {
            self.stop(pool, slot);
        } else {
            self.change(pool, slot, |i| i.draining = true);
        }
    }

    fn set_floor(&mut self, floor: u32, startup: SimDuration) {
        self.floor = floor;
        while self.pools[ON_DEMAND].alive() < floor && self.has_headroom() {
            self.start(ON_DEMAND, startup, false);
        }
        while self.pools[ON_DEMAND].alive() > floor {
            let Some(&(_, slot)) = self.pools[ON_DEMAND].held.first() else { break };
            self.stop(ON_DEMAND, slot);
        }
        self.serve_pending();
    }

    fn set_provisioned(&mut self, size: u32) {
        for _ in self.configured..size {
            self.start(PROVISIONED, SimDuration::ZERO, false);
        }
        for _ in size..self.configured {
            let slot = self.pools[PROVISIONED].least_loaded().unwrap();
            self.stop_or_drain(PROVISIONED, slot);
        }
        self.configured = size;
        self.serve_pending();
    }

    fn close(&mut self) {
        self.closed = true;
        self.set_floor(0, SimDuration::ZERO);
        self.set_provisioned(0);
        let lives_on = match self.b.scaling {
            Scaling::PerRequest => self.b.idle_timeout,
            Scaling::ProxyLoop { every, .. } => every,
            _ => SimDuration::MAX,
        };
        let goes = self.clip || lives_on == SimDuration::MAX;
        self.keep_alive = if goes { SimDuration::ZERO } else { lives_on };
    }

    fn tick(&mut self) {
        match self.b.scaling {
            Scaling::ProxyLoop { soft_limit, every } => {
                self.next_tick += every.0;
                self.pass_of_the_proxy(soft_limit);
            }
            Scaling::TargetUtilization { target_percent, every, up_window, down_window } => {
                self.next_tick += every.0;
                self.loads.push(self.area * 1_000 / i128::from(every.0));
                self.area = 0;
                let last = |window: SimDuration| {
                    let n = usize::try_from((window.0 / every.0).max(1)).unwrap();
                    &self.loads[self.loads.len().saturating_sub(n)..]
                };
                let up = last(up_window);
                let mean = up.iter().sum::<i128>() / i128::try_from(up.len()).unwrap();
                let peak = *last(down_window).iter().max().unwrap();
                let capacity = i128::from(self.b.concurrency * target_percent) * 10;
                let wanted = |load: i128| u32::try_from((load + capacity - 1) / capacity).unwrap();
                let (most, least) = (wanted(mean), wanted(peak.max(mean)).max(self.floor));
                while self.pools[ON_DEMAND].count() < most && self.has_headroom() {
                    self.start(ON_DEMAND, self.b.startup, false);
                }
                while self.pools[ON_DEMAND].count() > least {
                    let slot = self.pools[ON_DEMAND].least_loaded().unwrap();
                    self.stop_or_drain(ON_DEMAND, slot);
                }
                self.serve_pending();
            }
            Scaling::PerRequest | Scaling::Fixed => {}
        }
    }

    fn pass_of_the_proxy(&mut self, soft_limit: u32) {
        let pool = &self.pools[ON_DEMAND];
        let over = pool.running.values().filter(|i| i.load > soft_limit).count();
        let over = u32::try_from(over).unwrap();
        let excess = match pool.alive() {
            0 | 1 => pool.alive(),
            n => n.saturating_sub(over + 1),
        };
        let idle = pool.held.first().map(|h| h.1).or(pool.idle.first().map(|i| i.3));
        if let Some(slot) = idle.filter(|s| pool.running[s].ready <= self.now)
            && excess >= 1
            && pool.alive() > self.floor
        {
            self.stop(ON_DEMAND, slot);
        }
    }
}

/// Where an instance comes in the order of the policy.
fn rank(dispatch: Dispatch, instance: &Instance, slot: u32) -> (i64, i64, u32) {
    let (load, used) = (i64::from(instance.load), instance.used);
    match dispatch {
        Dispatch::MostRecentlyUsed => (0, -used, slot),
        Dispatch::FirstFit => (0, 0, slot),
        Dispatch::BestFit => (-load, -used, slot),
        Dispatch::LeastLoaded => (load, used, slot),
        Dispatch::Fifo => (0, used, slot),
    }
}

fn steps(b: &Behavior, from: SimTime, to: SimTime) -> Vec<(i64, Step)> {
    let spans = |steps: &ssc::replay::Steps| steps.spans(from, to).into_iter().skip(1);
    let floors = spans(&b.floor).map(|s| (s.0.0, Step::Floor(s.2)));
    let pools = spans(&b.provisioned).map(|s| (s.0.0, Step::Provisioned(s.2)));
    let mut steps: Vec<_> = floors.chain(pools).collect();
    steps.sort_by_key(|s| s.0);
    steps.push((to.0, Step::Close));
    steps
}
