//! Service files: text to values, each mistake at its place.

use super::super::category::CATEGORIES;
use super::super::file::{
    AllowanceFile, CapacityFile, CommitmentFile, FeeFile, MeterFile, PlatformFile, PriceFile,
    ServiceFile, SettingFile, SkuFile,
};
use super::super::{
    Allowance, AllowanceSize, BillableRoundUp, Capacity, Choice, Commitment, Confidence, Evidence,
    Fee, Load, Meter, Phase, Platform, PriceRow, Region, Regions, Service, SettingSpec, Sku, Tier,
    UnitLoad, Weight,
};
use crate::diagnostic::{Field, Result, Source, suggest};
use crate::units::parse::{self, ParseError};
use crate::units::{Money, PricingUnit, SimDuration, UnitPrice};
use rust_decimal::Decimal;

/// The evidence of anything that carries `source`, `checked_on`, `confidence` and `note`.
macro_rules! cited {
    ($source:expr, $file:expr) => {
        $crate::pricing::load::convert::evidence(
            $source,
            &$file.source,
            &$file.checked_on,
            $file.confidence,
            $file.note.as_ref(),
        )
    };
}
pub(super) use cited;

pub(super) fn service(source: &Source, file: &ServiceFile) -> Result<Service> {
    schema(source, &file.schema, &file.billing_currency)?;
    file_name(source, &file.service)?;
    let regions = file.regions.iter().map(|(id, r)| {
        let multiplier = r.multiplier.as_ref().map(|f| source.parse(f, decimal)).transpose()?;
        Ok((id.clone(), Region { name: r.name.clone(), group: r.group.clone(), multiplier }))
    });
    Ok(Service {
        id: file.service.value.clone(),
        provider_name: file.service_provider_name.clone(),
        service_name: file.service_name.clone(),
        category: category(source, &file.service_category)?,
        subcategory: subcategory(
            source,
            &file.service_category,
            file.service_subcategory.as_ref(),
        )?,
        bill_names: file.bill_names.clone(),
        default_region: file.default_region.value.clone(),
        regions: regions.collect::<Result<_>>()?,
        account: settings(source, &file.account)?,
        platforms: each(&file.platforms, |p| platform(source, p))?,
        skus: each(&file.skus, |s| sku(source, s))?,
        allowances: each(&file.allowances, |a| allowance(source, a))?,
        fees: each(&file.fees, |f| fee(source, f))?,
        commitments: each(&file.commitments, |c| commitment(source, c))?,
    })
}

pub(super) fn each<T, U>(items: &[T], convert: impl FnMut(&T) -> Result<U>) -> Result<Vec<U>> {
    items.iter().map(convert).collect()
}

pub(super) fn schema(source: &Source, schema: &Field, currency: &Field) -> Result<()> {
    if schema.value != "1" {
        return Err(Box::new(source.error(
            schema,
            "unknown price file schema",
            "this program reads schema 1",
        )));
    }
    if currency.value != "USD" {
        return Err(Box::new(source.error(
            currency,
            "only USD price files can be billed",
            "expected USD",
        )));
    }
    Ok(())
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
fn subcategory(source: &Source, category: &Field, field: Option<&Field>) -> Result<String> {
    let Some(field) = field else { return Ok(format!("Other ({})", category.value)) };
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
pub(super) fn file_name(source: &Source, service: &Field) -> Result<()> {
    let stem = source.name().rsplit('/').next().unwrap_or_default().trim_end_matches(".yaml");
    if stem == service.value {
        return Ok(());
    }
    Err(Box::new(
        source
            .error(service, format!("service `{}` is in a file called `{stem}`", service.value), "")
            .hint(format!("rename the file to `{}.yaml`", service.value)),
    ))
}

pub(super) fn decimal(text: &str) -> std::result::Result<Decimal, ParseError> {
    text.parse::<UnitPrice>()
        .map(|p| p.0)
        .ok()
        .filter(|d| !d.is_sign_negative())
        .ok_or_else(|| ParseError::new(text, "a decimal that is not negative, at most 28 digits"))
}

pub(super) fn unit_price(text: &str) -> std::result::Result<UnitPrice, ParseError> {
    text.parse::<UnitPrice>().ok().filter(|p| !p.0.is_sign_negative() && !p.0.is_zero()).ok_or_else(
        || {
            ParseError::new(
                text,
                "a positive price of at most 28 digits; leave out what is unknown",
            )
        },
    )
}

pub(super) fn evidence(
    source: &Source,
    cited: &Field,
    checked_on: &Field,
    confidence: Confidence,
    note: Option<&String>,
) -> Result<Evidence> {
    if cited.value.trim().is_empty() {
        return Err(Box::new(source.error(cited, "missing source", "say where this comes from")));
    }
    Ok(Evidence {
        source: cited.value.clone(),
        checked_on: source.parse(checked_on, parse::date)?,
        confidence,
        note: note.cloned(),
    })
}

fn settings(
    source: &Source,
    files: &std::collections::BTreeMap<String, SettingFile>,
) -> Result<std::collections::BTreeMap<String, SettingSpec>> {
    files.iter().map(|(name, file)| Ok((name.clone(), setting(source, file)?))).collect()
}

fn setting(source: &Source, file: &SettingFile) -> Result<SettingSpec> {
    let text = |field: &Option<Field>| field.as_ref().map(|f| f.value.clone());
    let choices = file.values.0.iter().map(|(name, fixes)| {
        let mut fixes = fixes.clone();
        Choice { name: name.clone(), same_as: fixes.remove("same_as"), fixes }
    });
    let spec = SettingSpec {
        default: text(&file.default),
        minimum: text(&file.minimum),
        maximum: text(&file.maximum),
        step: text(&file.step),
        choices: choices.collect(),
        evidence: cited!(source, file)?,
    };
    if let Some(default) = &file.default
        && let Err(refusal) = spec.check(&default.value)
    {
        return Err(Box::new(
            source
                .error(default, "the default is not an allowed value", refusal.label)
                .note(format!("allowed: {}", refusal.allowed)),
        ));
    }
    Ok(spec)
}

fn platform(source: &Source, file: &PlatformFile) -> Result<Platform> {
    Ok(Platform {
        id: file.id.value.clone(),
        name: file.name.clone(),
        aliases: file.aliases.clone(),
        scaling: file.scaling,
        warm_capacity: file.warm_capacity,
        transports: file.transports.clone(),
        carries_egress: file.carries_egress,
        evidence: cited!(source, file)?,
        settings: settings(source, &file.settings)?,
    })
}

fn unit(source: &Source, field: &Field) -> Result<PricingUnit> {
    PricingUnit::named(&field.value).ok_or_else(|| {
        Box::new(
            source
                .error(field, format!("unknown unit `{}`", field.value), "not a pricing unit")
                .note(format!("known units: {}", suggest::list(PricingUnit::names())))
                .maybe_hint(suggest::did_you_mean(&field.value, PricingUnit::names())),
        )
    })
}

fn sku(source: &Source, file: &SkuFile) -> Result<Sku> {
    let pricing_unit = unit(source, &file.pricing_unit)?;
    let measured_as = match &file.measured_as {
        Some(field) => unit(source, field)?,
        None => pricing_unit,
    };
    if measured_as.dimension != pricing_unit.dimension {
        return Err(Box::new(source.error(
            &file.pricing_unit,
            format!("`{}` cannot be measured as `{}`", pricing_unit.name, measured_as.name),
            "the two units count different things",
        )));
    }
    Ok(Sku {
        id: file.sku_id.value.clone(),
        name: file.name.clone(),
        component: file.component,
        platforms: file.platforms.iter().flatten().map(|p| p.value.clone()).collect(),
        when: file.when.clone(),
        meter: meter(source, &file.meter.value)?,
        unit: pricing_unit,
        measured_as,
        month: file.month.as_ref().map(|f| source.parse(f, parse::duration)).transpose()?,
        tiering: file.tiering,
        billable_round_up: match &file.billable_round_up {
            Some(r) => Some(BillableRoundUp {
                to: source.parse(&r.to, unit_price)?.0,
                when: r.when.clone(),
            }),
            None => None,
        },
        rows: each(&file.prices, |p| price_row(source, p))?,
        usage_types: file.usage_types.clone(),
        provider_ids: file.provider_ids.clone(),
    })
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
            })
        })?,
    })
}

fn price_row(source: &Source, file: &PriceFile) -> Result<PriceRow> {
    let from = source.parse(&file.effective_from, parse::date)?;
    let regions = match (&file.regions, &file.group, file.all_regions) {
        (Some(names), None, None) => {
            Regions::Listed(names.iter().map(|n| n.value.clone()).collect())
        }
        (None, Some(group), None) => Regions::Group(group.value.clone()),
        (None, None, Some(true)) => Regions::All,
        _ => {
            return Err(Box::new(source.error(
                &file.effective_from,
                "a price row needs exactly one of `regions`, `group` and `all_regions: true`",
                "in this row",
            )));
        }
    };
    let tiers = match (&file.unit_price, file.tiers.as_slice()) {
        (Some(price), []) => {
            vec![Tier { from: Decimal::ZERO, unit_price: source.parse(price, unit_price)? }]
        }
        (None, [_, ..]) => each(&file.tiers, |t| {
            Ok(Tier {
                from: source.parse(&t.from, decimal)?,
                unit_price: source.parse(&t.unit_price, unit_price)?,
            })
        })?,
        _ => {
            return Err(Box::new(source.error(
                &file.effective_from,
                "a price row needs either `unit_price` or `tiers`",
                "in this row",
            )));
        }
    };
    Ok(PriceRow {
        regions,
        from,
        until: file.effective_until.as_ref().map(|f| source.parse(f, parse::date)).transpose()?,
        status: file.status,
        multiplied: file.multiplied,
        tiers,
        evidence: cited!(source, file)?,
    })
}

fn allowance(source: &Source, file: &AllowanceFile) -> Result<Allowance> {
    let size = match (&file.quantity, &file.money, &file.per) {
        (Some(q), None, None) => AllowanceSize::Quantity(source.parse(q, decimal)?),
        (None, Some(m), None) => AllowanceSize::Money(Money(source.parse(m, decimal)?)),
        (None, None, Some(per)) => AllowanceSize::Per {
            sku: per.sku.value.clone(),
            quantity: source.parse(&per.quantity, decimal)?,
        },
        _ => {
            return Err(Box::new(source.error(
                &file.id,
                "an allowance needs exactly one of `quantity`, `money` and `per`",
                "this one",
            )));
        }
    };
    Ok(Allowance {
        id: file.id.value.clone(),
        name: file.name.clone(),
        skus: file.skus.iter().map(|s| s.value.clone()).collect(),
        size,
        when: file.when.clone(),
        pools: file.pools.clone(),
        included: file.included,
        shared_as: file.shared_as.as_ref().map(|f| f.value.clone()),
        evidence: cited!(source, file)?,
    })
}

fn fee(source: &Source, file: &FeeFile) -> Result<Fee> {
    Ok(Fee {
        id: file.id.value.clone(),
        name: file.name.clone(),
        when: file.when.clone(),
        unit_price: source.parse(&file.unit_price, unit_price)?,
        quantity: file.quantity.as_ref().map(|q| q.value.clone()),
        from: source.parse(&file.effective_from, parse::date)?,
        until: file.effective_until.as_ref().map(|f| source.parse(f, parse::date)).transpose()?,
        status: file.status,
        evidence: cited!(source, file)?,
    })
}

fn commitment(source: &Source, file: &CommitmentFile) -> Result<Commitment> {
    Ok(Commitment {
        name: file.name.clone(),
        when: file.when.clone(),
        percent: source.parse(&file.percent, decimal)?,
        skus: file.skus.iter().map(|s| s.value.clone()).collect(),
        evidence: cited!(source, file)?,
    })
}
