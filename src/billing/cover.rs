//! What commitments pay of a bill, and what they cost themselves.

use super::charge::{Category, Charge, CommitmentStatus, PriceEvidence, Statement};
use super::commitment::{Commitment, Kind, capacity_per_nanosecond};
use super::demand::Demand;
use super::draw::{Draw, covers};
use super::period::{Period, Terms};
use super::remarks::Remarks;
use super::segment::Span;
use super::timed::Timed;
use super::usage::ServiceUsage;
use crate::pricing::{Confidence, Service, Sku};
use crate::units::{Money, PricingQuantity, PricingUnit, SimDuration, UnitPrice, Usage};
use rust_decimal::Decimal;

/// What is bought.
struct Purchase {
    unit: PricingUnit,
    per_nanosecond: i128,
    price: UnitPrice,
    month: SimDuration,
    period: Span,
}

impl Purchase {
    fn new(commitment: &Commitment, sku: &Sku, period: Period) -> Self {
        let (unit, per_nanosecond, price, month) = match commitment.kind {
            Kind::Spend { per_hour, .. } => {
                let unit = PricingUnit::named("Hours").unwrap_or(sku.measured_as);
                (unit, 1, per_hour, period.month)
            }
            Kind::Capacity { units, unit_price } => {
                let unit = sku.measured_as;
                let each = capacity_per_nanosecond(unit.dimension).unwrap_or(0);
                (unit, each * i128::from(units), unit_price, sku.month.unwrap_or(period.month))
            }
        };
        Self { unit, per_nanosecond, price, month, period: period.span }
    }

    /// How much is bought until an instant.
    fn until(&self, end: chrono::DateTime<chrono::Utc>) -> PricingQuantity {
        let length = Span { end, ..self.period }.length();
        let usage = Usage(i128::from(length.0) * self.per_nanosecond);
        self.unit.quantity(usage, self.month, self.price)
    }

    /// What there is to spend in each slice.
    fn budgets(&self, slices: &[Span]) -> Vec<Money> {
        let mut from = Decimal::ZERO;
        let budget = |slice: &Span| {
            let upto = self.until(slice.end).0;
            let budget = PricingQuantity(upto - from).at(self.price);
            from = upto;
            budget
        };
        slices.iter().map(budget).collect()
    }
}

/// The first service in use, and its first SKU, that a commitment is for.
fn home<'a>(
    commitment: &Commitment,
    services: &[ServiceUsage<'a>],
) -> Option<(&'a Service, &'a Sku)> {
    services.iter().find_map(|usage| {
        let sku = commitment.skus.iter().find_map(|id| usage.service.sku(id))?;
        Some((usage.service, sku))
    })
}

/// Covers charges by the commitments in their order. Gives the charges, and the lines of the commitments
/// themselves: what is bought, and what of it nothing used.
pub(super) fn cover(
    services: &[ServiceUsage<'_>],
    shelves: Vec<Vec<Timed>>,
    terms: &Terms<'_>,
    remarks: &mut Remarks,
    statement: &mut Statement,
) -> (Vec<Vec<Charge>>, Vec<Charge>) {
    let mut bought = Vec::new();
    let mut draw = Draw::new(shelves, &terms.rates.commitments, terms.period.span);
    for commitment in &terms.rates.commitments {
        let Some((service, sku)) = home(commitment, services) else {
            remarks.add(format!(
                "{} is left out: no service that it covers is used here",
                commitment.name
            ));
            continue;
        };
        for charge in draw.charges().filter(|c| covers(commitment, c)) {
            if let Some(other) = &charge.commitment {
                let name = &commitment.name;
                remarks.add(format!("{name} covers nothing whose price {other} already lowers"));
            }
        }
        let purchase = Purchase::new(commitment, sku, terms.period);
        let mut result = draw.spend(commitment, &purchase.budgets(&draw.slices));
        let quantity = purchase.until(terms.period.span.end);
        result.cost = quantity.at(purchase.price);
        bought.extend(lines(commitment, service, terms.period, &purchase, quantity, result.used));
        statement.commitments.push(result);
    }
    (draw.finish(), bought)
}

/// What the commitment of a name could pay after those before it; `None` if there is none, or no service
/// that it covers is used.
pub(super) fn demand(
    services: &[ServiceUsage<'_>],
    shelves: Vec<Vec<Timed>>,
    terms: &Terms<'_>,
    name: &str,
) -> Option<Demand> {
    let mut draw = Draw::new(shelves, &terms.rates.commitments, terms.period.span);
    for commitment in &terms.rates.commitments {
        let sku = home(commitment, services).map(|h| h.1);
        let budgets =
            sku.map(|sku| Purchase::new(commitment, sku, terms.period).budgets(&draw.slices));
        if commitment.name == name {
            return Some(draw.demand(commitment, &budgets?));
        }
        if let Some(budgets) = budgets {
            draw.spend(commitment, &budgets);
        }
    }
    None
}

/// The lines of the commitment itself.
fn lines(
    commitment: &Commitment,
    service: &Service,
    period: Period,
    purchase: &Purchase,
    quantity: PricingQuantity,
    used: Money,
) -> Vec<Charge> {
    let cost = quantity.at(purchase.price);
    let line = |category, description| blank(commitment, service, period, category, description);
    let mut lines = vec![Charge {
        pricing_unit: Some(purchase.unit.name.into()),
        pricing_quantity: Some(quantity),
        list_unit_price: Some(purchase.price),
        contracted_unit_price: Some(purchase.price),
        list_cost: cost,
        billed_cost: cost,
        ..line(Category::Purchase, commitment.name.clone())
    }];
    if used < cost {
        lines.push(Charge {
            commitment_status: Some(CommitmentStatus::Unused),
            effective_cost: cost - used,
            ..line(Category::Usage, format!("{}, unused", commitment.name))
        });
    }
    lines
}

/// A line of the commitment itself, without amounts.
fn blank(
    commitment: &Commitment,
    service: &Service,
    period: Period,
    category: Category,
    charge_description: String,
) -> Charge {
    let evidence = PriceEvidence {
        effective_from: None,
        source: commitment.source.clone(),
        checked_on: period.pricing_date(),
        confidence: Confidence::High,
        note: None,
    };
    Charge {
        charge_description,
        commitment: Some(commitment.name.clone()),
        ..Charge::account(service, &commitment.name, category, period.span, evidence)
    }
}
