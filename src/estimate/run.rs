//! The whole estimate: resolve, replay, meter, bill.

use super::play::play_all;
use super::prepared::{Prepared, Stream};
use super::side::Side;
use super::source::Arrivals;
use super::traces::Traces;
use super::unit_price::{self, ClockPrice};
use super::{Consumption, Estimate, Options, Played, Terms, TraceLoader};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::pricing::Book;
use crate::replay::Block;
use crate::workload::ScenarioFile;

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

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
