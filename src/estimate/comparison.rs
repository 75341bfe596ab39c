//! Estimates of the same requests side by side, the cheapest sound one first.

use super::Estimate;
use crate::diagnostic::Result;
use crate::units::Money;

/// One way to run a scenario.
#[derive(Debug)]
pub struct Alternative {
    /// Platform id, as asked for.
    pub platform: String,
    /// Settings that are varied.
    pub settings: Vec<(String, String)>,
    /// Its estimate, or why there is none.
    pub result: Result<Estimate>,
}

/// Whether an alternative may be called the cheapest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Everything is priced, and no request breaks a limit.
    Sound,
    /// Requests were cut, rejected or kept waiting too long.
    LimitsBroken,
    /// Something has no price.
    Incomplete,
    /// There is no estimate.
    Impossible,
}

impl Alternative {
    /// How it stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        let Ok(estimate) = &self.result else { return Standing::Impossible };
        let broken = estimate.workloads.iter().map(|w| &w.facts);
        let broken = broken.map(|f| f.timed_out + f.rejected + f.queue_timeouts);
        match (estimate.statement.unpriced.is_empty(), broken.sum::<u64>()) {
            (false, _) => Standing::Incomplete,
            (true, 0) => Standing::Sound,
            (true, _) => Standing::LimitsBroken,
        }
    }

    fn total(&self) -> Option<Money> {
        self.result.as_ref().ok().map(|e| e.statement.total())
    }
}

/// Alternatives in order: sound ones from the cheapest up, then the others by standing.
#[derive(Debug)]
pub struct Comparison {
    alternatives: Vec<Alternative>,
}

impl Comparison {
    /// Puts alternatives in order.
    ///
    /// # Errors
    /// The first alternative's error when there is no estimate at all.
    pub fn new(mut alternatives: Vec<Alternative>) -> Result<Self> {
        if alternatives.iter().all(|a| a.result.is_err())
            && let Some(Err(error)) = alternatives.first_mut().map(|a| &mut a.result)
        {
            return Err(error.clone());
        }
        alternatives.sort_by_cached_key(|a| (a.standing(), a.total()));
        Ok(Self { alternatives })
    }

    /// All of them, in order.
    #[must_use]
    pub fn alternatives(&self) -> &[Alternative] {
        &self.alternatives
    }

    /// An estimate, for what all have in common.
    #[must_use]
    pub fn any(&self) -> Option<&Estimate> {
        self.alternatives.iter().find_map(|a| a.result.as_ref().ok())
    }
}
