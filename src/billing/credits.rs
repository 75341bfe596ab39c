//! Free tiers in money: credits against what their SKUs cost.

use super::bill::{Period, ServiceUsage};
use super::charge::{Category, Charge, PriceEvidence};
use super::group::holds;
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
        let applies = period.allowances || allowance.included;
        if !applies || !holds(&allowance.when, &usage.account) {
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
        charges.push(Charge {
            workload: None,
            service_provider_name: service.provider_name.clone(),
            service_name: service.service_name.clone(),
            service_category: service.category.clone(),
            region_id: None,
            sku_id: allowance.id.clone(),
            sku_price_id: allowance.id.clone(),
            charge_description: allowance.name.clone(),
            charge_category: Category::Credit,
            component,
            allowance: Some(allowance.name.clone()),
            commitment: None,
            commitment_status: None,
            negotiated: None,
            charge_period: period.span,
            pricing_unit: None,
            pricing_quantity: None,
            list_unit_price: None,
            contracted_unit_price: None,
            list_cost: Money::ZERO,
            billed_cost: -(size - left),
            effective_cost: -(size - left),
            evidence: PriceEvidence::new(None, &allowance.evidence),
        });
        owed.push(Money::ZERO);
    }
}
