//! The search for a plan: rounds of all rules, steps that follow each other, and what can be left out.

use super::range::{Range, ranges};
use super::ranked::{Ranked, Settings};
use super::{Advice, Change, Effect, Goal, Refused, Rule, Session, Trial, WhatIf, assumed};
use crate::diagnostic::Result;
use crate::units::Money;
use crate::workload::ScenarioFile;
use rust_decimal::Decimal;
use std::sync::Arc;

/// What all rules say about one scenario.
#[derive(Default)]
pub(super) struct Round {
    pub(super) ranked: Vec<Ranked>,
    pub(super) what_if: Vec<(&'static str, WhatIf)>,
    pub(super) refused: Vec<(&'static str, Refused)>,
    pub(super) asked: Vec<&'static str>,
    pub(super) not_asked: Vec<&'static str>,
}

/// What every rule says about the scenario as it stands, the best first.
///
/// A rule's word is not enough: each change is estimated, and has to keep the objectives, rest on the
/// same assumptions, and be better.
///
/// # Errors
/// When a trace cannot be read, or a rule fails.
pub(super) fn round(session: &mut Session<'_>, rules: &[&'static dyn Rule]) -> Result<Round> {
    let mut round = Round::default();
    for rule in rules {
        if session.out_of_time() {
            round.not_asked.push(rule.name());
            continue;
        }
        round.asked.push(rule.name());
        session.begin(rule.name());
        for advice in rule.advise(session)? {
            match advice {
                Advice::WhatIf(what_if) => round.what_if.push((rule.code(), what_if)),
                Advice::Refused(refused) => round.refused.push((rule.code(), refused)),
                Advice::Proposal(proposal) => {
                    let Ok(trial) = session.try_one(&proposal.change) else { continue };
                    let known =
                        round.ranked.iter().any(|r| r.trial.source.text() == trial.source.text());
                    let file: ScenarioFile = trial.source.yaml()?;
                    let assumes = assumed::changed(session.book(), session.file(), &file);
                    if known || assumes || !session.improves(&trial) {
                        continue;
                    }
                    let mut ranked = Ranked {
                        code: rule.code(),
                        rule: rule.name(),
                        proposal: *proposal,
                        effect: session.effect(&trial),
                        trial,
                        range: None,
                        noise: false,
                    };
                    judge(session, &mut ranked);
                    round.ranked.push(ranked);
                }
            }
        }
    }
    sort(session, &mut round.ranked);
    Ok(round)
}

/// The best first, the least work among equals; what is within noise last.
fn sort(session: &Session<'_>, ranked: &mut [Ranked]) {
    let goal = session.goal();
    ranked.sort_by_cached_key(|r| (r.noise, goal.key(&r.effect.after), r.proposal.effort));
}

/// Less than this cannot be told from nothing: a cent.
const TIE: Money = Money(Decimal::from_parts(1, 0, 0, false, 2));

/// Nor can less than this part of the bill: no replay is so near to what will be.
const TIE_SHARE: Decimal = Decimal::from_parts(1, 0, 0, false, 3);

/// Whether an effect is within noise: it saves nothing that lasts, and is wanted for nothing else.
fn is_noise(session: &Session<'_>, effect: &Effect, range: Option<&Range>) -> bool {
    let saving = effect.saving();
    let faster = matches!(session.goal(), Goal::Latency { .. }) && effect.is_faster();
    let least = TIE.max(Money(effect.before.total.0 * TIE_SHARE));
    let tie = saving >= Money::ZERO && saving < least;
    (tie || range.is_some_and(Range::is_noise)) && !faster && !session.is_broken()
}

/// Says whether a change is within noise.
fn judge(session: &Session<'_>, ranked: &mut Ranked) {
    ranked.noise = is_noise(session, &ranked.effect, ranked.range.as_ref());
}

/// So many recommendations have their range looked at.
const LOOKED_AT: usize = 6;

/// Looks at the range of the best recommendations, and puts what turns out to be noise last.
///
/// # Errors
/// When a trace cannot be read to its end.
pub(super) fn look(session: &mut Session<'_>, ranked: &mut [Ranked]) -> Result<()> {
    let now = session.standing();
    let top = ranked.len().min(LOOKED_AT);
    let pairs: Vec<_> =
        ranked[..top].iter().map(|r| (Arc::clone(&now), Arc::clone(&r.trial))).collect();
    for (ranked, range) in ranked.iter_mut().zip(ranges(session, &pairs)?) {
        ranked.range = range;
        judge(session, ranked);
    }
    sort(session, ranked);
    Ok(())
}

/// Changes that follow each other, and where they lead.
#[derive(Clone)]
pub(super) struct Path {
    pub(super) steps: Vec<Ranked>,
    pub(super) trial: Arc<Trial>,
}

impl Path {
    /// A single step.
    fn of(step: &Ranked) -> Self {
        Self { steps: vec![step.clone()], trial: Arc::clone(&step.trial) }
    }

    /// All edits.
    pub(super) fn change(&self) -> Change {
        joined(&self.steps)
    }

    fn has(&self, change: &Change) -> bool {
        self.steps.iter().any(|s| s.proposal.change == *change)
    }
}

fn joined(steps: &[Ranked]) -> Change {
    steps.iter().fold(Change::none(), |all, step| all.then(&step.proposal.change))
}

/// So many first steps are tried.
const STARTS: usize = 3;
/// Requests that may have been replayed before another start is tried.
const ANOTHER_START: u64 = 150_000_000;

/// The best path from a scenario, whose first steps are already known.
///
/// # Errors
/// When a trace cannot be read, or a rule fails.
pub(super) fn best(
    session: &mut Session<'_>,
    settings: &Settings,
    start: &Arc<Trial>,
    first: &[Ranked],
) -> Result<Option<Path>> {
    let (mut best, mut first_of_best) = (None::<Path>, None);
    let mut tried: Vec<&'static str> = Vec::new();
    for step in first {
        // A start of another rule, that the best path does not come to by itself.
        let another = best.as_ref().is_none_or(|b| !b.has(&step.proposal.change));
        if step.noise || tried.contains(&step.rule) || !another {
            continue;
        }
        let affordable = session.replayed() < ANOTHER_START && !session.out_of_time();
        if tried.len() == STARTS || !(best.is_none() || affordable) {
            break;
        }
        session.stand_at(start)?;
        let Some(step) = sound(session, std::slice::from_ref(step))? else { continue };
        tried.push(step.rule);
        let path = follow(session, settings, start, &step)?;
        let better = |b: &Path| session.goal().better(&path.trial.outcome, &b.trial.outcome);
        if best.as_ref().is_none_or(better) {
            (best, first_of_best) = (Some(path), Some(step));
        }
    }
    session.stand_at(start)?;
    // Steps that each last may not last together; the first does.
    match best.as_ref().map(|path| lasts(session, start, path)).transpose()? {
        Some(false) => Ok(first_of_best.as_ref().map(Path::of)),
        _ => Ok(best),
    }
}

/// Whether what a path does as a whole is not within noise; the session stands at its start.
fn lasts(session: &mut Session<'_>, start: &Arc<Trial>, path: &Path) -> Result<bool> {
    let range = ranges(session, &[(Arc::clone(start), Arc::clone(&path.trial))])?.pop().flatten();
    let effect = Effect { before: start.outcome, after: path.trial.outcome };
    Ok(!is_noise(session, &effect, range.as_ref()))
}

/// Takes a first step, then the best one again and again; leaves out what no longer pays.
fn follow(
    session: &mut Session<'_>,
    settings: &Settings,
    start: &Arc<Trial>,
    first: &Ranked,
) -> Result<Path> {
    let mut path = Path::of(first);
    loop {
        session.stand_at(&path.trial)?;
        extend(session, settings, &mut path)?;
        let steps = path.steps.len();
        session.stand_at(start)?;
        session.begin("plan");
        shorten(session, &mut path)?;
        // What was left out makes room for something else. Every turn is better than the one before.
        if path.steps.len() == steps {
            return Ok(path);
        }
    }
}

/// Takes the best sound step until there is none.
fn extend(session: &mut Session<'_>, settings: &Settings, path: &mut Path) -> Result<()> {
    while path.steps.len() < settings.max_changes && !session.out_of_time() {
        let found = round(session, &settings.rules)?;
        let Some(step) = sound(session, &found.ranked)? else { break };
        session.stand_at(&step.trial)?;
        path.trial = Arc::clone(&step.trial);
        path.steps.push(step);
    }
    Ok(())
}

/// So many are looked at before a round ends the plan.
const CANDIDATES: usize = 3;

/// The first that is not within noise.
fn sound(session: &mut Session<'_>, ranked: &[Ranked]) -> Result<Option<Ranked>> {
    let now = session.standing();
    for step in ranked.iter().take(CANDIDATES) {
        let mut step = step.clone();
        if step.range.is_none() {
            let pair = (Arc::clone(&now), Arc::clone(&step.trial));
            step.range = ranges(session, &[pair])?.pop().flatten();
            judge(session, &mut step);
        }
        if !step.noise {
            return Ok(Some(step));
        }
    }
    Ok(None)
}

/// Leaves out steps without which the path leads to no worse a place; the session stands at its start.
fn shorten(session: &mut Session<'_>, path: &mut Path) -> Result<()> {
    while path.steps.len() > 1 {
        let without = |i: usize| {
            let mut steps = path.steps.clone();
            steps.remove(i);
            steps
        };
        let shorter: Vec<_> = (0..path.steps.len()).map(without).collect();
        let changes: Vec<_> = shorter.iter().map(|s| joined(s)).collect();
        let trials = session.try_all(&changes)?;
        let goal = session.goal();
        let good = trials.into_iter().zip(shorter).filter_map(|(trial, steps)| {
            let trial = trial.ok()?;
            let worse = goal.better(&path.trial.outcome, &trial.outcome);
            (!worse && session.keeps(&trial)).then_some((trial, steps))
        });
        let Some((trial, steps)) = good.min_by_key(|(t, _)| goal.key(&t.outcome)) else {
            return Ok(());
        };
        let Some(steps) = walked(session, steps)? else { return Ok(()) };
        *path = Path { steps, trial };
    }
    Ok(())
}

/// Steps with the effect each has on top of those before it now; nothing if one of them leads nowhere.
fn walked(session: &mut Session<'_>, mut steps: Vec<Ranked>) -> Result<Option<Vec<Ranked>>> {
    let changes: Vec<_> = (1..=steps.len()).map(|n| joined(&steps[..n])).collect();
    let trials = session.try_all(&changes)?;
    if trials.len() < steps.len() {
        return Ok(None);
    }
    let mut before = session.now().outcome;
    for (step, trial) in steps.iter_mut().zip(trials) {
        let Ok(trial) = trial else { return Ok(None) };
        step.effect = Effect { before, after: trial.outcome };
        step.range = None;
        before = trial.outcome;
        step.trial = trial;
    }
    Ok(Some(steps))
}
