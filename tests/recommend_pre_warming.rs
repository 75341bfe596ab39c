//! Pre-warming: the level algorithm against all schedules there are, bounds against real estimates.

use crate::warm::{BOOK, Dice, Rows, advise, bound, session, shipped, told};
use ssc::recommend::Change;
use ssc::recommend::warm::bound::total;
use ssc::recommend::warm::level::{cheapest_schedule, make_convex};
use ssc::recommend::warm::occupancy::{Counting, Occupancy};
use ssc::recommend::warm::schedule::{Shape, Week};
use ssc::units::thousands;
use ssc::units::{Money, SimDuration, SimTime};

const SECOND: i64 = 1_000_000_000;
const HOUR: i64 = 3_600 * SECOND;
/// 2026-11-23 00:00 UTC, a Monday.
const MONDAY: i64 = 1_795_392_000 * SECOND;

/// What a schedule over a cycle of slots costs: its units, and every one switched on.
fn cost_of(schedule: &[usize], cost: &[Vec<i128>], switch: i128) -> i128 {
    let slots = schedule.len();
    (0..slots)
        .map(|t| {
            let before = schedule[(t + slots - 1) % slots];
            let units: i128 = cost[..schedule[t]].iter().map(|level| level[t]).sum();
            units + switch * schedule[t].saturating_sub(before) as i128
        })
        .sum()
}

/// Every schedule there is.
fn every_schedule(slots: usize, most: usize) -> impl Iterator<Item = Vec<usize>> {
    let base = most + 1;
    let digit = move |n: usize, t: u32| n / base.pow(t) % base;
    (0..base.pow(u32::try_from(slots).unwrap()))
        .map(move |n| (0..slots).map(|t| digit(n, u32::try_from(t).unwrap())).collect())
}

#[test]
fn levels_decided_alone_are_the_best_of_all_schedules() {
    let mut dice = Dice(11);
    let mut switched = 0;
    for _ in 0..1_200 {
        let (slots, most) = (1 + dice.index(6), 1 + dice.index(3));
        let mut cost: Vec<Vec<i128>> = vec![vec![0; slots]; most];
        for t in 0..slots {
            let mut each: Vec<i128> = (0..most).map(|_| i128::from(dice.below(21)) - 12).collect();
            each.sort_unstable();
            cost.iter_mut().zip(each).for_each(|(level, c)| level[t] = c);
        }
        let switch = i128::from(dice.below(9));
        let (sum, schedule) = cheapest_schedule(&cost, switch);
        let schedule: Vec<usize> = schedule.into_iter().map(|n| n as usize).collect();
        assert_eq!(cost_of(&schedule, &cost, switch), sum, "{cost:?} {switch} {schedule:?}");
        let best = every_schedule(slots, most).map(|s| cost_of(&s, &cost, switch)).min().unwrap();
        assert_eq!(sum, best, "{cost:?} {switch} {schedule:?}");
        switched += usize::from(schedule.iter().any(|n| *n != schedule[0]));
    }
    assert!(switched > 300, "{switched}");
}

#[test]
fn shared_costs_rise_and_promise_no_less_than_the_real_ones() {
    let mut dice = Dice(5);
    for _ in 0..1_000 {
        let most = 1 + dice.index(6);
        let real: Vec<Vec<i128>> =
            (0..most).map(|_| vec![i128::from(dice.below(41)) - 20]).collect();
        let mut shared = real.clone();
        make_convex(&mut shared);
        assert!(shared.windows(2).all(|w| w[0][0] <= w[1][0] + 1));
        let sums = |cost: &[Vec<i128>]| -> Vec<i128> {
            cost.iter()
                .scan(0, |sum, level| {
                    *sum += level[0];
                    Some(*sum)
                })
                .collect()
        };
        let (real, shared) = (sums(&real), sums(&shared));
        assert_eq!(real.last(), shared.last());
        assert!(real.iter().zip(&shared).all(|(r, s)| s <= r));
        // The best number of units costs what it costs.
        assert_eq!(real.iter().min().min(Some(&0)), shared.iter().min().min(Some(&0)));
    }
}

/// Bursts in some hours of a day, a lone request now and then.
fn day(dice: &mut Dice, days: i64) -> Rows {
    let mut rows = Vec::new();
    for day in 0..days {
        for hour in 0..24 {
            let busy = (9..17).contains(&hour);
            for _ in 0..if busy { 12 + dice.below(10) } else { dice.below(2) } {
                let at = MONDAY + (day * 24 + hour) * HOUR + dice.below(3_600) * SECOND;
                rows.push((at, (60 + dice.below(600)) * SECOND));
            }
        }
    }
    rows.sort_unstable();
    Rows(rows)
}

fn pool(capacity: &str, extra: &str) -> String {
    format!(
        "projection: none\nworkloads:\n  - name: chat\n    platform: warm-pool\n    deployment:\n\
         \x20     provisioned_concurrency: {capacity}\n      startup_time: 2s\n\
         \x20   arrivals: {{ trace: t.csv, window: 48h }}\n{extra}"
    )
}

#[test]
fn levels_are_those_of_a_count_second_by_second() {
    let mut dice = Dice(21);
    for _ in 0..60 {
        let mut at = MONDAY + 22 * HOUR;
        let row = |_| {
            at += dice.below(400) * SECOND;
            (at, dice.below(900) * SECOND)
        };
        let rows: Vec<(i64, i64)> = (0..60).map(row).collect();
        let concurrency = 1 + u32::try_from(dice.below(3)).unwrap();
        let span = (SimTime(MONDAY + 22 * HOUR), SimTime(MONDAY + 27 * HOUR));
        let mut counting = Counting::new(span, concurrency, SimDuration(60 * SECOND));
        rows.iter().for_each(|r| counting.add(SimTime(r.0), SimDuration(r.1)));
        let found = counting.finish();
        let mut busy = vec![vec![0; 168]; found.levels.len()];
        for second in (span.0.0..span.1.0).step_by(1_000_000_000) {
            let in_flight = rows.iter().filter(|r| r.0 <= second && second < r.0 + r.1).count();
            let hour = usize::try_from((second - MONDAY) / HOUR).unwrap();
            for level in busy.iter_mut().take(in_flight.div_ceil(concurrency as usize)) {
                level[hour] += SECOND;
            }
        }
        for (level, counted) in found.levels.iter().zip(&busy) {
            assert_eq!(&level.busy, counted);
        }
    }
}

/// Every timetable of four blocks of six hours and up to two units, estimated: the rule's is as cheap, and
/// none of them undercuts the bound.
#[test]
fn no_timetable_undercuts_the_bound() {
    let mut tight = 0;
    for seed in 0..6 {
        let rows = day(&mut Dice(seed), 2);
        let text = pool("0", "");
        let found = advise(&text, &rows, &BOOK, "pre-warming");
        let promised =
            found.plan.as_ref().map_or(found.before.outcome.total, |p| p.effect.after.total);
        session(&text, &rows, &BOOK, |s| {
            let (stream, prices) = (s.site(0).unwrap(), s.prices(0).unwrap().unwrap());
            let needed = Occupancy::of(s, 0, &stream).unwrap();
            let least = total(s.now(), 0, &needed, &stream, &prices).unwrap();
            assert_eq!(bound(&found).unwrap_or(least), least);
            let weeks = every_schedule(4, 2).map(|blocks| {
                let slots: Vec<u32> =
                    (0..24).map(|h| u32::try_from(blocks[h / 6]).unwrap()).collect();
                Change::none().set(
                    0,
                    "deployment.provisioned_concurrency",
                    Week::shaped(Shape::EveryDay, &slots).value(),
                )
            });
            let weeks: Vec<Change> = weeks.collect();
            let totals: Vec<Money> =
                s.try_all(&weeks).unwrap().into_iter().map(|t| t.unwrap().outcome.total).collect();
            assert_eq!(totals.len(), 81);
            let best = totals.iter().min().unwrap();
            assert!(totals.iter().all(|t| *t >= least), "{best:?} {least:?}");
            assert!(
                promised >= least
                    && promised <= *best + Money(best.0 / rust_decimal::Decimal::ONE_HUNDRED)
            );
            tight += i32::from(best.0 < least.0 * "1.25".parse::<rust_decimal::Decimal>().unwrap());
        });
    }
    assert!(tight >= 3, "{tight}: the bound says something");
}

#[test]
fn around_the_clock_becomes_office_hours() {
    let rows = day(&mut Dice(9), 2);
    let found = advise(&pool("3", ""), &rows, &BOOK, "pre-warming");
    let plan = found.plan.as_ref().expect("night is not kept warm");
    let (before, after) = (plan.effect.before, plan.effect.after);
    assert!(after.total < before.total && after.cold_starts <= before.cold_starts);
    insta::assert_snapshot!(told(&found));
}

#[test]
fn an_objective_that_is_broken_is_told_with_its_price() {
    let rows = day(&mut Dice(4), 2);
    let text = pool("0", "objectives: { cold_starts: 5% }\n")
        .replace("warm-pool", "warm-floor")
        .replace("provisioned_concurrency", "min_instances");
    let found = advise(&text, &rows, &BOOK, "pre-warming");
    assert!(found.plan.is_none() && found.what_if.len() == 1, "{:?}", found.what_if);
    let what_if = &found.what_if[0].1;
    assert!(what_if.break_even.starts_with("keeps the objectives for $"), "{what_if:?}");
    assert!(what_if.evidence.iter().any(|e| e.starts_with("now ")), "{what_if:?}");
}

#[test]
fn nothing_is_said_where_nothing_pays() {
    let rows = Rows((0..40).map(|i| (MONDAY + i * HOUR, SECOND)).collect());
    let found = advise(&pool("0", ""), &rows, &BOOK, "pre-warming");
    assert!(found.ranked.is_empty() && found.what_if.is_empty());
}

#[test]
fn the_shipped_scenario_keeps_its_promise() {
    if let Some(found) = shipped("pre-warming") {
        insta::assert_snapshot!(told(&found));
        let p = &found.ranked[0].proposal;
        let Some(ssc::recommend::Figure::Week(hours)) = &p.artifacts[0].figure else {
            panic!("a week is drawn")
        };
        let said = format!("{} instance hours a week", thousands(hours.iter().sum::<u32>().into()));
        assert!(hours.len() == 168 && p.evidence[0].starts_with(&said), "{said}");
    }
}
