//! A trace in parts: rows are handed on in sorted runs, so that the whole need not fit in memory.

use crate::diagnostic::Result;
use crate::units::SimDuration;
use crate::workload::Trace;

/// Takes the rows of a trace while it is read.
pub trait RunSink {
    /// How many bytes of rows may gather before they are handed on.
    fn run_bytes(&self) -> usize;

    /// Takes the rows of `run`, which are sorted by arrival; other runs may overlap them. Labels are
    /// those known so far and keep their indices in later runs.
    ///
    /// # Errors
    /// When they cannot be kept.
    fn take(&mut self, run: &Trace) -> Result<()>;
}

/// Where the rows of a trace go, if not into memory.
#[derive(Default)]
pub(crate) struct Runs<'a>(Option<&'a mut dyn RunSink>);

impl<'a> Runs<'a> {
    pub(super) fn new(sink: Option<&'a mut dyn RunSink>) -> Self {
        Self(sink)
    }

    /// The same for a while.
    pub(super) fn lend(&mut self) -> Runs<'_> {
        Runs(self.0.as_mut().map(|sink| &mut **sink as &mut dyn RunSink))
    }

    /// To be called after every few rows: hands them on if they are enough for a run.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub(super) fn offer(&mut self, trace: &mut Trace) -> Result<()> {
        match &mut self.0 {
            Some(sink) if trace.used_bytes() >= sink.run_bytes() => {
                let furthest = trace.sort_by_arrival();
                sink.take(trace)?;
                trace.clear_rows(furthest);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Hands on rows that are a run already, such as a block of a packed trace; gives them back
    /// where they are wanted in memory.
    ///
    /// # Errors
    /// When they cannot be kept.
    pub(super) fn pass(&mut self, trace: &mut Trace) -> Result<()> {
        if let Some(sink) = &mut self.0 {
            sink.take(trace)?;
            trace.clear_rows(SimDuration::ZERO);
        }
        Ok(())
    }
}
