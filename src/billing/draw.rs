//! What commitments can pay of: charges, slice by slice of the period.
//!
//! Money or units that are bought for an hour are lost when it ends, so each slice has a budget of its
//! own. A slice is an hour, or what a change of prices leaves of it; where nothing says when usage was, it
//! is a whole stretch of the period with one price, which comes to the same. The parts of a charge, over
//! slices and commitments, are added up again: one line for what a commitment covers and one for the rest.

use super::charge::{Category, Charge, CommitmentStatus, CommitmentUse};
use super::commitment::{Commitment, Kind};
use super::demand::{Demand, DemandSlice, Need};
use super::hours;
use super::segment::Span;
use super::split::quantities;
use super::timed::Timed;
use crate::units::{Money, PricingQuantity, UnitPrice};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;
use std::ops::Range;

/// Decimals of the effective cost of covered usage; what is cut off stays with the unused part.
const EFFECTIVE_DECIMALS: u32 = 12;

/// Whether a commitment is for a charge.
pub(super) fn covers(commitment: &Commitment, charge: &Charge) -> bool {
    charge.charge_category == Category::Usage
        && charge.allowance.is_none()
        && commitment.skus.contains(&charge.sku_id)
        && (commitment.regions.is_empty()
            || charge.region_id.as_ref().is_some_and(|r| commitment.regions.contains(r)))
}

/// A charge that is for a commitment and that nothing else makes cheaper.
fn open(commitment: &Commitment, charge: &Charge) -> bool {
    covers(commitment, charge) && charge.commitment.is_none()
}

/// What a commitment asks for a unit of a charge.
fn price(commitment: &Commitment, charge: &Charge) -> UnitPrice {
    match commitment.kind {
        Kind::Spend { percent, .. } => {
            charge.list_unit_price.unwrap_or_default().less_percent(percent)
        }
        Kind::Capacity { unit_price, .. } => unit_price,
    }
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

/// A charge that commitments may cover.
struct Open {
    /// Where it stands.
    place: (usize, usize),
    even: bool,
    decimals: u32,
    /// The slices of its period.
    slices: Range<usize>,
    /// What nothing covers yet, by slice of its period.
    left: Vec<Decimal>,
    /// What commitments cover, in their order: name, quantity, part of the commitment's cost.
    covered: Vec<(String, Decimal, Money)>,
}

impl Open {
    fn rest(&self) -> Decimal {
        self.left.iter().sum()
    }

    /// What is left of it in a slice.
    fn at(&mut self, slice: usize) -> Option<&mut Decimal> {
        let index = slice.checked_sub(self.slices.start)?;
        self.left.get_mut(index).filter(|q| !q.is_zero())
    }
}

/// The charges of a bill while commitments draw on them.
pub(super) struct Draw {
    shelves: Vec<Vec<Timed>>,
    pub(super) slices: Vec<Span>,
    open: Vec<Open>,
}

impl Draw {
    pub(super) fn new(shelves: Vec<Vec<Timed>>, commitments: &[Commitment], period: Span) -> Self {
        let places = shelves.iter().enumerate();
        let places = places.flat_map(|(s, all)| (0..all.len()).map(move |i| (s, i)));
        let any = |charge: &Charge| commitments.iter().any(|c| open(c, charge));
        let places: Vec<_> = places
            .filter(|(s, i)| {
                let charge = &shelves[*s][*i].charge;
                any(charge) && charge.pricing_quantity.is_some()
            })
            .collect();
        let all = || places.iter().map(|(s, i)| &shelves[*s][*i]);
        let by_hour = all().any(|t| t.hours.is_some());
        let bounds = all().flat_map(|t| [t.charge.charge_period.start, t.charge.charge_period.end]);
        let hours = hours::bounds(period).filter(|_| by_hour);
        let slices = period.cut(bounds.chain(hours));
        let timed = |place: &(usize, usize)| {
            let Timed { charge, hours } = &shelves[place.0][place.1];
            let own = charge.charge_period;
            let first = slices.partition_point(|s| s.start < own.start);
            let range = first..slices.partition_point(|s| s.end <= own.end).max(first);
            let weights = hours::weights(hours.as_ref(), &slices[range.clone()], period);
            let decimals = decimals(charge);
            let whole = charge.pricing_quantity.unwrap_or_default().0;
            Open {
                place: *place,
                even: hours.is_none(),
                decimals,
                slices: range,
                left: quantities(whole, &weights, decimals),
                covered: Vec::new(),
            }
        };
        let open = places.iter().map(timed).collect();
        Self { shelves, slices, open }
    }

    /// Every charge as it was.
    pub(super) fn charges(&self) -> impl Iterator<Item = &Charge> {
        self.shelves.iter().flatten().map(|t| &t.charge)
    }

    /// The charges a commitment is for with the price it asks, in the order it covers them: SKU by SKU.
    fn wanted(&self, commitment: &Commitment) -> Vec<(usize, UnitPrice)> {
        let mut wanted: Vec<_> = (0..self.open.len())
            .filter_map(|i| {
                let (shelf, index) = self.open[i].place;
                let charge = &self.shelves[shelf][index].charge;
                let rank = commitment.skus.iter().position(|s| *s == charge.sku_id)?;
                open(commitment, charge).then(|| (rank, i, price(commitment, charge)))
            })
            .collect();
        wanted.sort_unstable_by_key(|w| (w.0, w.1));
        wanted.into_iter().map(|(_, i, price)| (i, price)).collect()
    }

    fn charge(&self, open: usize) -> &Charge {
        let (shelf, index) = self.open[open].place;
        &self.shelves[shelf][index].charge
    }

    /// Draws on the budget of every slice, charge by charge.
    pub(super) fn spend(&mut self, commitment: &Commitment, budgets: &[Money]) -> CommitmentUse {
        let wanted = self.wanted(commitment);
        let usual = |draw: &Self, i: usize, quantity: Decimal| {
            let price = draw.charge(i).contracted_unit_price.unwrap_or_default();
            PricingQuantity(quantity).at(price)
        };
        let mut result = CommitmentUse {
            name: commitment.name.clone(),
            cost: Money::ZERO,
            used: Money::ZERO,
            covered: Money::ZERO,
            eligible: Money::ZERO,
            even: Money::ZERO,
        };
        for (i, _) in &wanted {
            let cost = usual(self, *i, self.open[*i].rest());
            result.eligible += cost;
            result.even += if self.open[*i].even { cost } else { Money::ZERO };
        }
        let mut covered: BTreeMap<usize, (Decimal, Money)> = BTreeMap::new();
        for (slice, budget) in budgets.iter().enumerate() {
            let mut left = *budget;
            for (i, price) in &wanted {
                let decimals = self.open[*i].decimals;
                let Some(all) = self.open[*i].at(slice) else { continue };
                let whole = Money(PricingQuantity(*all).at(*price).0.round_dp(EFFECTIVE_DECIMALS));
                let (quantity, cost) = if whole <= left {
                    (*all, whole)
                } else if left > Money::ZERO {
                    // The last charge that is covered takes the budget to its end.
                    let to_zero = RoundingStrategy::ToZero;
                    let part = (left.0 / price.0).round_dp_with_strategy(decimals, to_zero);
                    // Less than the last decimal of a quantity covers nothing.
                    if part.is_zero() {
                        continue;
                    }
                    (part.min(*all), left)
                } else {
                    continue;
                };
                *all -= quantity;
                left = left - cost;
                let sum = covered.entry(*i).or_default();
                sum.0 += quantity;
                sum.1 += cost;
            }
        }
        for (i, (quantity, cost)) in covered {
            result.covered += usual(self, i, quantity);
            result.used += cost;
            self.open[i].covered.push((commitment.name.clone(), quantity, cost));
        }
        result
    }

    /// What a commitment could pay, with what it has to spend.
    pub(super) fn demand(&mut self, commitment: &Commitment, budgets: &[Money]) -> Demand {
        let wanted = self.wanted(commitment);
        let skus: Vec<String> =
            wanted.iter().map(|(i, _)| self.charge(*i).sku_id.clone()).collect();
        let usual: Vec<UnitPrice> = wanted
            .iter()
            .map(|(i, _)| self.charge(*i).contracted_unit_price.unwrap_or_default())
            .collect();
        let mut slices = Vec::new();
        for (slice, budget) in budgets.iter().enumerate() {
            let needs = wanted.iter().enumerate().filter_map(|(n, (i, price))| {
                let quantity = PricingQuantity(*self.open[*i].at(slice)?);
                let (committed, usual) = (quantity.at(*price), quantity.at(usual[n]));
                Some(Need { line: n, committed, usual })
            });
            let needs = needs.collect();
            slices.push(DemandSlice { span: self.slices[slice], budget: *budget, needs });
        }
        Demand { skus, slices }
    }

    /// The charges with what is covered of each and what is left, shelf by shelf.
    pub(super) fn finish(self) -> Vec<Vec<Charge>> {
        let Self { shelves, open, .. } = self;
        let mut open: BTreeMap<(usize, usize), Open> =
            open.into_iter().map(|o| (o.place, o)).collect();
        let parts = |place, charge: Charge, open: &mut BTreeMap<_, Open>| {
            let Some(open) = open.remove(&place).filter(|o| !o.covered.is_empty()) else {
                return vec![charge];
            };
            let rest = open.rest();
            let used = open.covered.into_iter().map(|(name, quantity, cost)| Charge {
                billed_cost: Money::ZERO,
                effective_cost: cost,
                commitment: Some(name),
                commitment_status: Some(CommitmentStatus::Used),
                ..with_quantity(&charge, PricingQuantity(quantity))
            });
            let mut lines: Vec<_> = used.collect();
            if !rest.is_zero() {
                lines.push(with_quantity(&charge, PricingQuantity(rest)));
            }
            lines
        };
        let mut result = Vec::with_capacity(shelves.len());
        for (s, shelf) in shelves.into_iter().enumerate() {
            let mut own = Vec::with_capacity(shelf.len());
            for (i, timed) in shelf.into_iter().enumerate() {
                own.extend(parts((s, i), timed.charge, &mut open));
            }
            result.push(own);
        }
        result
    }
}
