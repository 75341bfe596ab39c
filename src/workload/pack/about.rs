//! What a packed trace says about itself, at its end.

use crate::diagnostic::Diagnostic;
use crate::units::SimTime;
use crate::workload::import::IMPORTERS;
use crate::workload::{TimeBase, Trace, TraceColumn};
use serde::{Deserialize, Serialize};

/// What a packed trace holds, without its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Number of requests.
    pub rows: u64,
    /// The first arrival; zero without rows.
    pub first: SimTime,
    /// The last arrival; zero without rows.
    pub last: SimTime,
    /// A trace without rows that has the labels, the notes and all else there is to say.
    pub about: Trace,
    present: Vec<u64>,
}

impl Header {
    /// On how many rows a column was logged.
    #[must_use]
    pub fn present(&self, column: TraceColumn) -> u64 {
        let at = super::block::COLUMNS.iter().position(|c| *c == column);
        at.and_then(|at| self.present.get(at)).copied().unwrap_or(0)
    }

    pub(super) fn new(about: Trace, present: Vec<u64>) -> Self {
        Self { rows: 0, first: SimTime(0), last: SimTime(0), about, present }
    }
}

/// [`Header`] as it is written, in JSON. Keys that are not known are left out.
#[derive(Serialize, Deserialize)]
pub(super) struct About {
    format: String,
    relative: bool,
    out_of_order: u64,
    skipped: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_skipped: Option<Box<Diagnostic>>,
    notes: Vec<String>,
    workloads: Vec<String>,
    models: Vec<String>,
    /// Entries of each column, in the order of the columns.
    present: Vec<u64>,
}

impl About {
    pub(super) fn of(trace: &Trace, present: &[u64]) -> Self {
        Self {
            format: trace.format.to_owned(),
            relative: trace.time_base == TimeBase::TraceStart,
            out_of_order: trace.out_of_order,
            skipped: trace.skipped,
            first_skipped: trace.first_skipped.clone(),
            notes: trace.notes.clone(),
            workloads: trace.workload_labels().to_vec(),
            models: trace.model_labels().to_vec(),
            present: present.to_vec(),
        }
    }

    /// None if there are more labels than a trace can have, or one twice.
    pub(super) fn header(self) -> Option<Header> {
        let known = IMPORTERS.iter().map(|i| i.name).find(|name| *name == self.format);
        let mut about = Trace::new(known.unwrap_or(super::FORMAT));
        let interned = |(i, index): (usize, Option<u16>)| index.map(usize::from) == Some(i);
        let workloads: Vec<_> = self.workloads.iter().map(|l| about.intern_workload(l)).collect();
        let models: Vec<_> = self.models.iter().map(|l| about.intern_model(l)).collect();
        if ![workloads, models].into_iter().all(|l| l.into_iter().enumerate().all(interned)) {
            return None;
        }
        about.time_base = if self.relative { TimeBase::TraceStart } else { TimeBase::UnixEpoch };
        about.out_of_order = self.out_of_order;
        about.skipped = self.skipped;
        about.first_skipped = self.first_skipped;
        about.notes = self.notes;
        Some(Header::new(about, self.present))
    }
}
