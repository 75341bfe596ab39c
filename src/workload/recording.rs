//! A recorded trace, wherever its rows are: in memory, or in a packed file read block by block.

use super::pack::Packed;
use super::trace::view::natural_window;
use super::{Measured, Trace, TraceColumn};
use crate::diagnostic::Result;
use crate::units::{SimDuration, SimTime};
use std::borrow::Cow;
use std::ops::Range;

/// A trace whose rows are sorted by arrival.
pub enum Recording {
    /// All rows at hand: one block.
    Memory(Trace),
    /// Rows on disk, in blocks.
    Packed(Packed),
}

impl Recording {
    /// Everything but the rows: format, notes, labels, clock.
    #[must_use]
    pub const fn about(&self) -> &Trace {
        match self {
            Self::Memory(trace) => trace,
            Self::Packed(packed) => &packed.header().about,
        }
    }

    /// The number of requests.
    #[must_use]
    pub fn rows(&self) -> u64 {
        match self {
            Self::Memory(trace) => trace.len() as u64,
            Self::Packed(packed) => packed.header().rows,
        }
    }

    /// The first and the last arrival; zero without rows.
    #[must_use]
    pub fn ends(&self) -> (SimTime, SimTime) {
        match self {
            Self::Memory(trace) => {
                let at = |t: Option<&i64>| SimTime(t.copied().unwrap_or_default());
                (at(trace.arrivals().first()), at(trace.arrivals().last()))
            }
            Self::Packed(packed) => (packed.header().first, packed.header().last),
        }
    }

    /// On how many rows a column was logged.
    #[must_use]
    pub fn present(&self, column: TraceColumn) -> u64 {
        match self {
            Self::Memory(trace) => trace.present(column),
            Self::Packed(packed) => packed.header().present(column),
        }
    }

    /// The columns that have values.
    #[must_use]
    pub fn measured(&self) -> Measured {
        Measured::by(|column| self.present(column) > 0)
    }

    /// The window it stands for if nobody says so; see [`Trace::natural_window`].
    #[must_use]
    pub fn natural_window(&self) -> Option<SimDuration> {
        let (first, last) = self.ends();
        natural_window(last.since(first), self.rows())
    }

    /// The number of blocks.
    #[must_use]
    pub fn blocks(&self) -> usize {
        match self {
            Self::Memory(_) => 1,
            Self::Packed(packed) => packed.blocks(),
        }
    }

    /// The number of rows of block `i`.
    #[must_use]
    pub fn rows_of(&self, i: usize) -> usize {
        match self {
            Self::Memory(trace) => trace.len(),
            Self::Packed(packed) => {
                let Range { start, end } = packed.rows_of(i);
                usize::try_from(end - start).unwrap_or(usize::MAX)
            }
        }
    }

    /// The number of the first row of block `i`.
    #[must_use]
    pub fn first_of(&self, i: usize) -> u64 {
        match self {
            Self::Memory(_) => 0,
            Self::Packed(packed) => packed.rows_of(i).start,
        }
    }

    /// The last arrival of block `i`.
    #[must_use]
    pub fn last_of(&self, i: usize) -> SimTime {
        match self {
            Self::Memory(_) => self.ends().1,
            Self::Packed(packed) => packed.arrivals_of(i).map_or(SimTime(0), |(_, last)| last),
        }
    }

    /// The rows of block `i`.
    ///
    /// # Errors
    /// When they cannot be read or are damaged.
    pub fn block(&self, i: usize) -> Result<Cow<'_, Trace>> {
        match self {
            Self::Memory(trace) => Ok(Cow::Borrowed(trace)),
            Self::Packed(packed) => packed.block(i).map(Cow::Owned),
        }
    }

    /// How many rows each workload label has, and last how many have none.
    ///
    /// # Errors
    /// Those of [`Recording::block`].
    pub fn label_rows(&self) -> Result<Vec<u64>> {
        let mut rows = vec![0; self.about().workload_labels().len() + 1];
        let (last, mut labelled) = (rows.len() - 1, 0);
        for i in 0..self.blocks() {
            self.block(i)?.each(TraceColumn::Workload, |_, label| {
                let label = usize::try_from(label).unwrap_or(last);
                if let Some(count) = rows[..last].get_mut(label) {
                    (*count, labelled) = (*count + 1, labelled + 1);
                }
            });
        }
        rows[last] = self.rows() - labelled;
        Ok(rows)
    }

    /// All rows in memory.
    ///
    /// # Errors
    /// Those of [`Recording::block`].
    pub fn to_memory(&self) -> Result<Cow<'_, Trace>> {
        match self {
            Self::Memory(trace) => Ok(Cow::Borrowed(trace)),
            Self::Packed(packed) => packed.read().map(Cow::Owned),
        }
    }
}
