//! What reports of AWS Lambda say beside the requests: billed time, memory and cold starts.

use super::{BILLED, BILLED_RESTORE, DROPPED, INIT, MEMORY, MEMORY_USED, RESTORE, milliseconds};
use crate::units::{SimDuration, thousands};
use crate::workload::Trace;
use crate::workload::import::cell::whole;
use crate::workload::import::json::JsonCells;
use crate::workload::import::row::{Bad, Texts, rows};
use std::collections::BTreeMap;

/// The figures of all reports.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// Invocations without a report.
    pub(super) unreported: u64,
    reports: u64,
    billed: Spans,
    billed_restore: Spans,
    init: Spans,
    restore: Spans,
    memory: BTreeMap<u64, u64>,
    memory_used: Option<u64>,
    dropped: Option<u64>,
}

/// How many times, how long in all and at most.
#[derive(Clone, Copy, Debug, Default)]
struct Spans {
    count: u64,
    sum: i128,
    most: i64,
}

impl Spans {
    fn add(&mut self, span: Option<SimDuration>) {
        if let Some(span) = span {
            self.count += 1;
            self.sum += i128::from(span.0);
            self.most = self.most.max(span.0);
        }
    }

    fn total(self) -> SimDuration {
        SimDuration(i64::try_from(self.sum).unwrap_or(i64::MAX))
    }

    /// `3 of 10 invocations, 120ms on average, 200ms at most`.
    fn of(self, reports: u64) -> String {
        let mean = self.sum / i128::from(self.count.max(1));
        let mean = SimDuration(i64::try_from(mean).unwrap_or(i64::MAX));
        let most = SimDuration(self.most);
        let (count, reports) = (thousands(self.count), thousands(reports));
        format!("{count} of {reports} invocations, {mean} on average, {most} at most")
    }
}

impl Figures {
    /// Takes a report.
    ///
    /// # Errors
    /// When a figure is no number.
    pub(super) fn report(&mut self, cells: &JsonCells<'_>) -> std::result::Result<(), Bad> {
        let number = |index: usize| match cells.cell(index) {
            [] => Ok(None),
            text => whole(text, "megabytes").map(Some).map_err(|refusal| (index, refusal)),
        };
        let (memory, used) = (number(MEMORY)?, number(MEMORY_USED)?);
        let spans = [BILLED, BILLED_RESTORE, INIT, RESTORE].map(|i| milliseconds(cells, i));
        let [billed, billed_restore, init, restore] = spans;
        let (billed, billed_restore) = (billed?, billed_restore?);
        let (init, restore) = (init?, restore?);
        self.reports += 1;
        self.billed.add(billed);
        self.billed_restore.add(billed_restore);
        self.init.add(init);
        self.restore.add(restore);
        if let Some(memory) = memory {
            *self.memory.entry(memory).or_default() += 1;
        }
        self.memory_used = self.memory_used.max(used);
        Ok(())
    }

    /// Takes a message that log records were lost.
    ///
    /// # Errors
    /// When it does not say how many.
    pub(super) fn dropped(&mut self, cells: &JsonCells<'_>) -> std::result::Result<(), Bad> {
        let records = match cells.cell(DROPPED) {
            [] => 0,
            text => whole(text, "log records").map_err(|refusal| (DROPPED, refusal))?,
        };
        self.dropped = Some(self.dropped.unwrap_or_default().saturating_add(records));
        Ok(())
    }

    /// Adds the figures to the notes.
    pub(super) fn note(&self, trace: &mut Trace) {
        let mut say = |note: String| trace.notes.push(note);
        if let Some(dropped) = self.dropped {
            say(format!(
                "the log lost {} records (platform.logsDropped): requests may be missing, so any \
                 cost is a lower bound",
                thousands(dropped)
            ));
        }
        if self.billed.count > 0 {
            say(format!(
                "billed durations as logged: {} in all, on {}",
                self.billed.total(),
                rows(self.billed.count)
            ));
        }
        if !self.memory.is_empty() {
            let sizes = self
                .memory
                .iter()
                .map(|(mb, n)| format!("{} MB ({})", thousands(*mb), thousands(*n)));
            let used = self.memory_used.map(|mb| format!("; at most {} MB used", thousands(mb)));
            let sizes = sizes.collect::<Vec<_>>().join(", ");
            say(format!("memory sizes: {sizes}{}", used.unwrap_or_default()));
        }
        if self.init.count > 0 {
            say(format!("measured cold starts: {}", self.init.of(self.reports)));
        }
        if self.restore.count > 0 {
            say(format!(
                "measured restores: {}; {} of them billed",
                self.restore.of(self.reports),
                self.billed_restore.total()
            ));
        }
        if self.unreported > 0 {
            say(format!(
                "{} without a report: what it would say is left open",
                rows(self.unreported)
            ));
        }
    }
}
