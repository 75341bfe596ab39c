//! Answers that are given before the function is reached.

use super::Rule;
use super::pipeline::evidence;
use crate::diagnostic::Result;
use crate::recommend::break_even::{STEPS, WHAT_IFS, break_even, likely, map, on_demand, percent};
use crate::recommend::words::dollars;
use crate::recommend::{Advice, Certificate, Change, Edit, Effort, Proposal, Session, WhatIf};
use crate::workload::GateFile;

/// `edge-first`.
#[derive(Debug)]
pub(super) struct EdgeFirst;

impl Rule for EdgeFirst {
    fn code(&self) -> &'static str {
        "SSC104"
    }
    fn name(&self) -> &'static str {
        "edge-first"
    }
    fn summary(&self) -> &'static str {
        "answers from a cache, a template or a light model before the function is reached"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/edge-first.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        let mut what_ifs = 0;
        for index in 0..session.file().workloads.len() {
            let w = &session.file().workloads[index];
            let name = w.name.value.clone();
            match w.gate.as_ref().map(|g| &g.value) {
                Some(gate) if gate.answers.is_some() && gate.platform.is_none() => {
                    let planned = gate.planned;
                    let proposal = in_front(session, index, &name, planned)?;
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

/// Facts of a planned gate are in force without the key that says so.
pub(super) fn in_force(index: usize, planned: bool) -> Change {
    let change = Change::none();
    let path = || format!("workloads[{index}].gate.planned");
    if planned { change.and(Edit::Remove(path())) } else { change }
}

/// What answers at a gate.
pub(super) fn answered_by(gate: &GateFile) -> String {
    gate.llm.as_ref().map_or_else(|| "stored answers".to_owned(), |field| field.value.clone())
}

/// The gate on the cheapest platform of its own.
fn in_front(
    session: &mut Session<'_>,
    index: usize,
    name: &str,
    planned: bool,
) -> Result<Option<Box<Proposal>>> {
    let platforms = on_demand(session, index);
    let to = |p: &String| in_force(index, planned).set(index, "gate.platform", p);
    let changes: Vec<_> = platforms.iter().map(to).collect();
    let Some((at, trial)) = session.cheapest(&changes)? else { return Ok(None) };
    let platform = &platforms[at];
    let mut facts = evidence(session, index, name, &trial);
    if let Some(gate) = session.file().workloads[index].gate.as_ref() {
        let share = gate.value.answers.as_ref().map_or("", |f| f.value.as_str());
        let by = answered_by(&gate.value);
        facts
            .insert(0, format!("{share} of requests are answered by {by}, as the scenario states"));
        if gate.value.llm.is_some() {
            facts.push("whether those answers are good enough is yours to judge".to_owned());
        }
    }
    Ok(Some(Box::new(Proposal {
        title: format!(
            "Answer first what {name} can answer in front of its function, on {platform}"
        ),
        change: changes[at].clone(),
        effort: Effort::High,
        evidence: facts,
        certificate: Certificate::Exhaustive(platforms.len() as u64),
        artifacts: Vec::new(),
    })))
}

/// A lookup of a stored answer in front.
const DURATION: &str = "20ms";
const CPU: &str = "2ms";

/// From which share of first answers a gate in front pays.
fn from_when(session: &mut Session<'_>, index: usize, name: &str) -> Result<Option<WhatIf>> {
    let gate = |step: u32, platform: &str| {
        let share = percent(step);
        let entries = [
            ("platform", platform),
            ("duration", DURATION),
            ("cpu", CPU),
            ("answers", share.as_str()),
        ];
        Change::none().set(index, "gate", map(&entries))
    };
    let Some(platform) = likely(session, index, &|p| gate(STEPS / 4, p))? else {
        return Ok(None);
    };
    let in_front = |step| gate(step, &platform);
    let found = break_even(session, (0, STEPS - 1), &|_| Change::none(), &in_front)?;
    Ok(found.map(|found| WhatIf {
        title: format!("Give first answers of {name} in front of its function"),
        break_even: format!(
            "from {} of requests answered on {platform} it pays, at {DURATION} and {CPU} of CPU for \
             each look",
            percent(found.at)
        ),
        state: format!(
            "gate: {{ planned: true, duration: {DURATION}, cpu: {CPU}, answers: SHARE }} under the \
             workload; add `llm:` if a light model answers"
        ),
        evidence: found
            .around()
            .map(|(step, saving)| format!("at {} it saves {}", percent(*step), dollars(*saving)))
            .collect(),
    }))
}
