//! One option for each item (a workload, a stage, a route), so that the account's bill is least: branch and bound.

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

/// An item and one of its options.
pub type Chosen = (usize, usize);

/// What is searched: one option for each item.
pub struct Choices<'a> {
    /// The floor of each option of each item.
    pub options: &'a [Vec<Floor>],
    /// The floor of what is on every bill.
    pub base: &'a Floor,
    /// Whether options of two different items can be chosen together.
    pub fits: &'a dyn Fn(Chosen, Chosen) -> bool,
    /// Choices to begin with.
    pub start: &'a [Vec<usize>],
}

/// The cheapest choice of one option each. `cost` bills a choice (`None`: it is not allowed), and `most` is
/// how many choices may be billed.
///
/// A branch is left out when the floors of what is chosen, the lowest floors of what is not and still fits,
/// and the fees so far are not below the best bill. Floors hold in any bill, so nothing cheaper is ever
/// left out.
pub fn cheapest(
    choices: &Choices<'_>,
    cost: &mut dyn FnMut(&[usize]) -> Option<Money>,
    most: u64,
) -> Assignment {
    let options = choices.options;
    let least = |w: &Vec<Floor>| w.iter().map(|f| f.usage).min().unwrap_or_default();
    // The items with most at stake first.
    let stake = |w: &Vec<Floor>| w.iter().map(|f| f.usage).max().unwrap_or_default() - least(w);
    let mut order: Vec<usize> = (0..options.len()).collect();
    order.sort_by_key(|w| std::cmp::Reverse(stake(&options[*w])));
    let by_floor = |w: &Vec<Floor>| {
        let mut sorted: Vec<usize> = (0..w.len()).collect();
        sorted.sort_by_key(|i| w[*i].usage);
        sorted
    };
    let sorted = options.iter().map(by_floor).collect();
    let mut search = Search {
        choices,
        order,
        sorted,
        cost,
        most,
        cut: None,
        found: Assignment { best: None, bound: Money::ZERO, complete: true, billed: 0 },
    };
    for choice in choices.start {
        search.bill(choice);
    }
    search.improve();
    let mut choice = vec![0; options.len()];
    search.branch(0, choices.base.usage, &choices.base.fees, &mut choice);
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
    choices: &'a Choices<'a>,
    /// Items in the order they are branched on.
    order: Vec<usize>,
    /// Each item's options from the lowest floor up.
    sorted: Vec<Vec<usize>>,
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

    /// Whether an option fits what is chosen of these items.
    fn fits(&self, option: Chosen, items: &[usize], choice: &[usize]) -> bool {
        items.iter().all(|w| *w == option.0 || (self.choices.fits)((*w, choice[*w]), option))
    }

    /// Changes one item at a time while it pays, for a good bill to start with.
    fn improve(&mut self) {
        let mut go_on = self.order.len() > 1;
        while go_on {
            go_on = false;
            for w in self.order.clone() {
                for option in self.sorted[w].clone() {
                    let Some((mut choice, _)) = self.found.best.clone() else { return };
                    if choice[w] == option || self.found.billed * 2 >= self.most {
                        continue;
                    }
                    choice[w] = option;
                    if self.fits((w, option), &self.order, &choice) {
                        go_on |= self.bill(&choice);
                    }
                }
            }
        }
    }

    /// The lowest floors of the items from a depth on, with what fits those before it; none if nothing does.
    fn rest(&self, depth: usize, choice: &[usize]) -> Option<Money> {
        let (chosen, left) = self.order.split_at(depth);
        let least = |w: &usize| {
            let mut fit = self.sorted[*w].iter().filter(|i| self.fits((*w, **i), chosen, choice));
            fit.next().map(|i| self.choices.options[*w][*i].usage)
        };
        left.iter().map(least).sum()
    }

    fn branch(
        &mut self,
        depth: usize,
        floor: Money,
        fees: &BTreeMap<String, Money>,
        choice: &mut Vec<usize>,
    ) {
        let Some(rest) = self.rest(depth, choice) else { return };
        let bound = floor + fees.values().copied().sum() + rest;
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
            if !self.fits((w, option), &self.order[..depth], choice) {
                continue;
            }
            let own = &self.choices.options[w][option];
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
