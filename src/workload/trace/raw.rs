//! The columns of a trace as plain cells, for files that keep them as they are.

use super::Trace;
use crate::diagnostic::Result;
use crate::units::SimDuration;
use crate::workload::column::{Cell, Column};
use crate::workload::{Prefixes, TraceColumn};
use std::ops::Range;

/// Is shown the cells of every column, in the order of [`TraceColumn`].
pub(in crate::workload) trait Show {
    /// Cells of some rows; rows past the last cell have no entry.
    fn column<T: Cell>(&mut self, column: TraceColumn, cells: &[T]);
}

/// Gives the cells of every column, in the order of [`TraceColumn`].
pub(in crate::workload) trait Give {
    /// One cell per row, or none at all.
    fn column<T: Cell>(&mut self, column: TraceColumn) -> Result<Vec<T>>;
}

/// Runs `$do` for every optional column with its name.
macro_rules! named_columns {
    ([$($borrow:tt)+] $self:ident, $name:ident $column:ident => $do:expr) => {
        named_columns!(@ [$($borrow)+] $self, $name $column => $do;
            Duration duration, TimeToFirstToken time_to_first_token, InputTokens input_tokens,
            CachedTokens cached_tokens, CacheWriteTokens cache_write_tokens,
            OutputTokens output_tokens, Cpu cpu, ResponseBytes response_bytes,
            RequestBytes request_bytes, Status status, DisconnectAfter disconnect_after,
            Workload workload, Model model)
    };
    (@ $borrow:tt $self:ident, $name:ident $column:ident => $do:expr; $($variant:ident $field:ident),*) => {
        $(named_columns!(# $borrow $self, $name $column => $do; $variant $field);)*
    };
    (# [$($borrow:tt)+] $self:ident, $name:ident $column:ident => $do:expr; $variant:ident $field:ident) => {{
        let $name = TraceColumn::$variant;
        let $column = $($borrow)+ $self.$field;
        $do;
    }};
}

impl Trace {
    /// Shows the cells of these rows, arrivals and prefixes left out.
    pub(in crate::workload) fn show(&self, rows: &Range<usize>, to: &mut impl Show) {
        named_columns!([&] self, name column => to.column(name, column.slice(rows)));
    }

    /// Replaces all rows; they have no prefixes. Label indices are those of this trace's labels.
    ///
    /// # Errors
    /// The first of `from`.
    pub(in crate::workload) fn take_rows(
        &mut self,
        arrival: Vec<i64>,
        from: &mut impl Give,
    ) -> Result<()> {
        named_columns!([&mut] self, name column => column.set(from.column(name)?));
        self.arrival = arrival;
        self.prefixes = Prefixes::default();
        Ok(())
    }

    /// Takes all rows away after they were handed over. Labels, notes and counts stay, and rows that
    /// follow are compared with the latest of these. `furthest` is how far one of them stood behind.
    pub(in crate::workload) fn clear_rows(&mut self, furthest: SimDuration) {
        self.handed.models = self.model_counts();
        self.handed.furthest = self.handed.furthest.max(furthest.0);
        self.handed.rows += self.len() as u64;
        self.handed.latest = self.handed.latest.max(self.arrival.iter().max().copied());
        self.handed.out_of_order = self.out_of_order;
        self.arrival.clear();
        named_columns!([&mut] self, _name column => column.release());
        self.prefixes.clear();
    }

    /// Whether every label index of these rows is one of the labels of `of`.
    pub(in crate::workload) fn labels_are_known(&self, of: &Self) -> bool {
        let known = |column: &Column<u16>, labels: &[String]| {
            column.entries().all(|(_, label)| usize::from(label) < labels.len())
        };
        known(&self.workload, of.workload_labels()) && known(&self.model, of.model_labels())
    }

    /// The number of rows, with those that were handed over.
    pub(in crate::workload) fn rows_in_all(&self) -> u64 {
        self.handed.rows + self.len() as u64
    }

    /// Bytes of the rows, whatever room was made for them.
    pub(in crate::workload) fn used_bytes(&self) -> usize {
        let mut bytes = self.arrival.len() * size_of::<i64>() + self.prefixes.used_bytes();
        named_columns!([&] self, _name column => bytes += column.used_bytes());
        bytes
    }

    /// Replaces the prompt blocks of all rows.
    pub(in crate::workload) fn take_prefixes(&mut self, prefixes: Prefixes) {
        self.prefixes = prefixes;
    }
}
