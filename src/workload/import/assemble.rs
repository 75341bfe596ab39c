//! From rows of a file to a trace: skips bad rows if told to, interns labels, takes notes.

use super::bulk::{self, Part, Taken};
use super::cell::{Refusal, shown, thousands};
use super::cells::Texts;
use super::draft::{Bad, Draft, Drafter};
use super::layout::Layout;
use super::number::Unit;
use super::record::Record;
use super::row_reader::{RowReader, Step};
use super::timestamp::TimestampReader;
use crate::diagnostic::{Diagnostic, Result};
use crate::units::SimDuration;
use crate::workload::{Row, TimeBase, Trace};

/// Rows read one by one between two looks at their size.
const LOOK: usize = 4_096;

/// Reads all rows as they are.
///
/// # Errors
/// The first bad row unless they are skipped, a file that cannot be read, and no rows at all.
pub(super) fn assemble_as_read(
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
pub(super) fn assemble(
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
    cut: u64,
    assumed_utc: u64,
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
        Self { trace, reader, drafter, skip_bad_rows, adjust, cut: 0, assumed_utc: 0, failed: None }
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
                    self.cut += u64::from(draft.cut);
                    self.assumed_utc += u64::from(draft.assumed_utc);
                    if self.trace.rows_in_all() == 0 {
                        self.trace.time_base = draft.base;
                    }
                    self.push(draft.row);
                    if self.trace.len().is_multiple_of(LOOK) {
                        self.reader.runs.offer(&mut self.trace)?;
                    }
                }
                Err(diagnostic) if self.skip_bad_rows => {
                    self.trace.skipped += 1;
                    self.trace.first_skipped.get_or_insert(diagnostic);
                }
                Err(diagnostic) => return Err(diagnostic),
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
        self.cut += part.cut;
        self.assumed_utc += part.assumed_utc;
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
        let Self { mut trace, reader, drafter, cut, assumed_utc, .. } = self;
        if trace.rows_in_all() == 0 {
            return Err(no_rows(&reader, trace.first_skipped));
        }
        finish(&mut trace, drafter.clock(), Doubts { cut, assumed_utc });
        Ok(trace)
    }
}

/// Rows that were read with a doubt.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Doubts {
    /// Rows with digits below a nanosecond.
    pub cut: u64,
    /// Rows with a date without a zone.
    pub assumed_utc: u64,
}

/// Sorts a trace whose rows are all in, and notes what there is to say about them.
pub(super) fn finish(trace: &mut Trace, clock: &TimestampReader, doubts: Doubts) {
    let Doubts { cut, assumed_utc } = doubts;
    if let Some((unit, base)) = clock.inferred() {
        trace.notes.push(inferred(unit, base));
    }
    if assumed_utc > 0 {
        trace.notes.push("timestamps name no time zone: read as UTC".into());
    }
    if cut > 0 {
        let rows = rows(cut);
        trace.notes.push(format!("digits below a nanosecond were cut off on {rows}"));
    }
    sort(trace);
    note_models(trace);
    trace.shrink();
}

/// Sorts by arrival and says so if it changed anything.
pub(super) fn sort(trace: &mut Trace) {
    let furthest = trace.sort_by_arrival();
    if trace.out_of_order > 0 {
        let (rows, furthest) = (rows(trace.out_of_order), in_short(furthest));
        trace.notes.push(format!(
            "{rows} stood below a later arrival, the furthest by {furthest}: sorted by arrival"
        ));
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

/// Interns the labels of a row that is otherwise good.
pub(super) fn label(
    trace: &mut Trace,
    draft: &mut Draft,
    row: &impl Texts,
) -> std::result::Result<(), Bad> {
    let text = |index: usize| {
        let cell = row.cell(index);
        std::str::from_utf8(cell).map_err(|_| (index, Refusal::new(cell, "not UTF-8 text")))
    };
    let full = |index| (index, too_many_labels());
    if let Some(index) = draft.workload {
        let label = trace.intern_workload(text(index)?);
        draft.row.workload = Some(label.ok_or_else(|| full(index))?);
    }
    if let Some(index) = draft.model {
        let label = trace.intern_model(text(index)?);
        draft.row.model = Some(label.ok_or_else(|| full(index))?);
    }
    Ok(())
}

/// The refusal of a label that is one too many.
pub(super) fn too_many_labels() -> Refusal {
    Refusal::because("more than 65,535 different labels")
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

fn inferred(unit: Unit, base: TimeBase) -> String {
    let unit = unit.name();
    match base {
        TimeBase::UnixEpoch => format!("timestamps are read as {unit} since 1970"),
        TimeBase::TraceStart => format!(
            "timestamps are read as {unit} from the start; if they are not, name the unit, \
             as in `timestamp_ms`"
        ),
    }
}

/// A duration in two units at most, such as `3h 2m`, cut off below, and below a millisecond.
fn in_short(duration: SimDuration) -> String {
    let seconds = duration.0 / 1_000_000_000;
    let two = |size: i64, unit, part: i64, smaller| match seconds % size / part {
        0 => format!("{}{unit}", seconds / size),
        n => format!("{}{unit} {n}{smaller}", seconds / size),
    };
    match seconds {
        0..60 if duration.0 < 1_000_000 => duration.to_string(),
        0..60 => SimDuration(duration.0 - duration.0 % 1_000_000).to_string(),
        60..3_600 => two(60, "m", 1, "s"),
        3_600..86_400 => two(3_600, "h", 60, "m"),
        _ => two(86_400, "d", 3_600, "h"),
    }
}

/// Which models there are and how often.
fn note_models(trace: &mut Trace) {
    const SHOWN: usize = 8;
    let counts = trace.model_counts();
    let labels = trace.model_labels().iter().zip(&counts);
    let mut names: Vec<_> = labels
        .take(SHOWN)
        .map(|(name, n)| format!("`{}` ({})", shown(name.as_bytes()), thousands(*n)))
        .collect();
    if counts.len() > SHOWN {
        names.push(format!("… {} in all", thousands(counts.len() as u64)));
    }
    if !names.is_empty() {
        trace.notes.push(format!("models: {}", names.join(", ")));
    }
}

/// `1 row`, `2,345 rows`.
pub(super) fn rows(n: u64) -> String {
    if n == 1 { "1 row".into() } else { format!("{} rows", thousands(n)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_durations_are_told_in_two_units() {
        for (millis, text) in [
            (5, "5ms"),
            (2_999, "2.999s"),
            (59_500, "59.5s"),
            (60_900, "1m"),
            (10_925_000, "3h 2m"),
            (86_400_000, "1d"),
            (100_000_000, "1d 3h"),
        ] {
            assert_eq!(in_short(SimDuration::from_millis(millis) + SimDuration(940)), text);
        }
        assert_eq!(in_short(SimDuration(940)), "940ns");
    }
}
