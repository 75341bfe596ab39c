//! Settings of one workload, tried together; sizes only as far as they were measured.

use super::Rule;
use crate::diagnostic::Result;
use crate::estimate::Played;
use crate::pricing::PlatformRef;
use crate::recommend::candidates::{
    Candidate, SHARING, is_size, moved, platforms, shared, variants,
};
use crate::recommend::options::Around;
use crate::recommend::words::count;
use crate::recommend::{Advice, Certificate, Effort, Load, Proposal, Session};
use crate::units::parse::memory_mib;
use crate::units::{Money, thousands};
use std::sync::Arc;

/// Most combinations that are all tried; of more, one setting at a time is changed.
const MOST: usize = 150;

/// `settings`.
#[derive(Debug)]
pub(super) struct Settings;

/// The values of a setting that are tried, the present one among them.
type Lever = (String, Vec<String>);

impl Rule for Settings {
    fn code(&self) -> &'static str {
        "SSC203"
    }
    fn name(&self) -> &'static str {
        "settings"
    }
    fn summary(&self) -> &'static str {
        "concurrency, size, architecture and billing mode, tried together"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/settings.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let first = session.asks_what_if();
        let mut advice = Vec::new();
        for around in Around::each(session)? {
            advice.extend(best(session, &around)?.map(|p| Advice::Proposal(Box::new(p))));
            if first {
                advice.extend(super::sizes::smaller(session, &around)?.map(Advice::WhatIf));
                advice.extend(super::sizes::sharing(session, &around)?.map(Advice::WhatIf));
            }
        }
        Ok(advice)
    }
}

/// The cheapest combination on any platform of the service, if it saves.
fn best<'a>(session: &mut Session<'a>, around: &Around<'a>) -> Result<Option<Proposal>> {
    let workload = around.workload;
    let now = around.now[workload].estimate.clone();
    let load = session.load(workload)?;
    let service = session.book().platform(&now.platform).map(|p| p.service.id.clone());
    let places: Vec<_> = platforms(session, workload)
        .into_iter()
        .filter(|p| Some(&p.service.id) == service.as_ref())
        .collect();
    let (mut tried, mut exhaustive) = (0, true);
    let mut best: Option<(Candidate, Arc<Played<'a>>, Money)> = None;
    for place in &places {
        let Some(base) = moved(session, workload, place, &now.region) else { continue };
        // On another platform of the service, no more streams on an instance than it carries.
        let Some(base) = variants(&base, workload, place, &load, false).into_iter().next() else {
            continue;
        };
        let levers = levers(session, workload, place, &base, &load);
        let all = combinations(&levers);
        let found = match all {
            Some(all) => {
                tried += all.len() as u64;
                let candidates = all.iter().map(|c| with(&base, workload, place, &levers, c));
                cheapest(session, around, candidates.collect())?
            }
            None => {
                exhaustive = false;
                descend(session, around, place, &base, &levers, &mut tried)?
            }
        };
        if let Some(found) = found
            && best.as_ref().is_none_or(|b| found.2 < b.2)
        {
            best = Some(found);
        }
    }
    let Some((candidate, played, total)) = best else { return Ok(None) };
    if total >= session.now().outcome.total || candidate.change.is_none() {
        return Ok(None);
    }
    let certificate = if exhaustive {
        Certificate::Exhaustive(tried)
    } else {
        let why = format!("one setting at a time, {tried} of more than {MOST} combinations");
        Certificate::BestFound(why)
    };
    Ok(Some(proposal(session, workload, (&candidate, &played), &load, certificate)))
}

/// What may be changed on a platform without asking more of the code than is known.
fn levers(
    session: &Session<'_>,
    workload: usize,
    place: &PlatformRef<'_>,
    base: &Candidate,
    load: &Load,
) -> Vec<Lever> {
    let curve = measured(session, workload);
    let cpu = session.states(workload, "cpu");
    let mut levers = Vec::new();
    for (name, spec) in &place.platform.settings {
        let Some(now) = base.settings.get(name) else { continue };
        let sharing = SHARING.contains(&name.as_str());
        let mut values: Vec<String> = if sharing {
            if cpu { shared(spec, base.vcpu(), load) } else { Vec::new() }
        } else if is_size(name, spec) {
            let sizes = curve.iter().filter(|_| name == "memory" && base.vcpu().is_none());
            sizes.filter_map(|mib| spec.check(&format!("{mib}MiB")).ok()).collect()
        } else {
            spec.tries.clone()
        };
        values.retain(|v| v != now && (memory_mib(v).is_err() || memory_mib(v) != memory_mib(now)));
        if !values.is_empty() {
            values.insert(0, now.clone());
            levers.push((name.clone(), values));
        }
    }
    levers
}

/// Sizes of the workload's memory curve, in MiB.
pub(super) fn measured(session: &Session<'_>, workload: usize) -> Vec<u64> {
    session.now().estimate.workloads.get(workload).map_or(Vec::new(), |w| w.memory_measured.clone())
}

/// Every combination as indices of values, if there are not too many.
fn combinations(levers: &[Lever]) -> Option<Vec<Vec<usize>>> {
    let mut all = vec![Vec::new()];
    for (_, values) in levers {
        if all.len().checked_mul(values.len())? > MOST {
            return None;
        }
        let longer = |c: &Vec<usize>| {
            let c = c.clone();
            (0..values.len()).map(move |v| c.iter().copied().chain([v]).collect::<Vec<_>>())
        };
        all = all.iter().flat_map(longer).collect();
    }
    Some(all)
}

/// The candidate with these values.
fn with(
    base: &Candidate,
    workload: usize,
    place: &PlatformRef<'_>,
    levers: &[Lever],
    chosen: &[usize],
) -> Candidate {
    let mut candidate = base.clone();
    for ((name, values), value) in levers.iter().zip(chosen) {
        if let (Some(spec), true) = (place.platform.settings.get(name), *value > 0) {
            candidate = candidate.with(workload, name, &values[*value], spec);
        }
    }
    candidate
}

type Found<'a> = Option<(Candidate, Arc<Played<'a>>, Money)>;

/// The cheapest of some candidates that keeps the objectives.
fn cheapest<'a>(
    session: &mut Session<'a>,
    around: &Around<'a>,
    candidates: Vec<Candidate>,
) -> Result<Found<'a>> {
    let changes: Vec<_> = candidates.iter().map(|c| c.change.clone()).collect();
    let found = around.cheapest(session, &changes)?;
    Ok(found.map(|(index, (played, total))| (candidates[index].clone(), played, total)))
}

/// Changes one setting at a time while that saves.
fn descend<'a>(
    session: &mut Session<'a>,
    around: &Around<'a>,
    place: &PlatformRef<'_>,
    base: &Candidate,
    levers: &[Lever],
    tried: &mut u64,
) -> Result<Found<'a>> {
    let mut at = vec![0; levers.len()];
    let mut best: Found<'a> = None;
    loop {
        let before = best.as_ref().map(|b| b.2);
        for lever in 0..levers.len() {
            let choices = (0..levers[lever].1.len()).map(|value| {
                let mut chosen = at.clone();
                chosen[lever] = value;
                chosen
            });
            let choices: Vec<_> = choices.collect();
            let all = choices.iter().map(|c| with(base, around.workload, place, levers, c));
            let all: Vec<_> = all.collect();
            *tried += all.len() as u64;
            if let Some(found) = cheapest(session, around, all.clone())?
                && best.as_ref().is_none_or(|b| found.2 < b.2)
            {
                let index = all.iter().position(|c| *c == found.0).unwrap_or(0);
                at.clone_from(&choices[index]);
                best = Some(found);
            }
        }
        if best.as_ref().map(|b| b.2) == before || session.out_of_time() {
            return Ok(best);
        }
    }
}

fn proposal(
    session: &Session<'_>,
    workload: usize,
    (candidate, played): (&Candidate, &Played<'_>),
    load: &Load,
    certificate: Certificate,
) -> Proposal {
    let now = &session.now().estimate.workloads[workload];
    let mut words = candidate.chosen.clone();
    if candidate.platform != now.platform {
        words.insert(0, format!("platform {}", candidate.platform));
    }
    let mut evidence = Vec::new();
    let changed = |name: &str| candidate.settings.get(name) != now.settings.get(name);
    if let Some(streams) = candidate.settings.get("concurrency").filter(|_| changed("concurrency"))
    {
        if let Some(vcpu) = candidate.vcpu() {
            let most = load.streams_on(vcpu).map_or_else(|| "any number".into(), |n| n.to_string());
            let cpu = load.mean_cpu_millis().round_dp(1).normalize();
            evidence.push(format!(
                "at {cpu} ms of processor time a stream, {vcpu} vCPU carry {most} streams at 60 % use"
            ));
        }
        let each = candidate.memory().zip(streams.parse::<u64>().ok());
        if let Some(mib) = each.and_then(|(memory, n)| memory.checked_div(n)) {
            evidence.push(format!("{mib}MiB are left for each of {streams} streams: check that"));
        }
    }
    if changed("architecture") {
        evidence
            .push("durations are taken to be the same on the other architecture: test it".into());
    }
    if changed("memory") && !now.memory_measured.is_empty() {
        evidence.push("processor times are those of the memory curve, waiting is as before".into());
    }
    let (before, after) = (now.facts.peak_instances, played.estimate.facts.peak_instances);
    if after != before {
        let after = count(after, "instance");
        evidence
            .push(format!("{after} at the busiest moment instead of {}", thousands(before.into())));
    }
    let low = candidate.platform == now.platform && !changed("architecture");
    Proposal {
        title: format!("Run {} with {}", now.name, words.join(", ")),
        change: candidate.change.clone(),
        effort: if low { Effort::Low } else { Effort::Medium },
        evidence,
        certificate,
        artifacts: Vec::new(),
    }
}
