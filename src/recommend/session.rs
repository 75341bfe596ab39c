//! Changed scenarios, estimated: each once, many together.

use super::by_days::NoDays;
use super::load::Load;
use super::stated::said;
use super::{Change, Effect, Goal, Objectives, Outcome};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::estimate::{
    ClockPrice, DAY, DayCosts, Estimate, Estimator, Options, Played, Stream, Terms, Variant,
};
use crate::pricing::Book;
use crate::replay::Block;
use crate::workload::{Assumption, Origin, ScenarioFile};
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Most replayed requests of a scenario for which break-even points of facts are looked for.
pub const MOST_FOR_WHAT_IFS: u64 = 4_000_000;

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
/// What came of one workload of a changed scenario, or why it cannot be played.
type KnownPlay<'a> = std::result::Result<Arc<Played<'a>>, Box<Diagnostic>>;

/// What came of one scenario's text, or why there is no estimate of it.
pub(super) type Known = std::result::Result<Arc<Trial>, Box<Diagnostic>>;

/// What each day of one scenario's text costs, or why that is not known.
type KnownDays = std::result::Result<Arc<DayCosts>, NoDays>;

/// A scenario, and how many times its traffic it is to have.
pub(super) type Asked = (Source, Option<Decimal>);

/// What tells one from another.
fn key((source, factor): &Asked) -> String {
    match factor {
        None => source.text().to_owned(),
        Some(factor) => format!("{}\n# {}x", source.text(), factor.normalize()),
    }
}

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

/// Everything in a scenario that the replay of one workload depends on.
fn alone(source: &Source, workload: usize) -> Result<String> {
    let mut scenario: serde_json::Map<String, serde_json::Value> = source.yaml()?;
    for elsewhere in ["name", "objectives", "usage"] {
        scenario.remove(elsewhere);
    }
    let workloads = scenario.remove("workloads").unwrap_or_default();
    let own = workloads.get(workload).cloned().unwrap_or_default();
    let drawn = source.yaml::<ScenarioFile>()?.draws_as(workload);
    Ok(serde_json::json!([drawn, own, scenario]).to_string())
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
        let asked = changes.iter().map(|c| Ok((c.apply(&self.now.source)?, None))).collect();
        self.estimates(asked)
    }

    /// Estimates scenarios, in their order, each text and multiple of the traffic once; fewer come back
    /// when time is up.
    ///
    /// # Errors
    /// When a trace cannot be read to its end.
    pub(super) fn estimates(&mut self, asked: Vec<Result<Asked>>) -> Result<Vec<Known>> {
        let mut new: Vec<(String, &Asked)> = Vec::new();
        let mut keys = HashSet::new();
        for one in asked.iter().flatten() {
            let key = key(one);
            if !self.known.contains_key(&key) && keys.insert(key.clone()) {
                new.push((key, one));
            }
        }
        for group in new.chunks(TOGETHER) {
            if self.out_of_time() {
                break;
            }
            let options: Vec<_> = group.iter().map(|(_, one)| self.options_at(one.1)).collect();
            let variants = group.iter().zip(&options);
            let variants: Vec<_> =
                variants.map(|((_, (source, _)), options)| Variant { source, options }).collect();
            for ((key, (source, _)), result) in group.iter().zip(self.estimator.run(&variants)?) {
                let trial = result.map(|estimate| Arc::new(Trial::new(source, estimate)));
                self.replayed += trial.as_ref().map_or(0, |t| t.outcome.requests);
                self.known.insert(key.clone(), trial);
            }
            self.estimated += group.len() as u64;
            (self.progress)(self.rule, self.estimated);
        }
        let mut results = Vec::new();
        for one in asked {
            match one {
                Err(error) => results.push(Err(error)),
                Ok(one) => match self.known.get(&key(&one)) {
                    Some(known) => results.push(known.clone()),
                    None => break,
                },
            }
        }
        Ok(results)
    }

    /// Estimates scenarios once more, with their days told apart; fewer when time is up.
    ///
    /// # Errors
    /// When a trace cannot be read to its end.
    pub(super) fn tell_days_apart(&mut self, trials: &[Arc<Trial>]) -> Result<()> {
        let mut keys = HashSet::new();
        let mut new = Vec::new();
        for source in trials.iter().map(|t| &t.source) {
            if !self.days.contains_key(source.text()) && keys.insert(source.text()) {
                new.push(source);
            }
        }
        let options = Options { timeline: Some(DAY), ..self.options.clone() };
        for group in new.chunks(TOGETHER) {
            if self.out_of_time() {
                break;
            }
            let options = &options;
            let variants = group.iter().map(|source| Variant { source, options });
            let variants: Vec<_> = variants.collect();
            for (source, result) in group.iter().zip(self.estimator.run(&variants)?) {
                let costs = |e: &Estimate| DayCosts::of(e).map(Arc::new).map_err(NoDays::NoRange);
                let requests = |e: &Estimate| e.workloads.iter().map(|w| w.facts.requests).sum();
                self.replayed += result.as_ref().map_or(0, requests);
                let costs = result.as_ref().map_or(Err(NoDays::Unknown), costs);
                self.days.insert(source.text().to_owned(), costs);
            }
        }
        Ok(())
    }

    /// What each day of a scenario costs, if its days were told apart.
    pub(super) fn day_costs(&self, trial: &Trial) -> Option<KnownDays> {
        self.days.get(trial.source.text()).cloned()
    }

    /// What the command line decides, with so many times its traffic.
    fn options_at(&self, factor: Option<Decimal>) -> Options {
        let own = self.options.traffic;
        let traffic = factor.map(|f| own.unwrap_or(Decimal::ONE) * f).or(own);
        Options { traffic, ..self.options.clone() }
    }

    /// Plays one workload each of changed scenarios, without a bill; what differs elsewhere in the
    /// scenario makes no second replay necessary.
    ///
    /// Fewer results than wanted come back when time is up.
    ///
    /// # Errors
    /// When a trace cannot be read to its end.
    pub fn play(&mut self, wanted: &[(Change, usize)]) -> Result<Vec<KnownPlay<'a>>> {
        let mut keys = Vec::new();
        let mut new: Vec<(String, Source, usize)> = Vec::new();
        for (change, workload) in wanted {
            let made = change.apply(&self.now.source).and_then(|source| {
                let key = alone(&source, *workload)?;
                Ok((key, source))
            });
            let (key, source) = match made {
                Ok(made) => made,
                Err(error) => {
                    keys.push(Err(error));
                    continue;
                }
            };
            if !self.played.contains_key(&key) && new.iter().all(|n| n.0 != key) {
                new.push((key.clone(), source, *workload));
            }
            keys.push(Ok(key));
        }
        for group in new.chunks(TOGETHER) {
            if self.out_of_time() {
                break;
            }
            let options = &self.options;
            let variants: Vec<_> =
                group.iter().map(|(_, source, w)| (Variant { source, options }, *w)).collect();
            for ((key, ..), result) in group.iter().zip(self.estimator.play(&variants)?) {
                self.replayed += result.as_ref().map_or(0, |p| p.estimate.facts.requests);
                self.played.insert(key.clone(), result.map(Arc::new));
            }
            self.estimated += group.len() as u64;
            (self.progress)(self.rule, self.estimated);
        }
        let known = |key: Result<String>| match key {
            Err(error) => Some(Err(error)),
            Ok(key) => self.played.get(&key).cloned(),
        };
        Ok(keys.into_iter().map_while(known).collect())
    }

    /// How much processor time the streams of a workload of the scenario as it stands need.
    ///
    /// # Errors
    /// As [`Estimator::stream`].
    pub fn load(&mut self, workload: usize) -> Result<Load> {
        self.load_of(&Change::none(), workload)
    }

    /// The same of a changed scenario.
    ///
    /// # Errors
    /// When the change leads to a mistake, or as [`Estimator::stream`].
    pub fn load_of(&mut self, change: &Change, workload: usize) -> Result<Load> {
        let source = change.apply(&self.now.source)?;
        let key = alone(&source, workload)?;
        if let Some(load) = self.loads.get(&key) {
            return Ok(*load);
        }
        let mut load = Load::default();
        let variant = Variant { source: &source, options: &self.options };
        self.estimator.stream(variant, workload, &mut |block| {
            load.add(block);
            Ok(())
        })?;
        self.loads.insert(key, load);
        Ok(load)
    }

    /// The labels of a workload's trace with their rows, and how many rows have none; empty for a pattern.
    ///
    /// # Errors
    /// As [`Estimator::labels`].
    pub fn labels(&mut self, workload: usize) -> Result<(Vec<(String, u64)>, u64)> {
        let now = Arc::clone(&self.now);
        self.estimator.labels(Variant { source: &now.source, options: &self.options }, workload)
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

    /// How the scenario as it stands is billed.
    ///
    /// # Errors
    /// As [`Estimator::terms`].
    pub fn terms(&mut self) -> Result<Terms<'a>> {
        let now = Arc::clone(&self.now);
        self.estimator.terms(Variant { source: &now.source, options: &self.options })
    }

    /// The same of a changed scenario; none where the change leads to a mistake.
    ///
    /// # Errors
    /// When a trace cannot be read.
    pub fn terms_of(&mut self, change: &Change) -> Result<Option<Terms<'a>>> {
        let Ok(source) = change.apply(&self.now.source) else { return Ok(None) };
        let variant = Variant { source: &source, options: &self.options };
        Ok(self.estimator.terms(variant).ok())
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

    /// What each SKU of a workload's platform costs; none where a price is not known.
    ///
    /// # Errors
    /// As [`Estimator::prices`].
    pub fn prices(&mut self, workload: usize) -> Result<Option<Vec<ClockPrice>>> {
        let now = Arc::clone(&self.now);
        let variant = Variant { source: &now.source, options: &self.options };
        self.estimator.prices(variant, workload)
    }

    /// The same of a changed scenario; none too where the change leads to a mistake.
    ///
    /// # Errors
    /// When a trace cannot be read.
    pub fn prices_of(
        &mut self,
        change: &Change,
        workload: usize,
    ) -> Result<Option<Vec<ClockPrice>>> {
        let Ok(source) = change.apply(&self.now.source) else { return Ok(None) };
        let variant = Variant { source: &source, options: &self.options };
        Ok(self.estimator.prices(variant, workload).unwrap_or_default())
    }

    /// What [`Session::stream`] returns, without its requests.
    ///
    /// # Errors
    /// As [`Estimator::site`].
    pub fn site(&mut self, workload: usize) -> Result<Stream> {
        let now = Arc::clone(&self.now);
        let variant = Variant { source: &now.source, options: &self.options };
        self.estimator.site(variant, workload)
    }

    /// The same of a changed scenario; none where the change leads to a mistake.
    ///
    /// # Errors
    /// When a trace cannot be read.
    pub fn site_of(&mut self, change: &Change, workload: usize) -> Result<Option<Stream>> {
        let Ok(source) = change.apply(&self.now.source) else { return Ok(None) };
        let variant = Variant { source: &source, options: &self.options };
        Ok(self.estimator.site(variant, workload).ok())
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
