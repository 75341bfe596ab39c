//! What the engine tells.

use super::Behavior;
use crate::units::{SimDuration, SimTime};
use crate::workload::Request;

/// How a served request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered to its end.
    Completed,
    /// Cut by the platform's timeout.
    TimedOut,
    /// Its client left and the function stopped with it.
    Stopped,
    /// Its client left and the function ran on.
    Abandoned,
}

/// Where and when a request was served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Slot of the instance; reused after the instance stops.
    pub instance: u32,
    /// Served by the provisioned pool.
    pub provisioned: bool,
    /// Provisioned capacity was configured when the request was dispatched.
    pub pool_configured: bool,
    /// The request started this instance.
    pub cold: bool,
    /// Time it waited for an instance to start.
    pub startup_wait: SimDuration,
    /// Start of its service.
    pub start: SimTime,
    /// End of its service.
    pub end: SimTime,
    /// How it ended.
    pub outcome: Outcome,
}

impl Placement {
    /// A request served at its arrival by a warm instance on demand, with no pool configured.
    #[must_use]
    pub fn undisturbed(behavior: &Behavior, request: &Request) -> Self {
        let (length, outcome) = behavior.course(request);
        Self {
            instance: 0,
            provisioned: false,
            pool_configured: false,
            cold: false,
            startup_wait: SimDuration::ZERO,
            start: request.arrival,
            end: request.arrival + length,
            outcome,
        }
    }

    /// Whether it is the [undisturbed](Placement::undisturbed) one but for the instance.
    #[must_use]
    #[inline]
    pub fn is_undisturbed(&self, request: &Request) -> bool {
        let special = self.cold | self.provisioned | self.pool_configured;
        !special && self.start == request.arrival
    }
}

/// Why a request was not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rejection {
    /// No instance was free and no more may run.
    AtLimit,
    /// It waited too long.
    QueueTimeout,
}

/// A maximal span with at least one request in flight on one instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Active {
    /// Slot of the instance.
    pub instance: u32,
    /// Of the provisioned pool.
    pub provisioned: bool,
    /// Provisioned capacity was configured when the span began.
    pub pool_configured: bool,
    /// When the instance was started.
    pub started: SimTime,
    /// First dispatch, cold start included.
    pub dispatched: SimTime,
    /// First service.
    pub serving: SimTime,
    /// Last end.
    pub end: SimTime,
}

/// An instance's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    /// Slot of the instance.
    pub instance: u32,
    /// Of the provisioned pool.
    pub provisioned: bool,
    /// When it was started.
    pub started: SimTime,
    /// When it stopped.
    pub stopped: SimTime,
}

/// What a whole replay adds up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Instances started, for whatever reason.
    pub instances_started: u64,
    /// Most requests in flight at once.
    pub peak_in_flight: u32,
    /// Most instances at once.
    pub peak_instances: u32,
    /// ∫ requests in flight dt in request-nanoseconds, waiting for a cold start included.
    pub in_flight_time: i128,
    /// Σ of instance lives in nanoseconds.
    pub instance_time: i128,
}

/// Receives what happens, in time order of the events that reveal it.
pub trait Observer {
    /// A request was dispatched; its whole course is known.
    fn served(&mut self, request: &Request, placement: &Placement) {
        let _ = (request, placement);
    }
    /// A request was turned away.
    fn rejected(&mut self, request: &Request, why: Rejection) {
        let _ = (request, why);
    }
    /// An instance was started; `requested` when a request could not wait for another.
    fn started(&mut self, instance: u32, at: SimTime, requested: bool) {
        let _ = (instance, at, requested);
    }
    /// An instance became idle after an active span.
    fn active(&mut self, span: &Active) {
        let _ = span;
    }
    /// An instance stopped.
    fn stopped(&mut self, life: &Life) {
        let _ = life;
    }
    /// At the end, in instance-nanoseconds: ∫ max(0, floor − active instances) dt, and the idle time of
    /// instances while no more of them than the floor were running.
    fn warm_idle(&mut self, below_floor: i128, at_floor: i128) {
        let _ = (below_floor, at_floor);
    }
    /// While nothing changed from `since` to `until`: instances missing from the floor, and instances idle
    /// while no more of them than the floor were running. Told only while there is a floor.
    fn at_floor(&mut self, (since, until): (SimTime, SimTime), below: u32, idle: u32) {
        let _ = (since, until, below, idle);
    }
    /// At the end: what the replay adds up to.
    fn summary(&mut self, summary: &Summary) {
        let _ = summary;
    }
    /// Whether it must be told of instances one by one: of starts, active spans and stops, and which
    /// instance served a request. An observer that does not care allows a faster replay, which tells of
    /// requests and the summary alone.
    fn needs_instances(&self) -> bool {
        true
    }
}

impl<A: Observer, B: Observer> Observer for (A, B) {
    fn served(&mut self, request: &Request, placement: &Placement) {
        self.0.served(request, placement);
        self.1.served(request, placement);
    }
    fn rejected(&mut self, request: &Request, why: Rejection) {
        self.0.rejected(request, why);
        self.1.rejected(request, why);
    }
    fn started(&mut self, instance: u32, at: SimTime, requested: bool) {
        self.0.started(instance, at, requested);
        self.1.started(instance, at, requested);
    }
    fn active(&mut self, span: &Active) {
        self.0.active(span);
        self.1.active(span);
    }
    fn stopped(&mut self, life: &Life) {
        self.0.stopped(life);
        self.1.stopped(life);
    }
    fn warm_idle(&mut self, below_floor: i128, at_floor: i128) {
        self.0.warm_idle(below_floor, at_floor);
        self.1.warm_idle(below_floor, at_floor);
    }
    fn at_floor(&mut self, span: (SimTime, SimTime), below: u32, idle: u32) {
        self.0.at_floor(span, below, idle);
        self.1.at_floor(span, below, idle);
    }
    fn summary(&mut self, summary: &Summary) {
        self.0.summary(summary);
        self.1.summary(summary);
    }
    fn needs_instances(&self) -> bool {
        self.0.needs_instances() || self.1.needs_instances()
    }
}

impl<O: Observer> Observer for &mut O {
    fn served(&mut self, request: &Request, placement: &Placement) {
        (**self).served(request, placement);
    }
    fn rejected(&mut self, request: &Request, why: Rejection) {
        (**self).rejected(request, why);
    }
    fn started(&mut self, instance: u32, at: SimTime, requested: bool) {
        (**self).started(instance, at, requested);
    }
    fn active(&mut self, span: &Active) {
        (**self).active(span);
    }
    fn stopped(&mut self, life: &Life) {
        (**self).stopped(life);
    }
    fn warm_idle(&mut self, below_floor: i128, at_floor: i128) {
        (**self).warm_idle(below_floor, at_floor);
    }
    fn at_floor(&mut self, span: (SimTime, SimTime), below: u32, idle: u32) {
        (**self).at_floor(span, below, idle);
    }
    fn summary(&mut self, summary: &Summary) {
        (**self).summary(summary);
    }
    fn needs_instances(&self) -> bool {
        (**self).needs_instances()
    }
}
