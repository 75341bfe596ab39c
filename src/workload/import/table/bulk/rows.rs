//! Rows whose cells are all plain: read straight into columns, or left to the careful reader.

use super::dates::Dates;
use super::digits::{Marks, cell_end};
use super::plan::{Cell, Plan};
use crate::workload::import::cell::base_by_size;
use crate::workload::import::row::Doubts;
use crate::workload::{Row, Trace};

/// Rows held back before they go to the trace; their lanes stay in the nearest cache.
const HELD: usize = 512;
/// Nothing was logged.
const MISSING: i64 = i64::MIN;

type Lane = [i64; HELD];

/// Reads plain rows.
pub(super) struct Rows<'p> {
    plan: &'p Plan,
    delimiter: u8,
    dates: Dates,
    marks: Marks,
    arrivals: Box<Lane>,
    lanes: Vec<Lane>,
    held: usize,
    labels: [Labelled; 2],
    /// What is doubtful about the rows so far.
    pub doubts: Doubts,
}

/// What there is to note about a row.
#[derive(Clone, Copy, Default)]
struct Seen {
    cut: bool,
    assumed_utc: bool,
}

/// A label cell: its lane and where it is, and what the one in the row above was.
#[derive(Default)]
struct Labelled {
    cell: Option<(usize, usize, usize)>,
    last: Vec<u8>,
    index: Option<u16>,
}

impl<'p> Rows<'p> {
    pub(super) fn new(plan: &'p Plan, delimiter: u8) -> Self {
        Self {
            plan,
            delimiter,
            dates: Dates::default(),
            marks: Marks::default(),
            arrivals: Box::new([0; HELD]),
            lanes: vec![[MISSING; HELD]; plan.lanes.len()],
            held: 0,
            labels: Default::default(),
            doubts: Doubts::default(),
        }
    }

    /// Reads the row at `at` and says where the next line begins; none, and nothing is read, if not
    /// all of the row is plain.
    #[inline]
    pub(super) fn read(&mut self, text: &[u8], mut at: usize, trace: &mut Trace) -> Option<usize> {
        if self.held == HELD {
            self.flush(trace);
        }
        let (last, others) = self.plan.cells.split_last()?;
        self.marks = Marks::new(text, at)?;
        let mut seen = Seen::default();
        for cell in others {
            let end = self.cell(*cell, text, at, &mut seen)?;
            if *text.get(end)? != self.delimiter {
                return None;
            }
            at = end + 1;
        }
        let end = self.cell(*last, text, at, &mut seen)?;
        let next = match text.get(end..)? {
            [b'\n', ..] => end + 1,
            [b'\r', b'\n', ..] => end + 2,
            _ => return None,
        };
        if !self.agrees() {
            return None;
        }
        self.label(text, trace)?;
        self.held += 1;
        self.doubts.count(seen.cut, seen.assumed_utc);
        Some(next)
    }

    /// Puts a row that was read some other way behind the others.
    pub(super) fn push(&mut self, row: Row, trace: &mut Trace) {
        self.flush(trace);
        trace.push(row);
    }

    /// Puts the rows held back into the trace.
    pub(super) fn flush(&mut self, trace: &mut Trace) {
        let held = |lane| Lane::as_slice(lane).get(..self.held).unwrap_or_default();
        let lanes = self.plan.lanes.iter().copied().zip(self.lanes.iter().map(held));
        trace.extend(held(&self.arrivals), &lanes.collect::<Vec<_>>());
        self.held = 0;
    }

    /// Reads a cell into its lane and says where it ends.
    #[inline(always)]
    fn cell(&mut self, cell: Cell, text: &[u8], at: usize, seen: &mut Seen) -> Option<usize> {
        match cell {
            Cell::Unused => cell_end(text, at, self.delimiter),
            Cell::Number { power, base } => {
                let number = self.marks.decimal(text, at, power)?;
                if base.is_some_and(|base| base != base_by_size(number.value)) {
                    return None;
                }
                seen.cut |= number.cut;
                *self.arrivals.get_mut(self.held)? = number.value;
                Some(number.end)
            }
            Cell::Date => {
                let date = self.dates.read(text, at, &mut self.marks)?;
                seen.cut |= date.cut;
                seen.assumed_utc |= date.assumed_utc;
                *self.arrivals.get_mut(self.held)? = date.nanos;
                Some(date.end)
            }
            Cell::Time { lane, power } => {
                if text.get(at).is_some_and(|b| !b.is_ascii_digit()) {
                    self.put(lane, MISSING)?;
                    return Some(at);
                }
                let number = self.marks.decimal(text, at, power)?;
                seen.cut |= number.cut;
                self.put(lane, number.value)?;
                Some(number.end)
            }
            Cell::Count { lane, limit } => {
                let number = self.marks.digits(text, at).filter(|n| n.value < limit)?;
                let count = i64::try_from(number.value).ok()?;
                self.put(lane, if number.end == at { MISSING } else { count })?;
                Some(number.end)
            }
            Cell::Label { lane, model } => {
                let end = cell_end(text, at, self.delimiter)?;
                self.labels.get_mut(usize::from(model))?.cell = Some((lane, at, end));
                Some(end)
            }
        }
    }

    #[inline(always)]
    fn put(&mut self, lane: usize, value: i64) -> Option<()> {
        *self.lanes.get_mut(lane)?.get_mut(self.held)? = value;
        Some(())
    }

    /// Whether the row's cells do not contradict each other.
    #[inline(always)]
    fn agrees(&self) -> bool {
        self.plan.limits.iter().all(|limit| {
            let value = |lane: usize| self.lanes.get(lane).and_then(|l| l.get(self.held)).copied();
            let (part, whole) = (value(limit.part), value(limit.whole));
            whole == Some(MISSING) || part <= whole.map(|w| w.saturating_add(limit.tolerance))
        })
    }

    /// Looks the row's labels up.
    #[inline(always)]
    fn label(&mut self, text: &[u8], trace: &mut Trace) -> Option<()> {
        for model in [false, true] {
            let labelled = self.labels.get_mut(usize::from(model))?;
            let Some((lane, start, end)) = labelled.cell else { continue };
            let label = text.get(start..end)?.trim_ascii();
            let index = if label.is_empty() {
                MISSING
            } else {
                labelled.index(label, |l| match model {
                    false => trace.intern_workload(l),
                    true => trace.intern_model(l),
                })?
            };
            self.put(lane, index)?;
        }
        Some(())
    }
}

impl Labelled {
    #[inline(always)]
    fn index(&mut self, label: &[u8], intern: impl FnOnce(&str) -> Option<u16>) -> Option<i64> {
        if self.index.is_none() || self.last != label {
            self.index = Some(intern(std::str::from_utf8(label).ok()?)?);
            self.last.clear();
            self.last.extend_from_slice(label);
        }
        self.index.map(i64::from)
    }
}

#[cfg(test)]
mod tests {
    use super::super::digits::PADDING;
    use super::super::plan::Limit;
    use super::*;
    use crate::units::{SimDuration, SimTime};
    use crate::workload::{TimeBase, TraceColumn};

    fn plan() -> Plan {
        Plan {
            cells: vec![
                Cell::Number { power: 9, base: Some(TimeBase::TraceStart) },
                Cell::Unused,
                Cell::Time { lane: 0, power: 6 },
                Cell::Count { lane: 1, limit: u64::from(u32::MAX) },
                Cell::Label { lane: 2, model: true },
            ],
            lanes: vec![TraceColumn::Duration, TraceColumn::OutputTokens, TraceColumn::Model],
            limits: Vec::new(),
        }
    }

    #[test]
    fn plain_rows_are_read_and_others_left_alone() {
        let plan = plan();
        let mut rows = Rows::new(&plan, b',');
        let mut trace = Trace::default();
        for (line, plain) in [
            ("5,x,1.5,7,small\n", true),
            ("6.25,,,,\r\n", true),
            ("6.25,long text,0.0000001,4294967294,große \n", true),
            ("7,x,1,2,small,\n", false),
            ("7,x,1,2\n", false),
            (" 7,x,1,2,a\n", false),
            (",x,1,2,a\n", false),
            ("7,x,-1,2,a\n", false),
            ("7,x,1,4294967295,a\n", false),
            ("7,x,1,2.0,a\n", false),
            ("7,\"x\",1,2,a\n", false),
            ("1700000000,x,1,2,a\n", false),
            ("7,x,1,2,a\rb\n", false),
            ("7,x,1,2,a", true),
        ] {
            let text = [line.as_bytes(), &[b'\n'; PADDING]].concat();
            let next = plain.then_some(line.trim_end_matches('\n').len() + 1);
            assert_eq!(rows.read(&text, 0, &mut trace), next, "{line:?}");
        }
        rows.flush(&mut trace);
        assert_eq!((trace.len(), rows.doubts.cut), (4, 1));
        assert_eq!(trace.model_labels(), ["small", "große", "a"]);
        let row = trace.row(0);
        assert_eq!(row.arrival, SimTime(5_000_000_000));
        assert_eq!(row.duration, Some(SimDuration(1_500_000)));
        assert_eq!((row.output_tokens, row.model), (Some(7), Some(0)));
        let row = trace.row(1);
        assert_eq!((row.duration, row.output_tokens, row.model), (None, None, None));
    }

    #[test]
    fn rows_that_contradict_themselves_are_left_alone() {
        let limits = vec![Limit { part: 0, whole: 1, tolerance: 2 }];
        let count = |lane| Cell::Count { lane, limit: 100 };
        let plan = Plan {
            cells: vec![Cell::Number { power: 0, base: None }, count(0), count(1)],
            lanes: vec![TraceColumn::CachedTokens, TraceColumn::InputTokens],
            limits,
        };
        let mut rows = Rows::new(&plan, b',');
        let mut trace = Trace::default();
        for (line, plain) in
            [("1,5,3\n", true), ("1,6,3\n", false), ("1,,3\n", true), ("1,6,\n", true)]
        {
            let text = [line.as_bytes(), &[0; PADDING]].concat();
            assert_eq!(rows.read(&text, 0, &mut trace).is_some(), plain, "{line:?}");
        }
    }

    #[test]
    fn more_rows_than_are_held_back_stay_in_order() {
        let plan = plan();
        let mut rows = Rows::new(&plan, b',');
        let mut trace = Trace::default();
        for i in 0..2_000 {
            let line = format!("{i},,,{i},\n") + &" ".repeat(PADDING);
            rows.read(line.as_bytes(), 0, &mut trace).unwrap();
            if i % 700 == 0 {
                rows.push(Row { arrival: SimTime(-1), ..Row::default() }, &mut trace);
            }
        }
        rows.flush(&mut trace);
        assert_eq!(trace.len(), 2_003);
        let counts: Vec<_> = trace.iter().filter_map(|r| r.output_tokens).collect();
        assert_eq!(counts, (0..2_000).collect::<Vec<_>>());
        assert_eq!([1, 702, 1_403].map(|i| trace.row(i).arrival.0), [-1; 3]);
    }
}
