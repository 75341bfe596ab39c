//! The whole estimate: resolve, replay, meter, bill.

use super::deployment::{account, seed};
use super::usage::{self, StatedUsage};
use super::workload::{Context, Workload, resolve};
use super::{Estimate, Options, TraceLoader, rates};
use crate::billing::{Period, Rates, ServiceUsage, Span, Statement, UsageLine, bill_at};
use crate::diagnostic::{Diagnostic, Field, Result, Source, suggest};
use crate::pricing::{Book, Service};
use crate::units::SimDuration;
use crate::units::parse::{date, duration};
use crate::workload::{Assumption, Origin, ScenarioFile};
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A month when nobody says which.
const MONTH: SimDuration = SimDuration::from_hours(730);
/// Prices looked at longer ago than this are called stale.
const STALE_DAYS: i64 = 180;

/// Estimates a scenario.
///
/// # Errors
/// Any mistake in the scenario or its traces, with its place. Usage without a price is no error: it
/// is in [`crate::billing::Statement::unpriced`].
pub fn estimate(
    source: &Source,
    book: &Book,
    options: &Options,
    loader: &mut dyn TraceLoader,
) -> Result<Estimate> {
    let file: ScenarioFile = source.yaml()?;
    let mut shared = Vec::new();
    let context = context(source, book, options, &file, &mut shared)?;
    if file.workloads.is_empty() && file.usage.is_empty() {
        return Err(Box::new(
            Diagnostic::input("the scenario has no workloads")
                .note(format!("in {}", source.name()))
                .hint("add one under `workloads:`, or state usage under `usage:`"),
        ));
    }
    let mut warnings = Vec::new();
    let rates = negotiated(&context, &file, &mut warnings)?;
    let mut names = BTreeSet::new();
    let mut workloads = Vec::new();
    for (index, w) in file.workloads.iter().enumerate() {
        if !names.insert(&w.name.value) {
            let message = format!("two workloads are called `{}`", w.name.value);
            return Err(Box::new(source.error(&w.name, message, "already the name of another")));
        }
        let inherited = (file.platform.as_ref(), file.llm.as_ref());
        workloads.push(resolve(&context, index, w, inherited, loader)?);
    }
    let stated = usage::of_account(&context, &file.usage)?;
    let services = workloads.iter().flat_map(Workload::services);
    let services = services.chain(stated.iter().map(|s| s.service));
    let accounts = accounts(&context, &file, services, &mut shared)?;
    for stated in workloads.iter().flat_map(|w| &w.stated).chain(&stated) {
        stated.fits(source, &accounts[&stated.service.id])?;
    }
    let used = Used { workloads, stated };
    finish(&context, &file, used, &accounts, &rates, (shared, warnings))
}

fn context<'a>(
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
    Ok(Context {
        book,
        source,
        options,
        seed: chosen.unwrap_or(1),
        period,
        projection: file.projection.as_ref().map(|f| f.value.as_str()),
        pricing_date,
        fixed_prices: fixed_prices(source, options, file, assumptions)?,
    })
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
fn negotiated(
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

type Accounts = BTreeMap<String, BTreeMap<String, String>>;

/// The options of every service in use; options of an unknown service are an error.
fn accounts<'a>(
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

/// What uses something: workloads, and what is stated for the account.
struct Used<'a> {
    workloads: Vec<Workload<'a>>,
    stated: Vec<StatedUsage<'a>>,
}

/// Usage by service, in the order services come up; fees are due even where nothing was used.
struct Services<'a> {
    accounts: &'a Accounts,
    used: Vec<ServiceUsage<'a>>,
}

impl<'a> Services<'a> {
    fn add(&mut self, service: &'a Service, line: Option<UsageLine>) {
        let known = self.used.iter_mut().position(|s| s.service.id == service.id);
        let index = known.unwrap_or_else(|| {
            let account = self.accounts[&service.id].clone();
            self.used.push(ServiceUsage { service, account, lines: Vec::new() });
            self.used.len() - 1
        });
        self.used[index].lines.extend(line);
    }
}

fn finish<'a>(
    context: &Context<'a>,
    file: &ScenarioFile,
    used: Used<'a>,
    accounts: &'a Accounts,
    rates: &Rates,
    (mut assumptions, mut warnings): (Vec<Assumption>, Vec<String>),
) -> Result<Estimate> {
    let Used { workloads, stated } = used;
    let mut services = Services { accounts, used: Vec::new() };
    let (mut tokens, mut estimates) = (Vec::new(), Vec::new());
    let several = workloads.len() > 1;
    let sample = !workloads.is_empty() && workloads.iter().all(Workload::is_sample);
    let long = context.period >= SimDuration::from_hours(24 * 28);
    let month = if long && !sample { context.period } else { MONTH };
    for w in workloads {
        let outcome = w.run(context, month, |service| &accounts[&service.id])?;
        for service in w.services() {
            services.add(service, None);
        }
        for (service, line) in outcome.usage {
            services.add(service, Some(line));
        }
        tokens.extend(outcome.tokens);
        limits(&outcome.estimate, &mut warnings);
        let told = outcome.warnings.into_iter().map(|text| format!("{}: {text}", w.name));
        warnings.extend(told);
        estimates.push(outcome.estimate);
        let paths = w.paths.into_iter().flat_map(|p| p.assumptions);
        for mut a in w.deployment.assumptions.into_iter().chain(paths).chain(w.assumptions) {
            if several {
                a.subject = format!("{}.{}", w.name, a.subject);
            }
            assumptions.push(a);
        }
        warnings.extend(w.warnings.into_iter().map(|text| format!("{}: {text}", w.name)));
    }
    for stated in &stated {
        let (service, line) = stated.line(None, 0, month)?;
        services.add(service, Some(line));
    }
    let allowances = !context.options.no_free_tier;
    let span = Span::from_day(context.pricing_date, context.period);
    let period = Period { span, month, allowances, fixed_prices: context.fixed_prices || sample };
    let statement = bill_at(&services.used, &tokens, period, rates);
    warnings.extend(statement.remarks.iter().cloned());
    if let Some(note) = evenness(&statement, span) {
        let even = Assumption::new("usage over the period", "even", Origin::Assumed);
        assumptions.push(even.note(note));
    }
    stale(&statement, context.pricing_date.max(context.options.today), &mut warnings);
    let name = file.name.clone().unwrap_or_else(|| stem(context.source.name()));
    Ok(Estimate {
        name,
        pricing_date: context.pricing_date,
        period: context.period,
        billing_period: span,
        allowances,
        workloads: estimates,
        statement,
        assumptions,
        warnings,
    })
}

/// Why it matters that usage is taken as even over the period, if it does.
fn evenness(statement: &Statement, span: Span) -> Option<&'static str> {
    if !statement.commitments.is_empty() {
        return Some("commitments are used as if by an even load; peaks above them cost more");
    }
    let split = statement.charges.iter().any(|c| c.charge_period != span)
        || statement.unpriced.iter().any(|u| u.charge_period != span);
    split.then_some("shared by days where prices change")
}

fn stem(path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    file.split('.').next().unwrap_or(file).to_owned()
}

/// What the platform's limits did to the requests.
fn limits(e: &super::WorkloadEstimate, warnings: &mut Vec<String>) {
    let f = &e.facts;
    let mut say = |n: u64, what: &str| {
        if n > 0 {
            warnings.push(format!("{}: {n} of {} requests {what}", e.name, f.requests));
        }
    };
    say(f.timed_out, "were cut by the platform's timeout");
    say(f.rejected, "were rejected: more instances were needed than may run");
    say(f.queue_timeouts, "waited too long for an instance and were rejected");
}

fn stale(statement: &Statement, on: NaiveDate, warnings: &mut Vec<String>) {
    let old = |date: NaiveDate| (on - date).num_days() > STALE_DAYS;
    // What the account itself has agreed needs no checking.
    let listed =
        statement.charges.iter().filter(|c| c.workload.is_some() || c.commitment.is_none());
    let oldest = listed.map(|c| c.evidence.checked_on).min();
    if let Some(date) = oldest.filter(|d| old(*d)) {
        warnings.push(format!(
            "some prices were last checked on {date}, more than {STALE_DAYS} days before {on}"
        ));
    }
}
