//! Cold starts and instances of Poisson arrivals against their exact values.
//!
//! With one request per instance and exponential service, a request is cold exactly if the step from `j`
//! to `j + 1` requests in flight comes later than the keep-alive after the last step down. That first
//! passage is a walk on `0..=j`, whose distribution is a sum over the number of its steps.

use super::{nanos, real, share};
use ssc::replay::{Behavior, Block, Levels};
use ssc::units::{SimDuration, SimTime};
use ssc::workload::Request;
use ssc::workload::random::{exponential, stream};

/// `P(T > t)` and `E[min(T, t)]` of the passage from `j` to `j + 1` in flight.
fn first_passage(j: usize, arrivals: f64, departures: f64, t: f64) -> (f64, f64) {
    let step = arrivals + departures * float(j);
    let mean = step * t;
    let (mut at, mut next) = (vec![0.0; j + 1], vec![0.0; j + 1]);
    at[j] = 1.0;
    let (mut log_weight, mut so_far) = (-mean, 0.0);
    let (mut longer, mut expected) = (0.0, 0.0);
    let mut k = 0.0;
    // Ten standard deviations beyond the mean number of steps nothing is left.
    while k < mean + 10.0 * mean.sqrt() + 30.0 {
        let weight = log_weight.exp();
        so_far += weight;
        let there: f64 = at.iter().sum();
        longer += weight * there;
        expected += (1.0 - so_far).max(0.0) * there / step;
        next.fill(0.0);
        for (i, p) in at.iter().enumerate() {
            let (up, down) = (arrivals / step, departures * float(i) / step);
            next[i] += p * (1.0 - up - down);
            if i > 0 {
                next[i - 1] += p * down;
            }
            if i < j {
                next[i + 1] += p * up;
            }
        }
        std::mem::swap(&mut at, &mut next);
        k += 1.0;
        log_weight += mean.ln() - k.ln();
    }
    (longer, expected)
}

/// Share of cold starts, and instances on average.
fn exact(arrivals: f64, service: f64, keep_alive: f64) -> (f64, f64) {
    let load = arrivals * service;
    let (mut cold, mut idle, mut p) = (0.0, 0.0, (-load).exp());
    let mut j = 0;
    while float(j) < load || p > 1e-14 {
        let (longer, expected) = first_passage(j, arrivals, 1.0 / service, keep_alive);
        cold += p * longer;
        idle += arrivals * p * expected;
        j += 1;
        p *= load / float(j);
    }
    (cold, load + idle)
}

fn float(n: usize) -> f64 {
    real(n as i128)
}

const SERVICE: f64 = 1.991;

/// One pass for all keep-alives: for each, the share of cold starts and the instances on average.
fn simulated(seed: u64, rate: f64, keep_alives: &[i64], requests: usize) -> Vec<(f64, f64)> {
    let (mut gaps, mut lengths) = (stream(seed, 0, 1), stream(seed, 0, 2));
    let mut at = SimTime(0);
    let requests: Vec<Request> = (0..requests)
        .map(|_| {
            at = at + SimDuration(nanos(exponential(&mut gaps) / rate));
            let duration = SimDuration(nanos(exponential(&mut lengths) * SERVICE).max(1));
            Request { arrival: at, duration, ..Request::default() }
        })
        .collect();
    let behavior = Behavior::default();
    let timeouts = keep_alives.iter().map(|s| SimDuration::from_secs(*s)).collect();
    let mut levels = Levels::new(&behavior, (SimTime(0), at), true, timeouts, vec![0], false);
    for block in requests.chunks(10_000) {
        levels.feed(&Block::new(block.to_vec()));
    }
    let curve = levels.finish();
    let point = |t| {
        let point = curve.point(t, 0).unwrap();
        let instances = real(curve.busy_time() + point.idle_time) / real(at.0.into());
        (share(point.cold_starts, curve.requests()), instances)
    };
    (0..keep_alives.len()).map(point).collect()
}

#[test]
fn every_keep_alive_is_within_four_standard_errors_of_its_exact_value() {
    const RUNS: u32 = 8;
    for (rate, tabulated) in [
        (0.01, &[(60, 0.557_118_32, 0.473_751_9)][..]),
        (0.1, &[(600, 0.007_096_097, 2.646_921)]),
        (0.9, &[(60, 0.016_327_344, 5.864_227_7), (600, 0.001_329_306_6, 7.691_933_5)]),
        (10.0, &[(60, 0.003_751_095_5, 32.690_279)]),
    ] {
        let keep_alives: Vec<i64> = tabulated.iter().map(|row| row.0).collect();
        let runs: Vec<_> =
            (0..RUNS).map(|seed| simulated(seed.into(), rate, &keep_alives, 250_000)).collect();
        for (t, (keep_alive, cold, instances)) in tabulated.iter().enumerate() {
            let values = exact(rate, SERVICE, real((*keep_alive).into()));
            assert!((values.0 / cold - 1.0).abs() < 1e-7, "{values:?}");
            assert!((values.1 / instances - 1.0).abs() < 1e-7, "{values:?}");
            within(&runs.iter().map(|run| run[t].0).collect::<Vec<_>>(), *cold);
            within(&runs.iter().map(|run| run[t].1).collect::<Vec<_>>(), *instances);
        }
    }
}

/// The mean of independent runs is within four of its standard errors, which are no more than 4 %.
fn within(runs: &[f64], expected: f64) {
    let n = float(runs.len());
    let mean = runs.iter().sum::<f64>() / n;
    let variance = runs.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = (variance / n).sqrt();
    assert!((mean - expected).abs() <= 4.0 * error, "{mean} ± {error}, not {expected}");
    assert!(error <= 0.04 * expected, "{error} of {expected}");
}
