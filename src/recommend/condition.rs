//! What a scenario only assumes, otherwise: the traffic, which instance takes a request, the seed.

use super::session::Asked;
use super::{Change, Trial};
use crate::diagnostic::{Result, Source};
use crate::pricing::Book;
use crate::workload::ScenarioFile;
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something a scenario assumes, otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// This many times the requests.
    Traffic(Decimal),
    /// Another rule of which instance takes a request, where the platform leaves it open.
    Dispatch(String),
    /// Another seed of generated arrivals and of what each request needs.
    Seed(u64),
}

/// By so much less and more traffic.
const LESS_AND_MORE: [Decimal; 2] =
    [Decimal::from_parts(8, 0, 0, false, 1), Decimal::from_parts(12, 0, 0, false, 1)];
/// Seeds to try besides the scenario's.
const SEEDS: [u64; 4] = [101, 202, 303, 404];
const OTHER_SEEDS: usize = 3;

/// The conditions that change something in these scenarios.
pub(super) fn conditions(book: &Book, files: &[&ScenarioFile]) -> Vec<Condition> {
    let workloads = || files.iter().flat_map(|f| f.workloads.iter().map(move |w| (f, w)));
    let mut conditions = Vec::new();
    conditions.extend(LESS_AND_MORE.map(Condition::Traffic));
    if workloads().any(|(_, w)| w.arrivals.value.rate.is_some()) {
        let own = files.iter().filter_map(|f| f.seed.as_ref()?.value.parse().ok());
        let own: BTreeSet<u64> = own.collect();
        let others = SEEDS.into_iter().filter(|seed| !own.contains(seed));
        conditions.extend(others.take(OTHER_SEEDS).map(Condition::Seed));
    }
    let mut policies = BTreeSet::new();
    for (file, w) in workloads() {
        let platform = w.platform.as_ref().or(file.platform.as_ref());
        let place = platform.and_then(|p| book.platform(&p.value));
        let Some(spec) = place.and_then(|p| p.platform.settings.get("dispatch")) else { continue };
        let others = spec.choices.iter().filter(|c| c.same_as.is_none());
        policies.extend(others.map(|c| c.name.clone()).filter(|_| spec.choices.len() > 1));
    }
    conditions.extend(policies.into_iter().map(Condition::Dispatch));
    conditions
}

/// Whether a condition is the one that holds anyway.
pub(super) fn holds(condition: &Condition, trials: &[&Arc<Trial>]) -> bool {
    let Condition::Dispatch(policy) = condition else { return false };
    let workloads = trials.iter().flat_map(|t| &t.estimate.workloads);
    workloads.filter_map(|w| w.settings.get("dispatch")).all(|now| now == policy)
}

/// What no condition changes.
pub(super) fn fixed(file: &ScenarioFile) -> Vec<String> {
    let traced = file.workloads.iter().filter(|w| w.arrivals.value.trace.is_some());
    traced.map(|w| format!("{}: one recording, copied or thinned", w.name.value)).collect()
}

/// A scenario under a condition; as it is where the condition changes nothing of it.
pub(super) fn under(
    condition: &Condition,
    source: &Source,
    file: &ScenarioFile,
    book: &Book,
) -> Result<Asked> {
    let mut change = Change::none();
    for (index, w) in file.workloads.iter().enumerate() {
        match condition {
            Condition::Traffic(factor) => return Ok((source.clone(), Some(*factor))),
            Condition::Seed(seed) => {
                if w.arrivals.value.rate.is_some() {
                    change = change.set(index, "arrivals.seed", seed.to_string());
                }
            }
            Condition::Dispatch(policy) => {
                let platform = w.platform.as_ref().or(file.platform.as_ref());
                let place = platform.and_then(|p| book.platform(&p.value));
                let spec = place.and_then(|p| p.platform.settings.get("dispatch"));
                if spec.is_some_and(|s| s.choice(policy).is_some()) {
                    change = change.set(index, "deployment.dispatch", policy.as_str());
                }
            }
        }
    }
    Ok((change.apply(source)?, None))
}
