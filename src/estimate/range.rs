//! Between which bounds a month's bill lies, by the days that were replayed.
//!
//! Days are compared with the mean of their kind, weekday or weekend. What is left varies around 1 and
//! is taken as stationary, without trend, and correlated from day to day; next month's sum then follows
//! Student's distribution, widened for the correlation and for the mean being an estimate itself. The
//! correlation's estimate is kept within bounds because few days tell little about it.

use super::student::quantile;
use super::{DayCosts, Estimate, NoRange};
use crate::units::Money;
use crate::workload::random::normal_quantile;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

/// A bill's range: with 80 % probability it lies between the two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The 10th percentile.
    pub p10: Money,
    /// The 90th percentile.
    pub p90: Money,
    /// Days behind it.
    pub days: usize,
    /// Weekends are told from weekdays.
    pub weekends: bool,
    /// Some arrivals are generated: of those, the range is sampling noise alone.
    pub generated: bool,
}

impl Range {
    /// The range of an estimate with a timeline.
    ///
    /// # Errors
    /// Why there is none.
    pub fn of(estimate: &Estimate) -> Result<Self, NoRange> {
        let days = DayCosts::of(estimate)?;
        let half = half_width(&days.costs, days.weekends.as_deref(), days.ahead, 0.9);
        let total = estimate.statement.total();
        let off = Decimal::from_f64(half).unwrap_or_default().round_dp(6);
        let at = |share: Decimal| Money((total.0 * share).round_dp(6));
        Ok(Self {
            p10: at((Decimal::ONE - off).max(Decimal::ZERO)),
            p90: at(Decimal::ONE + off),
            days: days.costs.len(),
            weekends: days.weekends.is_some(),
            generated: days.generated,
        })
    }
}

/// The mean weekday and the mean weekend day, or twice the mean day where they are not told apart.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "few days")]
pub fn day_means(values: &[f64], weekends: Option<&[bool]>) -> [f64; 2] {
    let mean = |of: bool| {
        let is = |i: usize| weekends.is_none_or(|w| w[i] == of);
        let same = || values.iter().enumerate().filter(|(i, _)| is(*i)).map(|(_, v)| *v);
        same().sum::<f64>() / same().count().max(1) as f64
    };
    [mean(false), mean(true)]
}

/// How far days are from the mean of their kind, and what they tell about days to come.
struct Scatter {
    /// Mean square of what they are off, for so many degrees of freedom as are left.
    variance: f64,
    /// How much more the sum of days varies than if they did not depend on each other.
    inflation: f64,
    /// Degrees of freedom, fewer for the correlation.
    freedom: f64,
}

impl Scatter {
    /// Of what days in a row are off from the mean of their kind; nothing if it is nothing.
    #[expect(clippy::cast_precision_loss, reason = "few days")]
    fn of(off: &[f64], kinds: usize) -> Option<Self> {
        let (n, kinds) = (off.len() as f64, kinds as f64);
        let squares: f64 = off.iter().map(|r| r * r).sum();
        if squares <= 0.0 || n <= kinds {
            return None;
        }
        let lagged: f64 = off.windows(2).map(|pair| pair[0] * pair[1]).sum();
        let seen = lagged / squares;
        let correlation = (seen + (1.0 + 3.0 * seen) / n).clamp(0.3, 0.8);
        let inflation = (1.0 + correlation) / (1.0 - correlation);
        Some(Self {
            variance: squares / (n - kinds),
            inflation,
            freedom: ((n - kinds) / inflation).max(1.0),
        })
    }
}

/// How many times wider a range of sums is, at quantile `q` above a half, than one of independent days
/// that are scattered just as those that were seen. The values are of days in a row.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "few days")]
pub fn widening(values: &[f64], weekends: Option<&[bool]>, q: f64) -> f64 {
    let means = day_means(values, weekends);
    let kind = |i: usize| usize::from(weekends.is_some_and(|w| w[i]));
    let off: Vec<f64> = values.iter().enumerate().map(|(i, v)| v - means[kind(i)]).collect();
    let kinds = if weekends.is_some() { 2 } else { 1 };
    let Some(scatter) = Scatter::of(&off, kinds) else { return 1.0 };
    let unbiased = off.len() as f64 / (off.len() - kinds) as f64;
    let tails = quantile(q, scatter.freedom) / normal_quantile(q);
    tails * libm::sqrt(scatter.inflation * unbiased)
}

/// By how much of itself the sum of the next `ahead` days may be off, at quantile `q` above a half.
#[expect(clippy::cast_precision_loss, reason = "few days")]
pub(super) fn half_width(costs: &[f64], weekends: Option<&[bool]>, ahead: f64, q: f64) -> f64 {
    let means = day_means(costs, weekends);
    let kind = |i: usize| usize::from(weekends.is_some_and(|w| w[i]));
    let off = |(i, cost): (usize, &f64)| {
        let mean = means[kind(i)];
        if mean > 0.0 { cost / mean - 1.0 } else { 0.0 }
    };
    let off: Vec<f64> = costs.iter().enumerate().map(off).collect();
    let kinds = if weekends.is_some() { 2 } else { 1 };
    let Some(scatter) = Scatter::of(&off, kinds) else { return 0.0 };
    let n = off.len() as f64;
    let deviation = libm::sqrt(scatter.variance);
    let next = libm::sqrt((1.0 / ahead + 1.0 / n) * scatter.inflation);
    quantile(q, scatter.freedom) * deviation * next
}

#[cfg(test)]
#[path = "range_tests.rs"]
mod tests;
