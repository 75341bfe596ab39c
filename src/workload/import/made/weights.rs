//! Logged rows that stand for several requests, as sampling leaves them.

use crate::diagnostic::{Diagnostic, Result};
use crate::units::thousands;
use crate::workload::Trace;
use crate::workload::random::{purpose, stream, uniform};

/// So many requests are made of a sampled log.
const MOST: u64 = 200_000_000;

/// Makes each row of a sorted trace the number of requests it stands for.
///
/// The first stands where the row is, the others anywhere up to the next later row, so that a
/// logged row is not a burst; the last row's spread over the mean gap.
///
/// # Errors
/// When that makes more requests than can be kept.
pub(crate) fn expand(trace: Trace, weights: &[u64], seed: u64) -> Result<Trace> {
    let requests = weights.iter().fold(0_u64, |sum, w| sum.saturating_add(*w));
    let logged = trace.len() as u64;
    if requests == logged {
        return Ok(trace);
    }
    if requests > MOST {
        let message = format!(
            "the {} rows stand for {} requests by their item counts",
            thousands(logged),
            thousands(requests)
        );
        return Err(Diagnostic::input(message)
            .note(format!("at most {} are made of a sampled log", thousands(MOST)))
            .hint("export a shorter period, and let the estimate fill the month")
            .into());
    }
    let arrivals: Vec<i64> = trace.iter().map(|row| row.arrival.0).collect();
    let mean_gap = trace.span().0 / i64::try_from(trace.len()).unwrap_or(i64::MAX).max(1);
    let mut rng = stream(seed, 0, purpose::SAMPLED);
    let mut expanded = emptied(&trace);
    let mut next = 0;
    for (i, (row, weight)) in trace.iter().zip(weights).enumerate() {
        while arrivals.get(next).is_some_and(|later| *later <= row.arrival.0) {
            next += 1;
        }
        let room = arrivals.get(next).map_or(mean_gap, |later| later.saturating_sub(row.arrival.0));
        for copy in 0..*weight {
            let mut row = row;
            if copy > 0 {
                row.arrival.0 = row.arrival.0.saturating_add(part(room, uniform(&mut rng)));
            }
            expanded.push(row);
            expanded.push_prefix(trace.prefixes().of(i));
        }
    }
    let out_of_order = trace.out_of_order;
    expanded.sort_by_arrival();
    expanded.out_of_order = out_of_order;
    expanded.shrink();
    expanded.notes.push(format!(
        "sampled: {} rows stand for {} requests, those not logged spread at random (seed {seed}) \
         up to the next row",
        thousands(logged),
        thousands(requests)
    ));
    Ok(expanded)
}

/// All of a trace but its rows.
fn emptied(trace: &Trace) -> Trace {
    let mut empty = Trace::new(trace.format);
    empty.skipped = trace.skipped;
    empty.first_skipped.clone_from(&trace.first_skipped);
    empty.notes.clone_from(&trace.notes);
    empty.time_base = trace.time_base;
    for label in trace.workload_labels() {
        let _ = empty.intern_workload(label);
    }
    for label in trace.model_labels() {
        let _ = empty.intern_model(label);
    }
    empty
}

/// `room` times a number below 1.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a random place between two rows"
)]
fn part(room: i64, fraction: f64) -> i64 {
    (room as f64 * fraction) as i64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::{SimDuration, SimTime};
    use crate::workload::Row;

    fn trace(seconds: &[i64]) -> Trace {
        let mut trace = Trace::new("test");
        for &s in seconds {
            let duration = Some(SimDuration::from_millis(s));
            trace.push(Row { arrival: SimTime(s * 1_000_000_000), duration, ..Row::default() });
        }
        trace
    }

    #[test]
    fn rows_become_as_many_requests_as_they_stand_for() {
        let expanded = expand(trace(&[10, 20, 20, 30]), &[5, 1, 3, 2], 7).unwrap();
        assert_eq!(expanded.len(), 11);
        let of = |ms: i64| {
            let rows = expanded.iter().filter(|r| r.duration == Some(SimDuration::from_millis(ms)));
            rows.map(|r| r.arrival.0 / 1_000_000).collect::<Vec<_>>()
        };
        assert_eq!((of(10).len(), of(20).len(), of(30).len()), (5, 4, 2));
        assert!(of(10).iter().all(|ms| (10_000..20_000).contains(ms)), "{:?}", of(10));
        assert!(of(20).iter().all(|ms| (20_000..30_000).contains(ms)), "{:?}", of(20));
        assert!(of(30).iter().all(|ms| (30_000..35_000).contains(ms)), "{:?}", of(30));
        assert_eq!(of(10)[0], 10_000);
        assert_eq!(expanded, expand(trace(&[10, 20, 20, 30]), &[5, 1, 3, 2], 7).unwrap());
        assert_ne!(expanded, expand(trace(&[10, 20, 20, 30]), &[5, 1, 3, 2], 8).unwrap());
    }

    #[test]
    fn a_log_that_is_not_sampled_stays_as_it_is() {
        assert_eq!(expand(trace(&[1, 2]), &[1, 1], 7).unwrap(), trace(&[1, 2]));
    }

    #[test]
    fn a_count_from_nowhere_does_not_swallow_the_machine() {
        let error = expand(trace(&[1, 2]), &[u64::MAX, 2], 7).unwrap_err();
        assert!(error.message.starts_with("the 2 rows stand for 18,446,744,073,709,551,615"));
    }
}
