//! One pass for every keep-alive and minimum: against the engine, and the best there is against all there is.

use super::against_reference::{in_blocks, requests, time_or_ever};
use super::request;
use proptest::prelude::*;
use ssc::replay::{Behavior, Block, Curve, Disconnect, Facts, Levels, Steps};
use ssc::units::{SimDuration, SimTime};
use ssc::workload::Request;

fn pass(
    b: &Behavior,
    rows: &[Request],
    size: usize,
    window: (SimTime, SimTime),
    clip: bool,
    (timeouts, minima): (&[SimDuration], &[u32]),
) -> Curve {
    let mut levels = Levels::new(b, window, clip, timeouts.to_vec(), minima.to_vec(), true);
    for block in rows.chunks(size) {
        levels.feed(&Block::new(block.to_vec()));
    }
    levels.finish()
}

pub(crate) fn curve_of(rows: &[(i64, i64)]) -> Curve {
    let rows: Vec<_> = rows.iter().map(|r| request(r.0, r.1)).collect();
    pass(&Behavior::default(), &rows, 9, (SimTime(0), SimTime(60)), true, (&[], &[]))
}

/// Cold starts and idle time of every way to give starts to instances that are free by then, where an
/// instance may also be stopped and another started.
fn every_way(
    rows: &[Request],
    next: usize,
    free: &mut Vec<i64>,
    so_far: (u64, i64),
    best: &mut [i64],
) {
    let Some(row) = rows.get(next) else {
        for least in &mut best[usize::try_from(so_far.0).unwrap()..] {
            *least = (*least).min(so_far.1);
        }
        return;
    };
    let (start, end) = (row.arrival.0, row.arrival.0 + row.duration.0);
    free.push(end);
    every_way(rows, next + 1, free, (so_far.0 + 1, so_far.1), best);
    free.pop();
    for i in 0..free.len() {
        let since = free[i];
        if since <= start {
            free[i] = end;
            every_way(rows, next + 1, free, (so_far.0, so_far.1 + start - since), best);
            free[i] = since;
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn one_pass_is_a_replay_of_each(
        rows in requests(), clip in any::<bool>(), to in 60_i64..90, size in 1_usize..40,
        timeouts in prop::collection::vec(time_or_ever(40), 1..6), cut in time_or_ever(20),
        minima in prop::collection::vec(0_u32..8, 1..4), stops in any::<bool>(),
    ) {
        let on_disconnect = if stops { Disconnect::Stops } else { Disconnect::RunsOn };
        let b = Behavior { timeout: cut, on_disconnect, ..Behavior::default() };
        let window = (SimTime(0), SimTime(to));
        let curve = pass(&b, &rows, size, window, clip, (&timeouts, &minima));
        for (t, idle_timeout) in curve.timeouts().iter().enumerate() {
            for (m, minimum) in curve.minima().iter().enumerate() {
                let floor = Steps::constant(*minimum);
                let b = Behavior { idle_timeout: *idle_timeout, floor, ..b.clone() };
                let facts = in_blocks(&b, &rows, &[7], window, clip, Facts::default());
                let point = curve.point(t, m).unwrap();
                prop_assert_eq!(point.cold_starts, facts.cold_starts, "{:?} {}", idle_timeout, minimum);
                prop_assert_eq!(curve.busy_time(), facts.service_time);
                prop_assert_eq!(curve.busy().len(), facts.peak_in_flight as usize);
                let idle = facts.instance_time - facts.service_time;
                prop_assert_eq!(point.idle_time, idle, "{:?} {}", idle_timeout, minimum);
                if *minimum == 0 {
                    prop_assert_eq!((point.idle_beyond, point.busy_beyond), (idle, curve.busy_time()));
                }
            }
        }
    }

    #[test]
    fn longer_keep_alives_start_less_and_idle_more(rows in requests(), to in 60_i64..90) {
        let timeouts: Vec<_> = (0..80).map(SimDuration).collect();
        let b = Behavior::default();
        let window = (SimTime(0), SimTime(to));
        let curve = pass(&b, &rows, 16, window, true, (&timeouts, &[0, 1, 3]));
        for m in 0..3 {
            let points: Vec<_> = (0..80).map(|t| curve.point(t, m).unwrap()).collect();
            let idle: Vec<_> = points.windows(2).map(|p| p[1].idle_time - p[0].idle_time).collect();
            prop_assert!(points.windows(2).all(|p| p[1].cold_starts <= p[0].cold_starts));
            prop_assert!(idle.iter().all(|i| *i >= 0), "idle time falls");
            prop_assert!(idle.windows(2).all(|i| i[1] <= i[0]), "idle time is not concave");
        }
        let at = |t: usize| curve.point(t, 0).unwrap().cold_starts;
        // Each request but those that arrive as another leaves starts an instance of its own.
        let touching = curve.clairvoyant().unwrap().gaps().iter().filter(|gap| gap.0 == 0).count();
        prop_assert_eq!(at(0), (rows.len() - touching) as u64);
        prop_assert_eq!(at(79), curve.busy().len() as u64);
        // ∫ in flight dt, level by level, and ⌈in flight / c⌉ is at least its c-th part.
        let total: i128 = rows.iter().map(|r| i128::from(r.duration.0)).sum();
        prop_assert_eq!(curve.busy_time(), total);
        prop_assert!(curve.busy().windows(2).all(|busy| busy[1] <= busy[0]));
    }

    #[test]
    fn nothing_beats_the_clairvoyant(
        rows in requests(), most in 1_usize..8, start in 0_i64..60, idle in 1_i64..4,
    ) {
        let rows = &rows[..most.min(rows.len())];
        let window = (SimTime(0), SimTime(60));
        let curve = pass(&Behavior::default(), rows, 3, window, true, (&[], &[]));
        let mut best = vec![i64::MAX; rows.len() + 1];
        every_way(rows, 0, &mut Vec::new(), (0, 0), &mut best);
        let clairvoyant = curve.clairvoyant().unwrap();
        for (starts, least) in clairvoyant.frontier() {
            prop_assert_eq!(i128::from(best[usize::try_from(starts).unwrap()]), least, "{}", starts);
        }
        let unavoidable = usize::try_from(clairvoyant.unavoidable_starts()).unwrap();
        prop_assert!(best[..unavoidable].iter().all(|least| *least == i64::MAX));
        let costs = (0_i64..).zip(&best).skip(unavoidable).map(|(n, t)| n * start + t * idle);
        let least = clairvoyant.least_cost(start.into(), idle.into());
        prop_assert_eq!(costs.min().map(i128::from), Some(least));
    }
}
