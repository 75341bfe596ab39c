//! A total that no schedule of warm capacity undercuts.
//!
//! Whatever the schedule, the instances that serve are busy for at least ∫ ⌈in flight ÷ concurrency⌉ dt,
//! and of that at most the levels below the schedule can be in the pool. So each level and hour either
//! pays for being kept and saves on its busy time, or does not; taking the better of the two for each
//! gives a total that real requests, which stay where they began, cannot undercut.

use super::occupancy::Occupancy;
use super::prices::{WarmPrices, counts, runs_while_serving};
use crate::billing::Charge;
use crate::estimate::{ClockPrice, Projection, Stream, WorkloadEstimate};
use crate::pricing::{Clock, Pool};
use crate::recommend::Trial;
use crate::units::Money;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use rust_decimal::{Decimal, RoundingStrategy};

/// Quantities are rounded to 12 decimals, line by line: a bound stays below by this much.
const ROUNDING: Decimal = Decimal::from_parts(1, 0, 0, false, 6);

/// Nanoseconds as hours.
#[must_use]
pub fn hours(nanos: i128) -> Decimal {
    Decimal::from_i128(nanos).unwrap_or_default() / Decimal::from(3_600_000_000_000_u64)
}

/// A bound to state: a little lower, because quantities are rounded line by line, and never below zero.
#[must_use]
pub fn whole(bound: Decimal) -> Money {
    let lower = (bound - ROUNDING).max(Decimal::ZERO);
    Money(lower.round_dp_with_strategy(6, RoundingStrategy::ToZero).normalize())
}

/// What a workload is billed for a SKU, and for how many pricing units.
#[must_use]
pub fn charges(trial: &Trial, w: &WorkloadEstimate, sku: &str) -> (Decimal, Decimal) {
    let of = |c: &&Charge| c.sku_id == sku && c.workload.as_ref() == Some(&w.name);
    let own = || trial.estimate.statement.charges.iter().filter(of);
    let quantity = own().filter_map(|c| c.pricing_quantity).map(|q| q.0).sum();
    (own().map(|c| c.billed_cost.0).sum(), quantity)
}

/// A price in 10⁻¹⁸, rounded down; none if it does not fit.
#[must_use]
pub fn scaled(price: Decimal) -> Option<i128> {
    let whole = price.trunc().to_i128()?.checked_mul(1_000_000_000_000_000_000)?;
    let part = (price.fract() * Decimal::from(1_000_000_000_000_000_000_u64)).trunc().to_i128()?;
    whole.checked_add(part)
}

/// How often the replayed span is billed.
#[must_use]
pub fn times(stream: &Stream) -> Decimal {
    match &stream.projection {
        Projection::Scaled(window) => {
            Decimal::from(stream.period.0) / Decimal::from(window.0.max(1))
        }
        _ => Decimal::ONE,
    }
}

/// The bound for one workload's schedules by the hour of the week. `without` is the scenario without warm
/// capacity. None where a clock or the account makes the reasoning fail.
#[must_use]
pub fn total(
    without: &Trial,
    workload: usize,
    found: &Occupancy,
    stream: &Stream,
    prices: &[ClockPrice],
) -> Option<Money> {
    let estimate = &without.estimate;
    let w = estimate.workloads.get(workload)?;
    let shared =
        estimate.workloads.iter().filter(|o| o.platform_name == w.platform_name).count() > 1;
    let facts = &w.facts;
    if shared
        || facts.rejected + facts.queue_timeouts > 0
        || !estimate.statement.commitments.is_empty()
    {
        return None;
    }
    let each = WarmPrices::of(prices);
    let by_request =
        prices.iter().any(|p| p.clock == Clock::RequestDuration && !p.pools.is_empty());
    if by_request && stream.behavior.concurrency > 1 {
        return None;
    }
    let times = times(stream);
    let mut total = estimate.statement.total().0;
    for price in prices {
        let (billed, quantity) = charges(without, w, &price.sku);
        let serving = runs_while_serving(price.clock) && counts(price, Pool::OnDemand);
        if serving {
            // What is free stays free; what is paid shrinks at most to the least there can be.
            let dearest = price.first.max(price.last);
            let listed =
                if price.units.is_zero() { return None } else { quantity / price.units * dearest };
            let least = match price.clock {
                Clock::RequestDuration => facts.service_time,
                _ => found.least_active(),
            };
            total += (hours(least) * times * dearest - listed).min(Decimal::ZERO);
        } else if runs_while_serving(price.clock)
            || !price.pools.is_empty()
            || matches!(
                price.clock,
                Clock::Starts
                    | Clock::Provisioned
                    | Clock::WarmIdle
                    | Clock::IdleAtMinimum
                    | Clock::InstanceStopped
            )
        {
            total -= billed;
        }
    }
    if prices.iter().any(|p| p.clock == Clock::Provisioned) {
        let saved = each.saved();
        for level in &found.levels {
            for (time, busy) in found.time.iter().zip(&level.busy) {
                let kept = hours(i128::from(*time)) * each.held - hours(i128::from(*busy)) * saved;
                total += kept.min(Decimal::ZERO) * times;
            }
        }
        if found.cut && found.levels.last().is_some_and(|l| l.busy.iter().any(|b| *b > 0)) {
            return None;
        }
    }
    Some(whole(total))
}
