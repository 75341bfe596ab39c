//! A scenario with everything decided, before its replay.

use super::context::{Accounts, Context, MONTH, accounts, context, negotiated};
use super::counters::Counters;
use super::overflow::Spill;
use super::play::{Counted, Job};
use super::resolve::resolve;
use super::traces::Traces;
use super::usage::{self, StatedUsage};
use super::workload::Workload;
use super::{Consumption, Options, Played, Projection};
use crate::billing::{Period, Rates, Span};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::pricing::{Book, Service};
use crate::replay::Behavior;
use crate::units::{SimDuration, SimTime};
use crate::workload::{Assumption, ScenarioFile};
use std::collections::BTreeSet;

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
pub(super) struct Prepared<'a> {
    pub(super) context: Context<'a>,
    pub(super) file: &'a ScenarioFile,
    pub(super) used: Used<'a>,
    pub(super) counters: Vec<(Counters, Option<Spill>)>,
    pub(super) accounts: Accounts,
    pub(super) rates: Rates,
    pub(super) assumptions: Vec<Assumption>,
    pub(super) warnings: Vec<String>,
}

impl<'a> Prepared<'a> {
    pub(super) fn new(
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
    pub(super) fn workload(&self, index: usize) -> Result<&Workload<'a>> {
        let missing = || Box::new(Diagnostic::input(format!("there is no workload {index}")));
        self.used.workloads.get(index).ok_or_else(missing)
    }

    /// The indices of a workload of the scenario and of those of its stages that have a platform of
    /// their own.
    pub(super) fn parts(&self, index: usize) -> Vec<usize> {
        let all = &self.used.workloads;
        let of = all.get(index).map(|w| format!("{}/", w.name)).unwrap_or_default();
        let stages = self.file.workloads.len()..all.len();
        std::iter::once(index).chain(stages.filter(|i| all[*i].name.starts_with(&of))).collect()
    }

    /// What came of one part of a workload, and of what takes its overflow.
    pub(super) fn played<'b>(
        &self,
        part: usize,
        counted: Counted,
        book: &'b Book,
    ) -> Result<Played<'b>> {
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
    pub(super) fn is_sample(&self) -> bool {
        let workloads = &self.used.workloads;
        !workloads.is_empty() && workloads.iter().all(Workload::is_sample)
    }

    /// The month that monthly units are prorated over.
    pub(super) fn month(&self) -> SimDuration {
        let long = self.context.period >= SimDuration::from_hours(24 * 28);
        if long && !self.is_sample() { self.context.period } else { MONTH }
    }

    /// What a workload's requests are replayed on.
    pub(super) fn stream(&self, w: &Workload<'_>) -> Stream {
        Stream {
            span: w.requests.span(),
            behavior: w.behavior(),
            projection: w.requests.projection.clone(),
            clip: w.clips(),
            period: self.context.period,
        }
    }

    /// What is billed.
    pub(super) fn period(&self) -> Period {
        Period {
            span: Span::from_day(self.context.pricing_date, self.context.period),
            month: self.month(),
            allowances: !self.context.options.no_free_tier,
            fixed_prices: self.context.fixed_prices || self.is_sample(),
        }
    }

    /// Every workload's requests, to be played on its deployment.
    pub(super) fn jobs(&self) -> impl Iterator<Item = Job<'_>> {
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
pub(super) struct Used<'a> {
    pub(super) workloads: Vec<Workload<'a>>,
    pub(super) stated: Vec<StatedUsage<'a>>,
}
