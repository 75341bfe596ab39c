//! What single workloads use, and bills of any combination: what is replayed once is billed often.

use super::WorkloadEstimate;
use crate::billing::{
    Account, Category, Charge, Demand, Period, Rates, ServiceUsage, Statement, TokenUsage,
    UsageLine, bill_at, demand,
};
use crate::pricing::{AllowanceSize, Book, Service};
use crate::units::Money;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Usage that is not billed yet.
#[derive(Clone, Debug, Default)]
pub struct Consumption<'a> {
    /// Every service in use with the account's options; fees are due even where nothing was used.
    pub services: Vec<(&'a Service, Account)>,
    /// Usage, each line with the service that sells it.
    pub lines: Vec<(&'a Service, UsageLine)>,
    /// Tokens of models.
    pub tokens: Vec<TokenUsage<'a>>,
}

/// One workload on its deployment: what the replay saw, and what it used.
#[derive(Clone, Debug)]
pub struct Played<'a> {
    /// What the replay saw.
    pub estimate: WorkloadEstimate,
    /// The same of its stages that have a platform of their own, and of what takes its overflow.
    pub others: Vec<WorkloadEstimate>,
    /// What all of it used.
    pub used: Consumption<'a>,
    /// The function, and each stage with a platform of its own, by themselves; none where that is all.
    pub parts: Vec<Arc<Self>>,
}

impl<'a> Played<'a> {
    /// A function and its stages together; `None` of nothing.
    pub(super) fn of(parts: Vec<Self>) -> Option<Self> {
        let first = parts.first()?;
        let mut all = Self { parts: Vec::new(), ..first.clone() };
        for part in &parts[1..] {
            all.others.extend(part.all().cloned());
            all.used.services.extend(part.used.services.iter().cloned());
            all.used.lines.extend(part.used.lines.iter().cloned());
            all.used.tokens.extend(part.used.tokens.iter().cloned());
        }
        if parts.len() > 1 {
            all.parts = parts.into_iter().map(Arc::new).collect();
        }
        Some(all)
    }

    /// All of it.
    pub fn all(&self) -> impl Iterator<Item = &WorkloadEstimate> {
        std::iter::once(&self.estimate).chain(&self.others)
    }

    /// The part of this name, if it is not all there is.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&Arc<Self>> {
        self.parts.iter().find(|part| part.estimate.name == name)
    }
}

/// How usage is billed: the period, what was agreed, and what the account uses besides its workloads.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// What is billed.
    pub period: Period,
    /// Negotiated rates and commitments.
    pub rates: Rates,
    /// What the account uses besides.
    pub stated: Consumption<'a>,
}

/// What some usage costs at the least, whatever else is on the bill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Floor {
    /// Usage charges.
    pub usage: Money,
    /// Fees by name: due once, however many workloads are the reason.
    pub fees: BTreeMap<String, Money>,
    /// Lines without a price.
    pub unpriced: usize,
}

/// Rounding of quantities and shares stays far below this, in dollars a line.
fn slack(lines: usize) -> Money {
    Money(Decimal::new(1, 6) * Decimal::from(lines))
}

impl<'a> Consumption<'a> {
    /// The same, of the services and models of `book`; nothing for what it does not have.
    pub(super) fn of(book: &'a Book, other: &Consumption<'_>) -> Self {
        let service = |s: &Service| book.service(&s.id);
        let services = other.services.iter();
        let lines = other.lines.iter();
        let tokens = other.tokens.iter().filter_map(|t| {
            let (provider, model) = book.model(&format!("{}/{}", t.provider.id, t.model.id))?;
            Some(TokenUsage { provider, model, ..t.clone() })
        });
        Self {
            services: services.filter_map(|(s, a)| Some((service(s)?, a.clone()))).collect(),
            lines: lines.filter_map(|(s, l)| Some((service(s)?, l.clone()))).collect(),
            tokens: tokens.collect(),
        }
    }
}

impl<'a> Terms<'a> {
    /// The bill of an account with these workloads.
    #[must_use]
    pub fn bill(&self, parts: &[&Consumption<'a>]) -> Statement {
        let (used, tokens) = self.used(parts);
        bill_at(&used, &tokens, self.period, &self.rates)
    }

    /// What the commitment of this name could pay on that bill, after those that stand before it; `None`
    /// if there is none, or nothing of what it covers is in use.
    #[must_use]
    pub fn demand(&self, parts: &[&Consumption<'a>], commitment: &str) -> Option<Demand> {
        demand(&self.used(parts).0, self.period, &self.rates, commitment)
    }

    /// All usage, service by service.
    fn used(&self, parts: &[&Consumption<'a>]) -> (Vec<ServiceUsage<'a>>, Vec<TokenUsage<'a>>) {
        let (mut used, mut tokens): (Vec<ServiceUsage<'a>>, Vec<_>) = (Vec::new(), Vec::new());
        for part in parts.iter().copied().chain([&self.stated]) {
            for (service, account) in &part.services {
                if used.iter().all(|s| s.service.id != service.id) {
                    let account = account.clone();
                    used.push(ServiceUsage { service, account, lines: Vec::new() });
                }
            }
            for (service, line) in &part.lines {
                let of = used.iter_mut().find(|s| s.service.id == service.id);
                of.into_iter().for_each(|s| s.lines.push(line.clone()));
            }
            tokens.extend(part.tokens.iter().cloned());
        }
        (used, tokens)
    }

    /// What a part costs at the least in any bill, if a bound can be given: free quantities and credits
    /// all for it, the lowest tier from the first unit on, fees apart.
    ///
    /// There is none where commitments were bought: whom they cover depends on the rest of the bill.
    #[must_use]
    pub fn floor(&self, part: &Consumption<'a>) -> Option<Floor> {
        if !self.rates.commitments.is_empty() {
            return None;
        }
        let alone = Self { stated: Consumption::default(), ..self.clone() }.bill(&[part]);
        let mut floor = Floor { unpriced: alone.unpriced.len(), ..Floor::default() };
        for charge in &alone.charges {
            let service = part.services.iter().map(|s| s.0);
            let service = service.filter(|s| s.service_name == charge.service_name);
            let service = service.into_iter().find(|s| {
                s.sku(&charge.sku_id).is_some() || s.fees.iter().any(|f| f.id == charge.sku_id)
            });
            match charge.charge_category {
                Category::Usage => {
                    floor.usage += service.map_or(charge.billed_cost, |s| lowest(s, charge));
                }
                Category::Purchase => {
                    let fee = service.and_then(|s| s.fees.iter().find(|f| f.id == charge.sku_id));
                    let shared = fee.and_then(|f| f.shared_as.clone());
                    let name = shared
                        .unwrap_or_else(|| format!("{}/{}", charge.service_name, charge.sku_id));
                    floor.fees.insert(name, charge.billed_cost);
                }
                Category::Credit => floor.usage += charge.billed_cost,
            }
        }
        floor.usage = (floor.usage - slack(alone.charges.len())).max(Money::ZERO);
        Some(floor)
    }
}

/// A charge at the lowest tier of its price; nothing for what another SKU's use makes free, and for what
/// only rounds up.
fn lowest(service: &Service, charge: &Charge) -> Money {
    let per = service
        .allowances
        .iter()
        .any(|a| matches!(a.size, AllowanceSize::Per { .. }) && a.skus.contains(&charge.sku_id));
    if per || charge.workload.is_none() {
        return Money::ZERO;
    }
    let (Some(sku), Some(list)) = (service.sku(&charge.sku_id), charge.list_unit_price) else {
        return charge.billed_cost;
    };
    let region = charge.region_id.as_deref().unwrap_or_default();
    let Ok((_, tiers)) = service.price(sku, region, charge.charge_period.start.date_naive()) else {
        return charge.billed_cost;
    };
    let least = tiers.iter().map(|t| t.unit_price.0).min().unwrap_or(list.0);
    if least >= list.0 || list.0.is_zero() {
        return charge.billed_cost;
    }
    Money(charge.billed_cost.0 * (least / list.0))
}
