//! Stretches of time on a bill, and where a price change cuts them.

use super::split::proportional;
use crate::units::{SimDuration, Usage};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};

/// A stretch of time, half-open: `start` belongs to it, `end` does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first instant.
    pub start: DateTime<Utc>,
    /// The first instant after it.
    pub end: DateTime<Utc>,
}

impl Span {
    /// `length` of time from the start of a day, UTC.
    #[must_use]
    pub fn from_day(day: NaiveDate, length: SimDuration) -> Self {
        let start = midnight(day);
        let end = start.checked_add_signed(Duration::nanoseconds(length.0));
        Self { start, end: end.unwrap_or(start) }
    }

    /// How long it is.
    #[must_use]
    pub fn length(&self) -> SimDuration {
        SimDuration((self.end - self.start).num_nanoseconds().unwrap_or(i64::MAX))
    }

    /// The parts between these instants; instants outside change nothing.
    pub(super) fn cut(self, at: impl IntoIterator<Item = DateTime<Utc>>) -> Vec<Self> {
        let inside = at.into_iter().filter(|t| self.start < *t && *t < self.end);
        let mut bounds: Vec<_> = inside.chain([self.start, self.end]).collect();
        bounds.sort_unstable();
        bounds.dedup();
        bounds.windows(2).map(|w| Self { start: w[0], end: w[1] }).collect()
    }
}

/// The start of a day, UTC: where prices change.
pub(super) fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The stretches of `span` with one price each, or none: cut at `days`, neighbours with the `same` price
/// and those without one joined.
pub(super) fn stretches<T, E>(
    span: Span,
    days: impl IntoIterator<Item = NaiveDate>,
    price_on: impl Fn(NaiveDate) -> Result<T, E>,
    same: impl Fn(&T, &T) -> bool,
) -> Vec<(Span, Result<T, E>)> {
    let mut found: Vec<(Span, Result<T, E>)> = Vec::new();
    for part in span.cut(days.into_iter().map(midnight)) {
        let price = price_on(part.start.date_naive());
        let alike = |last: &Result<T, E>| match (last, &price) {
            (Ok(last), Ok(price)) => same(last, price),
            (last, price) => last.is_err() && price.is_err(),
        };
        match found.last_mut() {
            Some((before, last)) if alike(last) => before.end = part.end,
            _ => found.push((part, price)),
        }
    }
    found
}

/// Usage that is even over `spans`, in whole base units that add up exactly.
pub(super) fn even(usage: Usage, spans: &[Span]) -> Vec<Usage> {
    let lengths: Vec<_> = spans.iter().map(|s| Usage(i128::from(s.length().0))).collect();
    proportional(usage, &lengths)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_is_cut_where_the_price_differs_and_only_there() {
        let span = Span::from_day(day("2026-12-18"), SimDuration::from_hours(730));
        assert_eq!(span.end.to_rfc3339(), "2027-01-17T10:00:00+00:00");
        let days = ["2026-12-18", "2026-12-25", "2027-01-01", "2027-03-01"].map(day);
        let price = |d: NaiveDate| Ok::<_, ()>(if d < day("2027-01-01") { 1 } else { 2 });
        let found = stretches(span, days, price, |a, b| a == b);
        let hours: Vec<_> =
            found.iter().map(|(s, p)| (s.length().0 / 3_600_000_000_000, p.unwrap())).collect();
        assert_eq!(hours, [(336, 1), (394, 2)]);
        let spans: Vec<_> = found.iter().map(|f| f.0).collect();
        assert_eq!(even(Usage(730), &spans), [Usage(336), Usage(394)]);
        assert_eq!(even(Usage(1), &spans), [Usage(0), Usage(1)]);
    }
}
