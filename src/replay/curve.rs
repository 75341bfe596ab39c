//! What every keep-alive and every minimum of instances comes to, and the best there can be.

use crate::units::{SimDuration, SimTime};

/// Gaps longer than some keep-alives and not longer than the next.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Bin {
    count: u64,
    /// Σ in nanoseconds.
    sum: i128,
}

impl Bin {
    #[inline]
    pub(super) fn add(&mut self, gap: SimDuration) {
        self.count += 1;
        self.sum += i128::from(gap.0);
    }
}

/// The outcome of a [`Levels`](super::Levels) pass.
#[derive(Clone, Debug, Default)]
pub struct Curve {
    window: (SimTime, SimTime),
    clip: bool,
    timeouts: Vec<SimDuration>,
    minima: Vec<u32>,
    pub(super) requests: u64,
    pub(super) busy: Vec<SimDuration>,
    /// When the instance of each level became idle for the last time.
    pub(super) last: Vec<SimTime>,
    /// For each minimum and keep-alive: cold starts after longer gaps, idle time within gaps.
    gaps: Vec<Vec<(u64, i128)>>,
    clairvoyant: Option<Clairvoyant>,
}

/// What one keep-alive with one minimum of instances comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Requests that start an instance.
    pub cold_starts: u64,
    /// Σ of idle times of all instances, in nanoseconds.
    pub idle_time: i128,
    /// Of those, of the instances beyond the minimum.
    pub idle_beyond: i128,
    /// Σ of busy times of the instances beyond the minimum, in nanoseconds.
    pub busy_beyond: i128,
}

impl Curve {
    pub(super) fn new(
        window: (SimTime, SimTime),
        clip: bool,
        timeouts: Vec<SimDuration>,
        minima: Vec<u32>,
    ) -> Self {
        Self { window, clip, timeouts, minima, ..Self::default() }
    }

    /// Sums the gaps of each minimum (levels from it on) and keep-alive (gaps longer, or not).
    pub(super) fn set_gaps(&mut self, bins: &[Vec<Bin>], gaps: Option<Vec<SimDuration>>) {
        let levels_from = |minimum: usize| {
            let mut total = vec![Bin::default(); self.timeouts.len() + 1];
            for bin in bins.iter().skip(minimum + 1).flat_map(|bins| bins.iter().enumerate()) {
                total[bin.0].count += bin.1.count;
                total[bin.0].sum += bin.1.sum;
            }
            total
        };
        let by_timeout = |bins: Vec<Bin>| {
            let mut longer: u64 = bins.iter().map(|bin| bin.count).sum();
            let mut shorter = 0;
            let each = self.timeouts.iter().zip(&bins).map(|(timeout, bin)| {
                longer -= bin.count;
                shorter += bin.sum;
                (longer, shorter + i128::from(longer) * i128::from(timeout.0))
            });
            each.collect()
        };
        self.gaps = (0..self.minima.len()).map(|m| by_timeout(levels_from(m))).collect();
        self.clairvoyant = gaps.map(|gaps| Clairvoyant::new(gaps, self.busy.len() as u64));
    }

    /// The keep-alives, ascending.
    #[must_use]
    pub fn timeouts(&self) -> &[SimDuration] {
        &self.timeouts
    }

    /// The minima of instances, ascending.
    #[must_use]
    pub fn minima(&self) -> &[u32] {
        &self.minima
    }

    /// Requests seen.
    #[must_use]
    pub const fn requests(&self) -> u64 {
        self.requests
    }

    /// For each `k`, how long more than `k` requests were in flight; as long as the most at once.
    #[must_use]
    pub fn busy(&self) -> &[SimDuration] {
        &self.busy
    }

    /// Σ of busy times in nanoseconds: the same for every keep-alive and minimum.
    #[must_use]
    pub fn busy_time(&self) -> i128 {
        sum(&self.busy)
    }

    /// ∫ ⌈in flight ÷ `concurrency`⌉ dt in nanoseconds: no way to give requests to instances that serve
    /// so many at once keeps them busy for less.
    #[must_use]
    pub fn least_active_time(&self, concurrency: u32) -> i128 {
        let step = usize::try_from(concurrency.max(1)).unwrap_or(usize::MAX);
        self.busy.iter().step_by(step).map(|busy| i128::from(busy.0)).sum()
    }

    /// The best that knowing the future allows, if gaps were kept.
    #[must_use]
    pub const fn clairvoyant(&self) -> Option<&Clairvoyant> {
        self.clairvoyant.as_ref()
    }

    /// What the keep-alive and the minimum of these indices come to; none out of range.
    #[must_use]
    pub fn point(&self, timeout: usize, minimum: usize) -> Option<Point> {
        let &(cold, idle_in_gaps) = self.gaps.get(minimum)?.get(timeout)?;
        let timeout = *self.timeouts.get(timeout)?;
        let all = *self.minima.get(minimum)? as usize;
        let kept = all.min(self.busy.len());
        let (from, to) = self.window;
        let tail = |since: &SimTime| i128::from(self.stops(timeout, *since).since(*since).0);
        let idle_beyond = idle_in_gaps + self.last[kept..].iter().map(tail).sum::<i128>();
        let life = |since: &SimTime| i128::from(self.stops(timeout, *since).max(to).since(from).0);
        let lives = self.last[..kept].iter().map(life).sum::<i128>();
        let unused = (all - kept) as i128 * life(&from);
        Some(Point {
            cold_starts: cold + (self.busy.len() - kept) as u64,
            idle_time: idle_beyond + lives + unused - sum(&self.busy[..kept]),
            idle_beyond,
            busy_beyond: sum(&self.busy[kept..]),
        })
    }

    /// When an instance stops that is idle from then on.
    fn stops(&self, timeout: SimDuration, since: SimTime) -> SimTime {
        let clip = self.clip || timeout == SimDuration::MAX;
        (since + timeout).min(if clip { since.max(self.window.1) } else { SimTime::MAX })
    }
}

fn sum(times: &[SimDuration]) -> i128 {
    times.iter().map(|time| i128::from(time.0)).sum()
}

/// The best any policy can do that knows all arrivals: which gaps to bridge and which to end in a cold
/// start. Reusing the instance that became idle last is optimal whatever the prices, so the choice is
/// one for each gap alone.
#[derive(Clone, Debug)]
pub struct Clairvoyant {
    /// Ascending.
    gaps: Vec<SimDuration>,
    first_starts: u64,
}

impl Clairvoyant {
    fn new(mut gaps: Vec<SimDuration>, first_starts: u64) -> Self {
        gaps.sort_unstable();
        Self { gaps, first_starts }
    }

    /// The gaps, ascending.
    #[must_use]
    pub fn gaps(&self) -> &[SimDuration] {
        &self.gaps
    }

    /// Cold starts no policy avoids: as many as requests in flight at once.
    #[must_use]
    pub const fn unavoidable_starts(&self) -> u64 {
        self.first_starts
    }

    /// The least total of cold starts at `start` each and idle time at `idle` a nanosecond; prices are
    /// in whatever unit the result is to be.
    #[must_use]
    pub fn least_cost(&self, start: i128, idle: i128) -> i128 {
        let bridged = self.gaps.partition_point(|gap| i128::from(gap.0) * idle <= start);
        let starts = i128::from(self.first_starts) + (self.gaps.len() - bridged) as i128;
        sum(&self.gaps[..bridged]) * idle + starts * start
    }

    /// The Pareto frontier: for each number of cold starts from the unavoidable ones up, the least idle
    /// time in nanoseconds of any policy with at most so many.
    pub fn frontier(&self) -> impl Iterator<Item = (u64, i128)> + '_ {
        let mut idle = sum(&self.gaps);
        let shorter = self.gaps.iter().rev().map(move |gap| {
            idle -= i128::from(gap.0);
            idle
        });
        (self.first_starts..).zip(std::iter::once(sum(&self.gaps)).chain(shorter))
    }
}
