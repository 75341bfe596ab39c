//! The bootstrap against closed forms, and how often its range holds what it says.

use super::{Sums, sums};
use crate::estimate::{day_means, widening};
use crate::workload::random::{Pcg64, normal_quantile, purpose, stream, uniform};

fn close(a: f64, b: f64, by: f64) -> bool {
    (a - b).abs() <= by
}

fn range(days: &[f64], weekends: Option<&[bool]>) -> Sums {
    sums(days, weekends, 30.0, (1, 10_000))
}

/// Days of one kind, drawn as often as they were seen: the variance of the sum is that of a draw times
/// `ahead + ahead² / n`, less the part that a resample takes off its own variance.
#[test]
fn the_width_is_that_of_independent_days_times_the_widening() {
    for (n, ahead) in [(7_u32, 30.0), (14, 30.0), (56, 30.0), (28, 7.0)] {
        let mut rng = stream(u64::from(n), 0, purpose::ARRIVALS);
        // Around zero, so that some days are losses and widths are added.
        let days: Vec<f64> = (0..n).map(|_| normal_quantile(uniform(&mut rng))).collect();
        let (n, mean) = (f64::from(n), days.iter().sum::<f64>() / f64::from(n));
        let variance = days.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / n;
        let inner = ahead * (1.0 - 1.0 / n);
        let deviation = libm::sqrt(variance * (inner + ahead * ahead / n));
        let half = normal_quantile(0.9) * deviation * widening(&days, None, 0.9);
        let made = sums(&days, None, ahead, (1, 10_000));
        assert!(close(made.expected, ahead * mean, 1e-9));
        // The quantiles of 10,000 replicates are known to about 2 %; tails of few days are not normal.
        for width in [made.expected - made.p10, made.p90 - made.expected] {
            assert!(close(width / half, 1.0, 0.12), "{n} {ahead}: {width} {half}");
        }
        let between = made.p90 - made.p10;
        assert!(close(between / (2.0 * half), 1.0, 0.05), "{n} {ahead}: {between} {half}");
    }
}

/// All sums of three days drawn from three resampled days, by enumeration.
#[test]
fn a_small_case_agrees_with_all_its_outcomes() {
    let (days, ahead) = ([-1.0, 2.0, 7.0], 3);
    let mut all = Vec::new();
    for outcome in 0..3_usize.pow(6) {
        let digit = |i: usize| outcome / [1, 3, 9, 27, 81, 243][i] % 3;
        all.push((0..ahead).map(|i| days[digit(3 + digit(i))]).sum::<f64>());
    }
    all.sort_by(f64::total_cmp);
    let made = sums(&days, None, 3.0, (1, 200_000));
    let expected = days.iter().sum::<f64>();
    let wider = widening(&days, None, 0.9);
    for (made, exact) in [(made.p10, all[72]), (made.p90, all[656])] {
        assert!(close(made, expected + (exact - expected) * wider, 1e-9), "{made} {exact}");
    }
}

#[test]
fn days_that_are_alike_leave_no_doubt() {
    let made = range(&[5.0; 10], None);
    assert!(close(made.p10, 150.0, 1e-9) && close(made.p90, 150.0, 1e-9), "{made:?}");
    let weekends: Vec<bool> = (0..14).map(|day| day % 7 >= 5).collect();
    let days: Vec<f64> = weekends.iter().map(|w| if *w { 2.0 } else { 5.0 }).collect();
    let made = range(&days, Some(&weekends));
    // 9 of 30 days are on weekends: two of seven, rounded.
    for sum in [made.expected, made.p10, made.p90] {
        assert!(close(sum, 9.0 * 2.0 + 21.0 * 5.0, 1e-9), "{made:?}");
    }
    let mixed = range(&days, None);
    assert!(mixed.p90 - mixed.p10 > 5.0, "{mixed:?}");
    // In less than a week there need not be a weekend.
    let short = sums(&days, Some(&weekends), 2.0, (1, 1_000));
    assert!(short.p10 < 2.0 * 5.0 - 1.0, "{short:?}");
}

#[test]
fn what_one_day_alone_saves_is_in_some_months_not_saved() {
    for n in [7, 14, 30] {
        for on in [0, n / 2, n - 1] {
            let days: Vec<f64> = (0..n).map(|day| if day == on { 50.0 } else { 0.0 }).collect();
            let made = range(&days, None);
            assert!(made.p10 == 0.0 && made.p90 > made.expected, "{made:?}");
        }
    }
    // On every other day something is saved, however uneven: there is no month without.
    let days: Vec<f64> = (0..14).map(|day| if day % 2 == 0 { 50.0 } else { 0.0 }).collect();
    assert!(range(&days, None).p10 > 0.0);
    // Losses are told too, and mirror savings.
    let mixed: Vec<f64> = days.iter().map(|d| 20.0 - d).collect();
    assert!(range(&mixed, None).p10 < 0.0 && !range(&mixed, None).in_proportion);
    let losses: Vec<f64> = days.iter().map(|d| -d).collect();
    let (saved, lost) = (range(&days, None), range(&losses, None));
    assert!(saved.in_proportion && lost.in_proportion);
    assert!(close(saved.p10, -lost.p90, 1e-9) && close(saved.p90, -lost.p10, 1e-9));
}

#[test]
fn the_seed_decides() {
    let days = [1.0, 5.0, 2.0, 8.0, 3.0, 9.0, 4.0];
    let with = |seed| sums(&days, None, 30.4, (seed, 1_000));
    assert_eq!(with(1), with(1));
    assert!(with(1) != with(2));
    let (one, two) = (with(1), with(2));
    assert!(close(one.p10 / two.p10, 1.0, 0.1) && close(one.p90 / two.p90, 1.0, 0.1));
}

/// What days save, made by a known process: costs are a weekday or weekend, times a lognormal AR(1), times
/// a rare spike.
struct Process {
    rng: Pcg64,
    level: f64,
    day: usize,
    saves: fn(f64, f64) -> f64,
}

const CORRELATION: f64 = 0.4;
const DEVIATION: f64 = 0.25;

impl Process {
    fn new(seed: u64, saves: fn(f64, f64) -> f64) -> Self {
        let mut rng = stream(seed, 0, purpose::ARRIVALS);
        let level = DEVIATION * normal_quantile(uniform(&mut rng));
        Self { rng, level, day: 0, saves }
    }

    fn next(&mut self) -> f64 {
        let shock = DEVIATION * libm::sqrt(1.0 - CORRELATION * CORRELATION);
        self.level = CORRELATION * self.level + shock * normal_quantile(uniform(&mut self.rng));
        let (spike, size) = (uniform(&mut self.rng), uniform(&mut self.rng));
        let spike = if spike < 0.03 { libm::pow(size, -0.4) } else { 1.0 };
        let kind = if self.day % 7 >= 5 { 0.6 } else { 1.0 };
        self.day += 1;
        let cost = 100.0 * kind * libm::exp(self.level) * spike;
        (self.saves)(cost, normal_quantile(uniform(&mut self.rng)))
    }
}

/// The share of months that lie within the range made of `n` days before them, and within the range of
/// a bootstrap that draws days independently and takes them for all there are.
fn covers(n: usize, saves: fn(f64, f64) -> f64) -> [f64; 2] {
    const MONTHS: u32 = 400;
    let mut covered = [0_u32; 2];
    for seed in 0..MONTHS {
        let mut days = Process::new(u64::from(seed), saves);
        let seen: Vec<f64> = (0..n).map(|_| days.next()).collect();
        let weekends: Vec<bool> = (0..n).map(|day| day % 7 >= 5).collect();
        let month: f64 = (0..30).map(|_| days.next()).sum();
        let made = sums(&seen, Some(&weekends), 30.0, (9, 200));
        covered[0] += u32::from(made.p10 <= month && month <= made.p90);
        let means = day_means(&seen, Some(&weekends));
        let kind = |day: usize| usize::from(weekends[day]);
        let off = (0..n).map(|day| (seen[day] - means[kind(day)]) * (seen[day] - means[kind(day)]));
        let n = f64::from(u32::try_from(n).unwrap());
        let half = normal_quantile(0.9) * libm::sqrt(30.0 * off.sum::<f64>() / n);
        covered[1] += u32::from((month - made.expected).abs() <= half);
    }
    covered.map(|c| f64::from(c) / f64::from(MONTHS))
}

/// 80 % are promised; 400 months tell that to ±2 points. What days save is a share of their cost, the
/// same with errors of its own, or what costs are above a limit.
#[test]
fn four_of_five_months_lie_within_the_range() {
    let share: fn(f64, f64) -> f64 = |cost, _| 0.2 * cost;
    let noisy: fn(f64, f64) -> f64 = |cost, error| 0.2 * cost + 10.0 * error;
    let peaks: fn(f64, f64) -> f64 = |cost, _| (cost - 100.0).max(0.0);
    for (what, saves, least) in
        [("share", share, 0.74), ("noisy", noisy, 0.84), ("peaks", peaks, 0.68)]
    {
        for n in [7, 14, 28, 56] {
            let [covered, naive] = covers(n, saves);
            assert!((least..=0.94).contains(&covered), "{what} {n}: {covered}");
            assert!(naive < covered - 0.1, "{what} {n}: {covered} {naive}");
        }
    }
}
