//! Prompt prefixes: which requests begin with the same text, as far as a trace tells by hashes.

use super::column::Index;

/// A piece of a prompt. Prompts that begin with equal blocks share that prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PrefixBlock {
    /// What stands for its text, and for all text before it.
    pub id: u64,
    /// Its tokens.
    pub tokens: u32,
}

impl PrefixBlock {
    /// The block of a piece of text called `piece` that follows `before`, if anything.
    ///
    /// For traces whose names of pieces say nothing about the text before them.
    #[must_use]
    pub fn following(before: Option<Self>, piece: u64, tokens: u32) -> Self {
        let id = before.map_or(piece, |before| mix(mix(before.id) ^ piece));
        Self { id: mix(id), tokens }
    }
}

/// A bijection that spreads every bit over the whole word.
const fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    let z = (z ^ (z >> 32)).wrapping_mul(0xd6e8_feb8_6659_fd93);
    z ^ (z >> 32)
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
    pub(super) fn permute<I: Index>(&mut self, order: &[I]) {
        if !self.is_empty() {
            let mut sorted = Self::default();
            for (i, from) in order.iter().enumerate() {
                sorted.put(i, self.of(from.get()));
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
    fn a_piece_is_the_same_block_only_behind_the_same_text() {
        let block = |before, piece| PrefixBlock::following(before, piece, 16);
        let (a, b) = (block(None, 1), block(None, 2));
        assert_eq!(block(Some(a), 3), block(Some(a), 3));
        let all = [a, b, block(Some(a), 3), block(Some(b), 3), block(Some(a), 1), block(None, 3)];
        let ids: std::collections::BTreeSet<_> = all.iter().map(|b| b.id).collect();
        assert_eq!(ids.len(), all.len());
    }

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
        prefixes.permute(&[3_u32, 0, 1, 2]);
        assert_eq!(prefixes.of(0), [block(3)]);
        assert_eq!(prefixes.of(2), [block(1), block(2)]);
    }
}
