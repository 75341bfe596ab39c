//! Every way to run each workload, played: what several rules choose from.

use super::candidates::{Candidate, moved, platforms, regions, variants};
use super::{Objectives, Outcome, Session};
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

/// Ways to run a workload, as it is first.
pub(super) fn tried<'a>(session: &mut Session<'a>, workload: usize) -> Result<Vec<Tried<'a>>> {
    let Some(now) = session.now().estimate.workloads.get(workload).cloned() else {
        return Ok(Vec::new());
    };
    let load = session.load(workload)?;
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
            let all = base.map(|b| variants(&b, workload, place, &load, stated));
            candidates.extend(all.unwrap_or_default());
        }
    }
    let wanted: Vec<_> = candidates.iter().map(|c| (c.change.clone(), workload)).collect();
    let played = session.play(&wanted)?;
    let tried = candidates.into_iter().zip(played);
    Ok(tried.map(|(candidate, played)| Tried { candidate, played }).collect())
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
    let alone = Outcome::together(&[&played.estimate], Money::ZERO, floor.unpriced);
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
    let workloads: Vec<_> = choice.iter().map(|p| &p.estimate).collect();
    let after = Outcome::together(&workloads, statement.total(), statement.unpriced.len());
    let before = &session.now().outcome;
    session.objectives().broken(before, &after).is_empty().then_some(after.total)
}
