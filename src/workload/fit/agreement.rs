//! How far what was fitted is from what was measured.

use crate::workload::Distribution;

/// Mean and quantiles, in the unit of their owner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// The mean.
    pub mean: f64,
    /// The median.
    pub p50: f64,
    /// The 95th percentile.
    pub p95: f64,
    /// The 99th percentile.
    pub p99: f64,
}

/// Two distributions side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Of the trace.
    pub measured: Figures,
    /// Of the fit.
    pub fitted: Figures,
    /// The Kolmogorov–Smirnov distance: the most that the two shares of values up to some value
    /// differ, 0 to 1.
    pub distance: f64,
}

impl Figures {
    /// Those of sorted values; zeros of none.
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    pub(super) fn of(sorted: &[f64]) -> Self {
        let mean = sorted.iter().sum::<f64>() / sorted.len().max(1) as f64;
        let at = |p| rank(sorted, p);
        Self { mean, p50: at(0.5), p95: at(0.95), p99: at(0.99) }
    }

    fn of_distribution(d: &Distribution) -> Self {
        Self { mean: d.mean(), p50: d.quantile(0.5), p95: d.quantile(0.95), p99: d.quantile(0.99) }
    }
}

/// The value at a share of the way through sorted values.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "below the length")]
pub(super) fn rank(sorted: &[f64], p: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * p).round() as usize).copied().unwrap_or_default()
}

impl Agreement {
    /// A distribution beside sorted values. `whole` says that draws are rounded to whole numbers.
    pub(super) fn with(sorted: &[f64], d: &Distribution, whole: bool) -> Self {
        let half = if whole { 0.5 } else { 0.0 };
        let distance = steps(sorted, |x| (below(d, x - half), up_to(d, x + half)));
        Self { measured: Figures::of(sorted), fitted: Figures::of_distribution(d), distance }
    }

    /// Two samples beside each other, both sorted.
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    pub(super) fn between(measured: &[f64], fitted: &[f64]) -> Self {
        let n = fitted.len().max(1) as f64;
        let distance = steps(measured, |x| {
            let below = fitted.partition_point(|v| *v < x) as f64 / n;
            (below, fitted.partition_point(|v| *v <= x) as f64 / n)
        });
        Self { measured: Figures::of(measured), fitted: Figures::of(fitted), distance }
    }

    /// How far the mean is off, as a share of the measured one.
    #[must_use]
    pub fn mean_error(&self) -> f64 {
        if self.measured.mean == 0.0 {
            return if self.fitted.mean == 0.0 { 0.0 } else { f64::INFINITY };
        }
        (self.fitted.mean / self.measured.mean - 1.0).abs()
    }
}

/// The largest difference at the steps of sorted values; `shares` gives the share of the other
/// distribution below a value and up to it.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn steps(sorted: &[f64], shares: impl Fn(f64) -> (f64, f64)) -> f64 {
    let n = sorted.len().max(1) as f64;
    let (mut at, mut distance) = (0, 0.0_f64);
    while let Some(&x) = sorted.get(at) {
        let next = at + sorted.get(at..).map_or(1, |rest| rest.partition_point(|v| *v <= x)).max(1);
        let (below, up_to) = shares(x);
        distance = distance.max((below - at as f64 / n).abs());
        distance = distance.max((up_to - next as f64 / n).abs());
        at = next;
    }
    distance
}

/// The share of draws below `x`.
fn below(d: &Distribution, x: f64) -> f64 {
    match *d {
        Distribution::Constant(value) => f64::from(u8::from(value < x)),
        _ => up_to(d, x),
    }
}

/// The share of draws up to `x`.
fn up_to(d: &Distribution, x: f64) -> f64 {
    match *d {
        Distribution::Constant(value) => f64::from(u8::from(value <= x)),
        Distribution::LogNormal { mu, sigma } if x > 0.0 => {
            0.5 * libm::erfc((mu - libm::log(x)) / (sigma * std::f64::consts::SQRT_2))
        }
        Distribution::Exponential { mean } if x > 0.0 => -libm::expm1(-x / mean),
        Distribution::Uniform { min, max } if max > min => {
            ((x - min) / (max - min)).clamp(0.0, 1.0)
        }
        Distribution::Uniform { min, .. } => f64::from(u8::from(min <= x)),
        Distribution::LogNormal { .. } | Distribution::Exponential { .. } => 0.0,
    }
}

/// How far a figure is off, in percent with a sign; none beside zero.
#[must_use]
pub fn off(measured: f64, fitted: f64) -> Option<String> {
    if measured == 0.0 {
        return (fitted == 0.0).then(|| "0%".to_owned());
    }
    let percent = (fitted / measured - 1.0) * 100.0;
    let decimals = usize::from(percent.abs() < 9.95);
    let text = format!("{percent:+.decimals$}%");
    Some(if matches!(text.as_str(), "+0.0%" | "-0.0%") { "0%".into() } else { text })
}
