//! One service's usage charges: free quantities, then tiers, stretch by stretch.

use super::charge::{Category, Charge, PriceEvidence, Unpriced};
use super::group::{Group, Part, Rate, base_units, holds, quantity};
use super::names::{named, short, with_tier};
use super::period::Period;
use super::split::proportional;
use super::timed::Timed;
use super::usage::ServiceUsage;
use crate::pricing::{Sku, Tiering};
use crate::units::{Money, UnitPrice, Usage};

/// Charges of a group in time order; what has no price goes to `unpriced`.
pub(super) fn charge(
    usage: &ServiceUsage<'_>,
    group: &Group<'_>,
    period: Period,
    charges: &mut Vec<Timed>,
    unpriced: &mut Vec<Unpriced>,
) {
    let bill = Bill { usage, group, period };
    let billable = group.billable();
    let extra = rounding(usage, group, billable, period);
    let total = billable + extra;
    // The meter runs on through the period: a stretch covers a range of the month's usage.
    let mut from = 0;
    for part in &group.parts {
        let amounts = part.billable();
        let upto = from + amounts.iter().map(|u| u.0).sum::<i128>();
        match &part.rate {
            Ok(rate) => bill.part(part, rate, amounts, (from, upto, total), charges),
            Err(why) => bill.unpriced(part, why, &amounts, unpriced),
        }
        from = upto;
    }
    let last = group.parts.iter().rev().find_map(|p| Some((p, p.rate.as_ref().ok()?)));
    if let Some((part, rate)) = last
        && extra > 0
    {
        for (tier, amount) in bill.tier_amounts(rate, (billable, total, total)) {
            let step = group.sku.billable_round_up.as_ref().map(|r| short(r.to));
            let name = format!("{}, rounded up", group.sku.name);
            let mut c = bill.line(part, rate, None, name, amount, tier);
            c.charge_description += &step.map(|s| format!(" to whole {s}")).unwrap_or_default();
            charges.push(Timed { charge: c, hours: None });
        }
    }
}

/// What is added to a month's billable base units so that they are whole steps.
fn rounding(usage: &ServiceUsage<'_>, group: &Group<'_>, billable: i128, period: Period) -> i128 {
    let Some(rule) = &group.sku.billable_round_up else { return 0 };
    if !holds(&rule.when, &usage.account) {
        return 0;
    }
    let step = base_units(group.sku, rule.to, period).max(1);
    (billable + step - 1) / step * step - billable
}

/// A group and what its lines have in common.
struct Bill<'a> {
    usage: &'a ServiceUsage<'a>,
    group: &'a Group<'a>,
    period: Period,
}

impl Bill<'_> {
    fn part(
        &self,
        part: &Part<'_>,
        rate: &Rate,
        mut left: Vec<Usage>,
        range: (i128, i128, i128),
        charges: &mut Vec<Timed>,
    ) {
        let sku = self.group.sku;
        for (line, free) in self.group.lines.iter().zip(&part.free) {
            for (amount, allowance) in free {
                let name = format!("{} ({})", named(sku, line.pool), allowance.name);
                let workload = line.workload.clone();
                let mut c = self.line(part, rate, workload, name, *amount, 0);
                (c.billed_cost, c.effective_cost) = (Money::ZERO, Money::ZERO);
                c.allowance = Some(allowance.name.clone());
                (c.commitment, c.negotiated) = (None, None);
                c.contracted_unit_price = Some(UnitPrice::default());
                c.evidence = PriceEvidence::new(None, &allowance.evidence);
                charges.push(Timed { charge: c, hours: None });
            }
        }
        for (tier, amount) in self.tier_amounts(rate, range) {
            let shares = proportional(amount, &left);
            for (i, (line, share)) in self.group.lines.iter().zip(shares).enumerate() {
                if share != Usage::ZERO {
                    left[i] = left[i] - share;
                    let name = with_tier(&named(sku, line.pool), &rate.tiers, tier);
                    let workload = line.workload.clone();
                    let charge = self.line(part, rate, workload, name, share, tier);
                    charges.push(Timed { charge, hours: line.hours.clone() });
                }
            }
        }
    }

    /// How much of the range `from..upto` of a month with `total` each tier prices.
    fn tier_amounts(
        &self,
        rate: &Rate,
        (from, upto, total): (i128, i128, i128),
    ) -> Vec<(usize, Usage)> {
        let sku = self.group.sku;
        let start = |t: &crate::pricing::Tier| base_units(sku, t.from, self.period);
        let starts: Vec<i128> = rate.tiers.iter().map(start).collect();
        if sku.tiering == Tiering::Cliff {
            let tier = starts.iter().rposition(|s| *s <= total).unwrap_or(0);
            return vec![(tier, Usage(upto - from))];
        }
        let ends = starts.iter().skip(1).copied().chain([i128::MAX]);
        let amounts =
            starts.iter().zip(ends).enumerate().map(|(tier, (start, end))| {
                (tier, Usage((upto.min(end) - from.max(*start)).max(0)))
            });
        amounts.filter(|(_, amount)| *amount != Usage::ZERO).collect()
    }

    fn line(
        &self,
        part: &Part<'_>,
        rate: &Rate,
        workload: Option<String>,
        charge_description: String,
        amount: Usage,
        tier: usize,
    ) -> Charge {
        let (sku, service) = (self.group.sku, self.usage.service);
        let (list, contracted) = (rate.tiers[tier].unit_price, rate.contracted[tier]);
        let quantity = quantity(sku, amount, self.period, list.finer(contracted));
        Charge {
            workload,
            service_provider_name: service.provider_name.clone(),
            service_name: service.service_name.clone(),
            service_category: service.category.clone(),
            region_id: Some(self.group.region.to_owned()),
            sku_id: sku.id.clone(),
            sku_price_id: price_id(sku, self.group.region, rate, tier),
            charge_description,
            charge_category: Category::Usage,
            component: sku.component,
            allowance: None,
            commitment: rate.commitment.clone(),
            commitment_status: None,
            negotiated: rate.negotiated.clone(),
            charge_period: part.span,
            pricing_unit: Some(sku.unit.name.to_owned()),
            pricing_quantity: Some(quantity),
            list_unit_price: Some(list),
            contracted_unit_price: Some(contracted),
            list_cost: quantity.at(list),
            billed_cost: quantity.at(contracted),
            effective_cost: quantity.at(contracted),
            evidence: rate.evidence.clone(),
        }
    }

    fn unpriced(&self, part: &Part<'_>, why: &str, amounts: &[Usage], out: &mut Vec<Unpriced>) {
        let sku = self.group.sku;
        let lines = self.group.lines.iter().zip(amounts).filter(|(_, used)| **used != Usage::ZERO);
        out.extend(lines.map(|(line, used)| Unpriced {
            workload: line.workload.clone(),
            sku_id: sku.id.clone(),
            name: sku.name.clone(),
            region_id: Some(self.group.region.to_owned()),
            quantity: quantity(sku, *used, self.period, UnitPrice::default()),
            pricing_unit: sku.unit.name.to_owned(),
            charge_period: part.span,
            reason: why.to_owned(),
        }));
    }
}

fn price_id(sku: &Sku, region: &str, rate: &Rate, tier: usize) -> String {
    format!("{}/{region}/{}/{tier}", sku.id, rate.row)
}
