//! From rows to a trace, for formats that need more than the columns of [`Layout`].

use super::cells::{Cells, Rows, Step};
use super::draft::{Bad, Drafter};
use super::finish::{Doubts, finish, label, rows, tally};
use super::layout::Layout;
use crate::diagnostic::{Diagnostic, Result};
use crate::units::thousands;
use crate::workload::{PrefixBlock, Row, Trace};

/// Why a row does not become a request.
pub(crate) enum Stop {
    /// A cell is bad.
    Bad(Bad),
    /// All of the file is.
    File(Box<Diagnostic>),
}

impl From<Bad> for Stop {
    fn from(bad: Bad) -> Self {
        Self::Bad(bad)
    }
}

impl From<Box<Diagnostic>> for Stop {
    fn from(diagnostic: Box<Diagnostic>) -> Self {
        Self::File(diagnostic)
    }
}

/// What is special about a format.
pub(crate) trait Reading {
    /// Whether the row is a request; if not, it is left out and counted.
    fn takes(&mut self, _: &impl Cells) -> bool {
        true
    }

    /// The last word on a row, and its prompt blocks.
    ///
    /// # Errors
    /// When a cell is not what it should be.
    fn adjust(
        &mut self,
        _: &impl Cells,
        _: &mut Row,
        _: &mut Vec<PrefixBlock>,
    ) -> std::result::Result<(), Bad> {
        Ok(())
    }

    /// The layout from the row `cells` is at, which has columns that the rows above do not have.
    ///
    /// # Errors
    /// When the columns cannot be told apart.
    fn layout(&mut self, _: &impl Cells, known: &Layout) -> Result<Layout> {
        Ok(known.clone())
    }
}

/// Reads all rows by the rules every trace follows.
///
/// # Errors
/// The first bad row unless they are skipped, a file that cannot be read, and no rows at all.
pub(crate) fn assemble(
    format: &'static str,
    cells: &mut impl Rows,
    layout: Layout,
    skip_bad_rows: bool,
    reading: &mut impl Reading,
) -> Result<Trace> {
    let mut trace = Trace::new(format);
    let mut drafter = Drafter::new(layout);
    let (mut doubts, mut begun) = (Doubts::default(), false);
    let mut blocks = Vec::new();
    let others = each(cells, &mut trace, skip_bad_rows, |cells, trace| {
        if !reading.takes(cells) {
            return Ok(false);
        }
        if cells.learnt() || !begun {
            begun = true;
            drafter.widen(reading.layout(cells, drafter.layout())?);
        }
        let mut draft = drafter.read(cells)?;
        blocks.clear();
        reading.adjust(cells, &mut draft.row, &mut blocks)?;
        label(trace, &mut draft, cells)?;
        doubts.count(draft.cut, draft.assumed_utc);
        if trace.is_empty() {
            trace.time_base = draft.base;
        }
        trace.push(draft.row);
        trace.push_prefix(&blocks);
        Ok(true)
    })?;
    if trace.is_empty() {
        return Err(no_rows(cells, trace));
    }
    trace.notes.append(&mut drafter.layout().notes.clone());
    finish(&mut trace, drafter.clock(), doubts);
    note_left_out(&mut trace, others, cells.stray_count());
    Ok(trace)
}

/// Shows every row to `see`, which says whether it tells of a request; returns how many do not.
///
/// # Errors
/// The first bad row unless they are skipped, and a file that cannot be read.
pub(crate) fn each<R: Rows>(
    cells: &mut R,
    trace: &mut Trace,
    skip_bad_rows: bool,
    mut see: impl FnMut(&R, &mut Trace) -> std::result::Result<bool, Stop>,
) -> Result<u64> {
    let mut others = 0;
    loop {
        let bad = match cells.next()? {
            Step::End => return Ok(others),
            Step::Misshapen(diagnostic) => diagnostic,
            Step::Row => match see(cells, trace) {
                Ok(seen) => {
                    others += u64::from(!seen);
                    continue;
                }
                Err(Stop::File(diagnostic)) => return Err(diagnostic),
                Err(Stop::Bad((column, refusal))) => cells.refuse(column, refusal),
            },
        };
        tally(trace, skip_bad_rows, bad)?;
    }
}

/// Says what of a log is not in the trace.
pub(crate) fn note_left_out(trace: &mut Trace, others: u64, strays: u64) {
    if others > 0 {
        let entries = if others == 1 { "entry tells" } else { "entries tell" };
        trace.notes.push(format!("{} {entries} of no request: left out", thousands(others)));
    }
    if strays > 0 {
        trace.notes.push(format!("{}: the text is left out", no_objects(strays)));
    }
}

/// The error for a file in which no request was found.
pub(crate) fn no_rows(cells: &impl Rows, trace: Trace) -> Box<Diagnostic> {
    if let Some(mut first) = trace.first_skipped {
        let all = thousands(cells.rows());
        first.message = format!("no row of {all} can be read; {}", first.message);
        first.hint = Some("check the field names, or name them with `columns:`".into());
        return first;
    }
    let what = format!("there is no request in this `{}` trace", trace.format);
    let mut diagnostic = Diagnostic::input(what)
        .note(format!("{} of other kinds in it", rows(cells.rows())))
        .hint("check that the log was exported whole, or name another format");
    if cells.stray_count() > 0 {
        diagnostic = diagnostic.note(no_objects(cells.stray_count()));
    }
    diagnostic.into()
}

/// The lines that were no objects, or not only.
fn no_objects(strays: u64) -> String {
    match strays {
        1 => "1 line is no JSON or has text beside it".into(),
        n => format!("{} lines are no JSON or have text beside it", thousands(n)),
    }
}
