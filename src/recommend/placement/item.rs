//! Items of an assignment, and which of their ways go together.

use crate::estimate::{Floor, Played, Terms};
use crate::recommend::candidates::Candidate;
use crate::recommend::options::floor;
use crate::recommend::{Change, Session};
use std::sync::Arc;

/// The stages of a workload that can run on a platform of their own, as keys of a scenario.
pub(in crate::recommend) const STAGES: [&str; 2] = ["gate", "post"];

/// Something that runs somewhere.
pub(in crate::recommend) struct Item<'a> {
    /// Index of its workload in the scenario.
    pub(in crate::recommend) workload: usize,
    pub(in crate::recommend) what: What,
    /// Ways to run it, as it is first.
    pub(in crate::recommend) ways: Vec<Way<'a>>,
}

/// Every item of some workloads.
#[derive(Default)]
pub(in crate::recommend) struct Items<'a> {
    pub(in crate::recommend) items: Vec<Item<'a>>,
    /// Whether every way that was thought of was replayed.
    pub(in crate::recommend) complete: bool,
}

/// Which part of its workload an item is.
#[derive(Clone, Debug)]
pub(in crate::recommend) enum What {
    /// The workload, or what is left of it.
    Function,
    /// One of [`STAGES`].
    Stage(usize),
    /// The requests with one label of its trace, which may become a workload of this name.
    Route { number: usize, label: String, name: String },
}

/// A way to run an item, and what came of it.
pub(in crate::recommend) struct Way<'a> {
    /// Nothing where it runs as part of another item.
    pub(in crate::recommend) played: Option<Arc<Played<'a>>>,
    pub(in crate::recommend) floor: Floor,
    pub(in crate::recommend) place: Place,
}

/// Where a stage runs, seen from its function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::recommend) enum Beside {
    Inside,
    /// On a platform of the same vendor.
    Near,
    /// On one of another vendor, so that what passes between them leaves for the internet.
    Far,
}

/// A place for a stage.
#[derive(Clone, Debug)]
pub(in crate::recommend) struct Spot {
    /// Platform id; none inside the function.
    pub(in crate::recommend) platform: Option<String>,
    pub(in crate::recommend) vendor: String,
    /// The change while the function stays.
    pub(in crate::recommend) here: Change,
    /// The change that holds wherever the function goes: what the stage takes over from it is written out.
    pub(in crate::recommend) pinned: Change,
}

/// Where an item runs.
#[derive(Clone, Debug)]
pub(in crate::recommend) enum Place {
    /// All requests of a workload. Where it stays, so does what its stages take over from it.
    Function { candidate: Candidate, vendor: String, stages: [Beside; 2], stays: bool },
    /// Its requests without those of some routes, a bit for each; on its platform.
    Rest { apart: u32, candidate: Candidate },
    /// A stage.
    Stage { spot: Arc<Spot>, beside: Beside },
    /// A route that stays, or a workload of its own.
    Route { candidate: Option<Candidate> },
}

impl<'a> Way<'a> {
    /// A way that can be chosen; none if it never can.
    pub(super) fn new(
        session: &Session<'a>,
        terms: &Terms<'a>,
        played: Arc<Played<'a>>,
        place: Place,
    ) -> Option<Self> {
        let floor = floor(session, terms, &played)?;
        Some(Self { played: Some(played), floor, place })
    }

    /// The way things are, which can always be chosen.
    pub(super) fn as_it_is(
        session: &Session<'a>,
        terms: &Terms<'a>,
        played: Arc<Played<'a>>,
        place: Place,
    ) -> Self {
        let own = || terms.floor(&played.used).unwrap_or_default();
        let floor = floor(session, terms, &played).unwrap_or_else(own);
        Self { played: Some(played), floor, place }
    }

    /// A way that needs nothing by itself.
    pub(super) fn nothing(place: Place) -> Self {
        Self { played: None, floor: Floor::default(), place }
    }
}

/// Whether ways of two items can be chosen together.
pub(in crate::recommend) fn fits(a: (&Item<'_>, usize), b: (&Item<'_>, usize)) -> bool {
    if a.0.workload != b.0.workload {
        return true;
    }
    match (&a.0.what, &b.0.what) {
        (What::Function, _) => with_function(&a.0.ways[a.1].place, b),
        (_, What::Function) => with_function(&b.0.ways[b.1].place, a),
        _ => true,
    }
}

/// Whether a stage or a route goes with a function.
fn with_function(function: &Place, (item, way): (&Item<'_>, usize)) -> bool {
    match (function, &item.what, &item.ways[way].place) {
        (Place::Function { vendor, stages, .. }, What::Stage(n), Place::Stage { spot, beside }) => {
            let near = if spot.vendor == *vendor { Beside::Near } else { Beside::Far };
            let real = if spot.platform.is_some() { near } else { Beside::Inside };
            stages[*n] == *beside && *beside == real
        }
        (Place::Function { .. }, _, Place::Route { candidate }) => candidate.is_none(),
        (Place::Rest { apart, .. }, What::Route { number, .. }, Place::Route { candidate }) => {
            candidate.is_some() == (apart >> number & 1 == 1)
        }
        _ => false,
    }
}
