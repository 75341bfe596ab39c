//! Each workload where the account's bill as a whole is least.

use super::Rule;
use crate::diagnostic::Result;
use crate::estimate::{Floor, Played};
use crate::recommend::assign::{Assignment, cheapest};
use crate::recommend::candidates::Candidate;
use crate::recommend::options::{billed, floor, tried};
use crate::recommend::{Advice, Certificate, Change, Effort, Proposal, Session};
use std::sync::Arc;

/// Most assignments that are billed in one search.
const MOST_BILLS: u64 = 4_000;

/// `hybrid-split`.
#[derive(Debug)]
pub(super) struct HybridSplit;

/// The options of one workload, as it is first.
struct Options<'a> {
    name: String,
    options: Vec<(Candidate, Arc<Played<'a>>, Floor)>,
}

impl Rule for HybridSplit {
    fn code(&self) -> &'static str {
        "SSC101"
    }
    fn name(&self) -> &'static str {
        "hybrid-split"
    }
    fn summary(&self) -> &'static str {
        "each workload on the platform where the account's bill is least"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/hybrid-split.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let all = options(session)?;
        if all.is_empty() || session.out_of_time() {
            return Ok(Vec::new());
        }
        let found = search(session, &all, None)?;
        let mut advice: Vec<_> = proposal(session, &all, &found).into_iter().collect();
        let moves = found.best.as_ref().map_or(0, |b| moved(&all, &b.0).count());
        if moves > 1 {
            // The one move that saves most, for those who will not move everything.
            let mut single: Option<Assignment> = None;
            for w in 0..all.len() {
                let one = search(session, &all, Some(w))?;
                let total = |a: &Assignment| a.best.as_ref().map(|b| b.1);
                if single.as_ref().is_none_or(|s| total(&one) < total(s)) {
                    single = Some(one);
                }
            }
            advice.extend(single.and_then(|found| proposal(session, &all, &found)));
        }
        Ok(advice.into_iter().map(|p| Advice::Proposal(Box::new(p))).collect())
    }
}

/// Every workload's options that may be chosen; the workload as it is can always be.
fn options<'a>(session: &mut Session<'a>) -> Result<Vec<Options<'a>>> {
    let terms = session.terms()?;
    let names: Vec<_> = session.file().workloads.iter().map(|w| w.name.value.clone()).collect();
    let mut all = Vec::new();
    for (w, name) in names.into_iter().enumerate() {
        let mut options = Vec::new();
        for (index, t) in tried(session, w)?.into_iter().enumerate() {
            let Ok(played) = t.played else { continue };
            let possible = floor(session, &terms, &played);
            let as_it_is = || terms.floor(&played.used).unwrap_or_default();
            let floor = if index == 0 { Some(possible.unwrap_or_else(as_it_is)) } else { possible };
            options.extend(floor.map(|floor| (t.candidate, Arc::clone(&played), floor)));
        }
        if options.is_empty() {
            return Ok(Vec::new());
        }
        all.push(Options { name, options });
    }
    Ok(all)
}

/// The cheapest assignment; with `only`, of those that leave the other workloads as they are.
fn search<'a>(
    session: &mut Session<'a>,
    all: &[Options<'a>],
    only: Option<usize>,
) -> Result<Assignment> {
    let terms = session.terms()?;
    let base = terms.floor(&terms.stated).unwrap_or_default();
    let open = |w: usize, o: &Options<'_>| match only {
        Some(one) if one != w => 1,
        _ => o.options.len(),
    };
    let floors: Vec<Vec<Floor>> = all
        .iter()
        .enumerate()
        .map(|(w, o)| o.options.iter().take(open(w, o)).map(|o| o.2.clone()).collect())
        .collect();
    let mut cost = |choice: &[usize]| {
        let played = all.iter().zip(choice).map(|(o, i)| o.options.get(*i).map(|o| &*o.1));
        billed(session, &terms, &played.collect::<Option<Vec<_>>>()?)
    };
    let as_it_is = vec![0; all.len()];
    Ok(cheapest(&floors, &base, &[as_it_is], &mut cost, MOST_BILLS))
}

/// The workloads that an assignment puts on another platform.
fn moved<'o, 'a>(
    all: &'o [Options<'a>],
    choice: &'o [usize],
) -> impl Iterator<Item = (&'o Options<'a>, &'o (Candidate, Arc<Played<'a>>, Floor))> {
    all.iter().zip(choice).filter_map(|(o, i)| {
        let now = o.options.first()?;
        let then = o.options.get(*i)?;
        (then.0.platform != now.0.platform).then_some((o, then))
    })
}

fn proposal(session: &Session<'_>, all: &[Options<'_>], found: &Assignment) -> Option<Proposal> {
    let (choice, total) = found.best.as_ref()?;
    if *total >= session.now().outcome.total || moved(all, choice).next().is_none() {
        return None;
    }
    let place = |(o, (c, played, _)): (&Options<'_>, &(Candidate, Arc<Played<'_>>, Floor))| {
        format!("{} on {} ({})", o.name, played.estimate.platform_name, c.region)
    };
    let mut title = moved(all, choice).map(place).collect::<Vec<_>>().join(" and ");
    let stays = all.iter().zip(choice).filter_map(|(o, i)| {
        let (now, then) = (o.options.first()?, o.options.get(*i)?);
        let changed = now.0.platform == then.0.platform && !then.0.chosen.is_empty();
        changed.then(|| format!(", {} with {}", o.name, then.0.chosen.join(", ")))
    });
    title.extend(stays);
    let mut change = Change::none();
    let mut evidence = Vec::new();
    let chosen = all.iter().zip(choice).filter_map(|(o, i)| Some((o, o.options.get(*i)?)));
    for (w, (o, (candidate, played, _))) in chosen.enumerate() {
        if candidate.change.is_none() {
            continue;
        }
        change = change.then(&candidate.change);
        evidence.extend(said(session, w, &o.name, candidate, played));
    }
    let same_service = moved(all, choice).all(|(o, (then, ..))| {
        let service = |id: &str| session.book().platform(id).map(|p| &p.service.id);
        o.options.first().is_some_and(|now| service(&now.0.platform) == service(&then.platform))
    });
    let counted: Vec<_> = all.iter().map(|o| o.options.len().to_string()).collect();
    let of = format!("{} options", counted.join(" × "));
    Some(Proposal {
        title: format!("Run {title}"),
        change,
        effort: if same_service { Effort::Medium } else { Effort::High },
        evidence,
        certificate: if found.complete {
            let billed = found.billed;
            Certificate::Optimal(format!(
                "{of}: {billed} bills, the others cost more by their floors"
            ))
        } else {
            Certificate::Bound { bound: found.bound, of: format!("any of {of}") }
        },
        artifacts: Vec::new(),
    })
}

/// What is to be known about a workload's new place.
fn said(
    session: &Session<'_>,
    w: usize,
    name: &str,
    candidate: &Candidate,
    played: &Played<'_>,
) -> Vec<String> {
    let mut said = Vec::new();
    let e = &played.estimate;
    if candidate.chosen.iter().any(|c| c.starts_with("architecture")) {
        said.push(format!("{name}: durations are taken to be the same on the other architecture"));
    }
    let streams = candidate.settings.get("concurrency").filter(|n| *n != "1");
    if let Some(streams) = streams {
        let cpu = if session.states(w, "cpu") { "" } else { ", whose processor time is assumed" };
        said.push(format!("{name}: up to {streams} streams share an instance{cpu}"));
    }
    if candidate.memory().is_none() {
        said.push(format!("{name}: nothing is known about the memory it gets there"));
    }
    let now = session.now().estimate.workloads.iter().find(|o| o.name == name);
    if let Some(now) = now {
        let (before, after) = (now.facts.cold_starts, e.facts.cold_starts);
        if before != after {
            said.push(format!("{name}: {after} cold starts instead of {before}"));
        }
    }
    said
}
