//! Keep-alive: the curve and the rule against every keep-alive there is.

use crate::warm::{BOOK, Dice, Rows, advise, bound, session, shipped, told};
use ssc::recommend::Change;
use ssc::replay::{Behavior, Block, Levels};
use ssc::units::{Money, SimDuration, SimTime};
use ssc::workload::Request;

const SECOND: i64 = 1_000_000_000;

/// Cold starts and idle seconds of one keep-alive, instance by instance; idle ones stop at `end`.
fn by_hand(rows: &[(i64, i64)], keep: i64, end: i64) -> (u64, i64) {
    // When each instance is free; the one that became free last is taken.
    let (mut free, mut cold, mut idle) = (Vec::<i64>::new(), 0, 0);
    for (at, length) in rows {
        let usable = free.iter().enumerate().filter(|(_, f)| **f <= *at && at - **f <= keep);
        match usable.max_by_key(|(_, f)| **f).map(|(i, _)| i) {
            Some(i) => {
                idle += at - free[i];
                free[i] = at + length;
            }
            None => {
                cold += 1;
                // Whatever else is free by now has expired and is not taken again.
                free.push(at + length);
            }
        }
        let expired = |f: &i64| f + keep < *at;
        idle += free.iter().filter(|f| expired(f)).map(|_| keep).sum::<i64>();
        free.retain(|f| !expired(f));
    }
    idle += free.iter().map(|f| keep.min((end - f).max(0))).sum::<i64>();
    (cold, idle)
}

fn traffic(dice: &mut Dice, n: u64) -> Vec<(i64, i64)> {
    let mut at = 0;
    (0..n)
        .map(|_| {
            at += dice.below(12);
            (at, 1 + dice.below(9))
        })
        .collect()
}

#[test]
fn one_pass_gives_every_keep_alive_and_the_best_policy_is_below_them() {
    let mut dice = Dice(3);
    let behavior = Behavior::default();
    for _ in 0..1_000 {
        let n = 1 + dice.next() % 12;
        let rows = traffic(&mut dice, n);
        let (start, idle) = (i128::from(dice.below(30)), i128::from(1 + dice.below(3)));
        let keeps: Vec<SimDuration> = (0..=150).map(SimDuration).collect();
        let window = (SimTime(0), SimTime(150));
        let mut levels = Levels::new(&behavior, window, true, keeps.clone(), vec![0], true);
        let request = |r: &(i64, i64)| Request {
            arrival: SimTime(r.0),
            duration: SimDuration(r.1),
            ..Request::default()
        };
        levels.feed(&Block::new(rows.iter().map(request).collect()));
        let curve = levels.finish();
        let best = curve.clairvoyant().unwrap();
        let least = best.least_cost(start, idle);
        let frontier: Vec<(u64, i128)> = best.frontier().collect();
        for (i, keep) in keeps.iter().enumerate() {
            let point = curve.point(i, 0).unwrap();
            let (cold, idle_time) = by_hand(&rows, keep.0, 150);
            assert_eq!(
                (point.cold_starts, point.idle_time),
                (cold, i128::from(idle_time)),
                "{rows:?} {keep:?}"
            );
            assert!(i128::from(cold) * start + i128::from(idle_time) * idle >= least);
            let at = frontier.iter().rev().find(|f| f.0 <= cold).unwrap();
            assert!(at.1 <= i128::from(idle_time));
        }
    }
}

fn sleeper(keep: &str, extra: &str) -> String {
    format!(
        "projection: none\nworkloads:\n  - name: chat\n    platform: warm-sleeper\n    deployment:\n\
         \x20     idle_timeout: {keep}\n    arrivals: {{ trace: t.csv, window: 2h }}\n{extra}"
    )
}

#[test]
fn the_rule_finds_the_best_of_all_keep_alives() {
    let mut found_some = 0;
    for seed in 0..3 {
        let mut dice = Dice(100 + seed);
        let rows =
            traffic(&mut dice, 120).into_iter().map(|r| (r.0 * 9 * SECOND, r.1 * 4 * SECOND));
        let rows = Rows(rows.collect());
        for extra in ["", "objectives: { cold_starts: 30% }\n"] {
            let text = sleeper("5min", extra);
            let found = advise(&text, &rows, &BOOK, "keep-alive");
            let every: Vec<Change> = (0..=300)
                .map(|s| Change::none().set(0, "deployment.idle_timeout", format!("{s}s")))
                .collect();
            session(&text, &rows, &BOOK, |s| {
                let best = s.cheapest(&every).unwrap().map(|(_, t)| t.outcome.total);
                let promised = found.plan.as_ref().map(|p| p.effect.after.total);
                assert_eq!(promised, best, "{text}");
                let all = s.try_all(&every).unwrap();
                let least: Money = all.into_iter().map(|t| t.unwrap().outcome.total).min().unwrap();
                let bound = bound(&found).expect("flat prices have a bound");
                assert!(bound <= least && bound > Money::ZERO, "{bound:?} {least:?}");
                found_some += usize::from(best.is_some());
            });
        }
    }
    assert!(found_some >= 4, "{found_some}");
}

#[test]
fn where_idle_time_is_free_nothing_is_said() {
    let rows = Rows(vec![(0, SECOND), (900 * SECOND, SECOND)]);
    for platform in ["warm-burst", "warm-pool"] {
        let text = sleeper("5min", "").replace("warm-sleeper", platform);
        assert!(advise(&text, &rows, &BOOK, "keep-alive").ranked.is_empty());
    }
}

#[test]
fn the_shipped_scenario_keeps_its_promise() {
    if let Some(found) = shipped("keep-alive") {
        insta::assert_snapshot!(told(&found));
        let r = &found.ranked[0];
        let Some(ssc::recommend::Figure::Frontier(f)) = &r.proposal.artifacts[0].figure else {
            panic!("a frontier is drawn")
        };
        let chosen: Vec<_> = f.choices.iter().filter(|c| c.chosen).collect();
        assert_eq!(chosen.len(), 1);
        // One pass counts every keep-alive, start-up times aside: near what the proposal's estimate counts.
        let counted = rust_decimal::Decimal::from(r.effect.after.cold_starts);
        assert!(
            (chosen[0].along - counted).abs() * rust_decimal::Decimal::from(20) <= counted,
            "{chosen:?} {counted}"
        );
        for pair in f.choices.windows(2) {
            assert!(pair[1].along <= pair[0].along && pair[1].up >= pair[0].up, "{pair:?}");
        }
        let bounded = f.choices.iter().filter(|c| c.least.is_some_and(|least| least <= c.up));
        assert_eq!(bounded.count(), f.choices.len());
    }
}
