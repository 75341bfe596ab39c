//! The end of every trace: bad rows counted, labels kept, rows sorted, and notes on what was noticed.

use super::cells::Texts;
use super::draft::{Bad, Draft};
use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimDuration, thousands};
use crate::workload::import::cell::{Refusal, TimestampReader, Unit, shown};
use crate::workload::{TimeBase, Trace};

/// Counts a bad row if such rows are to be skipped.
///
/// # Errors
/// The bad row if not.
pub(crate) fn tally(trace: &mut Trace, skip_bad_rows: bool, bad: Box<Diagnostic>) -> Result<()> {
    if !skip_bad_rows {
        return Err(bad);
    }
    trace.skipped += 1;
    trace.first_skipped.get_or_insert(bad);
    Ok(())
}

/// Interns the labels of a row that is otherwise good.
pub(crate) fn label(
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
pub(crate) fn too_many_labels() -> Refusal {
    Refusal::because("more than 65,535 different labels")
}

/// Rows that were read with a doubt.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Doubts {
    /// Rows with digits below a nanosecond.
    pub cut: u64,
    /// Rows with a date without a zone.
    pub assumed_utc: u64,
}

impl Doubts {
    /// Counts those of one more row.
    #[inline]
    pub(crate) fn count(&mut self, cut: bool, assumed_utc: bool) {
        self.cut += u64::from(cut);
        self.assumed_utc += u64::from(assumed_utc);
    }

    /// Adds those of other rows.
    pub(crate) fn add(&mut self, others: Self) {
        self.cut += others.cut;
        self.assumed_utc += others.assumed_utc;
    }
}

/// Sorts a trace whose rows are all in, and notes what there is to say about them.
pub(crate) fn finish(trace: &mut Trace, clock: &TimestampReader, doubts: Doubts) {
    let Doubts { cut, assumed_utc } = doubts;
    if let Some((unit, base)) = clock.inferred() {
        trace.notes.push(inferred(unit, base));
    }
    if assumed_utc > 0 {
        trace.notes.push("timestamps name no time zone: read as UTC".into());
    }
    if cut > 0 {
        trace.notes.push(format!("digits below a nanosecond were cut off on {}", rows(cut)));
    }
    sort(trace);
    note_models(trace);
    trace.shrink();
}

/// Sorts by arrival and says so if it changed anything.
pub(crate) fn sort(trace: &mut Trace) {
    let furthest = trace.sort_by_arrival();
    if trace.out_of_order > 0 {
        let (rows, furthest) = (rows(trace.out_of_order), in_short(furthest));
        trace.notes.push(format!(
            "{rows} stood below a later arrival, the furthest by {furthest}: sorted by arrival"
        ));
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

/// Says `what` there is to know about `n` rows, if there are any.
pub(crate) fn note_rows(trace: &mut Trace, n: u64, what: &str) {
    if n > 0 {
        trace.notes.push(format!("{} {what}", rows(n)));
    }
}

/// `1 row`, `2,345 rows`.
pub(crate) fn rows(n: u64) -> String {
    counted(n, "row")
}

/// `1 function`, `2,345 functions`.
pub(crate) fn counted(n: u64, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{} {what}s", thousands(n)) }
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
