//! When usage was, hour by hour.

use super::segment::Span;
use crate::units::{SimDuration, mul_div};
use chrono::Duration;
use std::sync::Arc;

/// An hour in nanoseconds.
const HOUR: i64 = SimDuration::from_hours(1).0;

/// How usage is spread over the hours from the start of the period: a weight for each, in base units or
/// whatever else is in proportion to them. Nothing is used after the last one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hours(Arc<[i128]>);

impl Hours {
    /// These weights; none is taken below zero.
    #[must_use]
    pub fn new(weights: impl IntoIterator<Item = i128>) -> Self {
        Self(weights.into_iter().map(|w| w.max(0)).collect())
    }

    /// The weight of an hour.
    #[must_use]
    pub fn weight(&self, hour: usize) -> i128 {
        self.0.get(hour).copied().unwrap_or(0)
    }

    /// The weight of a part of an hour of `period`, as long as it is of the hour.
    fn part(&self, part: Span, period: Span) -> i128 {
        let from = Span { end: part.start, ..period }.length().0;
        let hour = from / HOUR;
        let whole = HOUR.min(period.length().0 - hour * HOUR).max(1);
        let weight = self.weight(usize::try_from(hour).unwrap_or(usize::MAX));
        mul_div(weight, i128::from(part.length().0), i128::from(whole))
    }
}

/// The instants at which an hour of the period ends.
pub(super) fn bounds(period: Span) -> impl Iterator<Item = chrono::DateTime<chrono::Utc>> {
    let hours = period.length().0 / HOUR;
    (1..=hours).filter_map(move |h| period.start.checked_add_signed(Duration::hours(h)))
}

/// The weights of `slices` of `period`, of which none is in two hours where there are `hours`: by their
/// length without, and where nothing is used in any of them.
pub(super) fn weights(hours: Option<&Hours>, slices: &[Span], period: Span) -> Vec<i128> {
    let even = || slices.iter().map(|s| i128::from(s.length().0)).collect();
    let Some(hours) = hours else { return even() };
    let weights: Vec<i128> = slices.iter().map(|s| hours.part(*s, period)).collect();
    if weights.iter().any(|w| *w > 0) { weights } else { even() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_that_is_cut_counts_in_parts_and_the_last_may_be_short() {
        let day = "2026-01-01".parse().unwrap();
        let period = Span::from_day(day, SimDuration(5 * HOUR / 2));
        let at = |minutes: i64| period.start + Duration::minutes(minutes);
        let slices = period.cut([at(20), at(60), at(120)]);
        assert_eq!(bounds(period).collect::<Vec<_>>(), [at(60), at(120)]);
        let hours = Hours::new([6, -1, 5, 9]);
        assert_eq!(weights(Some(&hours), &slices, period), [2, 4, 0, 5]);
        let even: Vec<i128> = [20, 40, 60, 30].map(|m| i128::from(HOUR / 60 * m)).into();
        assert_eq!(weights(None, &slices, period), even);
        assert_eq!(weights(Some(&Hours::new([])), &slices, period), even);
    }
}
