//! Every keep-alive and every minimum of instances in one pass, for one request per instance.
//!
//! With one request per instance and the most recently used first, requests in flight are all that
//! matters: the instance of level `k` is busy while more than `k` requests are in flight, and idle in the
//! gaps between. Idle time and cold starts of *any* keep-alive follow from those gaps alone: a gap longer
//! than the keep-alive ends in a cold start, a shorter one is spent idle. A minimum of `n` instances keeps
//! the levels below `n`. So one pass that sorts gaps into bins answers for all of them at once, exactly.
//!
//! That holds where how long requests take does not depend on where they run: a start-up time of zero, no
//! ceiling of instances, all arrivals within the window. With a start-up time it is an approximation
//! from below. A provisioned pool keeps what spilled over on demand until it ends, so
//! [`busy_beyond`](super::Point::busy_beyond) is only a lower bound of what runs on demand beside one.

use super::curve::{Bin, Curve};
use super::departures::{Departures, Limit};
use super::{Behavior, Block};
use crate::units::{SimDuration, SimTime};

/// The pass: fed block by block as a [`Replay`](super::Replay) is.
#[derive(Debug)]
pub struct Levels<'a> {
    behavior: &'a Behavior,
    departures: Departures,
    levels: Vec<Level>,
    in_flight: usize,
    cells: Cells,
    /// Gaps by minimum and keep-alive: see [`Bin`].
    bins: Vec<Vec<Bin>>,
    gaps: Option<Vec<SimDuration>>,
    curve: Curve,
}

/// What happens while more than so many requests are in flight.
#[derive(Clone, Copy, Debug)]
struct Level {
    /// The last time it became busy or idle.
    crossed: SimTime,
    busy: SimDuration,
    /// How many of the minima are at most this level.
    minima: usize,
}

impl<'a> Levels<'a> {
    /// Nothing yet, for these keep-alives and minima of instances. Of the platform, what it does to long
    /// and abandoned requests matters. `keep_gaps` takes 8 bytes a request, and tells the best there is.
    #[must_use]
    pub fn new(
        behavior: &'a Behavior,
        window: (SimTime, SimTime),
        clip: bool,
        mut timeouts: Vec<SimDuration>,
        mut minima: Vec<u32>,
        keep_gaps: bool,
    ) -> Self {
        timeouts.sort_unstable();
        timeouts.dedup();
        minima.sort_unstable();
        minima.dedup();
        Self {
            behavior,
            departures: Departures::new(),
            levels: Vec::new(),
            in_flight: 0,
            bins: vec![vec![Bin::default(); timeouts.len() + 1]; minima.len() + 1],
            cells: Cells::new(timeouts.clone()),
            gaps: keep_gaps.then(Vec::new),
            curve: Curve::new(window, clip, timeouts, minima),
        }
    }

    /// Adds the requests of a block; none may arrive before those added already.
    pub fn feed(&mut self, block: &Block) {
        let Some(first) = block.requests().first() else { return };
        self.departures.recall(first.arrival);
        self.depart(Limit::ALL, first.arrival);
        match block.own_departures(self.behavior) {
            Some(ends) => self.departures.begin(block, &ends),
            None => self.departures.begin(block, block.ends()),
        }
        for (index, request) in block.requests().iter().enumerate() {
            let now = request.arrival;
            self.depart(self.departures.before(request, index), now);
            self.departures.on_time(index, now + self.behavior.course(request).0, 0);
            self.arrive(now);
        }
        self.curve.requests += block.requests().len() as u64;
        self.departures.end();
    }

    /// What it all comes to.
    #[must_use]
    pub fn finish(mut self) -> Curve {
        self.departures.recall(SimTime::MAX);
        self.depart(Limit::ALL, SimTime::MAX);
        self.curve.busy = self.levels.iter().map(|level| level.busy).collect();
        self.curve.last = self.levels.iter().map(|level| level.crossed).collect();
        self.curve.set_gaps(&self.bins, self.gaps);
        self.curve
    }

    #[inline]
    fn arrive(&mut self, now: SimTime) {
        if let Some(level) = self.levels.get_mut(self.in_flight) {
            let gap = now.since(level.crossed);
            level.crossed = now;
            self.bins[level.minima][self.cells.bin(gap)].add(gap);
            if let Some(gaps) = &mut self.gaps {
                gaps.push(gap);
            }
        } else {
            let reached = |minimum: &u32| *minimum as usize <= self.in_flight;
            let minima = self.curve.minima().partition_point(reached);
            self.levels.push(Level { crossed: now, busy: SimDuration::ZERO, minima });
        }
        self.in_flight += 1;
    }

    #[inline]
    fn depart(&mut self, limit: Limit, until: SimTime) {
        while let Some((at, _)) = self.departures.pop(limit, until) {
            self.in_flight -= 1;
            let level = &mut self.levels[self.in_flight];
            level.busy += at.since(level.crossed);
            level.crossed = at;
        }
    }
}

/// Finds the bin of a gap: the number of keep-alives shorter than it.
///
/// A table over the leading bits of the gap leaves none or a few keep-alives to compare with.
#[derive(Debug)]
struct Cells {
    timeouts: Vec<SimDuration>,
    /// How many keep-alives are shorter than the first gap of each cell.
    shorter: Vec<usize>,
}

/// Each power of two is divided into this many cells, as a power of two.
const DIVISION: u32 = 6;

impl Cells {
    fn new(timeouts: Vec<SimDuration>) -> Self {
        let cells = cell(u64::MAX) + 2;
        let mut shorter = vec![timeouts.len(); cells];
        for (index, timeout) in timeouts.iter().enumerate().rev() {
            // Shorter than every gap of the cells after its own.
            let own = cell(u64::try_from(timeout.0).unwrap_or(0));
            shorter[..=own].fill(index);
        }
        Self { timeouts, shorter }
    }

    #[inline]
    fn bin(&self, gap: SimDuration) -> usize {
        let cell = cell(u64::try_from(gap.0).unwrap_or(0));
        let (from, to) = (self.shorter[cell], self.shorter[cell + 1]);
        if from == to {
            return from;
        }
        from + self.timeouts[from..to].partition_point(|timeout| *timeout < gap)
    }
}

/// The cell of a value; not decreasing.
#[inline]
fn cell(value: u64) -> usize {
    let high = value.max(1 << DIVISION).ilog2();
    let octave = (high - DIVISION) as usize;
    // Below the first octave, and within each, cells are equally wide.
    (octave << DIVISION) + usize::try_from(value >> (high - DIVISION)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_are_what_a_search_finds() {
        let timeouts: Vec<i64> = vec![0, 1, 2, 63, 64, 65, 1_000, 1_001, 1_040, 1 << 40, i64::MAX];
        let cells = Cells::new(timeouts.iter().map(|t| SimDuration(*t)).collect());
        let near = timeouts.iter().flat_map(|t| [t.saturating_sub(1), *t, t.saturating_add(1)]);
        for gap in near.chain((0..62).map(|bit| 1 << bit)).filter(|gap| *gap >= 0) {
            let expected = timeouts.partition_point(|t| *t < gap);
            assert_eq!(cells.bin(SimDuration(gap)), expected, "{gap}");
        }
    }
}
