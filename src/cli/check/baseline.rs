//! The scenario and what it is compared with, estimated.

use super::super::files;
use super::args::CheckArgs;
use super::git;
use crate::check::{Baseline, Change};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::diff::{Ledger, causes};
use crate::estimate::{Estimate, Options, Side, TraceLoader, sides};
use crate::pricing::Book;
use std::path::{Path, PathBuf};

/// What was typed.
pub(super) struct Given<'a> {
    pub(super) args: &'a CheckArgs,
    pub(super) book: &'a Book,
    pub(super) source: &'a Source,
    pub(super) folder: &'a Path,
}

/// The baseline as it was found.
enum Found {
    /// A scenario, and where its traces start.
    Scenario(Source, PathBuf),
    /// A result.
    Result(Ledger),
}

impl Given<'_> {
    /// The estimate of the scenario, and of the baseline if there is one. `traces` opens paths from the
    /// working directory.
    pub(super) fn estimated(
        &self,
        options: &Options,
        traces: &mut dyn TraceLoader,
    ) -> Result<(Estimate, Option<Baseline>)> {
        let folder = self.folder.to_string_lossy();
        let new = Side { source: self.source, folder: &folder, book: self.book, options };
        let Some(named) = &self.args.baseline else {
            return Ok((alone(new, traces)?, None));
        };
        let own = self.own_book()?;
        let book = own.as_ref().unwrap_or(self.book);
        match self.find(named)? {
            Found::Scenario(source, folder) => {
                let date = self.args.baseline_pricing_date.or(options.pricing_date);
                let old_options = Options { pricing_date: date, timeline: None, ..options.clone() };
                let folder = folder.to_string_lossy();
                let old = Side { source: &source, folder: &folder, book, options: &old_options };
                let sides = causes(old, new, traces)?;
                let before = Ledger::from(&sides.before);
                let change = Change::Causes(sides.causes);
                let baseline = Baseline::new(named.clone(), &before, &sides.after, change)?;
                Ok((sides.after, Some(baseline)))
            }
            Found::Result(before) => {
                if self.args.baseline_pricing_date.is_some() {
                    return Err(Box::new(
                        Diagnostic::input(
                            "`--baseline-pricing-date` is for a baseline that is a scenario",
                        )
                        .note(format!("`{named}` has prices of {}", before.pricing_date))
                        .hint("leave it out"),
                    ));
                }
                let at_old = Options {
                    pricing_date: Some(before.pricing_date),
                    timeline: None,
                    ..options.clone()
                };
                // Together they take one replay.
                let [after, then] = both([new, Side { book, options: &at_old, ..new }], traces)?;
                let after = after?;
                let total = |e: &Estimate| e.statement.total();
                let same =
                    |e: &Estimate| e.statement.unpriced.len() == after.statement.unpriced.len();
                let then = then.ok().filter(same);
                let drift = then.map(|then| total(&after) - total(&then));
                let change = Change::Prices(drift);
                let baseline = Baseline::new(named.clone(), &before, &after, change)?;
                Ok((after, Some(baseline)))
            }
        }
    }

    fn find(&self, named: &str) -> Result<Found> {
        if let Some(revision) = named.strip_prefix("git:") {
            let source = git::show(revision, &self.args.scenario.input)?;
            return Ok(Found::Scenario(source, self.folder.to_path_buf()));
        }
        let path = Path::new(named);
        let source = files::text(path)?;
        match path.extension().and_then(|e| e.to_str()) {
            Some("yaml" | "yml") => {
                let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
                Ok(Found::Scenario(source, folder))
            }
            _ => Ledger::read(&source).map(Found::Result),
        }
    }

    fn own_book(&self) -> Result<Option<Book>> {
        let folders = &self.args.baseline_pricing;
        if folders.is_empty() { Ok(None) } else { files::book(folders).map(Some) }
    }
}

/// The estimate of one side by itself.
fn alone(side: Side<'_>, traces: &mut dyn TraceLoader) -> Result<Estimate> {
    let found = sides(&[side], traces)?.pop();
    found.unwrap_or_else(nothing)
}

/// The estimates of two sides.
fn both(two: [Side<'_>; 2], traces: &mut dyn TraceLoader) -> Result<[Result<Estimate>; 2]> {
    let mut found = sides(&two, traces)?.into_iter();
    let mut next = || found.next().unwrap_or_else(nothing);
    Ok([next(), next()])
}

fn nothing() -> Result<Estimate> {
    Err(Box::new(Diagnostic::input("there is nothing to estimate")))
}
