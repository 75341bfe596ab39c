//! From rows of a file to a trace: skips bad rows if told to, interns labels, takes notes.

use super::bulk::{self, Part, Taken};
use super::record::Record;
use super::row_reader::RowReader;
use crate::diagnostic::{Diagnostic, Result};
use crate::units::thousands;
use crate::workload::import::row::{
    Bad, Doubts, Draft, Drafter, Layout, Step, finish, label, tally,
};
use crate::workload::{Row, Trace};

/// Rows read one by one between two looks at their size.
const LOOK: usize = 4_096;

/// Reads all rows as they are.
///
/// # Errors
/// The first bad row unless they are skipped, a file that cannot be read, and no rows at all.
pub(crate) fn assemble_as_read(
    format: &'static str,
    reader: RowReader<'_>,
    layout: Layout,
    skip_bad_rows: bool,
) -> Result<Trace> {
    Assembly::new(format, reader, layout, skip_bad_rows, None).run(Some(bulk::PACE))
}

/// Reads all rows; `adjust` has the last word on each, in the order of the file.
///
/// # Errors
/// The first bad row unless they are skipped, a file that cannot be read, and no rows at all.
pub(crate) fn assemble(
    format: &'static str,
    reader: RowReader<'_>,
    layout: Layout,
    skip_bad_rows: bool,
    mut adjust: impl FnMut(&mut Row),
) -> Result<Trace> {
    let adjust: &mut dyn FnMut(&mut Row) = &mut adjust;
    Assembly::new(format, reader, layout, skip_bad_rows, Some(adjust)).run(Some(bulk::PACE))
}

/// A trace while it is read.
pub(super) struct Assembly<'a, 'f> {
    trace: Trace,
    reader: RowReader<'a>,
    drafter: Drafter,
    skip_bad_rows: bool,
    adjust: Option<&'f mut dyn FnMut(&mut Row)>,
    doubts: Doubts,
    /// Why rows could not be handed on.
    failed: Option<Box<Diagnostic>>,
}

impl<'a, 'f> Assembly<'a, 'f> {
    pub(super) fn new(
        format: &'static str,
        reader: RowReader<'a>,
        mut layout: Layout,
        skip_bad_rows: bool,
        adjust: Option<&'f mut dyn FnMut(&mut Row)>,
    ) -> Self {
        let mut trace = Trace::new(format);
        trace.notes = std::mem::take(&mut layout.notes);
        let drafter = Drafter::new(layout);
        Self {
            trace,
            reader,
            drafter,
            skip_bad_rows,
            adjust,
            doubts: Doubts::default(),
            failed: None,
        }
    }

    /// Reads the file: at `pace` where that is possible, otherwise row by row.
    pub(super) fn run(mut self, pace: Option<bulk::Pace>) -> Result<Trace> {
        // What the first row settles need not be asked again.
        let mut rows = if pace.is_some() { 1 } else { u64::MAX };
        while self.read_rows(rows)? {
            if let Some(pace) = pace.filter(|_| self.trace.rows_in_all() > 0) {
                self.read_bulk(pace)?;
                rows = pace.rows_between;
            }
        }
        self.finish()
    }

    /// Reads up to `n` rows, one by one; says whether there may be more.
    fn read_rows(&mut self, n: u64) -> Result<bool> {
        for _ in 0..n {
            let read = match self.reader.next()? {
                Step::End => return Ok(false),
                Step::Misshapen(diagnostic) => Err(diagnostic),
                Step::Row => {
                    let record = self.reader.record();
                    draft(&mut self.drafter, record, &mut self.trace)
                        .map_err(|(column, refusal)| self.reader.refuse(column, refusal))
                }
            };
            match read {
                Ok(draft) => {
                    self.doubts.count(draft.cut, draft.assumed_utc);
                    if self.trace.rows_in_all() == 0 {
                        self.trace.time_base = draft.base;
                    }
                    self.push(draft.row);
                    if self.trace.len().is_multiple_of(LOOK) {
                        self.reader.runs.offer(&mut self.trace)?;
                    }
                }
                Err(bad) => tally(&mut self.trace, self.skip_bad_rows, bad)?,
            }
        }
        Ok(true)
    }

    fn push(&mut self, mut row: Row) {
        if let Some(adjust) = &mut self.adjust {
            adjust(&mut row);
        }
        self.trace.push(row);
    }

    /// Reads on in parallel, up to a row that wants to be looked at, or the end.
    fn read_bulk(&mut self, pace: bulk::Pace) -> Result<()> {
        let (unread, line) = self.reader.take();
        let job = bulk::Job::new(
            &self.drafter,
            self.reader.headers().len(),
            self.reader.delimiter(),
            self.skip_bad_rows && self.trace.first_skipped.is_some(),
        );
        let (mut lines, mut rows) = (line, 0);
        let rest = bulk::read(unread, &job, pace, |part| {
            let taken = self.take(part);
            if taken == Taken::Yes {
                lines += part.lines;
                rows += part.rows;
            }
            taken
        });
        self.reader.put_back(rest, lines, rows);
        self.failed.take().map_or(Ok(()), Err)
    }

    /// Takes the rows of a part of the file, if there is room for their labels.
    fn take(&mut self, part: &mut Part) -> Taken {
        if !self.trace.adopt_labels(&mut part.trace) {
            return Taken::No;
        }
        self.doubts.add(part.doubts);
        self.trace.skipped += part.skipped;
        if self.adjust.is_some() {
            part.trace.iter().for_each(|row| self.push(row));
        } else {
            self.trace.append(&part.trace);
        }
        if let Err(failed) = self.reader.runs.offer(&mut self.trace) {
            self.failed = Some(failed);
            return Taken::No;
        }
        Taken::Yes
    }

    fn finish(self) -> Result<Trace> {
        let Self { mut trace, reader, drafter, doubts, .. } = self;
        if trace.rows_in_all() == 0 {
            return Err(no_rows(&reader, trace.first_skipped));
        }
        finish(&mut trace, drafter.clock(), doubts);
        Ok(trace)
    }
}

/// Reads a row, and interns its labels in `trace` if it is otherwise good.
pub(super) fn draft(
    drafter: &mut Drafter,
    record: &Record,
    trace: &mut Trace,
) -> std::result::Result<Draft, Bad> {
    let mut draft = drafter.read(record)?;
    label(trace, &mut draft, record)?;
    Ok(draft)
}

/// The error for a table of which no row could be read; `first` says why not, if there were any.
pub(super) fn no_rows(reader: &RowReader<'_>, first: Option<Box<Diagnostic>>) -> Box<Diagnostic> {
    match first {
        Some(mut first) => {
            first.message =
                format!("no row of {} can be read; {}", thousands(reader.rows()), first.message);
            first.hint = Some("check the header line, or name the columns with `columns:`".into());
            first
        }
        None => Diagnostic::input("the trace has a header line and no rows")
            .at(reader.header_place(), "nothing follows")
            .hint("a trace needs one line per request")
            .into(),
    }
}
