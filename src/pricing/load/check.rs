//! What must hold inside a service file beyond the shape of its values.

use super::super::file::{ServiceFile, SkuFile};
use super::super::{Clock, Load, Meter, PriceRow, Regions, Service, Sku, Tiering};
use crate::diagnostic::{Field, Result, Source, suggest};
use crate::units::{Dimension, SimDuration};
use std::collections::BTreeSet;

pub(super) fn service(source: &Source, file: &ServiceFile, service: &Service) -> Result<()> {
    known_region(source, service, &file.default_region)?;
    let mut ids = BTreeSet::new();
    for (sku_file, sku) in file.skus.iter().zip(&service.skus) {
        if !ids.insert(&sku.id) {
            return Err(Box::new(source.error(
                &sku_file.sku_id,
                format!("duplicate SKU `{}`", sku.id),
                "already defined above",
            )));
        }
        self::sku(source, service, sku_file, sku)?;
    }
    for allowance in &file.allowances {
        known_skus(source, service, &allowance.skus)?;
    }
    for commitment in &file.commitments {
        known_skus(source, service, &commitment.skus)?;
    }
    Ok(())
}

fn known_region(source: &Source, service: &Service, field: &Field) -> Result<()> {
    if service.regions.contains_key(&field.value) {
        return Ok(());
    }
    let names = || service.regions.keys().map(String::as_str);
    Err(Box::new(
        source
            .error(field, format!("unknown region `{}`", field.value), "not under `regions:`")
            .maybe_hint(suggest::did_you_mean(&field.value, names())),
    ))
}

fn known_skus(source: &Source, service: &Service, fields: &[Field]) -> Result<()> {
    for field in fields {
        if service.sku(&field.value).is_none() {
            let names = service.skus.iter().map(|s| s.id.as_str());
            return Err(Box::new(
                source
                    .error(field, format!("unknown SKU `{}`", field.value), "not in this file")
                    .maybe_hint(suggest::did_you_mean(&field.value, names)),
            ));
        }
    }
    Ok(())
}

fn sku(source: &Source, service: &Service, file: &SkuFile, sku: &Sku) -> Result<()> {
    for platform in file.platforms.iter().flatten() {
        if !service.platforms.iter().any(|p| p.id == platform.value) {
            let message = format!("unknown platform `{}`", platform.value);
            return Err(Box::new(source.error(platform, message, "not in this file")));
        }
    }
    for name in sku.when.keys() {
        let known = name == "transport"
            || service.account.contains_key(name)
            || service.platforms.iter().any(|p| setting_exists(p, name));
        if !known {
            return Err(Box::new(source.error(
                &file.sku_id,
                format!("condition on unknown setting `{name}`"),
                "in this SKU",
            )));
        }
    }
    if let Some(problem) = meter_problem(&sku.meter) {
        return Err(Box::new(source.error(&file.sku_id, problem, "in the meter of this SKU")));
    }
    if !clock_fits(sku) {
        return Err(Box::new(source.error(
            &file.pricing_unit,
            format!("the meter does not count {}", sku.unit.name),
            "wrong unit for this clock and weight",
        )));
    }
    for (price, row) in file.prices.iter().zip(&sku.rows) {
        for region in price.regions.iter().flatten() {
            known_region(source, service, region)?;
        }
        row_is_sound(source, &price.effective_from, sku, row)?;
    }
    no_overlap(source, service, file, sku)
}

fn setting_exists(platform: &super::super::Platform, name: &str) -> bool {
    platform.settings.contains_key(name)
        || platform
            .settings
            .values()
            .any(|s| s.choices.iter().any(|choice| choice.fixes.contains_key(name)))
}

/// Whether the unit can hold what the clock and weight count.
fn clock_fits(sku: &Sku) -> bool {
    let weighted = sku.meter.weight.is_some();
    match sku.meter.clock {
        Clock::Requests => sku.unit.dimension == Dimension::Count,
        Clock::Starts => {
            sku.unit.dimension == if weighted { Dimension::Bytes } else { Dimension::Count }
        }
        Clock::ResponseBytes | Clock::EgressBytes | Clock::MessageBytes => {
            sku.unit.dimension == Dimension::Bytes
        }
        Clock::RequestSteps | Clock::Messages | Clock::Connections => {
            sku.unit.dimension == Dimension::Count
        }
        Clock::Stated => true,
        Clock::ActiveCpu => sku.unit.dimension == Dimension::CpuTime,
        _ if weighted => matches!(
            sku.unit.dimension,
            Dimension::MemoryTime | Dimension::CpuTime | Dimension::Time
        ),
        _ => sku.unit.dimension == Dimension::Time,
    }
}

/// What is wrong with the fields of a meter that go together, if anything.
fn meter_problem(meter: &Meter) -> Option<String> {
    let needs = |field: &str| Some(format!("this clock needs `{field}:`"));
    match (meter.clock, &meter.capacity) {
        (Clock::Capacity, None) => needs("capacity"),
        (Clock::RequestSteps, _) if meter.step == 0 => needs("step"),
        (clock, Some(_)) if clock != Clock::Capacity => {
            Some("`capacity:` belongs to the clock `capacity`".into())
        }
        (_, Some(c)) if c.window <= SimDuration::ZERO || c.of.iter().any(|l| l.per_unit == 0) => {
            Some("a capacity window and the load of one unit must be more than zero".into())
        }
        (_, Some(c))
            if c.of.iter().any(|l| l.every.is_some() == (l.load == Load::ActiveConnections)) =>
        {
            Some("a rate needs `every:`, and active connections must not have it".into())
        }
        _ => None,
    }
}

fn row_is_sound(source: &Source, at: &Field, sku: &Sku, row: &PriceRow) -> Result<()> {
    let wrong = |message: &str, label: &str| Err(Box::new(source.error(at, message, label)));
    if row.until.is_some_and(|until| until <= row.from) {
        return wrong("a price row ends before it begins", "in this row");
    }
    if !row.tiers.first().is_some_and(|t| t.from.is_zero()) {
        return wrong("the first tier must start at 0", "in this row");
    }
    if row.tiers.windows(2).any(|w| w[0].from >= w[1].from) {
        return wrong("tiers must be in ascending order", "in this row");
    }
    if sku.tiering == Tiering::Flat && row.tiers.len() > 1 {
        return wrong("a flat SKU has one price", "this row has several tiers");
    }
    Ok(())
}

fn no_overlap(source: &Source, service: &Service, file: &SkuFile, sku: &Sku) -> Result<()> {
    let regions = |row: &PriceRow| -> BTreeSet<String> {
        let all = service.regions.iter();
        match &row.regions {
            Regions::All => all.map(|(name, _)| name.clone()).collect(),
            Regions::Group(group) => all
                .filter(|(_, r)| r.group.as_ref() == Some(group))
                .map(|(name, _)| name.clone())
                .collect(),
            Regions::Listed(names) => names.iter().cloned().collect(),
        }
    };
    for (i, row) in sku.rows.iter().enumerate() {
        for (j, other) in sku.rows.iter().enumerate().take(i) {
            let apart = row.until.is_some_and(|until| until <= other.from)
                || other.until.is_some_and(|until| until <= row.from)
                || row.status == super::super::Status::Withdrawn
                || other.status == super::super::Status::Withdrawn;
            if apart {
                continue;
            }
            if let Some(region) = regions(row).intersection(&regions(other)).next() {
                return Err(Box::new(
                    source
                        .error(
                            &file.prices[i].effective_from,
                            format!("two prices of `{}` for {region} overlap in time", sku.id),
                            format!("overlaps row {} of this SKU", j + 1),
                        )
                        .hint("set `effective_until` on the older row"),
                ));
            }
        }
    }
    Ok(())
}
