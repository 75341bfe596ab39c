//! One name of the book in full: a SKU, a model, a platform, a service or a provider.

mod data;
pub(in crate::report) use data::schema;
mod price;

use super::words::{conditions, meter, pools, scaling, warm_capacity};
use super::{Form, list};
use crate::pricing::{
    AllowanceSize, Entry, Evidence, LlmProvider, Model, ModelFound, PlatformRef, Service,
    SettingSpec, Sku, SkuFound, Transport,
};
use crate::report::number::{count, grouped, money, price as unit_price};
use crate::report::page::{GAP, Look, Page, Text, left};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Width of the names of facts.
const NAME: usize = 16;

/// What is asked about entries of the book.
#[derive(Clone, Copy)]
struct Ask<'a> {
    region: Option<&'a str>,
    date: NaiveDate,
}

/// Everything known about these entries on `date`; prices of `region` alone if one is given.
#[must_use]
pub fn show(entries: &[Entry<'_>], region: Option<&str>, date: NaiveDate, form: Form) -> String {
    let Form::Table { width, color } = form else {
        return data::json(entries, region, date);
    };
    let mut page = Page::new(width, color);
    let ask = Ask { region, date };
    for (i, entry) in entries.iter().enumerate() {
        if i > 0 {
            page.text.push('\n');
            page.rule();
        }
        match entry {
            Entry::Sku(service, sku) => one_sku(&mut page, service, sku, ask),
            Entry::Model(provider, model) => one_model(&mut page, provider, model, ask),
            Entry::Platform(place) => platform(&mut page, *place, ask),
            Entry::Service(service) => one_service(&mut page, service, ask),
            Entry::Provider(provider) => one_provider(&mut page, provider, ask),
        }
    }
    page.text
}

fn title(page: &mut Page, name: &str, kind: &str, id: &str) {
    page.line(left(format!("{name} · {kind} {id}")).look(Look::Bold), false);
}

/// Names and what they stand for.
fn facts(page: &mut Page, facts: &[(&str, String)]) {
    let rows: Vec<Vec<Text>> = facts
        .iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| vec![left(*name).look(Look::Dim), left(text.as_str())])
        .collect();
    let rest = page.width - NAME;
    page.grid(&rows, &[NAME, rest], true);
}

/// A dimmed text in so many columns from the left.
fn aside(page: &mut Page, text: String, indent: usize) {
    let rest = page.width - indent;
    let indent = indent - usize::from(GAP);
    page.grid(
        &[vec![left(""), left(text).look(Look::Dim)]],
        &[indent, rest + usize::from(GAP)],
        false,
    );
}

/// Who says so, and what they add.
fn evidence(page: &mut Page, e: &Evidence, indent: usize) {
    let text = format!("{} · checked {} · {}", e.confidence.name(), e.checked_on, e.source);
    aside(page, text, indent);
    if let Some(note) = &e.note {
        aside(page, note.clone(), indent);
    }
}

fn one_sku(page: &mut Page, service: &Service, sku: &Sku, ask: Ask<'_>) {
    title(page, &sku.name, "SKU", &sku.id);
    let mut lines = vec![
        ("service", format!("{} ({})", service.service_name, service.id)),
        ("platforms", on(service, sku)),
        ("component", sku.component.name().to_owned()),
    ];
    lines.extend(meter(sku));
    lines.push(("note", sku.note.clone().unwrap_or_default()));
    facts(page, &lines);
    price::now(page, service, sku, ask.region.unwrap_or(&service.default_region), ask.date);
    price::history_of(page, service, sku, ask);
    let touches = |skus: &[String]| skus.contains(&sku.id);
    account(page, service, &touches);
}

fn on(service: &Service, sku: &Sku) -> String {
    if !sku.platforms.is_empty() {
        return sku.platforms.join(", ");
    }
    service.platforms.iter().map(|p| p.id.as_str()).collect::<Vec<_>>().join(", ")
}

/// Allowances, commitments and fees of the account that touch some SKUs.
fn account(page: &mut Page, service: &Service, touches: &dyn Fn(&[String]) -> bool) {
    let when = |c: &BTreeMap<String, Vec<String>>| match c.is_empty() {
        true => String::new(),
        false => format!(" when {}", conditions(c)),
    };
    let allowances: Vec<_> = service.allowances.iter().filter(|a| touches(&a.skus)).collect();
    if !allowances.is_empty() {
        page.heading("Allowances, per account and month");
    }
    for a in allowances {
        let unit = a.skus.first().and_then(|id| service.sku(id)).map(|sku| sku.unit.name);
        let unit = unit.unwrap_or_default();
        // `2 × 1M Requests`.
        let times = if unit.starts_with(|c: char| c.is_ascii_digit()) { "× " } else { "" };
        let units = |q: &Decimal| format!("{} {times}{unit}", grouped(&q.normalize().to_string()));
        let size = match &a.size {
            AllowanceSize::Quantity(q) => units(q),
            AllowanceSize::Money(m) => format!("{} of credit", money(*m)),
            AllowanceSize::Per { sku, quantity } => match service.sku(sku) {
                Some(per) => {
                    format!("{} for each of {} ({})", units(quantity), per.name, per.unit.name)
                }
                None => units(quantity),
            },
        };
        let only = match a.pools.is_empty() {
            true => String::new(),
            false => format!(", {} only", pools(&a.pools)),
        };
        let text = format!("{} ({}): {size}{}{only}", a.name, a.id, when(&a.when));
        page.line(left(text), true);
        if a.skus.len() > 1 {
            aside(page, format!("shared by {}", a.skus.join(", ")), 4);
        }
        evidence(page, &a.evidence, 4);
    }
    let commitments: Vec<_> = service.commitments.iter().filter(|c| touches(&c.skus)).collect();
    if !commitments.is_empty() {
        page.heading("Commitments");
    }
    for c in commitments {
        let text =
            format!("{} ({}): {} % off{}", c.name, c.id, c.percent.normalize(), when(&c.when));
        page.line(left(text), true);
        evidence(page, &c.evidence, 4);
    }
    if !service.fees.is_empty() {
        page.heading("Fees, per account and month");
    }
    for f in &service.fees {
        let each = f.quantity.as_ref().map(|q| format!(" × {q}")).unwrap_or_default();
        let price = unit_price(f.unit_price);
        page.line(left(format!("{} ({}): {price}{each}{}", f.name, f.id, when(&f.when))), true);
        aside(page, price::dates(f.from, f.until), 4);
        evidence(page, &f.evidence, 4);
    }
}

fn one_model(page: &mut Page, provider: &LlmProvider, model: &Model, ask: Ask<'_>) {
    title(page, &provider.provider_name, "model", &format!("{}/{}", provider.id, model.id));
    let tokens = |n: Option<u64>| n.map(|n| format!("{} tokens", count(n))).unwrap_or_default();
    facts(
        page,
        &[
            ("service", format!("{} ({})", provider.service_name, provider.id)),
            ("aliases", model.aliases.join(", ")),
            ("context", tokens(model.context_window)),
            ("longest answer", tokens(model.max_output)),
            ("cacheable from", tokens(model.min_cacheable)),
            ("unit", "1M Tokens".to_owned()),
            ("note", model.note.clone().unwrap_or_default()),
        ],
    );
    price::model_history(page, model, ask.date);
}

fn platform(page: &mut Page, place: PlatformRef<'_>, ask: Ask<'_>) {
    let PlatformRef { service, platform } = place;
    title(page, &platform.name, "platform", &platform.id);
    let transports = match platform.transports.as_slice() {
        [] => &Transport::ALL[..],
        some => some,
    };
    let transports: Vec<&str> = transports.iter().map(|t| t.name()).collect();
    let egress = if platform.carries_egress { "bytes to clients leave from here" } else { "" };
    facts(
        page,
        &[
            ("service", format!("{} ({})", service.service_name, service.id)),
            ("aliases", platform.aliases.join(", ")),
            ("scaling", scaling(platform.scaling).to_owned()),
            ("warm capacity", warm_capacity(platform.warm_capacity).to_owned()),
            ("transports", transports.join(", ")),
            ("egress", egress.to_owned()),
        ],
    );
    evidence(page, &platform.evidence, usize::from(GAP) + NAME);
    settings(page, "Settings", &platform.settings);
    let of = |sku: &&Sku| sku.platforms.is_empty() || sku.platforms.contains(&platform.id);
    skus(page, service, service.skus.iter().filter(of), ask);
}

/// Settings or options: default, what is allowed, and who says so.
fn settings(page: &mut Page, heading: &str, specs: &BTreeMap<String, SettingSpec>) {
    if specs.is_empty() {
        return;
    }
    page.heading(heading);
    let longest = specs.keys().map(|name| name.chars().count()).max().unwrap_or(0);
    let name = (longest + usize::from(GAP)).min(page.width / 3);
    for (setting, spec) in specs {
        let default = spec.default.as_deref().unwrap_or("not set");
        let row = vec![left(setting.as_str()), left(default), left(spec.allowed()).look(Look::Dim)];
        let rest = page.width - name - 22;
        page.grid(&[row], &[name + 2, 20, rest], true);
        evidence(page, &spec.evidence, 4);
    }
}

fn skus<'a>(
    page: &mut Page,
    service: &'a Service,
    skus: impl Iterator<Item = &'a Sku>,
    ask: Ask<'_>,
) {
    let region = ask.region.unwrap_or(&service.default_region).to_owned();
    let found: Vec<SkuFound<'_>> = skus
        .map(|sku| SkuFound {
            service,
            sku,
            region: region.clone(),
            price: service.price(sku, &region, ask.date),
        })
        .collect();
    list::skus(page, &found);
}

fn one_service(page: &mut Page, service: &Service, ask: Ask<'_>) {
    title(page, &service.service_name, "service", &service.id);
    facts(
        page,
        &[
            ("provider", service.provider_name.clone()),
            ("category", service.category.clone()),
            ("default region", service.default_region.clone()),
        ],
    );
    page.heading("Platforms");
    let rows: Vec<Vec<Text>> = service
        .platforms
        .iter()
        .map(|p| vec![left(p.id.as_str()), left(p.name.as_str()).look(Look::Dim)])
        .collect();
    let half = page.width / 2;
    page.grid(&rows, &[half, page.width - half], true);
    page.heading("Regions");
    let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (id, region) in &service.regions {
        let factor = region.multiplier.map(|m| format!(" (×{})", m.normalize()));
        let group = groups.entry(region.group.as_deref().unwrap_or("")).or_default();
        group.push(format!("{id}{}", factor.unwrap_or_default()));
    }
    for (group, ids) in groups {
        let name = if group.is_empty() { String::new() } else { format!("{group}: ") };
        page.line(left(format!("{name}{}", ids.join(", "))), true);
    }
    settings(page, "Account options", &service.account);
    skus(page, service, service.skus.iter(), ask);
    account(page, service, &|_| true);
}

fn one_provider(page: &mut Page, provider: &LlmProvider, ask: Ask<'_>) {
    use crate::pricing::{CachedTokens, OnDisconnect};
    title(page, &provider.service_name, "LLM provider", &provider.id);
    let cached = match provider.cached_tokens {
        CachedTokens::InsideInput => "counted inside the input tokens",
        CachedTokens::OutsideInput => "counted beside the input tokens",
    };
    let stopped = match provider.on_disconnect {
        OnDisconnect::Stop => "billed up to where the client left",
        OnDisconnect::Drain => "billed to their end",
    };
    let bytes = provider.response_bytes_per_output_token.as_ref();
    facts(
        page,
        &[
            ("provider", provider.provider_name.clone()),
            ("cached tokens", cached.to_owned()),
            ("left streams", stopped.to_owned()),
            (
                "stream",
                bytes.map(|(n, _)| format!("{n} bytes per output token")).unwrap_or_default(),
            ),
        ],
    );
    let found: Vec<ModelFound<'_>> = provider
        .models
        .iter()
        .map(|model| ModelFound { provider, model, price: model.price_on(ask.date) })
        .collect();
    list::models(page, &found, ask.date);
}
