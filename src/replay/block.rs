//! Requests in portions, prepared so that several replays can share the work.

use super::{Behavior, Disconnect};
use crate::units::{SimDuration, SimTime};
use crate::workload::Request;

/// Most requests of a block: an index takes 16 bits of a departure.
pub const BLOCK: usize = 1 << 16;

/// Consecutive requests, sorted by arrival, with the order in which they end when nothing delays or
/// cuts them.
#[derive(Clone, Debug, Default)]
pub struct Block {
    requests: Vec<Request>,
    ends: Vec<u64>,
    longest: SimDuration,
    leavers: bool,
}

/// A departure as one number: how long after the block's first arrival, then the index.
#[inline]
fn pack(base: SimTime, index: usize, request: &Request, length: SimDuration) -> u64 {
    let offset = request.arrival.since(base).0.saturating_add(length.0);
    let offset = u64::try_from(offset).unwrap_or(0).min(u64::MAX >> 16);
    offset << 16 | index as u64
}

impl Block {
    /// At most [`BLOCK`] requests, sorted by arrival.
    ///
    /// # Panics
    /// With more requests than that.
    #[must_use]
    pub fn new(requests: Vec<Request>) -> Self {
        assert!(requests.len() <= BLOCK, "a block has at most {BLOCK} requests");
        let (mut longest, mut leavers) = (SimDuration::ZERO, false);
        let base = requests.first().map_or(SimTime(0), |r| r.arrival);
        let seen = requests.iter().enumerate().map(|(index, r)| {
            longest = longest.max(r.duration);
            leavers |= r.disconnect_after.is_some();
            pack(base, index, r, r.duration)
        });
        let mut ends: Vec<u64> = seen.collect();
        ends.sort_unstable();
        Self { requests, ends, longest, leavers }
    }

    /// The requests.
    #[must_use]
    pub fn requests(&self) -> &[Request] {
        &self.requests
    }

    /// The longest duration.
    #[must_use]
    pub const fn longest(&self) -> SimDuration {
        self.longest
    }

    /// Whether some client leaves before its answer is complete.
    #[must_use]
    pub const fn has_leavers(&self) -> bool {
        self.leavers
    }

    /// The undisturbed departures in order of time, then of arrival; see [`Block::departure`].
    #[must_use]
    pub fn ends(&self) -> &[u64] {
        &self.ends
    }

    /// The departures in order when requests take `length`.
    #[must_use]
    pub fn departures(&self, length: impl Fn(&Request) -> SimDuration) -> Vec<u64> {
        let base = self.base();
        let pack = |(index, r): (usize, &Request)| pack(base, index, r, length(r));
        let mut ends: Vec<u64> = self.requests.iter().enumerate().map(pack).collect();
        ends.sort_unstable();
        ends
    }

    /// The departures in order on a platform that cuts requests of this block short, if it does.
    pub(super) fn own_departures(&self, behavior: &Behavior) -> Option<Vec<u64>> {
        let stops = self.leavers && behavior.on_disconnect == Disconnect::Stops;
        (stops || self.longest > behavior.timeout)
            .then(|| self.departures(|request| behavior.course(request).0))
    }

    /// When a departure is due, if that is within three days of the block's first arrival, and the index
    /// of its request.
    #[must_use]
    pub fn departure(&self, packed: u64) -> (Option<SimTime>, usize) {
        let (offset, index) = (packed >> 16, packed & 0xffff);
        let near = (offset < u64::MAX >> 16).then(|| i64::try_from(offset).ok()).flatten();
        let at = near.map(|offset| self.base() + SimDuration(offset));
        (at, usize::try_from(index).unwrap_or(usize::MAX))
    }

    fn base(&self) -> SimTime {
        self.requests.first().map_or(SimTime(0), |r| r.arrival)
    }
}
