//! From usage to a statement.

use super::charge::{Charge, Statement};
use super::remarks::Remarks;
use super::{Rates, Span, allowance, commitment, credits, fees, group, llm, service};
use crate::metering::{Band, TokenClass};
use crate::pricing::{LlmProvider, Model, Pool, Service};
use crate::units::{SimDuration, Usage};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What is billed.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// When it starts and ends.
    pub span: Span,
    /// Length of the month that monthly units are prorated over.
    pub month: SimDuration,
    /// Whether free tiers and credits apply.
    pub allowances: bool,
    /// Whether the prices of the first day hold throughout.
    pub fixed_prices: bool,
}

/// A period and what was agreed for it.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) period: Period,
    pub(super) rates: &'a Rates,
}

impl Period {
    /// A month at the prices of its first day.
    #[must_use]
    pub fn month(first_day: NaiveDate, month: SimDuration, allowances: bool) -> Self {
        Self { span: Span::from_day(first_day, month), month, allowances, fixed_prices: true }
    }

    /// The same, split where prices change.
    #[must_use]
    pub fn split(self) -> Self {
        Self { fixed_prices: false, ..self }
    }

    /// The first day.
    #[must_use]
    pub fn pricing_date(&self) -> NaiveDate {
        self.span.start.date_naive()
    }
}

/// Usage of one SKU by one workload.
#[derive(Clone, Debug)]
pub struct UsageLine {
    /// The workload; `None` for what the account uses besides.
    pub workload: Option<String>,
    /// Index of the SKU in the service.
    pub sku: usize,
    /// Where.
    pub region: String,
    /// Whose.
    pub pool: Pool,
    /// How much, in base units.
    pub usage: Usage,
}

/// Options of an account: plan, seats, commitment.
pub type Account = BTreeMap<String, String>;

/// All usage of one service by one account.
#[derive(Clone, Debug)]
pub struct ServiceUsage<'a> {
    /// The service.
    pub service: &'a Service,
    /// The account's options, defaults filled in.
    pub account: Account,
    /// Usage of all workloads.
    pub lines: Vec<UsageLine>,
}

/// Tokens of one model by one workload.
#[derive(Clone, Debug)]
pub struct TokenUsage<'a> {
    /// The workload.
    pub workload: String,
    /// The provider.
    pub provider: &'a LlmProvider,
    /// The model.
    pub model: &'a Model,
    /// Batch prices apply.
    pub batch: bool,
    /// Lifetime of cache entries, where writes are priced by it.
    pub cache_lifetime: Option<String>,
    /// Rates that apply.
    pub band: Band,
    /// Kind of token.
    pub class: TokenClass,
    /// How many.
    pub usage: Usage,
}

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
    let bought = commitment::cover(services, &mut charges, &terms, &mut remarks, &mut statement);
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
