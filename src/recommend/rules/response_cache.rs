//! Whole answers that are kept and given again.

use super::Rule;
use super::edge_first::in_force;
use crate::diagnostic::Result;
use crate::recommend::break_even::{STEPS, WHAT_IFS, break_even, map, percent};
use crate::recommend::{Advice, Certificate, Change, Effort, Proposal, Session, WhatIf};
use crate::units::Money;
use rust_decimal::Decimal;

/// `response-cache`.
#[derive(Debug)]
pub(super) struct ResponseCache;

impl Rule for ResponseCache {
    fn code(&self) -> &'static str {
        "SSC303"
    }
    fn name(&self) -> &'static str {
        "response-cache"
    }
    fn summary(&self) -> &'static str {
        "answers that are kept and given again"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/response-cache.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        let mut what_ifs = 0;
        for index in 0..session.file().workloads.len() {
            let w = &session.file().workloads[index];
            let name = w.name.value.clone();
            match w.gate.as_ref().map(|g| &g.value) {
                Some(gate) if gate.planned && gate.llm.is_none() => {
                    let Some(share) = gate.answers.as_ref().map(|f| f.value.clone()) else {
                        continue;
                    };
                    let priced = !gate.usage.is_empty();
                    let proposal = kept(session, index, (&name, &share), priced)?;
                    advice.extend(proposal.map(Advice::Proposal));
                }
                Some(_) => {}
                None if session.asks_what_if() && what_ifs < WHAT_IFS => {
                    what_ifs += 1;
                    advice.extend(from_when(session, index, &name)?.map(Advice::WhatIf));
                }
                None => {}
            }
        }
        Ok(advice)
    }
}

/// The cache that the scenario plans.
fn kept(
    session: &mut Session<'_>,
    index: usize,
    (name, share): (&str, &str),
    priced: bool,
) -> Result<Option<Box<Proposal>>> {
    let change = in_force(index, true);
    if session.cheapest(std::slice::from_ref(&change))?.is_none() {
        return Ok(None);
    }
    let mut evidence =
        vec![format!("{share} of requests find their answer, as the scenario states")];
    evidence.push(if priced {
        "what keeps the answers is on the bill, as stated under its `usage:`".to_owned()
    } else {
        "what keeps the answers is not on the bill: state it under `gate.usage:`".to_owned()
    });
    Ok(Some(Box::new(Proposal {
        title: format!("Keep answers of {name} and give them again"),
        change,
        effort: Effort::Medium,
        evidence,
        certificate: Certificate::Exhaustive(1),
        artifacts: Vec::new(),
    })))
}

/// A look into a store nearby.
const LOOK: &str = "5ms";

/// From which share of hits a cache pays, and what it may cost.
fn from_when(session: &mut Session<'_>, index: usize, name: &str) -> Result<Option<WhatIf>> {
    let cache = |step: u32| {
        let share = percent(step);
        let entries = [("duration", LOOK), ("cpu", "1ms"), ("answers", share.as_str())];
        Change::none().set(index, "gate", map(&entries))
    };
    let found = break_even(session, (0, STEPS - 1), &|_| Change::none(), &cache)?;
    let Some(found) = found else { return Ok(None) };
    let (Some(first), Some(last)) = (found.tried.first(), found.tried.last()) else {
        return Ok(None);
    };
    let percents = Decimal::from(last.0.saturating_sub(first.0)) / Decimal::TEN;
    let each = (last.1 - first.1).0.checked_div(percents).map_or(Money::ZERO, Money);
    Ok(Some(WhatIf {
        title: format!("Keep answers of {name} and give them again"),
        break_even: format!(
            "from {} of hits it pays at {LOOK} for each look, and each percent of hits saves about ${} \
             in the period: that much may the store cost",
            percent(found.at),
            each.to_cents()
        ),
        state: format!(
            "gate: {{ planned: true, duration: {LOOK}, cpu: 1ms, answers: SHARE, usage: [the store] }} \
             under the workload"
        ),
        evidence: vec![
            "how often questions repeat is not in the scenario".to_owned(),
            "an answer that is given again may be out of date: that is yours to judge".to_owned(),
        ],
    }))
}
