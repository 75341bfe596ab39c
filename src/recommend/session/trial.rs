//! What came of a scenario that was tried.

use crate::diagnostic::{Diagnostic, Source};
use crate::estimate::{DayCosts, Estimate, NoRange, Played};
use crate::recommend::Outcome;
use rust_decimal::Decimal;
use std::sync::Arc;

/// Scenarios that are replayed together: their requests are made once, and each needs some memory.
pub(super) const TOGETHER: usize = 24;

/// A changed scenario and what came of it.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The changed scenario.
    pub source: Source,
    /// Its estimate.
    pub estimate: Estimate,
    /// The figures of it.
    pub outcome: Outcome,
}

impl Trial {
    pub(in crate::recommend) fn new(source: &Source, estimate: Estimate) -> Self {
        let outcome = Outcome::of(&estimate);
        Self { source: source.clone(), estimate, outcome }
    }
}
/// What came of one workload of a changed scenario, or why it cannot be played.
pub(in crate::recommend) type KnownPlay<'a> = std::result::Result<Arc<Played<'a>>, Box<Diagnostic>>;

/// What came of one scenario's text, or why there is no estimate of it.
pub(in crate::recommend) type Known = std::result::Result<Arc<Trial>, Box<Diagnostic>>;

/// What each day of one scenario's text costs, or why that is not known.
pub(in crate::recommend) type KnownDays = std::result::Result<Arc<DayCosts>, NoDays>;

/// A scenario, and how many times its traffic it is to have.
pub(in crate::recommend) type Asked = (Source, Option<Decimal>);

/// Why a saving has no range over days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoDays {
    /// The days tell nothing.
    NoRange(NoRange),
    /// More requests are replayed than [`MOST_BY_DAYS`](crate::recommend::MOST_BY_DAYS).
    TooLong,
    /// Days could not be told apart, or not in the time there was.
    Unknown,
}

/// A scenario and a changed one.
pub(in crate::recommend) type Pair = (Arc<Trial>, Arc<Trial>);
