//! Everything that is counted of a replay on one deployment.

use super::hours::Calendar;
use crate::billing::Hours;
use crate::metering::{Meters, PathMeters, TokenMeter};
use crate::replay::{
    Active, Activity, Behavior, Block, Facts, Life, Observer, Placement, Rejection, Summary,
};
use crate::units::{Bins, SimTime};
use crate::workload::Request;

/// Everything that is counted of one deployment.
#[derive(Clone, Debug)]
pub(super) struct Counters {
    pub(super) facts: Facts,
    pub(super) meters: Meters,
    pub(super) tokens: TokenMeter,
    pub(super) paths: Vec<PathMeters>,
    pub(super) behavior: Behavior,
    /// Requests are counted in parts, as if nothing disturbed them; the replay corrects the others.
    pub(super) in_parts: bool,
    /// What happens over time, if asked for.
    pub(super) activity: Option<Box<Activity>>,
    /// Meters tell hours apart.
    pub(super) by_hour: bool,
    /// The same by the hour, where meters tell other spans of time apart.
    pub(super) hourly: Option<Box<Self>>,
    /// Requests that went on to another platform; nothing else is counted of them here.
    pub(super) passed_on: u64,
}

impl Counters {
    pub(super) fn new(
        behavior: Behavior,
        meters: Meters,
        tokens: TokenMeter,
        paths: Vec<PathMeters>,
    ) -> Self {
        let pool = behavior.provisioned.max() > 0;
        let ordered = meters.ordered() || paths.iter().any(|p| p.meters.ordered());
        let facts = Facts::default();
        let in_parts = !pool && !ordered;
        Self {
            facts,
            meters,
            tokens,
            paths,
            behavior,
            in_parts,
            activity: None,
            by_hour: false,
            hourly: None,
            passed_on: 0,
        }
    }

    /// The same, that also tells spans of time apart: requests are counted as they are served.
    pub(super) fn by(self, bins: Bins) -> Self {
        Self {
            meters: self.meters.by(bins),
            tokens: self.tokens.by(bins),
            paths: self.paths.into_iter().map(|path| path.by(bins)).collect(),
            in_parts: false,
            activity: Some(Box::new(Activity::new(bins))),
            ..self
        }
    }

    /// The same, whose meters also tell these hours apart.
    pub(super) fn by_hours(mut self, hours: Bins) -> Self {
        if self.activity.is_some() {
            let hourly = Self { activity: None, ..self.clone() };
            self.hourly = Some(Box::new(hourly.by_hours(hours)));
            return self;
        }
        Self {
            meters: self.meters.by(hours),
            paths: self.paths.into_iter().map(|path| path.by(hours)).collect(),
            by_hour: true,
            ..self
        }
    }

    /// What it has counted in each hour of the period, on its deployment, then on its paths.
    pub(super) fn read_hours(self, calendar: &Calendar) -> Vec<Vec<Hours>> {
        let meters = std::iter::once(self.meters).chain(self.paths.into_iter().map(|p| p.meters));
        meters.map(|meters| calendar.of(&meters.read())).collect()
    }

    /// Whether requests are counted in parts.
    #[cfg(test)]
    pub(super) const fn counts_in_parts(&self) -> bool {
        self.in_parts
    }

    /// Counts every request when the replay tells of it.
    pub(super) const fn count_one_by_one(&mut self) {
        self.in_parts = false;
    }

    /// Whether it counts what another counts, of the same requests.
    pub(super) fn counts_like(&self, other: &Self) -> bool {
        // Whoever tells spans of time apart is left alone.
        self.activity.is_none()
            && other.activity.is_none()
            && self.by_hour == other.by_hour
            && self.in_parts == other.in_parts
            && self.behavior == other.behavior
            && self.meters.counts_like(&other.meters)
            && self.tokens.counts_like(&other.tokens)
            && self.paths.len() == other.paths.len()
            && self.paths.iter().zip(&other.paths).all(|(a, b)| a.counts_like(b))
    }

    /// A copy that has counted nothing.
    pub(super) fn part(&self) -> Self {
        Self {
            facts: Facts::default(),
            meters: self.meters.part(),
            tokens: self.tokens.part(),
            paths: self.paths.iter().map(PathMeters::part).collect(),
            behavior: self.behavior.clone(),
            in_parts: self.in_parts,
            activity: None,
            by_hour: self.by_hour,
            hourly: None,
            passed_on: 0,
        }
    }

    /// Whether no request of the block is cut here, undisturbed as they are.
    pub(super) fn cuts_none(&self, block: &Block) -> bool {
        block.longest() <= self.behavior.timeout && !block.has_leavers()
    }

    pub(super) fn merge(&mut self, part: &Self) {
        self.facts.merge(&part.facts);
        self.meters.merge(&part.meters);
        self.tokens.merge(&part.tokens);
        for (path, part) in self.paths.iter_mut().zip(&part.paths) {
            path.merge(part);
        }
    }

    #[inline]
    pub(super) fn count(&mut self, request: &Request, placement: &Placement, times: i64) {
        let each = i128::from(times);
        self.facts.count(request, placement, times);
        self.tokens.count(request, placement, each);
        self.meter(request, placement, each);
    }

    #[inline]
    pub(super) fn meter(&mut self, request: &Request, placement: &Placement, each: i128) {
        self.meters.count(request, placement, each);
        for path in &mut self.paths {
            path.count(request, placement, each);
        }
    }

    /// What paths see of requests that went on to another platform they saw all the same.
    pub(super) fn see_on_the_way(&mut self, others: &Self) {
        for (path, other) in self.paths.iter_mut().zip(&others.paths) {
            path.merge(other);
        }
        if let (Some(own), Some(other)) = (&mut self.hourly, &others.hourly) {
            own.see_on_the_way(other);
        }
    }

    /// A request goes on to another platform.
    pub(super) fn pass_on(&mut self, request: &Request) {
        self.take_back(request);
        self.passed_on += 1;
        if let Some(hourly) = &mut self.hourly {
            hourly.pass_on(request);
        }
    }

    /// Takes back what the tally has counted.
    fn take_back(&mut self, request: &Request) {
        if self.in_parts {
            self.count(request, &Placement::undisturbed(&self.behavior, request), -1);
        }
    }
}

impl Observer for Counters {
    #[inline]
    fn served(&mut self, request: &Request, placement: &Placement) {
        if self.in_parts && placement.is_undisturbed(request) {
            return;
        }
        if let Some(hourly) = &mut self.hourly {
            hourly.served(request, placement);
        }
        self.take_back(request);
        self.count(request, placement, 1);
        if let Some(activity) = &mut self.activity {
            activity.served(request, placement);
        }
    }
    fn rejected(&mut self, request: &Request, why: Rejection) {
        if let Some(activity) = &mut self.activity {
            activity.rejected(request, why);
        }
        if let Some(hourly) = &mut self.hourly {
            hourly.rejected(request, why);
        }
        self.take_back(request);
        self.facts.rejected(request, why);
    }
    fn active(&mut self, span: &Active) {
        self.meters.active(span);
        if let Some(hourly) = &mut self.hourly {
            hourly.active(span);
        }
    }
    fn stopped(&mut self, life: &Life) {
        self.meters.stopped(life);
        if let Some(hourly) = &mut self.hourly {
            hourly.stopped(life);
        }
        if let Some(activity) = &mut self.activity {
            activity.stopped(life);
        }
    }
    fn at_floor(&mut self, span: (SimTime, SimTime), below: u32, idle: u32) {
        self.meters.at_floor(span, below, idle);
        if let Some(hourly) = &mut self.hourly {
            hourly.at_floor(span, below, idle);
        }
    }
    fn warm_idle(&mut self, below_floor: i128, at_floor: i128) {
        self.meters.warm_idle(below_floor, at_floor);
        if let Some(hourly) = &mut self.hourly {
            hourly.warm_idle(below_floor, at_floor);
        }
    }
    fn summary(&mut self, summary: &Summary) {
        self.facts.summary(summary);
    }
    fn needs_instances(&self) -> bool {
        self.meters.needs_instances() || self.activity.is_some()
    }
}
