//! Service files: text to values, each mistake noted at its place.

use super::super::category::CATEGORIES;
use super::super::file::{
    AllowanceFile, CapacityFile, CommitmentFile, FeeFile, MeterFile, PlatformFile, PriceFile,
    RegionFile, ScheduleExportFile, ServiceFile, SettingFile, SkuFile, When,
};
use super::super::schedule_export::{EACH_NAMES, HEAD_NAMES, placeholders};
use super::super::{
    Allowance, AllowanceSize, BillableRoundUp, Capacity, Choice, Commitment, Conditions, Fee, Load,
    Meter, Phase, Platform, PriceRow, Region, Regions, ScheduleExport, Service, SettingSpec, Sku,
    Tier, UnitLoad, Weight,
};
use super::check_meter;
use super::evidence::{cited, cited_row};
use super::number::{decimal, unit_price};
use super::problems::Problems;
use crate::diagnostic::{Field, Result, Source, suggest};
use crate::units::{Money, PricingUnit, SimDuration, parse};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// The service of a file, without the parts that are wrong.
pub(super) fn service(p: &mut Problems<'_>, file: &ServiceFile) -> Service {
    schema(p, &file.schema, &file.billing_currency);
    file_name(p, &file.service);
    Service {
        id: file.service.value.clone(),
        provider_name: file.service_provider_name.clone(),
        service_name: file.service_name.clone(),
        category: p.keep(category(p.source, &file.service_category)).unwrap_or_default(),
        subcategory: p.keep(subcategory(p.source, file)).unwrap_or_default(),
        bill_names: file.bill_names.clone(),
        default_region: file.default_region.value.clone(),
        regions: file.regions.iter().map(|(id, r)| (id.clone(), region(p, r))).collect(),
        account: settings(p, &file.account),
        platforms: p.each(&file.platforms, platform),
        skus: p.each(&file.skus, sku),
        allowances: p.each(&file.allowances, allowance),
        fees: p.each(&file.fees, fee),
        commitments: p.each(&file.commitments, commitment),
    }
}

fn each<T, U>(items: &[T], convert: impl FnMut(&T) -> Result<U>) -> Result<Vec<U>> {
    items.iter().map(convert).collect()
}

pub(super) fn schema(p: &mut Problems<'_>, schema: &Field, currency: &Field) {
    if schema.value != "1" {
        let label = "this program reads schema 1";
        p.error(p.source.error(schema, "unknown price file schema", label));
    }
    if currency.value != "USD" {
        p.error(p.source.error(currency, "only USD price files can be billed", "expected USD"));
    }
}

/// A service category of FOCUS.
pub(super) fn category(source: &Source, field: &Field) -> Result<String> {
    let known = || CATEGORIES.iter().map(|(name, _)| *name);
    if known().any(|name| name == field.value) {
        return Ok(field.value.clone());
    }
    let message = format!("unknown service category `{}`", field.value);
    Err(Box::new(
        source
            .error(field, message, "not a ServiceCategory of FOCUS")
            .note(format!("allowed: {}", suggest::list(known())))
            .maybe_hint(suggest::did_you_mean(&field.value, known())),
    ))
}

/// A subcategory that fits its category; the category's `Other` if none is named.
fn subcategory(source: &Source, file: &ServiceFile) -> Result<String> {
    let category = &file.service_category;
    let Some(field) = &file.service_subcategory else {
        return Ok(format!("Other ({})", category.value));
    };
    let of = CATEGORIES.iter().find(|(name, _)| *name == category.value);
    let known = of.map(|(_, names)| *names).unwrap_or_default();
    if known.contains(&field.value.as_str()) {
        return Ok(field.value.clone());
    }
    let message = format!("unknown subcategory `{}` of {}", field.value, category.value);
    Err(Box::new(
        source
            .error(field, message, "not a ServiceSubcategory of FOCUS")
            .note(format!("allowed: {}", suggest::list(known.iter().copied())))
            .maybe_hint(suggest::did_you_mean(&field.value, known.iter().copied())),
    ))
}

/// The service's id must be the file's name, so that a file can be found from a bill.
pub(super) fn file_name(p: &mut Problems<'_>, service: &Field) {
    let stem = p.source.stem();
    if stem != service.value {
        let message = format!("service `{}` is in a file called `{stem}`", service.value);
        let hint = format!("rename the file to `{}.yaml`", service.value);
        p.error(p.source.error(service, message, "").hint(hint));
    }
}

fn region(p: &mut Problems<'_>, file: &RegionFile) -> Region {
    let multiplier = file.multiplier.as_ref().and_then(|f| decimal(p, f));
    Region { name: file.name.clone(), group: file.group.clone(), multiplier, area: file.area }
}

fn conditions(file: &When) -> Conditions {
    let values = |v: &Vec<Field>| v.iter().map(|f| f.value.clone()).collect();
    file.iter().map(|(name, allowed)| (name.clone(), values(allowed))).collect()
}

fn settings(
    p: &mut Problems<'_>,
    files: &BTreeMap<String, SettingFile>,
) -> BTreeMap<String, SettingSpec> {
    files.iter().filter_map(|(name, file)| Some((name.clone(), setting(p, file)?))).collect()
}

fn setting(p: &mut Problems<'_>, file: &SettingFile) -> Option<SettingSpec> {
    let text = |field: &Option<Field>| field.as_ref().map(|f| f.value.clone());
    let choices = file.values.0.iter().map(|(name, fixes)| {
        let mut fixes = fixes.clone();
        Choice { name: name.clone(), same_as: fixes.remove("same_as"), fixes }
    });
    let mut spec = SettingSpec {
        default: text(&file.default),
        minimum: text(&file.minimum),
        maximum: text(&file.maximum),
        step: text(&file.step),
        configurable: file.configurable,
        choices: choices.collect(),
        tries: Vec::new(),
        evidence: cited!(p, file)?,
    };
    if let Some(default) = &file.default
        && let Err(refusal) = spec.check(&default.value)
    {
        p.error(
            p.source
                .error(default, "the default is not an allowed value", refusal.label)
                .note(format!("allowed: {}", refusal.allowed)),
        );
    }
    for value in &file.tries {
        match spec.check(&value.value) {
            Ok(value) => spec.tries.push(value),
            Err(refusal) => p.error(
                p.source
                    .error(value, "a value to try is not an allowed one", refusal.label)
                    .note(format!("allowed: {}", refusal.allowed)),
            ),
        }
    }
    Some(spec)
}

fn platform(p: &mut Problems<'_>, file: &PlatformFile) -> Option<Platform> {
    let settings = settings(p, &file.settings);
    Some(Platform {
        id: file.id.value.clone(),
        name: file.name.clone(),
        aliases: file.aliases.iter().map(|a| a.value.clone()).collect(),
        scaling: file.scaling,
        warm_capacity: file.warm_capacity,
        transports: file.transports.clone(),
        carries_egress: file.carries_egress,
        featured: file.featured,
        recommended: file.recommended,
        schedule_export: match &file.schedule_export {
            Some(file) => Some(schedule_export(p, file)?),
            None => None,
        },
        evidence: cited!(p, file)?,
        settings,
    })
}

/// A template, with every name in braces known.
fn schedule_export(p: &mut Problems<'_>, file: &ScheduleExportFile) -> Option<ScheduleExport> {
    let known = |each: bool| {
        let more = EACH_NAMES.iter().filter(move |_| each);
        HEAD_NAMES.iter().chain(more).copied()
    };
    for (field, each) in [(&file.head, false), (&file.each, true)] {
        let mut names = placeholders(&field.value).map(|(_, name)| name);
        if let Some(name) = names.find(|name| !known(each).any(|k| k == *name)) {
            p.error(
                p.source
                    .error(field, format!("unknown name `{{{name}}}`"), "in this template")
                    .note(format!("allowed: {}", suggest::list(known(each))))
                    .maybe_hint(suggest::did_you_mean(name, known(each))),
            );
        }
    }
    Some(ScheduleExport {
        name: file.name.clone(),
        kind: file.kind,
        head: file.head.value.clone(),
        each: file.each.value.clone(),
        evidence: cited!(p, file)?,
    })
}

fn unit(p: &mut Problems<'_>, field: &Field) -> Option<PricingUnit> {
    let unit = PricingUnit::named(&field.value);
    if unit.is_none() {
        p.error(
            p.source
                .error(field, format!("unknown unit `{}`", field.value), "not a pricing unit")
                .note(format!("known units: {}", suggest::list(PricingUnit::names())))
                .maybe_hint(suggest::did_you_mean(&field.value, PricingUnit::names())),
        );
    }
    unit
}

fn sku(p: &mut Problems<'_>, file: &SkuFile) -> Option<Sku> {
    let pricing_unit = unit(p, &file.pricing_unit);
    let measured_as = file.measured_as.as_ref().map_or(pricing_unit, |field| unit(p, field));
    if let (Some(measured), Some(priced), Some(field)) =
        (measured_as, pricing_unit, &file.measured_as)
        && measured.dimension != priced.dimension
    {
        p.error(p.source.error(
            field,
            format!("`{}` cannot be measured as `{}`", priced.name, measured.name),
            "the two units count different things",
        ));
    }
    let meter = p.keep(meter(p.source, &file.meter.value));
    let month = p.maybe(file.month.as_ref(), parse::duration);
    if file.tiering.is_none() {
        p.error(
            p.source
                .error(&file.sku_id, "missing key `tiering`", "how do tiers apply?")
                .note("graduated: each unit at the price of its tier; cliff: all units at one")
                .hint("say `tiering: flat` if there is one price"),
        );
    }
    let rows = p.each(&file.prices, price_row);
    let billable_round_up = file.billable_round_up.as_ref().and_then(|rule| {
        Some(BillableRoundUp { to: decimal(p, &rule.to)?, when: conditions(&rule.when) })
    });
    let sku = Sku {
        id: file.sku_id.value.clone(),
        name: file.name.clone(),
        component: file.component,
        platforms: file.platforms.iter().flatten().map(|p| p.value.clone()).collect(),
        when: conditions(&file.when),
        meter: meter?,
        unit: pricing_unit?,
        measured_as: measured_as?,
        month: month?,
        tiering: file.tiering?,
        billable_round_up,
        rows,
        usage_types: file.usage_types.clone(),
        provider_ids: file.provider_ids.clone(),
        note: file.note.clone(),
    };
    check_meter::check(p, file, &sku);
    Some(sku)
}

fn meter(source: &Source, file: &MeterFile) -> Result<Meter> {
    let time = |field: &Option<Field>| match field {
        Some(f) => source.parse(f, parse::duration),
        None => Ok(SimDuration::ZERO),
    };
    let text = |field: &Option<Field>| field.as_ref().map(|f| f.value.clone());
    let carry = file.prepaid_carry.as_ref();
    Ok(Meter {
        clock: file.clock,
        pools: file.pool.clone(),
        weight: file.weight.as_ref().map(|w| Weight {
            setting: w.setting.value.clone(),
            less: text(&w.less),
            round_up_to: text(&w.round_up_to),
            minimum: text(&w.minimum),
            maximum: text(&w.maximum),
        }),
        startup: file.include.contains(&Phase::Startup),
        shutdown: file.include.contains(&Phase::Shutdown),
        round_up: time(&file.round_up)?,
        minimum: time(&file.minimum)?,
        prepaid_carry: carry
            .map(|c| source.parse(&c.publish_every, parse::duration))
            .transpose()?,
        free_per_request: match &file.free_per_request {
            Some(f) => source.parse(f, parse::bytes)?,
            None => 0,
        },
        bytes: file.bytes.clone(),
        of: file.of,
        step: file.step.as_ref().map_or(Ok(0), |f| source.parse(f, parse::bytes))?,
        minimum_bytes: file
            .minimum_bytes
            .as_ref()
            .map_or(Ok(0), |f| source.parse(f, parse::bytes))?,
        direction: file.direction,
        capacity: file.capacity.as_ref().map(|c| capacity(source, c)).transpose()?,
    })
}

fn capacity(source: &Source, file: &CapacityFile) -> Result<Capacity> {
    let units = |f: &Field| {
        let n = source.parse(f, parse::count)?;
        Ok(u32::try_from(n).unwrap_or(u32::MAX))
    };
    Ok(Capacity {
        window: source.parse(&file.window, parse::duration)?,
        take: file.take,
        whole: file.whole,
        minimum: file.minimum.as_ref().map_or(Ok(0), units)?,
        steps: each(&file.steps, units)?,
        units: file.units.as_ref().map(|f| f.value.clone()),
        of: each(&file.of, |load| {
            let bytes = matches!(load.load, Load::Bytes | Load::MessageBytes);
            let amount = if bytes { parse::bytes } else { parse::count };
            Ok(UnitLoad {
                load: load.load,
                per_unit: source.parse(&load.per_unit, amount)?,
                every: load.every.as_ref().map(|f| source.parse(f, parse::duration)).transpose()?,
                direction: load.direction,
                times: load.times.iter().map(|f| f.value.clone()).collect(),
                multiplier: 1,
            })
        })?,
    })
}

/// The row of one price; its `effective_from` is where mistakes of the whole row are shown.
fn price_row(p: &mut Problems<'_>, file: &PriceFile) -> Option<PriceRow> {
    let from = p.parse(&file.effective_from, parse::date);
    let until = p.maybe(file.effective_until.as_ref(), parse::date);
    let evidence = cited_row!(p, file);
    let regions = match (&file.regions, &file.group, file.all_regions) {
        (Some(names), None, None) => {
            Some(Regions::Listed(names.iter().map(|n| n.value.clone()).collect()))
        }
        (None, Some(group), None) => Some(Regions::Group(group.value.clone())),
        (None, None, Some(true)) => Some(Regions::All),
        _ => {
            p.error(p.source.error(
                &file.effective_from,
                "a price row needs exactly one of `regions`, `group` and `all_regions: true`",
                "in this row",
            ));
            None
        }
    };
    let tiers = tiers(p, file);
    Some(PriceRow {
        regions: regions?,
        from: from?,
        until: until?,
        gap_after: file.gap_after.as_ref().map(|f| f.value.clone()),
        status: file.status,
        multiplied: file.multiplied,
        tiers: tiers?,
        evidence: evidence?,
    })
}

fn tiers(p: &mut Problems<'_>, file: &PriceFile) -> Option<Vec<Tier>> {
    let note = file.note.as_ref();
    match (&file.unit_price, file.tiers.as_slice()) {
        (Some(price), []) => {
            Some(vec![Tier { from: Decimal::ZERO, unit_price: unit_price(p, price, note)? }])
        }
        (None, written @ [_, ..]) => {
            let tiers = p.each(written, |p, tier| {
                let (from, price) = (decimal(p, &tier.from), unit_price(p, &tier.unit_price, note));
                Some(Tier { from: from?, unit_price: price? })
            });
            (tiers.len() == written.len()).then_some(tiers)
        }
        _ => {
            p.error(p.source.error(
                &file.effective_from,
                "a price row needs either `unit_price` or `tiers`",
                "in this row",
            ));
            None
        }
    }
}

fn allowance(p: &mut Problems<'_>, file: &AllowanceFile) -> Option<Allowance> {
    let evidence = cited!(p, file);
    let size = match (&file.quantity, &file.money, &file.per) {
        (Some(q), None, None) => decimal(p, q).map(AllowanceSize::Quantity),
        (None, Some(m), None) => decimal(p, m).map(|m| AllowanceSize::Money(Money(m))),
        (None, None, Some(per)) => {
            let sku = per.sku.value.clone();
            decimal(p, &per.quantity).map(|quantity| AllowanceSize::Per { sku, quantity })
        }
        _ => {
            let message = "an allowance needs exactly one of `quantity`, `money` and `per`";
            p.error(p.source.error(&file.id, message, "this one"));
            None
        }
    };
    Some(Allowance {
        id: file.id.value.clone(),
        name: file.name.clone(),
        skus: file.skus.iter().map(|s| s.value.clone()).collect(),
        size: size?,
        when: conditions(&file.when),
        pools: file.pools.clone(),
        included: file.included,
        shared_as: file.shared_as.as_ref().map(|f| f.value.clone()),
        evidence: evidence?,
    })
}

fn fee(p: &mut Problems<'_>, file: &FeeFile) -> Option<Fee> {
    let price = unit_price(p, &file.unit_price, file.note.as_ref());
    let from = p.parse(&file.effective_from, parse::date);
    let until = p.maybe(file.effective_until.as_ref(), parse::date);
    let evidence = cited!(p, file);
    Some(Fee {
        id: file.id.value.clone(),
        name: file.name.clone(),
        when: conditions(&file.when),
        unit_price: price?,
        quantity: file.quantity.as_ref().map(|q| q.value.clone()),
        shared_as: file.shared_as.as_ref().map(|f| f.value.clone()),
        from: from?,
        until: until?,
        status: file.status,
        evidence: evidence?,
    })
}

fn commitment(p: &mut Problems<'_>, file: &CommitmentFile) -> Option<Commitment> {
    let percent = decimal(p, &file.percent);
    if percent.is_some_and(|percent| percent > Decimal::ONE_HUNDRED) {
        p.error(p.source.error(&file.percent, "a discount of more than 100 %", "in percent"));
    }
    let evidence = cited!(p, file);
    Some(Commitment {
        id: file.id.value.clone(),
        name: file.name.clone(),
        when: conditions(&file.when),
        percent: percent?,
        skus: file.skus.iter().map(|s| s.value.clone()).collect(),
        evidence: evidence?,
    })
}
