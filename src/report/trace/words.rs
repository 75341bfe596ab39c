//! Values of a trace in words.

use crate::diagnostic::Diagnostic;
use crate::report::number::{compact, count, latency, seconds};
use crate::units::{SimDuration, SimTime};
use crate::workload::inspect::Field;
use crate::workload::{Status, TimeBase, TraceColumn};
use chrono::DateTime;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

/// What the values of a field count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Tokens,
    Bytes,
    Time,
    Thousandths,
}

impl Unit {
    pub(super) const fn of(field: Field) -> Self {
        match field {
            Field::TokensPerSecond => Self::Thousandths,
            Field::Column(
                TraceColumn::Duration
                | TraceColumn::TimeToFirstToken
                | TraceColumn::Cpu
                | TraceColumn::DisconnectAfter,
            ) => Self::Time,
            Field::Column(TraceColumn::ResponseBytes | TraceColumn::RequestBytes) => Self::Bytes,
            Field::Column(_) => Self::Tokens,
        }
    }

    /// Its name in JSON.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Bytes => "bytes",
            Self::Time => "seconds",
            Self::Thousandths => "tokens per second",
        }
    }

    /// A value of the field as people read it.
    pub(super) fn show(self, value: u64) -> String {
        match self {
            Self::Tokens | Self::Bytes => count(value),
            Self::Time => time(u128::from(value)),
            Self::Thousandths => compact(Decimal::from(value) / Decimal::ONE_THOUSAND, 1),
        }
    }

    /// A mean of values, which is no value itself.
    pub(super) fn mean(self, mean: f64) -> String {
        match self {
            Self::Tokens | Self::Bytes => decimal(mean, 2),
            Self::Time => decimal_time(mean),
            Self::Thousandths => decimal(mean / 1_000.0, 1),
        }
    }

    /// A sum of values; speeds have none.
    pub(super) fn sum(self, sum: u128) -> String {
        match self {
            Self::Tokens | Self::Bytes => count(i128::try_from(sum).unwrap_or(i128::MAX)),
            Self::Time => time(sum),
            Self::Thousandths => String::new(),
        }
    }
}

/// A statistic with at most so many decimals.
pub(super) fn decimal(value: f64, decimals: u32) -> String {
    Decimal::from_f64(value).map_or_else(|| format!("{value:e}"), |d| compact(d, decimals))
}

/// A statistic to three digits or so.
pub(super) fn number(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        v if v >= 1.0 => 2,
        _ => 3,
    };
    decimal(value, decimals)
}

/// A length of time in nanoseconds, to three digits or so.
pub(super) fn time(nanos: u128) -> String {
    const MINUTE: u128 = 60_000_000_000;
    const UNITS: [(u128, u128, &str); 3] = [
        (3 * 1_440 * MINUTE, 1_440 * MINUTE, "d"),
        (120 * MINUTE, 60 * MINUTE, "h"),
        (2 * MINUTE, MINUTE, "min"),
    ];
    let unit = UNITS.iter().find(|(from, ..)| nanos >= *from);
    match (unit, i64::try_from(nanos)) {
        (None, Ok(nanos)) => latency(SimDuration(nanos)),
        (unit, _) => {
            let (_, size, name) = unit.copied().unwrap_or(UNITS[0]);
            // Thousandths of the unit, so that no digits are lost to floats.
            let milli = i64::try_from(nanos.saturating_mul(1_000) / size).unwrap_or(i64::MAX);
            format!("{} {name}", compact(Decimal::new(milli, 3), 1))
        }
    }
}

/// A mean time in nanoseconds.
fn decimal_time(nanos: f64) -> String {
    let whole = SimDuration::from_secs_f64(nanos / 1e9).0;
    time(u128::from(whole.unsigned_abs()))
}

/// A rate per second, or per minute, hour or day where that reads better.
pub(super) fn rate(per_second: f64) -> String {
    if per_second <= 0.0 {
        return "0".into();
    }
    let units = [(1.0, "s"), (60.0, "min"), (3_600.0, "h")];
    let (seconds, name) =
        units.into_iter().find(|(s, _)| per_second * s >= 0.1).unwrap_or((86_400.0, "day"));
    format!("{}/{name}", number(per_second * seconds))
}

/// An instant: a date if the trace's clock has dates, else the time since its zero.
pub(super) fn instant(at: SimTime, base: TimeBase) -> String {
    match base {
        TimeBase::UnixEpoch => {
            DateTime::from_timestamp_nanos(at.0).format("%Y-%m-%d %H:%M:%S").to_string()
        }
        TimeBase::TraceStart => {
            let whole = at.0 - at.0 % 1_000_000_000;
            format!("{} s", crate::report::number::grouped(&seconds(i128::from(whole))))
        }
    }
}

/// Requests of a bin as a rate.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
pub(super) fn rate_of(requests: u64, length: SimDuration) -> String {
    rate(requests as f64 / length.as_secs_f64())
}

/// An error in one line: what and where.
pub(super) fn brief(d: &Diagnostic) -> String {
    let place = d.place.as_ref();
    let place = place.map_or(String::new(), |p| format!(" ({}:{}:{})", p.file, p.line, p.column));
    format!("{}{place}", d.message)
}

/// How a request ended.
pub(super) const fn status(status: Status) -> &'static str {
    match status {
        Status::Completed => "completed",
        Status::Failed => "failed",
        Status::Aborted => "aborted",
    }
}

/// The name of a field as a title.
pub(super) fn title(field: Field) -> String {
    field.name().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_have_as_many_digits_as_say_something() {
        assert_eq!(number(1_234.567), "1,235");
        assert_eq!(number(0.0), "0");
        assert_eq!(number(0.000_1), "<0.001");
        assert_eq!(number(12.34), "12.3");
        assert_eq!(decimal(1e40, 2), "1e40");
        assert_eq!(rate(2.567), "2.57/s");
        assert_eq!(rate(0.011_75), "0.705/min");
        assert_eq!(rate(0.0), "0");
        assert_eq!(rate(1e-7), "0.009/day");
    }

    #[test]
    fn times_and_instants_read_well_at_every_size() {
        let shown = [
            1_500_000,
            90_000_000_000,
            3_435_948_056_000,
            86_400_000_000_000,
            u128::from(u64::MAX),
        ]
        .map(time);
        assert_eq!(shown, ["1.5 ms", "90 s", "57.3 min", "24 h", "213,504 d"]);
        let at = SimTime(1_700_158_623_979_960_000);
        assert_eq!(instant(at, TimeBase::UnixEpoch), "2023-11-16 18:17:03");
        assert_eq!(instant(SimTime(19_440_110_500_000_000), TimeBase::TraceStart), "19,440,110 s");
    }
}
