//! The cheapest schedule of a capacity, level by level.
//!
//! Where each further unit of capacity pays less than the one before, every level can be decided alone: it
//! is on or off in each slot, pays for being on, and pays once more whenever it is switched on. Two states
//! and a cycle of slots are a shortest path.

/// When a level is on: the cheapest way through a cycle of slots, and what it costs.
///
/// `on` is the cost of each slot if the level is on (negative if that saves), `switch` what switching on
/// costs, at least zero. Of equal ways the one that is on less.
#[must_use]
pub fn cheapest_level(on: &[i128], switch: i128) -> (i128, Vec<bool>) {
    let mut best: Option<(i128, usize, Vec<bool>)> = None;
    for first in [false, true] {
        // Cost, slots that are on, and the way, for being off and on in the slot.
        let start = |now: bool| {
            (now == first)
                .then(|| (if now { on.first().copied().unwrap_or(0) } else { 0 }, usize::from(now)))
        };
        let mut ends = [start(false), start(true)];
        let mut came_from: Vec<[bool; 2]> = Vec::new();
        for cost in on.iter().skip(1) {
            let mut next = [None; 2];
            let mut from = [false; 2];
            for now in [false, true] {
                for before in [false, true] {
                    let Some((sum, count)) = ends[usize::from(before)] else { continue };
                    let more = if now { *cost + if before { 0 } else { switch } } else { 0 };
                    let reached = (sum + more, count + usize::from(now));
                    let slot = &mut next[usize::from(now)];
                    if slot.is_none_or(|known| reached < known) {
                        *slot = Some(reached);
                        from[usize::from(now)] = before;
                    }
                }
            }
            ends = next;
            came_from.push(from);
        }
        for last in [false, true] {
            let Some((sum, count)) = ends[usize::from(last)] else { continue };
            let sum = sum + if first && !last { switch } else { 0 };
            if best.as_ref().is_none_or(|b| (sum, count) < (b.0, b.1)) {
                let mut way = vec![last];
                for from in came_from.iter().rev() {
                    way.push(from[usize::from(way.last() == Some(&true))]);
                }
                way.reverse();
                best = Some((sum, count, way));
            }
        }
    }
    best.map_or((0, Vec::new()), |(sum, _, way)| (sum, way))
}

/// The cheapest schedule of whole numbers over a cycle of slots, and what it costs: `cost[k][t]` is what
/// unit `k` costs in slot `t`, not decreasing in `k`.
#[must_use]
pub fn cheapest_schedule(cost: &[Vec<i128>], switch: i128) -> (i128, Vec<u32>) {
    let slots = cost.first().map_or(0, Vec::len);
    let (mut total, mut schedule) = (0, vec![0; slots]);
    for level in cost {
        let (sum, way) = cheapest_level(level, switch);
        if way.iter().all(|on| !on) {
            // Units above cost more.
            break;
        }
        total += sum;
        for (units, on) in schedule.iter_mut().zip(way) {
            *units += u32::from(on);
        }
    }
    (total, schedule)
}

/// Costs that do not decrease from unit to unit, but for rounding: where one does, it and those before it share theirs.
/// The best numbers of units under any price added to all of them are among the best before.
pub fn make_convex(cost: &mut [Vec<i128>]) {
    let slots = cost.first().map_or(0, Vec::len);
    for t in 0..slots {
        let mut groups: Vec<(i128, i128)> = Vec::new();
        for level in cost.iter() {
            groups.push((level[t], 1));
            while let [.., (a, n), (b, m)] = groups[..]
                && a * m > b * n
            {
                groups.truncate(groups.len() - 2);
                groups.push((a + b, n + m));
            }
        }
        let mut level = 0;
        for (sum, n) in groups {
            // The last units of a group carry the remainder: the sum of the group stays.
            let each = sum.div_euclid(n);
            for i in 0..n {
                cost[level][t] = each + i128::from(n - i <= sum.rem_euclid(n));
                level += 1;
            }
        }
    }
}
