//! One column of a trace: no memory while nothing is in it, one plain cell per row after that.

use rayon::prelude::*;
use std::ops::Range;

/// A cell type with one value that stands for "not logged".
pub(super) trait Cell: Copy + PartialEq + Send + Sync + TryFrom<i64> {
    /// The value that stands for a missing entry.
    const MISSING: Self;

    /// The cell as a number that keeps the order of entries; [`u64::MAX`] for a missing one.
    fn code(self) -> u64;

    /// The cell of a number; missing if the type cannot hold it.
    fn of_code(code: u64) -> Self;
}

impl Cell for i64 {
    const MISSING: Self = Self::MIN;

    fn code(self) -> u64 {
        (self ^ Self::MIN).cast_unsigned().wrapping_sub(1)
    }

    fn of_code(code: u64) -> Self {
        code.wrapping_add(1).cast_signed() ^ Self::MIN
    }
}

impl Cell for u64 {
    const MISSING: Self = Self::MAX;

    fn code(self) -> u64 {
        self
    }

    fn of_code(code: u64) -> Self {
        code
    }
}

impl Cell for u32 {
    const MISSING: Self = Self::MAX;

    fn code(self) -> u64 {
        if self == Self::MISSING { u64::MAX } else { u64::from(self) }
    }

    fn of_code(code: u64) -> Self {
        Self::try_from(code).unwrap_or(Self::MISSING)
    }
}

impl Cell for u16 {
    const MISSING: Self = Self::MAX;

    fn code(self) -> u64 {
        if self == Self::MISSING { u64::MAX } else { u64::from(self) }
    }

    fn of_code(code: u64) -> Self {
        Self::try_from(code).unwrap_or(Self::MISSING)
    }
}

impl Cell for u8 {
    const MISSING: Self = Self::MAX;

    fn code(self) -> u64 {
        if self == Self::MISSING { u64::MAX } else { u64::from(self) }
    }

    fn of_code(code: u64) -> Self {
        Self::try_from(code).unwrap_or(Self::MISSING)
    }
}

/// The number of a row, in as few bytes as will do.
pub(super) trait Index: Copy + Ord + Send + Sync + TryFrom<usize> {
    /// The number.
    fn get(self) -> usize;
}

impl Index for u32 {
    fn get(self) -> usize {
        usize::try_from(self).unwrap_or(usize::MAX)
    }
}

impl Index for usize {
    fn get(self) -> usize {
        self
    }
}

/// A column. Rows past its last cell have no entry, so an absent column costs nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Column<T> {
    cells: Vec<T>,
    present: u64,
}

impl<T: Cell> Column<T> {
    /// Sets the entry of row `index`; rows are set in ascending order.
    pub(super) fn put(&mut self, index: usize, value: Option<T>) {
        if let Some(value) = value.filter(|v| *v != T::MISSING) {
            self.cells.resize(index, T::MISSING);
            self.cells.push(value);
            self.present += 1;
        }
    }

    /// Sets the entries of the rows from `index` on; a cell that `T` cannot hold is a missing one.
    pub(super) fn extend(&mut self, index: usize, cells: &[i64]) {
        let cell = |&cell: &i64| T::try_from(cell).unwrap_or(T::MISSING);
        let used = cells.iter().rposition(|c| cell(c) != T::MISSING).map_or(0, |last| last + 1);
        if used > 0 {
            let cells = cells.get(..used).unwrap_or_default();
            self.cells.resize(index, T::MISSING);
            self.cells.extend(cells.iter().map(cell));
            self.present += cells.iter().map(|c| u64::from(cell(c) != T::MISSING)).sum::<u64>();
        }
    }

    /// Sets the entries of the rows from `index` on to those of another column.
    pub(super) fn append(&mut self, index: usize, other: &Self) {
        if !other.cells.is_empty() {
            self.cells.resize(index, T::MISSING);
            self.cells.extend_from_slice(&other.cells);
            self.present += other.present;
        }
    }

    /// All cells there are; a missing entry is none.
    pub(super) fn cells(&self) -> impl Iterator<Item = Option<T>> + '_ {
        self.cells.iter().map(|v| Some(*v).filter(|v| *v != T::MISSING))
    }

    /// Changes every entry.
    pub(super) fn replace(&mut self, entry: impl Fn(T) -> T) {
        for cell in self.cells.iter_mut().filter(|v| **v != T::MISSING) {
            *cell = entry(*cell);
        }
    }

    /// The entry of row `index`, if it was logged.
    pub(super) fn get(&self, index: usize) -> Option<T> {
        self.cells.get(index).copied().filter(|v| *v != T::MISSING)
    }

    /// How many rows have an entry.
    pub(super) fn present(&self) -> u64 {
        self.present
    }

    /// All entries with their rows, in order of rows.
    pub(super) fn entries(&self) -> impl Iterator<Item = (usize, T)> + '_ {
        self.cells.iter().copied().enumerate().filter(|(_, v)| *v != T::MISSING)
    }

    /// Puts the rows in `order`: the new row `i` is the old row `order[i]`.
    pub(super) fn permute<I: Index>(&mut self, order: &[I]) {
        if !self.cells.is_empty() {
            let cell = |from: &I| self.cells.get(from.get()).copied().unwrap_or(T::MISSING);
            self.cells = order.par_iter().map(cell).collect();
            self.trim();
        }
    }

    /// Takes all cells out and keeps the room.
    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.present = 0;
    }

    /// The cells of these rows; fewer where the last have no entry.
    pub(super) fn slice(&self, rows: &Range<usize>) -> &[T] {
        let end = rows.end.min(self.cells.len());
        self.cells.get(rows.start.min(end)..end).unwrap_or_default()
    }

    /// Puts these cells in place of all.
    pub(super) fn set(&mut self, cells: Vec<T>) {
        self.present = cells.iter().map(|c| u64::from(*c != T::MISSING)).sum();
        self.cells = cells;
        self.trim();
    }

    /// Takes all cells away; they stay counted as present.
    pub(super) fn release(&mut self) {
        self.cells.clear();
    }

    /// Bytes of the cells that are used.
    pub(super) fn used_bytes(&self) -> usize {
        self.cells.len() * size_of::<T>()
    }

    /// Rows after the last entry have no cell.
    fn trim(&mut self) {
        let last = self.cells.iter().rposition(|c| *c != T::MISSING);
        self.cells.truncate(last.map_or(0, |i| i + 1));
    }

    /// Gives unused room back.
    pub(super) fn shrink(&mut self) {
        self.cells.shrink_to_fit();
    }

    /// Bytes the cells take.
    pub(super) fn bytes(&self) -> usize {
        self.cells.capacity() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_costs_nothing_until_its_first_entry() {
        let mut column = Column::<u32>::default();
        for row in 0..1_000 {
            column.put(row, None);
        }
        assert_eq!(column.bytes(), 0);
        column.put(1_000, Some(7));
        column.put(1_001, None);
        assert_eq!((column.get(999), column.get(1_000), column.get(1_001)), (None, Some(7), None));
        assert_eq!(column.present(), 1);
    }

    #[test]
    fn cells_in_bulk_are_the_same_as_one_by_one() {
        let cells = [i64::MIN, 7, i64::MIN, 0, 5_000_000_000, i64::MIN];
        let (mut bulk, mut single) = (Column::<u32>::default(), Column::<u32>::default());
        bulk.extend(0, &cells[..1]);
        bulk.extend(1, &cells[1..4]);
        bulk.extend(4, &cells[4..]);
        for (row, cell) in [None, Some(7), None, Some(0), None, None].into_iter().enumerate() {
            single.put(row, cell);
        }
        assert_eq!(bulk, single);
        let mut appended = Column::<u32>::default();
        appended.put(0, Some(9));
        appended.append(6, &single);
        assert_eq!(
            [0, 5, 6, 7, 8, 9].map(|i| appended.get(i)),
            [Some(9), None, None, Some(7), None, Some(0)]
        );
        assert_eq!(appended.present(), 3);
        appended.replace(|v| v + 1);
        assert_eq!(appended.cells().flatten().collect::<Vec<_>>(), [10, 8, 1]);
    }

    #[test]
    fn codes_keep_order_and_come_back() {
        fn check<T: Cell + PartialOrd + std::fmt::Debug>(ascending: &[T]) {
            let codes: Vec<_> = ascending.iter().map(|c| c.code()).collect();
            assert!(codes.is_sorted() && codes.iter().all(|c| *c < u64::MAX));
            assert!(ascending.iter().all(|c| T::of_code(c.code()) == *c));
            assert_eq!((T::MISSING.code(), T::of_code(u64::MAX)), (u64::MAX, T::MISSING));
        }
        check(&[i64::MIN + 1, -1, 0, 1, i64::MAX]);
        check(&[0, 1, u64::MAX - 1]);
        check(&[0, 1, u32::MAX - 1]);
        check(&[0, 1, u16::MAX - 1]);
        check(&[0, 1, u8::MAX - 1]);
        assert_eq!(u8::of_code(300), u8::MISSING);
    }

    #[test]
    fn a_permutation_moves_missing_entries_too() {
        let mut column = Column::<u32>::default();
        column.put(1, Some(5));
        column.permute(&[2_u32, 1, 0]);
        assert_eq!([0, 1, 2].map(|i| column.get(i)), [None, Some(5), None]);
    }
}
