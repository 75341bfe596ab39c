//! Prompt prefixes: which requests begin with the same text, as far as a trace tells by hashes.

/// A piece of a prompt. Prompts that begin with equal blocks share that prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrefixBlock {
    /// What stands for its text, and for all text before it.
    pub id: u64,
    /// Its tokens.
    pub tokens: u32,
}

/// The blocks of every request of a trace, in order of rows; rows past the last have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefixes {
    /// Where each row's blocks end.
    ends: Vec<usize>,
    blocks: Vec<PrefixBlock>,
}

impl Prefixes {
    /// Whether no row has blocks.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Sets the blocks of row `index`; rows are set in ascending order.
    pub fn put(&mut self, index: usize, blocks: &[PrefixBlock]) {
        if !blocks.is_empty() {
            self.ends.resize(index, self.blocks.len());
            self.blocks.extend_from_slice(blocks);
            self.ends.push(self.blocks.len());
        }
    }

    /// The blocks of row `index`, from the start of its prompt.
    #[must_use]
    pub fn of(&self, index: usize) -> &[PrefixBlock] {
        let end = |i: usize| self.ends.get(i).copied().unwrap_or(self.blocks.len());
        let start = index.checked_sub(1).map_or(0, end);
        self.blocks.get(start..end(index)).unwrap_or_default()
    }

    /// Puts the rows in `order`: the new row `i` is the old row `order[i]`.
    pub(super) fn permute(&mut self, order: &[usize]) {
        if !self.is_empty() {
            let mut sorted = Self::default();
            for (i, &from) in order.iter().enumerate() {
                sorted.put(i, self.of(from));
            }
            *self = sorted;
        }
    }

    /// Adds the blocks of `others`, which has `rows` rows, behind row `at`.
    pub(super) fn append(&mut self, at: usize, others: &Self, rows: usize) {
        if !others.is_empty() {
            (0..rows).for_each(|i| self.put(at + i, others.of(i)));
        }
    }

    /// Takes all blocks away.
    pub(super) fn clear(&mut self) {
        self.ends.clear();
        self.blocks.clear();
    }

    /// Bytes of the blocks that are used.
    pub(super) fn used_bytes(&self) -> usize {
        self.ends.len() * size_of::<usize>() + self.blocks.len() * size_of::<PrefixBlock>()
    }

    /// Bytes the blocks take.
    pub(super) fn bytes(&self) -> usize {
        self.ends.capacity() * size_of::<usize>()
            + self.blocks.capacity() * size_of::<PrefixBlock>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_blocks_stay_without() {
        let block = |id| PrefixBlock { id, tokens: 16 };
        let mut prefixes = Prefixes::default();
        prefixes.put(0, &[]);
        prefixes.put(1, &[block(1), block(2)]);
        prefixes.put(3, &[block(3)]);
        assert_eq!(prefixes.of(0), []);
        assert_eq!(prefixes.of(1), [block(1), block(2)]);
        assert_eq!(prefixes.of(2), []);
        assert_eq!(prefixes.of(3), [block(3)]);
        assert_eq!(prefixes.of(4), []);
        prefixes.permute(&[3, 0, 1, 2]);
        assert_eq!(prefixes.of(0), [block(3)]);
        assert_eq!(prefixes.of(2), [block(1), block(2)]);
    }
}
