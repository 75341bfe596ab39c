//! Simulated time: integer nanoseconds, no wall clock behind it.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};

const NANOS_PER_SEC: i64 = 1_000_000_000;

/// An instant: nanoseconds since the Unix epoch (UTC), or since the start of a relative trace.
///
/// The range is ±292 years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(pub i64);

/// A length of time in nanoseconds; never negative in a valid workload.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimDuration(pub i64);

/// The nearest whole number, halves up; not-a-number and negative values give zero, too large ones the
/// largest there is.
#[inline]
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
pub(crate) fn nearest(value: f64) -> u64 {
    // From 2^52 on every number is whole already.
    const WHOLE: f64 = 4_503_599_627_370_496.0;
    if value < WHOLE { (value + 0.5) as u64 } else { value as u64 }
}

impl SimTime {
    /// The latest representable instant; stands for "never".
    pub const MAX: Self = Self(i64::MAX);

    /// Time from `earlier` to `self`, in nanoseconds; negative if `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> SimDuration {
        SimDuration(self.0.saturating_sub(earlier.0))
    }
}

impl SimDuration {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// The longest representable duration; stands for "never".
    pub const MAX: Self = Self(i64::MAX);

    /// `n` milliseconds.
    #[must_use]
    pub const fn from_millis(n: i64) -> Self {
        Self(n * 1_000_000)
    }

    /// `n` seconds.
    #[must_use]
    pub const fn from_secs(n: i64) -> Self {
        Self(n * NANOS_PER_SEC)
    }

    /// `n` hours.
    #[must_use]
    pub const fn from_hours(n: i64) -> Self {
        Self::from_secs(n * 3_600)
    }

    /// Nearest duration to `seconds`; not-a-number and negative values give zero.
    ///
    /// For modelled values only: a logged duration is parsed as an integer.
    #[must_use]
    pub fn from_secs_f64(seconds: f64) -> Self {
        Self(i64::try_from(nearest(seconds * 1e9)).unwrap_or(i64::MAX))
    }

    /// Whole seconds from a minute on, the exact value below: what people want to read.
    #[must_use]
    pub const fn readable(self) -> Self {
        let over = self.0 % NANOS_PER_SEC;
        if self.0 < 60 * NANOS_PER_SEC || self.0 == Self::MAX.0 {
            self
        } else {
            Self(self.0 - over)
        }
    }

    /// The duration in seconds, for statistics and display only.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics only")]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e9
    }

    /// The smallest multiple of `step` that is not less than `self`; `step` zero changes nothing.
    #[must_use]
    pub const fn round_up(self, step: Self) -> Self {
        if step.0 <= 0 {
            return self;
        }
        let over = self.0 % step.0;
        if over == 0 { self } else { Self(self.0 - over + step.0) }
    }
}

impl Add<SimDuration> for SimTime {
    type Output = Self;
    fn add(self, d: SimDuration) -> Self {
        Self(self.0.saturating_add(d.0))
    }
}

impl Add for SimDuration {
    type Output = Self;
    fn add(self, d: Self) -> Self {
        Self(self.0.saturating_add(d.0))
    }
}

impl AddAssign for SimDuration {
    fn add_assign(&mut self, d: Self) {
        *self = *self + d;
    }
}

impl Sub for SimDuration {
    type Output = Self;
    fn sub(self, d: Self) -> Self {
        Self(self.0.saturating_sub(d.0))
    }
}

/// Prints the largest unit that keeps the value exact: `15min`, `1.5s`, `200ms`.
impl fmt::Display for SimDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const UNITS: [(i64, &str); 7] = [
            (86_400 * NANOS_PER_SEC, "d"),
            (3_600 * NANOS_PER_SEC, "h"),
            (60 * NANOS_PER_SEC, "min"),
            (NANOS_PER_SEC, "s"),
            (1_000_000, "ms"),
            (1_000, "µs"),
            (1, "ns"),
        ];
        if *self == Self::MAX {
            return f.write_str("never");
        }
        if self.0 == 0 {
            return f.write_str("0s");
        }
        for (size, name) in UNITS {
            if self.0 % size == 0 {
                return write!(f, "{}{name}", self.0 / size);
            }
            // 1.5s reads better than 1500ms; finer parts than thousandths stay whole.
            let thousandth = size / 1_000;
            let fractional = (1_000_000..=NANOS_PER_SEC).contains(&size);
            if fractional && self.0.abs() >= size && self.0 % thousandth == 0 {
                let milli = self.0 / thousandth;
                let text = format!("{}.{:03}", milli / 1_000, (milli % 1_000).abs());
                return write!(f, "{}{name}", text.trim_end_matches('0'));
            }
        }
        write!(f, "{}ns", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_up_to_the_step_and_keeps_exact_multiples() {
        let ms = SimDuration::from_millis;
        assert_eq!(ms(101).round_up(ms(100)), ms(200));
        assert_eq!(ms(200).round_up(ms(100)), ms(200));
        assert_eq!(SimDuration(1).round_up(ms(1)), ms(1));
        assert_eq!(ms(0).round_up(ms(100)), ms(0));
    }

    #[test]
    fn durations_print_in_their_natural_unit() {
        let show = |ns: i64| SimDuration(ns).to_string();
        assert_eq!(show(900 * NANOS_PER_SEC), "15min");
        assert_eq!(show(1_500_000_000), "1.5s");
        assert_eq!(show(200_000_000), "200ms");
        assert_eq!(show(1_234_567_891), "1234567891ns");
        assert_eq!(show(90 * NANOS_PER_SEC), "90s");
    }
}
