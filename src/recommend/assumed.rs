//! Settings that say how the platform is modelled. Nobody can turn them, so nothing recommends them.

use crate::pricing::{Book, SettingSpec};
use crate::workload::{ScenarioFile, TextOr, WorkloadFile};
use std::collections::BTreeSet;

/// What no platform lets a customer choose.
const NEVER: [&str; 3] = ["dispatch", "shutdown_time", "startup_time"];
/// What some platforms let a customer choose; elsewhere it is an assumption.
const SOMETIMES: [&str; 3] = ["at_limit", "idle_timeout", "on_disconnect"];

/// Whether a setting is an assumption of the model rather than something to set.
#[must_use]
pub fn is_assumption(name: &str, spec: &SettingSpec) -> bool {
    let ours = || spec.evidence.source.starts_with("ssc assumption");
    NEVER.contains(&name) || (SOMETIMES.contains(&name) && ours())
}

/// Assumptions as a workload states them: platform, setting, value.
fn stated(book: &Book, file: &ScenarioFile, w: &WorkloadFile) -> BTreeSet<[String; 3]> {
    let Some(platform) = w.platform.as_ref().or(file.platform.as_ref()) else {
        return BTreeSet::new();
    };
    let Some(place) = book.platform(&platform.value) else { return BTreeSet::new() };
    let value = |value: &TextOr<_>| match value {
        TextOr::Text(text) => text.clone(),
        TextOr::More(_) => String::new(),
    };
    let assumed = w.deployment.iter().filter(|(name, _)| {
        place.platform.settings.get(*name).is_some_and(|spec| is_assumption(name, spec))
    });
    assumed.map(|(name, v)| [place.platform.id.clone(), name.clone(), value(&v.value)]).collect()
}

/// Whether a changed scenario rests on other assumptions: states one that the scenario does not, or
/// leaves one out where the workload stays on its platform.
pub(super) fn changed(book: &Book, before: &ScenarioFile, after: &ScenarioFile) -> bool {
    let known: BTreeSet<_> =
        before.workloads.iter().flat_map(|w| stated(book, before, w)).collect();
    after.workloads.iter().any(|w| {
        let now = stated(book, after, w);
        let own = before.workloads.iter().find(|b| b.name.value == w.name.value);
        let platform = |file: &ScenarioFile, w: &WorkloadFile| {
            w.platform.as_ref().or(file.platform.as_ref()).map(|f| f.value.clone())
        };
        let lost = own.is_some_and(|own| {
            platform(before, own) == platform(after, w)
                && stated(book, before, own).iter().any(|a| !now.contains(a))
        });
        lost || now.iter().any(|a| !known.contains(a))
    })
}
