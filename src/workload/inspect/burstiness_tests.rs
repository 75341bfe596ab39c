//! Burstiness of processes whose index of dispersion is known.

use super::*;
use crate::units::SimTime;
use crate::workload::arrivals::Pattern;
use crate::workload::random::{exponential, purpose, stream, uniform};

const HOUR: f64 = 3_600.0;

fn gamma(cv: f64, rate: f64, seconds: f64) -> Vec<i64> {
    let window = SimDuration::from_secs_f64(seconds);
    let pattern = Pattern::Bursty { rate, cv };
    pattern.arrivals(SimTime(0), window, 7, 0).map(|at| at.0).collect()
}

/// A Markov-modulated Poisson process of two rates that switches from each state at its own rate.
fn modulated(rates: [f64; 2], switches: [f64; 2], seconds: f64) -> Vec<i64> {
    let mut rng = stream(11, 0, purpose::ARRIVALS);
    let (mut at, mut state, mut arrivals) = (0.0, 0, Vec::new());
    while at < seconds {
        let total = rates[state] + switches[state];
        at += exponential(&mut rng) / total;
        if uniform(&mut rng) * total < rates[state] {
            arrivals.push(SimDuration::from_secs_f64(at).0);
        } else {
            state = 1 - state;
        }
    }
    arrivals
}

fn near(value: f64, expected: f64, within: f64) {
    assert!((value / expected - 1.0).abs() < within, "{value} is not near {expected}");
}

fn dispersion(b: &Burstiness, seconds: i64) -> f64 {
    let of = |w: &&Windowed| w.length == SimDuration::from_secs(seconds);
    b.windows.iter().find(of).unwrap().dispersion
}

#[test]
fn gamma_renewals_disperse_as_the_square_of_their_variation() {
    // In long windows the index of a renewal process is CV²; a window of 1,000 arrivals is nearly one.
    for (cv, index, reading) in [
        (0.5, 0.256, Reading::Regular),
        (1.0, 1.0, Reading::Poisson),
        (2.0, 4.0, Reading::Bursty),
        (4.0, 15.7, Reading::VeryBursty),
    ] {
        let b = Burstiness::of(&gamma(cv, 100.0, 5.0 * HOUR)).unwrap();
        near(b.cv, cv, 0.02);
        near(dispersion(&b, 10), index, 0.08);
        assert_eq!(b.reading(), Some(reading), "{b:?}");
        assert!(!b.quantised);
    }
}

#[test]
fn a_modulated_process_disperses_by_its_formula() {
    let ([a, b], [s1, s2]) = ([20.0, 1.0], [0.1, 0.02]);
    let (s, p1) = (s1 + s2, s2 / (s1 + s2));
    let (p2, mean) = (1.0 - p1, p1 * a + (1.0 - p1) * b);
    let formula = |t: f64| {
        let settled = 1.0 - (1.0 - libm::exp(-s * t)) / (s * t);
        1.0 + 2.0 * p1 * p2 * (a - b) * (a - b) / (mean * s) * settled
    };
    near(formula(1.0), 12.566, 1e-4);
    near(formula(10.0), 84.76, 1e-4);
    let burstiness = Burstiness::of(&modulated([a, b], [s1, s2], 100.0 * HOUR)).unwrap();
    for window in [1, 10, 60] {
        let expected = formula(f64::from(i32::try_from(window).unwrap()));
        near(dispersion(&burstiness, window), expected, 0.08);
    }
    assert!(burstiness.reading() >= Some(Reading::Bursty), "{burstiness:?}");
}

#[test]
fn windows_without_arrivals_count_and_the_last_one_cut_short_does_not() {
    // Two arrivals in the first of ten whole seconds, one in the tenth, three in a part of the last.
    let at = |s: f64| SimDuration::from_secs_f64(s).0;
    let arrivals = [0.0, 0.5, 9.1, 10.1, 10.2, 10.3].map(at);
    let b = Burstiness::of(&arrivals).unwrap();
    let [w] = b.windows.as_slice() else { panic!("{b:?}") };
    assert_eq!((w.windows, w.peak), (10, 2));
    near(w.mean, 0.3, 1e-12);
    near(w.dispersion, (5.0 - 0.9) / 9.0 / 0.3, 1e-12);
    near(w.peak_to_mean(), 2.0 / 0.3, 1e-12);
}

#[test]
fn even_arrivals_do_not_vary() {
    let arrivals: Vec<i64> = (0..1_000).map(|i| i * 100_000_000).collect();
    let b = Burstiness::of(&arrivals).unwrap();
    assert!(b.cv < 1e-6 && dispersion(&b, 1) < 1e-9, "{b:?}");
    assert_eq!(b.reading(), Some(Reading::Regular));
}

#[test]
fn a_coarse_clock_is_noticed_and_its_gaps_are_not_read() {
    let ticks: Vec<i64> = (0..4_000).map(|i| i / 10 * 3_000_000_000).collect();
    let b = Burstiness::of(&ticks).unwrap();
    assert_eq!((b.instants, b.step, b.quantised), (400, SimDuration::from_secs(3), true));
    // A minute has twenty ticks, and as many requests as any other.
    assert_eq!(b.reading(), Some(Reading::Regular), "{b:?}");
    let few: Vec<i64> = ticks.iter().copied().take(200).collect();
    assert_eq!(Burstiness::of(&few).unwrap().reading(), None);
}

#[test]
fn a_rate_that_changes_slowly_is_no_burst() {
    let (window, at) = (SimDuration::from_hours(24), SimTime(0));
    let day = Pattern::Diurnal { rate: 3.0, peak_hour: 14.0, peak_to_trough: 4.0 };
    let arrivals: Vec<i64> = day.arrivals(at, window, 3, 0).map(|at| at.0).collect();
    let b = Burstiness::of(&arrivals).unwrap();
    assert_eq!(b.reading(), Some(Reading::Poisson), "{b:?}");
    assert!(dispersion(&b, 60) > 10.0, "{b:?}");
}

#[test]
fn too_little_to_measure_is_nothing() {
    assert_eq!(Burstiness::of(&[]), None);
    assert_eq!(Burstiness::of(&[1, 2]), None);
    assert_eq!(Burstiness::of(&[4, 4, 4, 4]), None);
    let vast = Burstiness::of(&[i64::MIN, 0, i64::MAX]).unwrap();
    assert!(vast.cv.is_finite() && vast.windows.len() == 4, "{vast:?}");
}
