//! From rows of a file to a trace: skips bad rows if told to, interns labels, takes notes.

use super::cell::{Refusal, shown, thousands};
use super::draft::{Bad, Draft, Drafter};
use super::layout::Layout;
use super::number::Unit;
use super::row_reader::{RowReader, Step};
use crate::diagnostic::{Diagnostic, Result};
use crate::workload::{Row, TimeBase, Trace};

/// Reads all rows; `adjust` has the last word on each.
///
/// # Errors
/// The first bad row unless they are skipped, a file that cannot be read, and no rows at all.
pub(super) fn assemble(
    format: &'static str,
    mut reader: RowReader<'_>,
    mut layout: Layout,
    skip_bad_rows: bool,
    mut adjust: impl FnMut(&mut Row),
) -> Result<Trace> {
    let mut trace = Trace::new(format);
    trace.notes = std::mem::take(&mut layout.notes);
    let mut drafter = Drafter::new(layout);
    let (mut cut, mut assumed_utc, mut models) = (0_u64, 0_u64, Vec::new());
    loop {
        let read = match reader.next()? {
            Step::End => break,
            Step::Misshapen(diagnostic) => Err(diagnostic),
            Step::Row => drafter
                .read(&reader)
                .and_then(|mut draft| {
                    label(&mut trace, &mut draft, &reader)?;
                    Ok(draft)
                })
                .map_err(|(column, refusal)| reader.refuse(column, refusal)),
        };
        match read {
            Ok(mut draft) => {
                cut += u64::from(draft.cut);
                assumed_utc += u64::from(draft.assumed_utc);
                if trace.rows_in_all() == 0 {
                    trace.time_base = draft.base;
                }
                adjust(&mut draft.row);
                if let Some(model) = draft.row.model {
                    count(&mut models, model);
                }
                trace.push(draft.row);
                reader.runs.offer(&mut trace)?;
            }
            Err(diagnostic) if skip_bad_rows => {
                trace.skipped += 1;
                trace.first_skipped.get_or_insert(diagnostic);
            }
            Err(diagnostic) => return Err(diagnostic),
        }
    }
    if trace.rows_in_all() == 0 {
        return Err(no_rows(&reader, trace.first_skipped));
    }
    if let Some((unit, base)) = drafter.clock().inferred() {
        trace.notes.push(inferred(unit, base));
    }
    if assumed_utc > 0 {
        trace.notes.push("timestamps name no time zone: read as UTC".into());
    }
    if cut > 0 {
        let rows = rows(cut);
        trace.notes.push(format!("digits below a nanosecond were cut off on {rows}"));
    }
    trace.sort_by_arrival();
    if trace.out_of_order > 0 {
        let rows = rows(trace.out_of_order);
        trace.notes.push(format!("{rows} stood below a later arrival: sorted by arrival"));
    }
    note_models(&mut trace, &models);
    trace.shrink();
    Ok(trace)
}

/// Interns the labels of a row that is otherwise good.
fn label(
    trace: &mut Trace,
    draft: &mut Draft,
    reader: &RowReader<'_>,
) -> std::result::Result<(), Bad> {
    let text = |index: usize| {
        let cell = reader.cell(index);
        std::str::from_utf8(cell).map_err(|_| (index, Refusal::new(cell, "not UTF-8 text")))
    };
    let full = |index| (index, Refusal::because("more than 65,535 different labels"));
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

fn no_rows(reader: &RowReader<'_>, first: Option<Box<Diagnostic>>) -> Box<Diagnostic> {
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

fn count(models: &mut Vec<u64>, model: u16) {
    let model = usize::from(model);
    models.resize(models.len().max(model + 1), 0);
    if let Some(count) = models.get_mut(model) {
        *count += 1;
    }
}

/// Which models there are and how often.
fn note_models(trace: &mut Trace, counts: &[u64]) {
    const SHOWN: usize = 8;
    let labels = trace.model_labels().iter().zip(counts);
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
