//! Constant-time sets of instances: linked lists in buckets, and a bitset that finds its minimum.

const NONE: u32 = u32::MAX;

/// Doubly linked lists over instance slots, one per bucket; a slot is in at most one list.
#[derive(Debug)]
pub(super) struct Buckets {
    ends: Vec<(u32, u32)>,
    links: Vec<Link>,
    occupied: IdSet,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    previous: u32,
    next: u32,
    bucket: u32,
}

impl Buckets {
    pub(super) fn new(buckets: u32) -> Self {
        Self {
            ends: vec![(NONE, NONE); buckets as usize],
            links: Vec::new(),
            occupied: IdSet::default(),
        }
    }

    pub(super) fn contains(&self, slot: u32) -> bool {
        self.links.get(slot as usize).is_some_and(|l| l.bucket != NONE)
    }

    /// Adds `slot` at the front of `bucket`, removing it from where it was.
    pub(super) fn push_front(&mut self, bucket: u32, slot: u32) {
        self.remove(slot);
        let (first, last) = self.ends[bucket as usize];
        self.link(slot, Link { previous: NONE, next: first, bucket });
        match first {
            NONE => self.ends[bucket as usize] = (slot, slot),
            first => {
                self.links[first as usize].previous = slot;
                self.ends[bucket as usize] = (slot, last);
            }
        }
        self.occupied.insert(bucket);
    }

    /// Adds `slot` at the back of `bucket`, removing it from where it was.
    pub(super) fn push_back(&mut self, bucket: u32, slot: u32) {
        self.remove(slot);
        let (first, last) = self.ends[bucket as usize];
        self.link(slot, Link { previous: last, next: NONE, bucket });
        match last {
            NONE => self.ends[bucket as usize] = (slot, slot),
            last => {
                self.links[last as usize].next = slot;
                self.ends[bucket as usize] = (first, slot);
            }
        }
        self.occupied.insert(bucket);
    }

    pub(super) fn remove(&mut self, slot: u32) {
        if !self.contains(slot) {
            return;
        }
        let Link { previous, next, bucket } = self.links[slot as usize];
        let ends = &mut self.ends[bucket as usize];
        match previous {
            NONE => ends.0 = next,
            p => self.links[p as usize].next = next,
        }
        match next {
            NONE => ends.1 = previous,
            n => self.links[n as usize].previous = previous,
        }
        self.links[slot as usize].bucket = NONE;
        if self.ends[bucket as usize].0 == NONE {
            self.occupied.remove(bucket);
        }
    }

    pub(super) fn front(&self, bucket: u32) -> Option<u32> {
        Some(self.ends[bucket as usize].0).filter(|s| *s != NONE)
    }

    pub(super) fn back(&self, bucket: u32) -> Option<u32> {
        Some(self.ends[bucket as usize].1).filter(|s| *s != NONE)
    }

    pub(super) fn lowest_bucket(&self) -> Option<u32> {
        self.occupied.first()
    }

    pub(super) fn highest_bucket(&self) -> Option<u32> {
        self.occupied.last()
    }

    fn link(&mut self, slot: u32, link: Link) {
        let unused = Link { previous: NONE, next: NONE, bucket: NONE };
        if self.links.len() <= slot as usize {
            self.links.resize(slot as usize + 1, unused);
        }
        self.links[slot as usize] = link;
    }
}

/// A set of small integers with a summary level: finds its first and last member in a few steps.
#[derive(Debug, Default)]
pub(super) struct IdSet {
    words: Vec<u64>,
    summary: Vec<u64>,
}

impl IdSet {
    pub(super) fn insert(&mut self, id: u32) {
        let word = (id / 64) as usize;
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
            self.summary.resize(word / 64 + 1, 0);
        }
        self.words[word] |= 1 << (id % 64);
        self.summary[word / 64] |= 1 << (word % 64);
    }

    pub(super) fn remove(&mut self, id: u32) {
        let word = (id / 64) as usize;
        let Some(bits) = self.words.get_mut(word) else { return };
        *bits &= !(1 << (id % 64));
        if *bits == 0 {
            self.summary[word / 64] &= !(1 << (word % 64));
        }
    }

    pub(super) fn first(&self) -> Option<u32> {
        let (i, s) = self.summary.iter().enumerate().find(|(_, s)| **s != 0)?;
        let word = i * 64 + s.trailing_zeros() as usize;
        u32::try_from(word * 64 + self.words[word].trailing_zeros() as usize).ok()
    }

    pub(super) fn last(&self) -> Option<u32> {
        let (i, s) = self.summary.iter().enumerate().rev().find(|(_, s)| **s != 0)?;
        let word = i * 64 + 63 - s.leading_zeros() as usize;
        u32::try_from(word * 64 + 63 - self.words[word].leading_zeros() as usize).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_set_finds_its_ends() {
        let mut set = IdSet::default();
        assert_eq!(set.first(), None);
        for id in [70, 5, 9_000, 4_095] {
            set.insert(id);
        }
        assert_eq!((set.first(), set.last()), (Some(5), Some(9_000)));
        set.remove(5);
        set.remove(9_000);
        assert_eq!((set.first(), set.last()), (Some(70), Some(4_095)));
    }

    #[test]
    fn a_slot_moves_between_buckets() {
        let mut lists = Buckets::new(3);
        lists.push_front(0, 7);
        lists.push_front(0, 8);
        lists.push_back(0, 9);
        assert_eq!((lists.front(0), lists.back(0)), (Some(8), Some(9)));
        lists.push_front(2, 8);
        assert_eq!((lists.front(0), lists.highest_bucket()), (Some(7), Some(2)));
        lists.remove(7);
        lists.remove(9);
        assert_eq!(lists.lowest_bucket(), Some(2));
    }
}
