//! The whole estimate: resolve, replay, meter, bill.

use super::assumed;
use super::context::{Accounts, Context, MONTH, accounts, context, negotiated};
use super::counters::Counters;
use super::overflow::Spill;
use super::play::{Counted, Job, play_all};
use super::side::Side;
use super::source::Arrivals;
use super::traces::Traces;
use super::unit_price::{self, ClockPrice};
use super::usage::{self, StatedUsage};
use super::workload::{Workload, resolve};
use super::{Consumption, Estimate, Options, Played, Projection, Terms, TraceLoader};
use crate::billing::{Period, Rates, ServiceUsage, Span, Statement, UsageLine, bill_at};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::pricing::{Book, Service};
use crate::replay::{Behavior, Block};
use crate::units::{SimDuration, SimTime};
use crate::workload::{Assumption, ScenarioFile};
use chrono::NaiveDate;
use std::collections::BTreeSet;

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
    let mut one = estimates(source, book, std::slice::from_ref(options), loader)?;
    one.pop().unwrap_or_else(|| Err(Box::new(Diagnostic::input("there is nothing to estimate"))))
}

/// Estimates a scenario in several variants, in their order: traces are read once, and requests that
/// variants share are produced once and replayed on all at the same time.
///
/// # Errors
/// When the scenario cannot be read; a mistake that concerns one variant is that one's result.
pub fn estimates(
    source: &Source,
    book: &Book,
    variants: &[Options],
    loader: &mut dyn TraceLoader,
) -> Result<Vec<Result<Estimate>>> {
    source.yaml::<ScenarioFile>()?;
    let variants: Vec<_> = variants.iter().map(|options| Variant { source, options }).collect();
    Estimator::new(book, loader).run(&variants)
}

/// Estimates scenarios, each with its own prices and paths, in their order: a trace is read once, and
/// requests that some of them share are produced once and replayed on all at the same time.
///
/// # Errors
/// When a trace cannot be read to its end; a mistake that concerns one side is that one's result.
pub fn sides(sides: &[Side<'_>], loader: &mut dyn TraceLoader) -> Result<Vec<Result<Estimate>>> {
    together(sides, &mut Traces::new(loader))
}

fn together(sides: &[Side<'_>], traces: &mut Traces<'_>) -> Result<Vec<Result<Estimate>>> {
    let files: Vec<Result<ScenarioFile>> = sides.iter().map(|s| s.source.yaml()).collect();
    let prepared: Vec<Result<Prepared<'_>>> = sides
        .iter()
        .zip(&files)
        .map(|(side, file)| {
            let file = file.as_ref().map_err(Clone::clone)?;
            traces.enter(side.folder);
            Prepared::new(side.source, side.book, side.options, file, traces)
        })
        .collect();
    let jobs = prepared.iter().flatten().flat_map(Prepared::jobs).collect();
    let mut counted = play_all(jobs)?.into_iter();
    Ok(prepared
        .into_iter()
        .map(|prepared| {
            let prepared = prepared?;
            let own = counted.by_ref().take(prepared.used.workloads.len()).collect();
            prepared.finish(own)
        })
        .collect())
}

/// A scenario, and what is decided over and above it.
#[derive(Clone, Copy, Debug)]
pub struct Variant<'a> {
    /// The scenario.
    pub source: &'a Source,
    /// What the caller decides.
    pub options: &'a Options,
}

/// Estimates scenarios and keeps the traces they name.
pub struct Estimator<'a> {
    book: &'a Book,
    traces: Traces<'a>,
}

impl<'a> Estimator<'a> {
    /// An estimator that has read no trace yet.
    pub fn new(book: &'a Book, loader: &'a mut dyn TraceLoader) -> Self {
        Self { book, traces: Traces::new(loader) }
    }

    /// The price book.
    #[must_use]
    pub const fn book(&self) -> &'a Book {
        self.book
    }

    /// Estimates variants, in their order; requests that they share are produced once and replayed on
    /// all at the same time.
    ///
    /// # Errors
    /// When a trace cannot be read to its end; a mistake that concerns one variant is that one's result.
    pub fn run(&mut self, variants: &[Variant<'_>]) -> Result<Vec<Result<Estimate>>> {
        let book = self.book;
        let sides: Vec<_> = variants
            .iter()
            .map(|Variant { source, options }| Side { source, folder: "", book, options })
            .collect();
        together(&sides, &mut self.traces)
    }

    /// Plays one workload each, by its index in the scenario, with its stages and what takes its overflow,
    /// and bills nothing.
    ///
    /// # Errors
    /// As [`Estimator::run`].
    pub fn play(&mut self, wanted: &[(Variant<'_>, usize)]) -> Result<Vec<Result<Played<'a>>>> {
        let files: Vec<Result<ScenarioFile>> =
            wanted.iter().map(|(v, _)| v.source.yaml()).collect();
        let prepared: Vec<Result<Prepared<'_>>> = wanted
            .iter()
            .zip(&files)
            .map(|((Variant { source, options }, index), file)| {
                let file = file.as_ref().map_err(Clone::clone)?;
                let prepared = Prepared::new(source, self.book, options, file, &mut self.traces)?;
                prepared.workload(*index)?;
                Ok(prepared)
            })
            .collect();
        let both = || wanted.iter().map(|w| w.1).zip(&prepared);
        let jobs = both().flat_map(|(index, prepared)| {
            let prepared = prepared.as_ref().ok();
            prepared.into_iter().flat_map(move |p| {
                p.parts(index).into_iter().filter_map(move |part| p.jobs().nth(part))
            })
        });
        let mut counted = play_all(jobs.collect())?.into_iter();
        let result = |(index, prepared): (usize, &Result<Prepared<'_>>)| {
            let prepared = prepared.as_ref().map_err(Clone::clone)?;
            // All of it is taken before anything can fail: what comes next is of the next workload.
            let parts = prepared.parts(index);
            let counted: Vec<_> = counted.by_ref().take(parts.len()).collect();
            let played = parts.into_iter().zip(counted);
            let played = played.map(|(part, counted)| prepared.played(part, counted, self.book));
            let nothing = || Box::new(Diagnostic::input("nothing was played"));
            Played::of(played.collect::<Result<_>>()?).ok_or_else(nothing)
        };
        Ok(both().map(result).collect())
    }

    /// How a scenario's usage is billed.
    ///
    /// # Errors
    /// As [`estimate`].
    pub fn terms(&mut self, variant: Variant<'_>) -> Result<Terms<'a>> {
        let book = self.book;
        self.prepared(variant, |prepared| {
            let mut stated = Consumption::default();
            for usage in &prepared.used.stated {
                let (service, line) = usage.line(None, 0, prepared.month())?;
                stated.services.push((service, prepared.accounts[&service.id].clone()));
                stated.lines.push((service, line));
            }
            let stated = Consumption::of(book, &stated);
            Ok(Terms { period: prepared.period(), rates: prepared.rates.clone(), stated })
        })
    }

    /// The requests of one workload, as they are replayed, and how its platform behaves: for what no
    /// bill tells. `workload` is its index in the estimate.
    ///
    /// # Errors
    /// As [`estimate`]; also when `each` fails, or there is no such workload.
    pub fn stream(
        &mut self,
        variant: Variant<'_>,
        workload: usize,
        each: &mut dyn FnMut(&Block) -> Result<()>,
    ) -> Result<Stream> {
        self.prepared(variant, |prepared| {
            let w = prepared.workload(workload)?;
            for part in w.requests.parts() {
                each(&w.requests.complete(&part?)?)?;
            }
            Ok(prepared.stream(w))
        })
    }

    /// What [`Estimator::stream`] returns, without its requests.
    ///
    /// # Errors
    /// As [`estimate`]; also when there is no such workload.
    pub fn site(&mut self, variant: Variant<'_>, workload: usize) -> Result<Stream> {
        self.prepared(variant, |prepared| Ok(prepared.stream(prepared.workload(workload)?)))
    }

    /// The labels of a workload's trace with their requests in it, and how many have none; empty for a
    /// pattern. `workload` is its index in the scenario.
    ///
    /// # Errors
    /// As [`estimate`]; also when there is no such workload.
    pub fn labels(
        &mut self,
        variant: Variant<'_>,
        workload: usize,
    ) -> Result<(Vec<(String, u64)>, u64)> {
        let requests =
            self.prepared(variant, |prepared| Ok(prepared.workload(workload)?.requests.clone()))?;
        let Arrivals::Trace(trace) = &requests.arrivals else { return Ok((Vec::new(), 0)) };
        let rows = self.traces.rows(trace)?;
        let here = |label: Option<u16>| requests.routes.as_ref().is_none_or(|r| r.has(label));
        let labels = (0..).zip(trace.about().workload_labels()).zip(rows.iter());
        let labels = labels.filter(|((i, _), rows)| **rows > 0 && here(Some(*i)));
        let others = rows.last().copied().filter(|_| here(None)).unwrap_or(0);
        Ok((labels.map(|((_, name), rows)| (name.clone(), *rows)).collect(), others))
    }

    /// About how many requests a variant replays.
    ///
    /// # Errors
    /// As [`estimate`].
    pub fn size(&mut self, variant: Variant<'_>) -> Result<f64> {
        self.prepared(variant, |p| Ok(p.used.workloads.iter().map(|w| w.requests.about()).sum()))
    }

    /// What each SKU of a workload's platform costs; none where a price is not known. `workload` is its
    /// index in the scenario.
    ///
    /// # Errors
    /// As [`estimate`]; also when there is no such workload.
    pub fn prices(
        &mut self,
        variant: Variant<'_>,
        workload: usize,
    ) -> Result<Option<Vec<ClockPrice>>> {
        self.prepared(variant, |prepared| {
            let w = prepared.workload(workload)?;
            let account = &prepared.accounts[&w.deployment.place.service.id];
            let month = prepared.month();
            unit_price::prices(&prepared.context, w, account, &prepared.rates, month)
        })
    }

    /// What is known of a variant before its replay.
    fn prepared<T>(
        &mut self,
        variant: Variant<'_>,
        tell: impl FnOnce(&Prepared<'_>) -> Result<T>,
    ) -> Result<T> {
        let file: ScenarioFile = variant.source.yaml()?;
        let (source, options) = (variant.source, variant.options);
        tell(&Prepared::new(source, self.book, options, &file, &mut self.traces)?)
    }
}

/// What a workload's requests are replayed on, and how they fill the period.
#[derive(Clone, Debug)]
pub struct Stream {
    /// The replayed span.
    pub span: (SimTime, SimTime),
    /// How the platform behaves.
    pub behavior: Behavior,
    /// How the span fills the period.
    pub projection: Projection,
    /// As in [`Replay`](crate::replay::Replay).
    pub clip: bool,
    /// The billed period.
    pub period: SimDuration,
}

/// A scenario with everything decided, before the replay.
struct Prepared<'a> {
    context: Context<'a>,
    file: &'a ScenarioFile,
    used: Used<'a>,
    counters: Vec<(Counters, Option<Spill>)>,
    accounts: Accounts,
    rates: Rates,
    assumptions: Vec<Assumption>,
    warnings: Vec<String>,
}

impl<'a> Prepared<'a> {
    fn new(
        source: &'a Source,
        book: &'a Book,
        options: &'a Options,
        file: &'a ScenarioFile,
        traces: &mut Traces<'_>,
    ) -> Result<Self> {
        let mut assumptions = Vec::new();
        let context = context(source, book, options, file, &mut assumptions)?;
        if file.workloads.is_empty() && file.usage.is_empty() {
            return Err(Box::new(
                Diagnostic::input("the scenario has no workloads")
                    .note(format!("in {}", source.name()))
                    .hint("add one under `workloads:`, or state usage under `usage:`"),
            ));
        }
        let mut warnings = Vec::new();
        let rates = negotiated(&context, file, &mut warnings)?;
        let mut names = BTreeSet::new();
        let (mut workloads, mut apart) = (Vec::new(), Vec::new());
        for (index, w) in file.workloads.iter().enumerate() {
            if !names.insert(&w.name.value) {
                let message = format!("two workloads are called `{}`", w.name.value);
                let label = "already the name of another";
                return Err(Box::new(source.error(&w.name, message, label)));
            }
            let inherited = (file.platform.as_ref(), file.llm.as_ref());
            let mut parts =
                resolve(&context, file.draws_as(index), w, inherited, traces)?.into_iter();
            workloads.extend(parts.next());
            apart.extend(parts);
        }
        if let Some(taken) = apart.iter().find(|stage: &&Workload<'_>| names.contains(&stage.name))
        {
            let message =
                format!("a workload and a stage of another are both called `{}`", taken.name);
            return Err(Box::new(Diagnostic::input(message).hint("rename the workload")));
        }
        workloads.append(&mut apart);
        let stated = usage::of_account(&context, &file.usage)?;
        let services = workloads.iter().flat_map(Workload::services);
        let services = services.chain(stated.iter().map(|s| s.service));
        let accounts = accounts(&context, file, services, &mut assumptions)?;
        for stated in workloads.iter().flat_map(|w| &w.stated).chain(&stated) {
            stated.fits(source, &accounts[&stated.service.id])?;
        }
        let overflows = workloads.iter().filter_map(|w| w.overflow.as_ref().map(|o| (w, &o.name)));
        for (w, name) in overflows {
            if workloads.iter().any(|other| other.name == *name) {
                let message = format!("`{name}` is what the overflow of `{}` is called", w.name);
                return Err(Box::new(Diagnostic::input(message).hint("rename the other workload")));
            }
        }
        let counters = workloads.iter().map(|w| {
            let spill = w.spill(&context, |s| &accounts[&s.id], &rates)?;
            Ok((w.counters(&context, |s| &accounts[&s.id], &rates)?, spill))
        });
        let counters = counters.collect::<Result<_>>()?;
        let used = Used { workloads, stated };
        Ok(Self { context, file, used, counters, accounts, rates, assumptions, warnings })
    }

    /// The workload of an index.
    fn workload(&self, index: usize) -> Result<&Workload<'a>> {
        let missing = || Box::new(Diagnostic::input(format!("there is no workload {index}")));
        self.used.workloads.get(index).ok_or_else(missing)
    }

    /// The indices of a workload of the scenario and of those of its stages that have a platform of
    /// their own.
    fn parts(&self, index: usize) -> Vec<usize> {
        let all = &self.used.workloads;
        let of = all.get(index).map(|w| format!("{}/", w.name)).unwrap_or_default();
        let stages = self.file.workloads.len()..all.len();
        std::iter::once(index).chain(stages.filter(|i| all[*i].name.starts_with(&of))).collect()
    }

    /// What came of one part of a workload, and of what takes its overflow.
    fn played<'b>(&self, part: usize, counted: Counted, book: &'b Book) -> Result<Played<'b>> {
        let (mut own, mut next) = counted;
        let w = self.workload(part)?;
        if let Some(next) = &mut next {
            own.see_on_the_way(next);
            next.paths.clear();
        }
        let (mut used, mut estimates) = (Consumption::default(), Vec::new());
        let behind = w.overflow.as_deref().zip(next);
        for (w, counters) in std::iter::once((w, own)).chain(behind) {
            let outcome = w.outcome(counters, self.period())?;
            let account = |s: &'_ Service| self.accounts[&s.id].clone();
            used.services.extend(w.services().map(|s| (s, account(s))));
            used.lines.extend(outcome.usage);
            used.tokens.extend(outcome.tokens);
            estimates.push(outcome.estimate);
        }
        let estimate = estimates.remove(0);
        let used = Consumption::of(book, &used);
        Ok(Played { estimate, others: estimates, used, parts: Vec::new() })
    }

    /// Whether the replayed window is billed as it is.
    fn is_sample(&self) -> bool {
        let workloads = &self.used.workloads;
        !workloads.is_empty() && workloads.iter().all(Workload::is_sample)
    }

    /// The month that monthly units are prorated over.
    fn month(&self) -> SimDuration {
        let long = self.context.period >= SimDuration::from_hours(24 * 28);
        if long && !self.is_sample() { self.context.period } else { MONTH }
    }

    /// What a workload's requests are replayed on.
    fn stream(&self, w: &Workload<'_>) -> Stream {
        Stream {
            span: w.requests.span(),
            behavior: w.behavior(),
            projection: w.requests.projection.clone(),
            clip: w.clips(),
            period: self.context.period,
        }
    }

    /// What is billed.
    fn period(&self) -> Period {
        Period {
            span: Span::from_day(self.context.pricing_date, self.context.period),
            month: self.month(),
            allowances: !self.context.options.no_free_tier,
            fixed_prices: self.context.fixed_prices || self.is_sample(),
        }
    }

    /// Every workload's requests, to be played on its deployment.
    fn jobs(&self) -> impl Iterator<Item = Job<'_>> {
        let counters = self.counters.iter().cloned();
        self.used.workloads.iter().zip(counters).map(|(w, (counters, overflow))| Job {
            requests: &w.requests,
            clip: w.clips(),
            counters,
            overflow,
        })
    }
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

impl<'a> Prepared<'a> {
    /// What the replay has counted, billed.
    fn finish(self, counted: Vec<Counted>) -> Result<Estimate> {
        let period @ Period { span, month, allowances, .. } = self.period();
        let Self { context, file, used, accounts, rates, mut assumptions, mut warnings, .. } = self;
        let Used { workloads, stated } = used;
        let mut services = Services { accounts: &accounts, used: Vec::new() };
        let (mut tokens, mut estimates) = (Vec::new(), Vec::new());
        let mut shapes = Vec::new();
        let several = workloads.len() > 1 || workloads.iter().any(|w| w.overflow.is_some());
        for (w, counted) in in_order(workloads, counted) {
            let outcome = w.outcome(counted, period)?;
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
            shapes.push((outcome.shapes, w.requests.days()));
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
        let statement = bill_at(&services.used, &tokens, period, &rates);
        for (estimate, (shapes, days)) in estimates.iter_mut().zip(shapes) {
            estimate.timeline = shapes.timeline(&estimate.name, &statement, days);
        }
        warnings.extend(statement.remarks.iter().cloned());
        assumptions.extend(assumed::of_the_bill(&statement, &services.used, period));
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
}

/// Every workload with what was counted of it; what takes an overflow after all others.
fn in_order<'a>(
    workloads: Vec<Workload<'a>>,
    counted: Vec<Counted>,
) -> impl Iterator<Item = (Workload<'a>, Counters)> {
    let (mut first, mut behind) = (Vec::new(), Vec::new());
    for (mut w, (mut own, next)) in workloads.into_iter().zip(counted) {
        if let (Some(mut overflow), Some(mut next)) = (w.overflow.take(), next) {
            own.see_on_the_way(&next);
            next.paths.clear();
            overflow.paths.clear();
            behind.push((*overflow, next));
        }
        first.push((w, own));
    }
    first.into_iter().chain(behind)
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

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
