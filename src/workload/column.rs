//! One column of a trace: no memory while nothing is in it, one plain cell per row after that.

/// A cell type with one value that stands for "not logged".
pub(super) trait Cell: Copy + PartialEq {
    /// The value that stands for a missing entry.
    const MISSING: Self;
}

impl Cell for i64 {
    const MISSING: Self = Self::MIN;
}

impl Cell for u64 {
    const MISSING: Self = Self::MAX;
}

impl Cell for u32 {
    const MISSING: Self = Self::MAX;
}

impl Cell for u16 {
    const MISSING: Self = Self::MAX;
}

impl Cell for u8 {
    const MISSING: Self = Self::MAX;
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
    pub(super) fn permute(&mut self, order: &[usize]) {
        if !self.cells.is_empty() {
            let cell = |&from: &usize| self.cells.get(from).copied().unwrap_or(T::MISSING);
            self.cells = order.iter().map(cell).collect();
        }
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
    fn a_permutation_moves_missing_entries_too() {
        let mut column = Column::<u32>::default();
        column.put(1, Some(5));
        column.permute(&[2, 1, 0]);
        assert_eq!([0, 1, 2].map(|i| column.get(i)), [None, Some(5), None]);
    }
}
