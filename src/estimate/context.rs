//! What all workloads of an estimate share: dates, seed, rates and account options.

use super::deployment::{account, seed};
use super::{MOST_TRAFFIC, Options, Spike, rates};
use crate::billing::Rates;
use crate::diagnostic::{Diagnostic, Field, Result, Source, suggest};
use crate::pricing::{Book, Service};
use crate::units::SimDuration;
use crate::units::parse::{date, duration};
use crate::workload::{Assumption, Origin, ScenarioFile};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A month when nobody says which.
pub(super) const MONTH: SimDuration = SimDuration::from_hours(730);

/// What all workloads of an estimate share.
pub(super) struct Context<'a> {
    pub(super) book: &'a Book,
    pub(super) source: &'a Source,
    pub(super) options: &'a Options,
    pub(super) seed: u64,
    /// How many times the arrivals come.
    pub(super) traffic: Decimal,
    pub(super) period: SimDuration,
    /// `repeat`, `scale` or `none`; the program's choice otherwise.
    pub(super) projection: Option<&'a str>,
    pub(super) pricing_date: NaiveDate,
    /// Whether the prices of that day hold throughout the period.
    pub(super) fixed_prices: bool,
}

pub(super) fn context<'a>(
    source: &'a Source,
    book: &'a Book,
    options: &'a Options,
    file: &'a ScenarioFile,
    assumptions: &mut Vec<Assumption>,
) -> Result<Context<'a>> {
    let mut note = |subject: &str, value: String, given: bool| {
        let origin = if given { Origin::Given } else { Origin::Assumed };
        assumptions.push(Assumption::new(subject, value, origin));
    };
    let written = file.pricing_date.as_ref().map(|f| source.parse(f, date)).transpose()?;
    let chosen = options.pricing_date.or(written);
    let pricing_date = chosen.unwrap_or(options.today);
    note("pricing_date", pricing_date.to_string(), chosen.is_some());
    let period = match &file.period {
        Some(field) => positive(source, field)?,
        None => MONTH,
    };
    note("period", period.to_string(), file.period.is_some());
    let given_seed = file.seed.as_ref().map(|f| source.parse(f, seed)).transpose()?;
    let chosen = options.seed.or(given_seed);
    note("seed", chosen.unwrap_or(1).to_string(), chosen.is_some());
    if let Some(field) = &file.projection
        && !["repeat", "scale", "none"].contains(&field.value.as_str())
    {
        let allowed = ["repeat", "scale", "none"];
        let message = format!("unknown projection `{}`", field.value);
        return Err(Box::new(
            source
                .error(field, message, "not a way to fill a month")
                .note(format!("allowed: {}", suggest::list(allowed)))
                .maybe_hint(suggest::did_you_mean(&field.value, allowed)),
        ));
    }
    let traffic = traffic(options, assumptions)?;
    timeline(options, period)?;
    Ok(Context {
        book,
        source,
        options,
        seed: chosen.unwrap_or(1),
        traffic,
        period,
        projection: file.projection.as_ref().map(|f| f.value.as_str()),
        pricing_date,
        fixed_prices: fixed_prices(source, options, file, assumptions)?,
    })
}

/// Most spans of time that are told apart.
const MOST_SPANS: i64 = 10_000;

/// A month by the second is no timeline.
fn timeline(options: &Options, period: SimDuration) -> Result<()> {
    let Some(width) = options.timeline else { return Ok(()) };
    if width > SimDuration::ZERO && period.0 / width.0 < MOST_SPANS {
        return Ok(());
    }
    let message = format!("{period} cannot be told apart in spans of {width}");
    let most = format!("expected at most {MOST_SPANS} spans");
    Err(Box::new(Diagnostic::input(message).note(most).hint("for example `--timeline 1h`")))
}

/// How many times the arrivals come, spike apart.
fn traffic(options: &Options, assumptions: &mut Vec<Assumption>) -> Result<Decimal> {
    let factors = options.traffic.iter().chain(options.spike.iter().map(|s| &s.factor));
    let wrong = |f: &&Decimal| **f <= Decimal::ZERO || **f > MOST_TRAFFIC;
    if let Some(factor) = factors.clone().find(wrong) {
        let message = format!("arrivals cannot come {} times", factor.normalize());
        let most = format!("expected a factor above 0 and at most {MOST_TRAFFIC}");
        return Err(Box::new(Diagnostic::input(message).note(most)));
    }
    if let Some(factor) = options.traffic {
        let words = format!("{}x", factor.normalize());
        let note = "a pattern's rate is multiplied; a trace is copied and thinned, the same rows \
                    at every factor, copies at most 5min apart";
        assumptions.push(Assumption::new("traffic", words, Origin::Given).note(note));
    }
    if let Some(Spike { factor, at, lasts }) = options.spike {
        let factor = factor.normalize();
        let words = format!("{factor}x for {lasts}, {at} after the start");
        assumptions.push(Assumption::new("spike", words, Origin::Given));
    }
    Ok(options.traffic.unwrap_or(Decimal::ONE))
}

/// Whether price changes within the period are left out.
fn fixed_prices(
    source: &Source,
    options: &Options,
    file: &ScenarioFile,
    assumptions: &mut Vec<Assumption>,
) -> Result<bool> {
    let allowed = ["split", "ignore"];
    if let Some(field) = &file.price_changes
        && !allowed.contains(&field.value.as_str())
    {
        let message = format!("unknown way to treat price changes `{}`", field.value);
        return Err(Box::new(
            source
                .error(field, message, "not a way to treat them")
                .note(format!("allowed: {}", suggest::list(allowed)))
                .maybe_hint(suggest::did_you_mean(&field.value, allowed)),
        ));
    }
    let fixed =
        options.fixed_prices || file.price_changes.as_ref().is_some_and(|f| f.value == "ignore");
    if fixed {
        assumptions.push(Assumption::new("price_changes", "ignore", Origin::Given));
    }
    Ok(fixed)
}

/// The negotiated rates: of a file on the command line, or of the scenario.
pub(super) fn negotiated(
    context: &Context<'_>,
    file: &ScenarioFile,
    warnings: &mut Vec<String>,
) -> Result<Rates> {
    let Some(source) = &context.options.rates else {
        return rates::resolve(context.book, context.source, &file.pricing);
    };
    let written = &file.pricing;
    if !(written.discounts.is_empty()
        && written.prices.is_empty()
        && written.commitments.is_empty())
    {
        warnings.push(format!("the rates of {} replace those of the scenario", source.name()));
    }
    rates::resolve(context.book, source, &source.yaml()?)
}

fn positive(source: &Source, field: &Field) -> Result<SimDuration> {
    let period = source.parse(field, duration)?;
    let longest = SimDuration::from_hours(24 * 366);
    if period <= SimDuration::ZERO || period > longest {
        let message = format!("a period of {period} cannot be billed");
        let label = "expected more than 0 and at most 366d";
        return Err(Box::new(source.error(field, message, label)));
    }
    Ok(period)
}

pub(super) type Accounts = BTreeMap<String, BTreeMap<String, String>>;

/// The options of every service in use; options of an unknown service are an error.
pub(super) fn accounts<'a>(
    context: &Context<'_>,
    file: &ScenarioFile,
    services: impl Iterator<Item = &'a Service>,
    assumptions: &mut Vec<Assumption>,
) -> Result<Accounts> {
    for (id, options) in &file.accounts {
        if context.book.service(id).is_none() {
            let names = || context.book.services.iter().map(|s| s.id.as_str());
            let mut d = Diagnostic::input(format!("unknown service `{id}` under `accounts:`"));
            if let Some(field) = options.values().next() {
                let place = context.source.place(field);
                d = d.at(place, "an option of an unknown service");
            }
            return Err(Box::new(
                d.note(format!("known services: {}", suggest::list(names())))
                    .maybe_hint(suggest::did_you_mean(id, names())),
            ));
        }
    }
    let mut accounts = Accounts::new();
    for service in services {
        if !accounts.contains_key(&service.id) {
            let written = file.accounts.get(&service.id);
            let options = account(service, written, context.source, assumptions)?;
            accounts.insert(service.id.clone(), options);
        }
    }
    Ok(accounts)
}
