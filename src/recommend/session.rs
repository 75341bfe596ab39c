//! Changed scenarios, estimated: each once, many together.

use super::{Change, Effect, Objectives, Outcome};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::estimate::{Estimate, Estimator, Options, Stream, Variant};
use crate::pricing::Book;
use crate::replay::Block;
use crate::workload::ScenarioFile;
use std::collections::HashMap;
use std::sync::Arc;

/// Scenarios that are replayed together: their requests are made once, and each needs some memory.
const TOGETHER: usize = 24;

/// A changed scenario and what came of it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The changed scenario.
    pub source: Source,
    /// Its estimate.
    pub estimate: Estimate,
    /// The figures of it.
    pub outcome: Outcome,
}

/// What came of one scenario's text, or why there is no estimate of it.
type Known = std::result::Result<Arc<Trial>, Box<Diagnostic>>;

/// A scenario that rules look at, and everything that was tried on it.
///
/// Rules change [`Session::source`], which is the plan so far; whatever is asked twice is estimated once.
pub struct Session<'a> {
    estimator: Estimator<'a>,
    options: &'a Options,
    objectives: Objectives,
    file: ScenarioFile,
    now: Arc<Trial>,
    known: HashMap<String, Known>,
    estimated: u64,
    taken: bool,
    stop: &'a dyn Fn() -> bool,
    progress: &'a dyn Fn(&str, u64),
    rule: &'static str,
}

impl<'a> Session<'a> {
    /// A session on a scenario. `stop` says when time is up; `progress` hears which rule is at work and
    /// how many scenarios were estimated.
    ///
    /// # Errors
    /// When the scenario itself has a mistake.
    pub fn new(
        source: &Source,
        options: &'a Options,
        mut estimator: Estimator<'a>,
        stop: &'a dyn Fn() -> bool,
        progress: &'a dyn Fn(&str, u64),
    ) -> Result<Self> {
        let file: ScenarioFile = source.yaml()?;
        let objectives = Objectives::of(source, &file)?;
        objectives.known(estimator.book())?;
        let estimate = estimator.run(&[Variant { source, options }])?.swap_remove(0)?;
        let outcome = Outcome::of(&estimate);
        let now = Arc::new(Trial { source: source.clone(), estimate, outcome });
        let known = HashMap::from([(source.text().to_owned(), Ok(Arc::clone(&now)))]);
        let rule = "";
        Ok(Self {
            estimator,
            options,
            objectives,
            file,
            now,
            known,
            estimated: 1,
            taken: false,
            stop,
            progress,
            rule,
        })
    }

    /// The price book.
    #[must_use]
    pub const fn book(&self) -> &'a Book {
        self.estimator.book()
    }

    /// The scenario as it stands, which changes are changes of.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.now.source
    }

    /// The same, read.
    #[must_use]
    pub const fn file(&self) -> &ScenarioFile {
        &self.file
    }

    /// Its estimate.
    #[must_use]
    pub fn now(&self) -> &Trial {
        &self.now
    }

    /// What every recommendation has to keep.
    #[must_use]
    pub const fn objectives(&self) -> &Objectives {
        &self.objectives
    }

    /// What the command line decides.
    #[must_use]
    pub const fn options(&self) -> &'a Options {
        self.options
    }

    /// Whether time is up: a rule then ends with the best it has.
    #[must_use]
    pub fn out_of_time(&self) -> bool {
        (self.stop)()
    }

    /// How many scenarios were estimated.
    #[must_use]
    pub const fn estimated(&self) -> u64 {
        self.estimated
    }

    /// Whether the scenario stands as it was given, with no recommendation taken yet: what pays only if
    /// something holds is asked for once.
    #[must_use]
    pub const fn is_first_round(&self) -> bool {
        !self.taken
    }

    /// Says which rule is at work.
    pub(super) fn begin(&mut self, rule: &'static str) {
        self.rule = rule;
        (self.progress)(rule, self.estimated);
    }

    /// Makes a changed scenario the one that rules change.
    ///
    /// # Errors
    /// When it has no estimate.
    pub(super) fn take(&mut self, change: &Change) -> Result<()> {
        let trial = self.try_one(change)?;
        self.file = trial.source.yaml()?;
        self.now = trial;
        self.taken = true;
        Ok(())
    }

    /// Estimates a change.
    ///
    /// # Errors
    /// When the changed scenario has a mistake or cannot be replayed.
    pub fn try_one(&mut self, change: &Change) -> Result<Arc<Trial>> {
        let nothing = || Box::new(Diagnostic::input("there is nothing to estimate"));
        self.try_all(std::slice::from_ref(change))?.pop().unwrap_or_else(|| Err(nothing()))
    }

    /// Estimates changes, in their order; a change that leads to a mistake is an error of its own.
    ///
    /// Fewer results than changes come back when time is up.
    ///
    /// # Errors
    /// When a trace cannot be read to its end.
    pub fn try_all(
        &mut self,
        changes: &[Change],
    ) -> Result<Vec<std::result::Result<Arc<Trial>, Box<Diagnostic>>>> {
        let sources: Vec<Result<Source>> =
            changes.iter().map(|c| c.apply(&self.now.source)).collect();
        let mut new: Vec<&Source> = Vec::new();
        for source in sources.iter().flatten() {
            let text = source.text();
            if !self.known.contains_key(text) && !new.iter().any(|s| s.text() == text) {
                new.push(source);
            }
        }
        for group in new.chunks(TOGETHER) {
            if self.out_of_time() {
                break;
            }
            let options = self.options;
            let variants: Vec<_> = group.iter().map(|source| Variant { source, options }).collect();
            for (source, result) in group.iter().zip(self.estimator.run(&variants)?) {
                let trial = result.map(|estimate| {
                    let outcome = Outcome::of(&estimate);
                    Arc::new(Trial { source: (*source).clone(), estimate, outcome })
                });
                self.known.insert(source.text().to_owned(), trial);
            }
            self.estimated += group.len() as u64;
            (self.progress)(self.rule, self.estimated);
        }
        let mut results = Vec::new();
        for source in sources {
            match source {
                Err(error) => results.push(Err(error)),
                Ok(source) => match self.known.get(source.text()) {
                    Some(known) => results.push(known.clone()),
                    None => break,
                },
            }
        }
        Ok(results)
    }

    /// What a trial does compared with the scenario as it stands.
    #[must_use]
    pub fn effect(&self, trial: &Trial) -> Effect {
        Effect { before: self.now.outcome, after: trial.outcome }
    }

    /// Whether a trial keeps every objective and everything in it is priced.
    #[must_use]
    pub fn keeps(&self, trial: &Trial) -> bool {
        self.objectives.broken(&self.now.outcome, &trial.outcome).is_empty()
    }

    /// Estimates changes and gives the cheapest that keeps every objective and costs less than the
    /// scenario as it stands, with its index. Among equals the first.
    ///
    /// # Errors
    /// As [`Session::try_all`].
    pub fn cheapest(&mut self, changes: &[Change]) -> Result<Option<(usize, Arc<Trial>)>> {
        let trials = self.try_all(changes)?;
        let mut best: Option<(usize, Arc<Trial>)> = None;
        for (index, trial) in trials.into_iter().enumerate() {
            let Ok(trial) = trial else { continue };
            let limit = best.as_ref().map_or(self.now.outcome.total, |b| b.1.outcome.total);
            if trial.outcome.total < limit && self.keeps(&trial) {
                best = Some((index, trial));
            }
        }
        Ok(best)
    }

    /// The requests of one workload of the scenario as it stands, and how they are replayed.
    ///
    /// # Errors
    /// As [`Estimator::stream`].
    pub fn stream(
        &mut self,
        workload: usize,
        each: &mut dyn FnMut(&Block) -> Result<()>,
    ) -> Result<Stream> {
        let now = Arc::clone(&self.now);
        let variant = Variant { source: &now.source, options: self.options };
        self.estimator.stream(variant, workload, each)
    }
}
