//! Estimates of the same requests side by side, the cheapest sound one first.

use super::{Estimate, WorkloadEstimate};
use crate::billing::Category;
use crate::diagnostic::Result;
use crate::pricing::Component;
use crate::replay::{Facts, Percentiles};
use crate::units::{Money, SimDuration};

/// One way to run a scenario.
#[derive(Debug)]
pub struct Alternative {
    /// Platform id, as asked for.
    pub platform: String,
    /// Settings that are varied.
    pub settings: Vec<(String, String)>,
    /// Its estimate, or why there is none.
    pub result: Result<Estimate>,
    /// The same with a spike, if asked for and if it can be estimated.
    pub spiked: Option<Estimate>,
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
        match Figures::of(estimate) {
            Figures { unpriced: 0, broken: 0, .. } => Standing::Sound,
            Figures { unpriced: 0, .. } => Standing::LimitsBroken,
            _ => Standing::Incomplete,
        }
    }

    fn total(&self) -> Option<Money> {
        self.result.as_ref().ok().map(|e| e.statement.total())
    }
}

/// The FOCUS category of model tokens.
const MODELS: &str = "AI and Machine Learning";

/// How some workloads served their clients, all together. A stage of a workload is no client of its own.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Requests of the billed period.
    pub streams: u64,
    /// Requests of the replay.
    pub requests: u64,
    /// Of them, served.
    pub served: u64,
    /// Cut, rejected or kept waiting too long, at any stage.
    pub failed: u64,
    /// Answers that a token cap cut short.
    pub truncated: u64,
    /// Starts of instances that a client waited for.
    pub cold_starts: u64,
    /// Percentiles of time to first token, cold starts included; each the slowest workload's.
    pub time_to_first_token: Option<Percentiles>,
}

impl Service {
    /// That of these workloads.
    pub fn of<'a>(
        workloads: impl IntoIterator<Item = &'a WorkloadEstimate, IntoIter: Clone>,
    ) -> Self {
        let all = workloads.into_iter();
        let sum = |of: fn(&Facts) -> u64| all.clone().map(|w| of(&w.facts)).sum();
        let entries = || all.clone().filter(|w| w.stage.is_entry());
        let waited = || all.clone().filter(|w| w.stage.is_waited_for());
        let slowest = |rank: fn(&Percentiles) -> SimDuration| {
            waited().filter_map(|w| w.facts.time_to_first_token()).map(|p| rank(&p)).max()
        };
        let ranks = slowest(|p| p.p50).zip(slowest(|p| p.p95)).zip(slowest(|p| p.p99));
        Self {
            streams: entries().map(|w| w.requests).sum(),
            requests: entries().map(|w| w.facts.requests).sum(),
            served: entries().map(|w| w.facts.served).sum(),
            failed: sum(|f| f.timed_out + f.rejected + f.queue_timeouts),
            truncated: sum(|f| f.truncated),
            cold_starts: waited().map(|w| w.facts.cold_starts).sum(),
            time_to_first_token: ranks.map(|((p50, p95), p99)| Percentiles { p50, p95, p99 }),
        }
    }
}

/// What is compared of an estimate, all workloads together.
#[derive(Clone, Copy, Debug)]
pub struct Figures {
    /// The whole cost.
    pub total: Money,
    /// Of it, model tokens.
    pub models: Money,
    /// Of it, everything else.
    pub platform: Money,
    /// Requests of the period.
    pub streams: u64,
    /// Requests of the replay that were served.
    pub served: u64,
    /// Of them, those that started an instance.
    pub cold_starts: u64,
    /// Most instances at once, workload by workload.
    pub peak_instances: u64,
    /// Requests that were cut, rejected or kept waiting too long.
    pub broken: u64,
    /// Lines without a price.
    pub unpriced: usize,
    /// Percentiles of time to first token, cold starts included; each the slowest workload's.
    pub percentiles: Option<Percentiles>,
    /// The cost by part, as in [`Component::ALL`]; they add up to the total.
    pub parts: [Money; Component::ALL.len()],
    /// What free tiers and credits take off.
    pub free: Money,
    /// What everything used and bought costs at list prices, before they do.
    pub list: Money,
}

impl Figures {
    /// Those of an estimate.
    #[must_use]
    pub fn of(estimate: &Estimate) -> Self {
        let served = Service::of(&estimate.workloads);
        let total = estimate.statement.total();
        let models = estimate.statement.category_total(MODELS);
        let charges = &estimate.statement.charges;
        let part = |component| {
            charges.iter().filter(|c| c.component == component).map(|c| c.billed_cost).sum()
        };
        let off = charges.iter().filter(|c| c.allowance.is_some());
        let off = off.map(|c| match c.charge_category {
            Category::Credit => -c.billed_cost,
            _ => c.list_cost - c.billed_cost,
        });
        Self {
            total,
            models,
            platform: total - models,
            streams: served.streams,
            served: served.served,
            cold_starts: served.cold_starts,
            peak_instances: estimate
                .workloads
                .iter()
                .map(|w| u64::from(w.facts.peak_instances))
                .sum(),
            broken: served.failed,
            unpriced: estimate.statement.unpriced.len(),
            percentiles: served.time_to_first_token,
            parts: Component::ALL.map(part),
            free: off.sum(),
            list: charges.iter().map(|c| c.list_cost).sum(),
        }
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

    /// The cheapest sound alternatives: one, or several with the same total.
    pub fn cheapest(&self) -> impl Iterator<Item = &Alternative> {
        let least = self.alternatives.first().and_then(Alternative::total);
        let sound = self.alternatives.iter().filter(|a| a.standing() == Standing::Sound);
        sound.filter(move |a| a.total() == least)
    }

    /// An estimate, for what all have in common.
    #[must_use]
    pub fn any(&self) -> Option<&Estimate> {
        self.alternatives.iter().find_map(|a| a.result.as_ref().ok())
    }
}
