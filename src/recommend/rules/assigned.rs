//! An assignment in words: what moves where, what is to be known about it, and what proves it.

use crate::diagnostic::Result;
use crate::estimate::Played;
use crate::recommend::assign::Assignment;
use crate::recommend::candidates::Candidate;
use crate::recommend::placement::{Item, Items, Place, What, change};
use crate::recommend::words::count;
use crate::recommend::{Certificate, Effort, Proposal, Session};
use crate::units::thousands;

/// What moves in an assignment, in words.
#[derive(Default)]
struct Moves {
    /// Places for the title.
    to: Vec<String>,
    /// Settings that change where something stays.
    with: Vec<String>,
    evidence: Vec<String>,
    /// Whether everything stays with its service.
    same_service: bool,
}

/// The proposal of the best assignment, if anything changes its platform in it.
pub(super) fn proposal(
    session: &mut Session<'_>,
    all: &Items<'_>,
    found: &Assignment,
) -> Result<Option<Proposal>> {
    let Some((choice, total)) = &found.best else { return Ok(None) };
    if *total >= session.now().outcome.total {
        return Ok(None);
    }
    let items = &all.items;
    let mut moves = Moves { same_service: true, ..Moves::default() };
    for (item, i) in items.iter().zip(choice) {
        told(session, (item, *i), &mut moves);
    }
    if moves.to.is_empty() {
        return Ok(None);
    }
    let title = listed(&moves.to);
    let change = change(&session.file().workloads, items, choice);
    let whole = session.try_one(&change);
    let holds = whole.is_ok_and(|trial| trial.outcome.total == *total);
    let counted: Vec<_> = items.iter().map(|item| item.ways.len().to_string()).collect();
    let of = format!("{} options", counted.join(" × "));
    let certificate = if !(holds && all.complete) {
        let why = if holds { "of the likeliest places only" } else { "parts were replayed alone" };
        Certificate::BestFound(format!("{of}: {why}"))
    } else if found.complete {
        let billed = found.billed;
        Certificate::Optimal(format!("{of}: {billed} bills, the others cost more by their floors"))
    } else {
        Certificate::Bound { bound: found.bound, of: format!("any of {of}") }
    };
    Ok(Some(Proposal {
        title: format!("Run {title}{}", moves.with.concat()),
        change,
        effort: if moves.same_service { Effort::Medium } else { Effort::High },
        evidence: moves.evidence,
        certificate,
        artifacts: Vec::new(),
    }))
}

/// Words with commas, the last after `and`.
fn listed(words: &[String]) -> String {
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, first)) => format!("{} and {last}", first.join(", ")),
        None => String::new(),
    }
}

/// What one item does.
fn told(session: &Session<'_>, (item, i): (&Item<'_>, usize), moves: &mut Moves) {
    let (Some(now), Some(then)) = (item.ways.first(), item.ways.get(i)) else { return };
    let name = &session.file().workloads[item.workload].name.value;
    let service = |id: &str| session.book().platform(id).map(|p| &p.service.id);
    let here = session.now().estimate.workloads.get(item.workload);
    match (&now.place, &then.place) {
        (Place::Function { candidate: old, .. }, Place::Function { candidate: new, .. }) => {
            let Some(played) = &then.played else { return };
            if new.platform != old.platform {
                moves
                    .to
                    .push(format!("{name} on {} ({})", played.estimate.platform_name, new.region));
                moves.same_service &= service(&old.platform) == service(&new.platform);
            } else if !new.chosen.is_empty() {
                moves.with.push(format!(", {name} with {}", new.chosen.join(", ")));
            }
            if !new.change.is_none() {
                moves.evidence.extend(said(session, item.workload, name, new, played));
            }
        }
        (Place::Stage { spot: old, .. }, Place::Stage { spot: new, .. }) => {
            if old.platform == new.platform {
                return;
            }
            let What::Stage(number) = item.what else { return };
            let words = ["gate", "work after the answer"][number];
            moves.same_service = false;
            match (&then.played, &new.platform) {
                (Some(played), Some(_)) => {
                    let e = &played.estimate;
                    moves.to.push(format!(
                        "the {words} of {name} on {} ({})",
                        e.platform_name, e.region
                    ));
                    let requests = crate::units::thousands(e.requests);
                    moves.evidence.push(format!("{}: {requests} requests", e.name));
                }
                _ => moves.to.push(format!("the {words} of {name} inside its function")),
            }
        }
        (_, Place::Rest { candidate: new, .. }) => {
            let Some(played) = &then.played else { return };
            if !new.chosen.is_empty() {
                moves.with.push(format!(", what is left of {name} with {}", new.chosen.join(", ")));
                moves.evidence.extend(said(session, item.workload, name, new, played));
            }
        }
        (_, Place::Route { candidate: Some(new) }) => {
            let What::Route { label, .. } = &item.what else { return };
            let (Some(played), Some(here)) = (&then.played, here) else { return };
            let e = &played.estimate;
            let to = if here.platform == e.platform {
                "by itself".to_owned()
            } else {
                format!("on {} ({})", e.platform_name, new.region)
            };
            moves.to.push(format!("{label} of {name} {to}"));
            moves.same_service &= service(&here.platform) == service(&new.platform);
            let chosen = match new.chosen.as_slice() {
                [] => String::new(),
                chosen => format!(", with {}", chosen.join(", ")),
            };
            let requests = crate::units::thousands(e.requests);
            let line = format!("{}: {requests} requests on instances of their own{chosen}", e.name);
            moves.evidence.push(line);
            moves.evidence.extend(said(session, item.workload, &e.name, new, played));
        }
        _ => {}
    }
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
            said.push(format!(
                "{name}: {} instead of {}",
                count(after, "cold start"),
                thousands(before)
            ));
        }
    }
    said
}
