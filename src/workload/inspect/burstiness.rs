//! How unevenly requests arrive.

use crate::units::SimDuration;
use std::fmt;

/// The windows in which arrivals are counted.
const WINDOWS: [SimDuration; 4] = [
    SimDuration::from_secs(1),
    SimDuration::from_secs(10),
    SimDuration::from_secs(60),
    SimDuration::from_hours(1),
];

/// Fewer windows say nothing about a variance.
const FEWEST_WINDOWS: u64 = 10;
/// Fewer arrivals in a mean window look independent whatever they are.
const FEWEST_ARRIVALS: f64 = 0.25;
/// Longer windows see the hours of a day rather than bursts.
const LONGEST_JUDGED: SimDuration = SimDuration::from_secs(60);
/// So many ticks of a coarse clock make a window in which they hardly show.
const TICKS: i64 = 10;
/// So many arrivals for each instant that has any are no chance: the clock of the trace is coarse.
const QUANTISED: u64 = 2;

/// How unevenly requests arrive.
#[derive(Clone, Debug, PartialEq)]
pub struct Burstiness {
    /// Coefficient of variation of the gaps between arrivals: 0 for even arrivals, 1 for
    /// independent ones, more for clusters.
    pub cv: f64,
    /// The counts in windows, shortest first; only windows of which the trace has at least ten.
    pub windows: Vec<Windowed>,
    /// Different arrival instants.
    pub instants: u64,
    /// Mean step between those instants.
    pub step: SimDuration,
    /// Whether many requests share an instant, so that the trace's clock is coarser than its
    /// traffic and short windows say little.
    pub quantised: bool,
}

/// Arrivals counted in consecutive windows.
#[derive(Clone, Debug, PartialEq)]
pub struct Windowed {
    /// The length of a window.
    pub length: SimDuration,
    /// How many windows there are.
    pub windows: u64,
    /// Mean arrivals in a window.
    pub mean: f64,
    /// The most arrivals in one.
    pub peak: u64,
    /// Index of dispersion: variance over mean, 1 for independent arrivals at a constant rate.
    pub dispersion: f64,
}

impl Windowed {
    /// The busiest window over the mean one.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    pub fn peak_to_mean(&self) -> f64 {
        self.peak as f64 / self.mean
    }
}

/// Burstiness in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// More even than independent clients.
    Regular,
    /// As independent clients.
    Poisson,
    /// In clusters.
    Bursty,
    /// In large clusters.
    VeryBursty,
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Regular => "regular",
            Self::Poisson => "Poisson-like",
            Self::Bursty => "bursty",
            Self::VeryBursty => "very bursty",
        })
    }
}

impl Reading {
    /// What that means.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Regular => "more even than independent clients",
            Self::Poisson => "as independent clients",
            Self::Bursty => "in clusters",
            Self::VeryBursty => "in large clusters",
        }
    }
}

impl Burstiness {
    /// Measures sorted arrivals; none if there are fewer than three or all at one instant.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    pub fn of(arrivals: &[i64]) -> Option<Self> {
        let (first, last) = (*arrivals.first()?, *arrivals.last()?);
        let span = last.abs_diff(first);
        if arrivals.len() < 3 || span == 0 {
            return None;
        }
        // Sums of whole numbers are exact, so the order of additions cannot show.
        let (mut squares, mut instants) = (0_u128, 1_u64);
        for (before, at) in arrivals.iter().zip(arrivals.iter().skip(1)) {
            let gap = u128::from(at.abs_diff(*before));
            squares = squares.saturating_add(gap * gap);
            instants += u64::from(gap > 0);
        }
        let (rows, gaps) = (arrivals.len() as u64, (arrivals.len() - 1) as f64);
        let square = gaps * (squares as f64 / (span as f64 * span as f64)) - 1.0;
        let step = i64::try_from(span / (instants - 1)).unwrap_or(i64::MAX);
        Some(Self {
            cv: square.max(0.0).sqrt(),
            windows: WINDOWS.iter().filter_map(|w| Windowed::of(arrivals, *w)).collect(),
            instants,
            step: SimDuration(step),
            quantised: rows >= QUANTISED.saturating_mul(instants),
        })
    }

    /// Burstiness in a word, if there is enough to say one: the index of dispersion in the shortest
    /// window with enough requests, and the square of the variation of the gaps, which is the index
    /// that they lead to. The smaller counts, because a rate that changes slowly makes either larger
    /// without any burst.
    #[must_use]
    pub fn reading(&self) -> Option<Reading> {
        // Gaps between ticks of a coarse clock are not gaps between requests.
        let shortest = if self.quantised { self.step.0.saturating_mul(TICKS) } else { 0 };
        let judged = |w: &&Windowed| {
            w.length <= LONGEST_JUDGED && w.length.0 >= shortest && w.mean >= FEWEST_ARRIVALS
        };
        let window = self.windows.iter().find(judged).map(|w| w.dispersion);
        let gaps = (!self.quantised).then_some(self.cv * self.cv);
        Some(match window.into_iter().chain(gaps).min_by(f64::total_cmp)? {
            index if index < 0.5 => Reading::Regular,
            index if index < 2.0 => Reading::Poisson,
            index if index < 10.0 => Reading::Bursty,
            _ => Reading::VeryBursty,
        })
    }
}

impl Windowed {
    /// Counts sorted arrivals in whole windows from the first arrival on.
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    fn of(arrivals: &[i64], length: SimDuration) -> Option<Self> {
        let (first, last) = (*arrivals.first()?, *arrivals.last()?);
        let width = length.0.unsigned_abs();
        let windows = last.abs_diff(first) / width;
        if windows < FEWEST_WINDOWS {
            return None;
        }
        let (mut sum, mut squares, mut peak) = (0_u64, 0_u128, 0_u64);
        let mut close = |count: u64| {
            sum += count;
            squares += u128::from(count) * u128::from(count);
            peak = peak.max(count);
        };
        let (mut end, mut count) = (width, 0);
        // The last arrival stands at or behind the end of the last whole window and closes it.
        for at in arrivals.iter().map(|at| at.abs_diff(first)) {
            if at >= end {
                close(std::mem::take(&mut count));
                let window = at / width;
                if window >= windows {
                    break;
                }
                end = (window + 1) * width;
            }
            count += 1;
        }
        let (n, mean) = (windows as f64, sum as f64 / windows as f64);
        let variance = (squares as f64 - sum as f64 * mean) / (n - 1.0);
        Some(Self { length, windows, mean, peak, dispersion: variance.max(0.0) / mean })
    }
}

#[cfg(test)]
#[path = "burstiness_tests.rs"]
mod tests;
