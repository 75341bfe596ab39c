//! One service's bill: allowances first, then tiers, commitments, credits and fees.

use super::bill::{Account, Period, ServiceUsage, UsageLine};
use super::charge::{Category, Charge, PriceEvidence, Statement, Unpriced};
use super::{credits, split::proportional};
use crate::pricing::{
    Allowance, AllowanceSize, Clock, Component, Conditions, Pool, PriceRow, Service, Sku, Tier,
    Tiering,
};
use crate::units::{Money, PricingQuantity, SimDuration, UnitPrice, Usage};
use rust_decimal::Decimal;

/// Usage that shares tiers: one SKU in one region, over all workloads.
struct Group<'a> {
    sku: &'a Sku,
    region: &'a str,
    lines: Vec<&'a UsageLine>,
    free: Vec<Vec<(Usage, &'a Allowance)>>,
    row: &'a PriceRow,
    tiers: Vec<Tier>,
}

pub(super) fn bill(usage: &ServiceUsage<'_>, period: Period, statement: &mut Statement) {
    let first = statement.charges.len();
    let mut groups = group(usage, period, statement);
    if period.allowances {
        for allowance in &usage.service.allowances {
            if let AllowanceSize::Quantity(quantity) = allowance.size
                && holds(&allowance.when, &usage.account)
            {
                give(&mut groups, allowance, quantity, period);
            }
        }
    }
    for group in &groups {
        charge(usage, group, period, statement);
    }
    if period.allowances {
        credits::apply(usage, &mut statement.charges, first);
    }
    fees(usage, period, statement);
}

/// Whether the account's options satisfy the conditions.
pub(super) fn holds(when: &Conditions, account: &Account) -> bool {
    when.iter().all(|(name, allowed)| account.get(name).is_some_and(|v| allowed.contains(v)))
}

fn month(sku: &Sku, period: Period) -> SimDuration {
    sku.month.unwrap_or(period.month)
}

fn group<'a>(
    usage: &'a ServiceUsage<'a>,
    period: Period,
    statement: &mut Statement,
) -> Vec<Group<'a>> {
    let mut keys: Vec<(usize, &str)> =
        usage.lines.iter().map(|l| (l.sku, l.region.as_str())).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut groups = Vec::new();
    for (index, region) in keys {
        let Some(sku) = usage.service.skus.get(index) else { continue };
        let lines: Vec<_> =
            usage.lines.iter().filter(|l| l.sku == index && l.region == region).collect();
        match usage.service.price(sku, region, period.pricing_date) {
            Ok((row, tiers)) => {
                let free = lines.iter().map(|_| Vec::new()).collect();
                groups.push(Group { sku, region, lines, free, row, tiers });
            }
            Err(why) => statement.unpriced.extend(lines.iter().map(|line| Unpriced {
                workload: line.workload.clone(),
                sku_id: sku.id.clone(),
                name: sku.name.clone(),
                region_id: Some(region.to_owned()),
                quantity: quantity(sku, line.usage, period, UnitPrice::default()),
                pricing_unit: sku.unit.name.to_owned(),
                reason: why.0.clone(),
            })),
        }
    }
    groups
}

fn quantity(sku: &Sku, usage: Usage, period: Period, price: UnitPrice) -> PricingQuantity {
    sku.measured_as.quantity(usage, month(sku, period), price)
}

/// Base units of `quantity` pricing units of a price file, rounded down.
fn base_units(sku: &Sku, quantity: Decimal, period: Period) -> i128 {
    super::base_units(sku, quantity, period.month).unwrap_or(i128::MAX)
}

/// Uses an allowance up over its SKUs in order, each group sharing it in proportion to use.
fn give<'a>(groups: &mut [Group<'a>], allowance: &'a Allowance, quantity: Decimal, period: Period) {
    // The remainder is kept as a share of the whole, since SKUs may count in different base units.
    let mut used: Vec<(i128, i128)> = Vec::new();
    for sku in &allowance.skus {
        for group in groups.iter_mut().filter(|g| g.sku.id == *sku) {
            let whole = base_units(group.sku, quantity, period);
            let left = used.iter().fold(whole, |left, (taken, of)| {
                left - crate::units::mul_div(*taken, whole, (*of).max(1))
            });
            let eligible: Vec<Usage> = group
                .lines
                .iter()
                .zip(&group.free)
                .map(|(line, free)| {
                    let given: i128 = free.iter().map(|f| f.0.0).sum();
                    let counts = allowance.pools.is_empty() || allowance.pools.contains(&line.pool);
                    Usage(if counts { line.usage.0 - given } else { 0 })
                })
                .collect();
            let total: i128 = eligible.iter().map(|e| e.0).sum();
            let take = left.clamp(0, total);
            if take == 0 {
                continue;
            }
            used.push((take, whole));
            for (free, part) in group.free.iter_mut().zip(proportional(Usage(take), &eligible)) {
                if part != Usage::ZERO {
                    free.push((part, allowance));
                }
            }
        }
    }
}

fn charge(usage: &ServiceUsage<'_>, group: &Group<'_>, period: Period, out: &mut Statement) {
    let (sku, service) = (group.sku, usage.service);
    let commitment = service
        .commitments
        .iter()
        .find(|c| c.skus.contains(&sku.id) && holds(&c.when, &usage.account));
    let evidence = PriceEvidence::new(Some(group.row.from), &group.row.evidence);
    let line = |line: &UsageLine, part: Usage, tier: usize| {
        let list = group.tiers[tier].unit_price;
        let contracted = commitment.map_or(list, |c| list.less_percent(c.percent));
        let scale = if contracted.0.scale() > list.0.scale() { contracted } else { list };
        let quantity = quantity(sku, part, period, scale);
        Charge {
            workload: line.workload.clone(),
            service_provider_name: service.provider_name.clone(),
            service_name: service.service_name.clone(),
            service_category: service.category.clone(),
            region_id: Some(group.region.to_owned()),
            sku_id: sku.id.clone(),
            sku_price_id: price_id(sku, group.region, group.row, tier),
            charge_description: describe(sku, &group.tiers, tier, line.pool),
            charge_category: Category::Usage,
            component: sku.component,
            allowance: None,
            commitment: commitment.map(|c| c.name.clone()),
            pricing_unit: Some(sku.unit.name.to_owned()),
            pricing_quantity: Some(quantity),
            list_unit_price: Some(list),
            contracted_unit_price: Some(contracted),
            list_cost: quantity.at(list),
            billed_cost: quantity.at(contracted),
            evidence: evidence.clone(),
        }
    };
    for (usage_line, free) in group.lines.iter().zip(&group.free) {
        for (part, allowance) in free {
            let mut c = line(usage_line, *part, 0);
            c.billed_cost = Money::ZERO;
            c.allowance = Some(allowance.name.clone());
            c.commitment = None;
            c.contracted_unit_price = Some(UnitPrice::default());
            c.charge_description = format!("{} ({})", named(sku, usage_line.pool), allowance.name);
            c.evidence = PriceEvidence::new(None, &allowance.evidence);
            out.charges.push(c);
        }
    }
    let billable: Vec<Usage> = group
        .lines
        .iter()
        .zip(&group.free)
        .map(|(l, free)| Usage(l.usage.0 - free.iter().map(|f| f.0.0).sum::<i128>()))
        .collect();
    for (tier, amount) in tier_amounts(group, &billable, period) {
        let parts = proportional(amount, &billable);
        for (usage_line, part) in group.lines.iter().zip(parts) {
            if part != Usage::ZERO {
                out.charges.push(line(usage_line, part, tier));
            }
        }
    }
}

/// How much of the billable usage each tier prices.
fn tier_amounts(group: &Group<'_>, billable: &[Usage], period: Period) -> Vec<(usize, Usage)> {
    let total: i128 = billable.iter().map(|u| u.0).sum();
    let starts: Vec<i128> =
        group.tiers.iter().map(|t| base_units(group.sku, t.from, period)).collect();
    if group.sku.tiering == Tiering::Cliff {
        let tier = starts.iter().rposition(|s| *s <= total).unwrap_or(0);
        return vec![(tier, Usage(total))];
    }
    let ends = starts.iter().skip(1).copied().chain([i128::MAX]);
    let amounts = starts
        .iter()
        .zip(ends)
        .enumerate()
        .map(|(tier, (start, end))| (tier, Usage((total.min(end) - start).max(0))));
    amounts.filter(|(_, amount)| *amount != Usage::ZERO).collect()
}

fn price_id(sku: &Sku, region: &str, row: &PriceRow, tier: usize) -> String {
    format!("{}/{region}/{}/{tier}", sku.id, row.from)
}

/// The SKU's name, with the pool where one SKU counts several.
fn named(sku: &Sku, pool: Pool) -> String {
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

/// The SKU's name, with the tier if there are several.
fn describe(sku: &Sku, tiers: &[Tier], tier: usize, pool: Pool) -> String {
    let name = named(sku, pool);
    if tiers.len() < 2 {
        return name;
    }
    match tiers.get(tier + 1) {
        Some(next) if tier == 0 => format!("{name} (first {})", short(next.from)),
        Some(next) => {
            format!("{name} (next {})", short(next.from - tiers[tier].from))
        }
        None => format!("{name} (over {})", short(tiers[tier].from)),
    }
}

fn short(n: Decimal) -> String {
    for (size, suffix) in [(1_000_000_000_i64, "B"), (1_000_000, "M"), (1_000, "k")] {
        let size = Decimal::from(size);
        if n >= size {
            return format!("{}{suffix}", (n / size).normalize());
        }
    }
    n.normalize().to_string()
}

fn fees(usage: &ServiceUsage<'_>, period: Period, out: &mut Statement) {
    let service: &Service = usage.service;
    for fee in &service.fees {
        let on_date = fee.status.holds(fee.from, fee.until, period.pricing_date);
        let count = match &fee.quantity {
            Some(option) => usage.account.get(option).and_then(|v| v.parse::<Decimal>().ok()),
            None => Some(Decimal::ONE),
        };
        let Some(count) = count.filter(|n| !n.is_zero()) else { continue };
        if !on_date || !holds(&fee.when, &usage.account) {
            continue;
        }
        let quantity = PricingQuantity(count);
        out.charges.push(Charge {
            workload: None,
            service_provider_name: service.provider_name.clone(),
            service_name: service.service_name.clone(),
            service_category: service.category.clone(),
            region_id: None,
            sku_id: fee.id.clone(),
            sku_price_id: format!("{}/{}", fee.id, fee.from),
            charge_description: fee.name.clone(),
            charge_category: Category::Purchase,
            component: Component::Fees,
            allowance: None,
            commitment: None,
            pricing_unit: Some("Months".into()),
            pricing_quantity: Some(quantity),
            list_unit_price: Some(fee.unit_price),
            contracted_unit_price: Some(fee.unit_price),
            list_cost: quantity.at(fee.unit_price),
            billed_cost: quantity.at(fee.unit_price),
            evidence: PriceEvidence::new(Some(fee.from), &fee.evidence),
        });
    }
}
