//! The routes of a trace as items: requests of one label can leave their workload for one of their own.

use super::edits::{rest_of, route_of};
use super::item::{Item, Place, Way, What};
use crate::diagnostic::Result;
use crate::estimate::Terms;
use crate::recommend::options::ways_to_run;
use crate::recommend::{MOST_FOR_WHAT_IFS, Session};
use crate::workload::WorkloadFile;

/// Most routes of one workload that can leave it; of more, those with the fewest requests stay.
const MOST_ROUTES: usize = 8;

/// Up to so many routes, any of them stay together; of more, all but one or two, or none.
const ANY: usize = 5;

/// The routes of a workload; its own item gets the ways without them.
///
/// Nothing of a workload that has stages, an overflow, or usage of its own that is not by request.
pub(super) fn split<'a>(
    session: &mut Session<'a>,
    terms: &Terms<'a>,
    own: &mut Item<'a>,
) -> Result<Vec<Item<'a>>> {
    let w = own.workload;
    let requests = session.now().estimate.workloads.get(w).map_or(0, |w| w.facts.requests);
    if !splits(&session.file().workloads[w]) || requests > MOST_FOR_WHAT_IFS {
        return Ok(Vec::new());
    }
    let (mut labels, others) = session.labels(w)?;
    labels.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let stays = others > 0 || labels.len() > MOST_ROUTES;
    labels.truncate(MOST_ROUTES);
    if labels.len() + usize::from(stays) < 2 {
        return Ok(Vec::new());
    }
    let mut routes = Vec::new();
    let mut names: Vec<String> =
        session.file().workloads.iter().map(|w| w.name.value.clone()).collect();
    for (number, (label, _)) in labels.into_iter().enumerate() {
        let name = named(&names[w], &label, &names);
        names.push(name.clone());
        let mut route =
            Item { workload: w, what: What::Route { number, label, name }, ways: Vec::new() };
        route.ways.push(Way::nothing(Place::Route { candidate: None }));
        let change = route_of(w, &route.what);
        let load = session.load_of(&change, w)?;
        let candidates = ways_to_run(session, w, &load);
        let wanted: Vec<_> =
            candidates.iter().map(|c| (change.clone().then(&c.change), w)).collect();
        for (played, candidate) in session.play(&wanted)?.into_iter().zip(candidates) {
            let place = Place::Route { candidate: Some(candidate) };
            let played = played.ok();
            route.ways.extend(played.and_then(|played| Way::new(session, terms, played, place)));
        }
        routes.push(route);
    }
    rests(session, terms, own, &routes, stays)?;
    Ok(routes)
}

/// Whether a workload can be told apart by the labels of its trace.
fn splits(w: &WorkloadFile) -> bool {
    let a = &w.arrivals.value;
    let traced = a.trace.is_some() && a.workload.is_none();
    let alone = w.gate.is_none() && w.post.is_none() && w.overflow.is_none();
    traced && alone && w.usage.iter().all(|u| u.quantity.is_none())
}

/// The workload without some of its routes; `stays` says that it has requests besides them.
fn rests<'a>(
    session: &mut Session<'a>,
    terms: &Terms<'a>,
    own: &mut Item<'a>,
    routes: &[Item<'a>],
    stays: bool,
) -> Result<()> {
    let w = own.workload;
    let all = (1_u32 << routes.len()) - 1;
    let few = |apart: &u32| {
        routes.len() <= ANY || apart.count_ones() <= 2 || (all & !apart).count_ones() <= 2
    };
    let left: Vec<u32> = (1..=all).filter(few).filter(|apart| stays || *apart != all).collect();
    if !stays {
        own.ways.push(Way::nothing(Place::Rest { apart: all }));
    }
    let file = &session.file().workloads[w];
    let wanted: Vec<_> = left.iter().map(|apart| (rest_of(file, w, routes, *apart), w)).collect();
    for (played, apart) in session.play(&wanted)?.into_iter().zip(left) {
        let Ok(played) = played else { continue };
        own.ways.extend(Way::new(session, terms, played, Place::Rest { apart }));
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
