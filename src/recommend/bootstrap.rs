//! Sums of days like those that were seen: a bootstrap over whole days.
//!
//! Few days say little about others, so the days that were seen are resampled first, and the days to come
//! are drawn from the resample: a double bootstrap, weekends apart. Days depend on the ones before them,
//! which drawing them one by one does not show; the range is therefore widened as much as that of a
//! bill ([`widening`]). Where all days have one sign it is widened in proportion, so that sums have it too.

use crate::estimate::{day_means, widening};
use crate::workload::random::{Pcg64, purpose, stream};
use rand::Rng;

/// How many sums are drawn.
pub(super) const REPLICATES: usize = 10_000;

/// The range of a sum of days to come: with 80 % probability it lies between the two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sums {
    /// What the sum would be if all days were like the mean of their kind.
    pub(super) expected: f64,
    /// The 10th percentile.
    pub(super) p10: f64,
    /// The 90th percentile.
    pub(super) p90: f64,
    /// All days have one sign, so that sums are so many times the expected one, not so much more.
    pub(super) in_proportion: bool,
}

/// What the days to come are drawn from: days of one kind, and how many of them come.
struct Kind {
    seen: Vec<f64>,
    ahead: usize,
    resampled: Vec<f64>,
}

impl Kind {
    fn new(seen: Vec<f64>, ahead: usize) -> Self {
        Self { resampled: seen.clone(), seen, ahead }
    }

    /// The sum of so many days, drawn from days that are drawn themselves.
    fn draw(&mut self, rng: &mut Pcg64) -> f64 {
        for day in &mut self.resampled {
            *day = pick(&self.seen, rng);
        }
        (0..self.ahead).map(|_| pick(&self.resampled, rng)).sum()
    }
}

/// One of them, each as likely.
fn pick(days: &[f64], rng: &mut Pcg64) -> f64 {
    let at = (u128::from(rng.next_u64()) * days.len() as u128) >> 64;
    usize::try_from(at).ok().and_then(|at| days.get(at)).copied().unwrap_or(0.0)
}

/// The range of the sum of the next `ahead` days, from days in a row, of which some may be weekends.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "few days"
)]
pub(super) fn sums(
    days: &[f64],
    weekends: Option<&[bool]>,
    ahead: f64,
    (seed, replicates): (u64, usize),
) -> Sums {
    let whole = libm::round(ahead).max(1.0);
    // In less than a week there need not be a weekend.
    let weekends = weekends.filter(|_| whole >= 7.0);
    let of = |kind: bool| {
        let is = |i: usize| weekends.map_or(!kind, |w| w[i] == kind);
        days.iter().enumerate().filter(|(i, _)| is(*i)).map(|(_, d)| *d).collect::<Vec<_>>()
    };
    let (weekdays, weekend_days) = (of(false), of(true));
    let on_weekends = libm::round(whole * weekend_days.len() as f64 / days.len().max(1) as f64);
    let means = day_means(days, weekends);
    let drawn = (whole - on_weekends) * means[0] + on_weekends * means[1];
    let mut kinds = [
        Kind::new(weekdays, (whole - on_weekends) as usize),
        Kind::new(weekend_days, on_weekends as usize),
    ];
    let mut rng = stream(seed, 0, purpose::DAYS);
    let mut all: Vec<f64> = (0..replicates.max(1))
        .map(|_| kinds.iter_mut().map(|kind| kind.draw(&mut rng)).sum())
        .collect();
    let wider = widening(days, weekends, 0.9);
    let scale = ahead / whole;
    let in_proportion = drawn.abs() > 0.0 && days.iter().all(|day| day * drawn >= 0.0);
    let mut at = |rank: usize| {
        let (_, sum, _) = all.select_nth_unstable_by(rank, f64::total_cmp);
        let wide = if in_proportion {
            drawn * libm::pow(*sum / drawn, wider)
        } else {
            drawn + (*sum - drawn) * wider
        };
        wide * scale
    };
    let tenth = (replicates / 10).max(1) - 1;
    let last = replicates.max(1) - 1;
    Sums { expected: drawn * scale, p10: at(tenth), p90: at(last - tenth), in_proportion }
}

#[cfg(test)]
#[path = "bootstrap_tests.rs"]
mod tests;
