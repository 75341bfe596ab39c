//! What must hold inside a service file, and between files, beyond the shape of its values.
//!
//! Everything is looked up in the file as written, so that one mistake does not make others.

use super::super::file::{PlatformFile, PriceFile, ServiceFile, SettingFile, SkuFile, When};
use super::super::{Service, SettingSpec, Tiering, Transport};
use super::history::{self, Span};
use super::number;
use super::problems::Problems;
use crate::diagnostic::{Field, suggest};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

/// Names that must be unique in a book, and the file that has each.
#[derive(Default)]
pub(super) struct Seen {
    skus: BTreeMap<String, String>,
    platforms: BTreeMap<String, String>,
    /// Sizes of allowances that services share, with the file that was first.
    shared: BTreeMap<String, (Decimal, String)>,
}

pub(super) fn service(
    p: &mut Problems<'_>,
    file: &ServiceFile,
    service: &Service,
    seen: &mut Seen,
) {
    known_region(p, file, &file.default_region);
    let platforms = file.platforms.iter().flat_map(|f| std::iter::once(&f.id).chain(&f.aliases));
    platforms.for_each(|name| unique(p, "platform", name, &mut seen.platforms));
    file.skus.iter().for_each(|sku| unique(p, "SKU", &sku.sku_id, &mut seen.skus));
    for sku in &file.skus {
        self::sku(p, file, service, sku);
    }
    let account = Scope { service, platforms: Vec::new(), transport: false };
    let mut ids = BTreeMap::new();
    for allowance in &file.allowances {
        unique(p, "allowance", &allowance.id, &mut ids);
        let zero = |f: &&Field| number::value(f).is_some_and(|n| n.is_zero());
        if let Some(field) = allowance.quantity.as_ref().or(allowance.money.as_ref()).filter(zero) {
            let d = p.source.error(field, "an allowance of nothing", "give what is free");
            p.error(d.hint("leave the allowance out if there is none"));
        }
        if let (Some(name), Some(size)) = (&allowance.shared_as, &allowance.quantity) {
            let number = number::value(size).unwrap_or_default().normalize();
            let of = (number, p.source.name().to_owned());
            let (first, file) = seen.shared.entry(name.value.clone()).or_insert(of);
            if *first != number {
                let message = format!("`{}` is {first} in {file}", name.value);
                let d = p.source.error(size, message, "services that share it give the same size");
                p.error(d);
            }
        }
        known_skus(p, file, &allowance.skus);
        account.conditions(p, &allowance.when);
        if let Some(per) = &allowance.per {
            known_skus(p, file, std::slice::from_ref(&per.sku));
            if let Some(shared) = &allowance.shared_as {
                let message = "an allowance per unit of another SKU cannot be shared by services";
                p.error(p.source.error(shared, message, "remove `shared_as`"));
            }
        }
    }
    for commitment in &file.commitments {
        unique(p, "commitment", &commitment.id, &mut ids);
        known_skus(p, file, &commitment.skus);
        account.conditions(p, &commitment.when);
    }
    for fee in &file.fees {
        account.conditions(p, &fee.when);
        fee.quantity.iter().for_each(|option| account.option(p, option));
    }
}

fn unique(p: &mut Problems<'_>, what: &str, name: &Field, seen: &mut BTreeMap<String, String>) {
    let here = p.source.name();
    let Some(other) = seen.insert(name.value.clone(), here.to_owned()) else { return };
    let message = format!("duplicate {what} `{}`", name.value);
    let d = if other == here {
        p.source.error(name, message, "already defined above")
    } else {
        p.source.error(name, message, format!("also in {other}"))
    };
    p.error(d.hint("every name means one thing in the whole book; rename one of the two"));
}

fn known_region(p: &mut Problems<'_>, file: &ServiceFile, field: &Field) {
    if file.regions.contains_key(&field.value) {
        return;
    }
    let names = || file.regions.keys().map(String::as_str);
    p.error(
        p.source
            .error(field, format!("unknown region `{}`", field.value), "not under `regions:`")
            .maybe_hint(suggest::did_you_mean(&field.value, names())),
    );
}

fn known_skus(p: &mut Problems<'_>, file: &ServiceFile, fields: &[Field]) {
    let names = || file.skus.iter().map(|s| s.sku_id.value.as_str());
    for field in fields {
        if !names().any(|name| name == field.value) {
            p.error(
                p.source
                    .error(field, format!("unknown SKU `{}`", field.value), "not in this file")
                    .maybe_hint(suggest::did_you_mean(&field.value, names())),
            );
        }
    }
}

fn sku(p: &mut Problems<'_>, file: &ServiceFile, service: &Service, sku: &SkuFile) {
    let ids = || file.platforms.iter().map(|f| f.id.value.as_str());
    for platform in sku.platforms.iter().flatten() {
        if !ids().any(|id| id == platform.value) {
            let message = format!("unknown platform `{}`", platform.value);
            p.error(
                p.source
                    .error(platform, message, "not in this file")
                    .maybe_hint(suggest::did_you_mean(&platform.value, ids())),
            );
        }
    }
    let applies = |f: &&PlatformFile| {
        sku.platforms.as_ref().is_none_or(|list| list.iter().any(|p| p.value == f.id.value))
    };
    let platforms = file.platforms.iter().filter(applies).collect();
    let scope = Scope { service, platforms, transport: true };
    scope.conditions(p, &sku.when);
    if let Some(rule) = &sku.billable_round_up {
        Scope { service, platforms: Vec::new(), transport: false }.conditions(p, &rule.when);
        if number::value(&rule.to).is_some_and(|to| to.is_zero()) {
            let label = "a step must be more than zero";
            p.error(p.source.error(&rule.to, "quantities cannot be rounded to zero", label));
        }
    }
    if let Some(weight) = &sku.meter.value.weight {
        scope.option(p, &weight.setting);
        // A literal starts with a digit; anything else is a setting.
        let name = |less: &&Field| !less.value.starts_with(|c: char| c.is_ascii_digit());
        weight.less.iter().filter(name).for_each(|less| scope.option(p, less));
    }
    let capacity = sku.meter.value.capacity.as_ref();
    capacity.and_then(|c| c.units.as_ref()).into_iter().for_each(|units| scope.option(p, units));
    let times = capacity.into_iter().flat_map(|c| &c.of).flat_map(|load| &load.times);
    times.for_each(|setting| scope.option(p, setting));
    if sku.prices.is_empty() && sku.note.is_none() {
        let d = p.source.error(&sku.sku_id, "a SKU without a price or a word of why", "not known?");
        p.warning(d.hint("say in `note` what was looked for and not found"));
    }
    for price in &sku.prices {
        regions(p, file, price);
        tiers(p, sku.tiering, price);
    }
    let spans: Vec<Span<'_>> = sku.prices.iter().filter_map(|price| span(file, price)).collect();
    history::check(p, &sku.sku_id.value, &spans, spans.len() == sku.prices.len());
}

/// The regions a row names exist, and each has the factor that the row asks for.
fn regions(p: &mut Problems<'_>, file: &ServiceFile, price: &PriceFile) {
    price.regions.iter().flatten().for_each(|region| known_region(p, file, region));
    let at = price.group.as_ref().unwrap_or(&price.effective_from);
    let covered = covered(file, price);
    if let Some(group) = &price.group
        && covered.is_empty()
    {
        let groups = || file.regions.values().filter_map(|r| r.group.as_deref());
        p.error(
            p.source
                .error(
                    group,
                    format!("no region is in group `{}`", group.value),
                    "a row for nobody",
                )
                .maybe_hint(suggest::did_you_mean(&group.value, groups())),
        );
    }
    if price.regions.as_ref().is_some_and(Vec::is_empty) {
        p.error(p.source.error(at, "a price row for no region", "`regions` is empty"));
    }
    let factor = |id: &&&str| file.regions.get(**id).is_some_and(|r| r.multiplier.is_none());
    if price.multiplied
        && let Some(region) = covered.iter().find(factor)
    {
        p.error(
            p.source
                .error(at, format!("region `{region}` has no `multiplier`"), "`multiplied: true`")
                .hint("give the region its factor, or leave it out of this row"),
        );
    }
}

fn covered<'a>(file: &'a ServiceFile, price: &PriceFile) -> BTreeSet<&'a str> {
    let listed = |id: &str| price.regions.iter().flatten().any(|r| r.value == id);
    let all = price.all_regions == Some(true);
    file.regions
        .iter()
        .filter(|(id, region)| {
            let group = price.group.as_ref().map(|g| g.value.as_str());
            all || listed(id) || (group.is_some() && region.group.as_deref() == group)
        })
        .map(|(id, _)| id.as_str())
        .collect()
}

fn tiers(p: &mut Problems<'_>, tiering: Option<Tiering>, price: &PriceFile) {
    if tiering == Some(Tiering::Flat)
        && let Some(second) = price.tiers.get(1)
    {
        p.error(
            p.source
                .error(&second.from, "a flat SKU has one price", "this row has several tiers")
                .hint("say `tiering: graduated` or `cliff`, as the vendor does"),
        );
    }
    let mut before: Option<Decimal> = None;
    for tier in &price.tiers {
        let Some(from) = number::value(&tier.from) else { return };
        let message = match before {
            None if !from.is_zero() => "the first tier must start at 0".to_owned(),
            Some(last) if from <= last => {
                format!("tiers must be in ascending order: {from} after {last}")
            }
            _ => {
                before = Some(from);
                continue;
            }
        };
        p.error(
            p.source
                .error(&tier.from, message, "the first unit of the month at this price")
                .hint("each tier starts where the one before it ends"),
        );
        return;
    }
}

fn span<'a>(file: &'a ServiceFile, price: &'a PriceFile) -> Option<Span<'a>> {
    let (from, until) = history::dates(&price.effective_from, price.effective_until.as_ref())?;
    Some(Span {
        at: &price.effective_from,
        from,
        until,
        status: price.status,
        gap_after: price.gap_after.as_ref(),
        regions: covered(file, price),
    })
}

/// The names a SKU, allowance or fee may use.
struct Scope<'a> {
    service: &'a Service,
    platforms: Vec<&'a PlatformFile>,
    transport: bool,
}

impl Scope<'_> {
    /// Names and values of conditions.
    fn conditions(&self, p: &mut Problems<'_>, when: &When) {
        for (name, allowed) in when {
            let Some(first) = allowed.first() else { continue };
            if !self.known(name) {
                p.error(self.unknown(p, first, name, "condition on unknown setting"));
                continue;
            }
            allowed.iter().for_each(|value| self.value(p, name, value));
        }
    }

    /// One value of a condition: some platform or the account must be able to have it.
    fn value(&self, p: &mut Problems<'_>, name: &str, value: &Field) {
        if self.transport && name == "transport" {
            let names = || Transport::ALL.iter().map(|t| t.name());
            if !names().any(|n| n == value.value) {
                let message = format!("unknown transport `{}`", value.value);
                let d = p.source.error(value, message, "not a transport");
                p.error(
                    d.note(format!("allowed: {}", suggest::list(names())))
                        .maybe_hint(suggest::did_you_mean(&value.value, names())),
                );
            }
            return;
        }
        let mut specs = self.specs(name).peekable();
        let Some(first) = specs.peek().copied() else { return };
        if self.fixed(name).any(|v| *v == value.value)
            || specs.any(|s| s.check(&value.value).is_ok())
        {
            return;
        }
        if let Err(refusal) = first.check(&value.value) {
            let message = format!("`{name}` is never `{}`", value.value);
            p.error(
                p.source
                    .error(value, message, refusal.label)
                    .note(format!("allowed: {}", refusal.allowed))
                    .maybe_hint(refusal.hint),
            );
        }
    }

    /// A name that must be a setting or an option.
    fn option(&self, p: &mut Problems<'_>, field: &Field) {
        if !self.known(&field.value) {
            p.error(self.unknown(p, field, &field.value, "unknown setting"));
        }
    }

    fn unknown(
        &self,
        p: &Problems<'_>,
        at: &Field,
        name: &str,
        what: &str,
    ) -> crate::diagnostic::Diagnostic {
        let label = if self.platforms.is_empty() {
            "not under `account:`"
        } else {
            "not a setting of its platforms, nor under `account:`"
        };
        let mut names: BTreeSet<&str> = self.service.account.keys().map(String::as_str).collect();
        names.extend(self.settings().map(|(name, _)| name.as_str()));
        p.source
            .error(at, format!("{what} `{name}`"), label)
            .maybe_hint(suggest::did_you_mean(name, names))
    }

    fn known(&self, name: &str) -> bool {
        (self.transport && name == "transport")
            || self.specs(name).next().is_some()
            || self.fixed(name).next().is_some()
            || self.settings().any(|(n, _)| n == name)
            || self.service.account.contains_key(name)
    }

    fn settings(&self) -> impl Iterator<Item = (&String, &SettingFile)> {
        self.platforms.iter().flat_map(|platform| &platform.settings)
    }

    /// What a choice of another setting fixes this one to.
    fn fixed<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b String> {
        self.settings()
            .flat_map(|(_, setting)| &setting.values.0)
            .filter_map(move |(_, fixes)| fixes.get(name))
    }

    /// The settings called `name` as far as they could be read.
    fn specs<'b>(&'b self, name: &'b str) -> impl Iterator<Item = &'b SettingSpec> {
        let own = move |platform: &&'b super::super::Platform| {
            self.platforms.iter().any(|f| f.id.value == platform.id)
        };
        let settings = self.service.platforms.iter().filter(own);
        self.service
            .account
            .get(name)
            .into_iter()
            .chain(settings.filter_map(|p| p.settings.get(name)))
    }
}
