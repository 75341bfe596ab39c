//! A trace as a few numbers: the pattern and the distributions of a scenario that come nearest to it.
//!
//! Every fit is judged as the scenario will read it, rounding included, and says how far it is off.

mod agreement;
mod arrivals;
mod shape;
#[cfg(test)]
mod tests;
mod times;

pub use agreement::{Agreement, Figures, off};

use super::inspect::Inspection;
use super::{Status, TimeBase, Trace, TraceColumn, Unit};
use crate::diagnostic::Result;
use crate::units::SimDuration;

/// A scenario's `arrivals:` and `requests:` that come nearest to a trace.
#[derive(Clone, Debug, PartialEq)]
pub struct Fit {
    /// Requests it rests on.
    pub rows: u64,
    /// Keys of `arrivals:` with their values.
    pub arrivals: Vec<(&'static str, String)>,
    /// Length of the windows in which arrivals were counted to judge the pattern.
    pub window: Option<SimDuration>,
    /// Arrivals in such a window, measured and generated.
    pub counts: Option<Agreement>,
    /// Keys of `requests:` that vary, with what was fitted.
    pub values: Vec<FittedValue>,
    /// Keys of `requests:` that are a share, in percent.
    pub shares: Vec<(&'static str, String)>,
    /// The time to the last byte as it follows from the first token and the speed, where it is not a
    /// key of its own.
    pub duration: Option<Agreement>,
    /// What the scenario cannot say about this trace, one sentence each.
    pub notes: Vec<String>,
}

/// One fitted key of `requests:`.
#[derive(Clone, Debug, PartialEq)]
pub struct FittedValue {
    /// The key.
    pub key: &'static str,
    /// What it counts.
    pub unit: Unit,
    /// The value as a scenario writes it.
    pub text: String,
    /// The rows that have one.
    pub rows: u64,
    /// How near it comes.
    pub agreement: Agreement,
}

impl Fit {
    /// Fits a sorted trace; none if it is a single instant, which says nothing about a rate.
    ///
    /// # Errors
    /// None that a trace could cause: those of looking at it.
    pub fn of(trace: &Trace, seed: u64) -> Result<Option<Self>> {
        let found = Inspection::of(trace, 0, &[])?;
        let Some(arrivals) = arrivals::fit(trace, &found, seed) else { return Ok(None) };
        let mut notes = arrivals.notes;
        let mut values = Vec::new();
        for (key, column) in [
            ("input_tokens", TraceColumn::InputTokens),
            ("output_tokens", TraceColumn::OutputTokens),
        ] {
            values.extend(shape::column(trace, key, column));
        }
        let times = times::fit(trace, &values, seed);
        values.extend(times.values);
        notes.extend(times.note);
        for (key, column) in [
            ("cpu", TraceColumn::Cpu),
            ("response_bytes", TraceColumn::ResponseBytes),
            ("request_bytes", TraceColumn::RequestBytes),
        ] {
            values.extend(shape::column(trace, key, column));
        }
        let shares = shares(trace, &mut notes);
        notes.extend(left_out(trace, &found));
        Ok(Some(Self {
            rows: found.rows,
            arrivals: arrivals.keys,
            window: arrivals.window,
            counts: arrivals.counts,
            values,
            shares,
            duration: times.follows,
            notes,
        }))
    }
}

/// Shares of the prompt that a cache holds, and of clients that leave.
fn shares(trace: &Trace, notes: &mut Vec<String>) -> Vec<(&'static str, String)> {
    let mut shares = Vec::new();
    let mut above = false;
    for (key, column) in [
        ("cached_share", TraceColumn::CachedTokens),
        ("cache_write_share", TraceColumn::CacheWriteTokens),
    ] {
        let (mut part, mut whole) = (0_u128, 0_u128);
        trace.each(column, |row, tokens| {
            let prompt = trace.value(TraceColumn::InputTokens, row).unwrap_or(0);
            above |= tokens > prompt;
            part += u128::from(tokens);
            whole += u128::from(prompt);
        });
        if part > 0 && whole > 0 && !above {
            shares.push((key, percent(part, whole)));
        }
    }
    if above {
        notes.push(
            "some rows have more cached than input tokens, so cached tokens stand beside the prompt: \
             no cached share was fitted"
                .into(),
        );
    }
    let aborted = trace.count_status(Status::Aborted);
    if aborted > 0 {
        shares.push(("disconnects", percent(aborted.into(), trace.len() as u128)));
    }
    shares
}

/// A share with two decimals.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn percent(part: u128, whole: u128) -> String {
    let share = part as f64 / whole as f64 * 100.0;
    format!("{}%", shape::plain(share, 4))
}

/// What a pattern and distributions do not hold.
fn left_out(trace: &Trace, found: &Inspection) -> Vec<String> {
    let mut notes = Vec::new();
    let labels = [("models", trace.model_labels()), ("workloads", trace.workload_labels())];
    for (what, names) in labels {
        if names.len() > 1 {
            notes.push(format!(
                "the trace has {} {what}; they are fitted as one, use the trace itself to bill each",
                names.len()
            ));
        }
    }
    let failed = trace.count_status(Status::Failed);
    if failed > 0 {
        notes.push(format!("failed requests, fitted as if they were answered: {failed}"));
    }
    if !trace.prefixes().is_empty() {
        notes.push("prefix hashes, which say what a prompt cache holds, are not kept".into());
    }
    if found.time_base == TimeBase::TraceStart && found.by_hour.is_some() {
        notes.push("the trace's clock has no dates: its zero is taken as midnight".into());
    }
    if trace.len() < 200 {
        notes.push(format!("{} requests are few: quantiles are rough", trace.len()));
    }
    notes
}
