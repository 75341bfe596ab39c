//! When within the period a workload is busy.

use crate::diagnostic::Result;
use crate::recommend::Session;
use std::collections::BTreeMap;

const HOUR: i64 = 3_600_000_000_000;

/// Hours of the period; a last one that is begun counts whole.
pub(super) fn hours(session: &Session<'_>) -> usize {
    let period = session.now().estimate.period.0.max(1);
    usize::try_from((period + HOUR - 1) / HOUR).unwrap_or(usize::MAX)
}

/// The share of a workload's time in flight that falls into each hour of the period; the replayed span is
/// repeated until the period is full.
///
/// # Errors
/// As [`Session::stream`].
pub(super) fn shape(session: &mut Session<'_>, workload: usize) -> Result<Vec<f64>> {
    let hours = hours(session);
    let mut busy: BTreeMap<i64, i128> = BTreeMap::new();
    let stream = session.stream(workload, &mut |block| {
        for request in block.requests() {
            let (mut at, end) = (request.arrival.0, (request.arrival + request.duration).0);
            // A request without length still counts for its hour.
            while at <= end {
                let hour = at.div_euclid(HOUR);
                let until = end.min((hour + 1).saturating_mul(HOUR) - 1);
                *busy.entry(hour).or_default() += i128::from(until - at) + 1;
                at = until.saturating_add(1);
                if at == i64::MAX {
                    break;
                }
            }
        }
        Ok(())
    })?;
    let first = stream.span.0.0.div_euclid(HOUR);
    let length = (stream.span.1.since(stream.span.0).0 + HOUR - 1) / HOUR;
    let span = usize::try_from(length.max(1)).unwrap_or(1).min(hours.max(1));
    let mut of_span = vec![0_i128; span];
    for (hour, time) in busy {
        // What runs on after the span belongs to its next repetition.
        let place = (hour - first).rem_euclid(i64::try_from(span).unwrap_or(1));
        of_span[usize::try_from(place).unwrap_or(0)] += time;
    }
    let filled: Vec<i128> = (0..hours).map(|hour| of_span[hour % span]).collect();
    Ok(shares(&filled))
}

/// The same every hour.
pub(super) fn flat(hours: usize) -> Vec<f64> {
    shares(&vec![1; hours])
}

/// Parts of a whole; even if the whole is nothing.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn shares(amounts: &[i128]) -> Vec<f64> {
    let all: i128 = amounts.iter().sum();
    let each = |amount: &i128| match all {
        0 => 1.0 / amounts.len() as f64,
        _ => *amount as f64 / all as f64,
    };
    amounts.iter().map(each).collect()
}
