//! Instances come and go: starts, stops, expiry, floors and provisioned pools.

use super::Scaling;
use super::engine::{Engine, PROVISIONED};
use super::observer::{Life, Observer};
use crate::units::{SimDuration, SimTime};

impl<O: Observer> Engine<'_, O> {
    pub(super) fn has_headroom(&self) -> bool {
        self.instances() < self.behavior.max_instances
    }

    fn instances(&self) -> u32 {
        self.on_demand.alive + self.provisioned.alive
    }

    /// A proxy starts another machine when even the machine it chose is at the soft limit.
    #[inline]
    pub(super) fn start_beyond_soft_limit(&mut self, chosen: u32, now: SimTime) {
        if let Scaling::ProxyLoop { soft_limit, .. } = self.behavior.scaling
            && chosen & PROVISIONED == 0
            && self.on_demand.get(chosen).in_flight > soft_limit
            && self.last_ready <= now
            && self.has_headroom()
        {
            self.start(now, self.behavior.startup, false);
        }
    }

    pub(super) fn start(&mut self, now: SimTime, startup: SimDuration, requested: bool) -> u32 {
        self.account(now);
        let ready = now + startup;
        let slot = self.on_demand.start(now, ready);
        self.last_ready = self.last_ready.max(ready);
        self.expires_from(ready);
        self.has_started(slot, now, requested);
        slot
    }

    fn has_started(&mut self, slot: u32, now: SimTime, requested: bool) {
        self.summary.instances_started += 1;
        self.summary.peak_instances = self.summary.peak_instances.max(self.instances());
        self.observer.started(slot, now, requested);
    }

    pub(super) fn stop(&mut self, slot: u32, provisioned: bool, at: SimTime) {
        self.account(at);
        let pool = if provisioned { &mut self.provisioned } else { &mut self.on_demand };
        let started = pool.get(slot).started;
        pool.stop(slot);
        let stopped = at.max(started);
        self.summary.instance_time += i128::from(stopped.since(started).0);
        self.observer.stopped(&Life { instance: slot, provisioned, started, stopped });
    }

    /// An instance is idle from now on, or from when it is ready.
    #[inline]
    pub(super) fn expires_from(&mut self, idle: SimTime) {
        self.quiet = self.quiet.min(idle + self.keep_alive);
    }

    pub(super) fn next_expiry(&self) -> Option<SimTime> {
        if self.keep_alive == SimDuration::MAX {
            return None;
        }
        let slot = self.on_demand.oldest_idle()?;
        let due = self.on_demand.get(slot).since + self.keep_alive;
        // A shorter keep-alive from the close on does not reach back before it.
        Some(if self.closed { due.max(self.end) } else { due })
    }

    pub(super) fn expire(&mut self, at: SimTime) {
        let Some(slot) = self.on_demand.oldest_idle() else { return };
        if self.on_demand.alive > self.floor {
            self.stop(slot, false, at);
        } else {
            self.on_demand.hold(slot);
        }
    }

    pub(super) fn set_floor(&mut self, now: SimTime, floor: u32, startup: SimDuration) {
        self.account(now);
        self.warm_since = self.warm_since.max(now.min(self.end));
        self.floor = floor;
        while self.on_demand.alive < floor && self.has_headroom() {
            self.start(now, startup, false);
        }
        while self.on_demand.alive > floor {
            let Some(slot) = self.on_demand.oldest_held() else { break };
            self.stop(slot, false, now);
        }
        self.serve_pending(now);
    }

    pub(super) fn set_provisioned(&mut self, now: SimTime, size: u32) {
        for _ in self.configured..size {
            let slot = self.provisioned.start(now, now);
            self.has_started(slot, now, false);
        }
        if size < self.configured {
            let surplus = (self.configured - size) as usize;
            for slot in self.provisioned.by_load().into_iter().take(surplus) {
                if self.provisioned.get(slot).in_flight == 0 {
                    self.stop(slot, true, now);
                } else {
                    self.provisioned.drain(slot);
                }
            }
        }
        self.configured = size;
        self.serve_pending(now);
    }

    /// The window ends: configured capacity goes, idle instances go or live out their keep-alive.
    pub(super) fn close(&mut self, now: SimTime) {
        self.closed = true;
        self.set_floor(now, 0, SimDuration::ZERO);
        self.set_provisioned(now, 0);
        let lives_on = match self.behavior.scaling {
            Scaling::PerRequest => self.behavior.idle_timeout,
            Scaling::ProxyLoop { every, .. } => every,
            Scaling::TargetUtilization { .. } | Scaling::Fixed => SimDuration::MAX,
        };
        let goes = self.clip || lives_on == SimDuration::MAX;
        self.keep_alive = if goes { SimDuration::ZERO } else { lives_on };
    }

    /// Adds the floor's idle time since the last change of floor, instances or requests.
    #[inline]
    pub(super) fn account(&mut self, now: SimTime) {
        if self.floor > 0 {
            self.account_floor(now);
        }
    }

    fn account_floor(&mut self, now: SimTime) {
        let until = now.min(self.end);
        if until > self.warm_since {
            let time = i128::from(until.since(self.warm_since).0);
            let (alive, active) = (self.on_demand.alive, self.on_demand.active);
            let below = self.floor.saturating_sub(active);
            let idle = if alive <= self.floor { alive.saturating_sub(active) } else { 0 };
            self.warm_idle += i128::from(below) * time;
            self.idle_at_floor += i128::from(idle) * time;
            self.observer.at_floor((self.warm_since, until), below, idle);
            self.warm_since = until;
        }
    }
}
