//! What the plain cells of a table are, column by column.

use crate::workload::import::cell::{Kind, Unit};
use crate::workload::import::row::{Drafter, Field, TOLERANCE};
use crate::workload::{TimeBase, TraceColumn};

/// What a column's plain cells are, and which lane takes their values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Not read.
    Unused,
    /// An arrival as a number times 10 to the `power`; its size must speak for the base, if given.
    Number { power: usize, base: Option<TimeBase> },
    /// An arrival as a date.
    Date,
    /// A time, a number times 10 to the `power`.
    Time { lane: usize, power: usize },
    /// A whole number from 0 up to, not including, `limit`.
    Count { lane: usize, limit: u64 },
    /// A label.
    Label { lane: usize, model: bool },
}

/// How to read rows whose cells are all plain; the plan without cells finds none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// One for each column of the table.
    pub cells: Vec<Cell>,
    /// The column of the trace that each lane fills.
    pub lanes: Vec<TraceColumn>,
    /// What the values of a row must agree on.
    pub limits: Vec<Limit>,
}

/// One value of a row is at most another, if both were logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limit {
    /// The lane of the smaller value.
    pub part: usize,
    /// The lane of the larger value.
    pub whole: usize,
    /// By how much the smaller one may be the larger all the same.
    pub tolerance: i64,
}

impl Plan {
    /// The plan for a table of so many `columns`; none if no row of it is plain.
    pub(super) fn new(drafter: &Drafter, columns: usize) -> Option<Self> {
        let mut plan =
            Self { cells: vec![Cell::Unused; columns], lanes: Vec::new(), limits: Vec::new() };
        for binding in drafter.bindings() {
            let cell = plan.cell(drafter, binding.field, binding.unit)?;
            let place = plan.cells.get_mut(binding.index)?;
            if *place != Cell::Unused {
                return None;
            }
            *place = cell;
        }
        let dated = |c: &Cell| matches!(c, Cell::Number { .. } | Cell::Date);
        plan.limit(TraceColumn::TimeToFirstToken, TraceColumn::Duration, TOLERANCE.0);
        plan.limit(TraceColumn::CachedTokens, TraceColumn::InputTokens, 0);
        plan.limit(TraceColumn::CacheWriteTokens, TraceColumn::InputTokens, 0);
        plan.cells.iter().any(dated).then_some(plan)
    }

    fn limit(&mut self, part: TraceColumn, whole: TraceColumn, tolerance: i64) {
        let lane = |column| self.lanes.iter().position(|c| *c == column);
        if let (Some(part), Some(whole)) = (lane(part), lane(whole)) {
            self.limits.push(Limit { part, whole, tolerance });
        }
    }

    fn cell(&mut self, drafter: &Drafter, field: Field, unit: Option<Unit>) -> Option<Cell> {
        let column = match field {
            Field::Timestamp => {
                return Some(match drafter.clock().settled()? {
                    Kind::Number { unit, base } => Cell::Number { power: power(unit), base },
                    Kind::Date => Cell::Date,
                });
            }
            Field::Duration => TraceColumn::Duration,
            Field::TimeToFirstToken => TraceColumn::TimeToFirstToken,
            Field::Cpu => TraceColumn::Cpu,
            Field::InputTokens => TraceColumn::InputTokens,
            Field::CachedTokens => TraceColumn::CachedTokens,
            Field::CacheWriteTokens => TraceColumn::CacheWriteTokens,
            Field::OutputTokens => TraceColumn::OutputTokens,
            Field::ResponseBytes => TraceColumn::ResponseBytes,
            Field::RequestBytes => TraceColumn::RequestBytes,
            Field::Workload => TraceColumn::Workload,
            Field::Model => TraceColumn::Model,
            // Their cells are words, or bear on other cells of the row.
            Field::End | Field::Status | Field::DisconnectAfter => return None,
        };
        let lane = self.lanes.len();
        self.lanes.push(column);
        Some(match column {
            TraceColumn::Workload => Cell::Label { lane, model: false },
            TraceColumn::Model => Cell::Label { lane, model: true },
            TraceColumn::ResponseBytes | TraceColumn::RequestBytes => {
                Cell::Count { lane, limit: 1_000_000_000_000_000_000 }
            }
            _ if field.is_time() => Cell::Time { lane, power: power(unit?) },
            _ => Cell::Count { lane, limit: u64::from(u32::MAX) },
        })
    }
}

/// Nanoseconds in one unit, as a power of ten.
fn power(unit: Unit) -> usize {
    usize::try_from(unit.power()).unwrap_or_default()
}
