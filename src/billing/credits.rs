//! Free tiers in money: credits against what their SKUs cost.

use super::allowance::applies;
use super::charge::{Category, Charge, PriceEvidence};
use super::period::Period;
use super::usage::ServiceUsage;
use crate::pricing::AllowanceSize;
use crate::units::Money;
use std::collections::BTreeMap;

/// What is left of credits that several services share, by name.
pub(super) type Shared = BTreeMap<String, Money>;

/// Adds one credit per money allowance that finds something to pay, in file order.
pub(super) fn apply(
    usage: &ServiceUsage<'_>,
    period: Period,
    charges: &mut Vec<Charge>,
    shared: &mut Shared,
) {
    let service = usage.service;
    // What each charge still owes after the credits so far.
    let mut owed: Vec<Money> = charges.iter().map(|c| c.billed_cost).collect();
    for allowance in &service.allowances {
        let AllowanceSize::Money(size) = allowance.size else { continue };
        if !applies(allowance, usage, period) {
            continue;
        }
        let before = allowance.shared_as.as_ref().and_then(|name| shared.get(name).copied());
        let size = before.unwrap_or(size);
        let mut left = size;
        let mut component = None;
        for (charge, owes) in charges.iter().zip(&mut owed) {
            if !allowance.skus.contains(&charge.sku_id) {
                continue;
            }
            let paid = left.min(*owes);
            if paid > Money::ZERO {
                component.get_or_insert(charge.component);
                *owes = *owes - paid;
                left = left - paid;
            }
        }
        if let Some(name) = &allowance.shared_as {
            shared.insert(name.clone(), left);
        }
        let Some(component) = component else { continue };
        let evidence = PriceEvidence::new(None, &allowance.evidence);
        charges.push(Charge {
            charge_description: allowance.name.clone(),
            component,
            allowance: Some(allowance.name.clone()),
            billed_cost: -(size - left),
            effective_cost: -(size - left),
            ..Charge::account(service, &allowance.id, Category::Credit, period.span, evidence)
        });
        owed.push(Money::ZERO);
    }
}
