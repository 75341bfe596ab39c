//! What an estimate says, as far as recommendations weigh it.

use crate::estimate::{Estimate, Service, WorkloadEstimate};
use crate::units::{Money, SimDuration};
use rust_decimal::Decimal;

/// The figures of one estimate, all workloads together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the period costs.
    pub total: Money,
    /// Streams of the billed period.
    pub streams: u64,
    /// Requests of the replay.
    pub requests: u64,
    /// Of them, served.
    pub served: u64,
    /// Of them, cut, rejected or kept waiting too long.
    pub failed: u64,
    /// Of them, answers that a token cap cut short.
    pub truncated: u64,
    /// Of those served, the ones that started an instance.
    pub cold_starts: u64,
    /// Lines without a price.
    pub unpriced: usize,
    /// Median, 95th and 99th percentile of time to first token, each of the slowest workload.
    pub time_to_first_token: [Option<SimDuration>; 3],
}

/// A share of a whole; zero of nothing.
fn share(part: u64, whole: u64) -> Decimal {
    if whole == 0 { Decimal::ZERO } else { Decimal::from(part) / Decimal::from(whole) }
}

impl Outcome {
    /// Those of an estimate.
    #[must_use]
    pub fn of(estimate: &Estimate) -> Self {
        let workloads: Vec<_> = estimate.workloads.iter().collect();
        let statement = &estimate.statement;
        Self::together(&workloads, statement.total(), statement.unpriced.len())
    }

    /// Those of workloads that were billed together.
    #[must_use]
    pub fn together(workloads: &[&WorkloadEstimate], total: Money, unpriced: usize) -> Self {
        let service = Service::of(workloads.iter().copied());
        let ranks = service.time_to_first_token.map(|p| [Some(p.p50), Some(p.p95), Some(p.p99)]);
        Self {
            total,
            streams: service.streams,
            requests: service.requests,
            served: service.served,
            failed: service.failed,
            truncated: service.truncated,
            cold_starts: service.cold_starts,
            unpriced,
            time_to_first_token: ranks.unwrap_or_default(),
        }
    }

    /// Share of requests that fail.
    #[must_use]
    pub fn failed_share(&self) -> Decimal {
        share(self.failed, self.requests)
    }

    /// Share of answers cut short.
    #[must_use]
    pub fn truncated_share(&self) -> Decimal {
        share(self.truncated, self.requests)
    }

    /// Share of served requests that start an instance.
    #[must_use]
    pub fn cold_start_share(&self) -> Decimal {
        share(self.cold_starts, self.served)
    }
}

/// Before and after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The scenario before.
    pub before: Outcome,
    /// And after.
    pub after: Outcome,
}

impl Effect {
    /// What the change saves in the billed period; negative if it costs.
    #[must_use]
    pub fn saving(&self) -> Money {
        self.before.total - self.after.total
    }

    /// Whether the first token comes earlier or starts become fewer.
    #[must_use]
    pub fn is_faster(&self) -> bool {
        let p95 = |o: &Outcome| o.time_to_first_token[1];
        let (before, after) = (&self.before, &self.after);
        p95(after) < p95(before) || after.cold_start_share() < before.cold_start_share()
    }
}
