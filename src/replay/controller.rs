//! Controllers that act on a clock: the proxy loop and the utilisation target.

use super::Scaling;
use super::engine::Engine;
use super::observer::Observer;
use crate::units::{SimDuration, SimTime};
use std::collections::VecDeque;

/// State of a controller with a clock.
#[derive(Debug)]
pub(super) struct Controller {
    next: SimTime,
    every: SimDuration,
    /// Requests in flight, integrated since the last tick.
    area: i128,
    since: SimTime,
    /// Mean requests in flight of the latest ticks, in thousandths; newest last.
    loads: VecDeque<i128>,
}

impl Controller {
    /// None if the platform's scaling needs no clock.
    pub(super) fn new(scaling: &Scaling, from: SimTime) -> Option<Self> {
        let (Scaling::ProxyLoop { every, .. } | Scaling::TargetUtilization { every, .. }) =
            *scaling
        else {
            return None;
        };
        let state =
            Self { next: from + every, every, area: 0, since: from, loads: VecDeque::new() };
        (every > SimDuration::ZERO).then_some(state)
    }

    /// When it acts next.
    pub(super) fn next(&self) -> SimTime {
        self.next
    }

    /// Notes that `in_flight` requests were in flight until now.
    pub(super) fn level(&mut self, now: SimTime, in_flight: u32) {
        if now > self.since {
            self.area += i128::from(in_flight) * i128::from(now.since(self.since).0);
            self.since = now;
        }
    }

    /// One pass.
    pub(super) fn tick<O: Observer>(engine: &mut Engine<'_, O>, now: SimTime) {
        let in_flight = engine.in_flight;
        let Some(controller) = &mut engine.controller else { return };
        controller.level(now, in_flight);
        controller.next = now + controller.every;
        let mean = controller.area * 1_000 / i128::from(controller.every.0);
        controller.area = 0;
        match engine.behavior.scaling {
            Scaling::ProxyLoop { soft_limit, .. } => stop_one_excess(engine, soft_limit, now),
            Scaling::TargetUtilization { target_percent, every, up_window, down_window } => {
                let ticks = |window: SimDuration| {
                    usize::try_from((window.0 / every.0.max(1)).max(1)).unwrap_or(usize::MAX)
                };
                let (up, down) = (ticks(up_window), ticks(down_window));
                let loads = &mut controller.loads;
                loads.push_back(mean);
                while loads.len() > up.max(down) {
                    loads.pop_front();
                }
                let recent = |n: usize| loads.iter().rev().take(n);
                let grown = recent(up).sum::<i128>() / recent(up).count().max(1) as i128;
                let peak = recent(down).copied().max().unwrap_or(0);
                follow_target(engine, target_percent, grown, peak, now);
            }
            Scaling::PerRequest | Scaling::Fixed => {}
        }
    }
}

/// Stops one idle machine when the running ones have excess capacity.
fn stop_one_excess<O: Observer>(engine: &mut Engine<'_, O>, soft_limit: u32, now: SimTime) {
    let running = engine.on_demand.alive;
    let over = engine.on_demand.running().filter(|(_, i)| i.in_flight > soft_limit).count();
    let excess = if running <= 1 { running } else { running.saturating_sub(1 + to_u32(over)) };
    if excess >= 1
        && running > engine.floor
        && let Some(slot) = engine.on_demand.any_idle()
        && engine.on_demand.get(slot).ready <= now
    {
        engine.stop(slot, false, now);
    }
}

/// Sets the number of instances to demand ÷ (concurrency × target); loads are in thousandths.
fn follow_target<O: Observer>(
    engine: &mut Engine<'_, O>,
    target_percent: u32,
    grown: i128,
    peak: i128,
    now: SimTime,
) {
    let capacity = i128::from(engine.behavior.concurrency) * i128::from(target_percent.max(1)) * 10;
    let wanted = |load: i128| {
        let n = (load + capacity - 1).div_euclid(capacity);
        u32::try_from(n).unwrap_or(u32::MAX)
    };
    let (up, down) = (wanted(grown), wanted(peak.max(grown)));
    let by_load = engine.on_demand.by_load();
    let mut running = to_u32(by_load.len());
    while running < up && engine.has_headroom() {
        engine.start(now, engine.behavior.startup, false);
        running += 1;
    }
    let least = down.max(engine.floor);
    for slot in by_load.into_iter().take((running.saturating_sub(least)) as usize) {
        if engine.on_demand.get(slot).in_flight == 0 {
            engine.stop(slot, false, now);
        } else {
            engine.on_demand.drain(slot);
        }
    }
    engine.serve_pending(now);
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
