//! What fits a search: one line for each SKU and model.

use super::{Form, Priced, price_text};
use crate::pricing::{Found, LlmRates, ModelFound, NoPrice, SkuFound};
use crate::report::number::price;
use crate::report::page::{GAP, Look, Page, Text, columns, left, right};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;

/// What fits, priced on `date`.
#[must_use]
pub fn list(found: &Found<'_>, date: NaiveDate, form: Form) -> String {
    match form {
        Form::Json => json(found, date),
        Form::Table { width, color } => {
            let mut page = Page::new(width, color);
            page.line(left(format!("prices of {date}")).look(Look::Dim), false);
            skus(&mut page, &found.skus);
            models(&mut page, &found.models, date);
            page.text
        }
    }
}

fn header(titles: &[Text]) -> Vec<Text> {
    titles.iter().map(|t| t.clone().look(Look::Dim)).collect()
}

/// Rows whose id stays whole: one that does not fit has a line of its own above its prices.
fn whole_ids(page: &mut Page, rows: Vec<Vec<Text>>, widths: &[usize]) {
    let fits = widths.first().map_or(0, |w| w.saturating_sub(usize::from(GAP)));
    for mut row in rows {
        if let Some(id) = row.first_mut().filter(|id| id.text.chars().count() > fits) {
            let id = std::mem::replace(id, left(""));
            page.line(id, true);
        }
        page.grid(&[row], widths, true);
    }
}

/// SKUs by service and region, under one heading each.
pub(super) fn skus(page: &mut Page, found: &[SkuFound<'_>]) {
    let titles = [left(""), right("Price"), left("Unit"), left("Since"), left("Confidence")];
    let row = |hit: &SkuFound<'_>| match &hit.price {
        Ok((row, tiers)) => vec![
            left(hit.sku.id.as_str()),
            right(price_text(tiers)),
            left(hit.sku.unit.name),
            left(row.from.to_string()).look(Look::Dim),
            left(row.evidence.confidence.name()).look(Look::Dim),
        ],
        Err(_) => vec![
            left(hit.sku.id.as_str()),
            right("no price").look(Look::Yellow),
            left(hit.sku.unit.name),
        ],
    };
    let mut all: Vec<Vec<Text>> = found.iter().map(row).collect();
    all.push(header(&titles));
    let widths = columns(page.width, &all);
    let mut rest = found;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|h| h.service.id == first.service.id).count();
        let (group, others) = rest.split_at(same);
        rest = others;
        let service = first.service;
        page.heading(format!("{} ({}) · {}", service.service_name, service.id, first.region));
        let mut rows = vec![header(&titles)];
        rows.extend(group.iter().map(row));
        whole_ids(page, rows, &widths);
        // The reasons, each once.
        let mut reasons: Vec<&NoPrice> =
            group.iter().filter_map(|h| h.price.as_ref().err()).collect();
        reasons.dedup();
        for NoPrice(reason) in reasons {
            page.line(left(reason.as_str()).look(Look::Yellow), true);
        }
    }
}

/// Models by provider.
pub(super) fn models(page: &mut Page, found: &[ModelFound<'_>], date: NaiveDate) {
    let titles = [
        left(""),
        right("Input"),
        right("Cached"),
        right("Output"),
        left("Since"),
        left("Confidence"),
    ];
    let row = |hit: &ModelFound<'_>| match hit.price {
        Some(row) => vec![
            left(hit.model.id.as_str()),
            right(price(row.standard.input)),
            right(row.standard.cache_read.map(price).unwrap_or_default()),
            right(price(row.standard.output)),
            left(row.from.to_string()).look(Look::Dim),
            left(row.evidence.confidence.name()).look(Look::Dim),
        ],
        None => vec![left(hit.model.id.as_str()), right("no price").look(Look::Yellow)],
    };
    let mut all: Vec<Vec<Text>> = found.iter().map(row).collect();
    all.push(header(&titles));
    let widths = columns(page.width, &all);
    let mut rest = found;
    while let Some(first) = rest.first() {
        let same = rest.iter().take_while(|h| h.provider.id == first.provider.id).count();
        let (group, others) = rest.split_at(same);
        rest = others;
        let provider = first.provider;
        page.heading(format!("{} ({}) · per 1M Tokens", provider.service_name, provider.id));
        let mut rows = vec![header(&titles)];
        rows.extend(group.iter().map(row));
        whole_ids(page, rows, &widths);
        for hit in group.iter().filter(|h| h.price.is_none()) {
            page.line(left(no_price(hit, date)).look(Look::Yellow), true);
        }
    }
}

/// Why a model has no price on a day.
fn no_price(hit: &ModelFound<'_>, date: NaiveDate) -> String {
    let next = hit.model.prices.iter().map(|p| p.from).filter(|from| *from > date).min();
    match next {
        Some(next) => {
            format!("no price of {} on {date}; the next known one is of {next}", hit.model.id)
        }
        None => format!("no price of {} in force on {date}", hit.model.id),
    }
}

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>("ssc/pricing-list/1")
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    pricing_date: String,
    skus: Vec<SkuLine<'a>>,
    models: Vec<ModelLine<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct SkuLine<'a> {
    sku_id: &'a str,
    name: &'a str,
    service: &'a str,
    platforms: &'a [String],
    component: &'static str,
    clock: &'static str,
    pricing_unit: &'static str,
    region: &'a str,
    #[serde(flatten)]
    price: Priced,
}

#[derive(Serialize, JsonSchema)]
struct ModelLine<'a> {
    model: String,
    service: &'a str,
    aliases: &'a [String],
    pricing_unit: &'static str,
    rates: Option<Rates>,
    effective_from: Option<String>,
    confidence: Option<&'static str>,
    source: Option<&'a str>,
    checked_on: Option<String>,
}

/// Prices of tokens as exact text.
#[derive(Serialize, JsonSchema)]
pub(super) struct Rates {
    input: String,
    cache_read: Option<String>,
    cache_write: std::collections::BTreeMap<String, String>,
    output: String,
}

pub(super) fn rates(rates: &LlmRates) -> Rates {
    let writes = rates.cache_write.iter();
    Rates {
        input: rates.input.to_string(),
        cache_read: rates.cache_read.map(|p| p.to_string()),
        cache_write: writes.map(|(life, p)| (life.clone(), p.to_string())).collect(),
        output: rates.output.to_string(),
    }
}

fn json(found: &Found<'_>, date: NaiveDate) -> String {
    let skus = found.skus.iter().map(|hit| SkuLine {
        sku_id: &hit.sku.id,
        name: &hit.sku.name,
        service: &hit.service.id,
        platforms: &hit.sku.platforms,
        component: hit.sku.component.name(),
        clock: hit.sku.meter.clock.name(),
        pricing_unit: hit.sku.unit.name,
        region: &hit.region,
        price: Priced::of(&hit.price),
    });
    let models = found.models.iter().map(|hit| ModelLine {
        model: format!("{}/{}", hit.provider.id, hit.model.id),
        service: &hit.provider.id,
        aliases: &hit.model.aliases,
        pricing_unit: "1M Tokens",
        rates: hit.price.map(|p| rates(&p.standard)),
        effective_from: hit.price.map(|p| p.from.to_string()),
        confidence: hit.price.map(|p| p.evidence.confidence.name()),
        source: hit.price.map(|p| p.evidence.source.as_str()),
        checked_on: hit.price.map(|p| p.evidence.checked_on.to_string()),
    });
    crate::report::pretty(&Document {
        schema: "ssc/pricing-list/1",
        pricing_date: date.to_string(),
        skus: skus.collect(),
        models: models.collect(),
    })
}
