//! Requests made from counts or rates: how many at most, and where a minute's lie.

use crate::diagnostic::{Diagnostic, suggest};
use crate::units::thousands;
use crate::workload::random::uniform;
use rand::Rng;

/// The most requests that are made from a trace of counts or rates; they are kept in memory.
pub(crate) const MOST: u64 = 100_000_000;

/// The error for a trace that stands for more; `way_out` is what to do about it.
pub(crate) fn too_many(name: &str, requests: u64, way_out: &str) -> Box<Diagnostic> {
    let message = format!("the trace stands for {} requests", thousands(requests));
    Diagnostic::input(message)
        .note(format!("in {name}"))
        .note(format!("allowed: at most {}, which are kept in memory", thousands(MOST)))
        .hint(way_out)
        .into()
}

/// The error for a trace without the workload that was asked for.
pub(crate) fn no_such_workload(name: &str, wanted: &str, labels: &[String]) -> Box<Diagnostic> {
    let labels = || labels.iter().map(String::as_str);
    Diagnostic::input(format!("the trace has no workload `{wanted}`"))
        .note(format!("in {name}"))
        .note(format!("labels of the trace: {}", suggest::list(labels())))
        .maybe_hint(suggest::did_you_mean(wanted, labels()))
        .into()
}

/// An instant of a stretch of `length` nanoseconds, each as likely as the others.
#[expect(clippy::cast_possible_truncation, reason = "below `length`, which is an i64")]
#[expect(clippy::cast_precision_loss, reason = "a stretch is far shorter than 2^53 ns")]
pub(crate) fn instant_within(length: i64, rng: &mut impl Rng) -> i64 {
    ((uniform(rng) * length as f64) as i64).min(length - 1)
}
