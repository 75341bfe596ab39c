//! How much to commit: demand that is covered slot by slot, by what is bought for a term or on demand.
//!
//! The problem is a linear program whose rows are intervals: each slot's demand is at most what was bought
//! within the last term, plus what it takes on demand. Such a matrix is totally unimodular, so that whole
//! amounts are optimal, and the program is a flow: one path from the first slot to the last for each unit
//! of the largest demand, which is committed for a term, on demand for a slot, or idle where demand is
//! lower. Paths are found one after the other, the cheapest first. Deciding each level of demand by itself
//! is not optimal: with demand 1, 2, 1 and a term of 2 slots for the price of 1.5, two overlapping terms
//! cost 3, levels 3.5.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What to buy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cover {
    /// Units whose term begins with each slot.
    pub(super) bought: Vec<u64>,
    /// What they and the rest on demand cost.
    pub(super) cost: u128,
}

/// Covers `demand` at least cost: a unit costs `committed` for `term` slots, or what is left of them, and
/// `on_demand` for one slot.
pub(super) fn cover(demand: &[u64], term: usize, committed: u64, on_demand: u64) -> Cover {
    if term >= demand.len() {
        return for_ever(demand, committed, on_demand);
    }
    let mut flow = Flow::new(demand, term.max(1), committed, on_demand);
    let mut left = demand.iter().copied().max().unwrap_or(0);
    while left > 0 {
        match flow.send(left) {
            0 => break,
            sent => left -= sent,
        }
    }
    flow.result(demand.len())
}

/// One term outlasts all slots: a unit is worth buying if its level is reached in enough of them, so the
/// amount is a quantile of the demand.
fn for_ever(demand: &[u64], committed: u64, on_demand: u64) -> Cover {
    let mut sorted = demand.to_vec();
    sorted.sort_unstable_by_key(|d| Reverse(*d));
    // In as many slots as this a unit has to be used to be worth its price.
    let pays = |slots: usize| slots as u128 * u128::from(on_demand) > u128::from(committed);
    let amount = (1..=sorted.len()).find(|n| pays(*n)).map_or(0, |n| sorted[n - 1]);
    let mut bought = vec![0; demand.len()];
    if let Some(first) = bought.first_mut() {
        *first = amount;
    }
    let over: u128 = demand.iter().map(|d| u128::from(d.saturating_sub(amount))).sum();
    let cost = u128::from(amount) * u128::from(committed) + over * u128::from(on_demand);
    Cover { bought, cost }
}

#[derive(Clone, Copy)]
struct Arc {
    to: usize,
    room: u64,
    cost: i128,
}

/// Arcs in pairs, each followed by its way back.
struct Flow {
    arcs: Vec<Arc>,
    from: Vec<Vec<usize>>,
    /// What makes every cost along a remaining arc positive or zero.
    potential: Vec<i128>,
    cost: i128,
}

impl Flow {
    /// Of each slot in this order: committed, on demand, idle.
    fn new(demand: &[u64], term: usize, committed: u64, on_demand: u64) -> Self {
        let (n, most) = (demand.len(), demand.iter().copied().max().unwrap_or(0));
        let mut flow = Self {
            arcs: Vec::with_capacity(6 * n),
            from: vec![Vec::new(); n + 1],
            potential: vec![0; n + 1],
            cost: 0,
        };
        for (slot, d) in demand.iter().enumerate() {
            flow.add(slot, (slot + term).min(n), u64::MAX, committed.into());
            flow.add(slot, slot + 1, u64::MAX, on_demand.into());
            flow.add(slot, slot + 1, most - d, 0);
        }
        flow
    }

    fn add(&mut self, from: usize, to: usize, room: u64, cost: i128) {
        let back = Arc { to: from, room: 0, cost: -cost };
        for (at, arc) in [(from, Arc { to, room, cost }), (to, back)] {
            self.from[at].push(self.arcs.len());
            self.arcs.push(arc);
        }
    }

    /// Sends at most `most` units along the cheapest path.
    fn send(&mut self, most: u64) -> u64 {
        let end = self.from.len() - 1;
        let mut distance = vec![i128::MAX; end + 1];
        let mut came = vec![usize::MAX; end + 1];
        let mut open = BinaryHeap::from([(Reverse(0_i128), 0_usize)]);
        distance[0] = 0;
        while let Some((Reverse(d), node)) = open.pop() {
            if d > distance[node] {
                continue;
            }
            for &index in &self.from[node] {
                let arc = self.arcs[index];
                let reduced = arc.cost + self.potential[node] - self.potential[arc.to];
                if arc.room > 0 && d + reduced < distance[arc.to] {
                    distance[arc.to] = d + reduced;
                    came[arc.to] = index;
                    open.push((Reverse(d + reduced), arc.to));
                }
            }
        }
        if distance[end] == i128::MAX {
            return 0;
        }
        for (potential, distance) in self.potential.iter_mut().zip(&distance) {
            // Every slot is reached: on demand there is always room.
            *potential += *distance;
        }
        let mut path = Vec::new();
        let mut node = end;
        while node != 0 {
            path.push(came[node]);
            node = self.arcs[came[node] ^ 1].to;
        }
        let sent = path.iter().map(|i| self.arcs[*i].room).min().unwrap_or(0).min(most);
        for index in path {
            let arc = &mut self.arcs[index];
            if arc.room != u64::MAX {
                arc.room -= sent;
            }
            let back = &mut self.arcs[index ^ 1];
            back.room = back.room.saturating_add(sent);
            self.cost += self.arcs[index].cost * i128::from(sent);
        }
        sent
    }

    fn result(&self, slots: usize) -> Cover {
        // What went through an arc is the room of its way back.
        let bought = (0..slots).map(|slot| self.arcs[6 * slot + 1].room).collect();
        Cover { bought, cost: u128::try_from(self.cost).unwrap_or(0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What purchases cost with the rest on demand, counted from the definition.
    fn cost(demand: &[u64], bought: &[u64], term: usize, committed: u64, on_demand: u64) -> u128 {
        let held = |slot: usize| bought[(slot + 1).saturating_sub(term)..=slot].iter().sum::<u64>();
        let over = |(slot, d): (usize, &u64)| u128::from(d.saturating_sub(held(slot)));
        let over: u128 = demand.iter().enumerate().map(over).sum();
        let all: u128 = bought.iter().map(|b| u128::from(*b)).sum();
        all * u128::from(committed) + over * u128::from(on_demand)
    }

    /// The least cost over all purchases, each tried.
    fn brute(demand: &[u64], term: usize, committed: u64, on_demand: u64) -> u128 {
        let most = demand.iter().copied().max().unwrap_or(0) + 1;
        let all = most.pow(u32::try_from(demand.len()).unwrap());
        let purchases = |mut code: u64| -> Vec<u64> {
            let digit = |_| {
                let digit = code % most;
                code /= most;
                digit
            };
            (0..demand.len()).map(digit).collect()
        };
        (0..all).map(|c| cost(demand, &purchases(c), term, committed, on_demand)).min().unwrap()
    }

    /// Each level of demand decided by itself.
    fn by_levels(demand: &[u64], term: usize, committed: u64, on_demand: u64) -> u128 {
        let most = demand.iter().copied().max().unwrap_or(0);
        let level = |k: u64| -> Vec<u64> { demand.iter().map(|d| u64::from(*d >= k)).collect() };
        (1..=most).map(|k| brute(&level(k), term, committed, on_demand)).sum()
    }

    #[test]
    fn levels_are_not_optimal() {
        // In halves: a term of two slots costs 3, a slot on demand 2.
        let demand = [1, 2, 1];
        let found = cover(&demand, 2, 3, 2);
        assert_eq!((found.cost, by_levels(&demand, 2, 3, 2)), (6, 7));
        assert_eq!(found.bought, [1, 1, 0]);
    }

    #[test]
    fn it_costs_as_little_as_every_purchase_tried() {
        let mut state = 5_u64;
        let mut below = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % n
        };
        let (mut levels_lose, mut some) = (0, 0);
        for case in 0..1_500 {
            let n = 1 + below(5);
            let demand: Vec<u64> = (0..n).map(|_| below(4)).collect();
            let term = usize::try_from(1 + below(n)).unwrap();
            let (committed, on_demand) = (1 + below(12), 1 + below(6));
            let found = cover(&demand, term, committed, on_demand);
            let best = brute(&demand, term, committed, on_demand);
            assert_eq!(found.cost, best, "case {case}: {demand:?} {term} {committed} {on_demand}");
            let told = cost(&demand, &found.bought, term, committed, on_demand);
            assert_eq!(told, best, "case {case}: {:?}", found.bought);
            some += u32::from(found.bought.iter().any(|b| *b > 0));
            levels_lose += u32::from(by_levels(&demand, term, committed, on_demand) > best);
        }
        assert!(levels_lose > 5 && some > 500, "{levels_lose} {some}");
    }

    #[test]
    fn a_term_for_ever_is_the_same_flow() {
        let mut state = 9_u64;
        for _ in 0..300 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let demand: Vec<u64> = (0..40).map(|i| (state >> (i % 50)) % 1_000).collect();
            let quantile = cover(&demand, 40, 4_000 + state % 20_000, 600);
            let mut flow = Flow::new(&demand, 40, 4_000 + state % 20_000, 600);
            let mut left = *demand.iter().max().unwrap();
            while left > 0 {
                left -= flow.send(left);
            }
            assert_eq!(flow.result(40).cost, quantile.cost);
        }
    }

    #[test]
    fn a_month_of_hours_is_quick() {
        let demand: Vec<u64> = (0..730).map(|h| 500 + 40 * (h % 24) + 3 * (h % 7)).collect();
        let found = cover(&demand, 168, 168 * 80, 100);
        let none: u128 = demand.iter().map(|d| u128::from(*d) * 100).sum();
        assert!(found.cost < none && found.bought[0] >= 500, "{} {none}", found.cost);
        assert_eq!(cover(&[], 5, 1, 1), Cover { bought: Vec::new(), cost: 0 });
    }
}
