//! The routes of a trace as items: requests of one label can leave their workload for one of their own.

use super::edits::{rest_of, route_of};
use super::item::{Item, Place, Way, What};
use crate::diagnostic::Result;
use crate::estimate::Terms;
use crate::recommend::Session;
use crate::recommend::load::Load;
use crate::recommend::options::ways_to_run;
use crate::workload::WorkloadFile;

/// Most routes of one workload that can leave it; of more, those with the fewest requests stay.
const MOST_ROUTES: usize = 8;

/// Up to so many routes, any of them stay together; of more, all but one or two, or at most two.
const ANY: usize = 5;

/// Most requests that are replayed for what can be left of one workload.
const MOST_REPLAYED: u64 = 60_000_000;

/// The ways in which some of so many routes leave, a bit for each.
fn partings(routes: usize) -> impl Iterator<Item = u32> + Clone {
    let all = (1_u32 << routes) - 1;
    let few = move |apart: &u32| {
        routes <= ANY || apart.count_ones() <= 2 || (all & !apart).count_ones() <= 2
    };
    (1..=all).filter(few)
}

/// The routes of a workload; its own item gets the ways without them.
///
/// Nothing of a workload that has stages, an overflow, or usage of its own that is not by request.
pub(super) fn split<'a>(
    session: &mut Session<'a>,
    terms: &Terms<'a>,
    own: &mut Item<'a>,
) -> Result<Vec<Item<'a>>> {
    let w = own.workload;
    if !splits(&session.file().workloads[w]) {
        return Ok(Vec::new());
    }
    let requests = session.now().estimate.workloads.get(w).map_or(0, |w| w.facts.requests);
    // Its labels are counted only if there can be something to replay.
    if requests > MOST_REPLAYED {
        return Ok(Vec::new());
    }
    let (mut labels, others) = session.labels(w)?;
    labels.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let stays = others > 0 || labels.len() > MOST_ROUTES;
    labels.truncate(MOST_ROUTES);
    let partings = partings(labels.len()).count() as u64;
    let many = requests.saturating_mul(partings) > MOST_REPLAYED;
    if labels.len() + usize::from(stays) < 2 || many {
        return Ok(Vec::new());
    }
    let (mut routes, mut loads) = (Vec::new(), Vec::new());
    let mut names: Vec<String> =
        session.file().workloads.iter().map(|w| w.name.value.clone()).collect();
    for (number, (label, _)) in labels.into_iter().enumerate() {
        let name = named(&names[w], &label, &names);
        names.push(name.clone());
        let mut route =
            Item { workload: w, what: What::Route { number, label, name }, ways: Vec::new() };
        route.ways.push(Way::nothing(Place::Route { candidate: None }));
        let change = route_of(&session.file().workloads[w], w, &route.what);
        let Ok(load) = session.load_of(&change, w) else { return Ok(Vec::new()) };
        let candidates = ways_to_run(session, w, &load);
        let wanted: Vec<_> =
            candidates.iter().map(|c| (change.clone().then(&c.change), w)).collect();
        for (played, candidate) in session.play(&wanted)?.into_iter().zip(candidates) {
            let place = Place::Route { candidate: Some(candidate) };
            let played = played.ok();
            route.ways.extend(played.and_then(|played| Way::new(session, terms, played, place)));
        }
        routes.push(route);
        loads.push(load);
    }
    rests(session, terms, own, (&routes, &loads), stays)?;
    Ok(routes)
}

/// Whether a workload can be told apart by the labels of its trace.
fn splits(w: &WorkloadFile) -> bool {
    let a = &w.arrivals.value;
    let traced = a.trace.is_some() && a.workload.is_none();
    let alone = w.gate.is_none() && w.post.is_none() && w.overflow.is_none();
    traced && alone && w.usage.iter().all(|u| u.quantity.is_none())
}

/// The workload without some of its routes, each with its load, in the ways that leave it on its
/// platform; `stays` says that it has requests besides them.
fn rests<'a>(
    session: &mut Session<'a>,
    terms: &Terms<'a>,
    own: &mut Item<'a>,
    (routes, loads): (&[Item<'a>], &[Load]),
    stays: bool,
) -> Result<()> {
    let w = own.workload;
    let Some(Place::Function { candidate: here, .. }) = own.ways.first().map(|way| &way.place)
    else {
        return Ok(());
    };
    let here = here.clone();
    let all = (1_u32 << routes.len()) - 1;
    let left = partings(routes.len()).filter(|apart| stays || *apart != all);
    let whole = session.load(w)?;
    let mut wanted = Vec::new();
    for apart in left {
        let gone = (0..).zip(loads).filter(|(n, _)| apart >> n & 1 == 1).map(|(_, load)| load);
        let load = gone.fold(whole, |left, gone| left.without(gone));
        let change = rest_of(&session.file().workloads[w], w, routes, apart);
        let candidates = ways_to_run(session, w, &load).into_iter();
        let candidates = candidates.filter(|c| c.platform == here.platform);
        wanted.extend(candidates.map(|candidate| {
            ((change.clone().then(&candidate.change), w), Place::Rest { apart, candidate })
        }));
    }
    if !stays {
        own.ways.push(Way::nothing(Place::Rest { apart: all, candidate: here }));
    }
    let changes: Vec<_> = wanted.iter().map(|(change, _)| change.clone()).collect();
    for (played, (_, place)) in session.play(&changes)?.into_iter().zip(wanted) {
        let Ok(played) = played else { continue };
        own.ways.extend(Way::new(session, terms, played, place));
    }
    Ok(())
}

/// A name for the workload that a route becomes.
fn named(workload: &str, label: &str, taken: &[String]) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let base = format!("{workload}-{}", label.chars().map(plain).collect::<String>());
    let mut name = base.clone();
    let mut n = 2;
    while taken.contains(&name) {
        name = format!("{base}-{n}");
        n += 1;
    }
    name
}
