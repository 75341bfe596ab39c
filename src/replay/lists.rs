//! Doubly linked lists over instance slots.

const NONE: u32 = u32::MAX;

/// Lists with a number each; a slot is in at most one of them.
#[derive(Debug)]
pub(super) struct Lists {
    ends: Vec<(u32, u32)>,
    links: Vec<Link>,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    previous: u32,
    next: u32,
    list: u32,
}

impl Lists {
    pub(super) fn new(lists: u32) -> Self {
        Self { ends: vec![(NONE, NONE); lists as usize], links: Vec::new() }
    }

    /// Makes room for `slot`; to be called before it is added.
    pub(super) fn make_room(&mut self, slot: u32) {
        if self.links.len() <= slot as usize {
            let unused = Link { previous: NONE, next: NONE, list: NONE };
            self.links.resize(slot as usize + 1, unused);
        }
    }

    /// Makes at least as many lists.
    #[inline]
    pub(super) fn make_lists(&mut self, lists: u32) {
        if self.ends.len() < lists as usize {
            self.ends.resize(lists as usize, (NONE, NONE));
        }
    }

    #[inline]
    pub(super) fn contains(&self, slot: u32) -> bool {
        self.links[slot as usize].list != NONE
    }

    /// The list `slot` is in.
    #[inline]
    pub(super) fn list_of(&self, slot: u32) -> Option<u32> {
        Some(self.links[slot as usize].list).filter(|list| *list != NONE)
    }

    /// Adds `slot`, which is in no list, at the front of one.
    #[inline]
    pub(super) fn push_front(&mut self, list: u32, slot: u32) {
        let ends = &mut self.ends[list as usize];
        let first = std::mem::replace(&mut ends.0, slot);
        if first == NONE {
            ends.1 = slot;
        } else {
            self.links[first as usize].previous = slot;
        }
        self.links[slot as usize] = Link { previous: NONE, next: first, list };
    }

    /// Adds `slot`, which is in no list, at the back of one.
    #[inline]
    pub(super) fn push_back(&mut self, list: u32, slot: u32) {
        let ends = &mut self.ends[list as usize];
        let last = std::mem::replace(&mut ends.1, slot);
        if last == NONE {
            ends.0 = slot;
        } else {
            self.links[last as usize].next = slot;
        }
        self.links[slot as usize] = Link { previous: last, next: NONE, list };
    }

    /// Takes `slot` out of the list it is in, if any.
    #[inline]
    pub(super) fn remove(&mut self, slot: u32) {
        let Link { previous, next, list } = self.links[slot as usize];
        if list == NONE {
            return;
        }
        let ends = &mut self.ends[list as usize];
        match previous {
            NONE => ends.0 = next,
            p => self.links[p as usize].next = next,
        }
        match next {
            NONE => ends.1 = previous,
            n => self.links[n as usize].previous = previous,
        }
        self.links[slot as usize].list = NONE;
    }

    #[inline]
    pub(super) fn front(&self, list: u32) -> Option<u32> {
        Some(self.ends[list as usize].0).filter(|s| *s != NONE)
    }

    #[inline]
    pub(super) fn back(&self, list: u32) -> Option<u32> {
        Some(self.ends[list as usize].1).filter(|s| *s != NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_moves_between_lists() {
        let mut lists = Lists::new(3);
        lists.make_room(9);
        lists.push_front(0, 7);
        lists.push_front(0, 8);
        lists.push_back(0, 9);
        assert_eq!((lists.front(0), lists.back(0), lists.list_of(9)), (Some(8), Some(9), Some(0)));
        lists.remove(8);
        lists.push_front(2, 8);
        assert_eq!((lists.front(0), lists.back(2), lists.list_of(8)), (Some(7), Some(8), Some(2)));
        lists.remove(7);
        lists.remove(9);
        lists.remove(9);
        assert_eq!((lists.front(0), lists.back(0), lists.contains(9)), (None, None, false));
    }
}
