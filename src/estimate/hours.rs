//! The hours of the billed period that a replay's usage falls in.

use super::Projection;
use super::source::Requests;
use super::timeline::Days;
use crate::billing::{Hours, Span};
use crate::metering::Readings;
use crate::units::{Bins, SimDuration, SimTime, Usage, mul_div};

const HOUR: SimDuration = SimDuration::from_hours(1);
const DAY: i64 = SimDuration::from_hours(24).0;
const WEEK: i64 = 7 * DAY;

/// How the hours of a replayed span become those of the billed period.
///
/// A span that makes up the period, or stands for it, comes again and again: what runs on at its end
/// belongs to the next one. It begins with the hour of the day, and of the week if it is that long, that
/// the period begins with, if the arrivals have a calendar. A lone sample is used as it was, from the start
/// of the period on, and never again.
pub(super) struct Calendar {
    /// They begin when hours of the period do, so that the first may begin before the span.
    bins: Bins,
    from: SimTime,
    /// How much earlier they begin.
    early: i64,
    /// Length of the span.
    window: i64,
    /// Whether it comes again.
    again: bool,
    /// How far into the span the period begins.
    shift: i64,
    period: SimDuration,
}

impl Calendar {
    /// The calendar of a workload whose usage is billed in `period`.
    pub(super) fn new(requests: &Requests, period: Span) -> Self {
        let (from, to) = requests.span();
        let window = to.since(from).0.max(1);
        let length = period.length();
        let again = !matches!(requests.projection, Projection::None(_));
        let Days { calendar, .. } = requests.days();
        let turn = if window >= WEEK { WEEK } else { DAY };
        let begins = period.start.timestamp_nanos_opt().unwrap_or(0);
        let shift = if again && calendar {
            (begins.rem_euclid(turn) - from.0.rem_euclid(turn)).rem_euclid(turn)
        } else {
            0
        };
        let reach = if again { window.saturating_mul(2) } else { window.max(length.0) };
        let early = (HOUR.0 - shift % HOUR.0) % HOUR.0;
        let bins = Bins::new((SimTime(from.0 - early), from + SimDuration(reach)), HOUR);
        Self { bins, from, early, window, again, shift, period: length }
    }

    /// The hours that usage has to be told apart by.
    pub(super) const fn bins(&self) -> Bins {
        self.bins
    }

    /// Everything that meters have read, by the hours of the period.
    pub(super) fn of(&self, readings: &Readings) -> Vec<Hours> {
        readings.over_time.iter().map(|usage| self.hours(usage)).collect()
    }

    /// Usage by the hours of the period.
    fn hours(&self, usage: &[Usage]) -> Hours {
        let mut sums = vec![0];
        let mut sum = 0;
        sums.extend(usage.iter().map(|u| {
            sum += u.0;
            sum
        }));
        // What was used until so long after the start of the span; within an hour it is even.
        let until = |passed: i64| {
            let hour = (passed + self.early) / HOUR.0;
            let index = usize::try_from(hour).unwrap_or(0).min(usage.len());
            let (before, after) = (sums[index], sums[(index + 1).min(usage.len())]);
            if after == before {
                return before;
            }
            let (start, end) = self.bins.span(index);
            let start = start.max(self.from);
            let part = (self.from + SimDuration(passed)).since(start);
            before + mul_div(after - before, part.0.into(), end.since(start).0.max(1).into())
        };
        let whole = until(self.window.saturating_mul(2));
        let again = |passed: i64| {
            let turns = i128::from(passed / self.window);
            let passed = passed % self.window;
            turns * whole + until(passed) + until(self.window + passed) - until(self.window)
        };
        let at = |passed: i64| if self.again { again(passed + self.shift) } else { until(passed) };
        let hours = (self.period.0 + HOUR.0 - 1) / HOUR.0;
        let edge = |hour: i64| at((hour * HOUR.0).min(self.period.0));
        Hours::new((0..hours).map(|hour| edge(hour + 1) - edge(hour)))
    }
}
