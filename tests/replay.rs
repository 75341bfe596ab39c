//! The engine against closed forms, exact identities and an independent implementation.

#[path = "replay/against_reference.rs"]
mod against_reference;
#[path = "replay/closed_form.rs"]
mod closed_form;
#[path = "replay/levels.rs"]
mod levels;
#[path = "replay/reference.rs"]
mod reference;

use proptest::prelude::*;
use ssc::metering::Prepaid;
use ssc::replay::{
    Active, AtLimit, Behavior, Dispatch, Facts, Life, Observer, Scaling, Steps, replay,
};
use ssc::units::{SimDuration, SimTime};
use ssc::workload::Request;
use ssc::workload::random::{exponential, stream};

const SECOND: f64 = 1e9;
const POLICIES: [Dispatch; 5] = [
    Dispatch::MostRecentlyUsed,
    Dispatch::FirstFit,
    Dispatch::BestFit,
    Dispatch::LeastLoaded,
    Dispatch::Fifo,
];

#[derive(Default)]
struct Log {
    active: i128,
    lives: Vec<Life>,
    warm_idle: i128,
    idle_at_floor: i128,
}

impl Observer for Log {
    fn active(&mut self, span: &Active) {
        self.active += i128::from(span.end.since(span.dispatched).0);
    }
    fn stopped(&mut self, life: &Life) {
        self.lives.push(*life);
    }
    fn warm_idle(&mut self, below_floor: i128, at_floor: i128) {
        (self.warm_idle, self.idle_at_floor) = (below_floor, at_floor);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "far below 2^53 nanoseconds")]
fn nanos(seconds: f64) -> i64 {
    (seconds * SECOND) as i64
}

#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn real(n: i128) -> f64 {
    n as f64
}

fn request(arrival: i64, duration: i64) -> Request {
    Request { arrival: SimTime(arrival), duration: SimDuration(duration), ..Request::default() }
}

fn run(b: &Behavior, rows: &[(i64, i64)], to: i64, clip: bool) -> (Facts, Log) {
    let (mut facts, mut log) = (Facts::default(), Log::default());
    let requests = rows.iter().map(|r| request(r.0, r.1));
    replay(b, requests, (SimTime(0), SimTime(to)), clip, &mut (&mut facts, &mut log));
    (facts, log)
}

/// Poisson arrivals per second, exponential service of a mean in seconds; also gives the horizon in ns.
fn poisson(b: &Behavior, rate: f64, service: f64, n: usize) -> (Facts, Log, f64) {
    let (mut gaps, mut lengths) = (stream(7, 0, 1), stream(7, 0, 2));
    let mut at = 0;
    let rows: Vec<_> = (0..n)
        .map(|_| {
            at += nanos(exponential(&mut gaps) / rate);
            (at, nanos(exponential(&mut lengths) * service).max(1))
        })
        .collect();
    let (facts, log) = run(b, &rows, at + 1, true);
    assert!(facts.identities_hold());
    (facts, log, real(i128::from(at + 1)))
}

fn near(what: &str, measured: f64, expected: f64, tolerance: f64) {
    assert!((measured - expected).abs() <= tolerance, "{what}: {measured}, not {expected}");
}

fn share(part: u64, whole: u64) -> f64 {
    real(part.into()) / real(whole.into())
}

fn keep(seconds: i64) -> Behavior {
    Behavior { idle_timeout: SimDuration(seconds * 1_000_000_000), ..Behavior::default() }
}

/// Exact first-passage values; tolerances are four standard errors.
#[test]
fn cold_starts_and_instances_of_poisson_arrivals() {
    for (rate, timeout, cold, instances, e_cold, e_instances) in [
        (0.9, 600, 0.001_329_306_6, 7.691_933_5, 0.000_08, 0.07),
        (10.0, 60, 0.003_751_095_5, 32.690_279, 0.000_15, 0.12),
    ] {
        let (facts, _, horizon) = poisson(&keep(timeout), rate, 1.991, 3_000_000);
        near("cold", share(facts.cold_starts, facts.requests), cold, e_cold);
        near("instances", real(facts.instance_time) / horizon, instances, e_instances);
    }
}

#[test]
fn fifo_keeps_far_more_instances_warm() {
    let fifo = Behavior { dispatch: Dispatch::Fifo, ..keep(600) };
    let (facts, _, _) = poisson(&fifo, 0.9, 1.991, 1_000_000);
    assert!(share(facts.cold_starts, facts.requests) < 0.000_05, "{}", facts.cold_starts);
}

#[test]
fn spill_over_a_provisioned_pool_is_erlang_b() {
    for (pool, spill) in [(12, 0.119_739_188), (10, 0.214_582_34), (8, 0.338_318_43)] {
        let b = Behavior { provisioned: Steps::constant(pool), ..keep(60) };
        let (facts, _, _) = poisson(&b, 10.0, 1.0, 2_000_000);
        near("spill", share(facts.spillover, facts.requests), spill, 0.003);
        assert_eq!(facts.provisioned + facts.spillover, facts.requests);
    }
}

#[test]
fn packing_by_dispatch_policy() {
    for (load, concurrency, dispatch, billable, percent) in [
        (10.0, 10, Dispatch::FirstFit, 1.758_389, 0.5),
        (5.0, 4, Dispatch::FirstFit, 1.982_804, 0.5),
        (2.0, 4, Dispatch::FirstFit, 1.002_796, 0.5),
        (10.0, 10, Dispatch::MostRecentlyUsed, 1.9356, 1.0),
        (10.0, 10, Dispatch::BestFit, 1.7564, 1.0),
    ] {
        let b = Behavior { concurrency, dispatch, ..Behavior::default() };
        let (_, log, horizon) = poisson(&b, load, 1.0, 2_000_000);
        let measured = real(log.active) / horizon;
        near(&format!("{dispatch:?} {load}"), measured, billable, billable * percent / 100.0);
    }
}

/// The least-loaded policy spreads over every instance ever needed, which grows with the horizon.
#[test]
fn the_least_loaded_policy_spreads_over_all_instances() {
    let dispatch = Dispatch::LeastLoaded;
    let b = Behavior { concurrency: 10, dispatch, ..Behavior::default() };
    let (facts, log, horizon) = poisson(&b, 10.0, 1.0, 2_000_000);
    let measured = real(log.active) / horizon;
    assert!((1.418_503..=1.1 * 3.7532).contains(&measured), "{measured}");
    assert!(measured <= f64::from(facts.peak_instances), "{measured}");
}

/// Cold starts and idle time of c = 1 with the most recently used first, from sorted ends and a stack.
fn by_stack(rows: &[(i64, i64)], timeout: i64) -> (u64, i128) {
    let mut ends: Vec<_> = rows.iter().map(|r| r.0 + r.1).collect();
    ends.sort_unstable();
    let mut ends = ends.into_iter().peekable();
    let (mut stack, mut cold, mut idle) = (Vec::new(), 0, 0_i128);
    for &(at, _) in rows {
        while let Some(end) = ends.next_if(|e| *e <= at) {
            stack.push(end);
        }
        match stack.pop() {
            Some(end) if at - end <= timeout => idle += i128::from(at - end),
            other => {
                let expired = stack.len() as i128 + i128::from(other.is_some());
                idle += expired * i128::from(timeout);
                stack.clear();
                cold += 1;
            }
        }
    }
    (cold, idle + (stack.len() + ends.count()) as i128 * i128::from(timeout))
}

/// ∫ ⌈in flight ÷ c⌉ dt.
fn lower_bound(rows: &[(i64, i64)], concurrency: i64) -> i128 {
    (0..400)
        .map(|t| rows.iter().filter(|r| r.0 <= t && t < r.0 + r.1).count() as i128)
        .map(|n| (n + i128::from(concurrency) - 1) / i128::from(concurrency))
        .sum()
}

fn traces() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0_i64..60, 1_i64..20), 1..60).prop_map(|mut rows| {
        rows.sort_by_key(|r| r.0);
        rows
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn one_request_per_instance_is_the_stack(rows in traces()) {
        let mut previous = u64::MAX;
        for timeout in [0, 1, 2, 5, 13, 100] {
            let b = Behavior { idle_timeout: SimDuration(timeout), ..Behavior::default() };
            let (facts, _) = run(&b, &rows, 1_000, false);
            let idle = facts.instance_time - facts.service_time;
            prop_assert_eq!((facts.cold_starts, idle), by_stack(&rows, timeout), "{}", timeout);
            prop_assert!(facts.cold_starts <= previous);
            previous = facts.cold_starts;
        }
        let (facts, _) = run(&Behavior::default(), &rows, 1_000, true);
        prop_assert_eq!(facts.cold_starts, u64::from(facts.peak_in_flight));
    }

    #[test]
    fn every_policy_keeps_the_identities(
        rows in traces(), c in 1_u32..5, timeout in 0_i64..30, startup in 0_i64..5,
        most in 1_u32..6, patience in 0_i64..20,
    ) {
        for dispatch in POLICIES {
            let b = Behavior {
                concurrency: c,
                startup: SimDuration(startup),
                idle_timeout: SimDuration(timeout),
                dispatch,
                ..Behavior::default()
            };
            let (facts, log) = run(&b, &rows, 1_000, false);
            prop_assert!(facts.identities_hold());
            prop_assert_eq!(facts.served, rows.len() as u64);
            let least = levels::curve_of(&rows).least_active_time(c);
            prop_assert_eq!(least, lower_bound(&rows, c.into()));
            prop_assert!(log.active >= least);
            prop_assert!(log.active * i128::from(c) >= facts.service_time);
            let mut lives = log.lives;
            lives.sort_by_key(|l| (l.instance, l.started));
            for pair in lives.windows(2) {
                let apart = pair[0].stopped <= pair[1].started;
                prop_assert!(pair[0].instance != pair[1].instance || apart);
            }
            for at_limit in [AtLimit::Reject, AtLimit::Queue(SimDuration(patience))] {
                let b = Behavior { max_instances: most, at_limit, ..b.clone() };
                let (facts, _) = run(&b, &rows, 1_000, true);
                prop_assert!(facts.identities_hold());
                prop_assert_eq!(facts.requests, rows.len() as u64);
                prop_assert!(facts.peak_instances <= most);
                prop_assert!(facts.peak_in_flight <= most * c);
            }
        }
    }
}

#[test]
fn ties_are_warm() {
    let b = Behavior { idle_timeout: SimDuration(7), ..Behavior::default() };
    let cold = |rows: &[(i64, i64)]| run(&b, rows, 100, true).0.cold_starts;
    assert_eq!(cold(&[(0, 5), (5, 5)]), 1);
    assert_eq!(cold(&[(0, 5), (12, 5)]), 1);
    assert_eq!(cold(&[(0, 5), (13, 5)]), 2);
}

fn bill(runs: &[(i64, i64)], tick: i64) -> Vec<i64> {
    const MS: i64 = 1_000_000;
    let mut clock = Prepaid::new(SimTime(0));
    let mut total = 0;
    runs.iter()
        .map(|r| {
            let span = (SimTime(r.0 * MS), SimTime(r.1 * MS));
            let [tick, minimum, step] = [tick, 1_000, 100].map(|d| SimDuration(d * MS));
            total += clock.bill(span, tick, minimum, step).0 / MS;
            total
        })
        .collect()
}

#[test]
fn prepaid_time_of_the_vendors_own_tests() {
    let runs = [(0, 350), (450, 650), (680, 1_880), (2_180, 3_500), (3_550, 7_050)];
    assert_eq!(bill(&runs, 0), [1_000, 1_000, 2_000, 3_400, 6_900]);
    let short: Vec<_> = (0..10).map(|i| (i * 100, i * 100 + 100)).collect();
    assert_eq!(bill(&short, 0).last(), Some(&1_000));
    let open = [(200, 4_400), (4_600, 4_900), (5_300, 6_000)];
    assert_eq!(bill(&open, 2_000), [4_800, 4_800, 5_800]);
    assert_eq!(bill(&[(0, 30_050)], 5_000), [31_000]);
    assert_eq!(bill(&[(0, 30_050)], 0), [30_100]);
}

#[test]
fn a_proxy_starts_at_the_soft_limit_and_stops_at_a_pass() {
    let scaling = Scaling::ProxyLoop { soft_limit: 1, every: SimDuration(100) };
    let b = Behavior { concurrency: 10, scaling, ..Behavior::default() };
    let (facts, log) = run(&b, &[(0, 50)], 1_000, true);
    assert_eq!((facts.instances_started, log.lives[0].stopped), (1, SimTime(100)));
    let (facts, _) = run(&b, &[(0, 50), (1, 50), (2, 50)], 1_000, true);
    assert_eq!((facts.instances_started, facts.cold_starts), (2, 1));
}

#[test]
fn a_utilisation_target_grows_and_shrinks() {
    let [every, up_window, down_window] = [10, 10, 50].map(SimDuration);
    let target_percent = 50;
    let scaling = Scaling::TargetUtilization { target_percent, every, up_window, down_window };
    let b = Behavior { concurrency: 4, floor: Steps::constant(1), scaling, ..Behavior::default() };
    let (facts, log) = run(&b, &[(0, 100), (0, 100), (0, 100), (0, 100)], 1_000, true);
    assert_eq!((facts.served, facts.peak_instances), (4, 2));
    assert_eq!(log.lives.iter().filter(|l| l.stopped < SimTime(1_000)).count(), 1);
}

#[test]
fn floor_and_provisioned_pool_follow_their_schedules() {
    let floor = Behavior { floor: Steps::constant(3), ..keep(1) };
    let (facts, log) = run(&floor, &[], 1_000, true);
    assert_eq!((log.warm_idle, facts.instance_time), (3_000, 3_000));
    let pool = Steps::new(2, vec![(SimTime(400), 5), (SimTime(700), 1)]);
    let (facts, _) = run(&Behavior { provisioned: pool, ..keep(1) }, &[], 1_000, true);
    assert_eq!(facts.instance_time, 2 * 400 + 5 * 300 + 300);
}

/// Idle replicas are only idle while no more than the minimum run: one beyond it makes all of them busy.
#[test]
fn idle_at_the_minimum_ends_with_the_first_instance_beyond_it() {
    let b = Behavior {
        floor: Steps::constant(2),
        idle_timeout: SimDuration(100),
        ..Behavior::default()
    };
    // Three at once from 1,000 to 1,500; the third lives until 1,600 and makes the two others count as busy.
    let rows = [(1_000, 500), (1_000, 500), (1_000, 500)];
    let (facts, log) = run(&b, &rows, 3_000, true);
    assert_eq!(facts.instance_time, 6_600);
    assert_eq!(log.idle_at_floor, 2 * 1_000 + 2 * 1_400);
    // Two at once never leave the minimum.
    let (_, log) = run(&b, &rows[..2], 3_000, true);
    assert_eq!(log.idle_at_floor, 2 * 2_500);
}
