//! What reports of AWS Lambda say beside the requests: billed time, memory and cold starts.

use crate::units::{SimDuration, thousands};
use crate::workload::Trace;
use crate::workload::import::row::rows;
use std::collections::BTreeMap;

/// What one report says; nothing where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measured {
    /// As logged; the rule behind it changed over the years.
    pub(super) billed: Option<SimDuration>,
    /// Of a start from a snapshot.
    pub(super) billed_restore: Option<SimDuration>,
    /// Of a cold start.
    pub(super) init: Option<SimDuration>,
    /// Of a start from a snapshot.
    pub(super) restore: Option<SimDuration>,
    pub(super) memory_mb: Option<u64>,
    pub(super) used_mb: Option<u64>,
}

/// The figures of all reports.
#[derive(Debug, Default)]
pub(super) struct Figures {
    reports: u64,
    billed: Spans,
    billed_restore: Spans,
    init: Spans,
    restore: Spans,
    /// Reports by memory size.
    memory: BTreeMap<u64, u64>,
    used_mb: Option<u64>,
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
        // Logs have microseconds at most.
        let mean = self.sum / i128::from(self.count.max(1)) / 1_000 * 1_000;
        let mean = SimDuration(i64::try_from(mean).unwrap_or(i64::MAX));
        let most = SimDuration(self.most);
        let (count, reports) = (thousands(self.count), thousands(reports));
        format!("{count} of {reports} invocations, {mean} on average, {most} at most")
    }
}

impl Figures {
    /// Takes a report.
    pub(super) fn add(&mut self, report: &Measured) {
        self.reports += 1;
        self.billed.add(report.billed);
        self.billed_restore.add(report.billed_restore);
        self.init.add(report.init);
        self.restore.add(report.restore);
        if let Some(memory) = report.memory_mb {
            *self.memory.entry(memory).or_default() += 1;
        }
        self.used_mb = self.used_mb.max(report.used_mb);
    }

    /// Adds the figures to the notes.
    pub(super) fn note(&self, trace: &mut Trace) {
        let mut say = |note: String| trace.notes.push(note);
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
            let used = self.used_mb.map(|mb| format!("; at most {} MB used", thousands(mb)));
            let sizes = sizes.collect::<Vec<_>>().join(", ");
            say(format!("memory sizes: {sizes}{}", used.unwrap_or_default()));
        }
        if self.init.count > 0 {
            say(format!("measured cold starts: {}", self.init.of(self.reports)));
        }
        if self.restore.count > 0 {
            let billed = match self.billed_restore.count {
                0 => String::new(),
                _ => format!("; {} of them billed", self.billed_restore.total()),
            };
            say(format!("measured restores: {}{billed}", self.restore.of(self.reports)));
        }
        if self.reports > 0 && self.init.count + self.restore.count == 0 {
            say(format!("measured cold starts: 0 of {}", thousands(self.reports)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(reports: &[Measured]) -> Vec<String> {
        let (mut figures, mut trace) = (Figures::default(), Trace::new("test"));
        reports.iter().for_each(|report| figures.add(report));
        figures.note(&mut trace);
        trace.notes
    }

    #[test]
    fn figures_are_told_where_reports_have_them() {
        let ms = |n| Some(SimDuration::from_millis(n));
        let warm = Measured { billed: ms(100), memory_mb: Some(512), ..Measured::default() };
        let cold = Measured { init: ms(200), used_mb: Some(90), ..warm };
        let restored = Measured { restore: ms(50), ..warm };
        assert_eq!(
            notes(&[warm, cold, cold, Measured { init: ms(201), ..cold }, restored]),
            [
                "billed durations as logged: 500ms in all, on 5 rows",
                "memory sizes: 512 MB (5); at most 90 MB used",
                "measured cold starts: 3 of 5 invocations, 200.333ms on average, 201ms at most",
                "measured restores: 1 of 5 invocations, 50ms on average, 50ms at most",
            ]
        );
        let billed = Measured { billed_restore: ms(50), ..restored };
        assert!(notes(&[billed])[2].ends_with("50ms at most; 50ms of them billed"));
        assert_eq!(notes(&[warm])[2], "measured cold starts: 0 of 1");
        assert_eq!(notes(&[]), [""; 0]);
    }
}
