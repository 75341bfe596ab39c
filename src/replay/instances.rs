//! The instances of one pool: their slots, loads, and who may take a request.

use super::Dispatch;
use super::lists::{Buckets, IdSet};
use crate::units::SimTime;

/// A running (or starting) instance.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Instance {
    pub(super) in_flight: u32,
    pub(super) started: SimTime,
    pub(super) ready: SimTime,
    /// First dispatch and first service of the current active span.
    pub(super) dispatched: SimTime,
    pub(super) serving: SimTime,
    pub(super) idle_since: SimTime,
    pub(super) pool_configured: bool,
    /// Takes no more requests; stops when idle.
    pub(super) draining: bool,
}

/// Instances that share a dispatch policy. Slots are reused, lowest first.
#[derive(Debug)]
pub(super) struct Pool {
    pub(super) all: Vec<Instance>,
    free_slots: IdSet,
    /// Instances with room.
    open: Open,
    /// Idle instances, longest idle first: bucket 0 expires, bucket 1 is held by the floor.
    idle: Buckets,
    pub(super) alive: u32,
    pub(super) active: u32,
    concurrency: u32,
}

#[derive(Debug)]
enum Open {
    FirstFit(IdSet),
    /// One list: the most recently used first.
    ByUse(Buckets, bool),
    /// One list per load, the most recently used first.
    ByLoad(Buckets, bool),
}

const EXPIRING: u32 = 0;
const HELD: u32 = 1;

impl Pool {
    pub(super) fn new(dispatch: Dispatch, concurrency: u32) -> Self {
        let open = match dispatch {
            Dispatch::FirstFit => Open::FirstFit(IdSet::default()),
            Dispatch::MostRecentlyUsed => Open::ByUse(Buckets::new(1), true),
            Dispatch::Fifo => Open::ByUse(Buckets::new(1), false),
            Dispatch::BestFit => Open::ByLoad(Buckets::new(concurrency), true),
            Dispatch::LeastLoaded => Open::ByLoad(Buckets::new(concurrency), false),
        };
        Self {
            all: Vec::new(),
            free_slots: IdSet::default(),
            open,
            idle: Buckets::new(2),
            alive: 0,
            active: 0,
            concurrency,
        }
    }

    pub(super) fn get(&self, slot: u32) -> &Instance {
        &self.all[slot as usize]
    }

    pub(super) fn get_mut(&mut self, slot: u32) -> &mut Instance {
        &mut self.all[slot as usize]
    }

    /// The instance the policy gives a request to, if one has room.
    pub(super) fn pick(&self) -> Option<u32> {
        match &self.open {
            Open::FirstFit(set) => set.first(),
            Open::ByUse(list, true) => list.front(0),
            Open::ByUse(list, false) => list.back(0),
            Open::ByLoad(lists, true) => lists.front(lists.highest_bucket()?),
            Open::ByLoad(lists, false) => lists.back(lists.lowest_bucket()?),
        }
    }

    /// Starts an instance, idle since now; it serves from `ready` on.
    #[expect(clippy::cast_possible_truncation, reason = "2^32 instances do not fit in memory")]
    pub(super) fn start(&mut self, now: SimTime, ready: SimTime) -> u32 {
        let slot = self.free_slots.first().unwrap_or_else(|| {
            self.all.push(Instance::default());
            self.all.len() as u32 - 1
        });
        self.free_slots.remove(slot);
        *self.get_mut(slot) =
            Instance { started: now, ready, idle_since: ready, ..Instance::default() };
        self.alive += 1;
        self.idle.push_back(EXPIRING, slot);
        self.file(slot);
        slot
    }

    /// Removes an idle instance.
    pub(super) fn stop(&mut self, slot: u32) {
        self.close(slot);
        self.idle.remove(slot);
        self.free_slots.insert(slot);
        self.alive -= 1;
    }

    /// One more request on `slot`; returns whether an active span begins.
    pub(super) fn enter(&mut self, slot: u32) -> bool {
        let instance = self.get_mut(slot);
        instance.in_flight += 1;
        let begins = instance.in_flight == 1;
        if begins {
            self.idle.remove(slot);
            self.active += 1;
        }
        self.file(slot);
        begins
    }

    /// One request less; returns whether the active span ends.
    pub(super) fn leave(&mut self, slot: u32, now: SimTime) -> bool {
        let instance = self.get_mut(slot);
        instance.in_flight -= 1;
        let ends = instance.in_flight == 0;
        if ends {
            instance.idle_since = now;
            self.active -= 1;
            self.idle.push_back(EXPIRING, slot);
        }
        self.file(slot);
        ends
    }

    /// The instance idle for longest among those that may expire.
    pub(super) fn oldest_idle(&self) -> Option<u32> {
        self.idle.front(EXPIRING)
    }

    /// Any idle instance, expired ones first.
    pub(super) fn any_idle(&self) -> Option<u32> {
        self.idle.front(HELD).or_else(|| self.idle.front(EXPIRING))
    }

    /// An instance kept only by the floor.
    pub(super) fn oldest_held(&self) -> Option<u32> {
        self.idle.front(HELD)
    }

    /// Keeps an expired instance for the floor.
    pub(super) fn hold(&mut self, slot: u32) {
        self.idle.push_back(HELD, slot);
    }

    /// Lets a busy instance finish and take no more.
    pub(super) fn drain(&mut self, slot: u32) {
        self.get_mut(slot).draining = true;
        self.close(slot);
    }

    /// The running instance with the smallest load that is not draining.
    pub(super) fn least_loaded(&self) -> Option<u32> {
        let slots = 0..u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        slots
            .filter(|s| self.is_alive(*s) && !self.get(*s).draining)
            .min_by_key(|s| (self.get(*s).in_flight, u32::MAX - s))
    }

    /// Instances not draining.
    pub(super) fn running(&self) -> impl Iterator<Item = &Instance> {
        let slots = 0..u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        slots.filter(|s| self.is_alive(*s)).map(|s| self.get(s)).filter(|i| !i.draining)
    }

    fn is_alive(&self, slot: u32) -> bool {
        self.get(slot).in_flight > 0 || self.idle.contains(slot)
    }

    /// Puts the instance where the policy looks for it.
    fn file(&mut self, slot: u32) {
        let instance = *self.get(slot);
        if instance.in_flight >= self.concurrency || instance.draining {
            self.close(slot);
            return;
        }
        match &mut self.open {
            Open::FirstFit(set) => set.insert(slot),
            Open::ByUse(list, _) => list.push_front(0, slot),
            Open::ByLoad(lists, _) => lists.push_front(instance.in_flight, slot),
        }
    }

    fn close(&mut self, slot: u32) {
        match &mut self.open {
            Open::FirstFit(set) => set.remove(slot),
            Open::ByUse(list, _) | Open::ByLoad(list, _) => list.remove(slot),
        }
    }
}
