//! What makes one outcome better than another.

use super::Outcome;
use rust_decimal::Decimal;

/// What is looked for, among what keeps every objective.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Goal {
    /// The least bill.
    #[default]
    Cost,
    /// The least bill whose 95th percentile of time to first token rises by a tenth at most.
    Balanced,
    /// The shortest 95th percentile of time to first token, then the fewest cold starts, then the least
    /// bill; none of it may get worse.
    Latency {
        /// The share by which the bill may rise above that of the scenario as it is.
        dearer: Decimal,
    },
}

/// How much longer the 95th percentile may be when cost and latency are balanced: a tenth.
const BALANCED: Decimal = Decimal::from_parts(11, 0, 0, false, 1);

/// What is compared of an outcome, the least first: nanoseconds to the first token, share of cold starts,
/// the bill.
type Key = (i64, Decimal, Decimal);

impl Goal {
    /// The word in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cost => "cost",
            Self::Balanced => "balanced",
            Self::Latency { .. } => "latency",
        }
    }

    /// Whether `this` is better than `that`.
    #[must_use]
    pub fn better(self, this: &Outcome, that: &Outcome) -> bool {
        self.key(this) < self.key(that)
    }

    /// What outcomes are ordered by, the best first.
    #[must_use]
    pub fn key(self, outcome: &Outcome) -> Key {
        let total = outcome.total.0;
        match self {
            Self::Cost | Self::Balanced => (0, Decimal::ZERO, total),
            Self::Latency { .. } => (p95(outcome), outcome.cold_start_share(), total),
        }
    }

    /// Whether an outcome stays within what may get worse, compared with the scenario as it is.
    #[must_use]
    pub fn allows(self, start: &Outcome, after: &Outcome) -> bool {
        match self {
            Self::Cost => true,
            Self::Balanced => Decimal::from(p95(after)) <= Decimal::from(p95(start)) * BALANCED,
            Self::Latency { dearer } => {
                p95(after) <= p95(start)
                    && after.cold_start_share() <= start.cold_start_share()
                    && after.total.0 <= start.total.0 * (Decimal::ONE + dearer)
            }
        }
    }
}

/// Nanoseconds; zero where there are no tokens.
fn p95(outcome: &Outcome) -> i64 {
    outcome.time_to_first_token[1].map_or(0, |d| d.0)
}
