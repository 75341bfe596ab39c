//! Every way to run each workload, played: what several rules choose from.

use super::candidates::{Candidate, moved, platforms, regions, variants};
use super::load::Load;
use super::{Change, Objectives, Outcome, Session};
use crate::diagnostic::{Diagnostic, Result};
use crate::estimate::{Floor, Played, Terms, WorkloadEstimate};
use crate::units::Money;
use std::sync::Arc;

/// Most regions of a service that are tried where the objectives name them.
const REGIONS: usize = 8;

/// A way to run a workload, and what came of it.
#[derive(Clone, Debug)]
pub(super) struct Tried<'a> {
    pub(super) candidate: Candidate,
    pub(super) played: std::result::Result<Arc<Played<'a>>, Box<Diagnostic>>,
}

/// Ways to run a workload whose requests need so much, as it is first.
pub(super) fn ways_to_run(session: &Session<'_>, workload: usize, load: &Load) -> Vec<Candidate> {
    let Some(now) = session.now().estimate.workloads.get(workload) else { return Vec::new() };
    let stated = session.states(workload, "cpu");
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut places = platforms(session, workload);
    places.sort_by_key(|p| p.platform.id != now.platform);
    for place in &places {
        let here = place.platform.id == now.platform;
        let wanted = if here {
            vec![now.region.clone()]
        } else {
            regions(session, workload, place).into_iter().take(REGIONS).collect()
        };
        for region in wanted {
            let base = moved(session, workload, place, &region);
            let all = base.map(|b| variants(&b, workload, place, load, stated));
            candidates.extend(all.unwrap_or_default());
        }
    }
    candidates
}

/// The same, played.
pub(super) fn tried<'a>(session: &mut Session<'a>, workload: usize) -> Result<Vec<Tried<'a>>> {
    let load = session.load(workload)?;
    let candidates = ways_to_run(session, workload, &load);
    let wanted: Vec<_> = candidates.iter().map(|c| (c.change.clone(), workload)).collect();
    let played = session.play(&wanted)?;
    let tried = candidates.into_iter().zip(played);
    Ok(tried.map(|(candidate, played)| Tried { candidate, played }).collect())
}

/// A workload whose place or settings are varied, with the others as they are.
pub(super) struct Around<'a> {
    pub(super) workload: usize,
    pub(super) terms: Terms<'a>,
    /// Every workload as it is.
    pub(super) now: Vec<Arc<Played<'a>>>,
}

/// A change of one workload with its bill.
pub(super) type Billed<'a> = (Arc<Played<'a>>, Money);

impl<'a> Around<'a> {
    /// One for each workload; none when time is up.
    pub(super) fn each(session: &mut Session<'a>) -> Result<Vec<Self>> {
        let count = session.file().workloads.len();
        let as_it_is: Vec<_> = (0..count).map(|w| (Change::none(), w)).collect();
        let played = session.play(&as_it_is)?;
        let Ok(now) = played.into_iter().collect::<std::result::Result<Vec<_>, _>>() else {
            return Ok(Vec::new());
        };
        if now.len() < count {
            return Ok(Vec::new());
        }
        let terms = session.terms()?;
        let one = |workload| Self { workload, terms: terms.clone(), now: now.clone() };
        Ok((0..count).map(one).collect())
    }

    /// What the whole account costs after each change of this workload, where it keeps the objectives.
    pub(super) fn bill(
        &self,
        session: &mut Session<'a>,
        changes: &[Change],
    ) -> Result<Vec<Option<Billed<'a>>>> {
        let wanted: Vec<_> = changes.iter().map(|c| (c.clone(), self.workload)).collect();
        let played = session.play(&wanted)?;
        let total = |played: std::result::Result<Arc<Played<'a>>, _>| {
            let played = played.ok()?;
            let total = self.bill_of(session, &played)?;
            Some((played, total))
        };
        let mut totals: Vec<_> = played.into_iter().map(total).collect();
        totals.resize_with(changes.len(), || None);
        Ok(totals)
    }

    /// What the whole account costs with this workload used so, if that keeps the objectives.
    pub(super) fn bill_of(&self, session: &Session<'a>, played: &Played<'a>) -> Option<Money> {
        let mut choice: Vec<&Played<'a>> = self.now.iter().map(|p| &**p).collect();
        *choice.get_mut(self.workload)? = played;
        if path_broken(&played.estimate) > path_broken(&self.now[self.workload].estimate) {
            return None;
        }
        billed(session, &self.terms, &choice)
    }

    /// The cheapest of some changes, with its index.
    pub(super) fn cheapest(
        &self,
        session: &mut Session<'a>,
        changes: &[Change],
    ) -> Result<Option<(usize, Billed<'a>)>> {
        let totals = self.bill(session, changes)?;
        let billed = totals.into_iter().enumerate().filter_map(|(i, t)| Some((i, t?)));
        Ok(billed.min_by_key(|(i, t)| (t.1, *i)))
    }
}

/// Requests of a workload that the limits of its platform or path break.
pub(super) fn broken(w: &WorkloadEstimate) -> u64 {
    let f = &w.facts;
    let path: u64 = w.path_breaks.iter().map(|b| b.limits.too_long + b.limits.too_large).sum();
    f.timed_out + f.rejected + f.queue_timeouts + path
}

/// Streams that a path would not carry.
pub(super) fn path_broken(w: &WorkloadEstimate) -> u64 {
    w.path_breaks.iter().map(|b| b.limits.too_long + b.limits.too_large).sum()
}

/// What choosing an option costs at the least; nothing if it can never be chosen: no price, a limit of
/// the objectives broken whatever the other workloads do, or more streams that the path does not carry.
pub(super) fn floor<'a>(
    session: &Session<'a>,
    terms: &Terms<'a>,
    played: &Played<'a>,
) -> Option<Floor> {
    let now = session.now();
    let same = now.estimate.workloads.iter().find(|w| w.name == played.estimate.name);
    let floor = terms.floor(&played.used).unwrap_or_default();
    let alone = Outcome::together(&played.all().collect::<Vec<_>>(), Money::ZERO, floor.unpriced);
    // Shares are of all requests: alone they cannot be judged, but waiting times can.
    let times = Objectives {
        failed: Some(rust_decimal::Decimal::ONE),
        truncated: Some(rust_decimal::Decimal::ONE),
        cold_starts: None,
        ..session.objectives().clone()
    };
    let failed = session.objectives().failed.unwrap_or(now.outcome.failed_share());
    let most = failed * rust_decimal::Decimal::from(now.outcome.requests);
    let possible = times.broken(&now.outcome, &alone).is_empty()
        && rust_decimal::Decimal::from(alone.failed) <= most
        && same.is_none_or(|same| path_broken(&played.estimate) <= path_broken(same));
    possible.then_some(floor)
}

/// The bill of a choice, if it keeps the objectives and everything is priced.
pub(super) fn billed<'a>(
    session: &Session<'a>,
    terms: &Terms<'a>,
    choice: &[&Played<'a>],
) -> Option<Money> {
    let used: Vec<_> = choice.iter().map(|p| &p.used).collect();
    let statement = terms.bill(&used);
    let workloads: Vec<_> = choice.iter().flat_map(|p| p.all()).collect();
    let after = Outcome::together(&workloads, statement.total(), statement.unpriced.len());
    let before = &session.now().outcome;
    session.objectives().broken(before, &after).is_empty().then_some(after.total)
}
