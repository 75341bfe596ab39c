//! The clocks of a platform's or path's SKUs, folded while replaying.

use super::Prepaid;
use super::capacity::CapacityMeter;
use super::per_request::{Sharing, amount, is_per_request};
use super::rounding::rounded;
use super::traffic::Connections;
use crate::pricing::{Clock, Meter, Pool};
use crate::replay::{Active, Life, Observer, Placement, Steps};
use crate::units::{Bins, SimDuration, SimTime, Usage};
use crate::workload::Request;

/// A SKU to be metered.
#[derive(Clone, Debug)]
pub struct Metered {
    /// Index of the SKU in its service.
    pub sku: usize,
    /// Its rule.
    pub meter: Meter,
    /// Its weight in base units.
    pub weight: i128,
    /// Capacity units there are, where a setting says so.
    pub units: Option<u32>,
}

/// A meter at work: its rule, its weight, and what it has counted per pool.
#[derive(Clone, Debug)]
struct Running {
    sku: usize,
    meter: Meter,
    weight: i128,
    /// By pool, not weighted yet.
    totals: [i128; 3],
    /// Per pool and slot, for prepaid meters.
    prepaid: [Vec<Option<Prepaid>>; 2],
    capacity: Option<CapacityMeter>,
    units: Option<u32>,
    /// The same by span of time; empty unless asked for.
    over_time: Vec<[i128; 3]>,
}

/// What one meter counted in one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Index of the SKU in its service.
    pub sku: usize,
    /// Whose usage it is.
    pub pool: Pool,
    /// How much, in base units of the SKU's dimension.
    pub usage: Usage,
}

/// What is configured for the whole window, busy or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// Start of the window.
    pub from: SimTime,
    /// End of the window.
    pub to: SimTime,
    /// The provisioned pool.
    pub provisioned: Steps,
    /// Machines that exist, running or stopped.
    pub machines: u32,
    /// Time an instance takes to shut down.
    pub shutdown: SimDuration,
    /// How streams share connections.
    pub connections: Connections,
    /// Answers leave for the internet from something in front, not from here.
    pub fronted: bool,
}

/// Capacity that is fixed, and what the busiest window needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shortage {
    /// Index of the SKU in its service.
    pub sku: usize,
    /// Units there are.
    pub units: u32,
    /// Units needed.
    pub needed: u64,
}

/// What meters counted.
#[derive(Clone, Debug, Default)]
pub struct Readings {
    /// Usage by SKU and pool; pools without usage are left out.
    pub usage: Vec<Reading>,
    /// For each of them, how much in each span of time; empty unless asked for.
    pub over_time: Vec<Vec<Usage>>,
    /// Fixed capacity that is too small.
    pub shortages: Vec<Shortage>,
}

/// All meters of one platform or path.
///
/// What they count of requests can be counted in parts, by copies made with [`Meters::part`] and brought
/// together with [`Meters::merge`], unless they are [`Meters::ordered`].
#[derive(Clone, Debug)]
pub struct Meters {
    running: Vec<Running>,
    /// Those that count requests.
    per_request: Vec<usize>,
    deployed: Deployed,
    lifetime: i128,
    requests: u64,
    over_time: Option<OverTime>,
}

/// What is told apart by spans of time besides the meters themselves.
#[derive(Clone, Debug)]
struct OverTime {
    bins: Bins,
    lifetime: Vec<i128>,
    /// Missing from the floor, and idle at it.
    floor: Vec<[i128; 2]>,
}

impl Meters {
    /// Meters for these SKUs.
    #[must_use]
    pub fn new(skus: impl IntoIterator<Item = Metered>, deployed: Deployed) -> Self {
        let running = skus.into_iter().map(|Metered { sku, meter, weight, units }| Running {
            sku,
            capacity: meter
                .capacity
                .clone()
                .map(|rule| CapacityMeter::new(rule, deployed.from, deployed.to)),
            meter,
            weight,
            totals: [0; 3],
            prepaid: [Vec::new(), Vec::new()],
            units,
            over_time: Vec::new(),
        });
        let running: Vec<Running> = running.collect();
        let counts = |m: &Running| m.weight != 0 && is_per_request(m.meter.clock);
        let per_request = (0..running.len()).filter(|i| counts(&running[*i])).collect();
        Self { running, per_request, deployed, lifetime: 0, requests: 0, over_time: None }
    }

    /// The same meters, that also tell what they count in each span of time. What a request counts at
    /// once counts where it arrives, time and bytes while it is served; each amount is split in whole base
    /// units, so that the spans add up to the total.
    #[must_use]
    pub fn by(mut self, bins: Bins) -> Self {
        let count = bins.count();
        for m in &mut self.running {
            m.over_time = vec![[0; 3]; count];
            m.capacity = m.capacity.take().map(|c| c.by(bins));
        }
        let floor = vec![[0; 2]; count];
        self.over_time = Some(OverTime { bins, lifetime: vec![0; count], floor });
        self
    }

    /// Whether it counts like another.
    #[must_use]
    pub fn counts_like(&self, other: &Self) -> bool {
        let alike = |(a, b): (&Running, &Running)| {
            (a.sku, a.weight, a.units) == (b.sku, b.weight, b.units) && a.meter == b.meter
        };
        self.deployed == other.deployed
            && self.running.len() == other.running.len()
            && self.running.iter().zip(&other.running).all(alike)
    }

    /// Whether requests have to be counted in order of arrival, all by one copy.
    #[must_use]
    pub fn ordered(&self) -> bool {
        let shared = self.deployed.connections.turns > 1;
        let in_order = |m: &Running| match m.meter.clock {
            Clock::Capacity => true,
            Clock::Connections => shared,
            _ => false,
        };
        self.running.iter().any(in_order)
    }

    /// Whether something runs while instances do, not only while requests do.
    #[must_use]
    pub fn needs_instances(&self) -> bool {
        let of_instances = |m: &Running| {
            use Clock::{
                IdleAtMinimum, InstanceActive, InstanceLifetime, InstanceStopped, LifetimeLessIdle,
                WarmIdle,
            };
            m.weight != 0
                && matches!(
                    m.meter.clock,
                    InstanceActive
                        | InstanceLifetime
                        | InstanceStopped
                        | WarmIdle
                        | IdleAtMinimum
                        | LifetimeLessIdle
                )
        };
        self.running.iter().any(of_instances)
    }

    /// A copy that has counted nothing, for some of the requests.
    #[must_use]
    pub fn part(&self) -> Self {
        let mut part = self.clone();
        for m in &mut part.running {
            m.totals = [0; 3];
            m.over_time.fill([0; 3]);
        }
        (part.lifetime, part.requests) = (0, 0);
        part
    }

    /// Adds what a part has counted of requests.
    pub fn merge(&mut self, part: &Self) {
        for index in &self.per_request {
            let (m, more) = (&mut self.running[*index], &part.running[*index]);
            let spans = m.over_time.iter_mut().zip(&more.over_time);
            for (totals, more) in spans.chain([(&mut m.totals, &more.totals)]) {
                for (total, more) in totals.iter_mut().zip(more) {
                    *total += more;
                }
            }
        }
        self.requests = self.requests.wrapping_add(part.requests);
    }

    /// Counts a request `times` times: 1, or -1 to take it back.
    #[inline]
    pub fn count(&mut self, request: &Request, placement: &Placement, times: i128) {
        let pool = pool(placement.provisioned, placement.pool_configured);
        let connections = self.deployed.connections;
        let sharing = Sharing {
            opens: connections.turns <= 1
                || self.requests.is_multiple_of(u64::from(connections.turns)),
            idle: connections.idle,
            fronted: self.deployed.fronted,
        };
        self.requests = self.requests.wrapping_add_signed(if times < 0 { -1 } else { 1 });
        for index in &self.per_request {
            let m = &mut self.running[*index];
            if let Some(capacity) = &mut m.capacity {
                capacity.served(request, placement, (sharing.opens, sharing.idle));
            } else if m.counts(pool) {
                let amount = amount(&m.meter, request, placement, sharing) * times;
                m.totals[pool.index()] += amount;
                if let Some(over_time) = &self.over_time {
                    let arrived = (request.arrival, request.arrival);
                    let lasts = takes_time(m.meter.clock);
                    let span = if lasts { (placement.start, placement.end) } else { arrived };
                    m.note(over_time.bins, pool, span, amount);
                }
            }
        }
    }

    /// Closes the window and reads every meter.
    #[must_use]
    pub fn read(mut self) -> Readings {
        let window = self.deployed.to.since(self.deployed.from);
        let mut shortages = Vec::new();
        let over_time = self.over_time.take();
        for m in &mut self.running {
            if let Some(capacity) = m.capacity.take() {
                let (total, needed, shape) = capacity.read(m.units);
                m.totals[Pool::OnDemand.index()] = total;
                if let Some(o) = &over_time {
                    m.shape(Pool::OnDemand, &o.bins.share(total, &shape));
                }
                let counts = m.weight != 0;
                if let Some(units) = m.units.filter(|n| counts && u64::from(*n) < needed) {
                    shortages.push(Shortage { sku: m.sku, units, needed });
                }
                continue;
            }
            let wall = match m.meter.clock {
                Clock::Provisioned => provisioned_time(&self.deployed, &m.meter),
                Clock::Deployed => i128::from(rounded(&m.meter, window).0),
                Clock::InstanceStopped => {
                    let exist = i128::from(self.deployed.machines) * i128::from(window.0);
                    (exist - self.lifetime).max(0)
                }
                _ => continue,
            };
            let pool = if m.meter.clock == Clock::Provisioned {
                Pool::Provisioned
            } else {
                Pool::OnDemand
            };
            m.totals[pool.index()] = wall;
            if let Some(o) = &over_time {
                m.shape(pool, &o.bins.share(wall, &o.configured(m.meter.clock, &self.deployed)));
            }
        }
        let readings = self.running.iter().flat_map(|m| {
            Pool::ALL.into_iter().map(|pool| Reading {
                sku: m.sku,
                pool,
                usage: Usage(m.totals[pool.index()] * m.weight),
            })
        });
        let usage: Vec<_> = readings.filter(|r| r.usage != Usage::ZERO).collect();
        let over_time = if over_time.is_some() { self.shapes() } else { Vec::new() };
        Readings { usage, over_time, shortages }
    }
}

/// Whether what a request counts on a clock is used up while it is served.
const fn takes_time(clock: Clock) -> bool {
    matches!(
        clock,
        Clock::RequestDuration
            | Clock::ActiveCpu
            | Clock::ResponseBytes
            | Clock::EgressBytes
            | Clock::MessageBytes
            | Clock::ConnectionTime
    )
}

impl OverTime {
    /// How configured capacity is spread over time.
    fn configured(&self, clock: Clock, deployed: &Deployed) -> Vec<i128> {
        let mut weights = vec![0; self.bins.count()];
        let machines = i128::from(deployed.machines);
        let mut add = |span: (SimTime, SimTime), units: i128| {
            let time = i128::from(span.1.since(span.0).0);
            self.bins.spread(span, time * units, |i, part| weights[i] += part);
        };
        match clock {
            Clock::Provisioned => {
                for (from, to, units) in deployed.provisioned.spans(deployed.from, deployed.to) {
                    add((from, to), i128::from(units));
                }
            }
            Clock::InstanceStopped => {
                add((deployed.from, deployed.to), machines);
                for (weight, lived) in weights.iter_mut().zip(&self.lifetime) {
                    *weight = (*weight - lived).max(0);
                }
            }
            _ => add((deployed.from, deployed.to), 1),
        }
        weights
    }
}

impl Meters {
    /// What each reading counted in each span of time.
    fn shapes(&self) -> Vec<Vec<Usage>> {
        let all = self.running.iter().flat_map(|m| Pool::ALL.into_iter().map(move |p| (m, p)));
        let read = all.filter(|(m, pool)| m.totals[pool.index()] * m.weight != 0);
        let shape = |(m, pool): (&Running, Pool)| {
            m.over_time.iter().map(|t| Usage(t[pool.index()] * m.weight)).collect()
        };
        read.map(shape).collect()
    }
}

impl Running {
    /// Adds an amount to the spans of time it falls in.
    fn note(&mut self, bins: Bins, pool: Pool, span: (SimTime, SimTime), amount: i128) {
        let over_time = &mut self.over_time;
        bins.spread(span, amount, |i, part| over_time[i][pool.index()] += part);
    }

    /// Sets what is counted in each span of time.
    fn shape(&mut self, pool: Pool, shape: &[i128]) {
        for (total, amount) in self.over_time.iter_mut().zip(shape) {
            total[pool.index()] = *amount;
        }
    }

    fn counts(&self, pool: Pool) -> bool {
        self.meter.pools.is_empty() || self.meter.pools.contains(&pool)
    }

    fn add(&mut self, pool: Pool, amount: i128) {
        if self.counts(pool) {
            self.totals[pool.index()] += amount;
        }
    }

    /// Adds time from `span`, rounded.
    fn add_time(&mut self, pool: Pool, span: (SimTime, SimTime), bins: Option<Bins>) {
        let time = i128::from(rounded(&self.meter, span.1.since(span.0)).0);
        self.add(pool, time);
        if let Some(bins) = bins.filter(|_| self.counts(pool)) {
            self.note(bins, pool, span, time);
        }
    }
}

/// Σ over units of their enabled spans, each span rounded. A unit is enabled while the configured
/// number is at least its rank.
fn provisioned_time(deployed: &Deployed, meter: &Meter) -> i128 {
    let spans = deployed.provisioned.spans(deployed.from, deployed.to);
    let mut levels: Vec<u32> = spans.iter().map(|s| s.2).collect();
    levels.push(0);
    levels.sort_unstable();
    levels.dedup();
    let mut total = 0;
    for pair in levels.windows(2) {
        let units = i128::from(pair[1] - pair[0]);
        let mut enabled: Option<SimTime> = None;
        let mut close = |enabled: &mut Option<SimTime>, at: SimTime| {
            if let Some(since) = enabled.take() {
                total += units * i128::from(rounded(meter, at.since(since)).0);
            }
        };
        for (start, _, value) in &spans {
            if *value >= pair[1] {
                enabled.get_or_insert(*start);
            } else {
                close(&mut enabled, *start);
            }
        }
        close(&mut enabled, deployed.to);
    }
    total
}

fn pool(provisioned: bool, configured: bool) -> Pool {
    match (provisioned, configured) {
        (true, _) => Pool::Provisioned,
        (false, true) => Pool::Spillover,
        (false, false) => Pool::OnDemand,
    }
}

impl Observer for Meters {
    fn served(&mut self, request: &Request, placement: &Placement) {
        self.count(request, placement, 1);
    }

    fn active(&mut self, span: &Active) {
        let bins = self.over_time.as_ref().map(|o| o.bins);
        let pool = pool(span.provisioned, span.pool_configured);
        for m in self.running.iter_mut().filter(|m| m.meter.clock == Clock::InstanceActive) {
            if !m.counts(pool) {
                continue;
            }
            let from = if m.meter.startup { span.dispatched } else { span.serving };
            let Some(tick) = m.meter.prepaid_carry else {
                m.add_time(pool, (from, span.end), bins);
                continue;
            };
            let (minimum, step) = (m.meter.minimum, m.meter.round_up);
            let clocks = &mut m.prepaid[usize::from(span.provisioned)];
            let slot = span.instance as usize;
            if clocks.len() <= slot {
                clocks.resize(slot + 1, None);
            }
            let clock = clocks[slot].get_or_insert(Prepaid::new(span.started));
            let billed = clock.bill((from, span.end), tick, minimum, step);
            m.add(pool, i128::from(billed.0));
            if let Some(bins) = bins {
                m.note(bins, pool, (from, span.end), i128::from(billed.0));
            }
        }
    }

    fn stopped(&mut self, life: &Life) {
        let pool = if life.provisioned { Pool::Provisioned } else { Pool::OnDemand };
        let shutdown = self.deployed.shutdown;
        let lived = life.stopped.since(life.started);
        self.lifetime += i128::from(lived.0);
        let (started, stopped) = (life.started, life.stopped);
        let bins = self.over_time.as_mut().map(|o| {
            let add = |i: usize, part| o.lifetime[i] += part;
            o.bins.spread((started, stopped), i128::from(lived.0), add);
            o.bins
        });
        for m in &mut self.running {
            match m.meter.clock {
                Clock::InstanceLifetime => m.add_time(pool, (started, stopped + shutdown), bins),
                Clock::InstanceActive => {
                    if m.meter.shutdown && shutdown > SimDuration::ZERO {
                        m.add_time(pool, (stopped, stopped + shutdown), bins);
                    }
                    if m.meter.prepaid_carry.is_some() {
                        let slot = life.instance as usize;
                        if let Some(c) = m.prepaid[usize::from(life.provisioned)].get_mut(slot) {
                            *c = None;
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn warm_idle(&mut self, below_floor: i128, at_floor: i128) {
        for m in &mut self.running {
            match m.meter.clock {
                Clock::WarmIdle => m.add(Pool::OnDemand, below_floor),
                Clock::IdleAtMinimum => m.add(Pool::OnDemand, at_floor),
                Clock::LifetimeLessIdle => m.add(Pool::OnDemand, self.lifetime - at_floor),
                _ => {}
            }
            let Some(o) = self.over_time.as_ref().filter(|_| m.counts(Pool::OnDemand)) else {
                continue;
            };
            let each = o.lifetime.iter().zip(&o.floor);
            for (total, (lived, [below, idle])) in m.over_time.iter_mut().zip(each) {
                total[Pool::OnDemand.index()] += match m.meter.clock {
                    Clock::WarmIdle => *below,
                    Clock::IdleAtMinimum => *idle,
                    Clock::LifetimeLessIdle => lived - idle,
                    _ => 0,
                };
            }
        }
    }

    fn at_floor(&mut self, span: (SimTime, SimTime), below: u32, idle: u32) {
        let Some(o) = &mut self.over_time else { return };
        let time = i128::from(span.1.since(span.0).0);
        for (slot, instances) in [below, idle].into_iter().enumerate() {
            let floor = &mut o.floor;
            let amount = i128::from(instances) * time;
            o.bins.spread(span, amount, |i, part| floor[i][slot] += part);
        }
    }
}
