//! Entries of the book as JSON.

use super::super::list::{Rates, rates};
use super::super::words::{conditions, meter};
use super::super::{Priced, TierLine, tier_lines};
use crate::pricing::{
    AllowanceSize, Conditions, Entry, Evidence, LlmProvider, Model, PlatformRef, PriceRow, Service,
    SettingSpec, Sku,
};
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>("ssc/pricing-show/1")
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    pricing_date: String,
    entries: Vec<Line<'a>>,
}

#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line<'a> {
    Sku(SkuLine<'a>),
    Model(ModelLine<'a>),
    Platform(PlatformLine<'a>),
    Service(ServiceLine<'a>),
    Provider(ProviderLine<'a>),
}

#[derive(Serialize, JsonSchema)]
struct Cited<'a> {
    source: &'a str,
    checked_on: String,
    confidence: &'static str,
    note: Option<&'a str>,
}

fn cited(e: &Evidence) -> Cited<'_> {
    Cited {
        source: &e.source,
        checked_on: e.checked_on.to_string(),
        confidence: e.confidence.name(),
        note: e.note.as_deref(),
    }
}

#[derive(Serialize, JsonSchema)]
struct SkuLine<'a> {
    sku_id: &'a str,
    name: &'a str,
    service: &'a str,
    platforms: &'a [String],
    component: &'static str,
    clock: &'static str,
    metering: BTreeMap<&'static str, String>,
    when: &'a Conditions,
    pricing_unit: &'static str,
    note: Option<&'a str>,
    region: String,
    price: Priced,
    history: Vec<RowLine<'a>>,
    allowances: Vec<AllowanceLine<'a>>,
    commitments: Vec<CommitmentLine<'a>>,
    fees: Vec<FeeLine<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct RowLine<'a> {
    regions: Vec<&'a str>,
    multiplied: bool,
    effective_from: String,
    effective_until: Option<String>,
    gap_after: Option<&'a str>,
    standing: &'static str,
    tiers: Vec<TierLine>,
    #[serde(flatten)]
    evidence: Cited<'a>,
}

#[derive(Serialize, JsonSchema)]
struct AllowanceLine<'a> {
    id: &'a str,
    name: &'a str,
    skus: &'a [String],
    quantity: Option<String>,
    money: Option<String>,
    /// The SKU for each unit of which the quantity is given.
    per: Option<&'a str>,
    included: bool,
    shared_as: Option<&'a str>,
    when: &'a Conditions,
    #[serde(flatten)]
    evidence: Cited<'a>,
}

#[derive(Serialize, JsonSchema)]
struct CommitmentLine<'a> {
    id: &'a str,
    name: &'a str,
    percent: String,
    when: String,
    skus: &'a [String],
    #[serde(flatten)]
    evidence: Cited<'a>,
}

#[derive(Serialize, JsonSchema)]
struct FeeLine<'a> {
    id: &'a str,
    name: &'a str,
    unit_price: String,
    quantity: Option<&'a str>,
    shared_as: Option<&'a str>,
    when: &'a Conditions,
    effective_from: String,
    effective_until: Option<String>,
    #[serde(flatten)]
    evidence: Cited<'a>,
}

#[derive(Serialize, JsonSchema)]
struct ModelLine<'a> {
    model: String,
    aliases: &'a [String],
    context_window: Option<u64>,
    max_output: Option<u64>,
    min_cacheable: Option<u64>,
    note: Option<&'a str>,
    pricing_unit: &'static str,
    history: Vec<ModelRow<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct ModelRow<'a> {
    effective_from: String,
    effective_until: Option<String>,
    gap_after: Option<&'a str>,
    standing: &'static str,
    #[serde(flatten)]
    rates: Rates,
    batch: Option<Rates>,
    long_context: Option<Long>,
    #[serde(flatten)]
    evidence: Cited<'a>,
}

#[derive(Serialize, JsonSchema)]
struct Long {
    from_tokens: u32,
    #[serde(flatten)]
    rates: Rates,
    batch: Option<Rates>,
}

#[derive(Serialize, JsonSchema)]
struct PlatformLine<'a> {
    platform: &'a str,
    name: &'a str,
    service: &'a str,
    aliases: &'a [String],
    settings: BTreeMap<&'a str, SettingLine<'a>>,
    skus: Vec<&'a str>,
    #[serde(flatten)]
    evidence: Cited<'a>,
}

#[derive(Serialize, JsonSchema)]
struct SettingLine<'a> {
    default: Option<&'a str>,
    minimum: Option<&'a str>,
    maximum: Option<&'a str>,
    step: Option<&'a str>,
    values: Vec<&'a str>,
    #[serde(flatten)]
    evidence: Cited<'a>,
}

#[derive(Serialize, JsonSchema)]
struct ServiceLine<'a> {
    service: &'a str,
    service_provider_name: &'a str,
    service_name: &'a str,
    service_category: &'a str,
    default_region: &'a str,
    regions: BTreeMap<&'a str, RegionLine<'a>>,
    platforms: Vec<&'a str>,
    account: BTreeMap<&'a str, SettingLine<'a>>,
    skus: Vec<&'a str>,
    allowances: Vec<AllowanceLine<'a>>,
    commitments: Vec<CommitmentLine<'a>>,
    fees: Vec<FeeLine<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct RegionLine<'a> {
    name: &'a str,
    group: Option<&'a str>,
    multiplier: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct ProviderLine<'a> {
    service: &'a str,
    service_provider_name: &'a str,
    service_name: &'a str,
    models: Vec<&'a str>,
}

pub(super) fn json(entries: &[Entry<'_>], region: Option<&str>, date: NaiveDate) -> String {
    crate::report::pretty(&Document {
        schema: "ssc/pricing-show/1",
        pricing_date: date.to_string(),
        entries: entries.iter().map(|entry| line(*entry, region, date)).collect(),
    })
}

fn line<'a>(entry: Entry<'a>, region: Option<&str>, date: NaiveDate) -> Line<'a> {
    match entry {
        Entry::Sku(service, sku) => Line::Sku(sku_line(service, sku, region, date)),
        Entry::Model(provider, model) => Line::Model(model_line(provider, model, date)),
        Entry::Platform(place) => Line::Platform(platform(place)),
        Entry::Service(service) => Line::Service(service_line(service)),
        Entry::Provider(provider) => Line::Provider(ProviderLine {
            service: &provider.id,
            service_provider_name: &provider.provider_name,
            service_name: &provider.service_name,
            models: provider.models.iter().map(|m| m.id.as_str()).collect(),
        }),
    }
}

fn sku_line<'a>(
    service: &'a Service,
    sku: &'a Sku,
    region: Option<&str>,
    date: NaiveDate,
) -> SkuLine<'a> {
    let shown = region.unwrap_or(&service.default_region).to_owned();
    let price = service.price(sku, &shown, date);
    let row = |row: &'a PriceRow| RowLine {
        regions: service.covered(&row.regions),
        multiplied: row.multiplied,
        effective_from: row.from.to_string(),
        effective_until: row.until.map(|d| d.to_string()),
        gap_after: row.gap_after.as_deref(),
        standing: row.status.on(row.from, row.until, date).name(),
        tiers: tier_lines(&row.tiers),
        evidence: cited(&row.evidence),
    };
    let asked = |row: &&PriceRow| region.is_none_or(|r| service.covers(&row.regions, r));
    SkuLine {
        sku_id: &sku.id,
        name: &sku.name,
        service: &service.id,
        platforms: &sku.platforms,
        component: sku.component.name(),
        clock: sku.meter.clock.name(),
        metering: meter(sku).into_iter().collect(),
        when: &sku.when,
        pricing_unit: sku.unit.name,
        note: sku.note.as_deref(),
        price: Priced::of(&price),
        region: shown,
        history: sku.rows.iter().filter(asked).map(row).collect(),
        allowances: allowances(service, &|skus| skus.contains(&sku.id)),
        commitments: commitments(service, &|skus| skus.contains(&sku.id)),
        fees: fees(service),
    }
}

fn allowances<'a>(
    service: &'a Service,
    touches: &dyn Fn(&[String]) -> bool,
) -> Vec<AllowanceLine<'a>> {
    let line = |a: &'a crate::pricing::Allowance| {
        let (quantity, money, per) = match &a.size {
            AllowanceSize::Quantity(q) => (Some(q.normalize().to_string()), None, None),
            AllowanceSize::Money(m) => (None, Some(m.to_string()), None),
            AllowanceSize::Per { sku, quantity } => {
                (Some(quantity.normalize().to_string()), None, Some(sku.as_str()))
            }
        };
        AllowanceLine {
            id: &a.id,
            name: &a.name,
            skus: &a.skus,
            quantity,
            money,
            per,
            included: a.included,
            shared_as: a.shared_as.as_deref(),
            when: &a.when,
            evidence: cited(&a.evidence),
        }
    };
    service.allowances.iter().filter(|a| touches(&a.skus)).map(line).collect()
}

fn commitments<'a>(
    service: &'a Service,
    touches: &dyn Fn(&[String]) -> bool,
) -> Vec<CommitmentLine<'a>> {
    let line = |c: &'a crate::pricing::Commitment| CommitmentLine {
        id: &c.id,
        name: &c.name,
        percent: c.percent.normalize().to_string(),
        when: conditions(&c.when),
        skus: &c.skus,
        evidence: cited(&c.evidence),
    };
    service.commitments.iter().filter(|c| touches(&c.skus)).map(line).collect()
}

fn fees(service: &Service) -> Vec<FeeLine<'_>> {
    let line = |f| {
        let f: &crate::pricing::Fee = f;
        FeeLine {
            id: &f.id,
            name: &f.name,
            unit_price: f.unit_price.to_string(),
            quantity: f.quantity.as_deref(),
            shared_as: f.shared_as.as_deref(),
            when: &f.when,
            effective_from: f.from.to_string(),
            effective_until: f.until.map(|d| d.to_string()),
            evidence: cited(&f.evidence),
        }
    };
    service.fees.iter().map(line).collect()
}

fn model_line<'a>(provider: &LlmProvider, model: &'a Model, date: NaiveDate) -> ModelLine<'a> {
    let row = |p: &'a crate::pricing::LlmPrice| ModelRow {
        effective_from: p.from.to_string(),
        effective_until: p.until.map(|d| d.to_string()),
        gap_after: p.gap_after.as_deref(),
        standing: p.status.on(p.from, p.until, date).name(),
        rates: rates(&p.standard),
        batch: p.batch.as_ref().map(rates),
        long_context: p.long_context.as_ref().map(|l| Long {
            from_tokens: l.from_tokens,
            rates: rates(&l.rates),
            batch: l.batch.as_ref().map(rates),
        }),
        evidence: cited(&p.evidence),
    };
    ModelLine {
        model: format!("{}/{}", provider.id, model.id),
        aliases: &model.aliases,
        context_window: model.context_window,
        max_output: model.max_output,
        min_cacheable: model.min_cacheable,
        note: model.note.as_deref(),
        pricing_unit: "1M Tokens",
        history: model.prices.iter().map(row).collect(),
    }
}

fn settings(specs: &BTreeMap<String, SettingSpec>) -> BTreeMap<&str, SettingLine<'_>> {
    let line = |s| {
        let s: &SettingSpec = s;
        SettingLine {
            default: s.default.as_deref(),
            minimum: s.minimum.as_deref(),
            maximum: s.maximum.as_deref(),
            step: s.step.as_deref(),
            values: s.choices.iter().map(|c| c.name.as_str()).collect(),
            evidence: cited(&s.evidence),
        }
    };
    specs.iter().map(|(name, spec)| (name.as_str(), line(spec))).collect()
}

fn platform(place: PlatformRef<'_>) -> PlatformLine<'_> {
    let PlatformRef { service, platform } = place;
    let of = |sku: &&Sku| sku.platforms.is_empty() || sku.platforms.contains(&platform.id);
    PlatformLine {
        platform: &platform.id,
        name: &platform.name,
        service: &service.id,
        aliases: &platform.aliases,
        settings: settings(&platform.settings),
        skus: service.skus.iter().filter(of).map(|sku| sku.id.as_str()).collect(),
        evidence: cited(&platform.evidence),
    }
}

fn service_line(service: &Service) -> ServiceLine<'_> {
    let region = |(id, r)| {
        let (id, r): (&String, &crate::pricing::Region) = (id, r);
        let multiplier = r.multiplier.map(|m| m.normalize().to_string());
        (id.as_str(), RegionLine { name: &r.name, group: r.group.as_deref(), multiplier })
    };
    ServiceLine {
        service: &service.id,
        service_provider_name: &service.provider_name,
        service_name: &service.service_name,
        service_category: &service.category,
        default_region: &service.default_region,
        regions: service.regions.iter().map(region).collect(),
        platforms: service.platforms.iter().map(|p| p.id.as_str()).collect(),
        account: settings(&service.account),
        skus: service.skus.iter().map(|sku| sku.id.as_str()).collect(),
        allowances: allowances(service, &|_| true),
        commitments: commitments(service, &|_| true),
        fees: fees(service),
    }
}
