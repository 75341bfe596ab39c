//! Stretches of time on a bill.

use crate::units::SimDuration;
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
}

/// The start of a day, UTC: where prices change.
pub(super) fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}
