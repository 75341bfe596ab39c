//! Other models, and a light one before the main one.

use super::Rule;
use super::edge_first::{answered_by, in_force};
use crate::diagnostic::Result;
use crate::recommend::break_even::{STEPS, WHAT_IFS, break_even, map, percent};
use crate::recommend::{
    Advice, Certificate, Change, Edit, Effort, Proposal, Session, Value, WhatIf,
};
use crate::workload::{LlmSpec, TextOr};

/// `tiers`.
#[derive(Debug)]
pub(super) struct Tiers;

/// Where a workload names a model: its main one, or that of a label of the trace.
#[derive(Clone)]
struct Slot {
    label: Option<String>,
    model: String,
}

/// The models of a workload as written.
struct Models {
    slots: Vec<Slot>,
    /// Written as a mapping under the workload itself.
    here: bool,
    /// The light model of a stated cascade, which is not good enough alone, and whether it is planned.
    cascade: Option<(String, bool)>,
}

impl Rule for Tiers {
    fn code(&self) -> &'static str {
        "SSC304"
    }
    fn name(&self) -> &'static str {
        "tiers"
    }
    fn summary(&self) -> &'static str {
        "other models that are allowed, and a light one before the main one"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/tiers.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        let mut what_ifs = 0;
        if session.options().llm.is_some() {
            return Ok(advice);
        }
        for index in 0..session.file().workloads.len() {
            let name = session.file().workloads[index].name.value.clone();
            let gate = session.file().workloads[index].gate.as_ref().map(|g| &g.value);
            if let Some(gate) = gate.filter(|g| g.planned && g.llm.is_some()) {
                let by = answered_by(gate);
                let change = in_force(index, true);
                let title = format!("Let {by} answer first what {name} is asked");
                advice.extend(one(session, title, change)?);
            }
            let Some(models) = models(session, index) else { continue };
            if models.cascade.as_ref().is_some_and(|(_, planned)| *planned) {
                let path = format!("workloads[{index}].llm.cascade.planned");
                let change = Change::none().and(Edit::Remove(path));
                let title = format!("Ask a light model first for {name}, and escalate");
                advice.extend(one(session, title, change)?);
            }
            advice.extend(replaced(session, index, &name, &models)?.map(Advice::Proposal));
            if models.cascade.is_none() && session.asks_what_if() && what_ifs < WHAT_IFS {
                what_ifs += 1;
                advice.extend(cascades(session, index, &name, &models)?);
            }
        }
        Ok(advice)
    }
}

/// The models a workload names; none if they are inherited as a mapping, which others share.
fn models(session: &Session<'_>, index: usize) -> Option<Models> {
    let own = session.file().workloads[index].llm.as_ref();
    let written = own.or(session.file().llm.as_ref())?;
    match &written.value {
        TextOr::Text(name) => {
            let slots = vec![Slot { label: None, model: name.clone() }];
            Some(Models { slots, here: false, cascade: None })
        }
        TextOr::More(spec) => own.is_some().then(|| Models {
            slots: slots(spec),
            here: true,
            cascade: spec.cascade.as_ref().map(|c| (c.value.first.value.clone(), c.value.planned)),
        }),
    }
}

fn slots(spec: &LlmSpec) -> Vec<Slot> {
    let main = Slot { label: None, model: spec.model.value.clone() };
    let labelled = spec.by_trace_model.iter();
    let labelled = labelled.map(|(l, f)| Slot { label: Some(l.clone()), model: f.value.clone() });
    std::iter::once(main).chain(labelled).collect()
}

/// The workload with these models in place of its own, slot by slot.
fn with(index: usize, models: &Models, names: &[String]) -> Change {
    let Some(main) = names.first() else { return Change::none() };
    if !models.here {
        return Change::none().set(index, "llm", main);
    }
    let mut change = Change::none();
    if *main != models.slots[0].model {
        change = change.set(index, "llm.model", main);
    }
    let others = || models.slots.iter().zip(names).skip(1);
    if others().any(|(slot, name)| slot.model != *name) {
        // A label may hold any sign, so the mapping is written as a whole.
        let entry =
            |(slot, name): (&Slot, &String)| Some((slot.label.clone()?, Value::text(name.clone())));
        let all = Value::Map(others().filter_map(entry).collect());
        change = change.set(index, "llm.by_trace_model", all);
    }
    change
}

/// The cheapest allowed model for each slot.
fn replaced(
    session: &mut Session<'_>,
    index: usize,
    name: &str,
    models: &Models,
) -> Result<Option<Box<Proposal>>> {
    let allowed = session.objectives().models.clone();
    let now: Vec<String> = models.slots.iter().map(|s| s.model.clone()).collect();
    let (mut best, mut tried) = (now.clone(), 0);
    for slot in 0..now.len() {
        let light = models.cascade.as_ref().filter(|_| slot == 0).map(|c| &c.0);
        let other = |m: &&String| **m != now[slot] && Some(*m) != light;
        let names: Vec<Vec<String>> = allowed
            .iter()
            .filter(other)
            .map(|m| {
                let mut names = now.clone();
                names[slot].clone_from(m);
                names
            })
            .collect();
        tried += names.len();
        let changes: Vec<_> = names.iter().map(|n| with(index, models, n)).collect();
        if let Some((at, _)) = session.cheapest(&changes)? {
            best[slot].clone_from(&names[at][slot]);
        }
    }
    let change = with(index, models, &best);
    if best == now || session.cheapest(std::slice::from_ref(&change))?.is_none() {
        return Ok(None);
    }
    let changed = models.slots.iter().zip(&best).filter(|(slot, new)| slot.model != **new);
    let words: Vec<_> = changed
        .map(|(slot, new)| match &slot.label {
            None => format!("{new} instead of {}", slot.model),
            Some(label) => format!("{new} instead of {} for `{label}`", slot.model),
        })
        .collect();
    Ok(Some(Box::new(Proposal {
        title: format!("Let {name} call {}", words.join(", ")),
        change,
        effort: Effort::Medium,
        evidence: vec![
            "allowed under `objectives.models`; whether the answers are good enough is yours to judge"
                .to_owned(),
            "answers are taken to be as long and as fast as now: measure the other model".to_owned(),
        ],
        certificate: if now.len() == 1 {
            Certificate::Exhaustive(tried as u64)
        } else {
            Certificate::BestFound(format!(
                "every allowed model was tried for each of {} tiers, the best of each together",
                now.len()
            ))
        },
        artifacts: Vec::new(),
    })))
}

/// A planned change, if it pays.
fn one(session: &mut Session<'_>, title: String, change: Change) -> Result<Option<Advice>> {
    if session.cheapest(std::slice::from_ref(&change))?.is_none() {
        return Ok(None);
    }
    Ok(Some(Advice::Proposal(Box::new(Proposal {
        title,
        change,
        effort: Effort::Medium,
        evidence: vec![
            "the shares are those the scenario states; whether the answers are good enough is yours to \
             judge"
                .to_owned(),
        ],
        certificate: Certificate::Exhaustive(1),
        artifacts: Vec::new(),
    }))))
}

/// Up to which rate of escalation each allowed model pays as the first of a cascade.
fn cascades(
    session: &mut Session<'_>,
    index: usize,
    name: &str,
    models: &Models,
) -> Result<Vec<Advice>> {
    let mut advice = Vec::new();
    let Some(main) = models.slots.first().map(|s| s.model.clone()) else { return Ok(advice) };
    let allowed = session.objectives().models.clone();
    for first in allowed.iter().filter(|m| **m != main) {
        let cascade = |step: u32| {
            let share = percent(step);
            let cascade = map(&[("first", first), ("escalates", &share)]);
            if models.here {
                return Change::none().set(index, "llm.cascade", cascade);
            }
            let both = vec![
                ("model".to_owned(), Value::text(main.clone())),
                ("cascade".to_owned(), cascade),
            ];
            Change::none().set(index, "llm", Value::Map(both))
        };
        // It pays the more the fewer escalate.
        let found = break_even(session, (STEPS, 0), &|_| Change::none(), &cascade)?;
        let Some(found) = found else { continue };
        advice.push(Advice::WhatIf(WhatIf {
            title: format!("Ask {first} first for {name}, and {main} on escalation"),
            break_even: format!("it pays if at most {} of requests escalate", percent(found.at)),
            state: format!(
                "llm: {{ model: {main}, cascade: {{ planned: true, first: {first}, escalates: SHARE }} }} \
                 under the workload"
            ),
            evidence: vec![
                "a request that escalates pays both models and waits for a whole answer of the first"
                    .to_owned(),
                "which answers are good enough is yours to judge".to_owned(),
            ],
        }));
    }
    Ok(advice)
}
