//! What commitments pay of a bill, and what they cost themselves.
//!
//! A commitment is a budget of money for each slice of the period and a price for each charge that draws
//! on it. Usage, and so the cost of a charge, is taken as even over its charge period; a slice is a
//! stretch in which no charge begins or ends. Whoever knows usage hour by hour makes a slice of each hour.

use super::charge::{Category, Charge, CommitmentStatus, CommitmentUse, PriceEvidence, Statement};
use super::commitment::{Commitment, Kind, capacity_per_nanosecond};
use super::period::{Period, Terms};
use super::remarks::Remarks;
use super::segment::Span;
use super::usage::ServiceUsage;
use crate::pricing::{Confidence, Service, Sku};
use crate::units::{Money, PricingQuantity, PricingUnit, UnitPrice, Usage};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

/// Decimals of the effective cost of covered usage; what is cut off stays with the unused part.
const EFFECTIVE_DECIMALS: u32 = 12;

impl Commitment {
    fn covers(&self, charge: &Charge) -> bool {
        charge.charge_category == Category::Usage
            && charge.allowance.is_none()
            && self.skus.contains(&charge.sku_id)
            && (self.regions.is_empty()
                || charge.region_id.as_ref().is_some_and(|r| self.regions.contains(r)))
    }

    /// What the commitment asks for a unit of a charge.
    fn price(&self, charge: &Charge) -> UnitPrice {
        match self.kind {
            Kind::Spend { percent, .. } => {
                charge.list_unit_price.unwrap_or_default().less_percent(percent)
            }
            Kind::Capacity { unit_price, .. } => unit_price,
        }
    }

    /// What is bought: unit, quantity until each bound, price.
    fn purchase(&self, sku: &Sku, period: Period) -> (&'static str, Quantities, UnitPrice) {
        match self.kind {
            Kind::Spend { per_hour, .. } => {
                let unit = PricingUnit::named("Hours").unwrap_or(sku.measured_as);
                (unit.name, Quantities { unit, per_nanosecond: 1, period, sku: None }, per_hour)
            }
            Kind::Capacity { units, unit_price } => {
                let unit = sku.measured_as;
                let each = capacity_per_nanosecond(unit.dimension).unwrap_or(0);
                let per_nanosecond = each * i128::from(units);
                let month = sku.month;
                (sku.unit.name, Quantities { unit, per_nanosecond, period, sku: month }, unit_price)
            }
        }
    }
}

/// How much is bought by an instant.
struct Quantities {
    unit: PricingUnit,
    per_nanosecond: i128,
    period: Period,
    /// The fixed month of the SKU.
    sku: Option<crate::units::SimDuration>,
}

impl Quantities {
    fn until(&self, end: chrono::DateTime<chrono::Utc>, price: UnitPrice) -> Decimal {
        let length = Span { start: self.period.span.start, end }.length();
        let usage = Usage(i128::from(length.0) * self.per_nanosecond);
        self.unit.quantity(usage, self.sku.unwrap_or(self.period.month), price).0
    }
}

/// Covers charges by the commitments in their order and gives the lines of the commitments themselves:
/// what is bought, and what of it nothing used.
pub(super) fn cover(
    services: &[ServiceUsage<'_>],
    shelves: &mut [Vec<Charge>],
    terms: &Terms<'_>,
    remarks: &mut Remarks,
    statement: &mut Statement,
) -> Vec<Charge> {
    let mut bought = Vec::new();
    for commitment in &terms.rates.commitments {
        let home = services.iter().find_map(|usage| {
            let sku = commitment.skus.iter().find_map(|id| usage.service.sku(id))?;
            Some((usage.service, sku))
        });
        let Some((service, sku)) = home else {
            remarks.add(format!(
                "{} is left out: no service that it covers is used here",
                commitment.name
            ));
            continue;
        };
        let lowered = |c: &&Charge| commitment.covers(c) && c.commitment_status.is_none();
        for charge in shelves.iter().flatten().filter(lowered) {
            if let Some(other) = &charge.commitment {
                let name = &commitment.name;
                remarks.add(format!("{name} covers nothing whose price {other} already lowers"));
            }
        }
        let (unit, quantities, price) = commitment.purchase(sku, terms.period);
        let spans = slices(commitment, shelves, terms.period.span);
        for shelf in shelves.iter_mut() {
            let cut = |c: Charge| if open(commitment, &c) { cut(c, &spans) } else { vec![c] };
            *shelf = std::mem::take(shelf).into_iter().flat_map(cut).collect();
        }
        let quantity = PricingQuantity(quantities.until(terms.period.span.end, price));
        let cost = quantity.at(price);
        let mut result = CommitmentUse {
            name: commitment.name.clone(),
            cost,
            used: Money::ZERO,
            covered: Money::ZERO,
            eligible: Money::ZERO,
        };
        let mut from = Decimal::ZERO;
        for span in &spans {
            let upto = quantities.until(span.end, price);
            let budget = PricingQuantity(upto - from).at(price);
            from = upto;
            spend(commitment, shelves, *span, budget, &mut result);
        }
        let line = |category, description: String| {
            blank(commitment, service, terms.period, (category, description))
        };
        bought.push(Charge {
            pricing_unit: Some(unit.into()),
            pricing_quantity: Some(quantity),
            list_unit_price: Some(price),
            contracted_unit_price: Some(price),
            list_cost: cost,
            billed_cost: cost,
            ..line(Category::Purchase, commitment.name.clone())
        });
        if result.used < cost {
            bought.push(Charge {
                commitment_status: Some(CommitmentStatus::Unused),
                effective_cost: cost - result.used,
                ..line(Category::Usage, format!("{}, unused", commitment.name))
            });
        }
        statement.commitments.push(result);
    }
    bought
}

/// A charge that is for this commitment and that nothing else covers.
fn open(commitment: &Commitment, charge: &Charge) -> bool {
    commitment.covers(charge) && charge.commitment.is_none()
}

fn slices(commitment: &Commitment, shelves: &[Vec<Charge>], span: Span) -> Vec<Span> {
    let open = shelves.iter().flatten().filter(|c| open(commitment, c));
    span.cut(open.flat_map(|c| [c.charge_period.start, c.charge_period.end]))
}

/// A charge as one charge for each slice of its period.
fn cut(charge: Charge, slices: &[Span]) -> Vec<Charge> {
    let all = charge.charge_period;
    let inside: Vec<_> =
        slices.iter().filter(|s| all.start <= s.start && s.end <= all.end).collect();
    let Some(whole) = charge.pricing_quantity.filter(|_| inside.len() > 1) else {
        return vec![charge];
    };
    let decimals = decimals(&charge);
    let mut before = Decimal::ZERO;
    let part = |slice: &&Span| {
        let elapsed = Decimal::from(Span { end: slice.end, ..all }.length().0);
        let share = elapsed / Decimal::from(all.length().0);
        let upto =
            if slice.end == all.end { whole.0 } else { (whole.0 * share).round_dp(decimals) };
        let quantity = PricingQuantity(upto - before);
        before = upto;
        Charge { charge_period: **slice, ..with_quantity(&charge, quantity) }
    };
    inside.iter().map(part).collect()
}

/// Decimals a quantity may have so that its costs are exact; see [`crate::units::quantity::QUANTITY_ROUNDING`].
fn decimals(charge: &Charge) -> u32 {
    let prices = [charge.list_unit_price, charge.contracted_unit_price];
    let most = prices.iter().flatten().map(|p| p.0.normalize().scale()).max();
    18_u32.saturating_sub(most.unwrap_or(0)).min(12)
}

/// The same charge for another quantity.
fn with_quantity(charge: &Charge, quantity: PricingQuantity) -> Charge {
    let at = |price: Option<UnitPrice>| quantity.at(price.unwrap_or_default());
    let billed = at(charge.contracted_unit_price);
    Charge {
        pricing_quantity: Some(quantity),
        list_cost: at(charge.list_unit_price),
        billed_cost: billed,
        effective_cost: billed,
        ..charge.clone()
    }
}

/// Draws on the budget of one slice, SKU by SKU, charge by charge.
fn spend(
    commitment: &Commitment,
    shelves: &mut [Vec<Charge>],
    slice: Span,
    budget: Money,
    result: &mut CommitmentUse,
) {
    let mut places: Vec<(usize, usize, usize)> = Vec::new();
    for (shelf, charges) in shelves.iter().enumerate() {
        for (index, charge) in charges.iter().enumerate().filter(|(_, c)| open(commitment, c)) {
            if slice.start <= charge.charge_period.start && charge.charge_period.end <= slice.end {
                let rank = commitment.skus.iter().position(|s| *s == charge.sku_id);
                places.push((rank.unwrap_or(usize::MAX), shelf, index));
            }
        }
    }
    places.sort_unstable();
    let mut left = budget;
    let mut covered: BTreeMap<(usize, usize), (PricingQuantity, Money)> = BTreeMap::new();
    for (_, shelf, index) in places {
        let charge = &shelves[shelf][index];
        let Some(all) = charge.pricing_quantity else { continue };
        result.eligible += charge.billed_cost;
        let price = commitment.price(charge);
        let whole = Money(all.at(price).0.round_dp(EFFECTIVE_DECIMALS));
        if whole <= left {
            covered.insert((shelf, index), (all, whole));
            left = left - whole;
        } else if left > Money::ZERO {
            // The last charge that is covered takes the budget to its end.
            let to_zero = RoundingStrategy::ToZero;
            let part = (left.0 / price.0).round_dp_with_strategy(decimals(charge), to_zero);
            // Less than the last decimal of a quantity covers nothing.
            if !part.is_zero() {
                covered.insert((shelf, index), (PricingQuantity(part.min(all.0)), left));
                left = Money::ZERO;
            }
        }
    }
    for ((shelf, index), (quantity, cost)) in covered.into_iter().rev() {
        let charge = shelves[shelf].remove(index);
        let rest = charge.pricing_quantity.map_or(Decimal::ZERO, |all| all.0 - quantity.0);
        if !rest.is_zero() {
            shelves[shelf].insert(index, with_quantity(&charge, PricingQuantity(rest)));
        }
        let mut used = with_quantity(&charge, quantity);
        result.covered += used.billed_cost;
        result.used += cost;
        (used.billed_cost, used.effective_cost) = (Money::ZERO, cost);
        used.commitment = Some(commitment.name.clone());
        used.commitment_status = Some(CommitmentStatus::Used);
        shelves[shelf].insert(index, used);
    }
}

/// A line of the commitment itself, without amounts.
fn blank(
    commitment: &Commitment,
    service: &Service,
    period: Period,
    (category, charge_description): (Category, String),
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
