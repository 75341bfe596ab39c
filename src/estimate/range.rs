//! Between which bounds a month's bill lies, by the days that were replayed.
//!
//! Days are compared with the mean of their kind, weekday or weekend. What is left varies around 1 and
//! is taken as stationary, without trend, and correlated from day to day; next month's sum then follows
//! Student's distribution, widened for the correlation and for the mean being an estimate itself. The
//! correlation's estimate is kept within bounds because few days tell little about it.

use super::student::quantile;
use super::{Estimate, Projection, Timeline, WorkloadEstimate};
use crate::billing::{Category, Charge};
use crate::units::{Money, SimDuration};
use chrono::{DateTime, Datelike, Weekday};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

/// Fewest days that tell anything about others.
pub const FEWEST_DAYS: usize = 7;

const DAY: SimDuration = SimDuration::from_hours(24);

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

/// Why there is no range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoRange {
    /// Too few days were replayed: so many.
    FewDays(usize),
    /// The sample is billed as it is: it is no part of a month.
    Sample,
    /// No timeline was asked for, or one that does not tell days apart.
    NoTimeline,
}

impl NoRange {
    /// In words.
    #[must_use]
    pub fn why(self) -> String {
        match self {
            Self::FewDays(n) => {
                let days = if n == 1 { "day" } else { "days" };
                format!("no range: {n} {days} of arrivals, at least {FEWEST_DAYS} are needed")
            }
            Self::Sample => "no range: the sample is billed as it is".to_owned(),
            Self::NoTimeline => "no range: days were not told apart".to_owned(),
        }
    }
}

impl Range {
    /// The range of an estimate with a timeline.
    ///
    /// # Errors
    /// Why there is none.
    pub fn of(estimate: &Estimate) -> Result<Self, NoRange> {
        let timelines: Option<Vec<_>> =
            estimate.workloads.iter().map(|w| Some((w, w.timeline.as_ref()?))).collect();
        let timelines = timelines.filter(|t| !t.is_empty()).ok_or(NoRange::NoTimeline)?;
        if timelines.iter().any(|(_, t)| !t.days.projected) {
            return Err(NoRange::Sample);
        }
        let days = timelines.iter().map(|(_, t)| whole_days(t)).min().unwrap_or(0);
        if days < FEWEST_DAYS {
            return Err(NoRange::FewDays(days));
        }
        let period_days = estimate.period.as_secs_f64() / DAY.as_secs_f64();
        let mut costs = vec![0.0; days];
        for (w, timeline) in &timelines {
            add_days(w, timeline, estimate.period, &mut costs).ok_or(NoRange::NoTimeline)?;
        }
        let account = Account::of(estimate);
        for cost in &mut costs {
            *cost = *cost * account.left + account.fixed / period_days;
        }
        let weekends = timelines[0].1.days.calendar.then(|| weekends(timelines[0].1, days));
        let weekends = weekends.filter(|w| w.contains(&true) && w.contains(&false));
        let half = half_width(&costs, weekends.as_deref(), period_days, 0.9);
        let total = estimate.statement.total();
        let off = Decimal::from_f64(half).unwrap_or_default().round_dp(6);
        let at = |share: Decimal| Money((total.0 * share).round_dp(6));
        Ok(Self {
            p10: at((Decimal::ONE - off).max(Decimal::ZERO)),
            p90: at(Decimal::ONE + off),
            days,
            weekends: weekends.is_some(),
            generated: timelines.iter().any(|(_, t)| t.days.generated),
        })
    }
}

/// What is charged to no workload.
struct Account {
    /// What is due whatever the traffic.
    fixed: f64,
    /// What credits leave of usage: they pay more on days that cost more.
    left: f64,
}

impl Account {
    fn of(estimate: &Estimate) -> Self {
        let charges = || estimate.statement.charges.iter();
        let credit = |c: &&Charge| c.charge_category == Category::Credit;
        let credits: Money = charges().filter(credit).map(|c| c.billed_cost).sum();
        let own = |c: &&Charge| c.workload.is_some() && !credit(c);
        let used: Money = charges().filter(own).map(|c| c.billed_cost).sum();
        let fixed = estimate.statement.total() - used - credits;
        let left = if used.is_zero() { 1.0 } else { 1.0 + number(credits) / number(used) };
        Self { fixed: number(fixed), left: left.max(0.0) }
    }
}

fn number(money: Money) -> f64 {
    money.0.to_f64().unwrap_or(0.0)
}

/// Days of what was recorded; a last one that lacks less than an hour counts.
fn whole_days(timeline: &Timeline) -> usize {
    let whole = (timeline.days.window + SimDuration::from_hours(1)).0 / DAY.0;
    usize::try_from(whole).unwrap_or(0)
}

/// Adds what a workload costs on each day; nothing if its spans do not make up days.
fn add_days(
    w: &WorkloadEstimate,
    timeline: &Timeline,
    period: SimDuration,
    costs: &mut [f64],
) -> Option<()> {
    // A scaled window's costs are those of the period.
    let share = match w.projection {
        Projection::Scaled(window) => window.as_secs_f64() / period.as_secs_f64(),
        _ => 1.0,
    };
    let start = timeline.span(0).0;
    for i in 0..timeline.costs.len() {
        let (from, to) = timeline.span(i);
        let day = from.since(start).0 / DAY.0;
        if to.since(start).0 > (day + 1) * DAY.0 {
            return None;
        }
        if let Some(cost) = usize::try_from(day).ok().and_then(|day| costs.get_mut(day)) {
            *cost += number(timeline.cost(i)) * share;
        }
    }
    Some(())
}

/// Which days are Saturdays and Sundays, by their middle.
fn weekends(timeline: &Timeline, days: usize) -> Vec<bool> {
    let middle = timeline.span(0).0 + SimDuration::from_hours(12);
    let weekend = |day: usize| {
        let nanos = i64::try_from(day).unwrap_or(0).saturating_mul(DAY.0);
        let at = DateTime::from_timestamp_nanos(middle.0.saturating_add(nanos));
        matches!(at.weekday(), Weekday::Sat | Weekday::Sun)
    };
    (0..days).map(weekend).collect()
}

/// By how much of itself the sum of the next `ahead` days may be off, at quantile `q` above a half.
#[expect(clippy::cast_precision_loss, reason = "few days")]
pub(super) fn half_width(costs: &[f64], weekends: Option<&[bool]>, ahead: f64, q: f64) -> f64 {
    let n = costs.len() as f64;
    let kind = |i: usize| weekends.is_some_and(|w| w[i]);
    let mean = |of: bool| {
        let same: Vec<f64> =
            costs.iter().enumerate().filter(|(i, _)| kind(*i) == of).map(|(_, c)| *c).collect();
        same.iter().sum::<f64>() / same.len().max(1) as f64
    };
    let means = [mean(false), mean(true)];
    let off = |(i, cost): (usize, &f64)| {
        let mean = means[usize::from(kind(i))];
        if mean > 0.0 { cost / mean - 1.0 } else { 0.0 }
    };
    let residuals: Vec<f64> = costs.iter().enumerate().map(off).collect();
    let kinds = if weekends.is_some() { 2.0 } else { 1.0 };
    let squares: f64 = residuals.iter().map(|r| r * r).sum();
    if squares <= 0.0 || n <= kinds {
        return 0.0;
    }
    let lagged: f64 = residuals.windows(2).map(|pair| pair[0] * pair[1]).sum();
    let seen = lagged / squares;
    let correlation = (seen + (1.0 + 3.0 * seen) / n).clamp(0.3, 0.8);
    let inflation = (1.0 + correlation) / (1.0 - correlation);
    let deviation = libm::sqrt(squares / (n - kinds));
    let freedom = ((n - kinds) / inflation).max(1.0);
    quantile(q, freedom) * deviation * libm::sqrt((1.0 / ahead + 1.0 / n) * inflation)
}

#[cfg(test)]
#[path = "range_tests.rs"]
mod tests;
