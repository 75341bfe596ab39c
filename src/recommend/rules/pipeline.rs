//! The gate and the work after the answer on platforms of their own.

use super::Rule;
use crate::diagnostic::Result;
use crate::recommend::break_even::{STEPS, WHAT_IFS, break_even, likely, map, on_demand, percent};
use crate::recommend::words::{count, dollars};
use crate::recommend::{Advice, Certificate, Change, Effort, Proposal, Session, Trial, WhatIf};
use crate::units::{Money, grouped, thousands};
use crate::workload::WorkloadFile;
use std::sync::Arc;

/// `pipeline`.
#[derive(Debug)]
pub(super) struct Pipeline;

impl Rule for Pipeline {
    fn code(&self) -> &'static str {
        "SSC103"
    }
    fn name(&self) -> &'static str {
        "pipeline"
    }
    fn summary(&self) -> &'static str {
        "a gate before the streaming function and a worker after it"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/pipeline.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        let mut what_ifs = 0;
        for index in 0..session.file().workloads.len() {
            let w = &session.file().workloads[index];
            let (movable, stated) = (stages_inside(w), w.gate.is_some() || w.post.is_some());
            let name = w.name.value.clone();
            if !movable.is_empty() {
                advice.extend(apart(session, index, &name, &movable)?.map(Advice::Proposal));
            } else if !stated && session.asks_what_if() && what_ifs < WHAT_IFS {
                what_ifs += 1;
                advice.extend(rejections(session, index, &name)?.map(Advice::WhatIf));
            }
        }
        Ok(advice)
    }
}

/// Stages that are stated and run inside the function; a gate that answers is another rule's.
fn stages_inside(w: &WorkloadFile) -> Vec<&'static str> {
    let gate = w.gate.as_ref().map(|g| &g.value);
    let gate = gate.is_some_and(|g| !g.planned && g.platform.is_none() && g.answers.is_none());
    let post = w.post.as_ref().is_some_and(|p| p.value.platform.is_none());
    [("gate", gate), ("post", post)].into_iter().filter(|s| s.1).map(|s| s.0).collect()
}

/// The best place of each stage, and of both together.
fn apart(
    session: &mut Session<'_>,
    index: usize,
    name: &str,
    stages: &[&'static str],
) -> Result<Option<Box<Proposal>>> {
    let platforms = on_demand(session, index);
    let mut best: Vec<(Change, Vec<String>, Arc<Trial>)> = Vec::new();
    for stage in stages {
        let to = |p: &String| Change::none().set(index, &format!("{stage}.platform"), p);
        let changes: Vec<_> = platforms.iter().map(to).collect();
        if let Some((at, trial)) = session.cheapest(&changes)? {
            let words = format!("its {} on {}", words(stage), platforms[at]);
            best.push((changes[at].clone(), vec![words], trial));
        }
    }
    let tried = stages.len() * platforms.len();
    if let [gate, post] = best.as_slice() {
        let both = gate.0.clone().then(&post.0);
        if let Some((_, trial)) = session.cheapest(std::slice::from_ref(&both))? {
            best.push((both, [gate.1.clone(), post.1.clone()].concat(), trial));
        }
    }
    let Some((change, words, trial)) = best.into_iter().min_by_key(|b| b.2.outcome.total) else {
        return Ok(None);
    };
    let certificate = if stages.len() == 1 {
        Certificate::Exhaustive(tried as u64)
    } else {
        Certificate::BestFound(format!(
            "each stage was tried on every one of {} platforms, the best two together",
            platforms.len()
        ))
    };
    Ok(Some(Box::new(Proposal {
        title: format!("Run {name} as a pipeline: {}", words.join(" and ")),
        change,
        effort: Effort::High,
        evidence: evidence(session, index, name, &trial),
        certificate,
        artifacts: Vec::new(),
    })))
}

fn words(stage: &str) -> &'static str {
    if stage == "gate" { "gate" } else { "work after the answer" }
}

/// What reaches the function, and how long it is on the meter.
pub(super) fn evidence(
    session: &Session<'_>,
    index: usize,
    name: &str,
    trial: &Trial,
) -> Vec<String> {
    let now = session.now().estimate.workloads.get(index);
    let then = trial.estimate.workloads.get(index);
    let (Some(now), Some(then)) = (now, then) else { return Vec::new() };
    let mut facts = Vec::new();
    if then.requests < now.requests {
        let (n, all) = (thousands(then.requests), count(now.requests, "request"));
        facts.push(format!("{n} of {all} reach the function of {name}"));
    }
    let hours = |time: i128| time / 3_600_000_000_000;
    let (before, after) = (hours(now.facts.service_time), hours(then.facts.service_time));
    if after < before {
        facts.push(format!(
            "its replayed function serves for {} h instead of {} h",
            grouped(&after.to_string()),
            grouped(&before.to_string())
        ));
    }
    facts
}

/// From which share of rejections a gate pays that is not there yet: the check itself is taken as given.
fn rejections(session: &mut Session<'_>, index: usize, name: &str) -> Result<Option<WhatIf>> {
    let gate = |step: u32, platform: Option<&str>| {
        let share = percent(step);
        let mut entries = vec![("duration", DURATION), ("cpu", CPU), ("rejects", share.as_str())];
        entries.extend(platform.map(|p| ("platform", p)));
        Change::none().set(index, "gate", map(&entries))
    };
    let inside = |step| gate(step, None);
    // Places are compared where many requests end at the gate.
    let Some(platform) = likely(session, index, &|p| gate(STEPS / 2, Some(p)))? else {
        return Ok(None);
    };
    let outside = |step| gate(step, Some(&platform));
    let found = break_even(session, (0, STEPS / 2), &inside, &outside)?;
    let Some(found) = found else { return Ok(None) };
    let from = match found.at {
        0 => "however few requests end there,".to_owned(),
        at => format!("from {} of requests that end there", percent(at)),
    };
    let tried = |(step, saving): &(u32, Money)| {
        let saves = dollars(*saving);
        format!("at {} it saves {saves} against the same check inside", percent(*step))
    };
    Ok(Some(WhatIf {
        title: format!("Turn requests of {name} away before they reach its function"),
        break_even: format!(
            "{from} a gate on {platform} pays, at {DURATION} and {CPU} of CPU for each check"
        ),
        state: format!(
            "gate: {{ duration: {DURATION}, cpu: {CPU}, rejects: SHARE }} under the workload"
        ),
        evidence: found.around().map(tried).collect(),
    }))
}

/// A check that looks a key up.
const DURATION: &str = "40ms";
const CPU: &str = "5ms";
