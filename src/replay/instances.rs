//! The instances of one pool: their slots, loads, and how long they have been idle.

use super::Dispatch;
use super::bits::IdSet;
use super::lists::Lists;
use super::open::Open;
use crate::units::SimTime;

/// A running (or starting) instance, in half a cache line.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Instance {
    pub(super) started: SimTime,
    /// It serves from then on.
    pub(super) ready: SimTime,
    /// While active, the first dispatch of the active span; while idle, the end of the last.
    pub(super) since: SimTime,
    pub(super) in_flight: u32,
    /// Whether a provisioned pool was configured when the active span began.
    pub(super) pool_configured: bool,
    /// Takes no more requests; stops when idle.
    pub(super) draining: bool,
}

/// Instances that share a dispatch policy. Slots are reused, lowest first.
#[derive(Debug)]
pub(super) struct Pool {
    all: Vec<Instance>,
    free_slots: IdSet,
    open: Open,
    /// Idle instances, longest idle first.
    idle: Lists,
    pub(super) alive: u32,
    pub(super) active: u32,
    concurrency: u32,
}

/// Idle since their last request.
const USED: u32 = 0;
/// Started ahead of any request: idle from when they are ready, which may be later than a used one's.
const AHEAD: u32 = 1;
/// Expired, but kept by the floor.
const HELD: u32 = 2;

impl Pool {
    pub(super) fn new(dispatch: Dispatch, concurrency: u32) -> Self {
        Self {
            all: Vec::new(),
            free_slots: IdSet::default(),
            open: Open::new(dispatch),
            idle: Lists::new(3),
            alive: 0,
            active: 0,
            concurrency,
        }
    }

    #[inline]
    pub(super) fn get(&self, slot: u32) -> &Instance {
        &self.all[slot as usize]
    }

    /// The instance the policy gives a request to, if one has room.
    #[inline]
    pub(super) fn pick(&self) -> Option<u32> {
        self.open.pick()
    }

    /// Starts an instance; it serves, and counts as idle, from `ready` on.
    #[expect(clippy::cast_possible_truncation, reason = "2^32 instances do not fit in memory")]
    pub(super) fn start(&mut self, now: SimTime, ready: SimTime) -> u32 {
        let slot = self.free_slots.first().unwrap_or_else(|| {
            let slot = self.all.len() as u32;
            self.all.push(Instance::default());
            self.idle.make_room(slot);
            self.open.make_room(slot);
            slot
        });
        self.free_slots.remove(slot);
        self.all[slot as usize] =
            Instance { started: now, ready, since: ready, ..Instance::default() };
        self.alive += 1;
        self.idle.push_back(AHEAD, slot);
        self.open.used(slot, 0, false);
        slot
    }

    /// Removes an idle instance.
    pub(super) fn stop(&mut self, slot: u32) {
        self.open.close(slot);
        self.idle.remove(slot);
        self.free_slots.insert(slot);
        self.alive -= 1;
    }

    /// One more request on `slot` at `now`; returns from when it is served.
    #[inline]
    pub(super) fn enter(&mut self, slot: u32, now: SimTime, pool_configured: bool) -> SimTime {
        let instance = &mut self.all[slot as usize];
        instance.in_flight += 1;
        let (load, ready) = (instance.in_flight, instance.ready);
        if load == 1 {
            instance.since = now;
            instance.pool_configured = pool_configured;
            self.idle.remove(slot);
            self.active += 1;
        }
        if load < self.concurrency {
            self.open.used(slot, load, true);
        } else {
            self.open.close(slot);
        }
        now.max(ready)
    }

    /// One request less at `now`; returns the instance as it was if its active span ends.
    #[inline]
    pub(super) fn leave(&mut self, slot: u32, now: SimTime) -> Option<Instance> {
        let instance = &mut self.all[slot as usize];
        let was_full = instance.in_flight == self.concurrency;
        let before = *instance;
        instance.in_flight -= 1;
        let load = instance.in_flight;
        if load == 0 {
            instance.since = now;
            self.active -= 1;
            self.idle.push_back(USED, slot);
        }
        if !before.draining {
            self.open.used(slot, load, !was_full);
        }
        (load == 0).then_some(before)
    }

    /// The instance idle for longest among those that may expire.
    pub(super) fn oldest_idle(&self) -> Option<u32> {
        let fronts = [self.idle.front(USED), self.idle.front(AHEAD)];
        fronts.into_iter().flatten().min_by_key(|slot| self.get(*slot).since)
    }

    /// Any idle instance, expired ones first.
    pub(super) fn any_idle(&self) -> Option<u32> {
        self.idle.front(HELD).or_else(|| self.oldest_idle())
    }

    /// An instance kept only by the floor.
    pub(super) fn oldest_held(&self) -> Option<u32> {
        self.idle.front(HELD)
    }

    /// Keeps an expired instance for the floor.
    pub(super) fn hold(&mut self, slot: u32) {
        self.idle.remove(slot);
        self.idle.push_back(HELD, slot);
    }

    /// Lets a busy instance finish and take no more.
    pub(super) fn drain(&mut self, slot: u32) {
        self.all[slot as usize].draining = true;
        self.open.close(slot);
    }

    /// Running instances that are not draining, the least loaded first, the newest slot of equals first.
    pub(super) fn by_load(&self) -> Vec<u32> {
        let mut slots: Vec<u32> = self.running().map(|(slot, _)| slot).collect();
        slots.sort_by_key(|s| (self.get(*s).in_flight, u32::MAX - s));
        slots
    }

    /// Instances not draining, with their slots.
    pub(super) fn running(&self) -> impl Iterator<Item = (u32, &Instance)> {
        let slots = (0_u32..).zip(&self.all);
        slots.filter(|(slot, i)| (i.in_flight > 0 || self.idle.contains(*slot)) && !i.draining)
    }
}
