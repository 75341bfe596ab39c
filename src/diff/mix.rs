//! Scenarios between two others: some kinds of keys of one, the rest of the other.

use super::node::Node;
use crate::estimate::Options;
use std::path::Path;

/// What a key of a scenario decides, in the order in which one scenario turns into another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Which workloads there are, when their requests arrive and what each needs; the period.
    Traffic,
    /// Platforms, regions, settings, models, and what is on the way to them.
    Configuration,
    /// Plans of accounts, negotiated rates and commitments.
    Agreements,
    /// The price book and its day.
    Prices,
}

impl Group {
    /// All of them, in order.
    pub(super) const ALL: [Self; 4] =
        [Self::Traffic, Self::Configuration, Self::Agreements, Self::Prices];

    /// The group of a key at the top of a scenario; none of what costs nothing.
    fn of(key: &str) -> Option<Self> {
        match key {
            "name" | "budgets" | "objectives" => None,
            "period" | "projection" | "seed" | "usage" | WORKLOADS => Some(Self::Traffic),
            "accounts" | "pricing" => Some(Self::Agreements),
            "pricing_date" | "price_changes" => Some(Self::Prices),
            _ => Some(Self::Configuration),
        }
    }

    /// The group of a key of a workload.
    fn of_workload(key: &str) -> Self {
        match key {
            "name" | "arrivals" | "requests" | "usage" => Self::Traffic,
            _ => Self::Configuration,
        }
    }
}

const WORKLOADS: &str = "workloads";

/// Scenario `a` with the groups up to `upto` as in `b`.
pub(super) fn mix(a: &Node, b: &Node, upto: Group) -> Node {
    let taken = |key: &str| Group::of(key).is_some_and(|group| group <= upto);
    let mut mixed = merge(a, b, taken);
    let workloads = b.get(WORKLOADS).map(|new| {
        let old = a.get(WORKLOADS).map(Node::items).unwrap_or_default();
        let each = new.items().iter().map(|w| match partner(w, old, new.items()) {
            Some(before) => merge(before, w, |key| Group::of_workload(key) <= upto),
            None => w.clone(),
        });
        Node::List(each.collect())
    });
    if let (Some(place), Some(workloads)) = (mixed.get_mut(WORKLOADS), workloads) {
        *place = workloads;
    }
    mixed
}

/// The workload of the same name; a single workload is the same one under another name.
fn partner<'a>(workload: &Node, old: &'a [Node], new: &[Node]) -> Option<&'a Node> {
    if let ([one], [_]) = (old, new) {
        return Some(one);
    }
    let name = workload.get("name").and_then(Node::scalar);
    old.iter().find(|w| w.get("name").and_then(Node::scalar) == name)
}

/// The keys of `a` in their order, those that are taken as in `b`.
fn merge(a: &Node, b: &Node, taken: impl Fn(&str) -> bool) -> Node {
    let mut entries: Vec<(String, Node)> = Vec::new();
    for (key, value) in a.entries() {
        if !taken(key) {
            entries.push((key.clone(), value.clone()));
        } else if let Some(new) = b.get(key) {
            entries.push((key.clone(), new.clone()));
        }
    }
    for (key, value) in b.entries() {
        if taken(key) && a.get(key).is_none() {
            entries.push((key.clone(), value.clone()));
        }
    }
    Node::Map(entries)
}

/// Options `a` with the groups up to `upto` as in `b`.
pub(super) fn mix_options(a: &Options, b: &Options, upto: Group) -> Options {
    let of = |group: Group| if group <= upto { b } else { a };
    let (traffic, configuration) = (of(Group::Traffic), of(Group::Configuration));
    let (agreements, prices) = (of(Group::Agreements), of(Group::Prices));
    Options {
        seed: traffic.seed,
        traffic: traffic.traffic,
        spike: traffic.spike,
        timeline: prices.timeline,
        first_look: prices.first_look,
        platform: configuration.platform.clone(),
        settings: configuration.settings.clone(),
        region: configuration.region.clone(),
        llm: configuration.llm.clone(),
        rates: agreements.rates.clone(),
        no_free_tier: agreements.no_free_tier,
        pricing_date: prices.pricing_date,
        today: prices.today,
        fixed_prices: prices.fixed_prices,
    }
}

/// Makes the paths of traces start where `folder` does.
pub(super) fn root(scenario: &mut Node, folder: &str) {
    let Some(Node::List(workloads)) = scenario.get_mut(WORKLOADS) else { return };
    for w in workloads {
        for (section, key) in [("arrivals", "trace"), ("memory_curve", "file")] {
            if let Some(path) = w.get_mut(section).and_then(|s| s.get_mut(key))
                && let Some(written) = path.scalar()
            {
                *path = Node::Text(Path::new(folder).join(written).to_string_lossy().into_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn node(text: &str) -> Node {
        Node::of(&Source::new("s.yaml", text)).unwrap()
    }

    const A: &str = "\
pricing_date: 2026-01-01
platform: p
accounts: { s: { plan: free } }
workloads:
  - { name: chat, deployment: { memory: 1GiB }, arrivals: { rate: 1/s }, region: r }
  - { name: gone, arrivals: { rate: 1/s } }
";
    const B: &str = "\
period: 7d
pricing_date: 2026-06-01
budgets: { monthly: 5 USD }
accounts: { s: { plan: pro } }
workloads:
  - { name: new, arrivals: { rate: 3/s } }
  - { name: chat, arrivals: { rate: 2/s }, deployment: { memory: 2GiB } }
";

    #[test]
    fn one_scenario_turns_into_another_group_by_group() {
        let (a, b) = (node(A), node(B));
        let steps = Group::ALL.map(|g| format!("{g:?}: {}", mix(&a, &b, g).flow()));
        insta::assert_snapshot!(steps.join("\n"));
        assert_eq!(mix(&a, &a, Group::Prices), a);
    }

    #[test]
    fn a_renamed_workload_is_the_same_if_it_is_alone() {
        let a = node("workloads: [{ name: a, region: r, arrivals: { trace: t.csv } }]");
        let mut b = node("workloads: [{ name: b, region: q, arrivals: { trace: u.csv } }]");
        root(&mut b, "folder");
        let mixed = mix(&a, &b, Group::Traffic).flow();
        let path = Path::new("folder").join("u.csv").display().to_string().replace('\\', "\\\\");
        let expected = format!(
            r#"{{"workloads": [{{"name": "b", "region": "r", "arrivals": {{"trace": "{path}"}}}}]}}"#
        );
        assert_eq!(mixed, expected);
    }
}
