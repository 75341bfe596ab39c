//! Changed scenarios, estimated: each once, many together.

use super::stated::said;
use super::{Change, Effect, Goal, Objectives, Outcome};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::estimate::{Estimate, Estimator, Options, Stream, Variant};
use crate::pricing::Book;
use crate::replay::Block;
use crate::workload::ScenarioFile;
use std::collections::{HashMap, HashSet};
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

impl Trial {
    pub(super) fn new(source: &Source, estimate: Estimate) -> Self {
        let outcome = Outcome::of(&estimate);
        Self { source: source.clone(), estimate, outcome }
    }
}

/// What came of one scenario's text, or why there is no estimate of it.
pub(super) type Known = std::result::Result<Arc<Trial>, Box<Diagnostic>>;

/// A scenario that rules look at, and everything that was tried on it.
///
/// Rules change [`Session::source`], which is the plan so far; whatever is asked twice is estimated once.
pub struct Session<'a> {
    estimator: Estimator<'a>,
    options: Options,
    objectives: Objectives,
    goal: Goal,
    file: ScenarioFile,
    start: Arc<Trial>,
    now: Arc<Trial>,
    known: HashMap<String, Known>,
    estimated: u64,
    replayed: u64,
    stop: &'a dyn Fn() -> bool,
    progress: &'a dyn Fn(&str, u64),
    rule: &'static str,
}

impl<'a> Session<'a> {
    /// A session on a scenario, for the least bill. `stop` says when time is up; `progress` hears which
    /// rule is at work and how many scenarios were estimated.
    ///
    /// What the command line decides is written into the scenario first, so that changes of it hold
    /// whatever is on the next command line.
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
        let objectives = Objectives::of(source, &file, estimator.book())?;
        let (trial, options) = said(source, &file, options, &mut estimator)?;
        let file = trial.source.yaml()?;
        let now = Arc::new(trial);
        let known = HashMap::from([(now.source.text().to_owned(), Ok(Arc::clone(&now)))]);
        Ok(Self {
            estimator,
            options,
            objectives,
            goal: Goal::Cost,
            file,
            start: Arc::clone(&now),
            replayed: now.outcome.requests,
            now,
            known,
            estimated: 1,
            stop,
            progress,
            rule: "",
        })
    }

    /// The same session with another goal.
    #[must_use]
    pub const fn with_goal(mut self, goal: Goal) -> Self {
        self.goal = goal;
        self
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

    /// What makes one scenario better than another.
    #[must_use]
    pub const fn goal(&self) -> Goal {
        self.goal
    }

    /// What the command line decides and no scenario can say.
    #[must_use]
    pub const fn options(&self) -> &Options {
        &self.options
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

    /// Whether the scenario stands as it was given, with no recommendation taken: what pays under other
    /// facts, and what cannot be done, is asked for then.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        Arc::ptr_eq(&self.start, &self.now)
    }

    /// Requests that were replayed for them.
    pub(super) const fn replayed(&self) -> u64 {
        self.replayed
    }

    /// The scenario as it stands, to come back to.
    pub(super) fn standing(&self) -> Arc<Trial> {
        Arc::clone(&self.now)
    }

    /// Says which rule is at work.
    pub(super) fn begin(&mut self, rule: &'static str) {
        self.rule = rule;
        (self.progress)(rule, self.estimated);
    }

    /// Makes a trial the scenario that rules change.
    ///
    /// # Errors
    /// None: a trial reads.
    pub(super) fn stand_at(&mut self, trial: &Arc<Trial>) -> Result<()> {
        self.file = trial.source.yaml()?;
        self.now = Arc::clone(trial);
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
        let sources = changes.iter().map(|c| c.apply(&self.now.source)).collect();
        self.estimates(sources)
    }

    /// Estimates scenarios, in their order, each text once; fewer come back when time is up.
    ///
    /// # Errors
    /// When a trace cannot be read to its end.
    pub(super) fn estimates(&mut self, sources: Vec<Result<Source>>) -> Result<Vec<Known>> {
        let mut new: Vec<&Source> = Vec::new();
        let mut texts = HashSet::new();
        for source in sources.iter().flatten() {
            if !self.known.contains_key(source.text()) && texts.insert(source.text()) {
                new.push(source);
            }
        }
        for group in new.chunks(TOGETHER) {
            if self.out_of_time() {
                break;
            }
            let options = &self.options;
            let variants: Vec<_> = group.iter().map(|source| Variant { source, options }).collect();
            for (source, result) in group.iter().zip(self.estimator.run(&variants)?) {
                let trial = result.map(|estimate| Arc::new(Trial::new(source, estimate)));
                self.replayed += trial.as_ref().map_or(0, |t| t.outcome.requests);
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

    /// Whether a trial keeps every objective and the goal's limits, and everything in it is priced.
    #[must_use]
    pub fn keeps(&self, trial: &Trial) -> bool {
        let (now, after) = (&self.now.outcome, &trial.outcome);
        let held = self.objectives.broken(now, after).is_empty();
        held && (self.is_broken() || self.goal.allows(&self.start.outcome, after))
    }

    /// Whether a trial is better than the scenario as it stands: it keeps what [`Session::keeps`] looks
    /// at, and comes nearer to the goal or puts right a broken objective.
    #[must_use]
    pub fn improves(&self, trial: &Trial) -> bool {
        let better = || self.goal.better(&trial.outcome, &self.now.outcome);
        self.keeps(trial) && (self.is_broken() || better())
    }

    /// Whether the scenario as it stands breaks a limit of its own. To keep it may cost something.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        !self.objectives.exceeded(&self.now.outcome, &self.now.outcome).is_empty()
    }

    /// Estimates changes and gives the best of those that improve the scenario as it stands, with its
    /// index: the cheapest, unless the goal is another. Among equals the first.
    ///
    /// # Errors
    /// As [`Session::try_all`].
    pub fn cheapest(&mut self, changes: &[Change]) -> Result<Option<(usize, Arc<Trial>)>> {
        let trials = self.try_all(changes)?;
        let good = trials.into_iter().enumerate().filter_map(|(i, t)| Some((i, t.ok()?)));
        let good = good.filter(|(_, trial)| self.improves(trial));
        Ok(good.min_by_key(|(_, trial)| self.goal.key(&trial.outcome)))
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
        let variant = Variant { source: &now.source, options: &self.options };
        self.estimator.stream(variant, workload, each)
    }
}
