//! A set of small integers with two levels of summary: finds its first and last member in a few steps.

/// The set; members are found without looking at more than one word for each 262,144 integers.
#[derive(Debug, Default)]
pub(super) struct IdSet {
    words: Vec<u64>,
    /// Bit `i` of word `j`: `words[64 j + i]` is not zero.
    middle: Vec<u64>,
    /// Likewise for `middle`.
    top: Vec<u64>,
}

impl IdSet {
    #[inline]
    pub(super) fn insert(&mut self, id: u32) {
        let word = (id / 64) as usize;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
            self.middle.resize(word / 64 + 1, 0);
            self.top.resize(word / 4_096 + 1, 0);
        }
        self.words[word] |= 1 << (id % 64);
        self.middle[word / 64] |= 1 << (word % 64);
        self.top[word / 4_096] |= 1 << (word / 64 % 64);
    }

    #[inline]
    pub(super) fn remove(&mut self, id: u32) {
        let word = (id / 64) as usize;
        let Some(bits) = self.words.get_mut(word) else { return };
        *bits &= !(1 << (id % 64));
        if *bits == 0 {
            let summary = &mut self.middle[word / 64];
            *summary &= !(1 << (word % 64));
            if *summary == 0 {
                self.top[word / 4_096] &= !(1 << (word / 64 % 64));
            }
        }
    }

    #[inline]
    pub(super) fn first(&self) -> Option<u32> {
        let (i, top) = self.top.iter().enumerate().find(|(_, bits)| **bits != 0)?;
        let middle = i * 64 + top.trailing_zeros() as usize;
        let word = middle * 64 + self.middle[middle].trailing_zeros() as usize;
        u32::try_from(word * 64 + self.words[word].trailing_zeros() as usize).ok()
    }

    #[inline]
    pub(super) fn last(&self) -> Option<u32> {
        let (i, top) = self.top.iter().enumerate().rev().find(|(_, bits)| **bits != 0)?;
        let middle = i * 64 + top.ilog2() as usize;
        let word = middle * 64 + self.middle[middle].ilog2() as usize;
        u32::try_from(word * 64 + self.words[word].ilog2() as usize).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_finds_its_ends() {
        let mut set = IdSet::default();
        assert_eq!((set.first(), set.last()), (None, None));
        for id in [70, 5, 9_000, 4_095, 600_000] {
            set.insert(id);
        }
        assert_eq!((set.first(), set.last()), (Some(5), Some(600_000)));
        for id in [5, 600_000, 1, 9_000_000] {
            set.remove(id);
        }
        assert_eq!((set.first(), set.last()), (Some(70), Some(9_000)));
        for id in [70, 9_000, 4_095] {
            set.remove(id);
        }
        assert_eq!(set.first(), None);
    }
}
