//! How a value varies from request to request.

use super::parse::bytes_or_number;
use super::random;
use crate::units::SimDuration;
use crate::units::parse::{self, ParseError};
use rand::Rng;
use rust_decimal::prelude::ToPrimitive;

/// The distribution of a value that is never negative; the unit is up to its owner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// Always the same.
    Constant(f64),
    /// `exp` of a normal number with mean `mu` and standard deviation `sigma`.
    LogNormal {
        /// Logarithm of the median.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Exponential.
    Exponential {
        /// The mean.
        mean: f64,
    },
    /// Every value between two ends is equally likely.
    Uniform {
        /// The smallest value.
        min: f64,
        /// The largest value.
        max: f64,
    },
}

/// The normal quantile of 95 %.
const Z95: f64 = 1.644_853_626_951_472_2;

impl Distribution {
    /// Log-normal with this mean and coefficient of variation; constant when `cv` is zero.
    ///
    /// `mean` must be positive.
    #[must_use]
    pub fn log_normal_with_cv(mean: f64, cv: f64) -> Self {
        if cv <= 0.0 {
            return Self::Constant(mean);
        }
        let variance = libm::log1p(cv * cv);
        Self::LogNormal { mu: libm::log(mean) - variance / 2.0, sigma: libm::sqrt(variance) }
    }

    /// Log-normal with this median and 95th percentile; constant when they are equal.
    ///
    /// `0 < p50 ≤ p95` must hold.
    #[must_use]
    pub fn log_normal_with_p95(p50: f64, p95: f64) -> Self {
        if p95 <= p50 {
            return Self::Constant(p50);
        }
        Self::LogNormal { mu: libm::log(p50), sigma: libm::log(p95 / p50) / Z95 }
    }

    /// One value, from exactly one 64-bit draw whatever the distribution is.
    pub fn sample(&self, rng: &mut impl Rng) -> f64 {
        self.quantile(random::uniform(rng))
    }

    /// The value that is not exceeded with probability `p`, strictly between 0 and 1.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * random::normal_quantile(p)),
            Self::Exponential { mean } => -mean * libm::log1p(-p),
            Self::Uniform { min, max } => min + (max - min) * p,
        }
    }

    /// The mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Constant(value) => value,
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Self::Exponential { mean } => mean,
            Self::Uniform { min, max } => f64::midpoint(min, max),
        }
    }

    /// Whether every draw is the same.
    #[must_use]
    pub const fn is_constant(&self) -> bool {
        matches!(self, Self::Constant(_))
    }

    /// In words, such as `log-normal, median 800ms, p95 2s`; `show` prints one value.
    #[must_use]
    pub fn describe(&self, show: impl Fn(f64) -> String) -> String {
        match *self {
            Self::Constant(value) => show(value),
            Self::LogNormal { mu, sigma } => format!(
                "log-normal, median {}, p95 {}",
                show(libm::exp(mu)),
                show(libm::exp(mu + sigma * Z95))
            ),
            Self::Exponential { mean } => format!("exponential, mean {}", show(mean)),
            Self::Uniform { min, max } => format!("uniform, {} to {}", show(min), show(max)),
        }
    }
}

/// What a distributed value counts: how it is read and printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Time; seconds inside, `800ms` outside.
    Seconds,
    /// Tokens or messages: whole numbers.
    Tokens,
    /// Bytes inside, `4KiB` outside.
    Bytes,
    /// Tokens per second: must be positive, because it divides.
    TokensPerSecond,
}

impl Unit {
    /// Reads one value.
    ///
    /// # Errors
    /// When the text is not a value of this unit, is negative or has no end (`never`).
    pub fn parse(self, text: &str) -> Result<f64, ParseError> {
        const SPEED: &str = "a positive number of tokens per second such as `70`";
        const FINITE: &str = "a duration such as `250ms`, `1.5s` or `15min`";
        #[expect(
            clippy::cast_precision_loss,
            reason = "statistics; counts this large do not occur"
        )]
        match self {
            Self::Seconds => parse::duration(text).and_then(|d| {
                let end = d != SimDuration::MAX;
                end.then(|| d.as_secs_f64()).ok_or_else(|| ParseError::new(text, FINITE))
            }),
            Self::Tokens => parse::count(text).map(|n| n as f64),
            Self::Bytes => bytes_or_number(text),
            Self::TokensPerSecond => parse::plain(text)
                .ok()
                .and_then(|v| v.to_f64())
                .filter(|v| *v > 0.0)
                .ok_or_else(|| ParseError::new(text, SPEED)),
        }
    }

    /// Prints one value to about three digits: `800ms`, `400`, `4.1kB`, `70 tok/s`.
    #[must_use]
    pub fn show(self, value: f64) -> String {
        match self {
            Self::Seconds => show_seconds(value),
            Self::Tokens => short(value),
            Self::Bytes => show_bytes(value),
            Self::TokensPerSecond => format!("{} tok/s", short(value)),
        }
    }
}

/// About three digits, without trailing zeros; whole numbers stay whole.
pub(super) fn short(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        v if v >= 0.995 => 2,
        _ => 4,
    };
    let text = format!("{value:.decimals$}");
    if decimals == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The largest scale at which the value is at least one, the smallest scale for less.
fn scaled(value: f64, scales: &[(f64, &str)]) -> String {
    if value <= 0.0 {
        return format!("0{}", scales.first().map_or("", |(_, name)| name));
    }
    // A hair below a unit still prints as that unit: 0.9999999 s came from `1s`.
    let fits = scales.iter().rev().find(|(size, _)| value >= size * 0.999_5);
    let (size, name) = fits.or(scales.last()).copied().unwrap_or((1.0, ""));
    format!("{}{name}", short(value / size))
}

fn show_seconds(value: f64) -> String {
    if value <= 0.0 {
        return "0s".into();
    }
    const SCALES: [(f64, &str); 5] =
        [(1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1.0, "s"), (60.0, "min")];
    // Up to two minutes reads better in seconds.
    if value < 120.0 { scaled(value, &SCALES[..4]) } else { scaled(value, &SCALES) }
}

fn show_bytes(value: f64) -> String {
    scaled(value, &[(1.0, "B"), (1e3, "kB"), (1e6, "MB"), (1e9, "GB")])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn distributions_read_as_words() {
        let words = |d: Distribution, u: Unit| d.describe(|v| u.show(v));
        let ttft = Distribution::log_normal_with_p95(0.8, 2.0);
        assert_eq!(words(ttft, Unit::Seconds), "log-normal, median 800ms, p95 2s");
        assert_eq!(words(Distribution::Constant(400.0), Unit::Tokens), "400");
        assert_eq!(words(Distribution::Constant(70.0), Unit::TokensPerSecond), "70 tok/s");
        assert_eq!(words(Distribution::Constant(0.0), Unit::Seconds), "0s");
        assert_eq!(words(Distribution::Constant(0.0), Unit::Bytes), "0B");
        assert_eq!(
            words(Distribution::Uniform { min: 500.0, max: 4_096.0 }, Unit::Bytes),
            "uniform, 500B to 4.1kB"
        );
        assert_eq!(
            words(Distribution::Exponential { mean: 900.0 }, Unit::Seconds),
            "exponential, mean 15min"
        );
    }

    #[test]
    fn one_draw_whatever_the_distribution() {
        let all = [
            Distribution::Constant(1.0),
            Distribution::log_normal_with_cv(3.0, 2.0),
            Distribution::Exponential { mean: 1.0 },
            Distribution::Uniform { min: 0.0, max: 2.0 },
        ];
        let after = all.map(|d| {
            let mut rng = random::stream(1, 0, 0);
            d.sample(&mut rng);
            rng.next_u64()
        });
        assert!(after.iter().all(|n| *n == after[0]), "{after:?}");
    }

    proptest! {
        #[test]
        fn sample_means_are_the_mean(mean in 0.01..1e4_f64, cv in 0.1..1.5_f64, seed: u64) {
            let mut rng = random::stream(seed, 0, 0);
            let n = 20_000;
            let all = [
                (Distribution::log_normal_with_cv(mean, cv), cv * mean),
                (Distribution::Exponential { mean }, mean),
                (Distribution::Uniform { min: 0.0, max: 2.0 * mean }, mean),
            ];
            for (d, deviation) in all {
                prop_assert!((d.mean() / mean - 1.0).abs() < 1e-12);
                let total: f64 = (0..n).map(|_| d.sample(&mut rng)).sum();
                let error = deviation / libm::sqrt(f64::from(n));
                // Five: this runs hundreds of times.
                prop_assert!((total / f64::from(n) - mean).abs() < 5.5 * error, "{d:?}");
            }
        }

        #[test]
        fn a_log_normal_passes_through_its_percentiles(p50 in 0.01..1e3_f64, factor in 1.01..20.0_f64) {
            let d = Distribution::log_normal_with_p95(p50, p50 * factor);
            prop_assert!((d.quantile(0.5) / p50 - 1.0).abs() < 1e-12);
            prop_assert!((d.quantile(0.95) / (p50 * factor) - 1.0).abs() < 1e-12);
        }
    }
}
