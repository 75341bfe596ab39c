//! Who takes the next request: instances with room, in the order of the dispatch policy.

use super::Dispatch;
use super::bits::IdSet;
use super::lists::Lists;

/// The instances of a pool that have room.
#[derive(Debug)]
pub(super) enum Open {
    FirstFit(IdSet),
    /// One list, the most recently used first; the policy takes the front or the back.
    ByUse {
        list: Lists,
        front: bool,
    },
    /// One list per load, the most recently used first; the policy takes the fullest or the emptiest.
    ByLoad {
        lists: Lists,
        loads: IdSet,
        fullest: bool,
    },
}

impl Open {
    pub(super) fn new(dispatch: Dispatch) -> Self {
        let by_use = |front| Self::ByUse { list: Lists::new(1), front };
        let by_load =
            |fullest| Self::ByLoad { lists: Lists::new(0), loads: IdSet::default(), fullest };
        match dispatch {
            Dispatch::FirstFit => Self::FirstFit(IdSet::default()),
            Dispatch::MostRecentlyUsed => by_use(true),
            Dispatch::Fifo => by_use(false),
            Dispatch::BestFit => by_load(true),
            Dispatch::LeastLoaded => by_load(false),
        }
    }

    /// Makes room for `slot`; to be called before it is used.
    pub(super) fn make_room(&mut self, slot: u32) {
        match self {
            Self::FirstFit(_) => {}
            Self::ByUse { list, .. } => list.make_room(slot),
            Self::ByLoad { lists, .. } => lists.make_room(slot),
        }
    }

    /// The instance the policy gives a request to, if one has room.
    #[inline]
    pub(super) fn pick(&self) -> Option<u32> {
        match self {
            Self::FirstFit(set) => set.first(),
            Self::ByUse { list, front: true } => list.front(0),
            Self::ByUse { list, front: false } => list.back(0),
            Self::ByLoad { lists, loads, fullest: true } => lists.front(loads.last()?),
            Self::ByLoad { lists, loads, fullest: false } => lists.back(loads.first()?),
        }
    }

    /// Files an instance that was just used and has room at its new `load`; `had_room` before.
    #[inline]
    pub(super) fn used(&mut self, slot: u32, load: u32, had_room: bool) {
        match self {
            Self::FirstFit(set) => {
                if !had_room {
                    set.insert(slot);
                }
            }
            Self::ByUse { list, .. } => {
                if list.front(0) != Some(slot) {
                    list.remove(slot);
                    list.push_front(0, slot);
                }
            }
            Self::ByLoad { lists, loads, .. } => {
                leave_load(lists, loads, slot);
                lists.make_lists(load + 1);
                if lists.front(load).is_none() {
                    loads.insert(load);
                }
                lists.push_front(load, slot);
            }
        }
    }

    /// Takes an instance out, if it is in.
    #[inline]
    pub(super) fn close(&mut self, slot: u32) {
        match self {
            Self::FirstFit(set) => set.remove(slot),
            Self::ByUse { list, .. } => list.remove(slot),
            Self::ByLoad { lists, loads, .. } => leave_load(lists, loads, slot),
        }
    }
}

fn leave_load(lists: &mut Lists, loads: &mut IdSet, slot: u32) {
    if let Some(load) = lists.list_of(slot) {
        lists.remove(slot);
        if lists.front(load).is_none() {
            loads.remove(load);
        }
    }
}
