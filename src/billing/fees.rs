//! Plans, seats and other monthly fees.

use super::charge::{Category, Charge, PriceEvidence, Unpriced};
use super::group::holds;
use super::period::Period;
use super::remarks::Remarks;
use super::usage::ServiceUsage;
use crate::pricing::{Fee, Status};
use crate::units::PricingQuantity;
use rust_decimal::Decimal;
use std::collections::BTreeSet;

/// Fees that several services share and one of them has charged, by name.
pub(super) type Shared<'a> = BTreeSet<&'a str>;

/// The fees of a service that is used: those in force when the period starts, for all of it, as
/// subscriptions are billed in advance and a new price begins with the next bill.
pub(super) fn apply<'a>(
    usage: &ServiceUsage<'a>,
    period: Period,
    charges: &mut Vec<Charge>,
    unpriced: &mut Vec<Unpriced>,
    shared: &mut Shared<'a>,
    remarks: &mut Remarks,
) {
    let service = usage.service;
    for fee in &service.fees {
        let on_date = fee.status.holds(fee.from, fee.until, period.pricing_date());
        let count = match &fee.quantity {
            Some(option) => usage.account.get(option).and_then(|v| v.parse::<Decimal>().ok()),
            None => Some(Decimal::ONE),
        };
        let Some(count) = count.filter(|n| !n.is_zero()) else { continue };
        if !holds(&fee.when, &usage.account) {
            continue;
        }
        if !on_date {
            unpriced.extend(unknown(usage, fee, count, period));
            continue;
        }
        if fee.shared_as.as_ref().is_some_and(|name| !shared.insert(name)) {
            continue;
        }
        if !period.fixed_prices {
            remarks.fee(fee, period.span);
        }
        let quantity = PricingQuantity(count);
        let cost = quantity.at(fee.unit_price);
        let evidence = PriceEvidence::new(Some(fee.from), &fee.evidence);
        charges.push(Charge {
            sku_price_id: format!("{}/{}", fee.id, fee.from),
            charge_description: fee.name.clone(),
            pricing_unit: Some("Months".into()),
            pricing_quantity: Some(quantity),
            list_unit_price: Some(fee.unit_price),
            contracted_unit_price: Some(fee.unit_price),
            list_cost: cost,
            billed_cost: cost,
            effective_cost: cost,
            ..Charge::account(service, &fee.id, Category::Purchase, period.span, evidence)
        });
    }
}

/// A fee that is owed, but whose amount is not known so early: the book begins later.
fn unknown(
    usage: &ServiceUsage<'_>,
    fee: &Fee,
    count: Decimal,
    period: Period,
) -> Option<Unpriced> {
    let date = period.pricing_date();
    let known = |f: &Fee| f.name == fee.name && f.status.holds(f.from, f.until, date);
    let early = fee.status == Status::InForce && date < fee.from;
    if !early || usage.service.fees.iter().any(known) {
        return None;
    }
    Some(Unpriced {
        workload: None,
        sku_id: fee.id.clone(),
        name: fee.name.clone(),
        region_id: None,
        quantity: PricingQuantity(count),
        pricing_unit: "Months".into(),
        charge_period: period.span,
        reason: format!("no fee known on {date}; the first known one is of {}", fee.from),
    })
}
