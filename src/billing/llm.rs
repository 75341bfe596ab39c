//! Token charges: tokens × the model's dated rates.

use super::charge::{Category, Charge, PriceEvidence, Statement, Unpriced};
use super::period::Terms;
use super::rates::{Item, Offer};
use super::remarks::Remarks;
use super::segment::{Span, even, stretches};
use super::usage::TokenUsage;
use crate::metering::TokenClass;
use crate::pricing::{Component, LlmPrice, LlmRates};
use crate::units::{PricingUnit, UnitPrice, Usage};
use chrono::NaiveDate;

/// What a stretch's tokens cost.
#[derive(Clone)]
struct Rate<'a> {
    row: &'a LlmPrice,
    list: UnitPrice,
    contracted: UnitPrice,
    negotiated: Option<String>,
    /// Batch and long-context rates have their own price ids.
    suffix: &'static str,
}

impl Rate<'_> {
    /// Whether nothing changes on the bill but the row.
    fn same(&self, other: &Self) -> bool {
        self.list == other.list
            && self.contracted == other.contracted
            && self.negotiated == other.negotiated
            && self.suffix == other.suffix
    }
}

pub(super) fn bill(
    tokens: &[TokenUsage<'_>],
    terms: &Terms<'_>,
    out: &mut Statement,
    remarks: &mut Remarks,
) {
    let Some(unit) = PricingUnit::named("1M Tokens") else { return };
    for usage in tokens {
        let id = format!("{}/{}", usage.provider.id, usage.model.id);
        let item = Item {
            provider: &usage.provider.provider_name,
            service: &usage.provider.id,
            id: &id,
            region: None,
        };
        let mut days = terms.rates.days(item);
        days.extend(usage.model.price_days());
        let parts = stretches(
            terms.period.span,
            days.into_iter().filter(|_| !terms.period.fixed_prices),
            |date| rate(usage, terms, item, date),
            Rate::same,
        );
        remarks.changes(&usage.model.id, parts.iter().map(|(span, rate)| (*span, rate.is_ok())));
        let spans: Vec<Span> = parts.iter().map(|p| p.0).collect();
        for ((span, rate), amount) in parts.iter().zip(even(usage.usage, &spans)) {
            if amount == Usage::ZERO {
                continue;
            }
            match rate {
                Ok(rate) => out.charges.push(charge(usage, unit, terms, *span, rate, amount)),
                Err(reason) => out.unpriced.push(Unpriced {
                    workload: Some(usage.workload.clone()),
                    sku_id: usage.sku_id(),
                    name: name(usage, ""),
                    region_id: None,
                    quantity: unit.quantity(amount, terms.period.month, UnitPrice::default()),
                    pricing_unit: unit.name.into(),
                    charge_period: *span,
                    reason: reason.clone(),
                }),
            }
        }
    }
}

impl TokenUsage<'_> {
    /// FOCUS `SkuId` of its charges.
    #[must_use]
    pub fn sku_id(&self) -> String {
        let class = class_name(self.class);
        format!("{}/{}/{class}", self.provider.id, self.model.id).replace(' ', "-")
    }
}

fn name(usage: &TokenUsage<'_>, suffix: &str) -> String {
    let class = class_name(usage.class);
    let band = if suffix.starts_with("/long") { " (long context)" } else { "" };
    let batch = if usage.batch { " (batch)" } else { "" };
    format!("{} {class} tokens{band}{batch}", usage.model.id)
}

fn charge(
    usage: &TokenUsage<'_>,
    unit: PricingUnit,
    terms: &Terms<'_>,
    span: Span,
    rate: &Rate<'_>,
    amount: Usage,
) -> Charge {
    let finer = rate.list.finer(rate.contracted);
    let quantity = unit.quantity(amount, terms.period.month, finer);
    let sku_id = usage.sku_id();
    Charge {
        workload: Some(usage.workload.clone()),
        service_provider_name: usage.provider.provider_name.clone(),
        service_name: usage.provider.service_name.clone(),
        service_category: usage.provider.category.clone(),
        region_id: None,
        sku_price_id: format!("{sku_id}{}/{}", rate.suffix, rate.row.from),
        sku_id,
        charge_description: name(usage, rate.suffix),
        charge_category: Category::Usage,
        component: Component::Tokens,
        allowance: None,
        commitment: None,
        commitment_status: None,
        negotiated: rate.negotiated.clone(),
        charge_period: span,
        pricing_unit: Some(unit.name.into()),
        pricing_quantity: Some(quantity),
        list_unit_price: Some(rate.list),
        contracted_unit_price: Some(rate.contracted),
        list_cost: quantity.at(rate.list),
        billed_cost: quantity.at(rate.contracted),
        effective_cost: quantity.at(rate.contracted),
        evidence: PriceEvidence::new(Some(rate.row.from), &rate.row.evidence),
    }
}

/// The class as it stands in names and ids.
const fn class_name(class: TokenClass) -> &'static str {
    match class {
        TokenClass::Input => "input",
        TokenClass::CacheRead => "cache read",
        TokenClass::CacheWrite => "cache write",
        TokenClass::Output => "output",
    }
}

fn rate<'a>(
    usage: &TokenUsage<'a>,
    terms: &Terms<'_>,
    item: Item<'_>,
    date: NaiveDate,
) -> Result<Rate<'a>, String> {
    let row = usage.model.price_on(date).ok_or_else(|| format!("no price in force on {date}"))?;
    let (rates, suffix) = rates(usage, row)?;
    let (list, lifetime) = match usage.class {
        TokenClass::Input => (Some(rates.input), None),
        TokenClass::Output => (Some(rates.output), None),
        TokenClass::CacheRead => (rates.cache_read, None),
        TokenClass::CacheWrite => {
            let (price, lifetime) = cache_write(usage, row, rates)?;
            (Some(price), lifetime)
        }
    };
    let list = list.ok_or_else(|| format!("no known {} price", class_name(usage.class)))?;
    // A private price is a standard one: batches and long prompts stay at list price.
    let private = suffix
        .is_empty()
        .then(|| terms.rates.private_tokens(item, date, usage.class, lifetime, rates))
        .flatten();
    let offer = private.map(Offer::Price).or_else(|| terms.rates.discount(item));
    Ok(Rate {
        row,
        list,
        contracted: offer.as_ref().map_or(list, |o| o.applied(list)),
        negotiated: offer.map(|o| o.words()),
        suffix,
    })
}

/// The rates of a row that these requests have: a row's own bound says which prompts are long.
fn rates<'a>(
    usage: &TokenUsage<'_>,
    row: &'a LlmPrice,
) -> Result<(&'a LlmRates, &'static str), String> {
    let long = row.long_context.as_ref().filter(|l| usage.band.is_from(l.from_tokens));
    match (long, usage.batch) {
        (None, false) => Ok((&row.standard, "")),
        (None, true) => {
            row.batch.as_ref().map(|b| (b, "/batch")).ok_or_else(|| "no known batch price".into())
        }
        (Some(long), false) => Ok((&long.rates, "/long")),
        (Some(long), true) => long
            .batch
            .as_ref()
            .map(|b| (b, "/long/batch"))
            .ok_or_else(|| "no known batch price for long prompts".into()),
    }
}

/// Writes cost what the cache's lifetime says; a model without write prices bills them as input.
fn cache_write<'a>(
    usage: &'a TokenUsage<'_>,
    row: &'a LlmPrice,
    rates: &LlmRates,
) -> Result<(UnitPrice, Option<&'a str>), String> {
    if row.standard.cache_write.is_empty() {
        return Ok((rates.input, usage.cache_lifetime.as_deref()));
    }
    let shortest = || row.standard.cache_write.iter().min_by_key(|(_, p)| **p).map(|(l, _)| l);
    let lifetime = usage.cache_lifetime.as_ref().or_else(shortest);
    lifetime
        .and_then(|l| rates.cache_write.get(l).map(|p| (*p, Some(l.as_str()))))
        .ok_or_else(|| "no known cache write price for this lifetime".into())
}
