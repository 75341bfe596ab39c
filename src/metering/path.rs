//! A path: its meters see every request, and its limits count what it would not carry.

use super::Meters;
use super::traffic::{open, sent};
use crate::pricing::Direction;
use crate::replay::Placement;
use crate::units::{Bins, SimDuration};
use crate::workload::Request;

/// Counts the streams that break the limits of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathLimits {
    /// Longest stream it carries.
    pub timeout: SimDuration,
    /// Largest answer it carries, in bytes.
    pub response: u64,
    /// Streams that are longer.
    pub too_long: u64,
    /// Answers that are larger.
    pub too_large: u64,
}

impl PathLimits {
    /// Counts from zero.
    #[must_use]
    pub const fn new(timeout: SimDuration, response: u64) -> Self {
        Self { timeout, response, too_long: 0, too_large: 0 }
    }
}

/// Everything counted on one path.
#[derive(Clone, Debug)]
pub struct PathMeters {
    /// Its meters.
    pub meters: Meters,
    /// Its limits.
    pub limits: PathLimits,
}

impl PathMeters {
    /// The same, that also tells what its meters count in each span of time.
    #[must_use]
    pub fn by(self, bins: Bins) -> Self {
        Self { meters: self.meters.by(bins), ..self }
    }

    /// Whether it counts like another.
    #[must_use]
    pub fn counts_like(&self, other: &Self) -> bool {
        self.meters.counts_like(&other.meters) && self.limits == other.limits
    }

    /// A copy that has counted nothing, for some of the requests.
    #[must_use]
    pub fn part(&self) -> Self {
        let limits = PathLimits::new(self.limits.timeout, self.limits.response);
        Self { meters: self.meters.part(), limits }
    }

    /// Adds what a part has counted.
    pub fn merge(&mut self, part: &Self) {
        self.meters.merge(&part.meters);
        let (limits, more) = (&mut self.limits, part.limits);
        limits.too_long = limits.too_long.wrapping_add(more.too_long);
        limits.too_large = limits.too_large.wrapping_add(more.too_large);
    }

    /// Counts a request `times` times: 1, or -1 to take it back.
    pub fn count(&mut self, request: &Request, placement: &Placement, times: i128) {
        let bytes = sent(request, placement, Direction::Out).bytes;
        let length = open(request, placement);
        // Whose pool serves a request makes no difference here.
        let placement = &Placement { provisioned: false, pool_configured: false, ..*placement };
        self.meters.count(request, placement, times);
        let step = |n: u64, breaks: bool| match (breaks, times < 0) {
            (false, _) => n,
            (true, false) => n.wrapping_add(1),
            (true, true) => n.wrapping_sub(1),
        };
        let limits = &mut self.limits;
        limits.too_long = step(limits.too_long, length > limits.timeout);
        limits.too_large = step(limits.too_large, bytes > i128::from(limits.response));
    }
}
