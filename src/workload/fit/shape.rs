//! The distribution of one column.

use super::FittedValue;
use super::agreement::{Agreement, rank};
use crate::diagnostic::{Located, Source};
use crate::workload::{Distribution, DistributionSpec, Trace, TraceColumn, Unit};
use serde::Deserialize;

/// Digits that are written.
const DIGITS: usize = 4;
/// A mean further off than this is not taken if another shape keeps it: bills follow the mean.
const MEAN: f64 = 0.02;
/// Values that vary less than this are written as one value.
const CONSTANT: f64 = 0.005;
/// The normal quantile of 95 %.
const Z95: f64 = 1.644_853_626_951_472_2;

/// The values of a column, sorted, in seconds, tokens or bytes.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
pub(super) fn sorted(trace: &Trace, column: TraceColumn) -> Vec<f64> {
    let scale = if unit(column) == Unit::Seconds { 1e9 } else { 1.0 };
    let mut values = Vec::new();
    trace.each(column, |_, value| values.push(value as f64 / scale));
    values.sort_unstable_by(f64::total_cmp);
    values
}

const fn unit(column: TraceColumn) -> Unit {
    match column {
        TraceColumn::Duration | TraceColumn::TimeToFirstToken | TraceColumn::Cpu => Unit::Seconds,
        TraceColumn::ResponseBytes | TraceColumn::RequestBytes => Unit::Bytes,
        _ => Unit::Tokens,
    }
}

/// The shape nearest to a column, if it has values.
pub(super) fn column(trace: &Trace, key: &'static str, column: TraceColumn) -> Option<FittedValue> {
    let unit = unit(column);
    let values = sorted(trace, column);
    nearest(key, unit, &values, candidates(&values, unit))
}

/// The candidate nearest to sorted values among those that keep the mean.
pub(super) fn nearest(
    key: &'static str,
    unit: Unit,
    values: &[f64],
    candidates: Vec<String>,
) -> Option<FittedValue> {
    let whole = matches!(unit, Unit::Tokens | Unit::Bytes);
    let judged = candidates.into_iter().filter_map(|text| {
        let agreement = Agreement::with(values, &read(&text, unit)?, whole);
        Some((text, agreement))
    });
    let cost = |a: &Agreement| (a.mean_error() > MEAN, a.distance + a.mean_error());
    let best = judged.min_by(|(_, a), (_, b)| {
        let ((off_a, a), (off_b, b)) = (cost(a), cost(b));
        off_a.cmp(&off_b).then(a.total_cmp(&b))
    });
    let rows = values.len() as u64;
    best.map(|(text, agreement)| FittedValue { key, unit, text, rows, agreement })
}

/// What a scenario reads: rounding and units are part of what is judged.
pub(super) fn read(text: &str, unit: Unit) -> Option<Distribution> {
    #[derive(Deserialize)]
    struct Holder {
        x: Located<DistributionSpec>,
    }
    let source = Source::new("", format!("x: {text}\n"));
    let holder: Holder = source.yaml().ok()?;
    DistributionSpec::resolve(&holder.x, &source, unit).ok()
}

/// Every form a scenario has, with parameters from the values' moments, logarithms and quantiles.
fn candidates(values: &[f64], unit: Unit) -> Vec<String> {
    let Some((&least, &most)) = values.first().zip(values.last()) else { return Vec::new() };
    let (mean, deviation) = moments(values.iter().copied());
    let show = |v: f64| written(v, unit);
    if most - least <= CONSTANT * mean || mean <= 0.0 {
        return vec![show(mean)];
    }
    let (p50, p95) = (rank(values, 0.5), rank(values, 0.95));
    let cv = |cv: f64| format!("{{ mean: {}, cv: {} }}", show(mean), plain(cv, DIGITS));
    let mut texts: Vec<String> = spreads(values).into_iter().map(cv).collect();
    if p50 > 0.0 && p95 > p50 {
        texts.push(format!("{{ p50: {}, p95: {} }}", show(p50), show(p95)));
    }
    texts.push(format!("{{ mean: {}, distribution: exponential }}", show(mean)));
    let half = deviation * 3.0_f64.sqrt();
    if mean > half {
        let (low, high) = (show(mean - half), show(mean + half));
        texts.push(format!("{{ minimum: {low}, maximum: {high} }}"));
    }
    texts
}

/// Coefficients of variation of a log-normal shape: from the moments, from the logarithms, from the
/// two percentiles a scenario may name.
pub(super) fn spreads(values: &[f64]) -> Vec<f64> {
    let (mean, deviation) = moments(values.iter().copied());
    let logs = values.iter().copied().filter(|v| *v > 0.0).map(libm::log);
    let (_, of_logs) = moments(logs);
    let (p50, p95) = (rank(values, 0.5), rank(values, 0.95));
    let of_ranks = if p50 > 0.0 && p95 > p50 { libm::log(p95 / p50) / Z95 } else { of_logs };
    let from_logs = |sigma: f64| libm::sqrt(libm::expm1(sigma * sigma));
    let all = [deviation / mean, from_logs(of_logs), from_logs(of_ranks)];
    all.into_iter().filter(|cv| cv.is_finite() && (0.0..=100.0).contains(cv)).collect()
}

/// Mean and standard deviation.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
pub(super) fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let (count, sum) = values.clone().fold((0_u64, 0.0), |(n, sum), v| (n + 1, sum + v));
    let n = count.max(1) as f64;
    let mean = sum / n;
    let squares: f64 = values.map(|v| (v - mean) * (v - mean)).sum();
    (mean, libm::sqrt(squares / n))
}

/// A value with its unit, to four digits.
pub(super) fn written(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Seconds => seconds(value),
        Unit::Tokens => format!("{}", value.round()),
        Unit::Bytes => plain(value.round(), DIGITS),
        Unit::TokensPerSecond => plain(value, DIGITS),
    }
}

fn seconds(value: f64) -> String {
    let (size, name) = match value {
        v if v <= 0.0 => return "0s".into(),
        v if v < 1e-3 => (1e-6, "us"),
        v if v < 1.0 => (1e-3, "ms"),
        _ => (1.0, "s"),
    };
    format!("{}{name}", plain(value / size, DIGITS))
}

/// A number with so many significant digits, no exponent and no trailing zeros; whole numbers stay
/// whole.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few digits")]
pub(super) fn plain(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".into();
    }
    let before = value.abs().log10().floor() as i32 + 1;
    let decimals = (i32::try_from(digits).unwrap_or(0) - before).max(0) as usize;
    let text = format!("{value:.decimals$}");
    if decimals == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
