//! How often the range holds what it says, on months made by a known process.

use super::half_width;
use crate::workload::random::{Pcg64, normal_quantile, purpose, stream, uniform};

/// Day costs: weekday or weekend, times a lognormal AR(1), times a rare spike.
struct Days {
    rng: Pcg64,
    level: f64,
    day: usize,
    spikes: bool,
}

const CORRELATION: f64 = 0.4;
const DEVIATION: f64 = 0.25;

impl Days {
    fn new(seed: u64, spikes: bool) -> Self {
        let mut rng = stream(seed, 0, purpose::ARRIVALS);
        let level = DEVIATION * normal_quantile(uniform(&mut rng));
        Self { rng, level, day: 0, spikes }
    }

    fn weekend(day: usize) -> bool {
        day % 7 >= 5
    }

    fn next(&mut self) -> f64 {
        let shock = DEVIATION * libm::sqrt(1.0 - CORRELATION * CORRELATION);
        self.level = CORRELATION * self.level + shock * normal_quantile(uniform(&mut self.rng));
        let (spike, size) = (uniform(&mut self.rng), uniform(&mut self.rng));
        let spike = if self.spikes && spike < 0.03 { libm::pow(size, -0.4) } else { 1.0 };
        let kind = if Self::weekend(self.day) { 0.6 } else { 1.0 };
        self.day += 1;
        100.0 * kind * libm::exp(self.level) * spike
    }
}

/// The share of months that lie within the range made of `n` days before them.
fn covers(n: usize, spikes: bool) -> f64 {
    const MONTHS: u64 = 1_000;
    let covered = (0..MONTHS).filter(|seed| {
        let mut days = Days::new(*seed, spikes);
        let seen: Vec<f64> = (0..n).map(|_| days.next()).collect();
        let weekends: Vec<bool> = (0..n).map(Days::weekend).collect();
        let half = half_width(&seen, Some(&weekends), 30.0, 0.9);
        let mean = |of: bool| {
            let same: Vec<f64> =
                seen.iter().zip(&weekends).filter(|(_, w)| **w == of).map(|(c, _)| *c).collect();
            same.iter().sum::<f64>() / f64::from(u32::try_from(same.len()).unwrap())
        };
        let expected: f64 = (n..n + 30).map(|day| mean(Days::weekend(day))).sum();
        let month: f64 = (0..30).map(|_| days.next()).sum();
        (month / expected - 1.0).abs() <= half
    });
    f64::from(u32::try_from(covered.count()).unwrap()) / 1_000.0
}

/// 80 % are promised; a thousand months tell that to ±1.3 points.
#[test]
fn four_of_five_months_lie_within_the_range() {
    for spikes in [false, true] {
        let shares = [7, 14, 28, 56].map(|n| covers(n, spikes));
        assert!(shares.iter().all(|share| (0.75..=0.87).contains(share)), "{spikes} {shares:?}");
    }
}

#[test]
fn even_days_leave_no_doubt_and_more_days_leave_less() {
    assert!(half_width(&[5.0; 10], None, 30.0, 0.9).abs() < f64::EPSILON);
    let noisy = |n: usize| -> Vec<f64> {
        let mut days = Days::new(3, false);
        (0..n).map(|_| days.next()).collect()
    };
    let half = |n: usize| half_width(&noisy(n), None, 30.0, 0.9);
    assert!(half(7) > half(28) && half(28) > half(112), "{} {} {}", half(7), half(28), half(112));
}
