//! All rules on a scenario: what each is worth alone, and the plan they make together.

use super::{Advice, Change, Effect, Proposal, Refused, Rule, Session, Trial, WhatIf};
use crate::diagnostic::Result;
use std::sync::Arc;

/// Which rules are asked, and how far a plan may go.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rules, in order.
    pub rules: Vec<&'static dyn Rule>,
    /// Most recommendations a plan combines.
    pub max_changes: usize,
}

/// A proposal that was estimated.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub rule: &'static str,
    /// What it proposes.
    pub proposal: Proposal,
    /// What it does alone.
    pub effect: Effect,
}

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
}

/// Everything there is to say about a scenario.
#[derive(Clone, Debug)]
pub struct Recommendations {
    /// The scenario as it is.
    pub before: Arc<Trial>,
    /// What pays alone, the largest saving first.
    pub ranked: Vec<Ranked>,
    /// What pays if a fact holds.
    pub what_if: Vec<(&'static str, WhatIf)>,
    /// What cannot be done.
    pub refused: Vec<(&'static str, Refused)>,
    /// What pays together.
    pub plan: Option<Plan>,
    /// Scenarios that were estimated.
    pub estimated: u64,
    /// Whether the search ended for lack of time.
    pub out_of_time: bool,
}

/// Asks every rule, ranks what pays, and puts a plan together.
///
/// The plan takes the proposal that saves most, makes it the scenario, and asks again until nothing
/// saves more: what rules do to each other is replayed, not added up.
///
/// # Errors
/// When a trace cannot be read, or a rule fails.
pub fn recommend(session: &mut Session<'_>, settings: &Settings) -> Result<Recommendations> {
    let before = Arc::new(session.now().clone());
    let first = round(session, settings)?;
    let (what_if, refused) = (first.what_if, first.refused);
    let (mut steps, mut change): (Vec<Ranked>, _) = (Vec::new(), Change::none());
    let mut next = first.ranked.clone();
    while let Some(best) = next.into_iter().next() {
        session.take(&best.proposal.change)?;
        change = change.then(&best.proposal.change);
        steps.push(best);
        if steps.len() == settings.max_changes || session.out_of_time() {
            break;
        }
        next = round(session, settings)?.ranked;
    }
    let trial = Arc::new(session.now().clone());
    let effect = Effect { before: before.outcome, after: trial.outcome };
    let plan = (!steps.is_empty()).then_some(Plan { steps, change, trial, effect });
    Ok(Recommendations {
        before,
        ranked: first.ranked,
        what_if,
        refused,
        plan,
        estimated: session.estimated(),
        out_of_time: session.out_of_time(),
    })
}

#[derive(Default)]
struct Round {
    ranked: Vec<Ranked>,
    what_if: Vec<(&'static str, WhatIf)>,
    refused: Vec<(&'static str, Refused)>,
}

/// What every rule says about the scenario as it stands.
fn round(session: &mut Session<'_>, settings: &Settings) -> Result<Round> {
    let mut round = Round::default();
    for rule in &settings.rules {
        if session.out_of_time() {
            break;
        }
        session.begin(rule.name());
        for advice in rule.advise(session)? {
            match advice {
                Advice::WhatIf(what_if) => round.what_if.push((rule.code(), what_if)),
                Advice::Refused(refused) => round.refused.push((rule.code(), refused)),
                Advice::Proposal(proposal) => {
                    // A rule's word is not enough: the change is estimated, and has to keep and save.
                    let Ok(trial) = session.try_one(&proposal.change) else { continue };
                    let effect = session.effect(&trial);
                    if session.keeps(&trial) && effect.after.total < effect.before.total {
                        let (code, rule) = (rule.code(), rule.name());
                        round.ranked.push(Ranked { code, rule, proposal: *proposal, effect });
                    }
                }
            }
        }
    }
    round.ranked.sort_by_key(|r| std::cmp::Reverse(r.effect.saving()));
    Ok(round)
}
