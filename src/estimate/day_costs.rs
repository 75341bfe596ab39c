//! What each whole day of a replay costs.

use super::{Estimate, Projection, Timeline, WorkloadEstimate};
use crate::billing::{Category, Charge};
use crate::units::{Money, SimDuration};
use chrono::{DateTime, Datelike, Weekday};
use rust_decimal::prelude::ToPrimitive;

/// Fewest days that tell anything about others.
pub const FEWEST_DAYS: usize = 7;

/// The width of a day.
pub const DAY: SimDuration = SimDuration::from_hours(24);

/// Why days tell nothing.
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
                let (seen, days) = match n {
                    0 => ("less than a day".to_owned(), " days"),
                    1 => ("1 day".to_owned(), ""),
                    n => (format!("{n} days"), ""),
                };
                format!("no range: {seen} of arrivals, at least {FEWEST_DAYS}{days} are needed")
            }
            Self::Sample => "no range: the sample is billed as it is".to_owned(),
            Self::NoTimeline => "no range: days were not told apart".to_owned(),
        }
    }
}

/// Whole days of an estimate, from the first one replayed to the last that is no repetition.
#[derive(Clone, Debug, PartialEq)]
pub struct DayCosts {
    /// What each costs: its part of the bill, with an even share of what is due whatever the traffic.
    pub costs: Vec<f64>,
    /// Which are Saturdays and Sundays, if there are both kinds and the calendar is known.
    pub weekends: Option<Vec<bool>>,
    /// Days of the billed period, not necessarily whole.
    pub ahead: f64,
    /// Some arrivals are generated, not recorded.
    pub generated: bool,
}

impl DayCosts {
    /// The days of an estimate with a timeline.
    ///
    /// # Errors
    /// Why they tell nothing.
    pub fn of(estimate: &Estimate) -> Result<Self, NoRange> {
        let timelines: Option<Vec<_>> =
            estimate.workloads.iter().map(|w| Some((w, w.timeline.as_ref()?))).collect();
        let timelines = timelines.filter(|t| !t.is_empty()).ok_or(NoRange::NoTimeline)?;
        let days = Self::count(estimate)?;
        let ahead = estimate.period.as_secs_f64() / DAY.as_secs_f64();
        let mut costs = vec![0.0; days];
        for (w, timeline) in &timelines {
            add_days(w, timeline, estimate.period, &mut costs).ok_or(NoRange::NoTimeline)?;
        }
        let account = Account::of(estimate);
        for cost in &mut costs {
            *cost = *cost * account.left + account.fixed / ahead;
        }
        let weekends = timelines[0].1.days.calendar.then(|| weekends(timelines[0].1, days));
        Ok(Self {
            costs,
            weekends: weekends.filter(|w| w.contains(&true) && w.contains(&false)),
            ahead,
            generated: timelines.iter().any(|(_, t)| t.days.generated),
        })
    }

    /// How many days a timeline would tell apart; a last one that lacks less than an hour counts.
    ///
    /// # Errors
    /// Why they would tell nothing.
    pub fn count(estimate: &Estimate) -> Result<usize, NoRange> {
        let window = |w: &WorkloadEstimate| match w.projection {
            Projection::Whole => Some(estimate.period),
            Projection::Repeated(window) => Some(window.min(estimate.period)),
            Projection::Scaled(window) => Some(window),
            Projection::None(_) => None,
        };
        let windows: Option<Vec<_>> = estimate.workloads.iter().map(window).collect();
        let shortest = windows.ok_or(NoRange::Sample)?.into_iter().min();
        let whole = (shortest.unwrap_or(SimDuration::ZERO) + SimDuration::from_hours(1)).0 / DAY.0;
        let days = usize::try_from(whole).unwrap_or(0);
        if days < FEWEST_DAYS { Err(NoRange::FewDays(days)) } else { Ok(days) }
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
