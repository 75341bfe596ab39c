//! Token charges: tokens × the model's dated rates.

use super::bill::{Period, TokenUsage};
use super::charge::{Category, Charge, PriceEvidence, Statement, Unpriced};
use crate::metering::{Band, TokenClass};
use crate::pricing::{Component, LlmPrice, LlmRates};
use crate::units::{PricingUnit, UnitPrice};

pub(super) fn bill(tokens: &[TokenUsage<'_>], period: Period, out: &mut Statement) {
    let Some(unit) = PricingUnit::named("1M Tokens") else { return };
    for usage in tokens {
        let class = class_name(usage.class);
        let band = if usage.band == Band::LongContext { " (long context)" } else { "" };
        let batch = if usage.batch { " (batch)" } else { "" };
        let name = format!("{} {class} tokens{band}{batch}", usage.model.id);
        let sku_id = format!("{}/{}/{class}", usage.provider.id, usage.model.id).replace(' ', "-");
        match price(usage, period) {
            Ok((row, price)) => {
                let quantity = unit.quantity(usage.usage, period.month, price);
                out.charges.push(Charge {
                    workload: Some(usage.workload.clone()),
                    service_provider_name: usage.provider.provider_name.clone(),
                    service_name: usage.provider.service_name.clone(),
                    service_category: usage.provider.category.clone(),
                    region_id: None,
                    sku_price_id: format!("{sku_id}{}/{}", suffix(usage), row.from),
                    sku_id,
                    charge_description: name,
                    charge_category: Category::Usage,
                    component: Component::Tokens,
                    allowance: None,
                    commitment: None,
                    pricing_unit: Some(unit.name.into()),
                    pricing_quantity: Some(quantity),
                    list_unit_price: Some(price),
                    contracted_unit_price: Some(price),
                    list_cost: quantity.at(price),
                    billed_cost: quantity.at(price),
                    evidence: PriceEvidence::new(Some(row.from), &row.evidence),
                });
            }
            Err(reason) => out.unpriced.push(Unpriced {
                workload: Some(usage.workload.clone()),
                sku_id,
                name,
                region_id: None,
                quantity: unit.quantity(usage.usage, period.month, UnitPrice::default()),
                pricing_unit: unit.name.into(),
                reason,
            }),
        }
    }
}

fn suffix(usage: &TokenUsage<'_>) -> &'static str {
    match (usage.band, usage.batch) {
        (Band::Standard, false) => "",
        (Band::LongContext, false) => "/long",
        (Band::Standard, true) => "/batch",
        (Band::LongContext, true) => "/long-batch",
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

fn price<'a>(usage: &TokenUsage<'a>, period: Period) -> Result<(&'a LlmPrice, UnitPrice), String> {
    let date = period.pricing_date;
    let row = usage.model.price_on(date).ok_or_else(|| format!("no price in force on {date}"))?;
    let rates = rates(usage, row)?;
    let price = match usage.class {
        TokenClass::Input => Some(rates.input),
        TokenClass::Output => Some(rates.output),
        TokenClass::CacheRead => rates.cache_read,
        TokenClass::CacheWrite => return cache_write(usage, row, rates).map(|p| (row, p)),
    };
    price.map(|p| (row, p)).ok_or_else(|| format!("no known {} price", class_name(usage.class)))
}

fn rates<'a>(usage: &TokenUsage<'a>, row: &'a LlmPrice) -> Result<&'a LlmRates, String> {
    let long = row.long_context.as_ref();
    match (usage.batch, usage.band) {
        (false, Band::Standard) => Ok(&row.standard),
        (true, Band::Standard) => row.batch.as_ref().ok_or("no known batch price"),
        (false, Band::LongContext) => long.map(|l| &l.rates).ok_or("no known long-context price"),
        (true, Band::LongContext) => {
            long.and_then(|l| l.batch.as_ref()).ok_or("no known batch price for long prompts")
        }
    }
    .map_err(Into::into)
}

/// Writes cost what the cache's lifetime says; a model without write prices bills them as input.
fn cache_write(
    usage: &TokenUsage<'_>,
    row: &LlmPrice,
    rates: &LlmRates,
) -> Result<UnitPrice, String> {
    if row.standard.cache_write.is_empty() {
        return Ok(rates.input);
    }
    let shortest = || row.standard.cache_write.iter().min_by_key(|(_, p)| **p).map(|(l, _)| l);
    let lifetime = usage.cache_lifetime.as_ref().or_else(shortest);
    lifetime
        .and_then(|l| rates.cache_write.get(l).copied())
        .ok_or_else(|| "no known cache write price for this lifetime".into())
}
