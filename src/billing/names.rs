//! What a line of a bill is called.

use crate::pricing::{Clock, Pool, Sku, Tier};
use rust_decimal::Decimal;

/// The SKU's name, with the pool where one SKU counts several.
pub(super) fn named(sku: &Sku, pool: Pool) -> String {
    match pool {
        Pool::Spillover => format!("{}, spill-over", sku.name),
        Pool::Provisioned
            if sku.meter.pools.is_empty() && sku.meter.clock != Clock::Provisioned =>
        {
            format!("{}, provisioned", sku.name)
        }
        Pool::OnDemand | Pool::Provisioned => sku.name.clone(),
    }
}

/// The name with the tier if there are several.
pub(super) fn with_tier(name: &str, tiers: &[Tier], tier: usize) -> String {
    if tiers.len() < 2 {
        return name.to_owned();
    }
    match tiers.get(tier + 1) {
        Some(next) if tier == 0 => format!("{name} (first {})", short(next.from)),
        Some(next) => {
            format!("{name} (next {})", short(next.from - tiers[tier].from))
        }
        None => format!("{name} (over {})", short(tiers[tier].from)),
    }
}

/// `1.5M` for 1,500,000.
pub(super) fn short(n: Decimal) -> String {
    for (size, suffix) in [(1_000_000_000_i64, "B"), (1_000_000, "M"), (1_000, "k")] {
        let size = Decimal::from(size);
        if n >= size {
            return format!("{}{suffix}", (n / size).normalize());
        }
    }
    n.normalize().to_string()
}
