//! One option for each workload, so that the account's bill is least: branch and bound.

use crate::estimate::Floor;
use crate::units::Money;
use std::collections::BTreeMap;

/// What the search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The cheapest choice of options that was billed, and its cost.
    pub best: Option<(Vec<usize>, Money)>,
    /// No choice costs less; the best one's cost once everything was searched.
    pub bound: Money,
    /// Whether every choice was billed or ruled out by the bound.
    pub complete: bool,
    /// Choices that were billed.
    pub billed: u64,
}

/// The cheapest choice of one option each. `options` has the floor of each option of each workload,
/// `base` the floor of what is on every bill, `cost` bills a choice (`None`: it is not allowed), and
/// `most` is how many choices may be billed. `start` are choices to begin with.
///
/// A branch is left out when the floors of what is chosen, the lowest floors of what is not, and the fees
/// so far are not below the best bill. Floors hold in any bill, so nothing cheaper is ever left out.
pub fn cheapest(
    options: &[Vec<Floor>],
    base: &Floor,
    start: &[Vec<usize>],
    cost: &mut dyn FnMut(&[usize]) -> Option<Money>,
    most: u64,
) -> Assignment {
    let least = |w: &Vec<Floor>| w.iter().map(|f| f.usage).min().unwrap_or_default();
    // The workloads with most at stake first.
    let stake = |w: &Vec<Floor>| w.iter().map(|f| f.usage).max().unwrap_or_default() - least(w);
    let mut order: Vec<usize> = (0..options.len()).collect();
    order.sort_by_key(|w| std::cmp::Reverse(stake(&options[*w])));
    let mut rest = vec![Money::ZERO; options.len() + 1];
    for (depth, w) in order.iter().enumerate().rev() {
        rest[depth] = rest[depth + 1] + least(&options[*w]);
    }
    let by_floor = |w: &Vec<Floor>| {
        let mut sorted: Vec<usize> = (0..w.len()).collect();
        sorted.sort_by_key(|i| w[*i].usage);
        sorted
    };
    let sorted = options.iter().map(by_floor).collect();
    let mut search = Search {
        options,
        order,
        sorted,
        rest,
        cost,
        most,
        cut: None,
        found: Assignment { best: None, bound: Money::ZERO, complete: true, billed: 0 },
    };
    for choice in start {
        search.bill(choice);
    }
    search.improve();
    let mut choice = vec![0; options.len()];
    search.branch(0, base.usage, &base.fees, &mut choice);
    let Search { cut, mut found, .. } = search;
    let best = found.best.as_ref().map(|b| b.1);
    found.complete = cut.is_none_or(|cut| best.is_some_and(|best| cut >= best));
    found.bound = match (cut, best) {
        (Some(cut), Some(best)) => cut.min(best),
        (cut, best) => cut.or(best).unwrap_or_default(),
    };
    found
}

struct Search<'a> {
    options: &'a [Vec<Floor>],
    /// Workloads in the order they are branched on.
    order: Vec<usize>,
    /// Each workload's options from the lowest floor up.
    sorted: Vec<Vec<usize>>,
    /// Lowest floors of the workloads from each depth on.
    rest: Vec<Money>,
    cost: &'a mut dyn FnMut(&[usize]) -> Option<Money>,
    most: u64,
    /// The lowest bound of a branch that there was no time for.
    cut: Option<Money>,
    found: Assignment,
}

impl Search<'_> {
    /// Bills a choice; whether it is the best so far.
    fn bill(&mut self, choice: &[usize]) -> bool {
        self.found.billed += 1;
        let Some(cost) = (self.cost)(choice) else { return false };
        let better = self.found.best.as_ref().is_none_or(|b| cost < b.1);
        if better {
            self.found.best = Some((choice.to_vec(), cost));
        }
        better
    }

    /// Changes one workload at a time while it pays, for a good bill to start with.
    fn improve(&mut self) {
        let mut go_on = self.options.len() > 1;
        while go_on {
            go_on = false;
            for w in self.order.clone() {
                for option in self.sorted[w].clone() {
                    let Some((mut choice, _)) = self.found.best.clone() else { return };
                    if choice[w] == option || self.found.billed * 2 >= self.most {
                        continue;
                    }
                    choice[w] = option;
                    go_on |= self.bill(&choice);
                }
            }
        }
    }

    fn branch(
        &mut self,
        depth: usize,
        floor: Money,
        fees: &BTreeMap<String, Money>,
        choice: &mut Vec<usize>,
    ) {
        let bound = floor + fees.values().copied().sum() + self.rest[depth];
        if self.found.best.as_ref().is_some_and(|best| bound >= best.1) {
            return;
        }
        if self.found.billed >= self.most {
            self.cut = Some(self.cut.map_or(bound, |cut| cut.min(bound)));
            return;
        }
        let Some(&w) = self.order.get(depth) else {
            self.bill(&choice.clone());
            return;
        };
        for i in 0..self.sorted[w].len() {
            let option = self.sorted[w][i];
            let own = &self.options[w][option];
            let mut fees = fees.clone();
            for (name, fee) in &own.fees {
                // Shared fees of different services should be equal; the lower one holds in any case.
                let known = fees.entry(name.clone()).or_insert(*fee);
                *known = (*known).min(*fee);
            }
            choice[w] = option;
            self.branch(depth + 1, floor + own.usage, &fees, choice);
        }
    }
}

#[cfg(test)]
#[path = "assign_tests.rs"]
mod tests;
