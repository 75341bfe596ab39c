//! From usage to a statement.

use super::charge::{Charge, Statement};
use super::period::{Period, Terms};
use super::rates::Rates;
use super::remarks::Remarks;
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
    let mut groups: Vec<_> =
        services.iter().map(|usage| group::group(usage, &terms, &mut remarks)).collect();
    let mut in_book_order: Vec<usize> = (0..services.len()).collect();
    in_book_order.sort_by_key(|i| &services[*i].service.id);
    let mut shared = allowance::Shared::new();
    for i in &in_book_order {
        allowance::apply(&services[*i], &mut groups[*i], period, &mut shared);
    }
    let mut charges: Vec<Vec<Charge>> = Vec::new();
    for (usage, groups) in services.iter().zip(&groups) {
        let mut own = Vec::new();
        for group in groups {
            service::charge(usage, group, period, &mut own, &mut statement.unpriced);
        }
        charges.push(own);
    }
    let bought = cover::cover(services, &mut charges, &terms, &mut remarks, &mut statement);
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
