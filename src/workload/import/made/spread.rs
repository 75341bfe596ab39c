//! Arrivals that a trace rounded to ticks of a clock, spread over the ticks again.

use crate::units::{SimDuration, thousands};
use crate::workload::Trace;

/// Fewer rows than this say nothing about a clock.
const FEWEST: usize = 20;
/// Ticks shorter than this do not matter, in nanoseconds.
const SHORTEST_TICK: i64 = 100_000_000;

/// Spreads the rows of a sorted trace evenly between the instants they stand on, in their order,
/// if they stand in groups on regular instants.
pub(crate) fn spread_ticks(trace: &mut Trace) {
    let arrivals = trace.arrivals_mut();
    let groups: Vec<&[i64]> = arrivals.chunk_by(|a, b| a == b).collect();
    let Some(tick) = tick(&groups) else { return };
    let (instants, most) = (groups.len(), groups.iter().map(|g| g.len()).max().unwrap_or(0));
    let mut start = 0;
    while start < arrivals.len() {
        let rest = arrivals.get_mut(start..).unwrap_or_default();
        let at = rest.first().copied().unwrap_or_default();
        let size = rest.iter().take_while(|a| **a == at).count();
        // A tick that was left out is not filled.
        let room = rest.get(size).map_or(tick, |next| next.saturating_sub(at).min(tick));
        for (i, arrival) in rest.iter_mut().take(size).enumerate() {
            *arrival = at.saturating_add(share(room, i, size));
        }
        start += size;
    }
    trace.notes.push(format!(
        "arrivals stand on {} instants about {} apart, up to {most} on one: \
         spread evenly up to the next",
        thousands(instants as u64),
        SimDuration(tick.saturating_add(SHORTEST_TICK / 2) / SHORTEST_TICK * SHORTEST_TICK)
    ));
}

/// The time between instants, if the rows stand in groups and the instants are regular.
fn tick(groups: &[&[i64]]) -> Option<i64> {
    let rows: usize = groups.iter().map(|g| g.len()).sum();
    if rows < FEWEST || rows < 2 * groups.len() {
        return None;
    }
    let mut gaps: Vec<i64> = groups
        .windows(2)
        .filter_map(|pair| Some(pair.get(1)?.first()?.saturating_sub(*pair.first()?.first()?)))
        .collect();
    gaps.sort_unstable();
    let median = gaps.get(gaps.len() / 2).copied()?;
    // Regular: most gaps are the tick, give or take a hundredth.
    let regular = gaps.iter().filter(|g| (**g - median).abs() <= median / 100).count();
    (median >= SHORTEST_TICK && regular * 10 >= gaps.len() * 8).then_some(median)
}

/// `room * i / n`, which is below `room`.
fn share(room: i64, i: usize, n: usize) -> i64 {
    let whole = i128::from(room) * i as i128 / (n as i128).max(1);
    i64::try_from(whole).unwrap_or(room)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimTime;
    use crate::workload::Row;

    fn trace(arrivals: impl IntoIterator<Item = i64>) -> Trace {
        let mut trace = Trace::new("test");
        for ms in arrivals {
            trace.push(Row { arrival: SimTime(ms * 1_000_000), ..Row::default() });
        }
        trace
    }

    fn spread(arrivals: impl IntoIterator<Item = i64>) -> (Vec<i64>, Vec<String>) {
        let mut trace = trace(arrivals);
        spread_ticks(&mut trace);
        (trace.iter().map(|r| r.arrival.0 / 1_000_000).collect(), trace.notes)
    }

    #[test]
    fn groups_on_regular_instants_are_spread_in_order() {
        let ticks = (0..10).flat_map(|i| [i * 3_000 + i % 2; 4]);
        let (arrivals, notes) = spread(ticks);
        assert_eq!(arrivals[..6], [0, 750, 1_500, 2_250, 3_001, 3_750]);
        assert_eq!(arrivals[36..], [27_001, 27_751, 28_501, 29_251]);
        assert_eq!(
            notes,
            ["arrivals stand on 10 instants about 3s apart, up to 4 on one: \
              spread evenly up to the next"]
        );
    }

    #[test]
    fn a_pause_is_not_filled() {
        let ticks = [0, 1_000, 2_000, 3_000, 4_000, 5_000, 60_000, 61_000, 62_000, 63_000, 64_000];
        let (arrivals, _) = spread(ticks.iter().flat_map(|t| [*t; 2]));
        assert_eq!(arrivals[10..14], [5_000, 5_500, 60_000, 60_500]);
    }

    #[test]
    fn other_arrivals_stay_where_they_are() {
        let bursts = [0, 10, 500, 9_000, 9_100, 42_000, 42_900, 50_000, 51_000, 99_000];
        for arrivals in [
            (0..40).map(|i| i * 777).collect::<Vec<_>>(),
            bursts.iter().flat_map(|t| [*t; 3]).collect(),
            (0..3).flat_map(|t| [t * 3_000; 4]).collect(),
            vec![5; 100],
        ] {
            assert_eq!(spread(arrivals.clone()), (arrivals, vec![]));
        }
    }
}
