//! Free quantities: who gets them, in which order.

use super::group::{Group, base_units, holds, unit};
use super::period::Period;
use super::split::{proportional, share_of};
use super::usage::ServiceUsage;
use crate::pricing::{Allowance, AllowanceSize};
use crate::units::{Usage, mul_div};
use std::collections::BTreeMap;

/// What is taken from an allowance, as parts of a whole: SKUs may count in different base units.
type Pot = Vec<(i128, i128)>;

/// Allowances that several services share, by name.
pub(super) type Shared = BTreeMap<String, Pot>;

/// Whether an allowance counts for this account in this period.
pub(super) fn applies(allowance: &Allowance, usage: &ServiceUsage<'_>, period: Period) -> bool {
    (period.allowances || allowance.included) && holds(&allowance.when, &usage.account)
}

/// Gives a service its free quantities, in file order.
pub(super) fn apply<'a>(
    usage: &ServiceUsage<'a>,
    groups: &mut [Group<'a>],
    period: Period,
    shared: &mut Shared,
) {
    for allowance in &usage.service.allowances {
        if !applies(allowance, usage, period) {
            continue;
        }
        let pot = allowance.shared_as.as_ref().map(|name| shared.entry(name.clone()).or_default());
        let mut own = Pot::new();
        let pot = pot.unwrap_or(&mut own);
        match &allowance.size {
            AllowanceSize::Quantity(n) => {
                give(groups, allowance, pot, |g| base_units(g.sku, *n, period));
            }
            AllowanceSize::Per { sku, quantity } => {
                let of = groups.iter().filter(|g| g.sku.id == *sku);
                let used: i128 = of.flat_map(|g| &g.lines).map(|l| l.usage.0).sum();
                let Some(other) = usage.service.sku(sku) else { continue };
                let size = unit(other, period);
                give(groups, allowance, pot, |g| {
                    // ⌊used × one ÷ size⌋, where `one` is the allowance of one unit.
                    let one = base_units(g.sku, *quantity, period);
                    used / size * one + share_of(one, used % size, size)
                });
            }
            AllowanceSize::Money(_) => {}
        }
    }
}

/// Uses an allowance up over its SKUs in order; within a SKU the earliest usage is free first, shared by
/// workloads in proportion. Usage without a price takes nothing.
fn give<'a>(
    groups: &mut [Group<'a>],
    allowance: &'a Allowance,
    pot: &mut Pot,
    size: impl Fn(&Group<'a>) -> i128,
) {
    let sizes: Vec<i128> = groups.iter().map(size).collect();
    for sku in &allowance.skus {
        for (group, whole) in groups.iter_mut().zip(&sizes).filter(|(g, _)| g.sku.id == *sku) {
            let taken =
                |left, (taken, of): &(i128, i128)| left - mul_div(*taken, *whole, (*of).max(1));
            let before = pot.iter().fold(*whole, taken).max(0);
            let mut left = before;
            for part in group.parts.iter_mut().filter(|p| p.rate.is_ok()) {
                let counts = |pool| allowance.pools.is_empty() || allowance.pools.contains(&pool);
                let lines = group.lines.iter().zip(part.billable());
                let eligible: Vec<Usage> =
                    lines.map(|(l, u)| if counts(l.pool) { u } else { Usage::ZERO }).collect();
                let take = left.min(eligible.iter().map(|e| e.0).sum());
                left -= take;
                for (free, share) in part.free.iter_mut().zip(proportional(Usage(take), &eligible))
                {
                    if share != Usage::ZERO {
                        free.push((share, allowance));
                    }
                }
            }
            if left < before {
                pot.push((before - left, *whole));
            }
        }
    }
}
