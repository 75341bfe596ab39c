//! What warm capacity and time on demand cost, from the prices of a platform's clocks.

use crate::estimate::ClockPrice;
use crate::pricing::{Clock, Pool};
use rust_decimal::Decimal;

/// Prices of one instance for an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WarmPrices {
    /// Of a unit of warm capacity: busy or not for a pool, while idle for a floor.
    pub held: Decimal,
    /// Of an instance on demand while it serves.
    pub on_demand: Decimal,
    /// Of an instance of the pool while it serves.
    pub warm: Decimal,
}

/// Whether usage of a pool counts.
#[must_use]
pub fn counts(price: &ClockPrice, pool: Pool) -> bool {
    price.pools.is_empty() || price.pools.contains(&pool)
}

/// Clocks that run while an instance serves, whatever else they count.
#[must_use]
pub fn runs_while_serving(clock: Clock) -> bool {
    matches!(
        clock,
        Clock::RequestDuration
            | Clock::InstanceActive
            | Clock::InstanceLifetime
            | Clock::LifetimeLessIdle
    )
}

impl WarmPrices {
    /// Those of a platform: time on demand at its dearest, warm capacity at its cheapest, so that what
    /// they promise is never too little.
    #[must_use]
    pub fn of(prices: &[ClockPrice]) -> Self {
        let sum = |of: &dyn Fn(&&ClockPrice) -> bool, dear: bool| -> Decimal {
            let one = |p: &ClockPrice| if dear { p.first.max(p.last) } else { p.first.min(p.last) };
            prices.iter().filter(of).map(one).sum()
        };
        let clock = |clock: Clock| sum(&|p| p.clock == clock, false);
        let kinds =
            [Clock::Provisioned, Clock::WarmIdle, Clock::IdleAtMinimum, Clock::InstanceLifetime];
        let serving =
            |pool: Pool| move |p: &&ClockPrice| runs_while_serving(p.clock) && counts(p, pool);
        Self {
            held: kinds.into_iter().map(clock).find(|p| !p.is_zero()).unwrap_or_default(),
            on_demand: sum(&serving(Pool::Spillover), true),
            warm: sum(&serving(Pool::Provisioned), false),
        }
    }

    /// What an hour of serving saves when it is in the pool.
    #[must_use]
    pub fn saved(&self) -> Decimal {
        (self.on_demand - self.warm).max(Decimal::ZERO)
    }

    /// The share of time a unit of a pool has to be busy so that it pays, if it ever does.
    #[must_use]
    pub fn break_even(&self) -> Option<Decimal> {
        let saved = self.saved();
        (!saved.is_zero() && self.held <= saved).then(|| self.held / saved)
    }
}
