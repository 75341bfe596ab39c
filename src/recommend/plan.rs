//! All rules on a scenario: what each is worth alone, and the plan they make together.

use super::flips::flips;
use super::range::Range;
use super::ranked::{Ranked, Settings};
use super::search::{self, Path};
use super::{Change, Effect, Goal, Refused, Session, Trial, WhatIf};
use crate::diagnostic::Result;
use crate::estimate::Options;
use std::sync::Arc;

/// Recommendations that were estimated together.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What it combines, in the order it was put together; the effect of each is that on top of those
    /// before it.
    pub steps: Vec<Ranked>,
    /// All edits.
    pub change: Change,
    /// The changed scenario and its estimate: what is promised.
    pub trial: Arc<Trial>,
    /// From the scenario as it is to the plan.
    pub effect: Effect,
    /// How far its saving depends on what is only assumed, if it was looked at.
    pub range: Option<Range>,
}

/// Everything there is to say about a scenario.
#[derive(Clone, Debug)]
pub struct Recommendations {
    /// The scenario as it is.
    pub before: Arc<Trial>,
    /// The objectives that it breaks.
    pub broken: Vec<String>,
    /// What was looked for.
    pub goal: Goal,
    /// What the command line decides and the scenario cannot say.
    pub options: Options,
    /// What pays alone, the best first; what is within noise last.
    pub ranked: Vec<Ranked>,
    /// What pays if a fact holds.
    pub what_if: Vec<(&'static str, WhatIf)>,
    /// What cannot be done.
    pub refused: Vec<(&'static str, Refused)>,
    /// What pays together.
    pub plan: Option<Plan>,
    /// Names of the rules that were asked.
    pub asked: Vec<&'static str>,
    /// Names of those that were not, for lack of time.
    pub not_asked: Vec<&'static str>,
    /// Scenarios that were estimated.
    pub estimated: u64,
    /// Whether the search ended for lack of time.
    pub out_of_time: bool,
}

/// So many recommendations have their break-even points looked for, besides the plan.
const FLIPS: usize = 3;

/// Asks every rule, ranks what pays, and puts a plan together.
///
/// The plan takes the best proposal, makes it the scenario, and asks again until nothing is better: what
/// rules do to each other is replayed, not added up. It is then compared with plans that start
/// elsewhere, and steps that no longer pay are left out.
///
/// # Errors
/// When a trace cannot be read, or a rule fails.
pub fn recommend(session: &mut Session<'_>, settings: &Settings) -> Result<Recommendations> {
    let before = session.standing();
    let broken = session.objectives().exceeded(&before.outcome, &before.outcome);
    let mut first = search::round(session, &settings.rules)?;
    session.begin("range");
    search::look(session, &mut first.ranked)?;
    let path = search::best(session, settings, &before, &first.ranked)?;
    session.stand_at(&before)?;
    session.begin("range");
    let mut plan = path.map(|path| planned(session, &before, path)).transpose()?;
    let trials = first.ranked.iter().filter(|r| !r.noise).map(|r| Arc::clone(&r.trial));
    let trials: Vec<_> = trials.take(FLIPS).collect();
    let mut pairs: Vec<_> = first
        .ranked
        .iter_mut()
        .filter(|r| trials.iter().any(|t| Arc::ptr_eq(t, &r.trial)))
        .filter_map(|r| Some(((Arc::clone(&before), Arc::clone(&r.trial)), r.range.as_mut()?)))
        .collect();
    if let Some((plan, range)) = plan.as_mut().map(|p| (Arc::clone(&p.trial), p.range.as_mut())) {
        pairs.extend(range.map(|range| ((Arc::clone(&before), plan), range)));
    }
    flips(session, &mut pairs)?;
    Ok(Recommendations {
        before,
        broken,
        goal: session.goal(),
        options: session.options().clone(),
        ranked: first.ranked,
        what_if: first.what_if,
        refused: first.refused,
        plan,
        asked: first.asked,
        not_asked: first.not_asked,
        estimated: session.estimated(),
        out_of_time: session.out_of_time(),
    })
}

/// A path of changes as a plan.
fn planned(session: &mut Session<'_>, before: &Arc<Trial>, path: Path) -> Result<Plan> {
    let pair = (Arc::clone(before), Arc::clone(&path.trial));
    let range = super::range::ranges(session, &[pair])?.pop().flatten();
    Ok(Plan {
        change: path.change(),
        effect: Effect { before: before.outcome, after: path.trial.outcome },
        steps: path.steps,
        trial: path.trial,
        range,
    })
}
