//! Schedules worth estimating: those of the level algorithm for a price of a cold start.

use super::level::{cheapest_schedule, make_convex};
use super::occupancy::Occupancy;
use super::prices::WarmPrices;
use super::schedule::{Shape, Week};
use crate::pricing::WarmCapacity;
use crate::units::SimDuration;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// What schedules are made from.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// What is needed, hour by hour.
    pub found: &'a Occupancy,
    /// What it costs.
    pub prices: WarmPrices,
    /// A pool or a floor.
    pub kind: WarmCapacity,
    /// How long an instance takes to start. Switching one on counts as being kept for so long and for an
    /// hour, so that timetables stay short.
    pub startup: SimDuration,
    /// Most units.
    pub most: u32,
}

/// A price in 10⁻¹² of the currency an hour; costs are such prices × nanoseconds.
fn price(price: Decimal) -> i128 {
    (price * Decimal::from(1_000_000_000_000_u64)).round().to_i128().unwrap_or(i128::MAX >> 64)
}

const HOUR: i128 = 3_600_000_000_000;

impl Ground<'_> {
    /// The cheapest schedule of a shape if a cold start cost as much as keeping a unit for so long.
    #[must_use]
    pub fn schedule(&self, shape: Shape, cold_start: SimDuration) -> Week {
        let held = price(self.prices.held);
        let saved = match self.kind {
            WarmCapacity::Provisioned => price(self.prices.saved()),
            // A floor is paid while idle only: what it serves costs the same.
            WarmCapacity::Minimum | WarmCapacity::None => held,
        };
        let start = held.max(1) * i128::from(cold_start.0);
        let most = usize::try_from(self.most).unwrap_or(usize::MAX);
        let levels = self.found.levels.iter().take(most);
        let cost = levels.map(|level| {
            let mut slots = vec![0; shape.slots()];
            for (hour, time) in self.found.time.iter().enumerate() {
                slots[shape.slot(hour)] += i128::from(*time) * held
                    - i128::from(level.busy[hour]) * saved
                    - i128::from(level.starts[hour]) * start;
            }
            slots
        });
        let mut cost: Vec<Vec<i128>> = cost.collect();
        if start > 0 {
            make_convex(&mut cost);
        }
        // How often the cycle of slots goes round in the span.
        let span: i128 = self.found.time.iter().map(|t| i128::from(*t)).sum();
        let cycle = if shape == Shape::EveryDay { 24 * HOUR } else { 168 * HOUR };
        let switch = held * (HOUR + i128::from(self.startup.0)) * span.div_euclid(cycle).max(1);
        Week::shaped(shape, &cheapest_schedule(&cost, switch).1)
    }
}
