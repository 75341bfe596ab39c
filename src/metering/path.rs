//! A path: its meters see every request, and its limits count what it would not carry.

use super::Meters;
use super::traffic::sent;
use crate::pricing::Direction;
use crate::replay::{Observer, Placement};
use crate::units::SimDuration;
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

/// A path has no instances, so requests are all it sees.
impl Observer for Vec<PathMeters> {
    fn served(&mut self, request: &Request, placement: &Placement) {
        if self.is_empty() {
            return;
        }
        let bytes = sent(request, placement, Direction::Out).bytes;
        let length = placement.end.since(request.arrival);
        // Whose pool serves a request makes no difference here.
        let placement = &Placement { provisioned: false, pool_configured: false, ..*placement };
        for path in self {
            path.meters.served(request, placement);
            path.limits.too_long += u64::from(length > path.limits.timeout);
            path.limits.too_large += u64::from(bytes > i128::from(path.limits.response));
        }
    }
}
