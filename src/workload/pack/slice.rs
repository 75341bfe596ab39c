//! Which requests of a trace are kept.

use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimTime, parse};
use crate::workload::import::instant;
use crate::workload::{Row, TimeBase, Trace};

/// A part of a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Requests that arrive before are left out.
    pub from: Option<Moment>,
    /// Requests that arrive then or later are left out.
    pub until: Option<Moment>,
    /// Only requests of this workload.
    pub workload: Option<String>,
}

/// A point on the clock of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    at: SimTime,
    base: TimeBase,
}

impl Moment {
    /// Reads a date such as `2024-05-10` or `2024-05-10T08:00Z`, or a time from the start such as
    /// `90m`.
    ///
    /// # Errors
    /// What is allowed, when it is neither.
    pub fn parse(text: &str) -> std::result::Result<Self, String> {
        if let Ok(from_start) = parse::duration(text) {
            return Ok(Self { at: SimTime(from_start.0), base: TimeBase::TraceStart });
        }
        let midnight = format!("{text}T00:00Z");
        let date = |text: &str| text.contains(':').then(|| instant(text.as_bytes())).flatten();
        date(text).or_else(|| date(&midnight)).map(|at| Self { at, base: TimeBase::UnixEpoch }).ok_or_else(
            || "expected a date such as 2024-05-10 or 2024-05-10T08:00Z, or a time from the start such as 90m".into(),
        )
    }
}

impl Slice {
    /// Whether this is no part but the whole.
    pub(super) fn is_all(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a trace with this clock can be cut like this.
    ///
    /// # Errors
    /// When one has dates and the other counts from the start.
    pub(super) fn check(&self, base: TimeBase) -> Result<()> {
        let ends = [(self.from, "--from"), (self.until, "--until")];
        for (moment, flag) in ends {
            if moment.is_some_and(|m| m.base != base) {
                let (message, hint) = match base {
                    TimeBase::UnixEpoch => (
                        "is a time from the start, but the trace has dates",
                        "give a date such as 2024-05-10T08:00Z",
                    ),
                    TimeBase::TraceStart => (
                        "is a date, but the trace counts from its start",
                        "give a time from the start such as 90m",
                    ),
                };
                return Err(Diagnostic::input(format!("`{flag}` {message}")).hint(hint).into());
            }
        }
        Ok(())
    }

    /// Whether this request of `trace` is kept.
    pub(super) fn keeps(&self, trace: &Trace, row: &Row) -> bool {
        let label = || row.workload.and_then(|w| trace.workload_labels().get(usize::from(w)));
        self.from.is_none_or(|from| row.arrival >= from.at)
            && self.until.is_none_or(|until| row.arrival < until.at)
            && self.workload.as_ref().is_none_or(|wanted| label() == Some(wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_dates_or_times_from_the_start() {
        let day = 1_715_299_200_000_000_000;
        for (text, at, base) in [
            ("2024-05-10", day, TimeBase::UnixEpoch),
            ("2024-05-10T01:00Z", day + 3_600_000_000_000, TimeBase::UnixEpoch),
            ("2024-05-10 01:00:00+01:00", day, TimeBase::UnixEpoch),
            ("90m", 5_400_000_000_000, TimeBase::TraceStart),
            ("0s", 0, TimeBase::TraceStart),
        ] {
            assert_eq!(Moment::parse(text), Ok(Moment { at: SimTime(at), base }), "{text}");
        }
        for text in ["", "soon", "2024-13-01", "5"] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }
}
