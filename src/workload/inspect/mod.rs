//! What a trace says about itself, before anything is modelled or billed.
//!
//! One or a few passes over each column; besides the trace, memory is a few histograms and as many
//! times as requests are in flight at once.

mod burstiness;
mod concurrency;
mod fields;
mod labels;
mod quantiles;
mod rates;

pub use burstiness::{Burstiness, Reading, Windowed};
pub use concurrency::InFlight;
pub use fields::{Field, FieldValues, Missing};
pub use labels::{LabelCount, Labelled};
pub use quantiles::{Quantiles, RANKS};
pub use rates::{Bins, Cycle, Profile};

use super::prefix_cache::{self, CacheLimits, CacheUse};
use super::{Status, TimeBase, Trace, TraceColumn};
use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimDuration, SimTime};

/// What a trace says about itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspection {
    /// Name of the importer that read it.
    pub format: &'static str,
    /// Requests.
    pub rows: u64,
    /// Rows left out because they could not be read.
    pub skipped: u64,
    /// Why the first of them could not be read.
    pub first_skipped: Option<Diagnostic>,
    /// Rows that stood below a later arrival.
    pub out_of_order: u64,
    /// What arrival times count from.
    pub time_base: TimeBase,
    /// The first arrival.
    pub first: SimTime,
    /// The last arrival.
    pub last: SimTime,
    /// Requests per second, over the span and one mean gap; none for a single instant.
    pub rate: Option<f64>,
    /// Arrivals over the trace.
    pub bins: Option<Bins>,
    /// Arrivals by the hour of the day, from two days on.
    pub by_hour: Option<Profile>,
    /// Arrivals by the day of the week, from two weeks on, if the trace's clock has dates.
    pub by_weekday: Option<Profile>,
    /// How unevenly requests arrive.
    pub burstiness: Option<Burstiness>,
    /// Requests in flight, if durations are known.
    pub in_flight: Option<InFlight>,
    /// The columns that have values.
    pub fields: Vec<FieldValues>,
    /// Generated tokens over the time they took, over all requests that have both.
    pub tokens_per_second: Option<f64>,
    /// The columns that have none, and what an estimate does about it.
    pub missing: Vec<Missing>,
    /// Requests by how they ended: completed, failed, aborted.
    pub statuses: [(Status, u64); 3],
    /// Requests by model.
    pub models: Labelled,
    /// Requests by workload.
    pub workloads: Labelled,
    /// What prompt caches of these limits would have held; empty if the trace has no prefixes.
    pub caches: Vec<(CacheLimits, CacheUse)>,
    /// What was noticed while reading, one sentence each.
    pub notes: Vec<String>,
}

impl Inspection {
    /// Looks at a sorted trace; arrivals over the trace are counted in at most `bins` bins, and the
    /// prompts are replayed against a cache of each of these limits.
    ///
    /// # Errors
    /// None that a trace could cause: those of completing requests without a `requests:` section.
    pub fn of(trace: &Trace, bins: usize, caches: &[CacheLimits]) -> Result<Self> {
        let caches = if trace.prefixes().is_empty() { &[] } else { caches };
        let arrivals = trace.arrivals();
        let (fields, tokens_per_second) = fields::values(trace);
        // Without dates, nobody knows which day is a Monday.
        let dated = trace.time_base == TimeBase::UnixEpoch;
        let status = |status| (status, trace.count_status(status));
        Ok(Self {
            format: trace.format,
            rows: trace.len() as u64,
            skipped: trace.skipped,
            first_skipped: trace.first_skipped.as_deref().cloned(),
            out_of_order: trace.out_of_order,
            time_base: trace.time_base,
            first: SimTime(arrivals.first().copied().unwrap_or_default()),
            last: SimTime(arrivals.last().copied().unwrap_or_default()),
            rate: rate(trace),
            bins: Bins::of(arrivals, bins),
            by_hour: Profile::of(arrivals, Cycle::Day),
            by_weekday: dated.then(|| Profile::of(arrivals, Cycle::Week)).flatten(),
            burstiness: Burstiness::of(arrivals),
            in_flight: InFlight::of(trace),
            fields,
            tokens_per_second,
            missing: fields::missing(trace)?,
            statuses: [Status::Completed, Status::Failed, Status::Aborted].map(status),
            models: Labelled::of(trace, TraceColumn::Model, trace.model_labels()),
            workloads: Labelled::of(trace, TraceColumn::Workload, trace.workload_labels()),
            caches: caches.iter().map(|l| (*l, prefix_cache::replay(trace, *l))).collect(),
            notes: trace.notes.clone(),
        })
    }

    /// From the first to the last arrival.
    #[must_use]
    pub fn span(&self) -> SimDuration {
        self.last.since(self.first)
    }
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn rate(trace: &Trace) -> Option<f64> {
    trace.natural_window().map(|window| trace.len() as f64 / window.as_secs_f64())
}
