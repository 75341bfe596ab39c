//! What a commitment saves, as a function of its amount: exact for any amount, and the best of all.
//!
//! In each hour a commitment covers usage in its order until its budget is spent, so what it covers grows
//! with the amount along straight lines that bend where a charge of an hour is covered. Credits pay what
//! is left, so covering what a credit would have paid saves nothing: what is saved of its SKUs has a limit.
//! Between bends the saving is straight, and the best amount is next to one.

use super::demand::Wanted;
use crate::billing::{Category, Charge, Demand, Statement};
use crate::pricing::{Allowance, AllowanceSize, Book, Service};
use crate::units::Money;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeSet;

/// What an amount saves; amounts are in steps.
pub(super) struct Savings {
    lines: Vec<Line>,
    /// What a step costs over the period, in US dollars.
    price: Decimal,
    /// Whether credits are for different SKUs each, and of one service alone.
    pub(super) exact: bool,
}

/// Usage that one credit pays, or none.
struct Line {
    /// Where the line bends: amount, what is covered by then, and how much more by a step from there on.
    bends: Vec<(Decimal, Decimal, Decimal)>,
    /// What all usage of the credit's SKUs costs, and what the credit pays of it.
    credit: Option<(Decimal, Decimal)>,
}

impl Savings {
    pub(super) fn new(wanted: &Wanted, service: &Service, book: &Book) -> Self {
        let credits = credits(service, &wanted.without);
        let skus = &wanted.demand.skus;
        let of = |sku: &String| credits.iter().position(|c| c.0.skus.contains(sku));
        let apart = |sku: &String| credits.iter().filter(|c| c.0.skus.contains(sku)).count() < 2;
        let shared = |credit: &Allowance| shared(book, service, credit, &wanted.without);
        let exact = skus.iter().all(apart) && !credits.iter().any(|c| shared(c.0));
        let of: Vec<_> = skus.iter().map(of).collect();
        let paid = |i: usize| (owed(service, credits[i].0, &wanted.without), credits[i].1);
        let groups: BTreeSet<_> = of.iter().copied().collect();
        let line = |group: &Option<usize>| Line {
            bends: bends(&wanted.demand, |need| of[need] == *group),
            credit: group.map(paid),
        };
        let lines = groups.iter().map(line).collect();
        let price = wanted.demand.slices.iter().map(|s| s.budget.0).sum();
        Self { lines, price, exact }
    }

    /// What an amount saves when traffic is a part of what it is; negative if it loses.
    pub(super) fn at(&self, amount: u64, part: Decimal) -> Money {
        let amount = Decimal::from(amount);
        let saved: Decimal = self.lines.iter().map(|line| line.at(amount, part)).sum();
        Money(saved - self.price * amount)
    }

    /// The amount that saves most, the least of several.
    pub(super) fn best(&self) -> u64 {
        let near = |amount: Decimal| [amount.floor(), amount.ceil()];
        let bends = self.lines.iter().flat_map(Line::corners).flat_map(near);
        let amounts: BTreeSet<u64> = bends.filter_map(|a| a.to_u64()).collect();
        let mut best = (Money::ZERO, 0);
        for amount in amounts {
            let saving = self.at(amount, Decimal::ONE);
            if saving > best.0 {
                best = (saving, amount);
            }
        }
        best.1
    }
}

impl Line {
    /// What an amount covers of the line, on demand.
    fn covered(&self, amount: Decimal) -> Decimal {
        let before = self.bends.partition_point(|b| b.0 <= amount);
        let Some((from, covered, slope)) = before.checked_sub(1).map(|i| self.bends[i]) else {
            return Decimal::ZERO;
        };
        covered + slope * (amount - from)
    }

    /// The most that can be saved when traffic is a part of what it is.
    fn limit(&self, part: Decimal) -> Option<Decimal> {
        self.credit.map(|(owed, paid)| (owed * part - paid).max(Decimal::ZERO))
    }

    fn at(&self, amount: Decimal, part: Decimal) -> Decimal {
        let covered = self.covered(amount / part) * part;
        self.limit(part).map_or(covered, |limit| covered.min(limit))
    }

    /// Amounts at which what is saved bends.
    fn corners(&self) -> Vec<Decimal> {
        let mut corners: Vec<Decimal> = self.bends.iter().map(|b| b.0).collect();
        if let Some(limit) = self.limit(Decimal::ONE) {
            let after = self.bends.partition_point(|b| b.1 < limit);
            let before = after.checked_sub(1).map(|i| self.bends[i]);
            if let Some((from, covered, slope)) = before.filter(|b| b.2 > Decimal::ZERO) {
                corners.push(from + (limit - covered) / slope);
            }
        }
        corners
    }
}

/// Where what is covered of some charges bends.
fn bends(demand: &Demand, of: impl Fn(usize) -> bool) -> Vec<(Decimal, Decimal, Decimal)> {
    let mut changes: Vec<(Decimal, Decimal)> = Vec::new();
    for slice in demand.slices.iter().filter(|s| !s.budget.is_zero()) {
        let mut upto = Decimal::ZERO;
        for need in &slice.needs {
            let from = upto;
            upto += need.committed.0 / slice.budget.0;
            if of(need.line) && upto > from {
                let slope = need.usual.0 / (upto - from);
                changes.extend([(from, slope), (upto, -slope)]);
            }
        }
    }
    changes.sort_unstable();
    let (mut covered, mut slope, mut last) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
    let mut bends: Vec<(Decimal, Decimal, Decimal)> = Vec::new();
    for same in changes.chunk_by(|a, b| a.0 == b.0) {
        let at = same[0].0;
        covered += slope * (at - last);
        slope += same.iter().map(|c| c.1).sum::<Decimal>();
        last = at;
        bends.push((at, covered, slope));
    }
    if let Some(end) = bends.last_mut() {
        // Behind the last nothing more is covered, whatever is left of rounded slopes.
        end.2 = Decimal::ZERO;
    }
    bends
}

/// Free tiers in money that pay something of a bill, with how much.
fn credits<'s>(service: &'s Service, bill: &Statement) -> Vec<(&'s Allowance, Decimal)> {
    let paid = |a: &'s Allowance| {
        let own = |c: &&Charge| {
            c.charge_category == Category::Credit
                && c.service_name == service.service_name
                && c.allowance.as_ref() == Some(&a.name)
        };
        let paid: Decimal = bill.charges.iter().filter(own).map(|c| -c.billed_cost.0).sum();
        (a, paid)
    };
    let money = service.allowances.iter().filter(|a| matches!(a.size, AllowanceSize::Money(_)));
    money.map(paid).filter(|(_, paid)| !paid.is_zero()).collect()
}

/// Whether another service that is in use has the same credit.
fn shared(book: &Book, service: &Service, credit: &Allowance, bill: &Statement) -> bool {
    let Some(name) = &credit.shared_as else { return false };
    let others = book.services.iter().filter(|s| s.id != service.id);
    let mut same =
        others.flat_map(|s| &s.allowances).filter(|a| a.shared_as.as_ref() == Some(name));
    same.any(|a| bill.charges.iter().any(|c| a.skus.contains(&c.sku_id)))
}

/// What the SKUs of a credit cost before it.
fn owed(service: &Service, credit: &Allowance, bill: &Statement) -> Decimal {
    let own = |c: &&Charge| {
        c.charge_category == Category::Usage
            && c.service_name == service.service_name
            && credit.skus.contains(&c.sku_id)
    };
    bill.charges.iter().filter(own).map(|c| c.billed_cost.0).sum()
}

#[cfg(test)]
#[path = "savings_tests.rs"]
mod tests;
