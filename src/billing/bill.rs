//! From usage to a statement.

use super::charge::{Statement, Unpriced};
use super::demand::Demand;
use super::period::{Period, Terms};
use super::rates::Rates;
use super::remarks::Remarks;
use super::timed::Timed;
use super::usage::{ServiceUsage, TokenUsage};
use super::{allowance, cover, credits, fees, group, llm, service};

/// Bills a period at list prices.
#[must_use]
pub fn bill(services: &[ServiceUsage<'_>], tokens: &[TokenUsage<'_>], period: Period) -> Statement {
    bill_at(services, tokens, period, &Rates::default())
}

/// Bills a period at negotiated rates.
///
/// Free quantities come off first, then tiers and rates make charges, then bought commitments cover
/// them, then credits pay what is left. Services share allowances and fees in the order of their names.
#[must_use]
pub fn bill_at(
    services: &[ServiceUsage<'_>],
    tokens: &[TokenUsage<'_>],
    period: Period,
    rates: &Rates,
) -> Statement {
    let terms = Terms { period, rates };
    let (mut statement, mut remarks) = (Statement::default(), Remarks::default());
    let charges = charged(services, &terms, &mut statement.unpriced, &mut remarks);
    let (mut charges, bought) =
        cover::cover(services, charges, &terms, &mut remarks, &mut statement);
    let in_book_order = in_book_order(services);
    let mut shared = credits::Shared::new();
    for i in &in_book_order {
        credits::apply(&services[*i], period, &mut charges[*i], &mut shared);
    }
    let mut shared = fees::Shared::new();
    for i in &in_book_order {
        fees::apply(
            &services[*i],
            period,
            &mut charges[*i],
            &mut statement.unpriced,
            &mut shared,
            &mut remarks,
        );
    }
    statement.charges.extend(charges.into_iter().flatten());
    llm::bill(tokens, &terms, &mut statement, &mut remarks);
    statement.charges.extend(bought);
    statement.remarks = remarks.finish(period.span);
    statement
}

/// What the commitment called `name` of the rates could pay, after those that stand before it; `None` if
/// there is none, or nothing of what it covers is in use.
#[must_use]
pub fn demand(
    services: &[ServiceUsage<'_>],
    period: Period,
    rates: &Rates,
    name: &str,
) -> Option<Demand> {
    let terms = Terms { period, rates };
    let charges = charged(services, &terms, &mut Vec::new(), &mut Remarks::default());
    cover::demand(services, charges, &terms, name)
}

/// What usage costs before commitments, credits and fees, service by service.
fn charged(
    services: &[ServiceUsage<'_>],
    terms: &Terms<'_>,
    unpriced: &mut Vec<Unpriced>,
    remarks: &mut Remarks,
) -> Vec<Vec<Timed>> {
    let period = terms.period;
    let mut groups: Vec<_> =
        services.iter().map(|usage| group::group(usage, terms, remarks)).collect();
    let mut shared = allowance::Shared::new();
    for i in in_book_order(services) {
        allowance::apply(&services[i], &mut groups[i], period, &mut shared);
    }
    let mut charges = Vec::new();
    for (usage, groups) in services.iter().zip(&groups) {
        let mut own = Vec::new();
        for group in groups {
            service::charge(usage, group, period, &mut own, unpriced);
        }
        charges.push(own);
    }
    charges
}

/// Services share allowances, credits and fees in the order of their names.
fn in_book_order(services: &[ServiceUsage<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..services.len()).collect();
    order.sort_by_key(|i| &services[*i].service.id);
    order
}
