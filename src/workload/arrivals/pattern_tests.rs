//! Tests of the patterns: counts, shapes, burstiness, order.

use super::*;
use proptest::prelude::*;

/// Monday, 2 November 2026, 00:00 UTC.
const MONDAY: SimTime = SimTime(1_793_577_600_000_000_000);
const HOUR: i64 = 3_600_000_000_000;

fn times(p: &Pattern, hours: i64, seed: u64) -> Vec<i64> {
    p.arrivals(MONDAY, SimDuration::from_hours(hours), seed, 0).map(|t| t.0 - MONDAY.0).collect()
}

fn count(times: &[i64], range: std::ops::Range<i64>) -> f64 {
    let n = times.partition_point(|t| *t < range.end) - times.partition_point(|t| *t < range.start);
    f64::from(u32::try_from(n).unwrap())
}

/// Arrivals in hours `range` of each of `days` days.
fn in_hours(times: &[i64], days: i64, range: std::ops::Range<i64>) -> f64 {
    (0..days)
        .map(|d| count(times, (d * 24 + range.start) * HOUR..(d * 24 + range.end) * HOUR))
        .sum()
}

fn near(found: f64, expected: f64, variance: f64) {
    let distance = (found - expected).abs() / libm::sqrt(variance);
    assert!(distance < 4.0, "{found}, expected {expected}: {distance} standard errors");
}

fn diurnal() -> Pattern {
    Pattern::Diurnal { rate: 5.0, peak_hour: 14.0, peak_to_trough: 4.0 }
}

fn weekly() -> Pattern {
    Pattern::Weekly { rate: 5.0, peak_hour: 14.0, peak_to_trough: 4.0, weekend: 0.4 }
}

#[test]
fn steady_is_even_to_the_nanosecond() {
    let p = Pattern::Steady { rate: 2.0 };
    let all = times(&p, 1, 1);
    assert_eq!(all.len(), 7_200);
    assert_eq!(all[..3], [250_000_000, 750_000_000, 1_250_000_000]);
    assert!(all.windows(2).all(|w| w[1] - w[0] == 500_000_000));
    // A gap that is no whole number of nanoseconds drifts nowhere.
    let thirds = times(&Pattern::Steady { rate: 3.0 }, 730, 1);
    assert_eq!(thirds.len(), 3 * 2_628_000);
    assert_eq!(thirds[3 * 2_000_000], 2_000_000 * 1_000_000_000 + 166_666_666);
}

#[test]
fn counts_have_the_mean_they_announce() {
    let hours = 24 * 14;
    let window = SimDuration::from_hours(hours);
    let minute = SimDuration::from_secs(60);
    let spike =
        |every| Pattern::Spike { rate: 2.0, at: minute, lasts: minute, factor: 30.0, every };
    let all = [
        (Pattern::Poisson { rate: 3.0 }, 3.0 * window.as_secs_f64()),
        (diurnal(), 5.0 * window.as_secs_f64()),
        (weekly(), 5.0 * window.as_secs_f64()),
        (spike(None), 2.0 * (window.as_secs_f64() + 29.0 * 60.0)),
        (
            spike(Some(SimDuration::from_hours(1))),
            2.0 * (window.as_secs_f64() + 29.0 * 60.0 * 336.0),
        ),
        (Pattern::Ramp { from: 1.0, to: 9.0 }, 5.0 * window.as_secs_f64()),
    ];
    for (p, expected) in all {
        let announced = p.mean_count(MONDAY, window);
        assert!((announced / expected - 1.0).abs() < 1e-12, "{p:?}: {announced}, not {expected}");
        for seed in 0..3 {
            near(count(&times(&p, hours, seed), 0..i64::MAX), expected, expected);
        }
    }
}

#[test]
fn a_burst_process_is_stationary_from_the_start() {
    // Without the first gap's own distribution this would be 3.75 arrivals too many at CV 4.
    let p = Pattern::Bursty { rate: 1.0, cv: 4.0 };
    let (mut total, mut squares, n) = (0.0, 0.0, 40_000_u32);
    for seed in 0..n {
        let found = p.arrivals(MONDAY, SimDuration::from_secs(30), u64::from(seed), 0).count();
        let found = f64::from(u32::try_from(found).unwrap());
        total += found;
        squares += found * found;
    }
    let n = f64::from(n);
    let variance = squares / n - (total / n) * (total / n);
    near(total / n, 30.0, variance / n);
}

#[test]
fn dispersion_of_counts_goes_to_the_squared_variation() {
    // Expected at 1,000 mean gaps; 4.00 and 15.67 rise to 4 and 16 from below.
    for (cv, expected) in [(0.5, 0.256), (1.0, 1.0), (2.0, 4.0), (4.0, 15.67)] {
        let windows = 20_000;
        let hour = |p: &Pattern| times(p, windows, 11);
        let all = hour(&Pattern::Bursty { rate: 1_000.0 / 3_600.0, cv });
        let counts: Vec<_> = (0..windows).map(|i| count(&all, i * HOUR..(i + 1) * HOUR)).collect();
        let n = f64::from(i32::try_from(windows).unwrap());
        let mean = counts.iter().sum::<f64>() / n;
        let variance = counts.iter().map(|c| (c - mean) * (c - mean)).sum::<f64>() / (n - 1.0);
        near(mean, 1_000.0, cv * cv * 1_000.0 / n);
        // The relative standard error of a variance is about √(2/n) for counts this large.
        let error = expected * libm::sqrt(2.0 / n);
        near(variance / mean, expected, error * error * 1.5);
    }
}

#[test]
fn the_sinusoid_peaks_where_and_as_high_as_asked() {
    let days = 28;
    let all = times(&diurnal(), days * 24, 5);
    // The half hours around the peak and the trough hold sinc(π/24) of the swing.
    let hour = |at: i64| {
        let around = (at * 2 - 1) * HOUR / 2..(at * 2 + 1) * HOUR / 2;
        (0..days)
            .map(|d| count(&all, d * 24 * HOUR + around.start..d * 24 * HOUR + around.end))
            .sum::<f64>()
    };
    let flat = libm::sin(core::f64::consts::PI / 24.0) / (core::f64::consts::PI / 24.0);
    let expected = |sign: f64| 5.0 * 3_600.0 * 28.0 * (1.0 + sign * 0.6 * flat);
    near(hour(14), expected(1.0), expected(1.0));
    near(hour(2), expected(-1.0), expected(-1.0));
    let ratio = hour(14) / hour(2);
    assert!((ratio - 4.0).abs() < 0.1, "{ratio}");
}

#[test]
fn weekends_have_their_share() {
    let all = times(&weekly(), 24 * 7, 3);
    let day = |d: i64| count(&all, d * 24 * HOUR..(d + 1) * 24 * HOUR);
    let weekday = 5.0 * 86_400.0 * 7.0 / 5.8;
    for d in 0..7 {
        let expected = if d >= 5 { weekday * 0.4 } else { weekday };
        near(day(d), expected, expected);
    }
}

#[test]
fn a_ramp_grows_linearly() {
    let all = times(&Pattern::Ramp { from: 1.0, to: 9.0 }, 40, 3);
    for quarter in 0..4_i32 {
        let from = i64::from(quarter) * 10 * HOUR;
        let expected = 36_000.0 * (2.0 + 2.0 * f64::from(quarter));
        near(count(&all, from..from + 10 * HOUR), expected, expected);
    }
}

#[test]
fn spikes_come_when_asked() {
    let minutes = |n: i64| SimDuration::from_secs(n * 60);
    let every = Some(SimDuration::from_hours(24));
    let p = Pattern::Spike { rate: 1.0, at: minutes(60), lasts: minutes(30), factor: 10.0, every };
    let all = times(&p, 24 * 30, 3);
    let half = HOUR / 2;
    let spike: f64 = (0..30).map(|d| (d * 24 + 1) * HOUR).map(|t| count(&all, t..t + half)).sum();
    near(spike, 540_000.0, 540_000.0);
    let after: f64 =
        (0..30).map(|d| (d * 24 + 1) * HOUR + half).map(|t| count(&all, t..t + half)).sum();
    near(after, 54_000.0, 54_000.0);
    near(in_hours(&all, 30, 0..1), 108_000.0, 108_000.0);
    let outage =
        Pattern::Spike { rate: 1.0, at: minutes(60), lasts: minutes(30), factor: 0.0, every };
    assert!(count(&times(&outage, 24, 3), HOUR..HOUR + half) < 0.5);
}

#[test]
fn workloads_have_their_own_arrivals() {
    let p = Pattern::Poisson { rate: 1.0 };
    let first = |workload| p.arrivals(MONDAY, SimDuration::from_hours(1), 1, workload).next();
    assert_ne!(first(0), first(1));
}

#[test]
fn arrivals_have_the_same_bits_everywhere() {
    let day = SimDuration::from_hours(24);
    let sum =
        |p: &Pattern| p.arrivals(MONDAY, day, 42, 0).fold(0_i64, |h, t| h.wrapping_mul(31) ^ t.0);
    let found = [
        sum(&Pattern::Poisson { rate: 1.0 }),
        sum(&weekly()),
        sum(&Pattern::Bursty { rate: 1.0, cv: 4.0 }),
        sum(&Pattern::Ramp { from: 1.0, to: 2.0 }),
    ];
    let expected = [
        1_487_266_224_051_271_460,
        9_072_525_819_485_278_036,
        -8_391_428_495_828_999_202,
        -1_854_533_659_494_933_570,
    ];
    assert_eq!(found, expected);
}

fn any_pattern() -> impl Strategy<Value = Pattern> {
    let rate = 1e-4..20.0_f64;
    let span = || (0..20_000_i64).prop_map(SimDuration::from_secs);
    prop_oneof![
        rate.clone().prop_map(|rate| Pattern::Steady { rate }),
        rate.clone().prop_map(|rate| Pattern::Poisson { rate }),
        (rate.clone(), 0.0..24.0, 1.0..100.0).prop_map(|(rate, peak_hour, peak_to_trough)| {
            Pattern::Diurnal { rate, peak_hour, peak_to_trough }
        }),
        (rate.clone(), 0.0..24.0, 1.0..100.0, 0.0..=1.0).prop_map(
            |(rate, peak_hour, peak_to_trough, weekend)| {
                Pattern::Weekly { rate, peak_hour, peak_to_trough, weekend }
            }
        ),
        (rate.clone(), 0.05..50.0).prop_map(|(rate, cv)| Pattern::Bursty { rate, cv }),
        (rate.clone(), span(), span(), 0.0..20.0, proptest::option::of(span())).prop_map(
            |(rate, at, lasts, factor, gap)| {
                let every = gap.map(|g| lasts + g + SimDuration(1));
                Pattern::Spike { rate, at, lasts, factor, every }
            }
        ),
        (rate.clone(), rate).prop_map(|(from, to)| Pattern::Ramp { from, to }),
    ]
}

proptest! {
    #[test]
    fn arrivals_are_sorted_within_the_window_and_repeat(
        p in any_pattern(),
        offset in -10_000_000..10_000_000_i64,
        window in 0..40_000_000_000_000_i64,
        seed: u64,
    ) {
        let (start, window) = (MONDAY + SimDuration(offset * 1_000_000_007), SimDuration(window));
        let all: Vec<_> = p.arrivals(start, window, seed, 3).collect();
        prop_assert!(all.windows(2).all(|w| w[0] <= w[1]));
        prop_assert!(all.iter().all(|t| start <= *t && *t < start + window));
        let mut again = p.arrivals(start, window, seed, 3);
        prop_assert!(again.by_ref().eq(all));
        prop_assert_eq!(again.next(), None);
    }

    #[test]
    fn a_longer_window_only_adds_arrivals(p in any_pattern(), seed: u64) {
        prop_assume!(!matches!(p, Pattern::Ramp { .. }));
        let short: Vec<_> = p.arrivals(MONDAY, SimDuration::from_secs(7_200), seed, 0).collect();
        let long = p.arrivals(MONDAY, SimDuration::from_secs(9_999), seed, 0);
        prop_assert!(long.zip(&short).all(|(a, b)| (a.0 - b.0).abs() <= 1));
    }
}
