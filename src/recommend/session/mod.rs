//! What rules ask: the scenario as it stands, what was tried on it, and what makes one better than another.

mod parts;
mod trial;
mod trials;

pub(super) use trial::{Asked, Known, Pair};
pub use trial::{NoDays, Trial};

use super::load::Load;
use super::stated::said;
use super::{Effect, Goal, Objectives};
use crate::diagnostic::{Result, Source};
use crate::estimate::{Estimator, Options};
use crate::pricing::Book;
use crate::workload::{Assumption, Origin, ScenarioFile};
use std::collections::HashMap;
use std::sync::Arc;
use trial::{KnownDays, KnownPlay};

/// Most replayed requests of a scenario for which break-even points of facts are looked for.
pub const MOST_FOR_WHAT_IFS: u64 = 4_000_000;

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
    played: HashMap<String, KnownPlay<'a>>,
    days: HashMap<String, KnownDays>,
    loads: HashMap<String, Load>,
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
            played: HashMap::new(),
            days: HashMap::new(),
            loads: HashMap::new(),
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

    /// Whether to look for what would pay under other facts: while the scenario stands as it was given,
    /// and a replay is not so long that a search for break-even points would take minutes.
    #[must_use]
    pub fn asks_what_if(&self) -> bool {
        self.is_untouched() && self.now.outcome.requests <= MOST_FOR_WHAT_IFS
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

    /// Whether a fact about a workload's requests, such as `cpu`, was given or measured, not assumed.
    #[must_use]
    pub fn states(&self, workload: usize, fact: &str) -> bool {
        let estimate = &self.now.estimate;
        let Some(w) = estimate.workloads.get(workload) else { return false };
        let own = format!("{}.requests.{fact}", w.name);
        let alone = format!("requests.{fact}");
        let subject = if estimate.workloads.len() > 1 { own } else { alone };
        let assumed = |a: &Assumption| a.subject == subject && a.origin == Origin::Assumed;
        !estimate.assumptions.iter().any(assumed)
    }

    /// What a trial does compared with the scenario as it stands.
    #[must_use]
    pub fn effect(&self, trial: &Trial) -> Effect {
        Effect { before: self.now.outcome, after: trial.outcome }
    }

    /// Whether a trial keeps every objective and the goal's limits, everything in it is priced, and what was
    /// bought is still paid.
    #[must_use]
    pub fn keeps(&self, trial: &Trial) -> bool {
        let (now, after) = (&self.now.outcome, &trial.outcome);
        let held = self.objectives.broken(now, after).is_empty();
        held && self.still_owes(trial)
            && (self.is_broken() || self.goal.allows(&self.start.outcome, after))
    }

    /// Whether every commitment is still paid: a bill leaves out what nothing is used of any more, but it
    /// cannot be given back.
    fn still_owes(&self, trial: &Trial) -> bool {
        let after = &trial.estimate.statement.commitments;
        let now = &self.now.estimate.statement.commitments;
        now.iter().all(|c| after.iter().any(|o| o.name == c.name))
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
}
