//! A workload and its stages as items of their own.
//!
//! A function's replay depends on its stages only in whether each runs inside, near or far; a gate's
//! depends on its function only in whether it is near; a worker's after the answer not at all, once
//! region and memory, which stages take over from the function, are written out.

use super::functions::vendor;
use super::item::{Beside, Item, Items, Place, STAGES, Spot, Way, What};
use crate::diagnostic::Result;
use crate::estimate::{Played, Terms};
use crate::recommend::break_even::on_demand;
use crate::recommend::candidates::Candidate;
use crate::recommend::{Change, Session};
use crate::workload::{Placement, WorkloadFile};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most requests that are replayed for the places of one workload beside each kind of stage.
const MOST_REPLAYED: u64 = 60_000_000;

/// The stages of a workload that can be placed apart from it, as indices into [`STAGES`].
///
/// A path stands before the gate or the function, an overflow takes no stages, and a memory curve changes
/// what stages do with the function's memory: these workloads stay in one piece.
pub(super) fn movable(w: &WorkloadFile) -> Vec<usize> {
    if w.overflow.is_some() || w.memory_curve.is_some() || !w.path.is_empty() {
        return Vec::new();
    }
    let gate = w.gate.as_ref().is_some_and(|gate| !gate.value.planned);
    let stages = [gate, w.post.is_some()];
    (0..STAGES.len()).filter(|n| stages[*n]).collect()
}

fn written(w: &WorkloadFile, stage: usize) -> Option<&dyn Placement> {
    match stage {
        0 => w.gate.as_ref().map(|gate| &gate.value as &dyn Placement),
        _ => w.post.as_ref().map(|post| &post.value as &dyn Placement),
    }
}

/// A stage with its places, as it stands first.
struct Stage<'a> {
    number: usize,
    spots: Vec<Arc<Spot>>,
    /// What came of it on a place (by index), near its function or far.
    parts: BTreeMap<(usize, Beside), Arc<Played<'a>>>,
}

impl Stage<'_> {
    /// The first place that is so for a function of this vendor.
    fn first(&self, beside: Beside, of: &str) -> Option<&Spot> {
        let spots = self.spots.iter().map(|spot| &**spot);
        spots.into_iter().find(|spot| seen(spot, of) == beside)
    }

    /// What a function of this vendor has to tell apart.
    fn kinds(&self, of: &str) -> Vec<Beside> {
        let all = [Beside::Inside, Beside::Near, Beside::Far];
        let mut kinds: Vec<_> = all.into_iter().filter(|b| self.first(*b, of).is_some()).collect();
        // As it stands comes first.
        kinds.sort_by_key(|kind| *kind != seen(&self.spots[0], of));
        kinds
    }
}

/// How a function of a vendor sees a place.
fn seen(spot: &Spot, vendor: &str) -> Beside {
    match &spot.platform {
        None => Beside::Inside,
        Some(_) if spot.vendor == vendor => Beside::Near,
        Some(_) => Beside::Far,
    }
}

/// The change that puts a stage there, with its function where `candidate` says.
fn put<'s>(spot: &'s Spot, candidate: &Candidate, now: &Candidate) -> &'s Change {
    if stays(candidate, now) { &spot.here } else { &spot.pinned }
}

/// Whether stages find what they take over from the function as it is now.
fn stays(candidate: &Candidate, now: &Candidate) -> bool {
    let taken = |c: &Candidate| (c.platform.clone(), c.region.clone(), c.memory());
    taken(candidate) == taken(now)
}

/// The function and each of its stages.
pub(super) fn items<'a>(
    session: &mut Session<'a>,
    terms: &Terms<'a>,
    (workload, numbers): (usize, &[usize]),
    mut candidates: Vec<Candidate>,
) -> Result<Items<'a>> {
    let mut stages = Vec::new();
    for number in numbers {
        stages.push(placed(session, workload, *number)?);
    }
    if candidates.is_empty() || stages.iter().any(|stage| stage.spots.is_empty()) {
        return Ok(Items::default());
    }
    let vendors = |session: &Session<'_>, all: &[Candidate]| -> Vec<String> {
        all.iter().map(|c| vendor(session, &c.platform)).collect()
    };
    let of = vendors(session, &candidates);
    if let Some(gate) = stages.iter_mut().find(|stage| stage.number == 0) {
        other_side(session, workload, gate, (&candidates, &of))?;
    }
    let complete = affordable(session, terms, workload, (&mut candidates, &stages))?;
    let of = vendors(session, &candidates);
    let mut wanted = Vec::new();
    let now = candidates[0].clone();
    for (candidate, vendor) in candidates.into_iter().zip(of) {
        let mut kinds = vec![([Beside::Inside; 2], candidate.change.clone())];
        for stage in &stages {
            let with = |(sides, change): &([Beside; 2], Change), kind: Beside| {
                let mut sides = *sides;
                sides[stage.number] = kind;
                let spot = stage.first(kind, &vendor)?;
                Some((sides, change.clone().then(put(spot, &candidate, &now))))
            };
            let all = kinds.iter().flat_map(|k| {
                stage.kinds(&vendor).into_iter().filter_map(move |kind| with(k, kind))
            });
            kinds = all.collect();
        }
        let place = |stages| Place::Function {
            candidate: candidate.clone(),
            vendor: vendor.clone(),
            stages,
            stays: stays(&candidate, &now),
        };
        wanted.extend(kinds.into_iter().map(|(sides, change)| (change, place(sides))));
    }
    let changes: Vec<_> = wanted.iter().map(|(change, _)| (change.clone(), workload)).collect();
    let mut ways = Vec::new();
    for (index, (played, (_, place))) in session.play(&changes)?.into_iter().zip(wanted).enumerate()
    {
        let Ok(played) = played else { continue };
        let own = played.parts.first().cloned().unwrap_or(played);
        if index == 0 {
            ways.push(Way::as_it_is(session, terms, own, place));
        } else {
            ways.extend(Way::new(session, terms, own, place));
        }
    }
    let function = Item { workload, what: What::Function, ways };
    let stages = stages.into_iter().map(|stage| item(session, terms, workload, stage));
    let items = std::iter::once(function).chain(stages).collect();
    Ok(Items { items, complete })
}

/// A stage as an item.
fn item<'a>(
    session: &Session<'a>,
    terms: &Terms<'a>,
    workload: usize,
    stage: Stage<'a>,
) -> Item<'a> {
    let mut ways = Vec::new();
    for (n, spot) in stage.spots.iter().enumerate() {
        let place = |beside| Place::Stage { spot: Arc::clone(spot), beside };
        if spot.platform.is_none() {
            ways.push(Way::nothing(place(Beside::Inside)));
            continue;
        }
        for beside in [Beside::Near, Beside::Far] {
            let Some(played) = stage.parts.get(&(n, beside)).cloned() else { continue };
            if n == 0 {
                ways.push(Way::as_it_is(session, terms, played, place(beside)));
            } else {
                ways.extend(Way::new(session, terms, played, place(beside)));
            }
        }
    }
    // As it stands, seen from the function as it stands, is the first.
    let now = session.now().estimate.workloads.get(workload);
    let vendor = now.map(|w| vendor(session, &w.platform)).unwrap_or_default();
    let first = seen(&stage.spots[0], &vendor);
    ways.sort_by_key(|way| match &way.place {
        Place::Stage { spot, beside } => !(Arc::ptr_eq(spot, &stage.spots[0]) && *beside == first),
        _ => true,
    });
    Item { workload, what: What::Stage(stage.number), ways }
}

/// Where a stage can run, and what came of it there while the function stays.
fn placed<'a>(session: &mut Session<'a>, workload: usize, number: usize) -> Result<Stage<'a>> {
    let key = STAGES[number];
    let platforms = on_demand(session, workload);
    let (book, file) = (session.book(), &session.file().workloads[workload]);
    let name = format!("{}/{key}", file.name.value);
    let mut stage = Stage { number, spots: Vec::new(), parts: BTreeMap::new() };
    let Some(own) = written(file, number) else { return Ok(stage) };
    let now = own.platform().and_then(|p| book.platform(&p.value));
    let now = now.map(|p| p.platform.id.clone());
    // What is counted of a service besides keeps a stage there.
    let tied = now.is_some() && !own.usage().is_empty();
    let written =
        [("region", own.region().is_some()), ("deployment", !own.deployment().is_empty())];
    let cleared = written
        .into_iter()
        .filter(|(_, is)| *is)
        .fold(Change::none(), |change, (k, _)| change.remove(workload, &format!("{key}.{k}")));
    let mut wanted = vec![(now.clone(), Change::none())];
    if now.is_some() && !tied {
        let inside = cleared.clone().remove(workload, &format!("{key}.platform"));
        wanted.push((None, inside));
    }
    let others = platforms.into_iter().filter(|p| !tied && now.as_ref() != Some(p));
    wanted.extend(others.map(|p| {
        let change = cleared.clone().set(workload, &format!("{key}.platform"), p.as_str());
        (Some(p), change)
    }));
    let memory = own.memory().is_some();
    let kept = (own.region().is_some(), own.deployment().contains_key("memory"));
    let changes: Vec<_> = wanted.iter().map(|(_, change)| (change.clone(), workload)).collect();
    let played = session.play(&changes)?;
    for (index, ((platform, here), played)) in wanted.into_iter().zip(played).enumerate() {
        let Ok(played) = played else { continue };
        let Some(id) = &platform else {
            let pinned = here.clone();
            let spot = Spot { platform, vendor: String::new(), here, pinned };
            stage.spots.push(Arc::new(spot));
            continue;
        };
        let Some(part) = played.part(&name) else { continue };
        let (region, settled) = if index == 0 { kept } else { (false, false) };
        let mut pinned = here.clone();
        if !region {
            let value = part.estimate.region.as_str();
            pinned = pinned.set(workload, &format!("{key}.region"), value);
        }
        let given = part.estimate.settings.get("memory").filter(|_| !memory && !settled);
        if let Some(value) = given {
            pinned = pinned.set(workload, &format!("{key}.deployment.memory"), value.as_str());
        }
        let vendor_of = vendor(session, id);
        let function = vendor(session, &played.estimate.platform);
        let spot = Spot { vendor: vendor_of, platform, here, pinned };
        let (n, own) = (stage.spots.len(), seen(&spot, &function));
        stage.spots.push(Arc::new(spot));
        // Work after the answer does not ask where the function is.
        let sides = [Beside::Near, Beside::Far];
        for side in sides.into_iter().filter(|side| number > 0 || *side == own) {
            stage.parts.insert((n, side), Arc::clone(part));
        }
    }
    Ok(stage)
}

/// What comes of a gate on the other side of its function: with one of the same vendor instead of
/// another's, or the other way round.
fn other_side<'a>(
    session: &mut Session<'a>,
    workload: usize,
    gate: &mut Stage<'a>,
    (candidates, of): (&[Candidate], &[String]),
) -> Result<()> {
    let mut wanted = Vec::new();
    for (n, spot) in gate.spots.iter().enumerate().filter(|(_, spot)| spot.platform.is_some()) {
        for side in [Beside::Near, Beside::Far] {
            let fits = |(_, vendor): &(&Candidate, &String)| seen(spot, vendor) == side;
            let function = candidates.iter().zip(of).find(fits);
            if let Some((function, _)) = function.filter(|_| !gate.parts.contains_key(&(n, side))) {
                let change = function.change.clone().then(put(spot, function, &candidates[0]));
                wanted.push(((change, workload), (n, side)));
            }
        }
    }
    let changes: Vec<_> = wanted.iter().map(|(change, _)| change.clone()).collect();
    let name = format!("{}/{}", session.file().workloads[workload].name.value, STAGES[0]);
    for (played, (_, at)) in session.play(&changes)?.into_iter().zip(wanted) {
        let Ok(played) = played else { continue };
        gate.parts.extend(played.part(&name).map(|part| (at, Arc::clone(part))));
    }
    Ok(())
}

/// Keeps only the places whose floors are lowest while the stages stay, where all beside every kind of
/// stage would be too much to replay; whether all are kept.
fn affordable<'a>(
    session: &mut Session<'a>,
    terms: &Terms<'a>,
    workload: usize,
    (candidates, stages): (&mut Vec<Candidate>, &[Stage<'a>]),
) -> Result<bool> {
    let name = &session.file().workloads[workload].name.value;
    let of = |w: &str| w == name || w.strip_prefix(name).is_some_and(|w| w.starts_with('/'));
    let own = session.now().estimate.workloads.iter().filter(|w| of(&w.name));
    let requests: u64 = own.map(|w| w.facts.requests).sum();
    let kinds = 3_u64.pow(u32::try_from(stages.len()).unwrap_or(2));
    let most = usize::try_from(MOST_REPLAYED / (requests * kinds).max(1)).unwrap_or(usize::MAX);
    if candidates.len() <= most.max(1) {
        return Ok(true);
    }
    let as_they_stand = |c: &Candidate| {
        let change = stages
            .iter()
            .fold(c.change.clone(), |all, s| all.then(put(&s.spots[0], c, &candidates[0])));
        (change, workload)
    };
    let changes: Vec<_> = candidates.iter().map(as_they_stand).collect();
    let played = session.play(&changes)?;
    let floor = |played: &Played<'a>| terms.floor(&played.used).map(|floor| floor.usage);
    let floors: Vec<_> = played.iter().map(|p| p.as_ref().ok().and_then(|p| floor(p))).collect();
    let mut order: Vec<usize> = (1..candidates.len().min(floors.len())).collect();
    order.retain(|i| floors[*i].is_some());
    order.sort_by_key(|i| floors[*i]);
    order.truncate(most.max(1) - 1);
    let kept = std::iter::once(0).chain(order).map(|i| candidates[i].clone()).collect();
    *candidates = kept;
    Ok(false)
}
