//! What a trace was made from comes back, within what so many requests can tell.

use super::*;
use crate::diagnostic::Source;
use crate::units::{SimDuration, SimTime};
use crate::workload::arrivals::Pattern;
use crate::workload::{Distribution, Known, RequestDraws, RequestModel, RequestSpec, Row};
use serde::Deserialize;

const DAY: i64 = 86_400;
/// Monday, 2 November 2026.
const MONDAY: SimTime = SimTime(1_793_577_600_000_000_000);

#[derive(Deserialize)]
struct Holder {
    requests: RequestSpec,
}

/// A trace of a known pattern and a known `requests:` section; columns as a log would have them.
fn made(pattern: &Pattern, days: i64, requests: &str, seed: u64) -> Trace {
    let source = Source::new("s.yaml", format!("requests: {requests}\n"));
    let holder: Holder = source.yaml().unwrap();
    let known = Known { llm: true, ..Known::default() };
    let model = RequestModel::resolve(&source, Some(&holder.requests), &known).unwrap();
    let rng = crate::workload::random::stream(seed, 0, 2);
    let mut draws = RequestDraws::new(rng, 0);
    let mut trace = Trace::new("test");
    for arrival in pattern.arrivals(MONDAY, SimDuration::from_secs(days * DAY), seed, 0) {
        let r = model.complete(&Row { arrival, ..Row::default() }, &mut draws);
        trace.push(Row {
            arrival,
            duration: Some(r.duration),
            time_to_first_token: Some(r.time_to_first_token),
            input_tokens: Some(r.input_tokens),
            cached_tokens: Some(r.cached_tokens),
            output_tokens: Some(r.output_tokens),
            ..Row::default()
        });
    }
    trace
}

fn fitted(trace: &Trace) -> Fit {
    Fit::of(trace, 7).unwrap().unwrap()
}

fn key<'a>(fit: &'a Fit, name: &str) -> &'a str {
    let arrivals = fit.arrivals.iter().map(|(key, text)| (*key, text.as_str()));
    let values = fit.values.iter().map(|v| (v.key, v.text.as_str()));
    let shares = fit.shares.iter().map(|(key, text)| (*key, text.as_str()));
    arrivals.chain(values).chain(shares).find(|(key, _)| *key == name).unwrap().1
}

fn number(fit: &Fit, name: &str) -> f64 {
    key(fit, name).trim_end_matches('%').parse().unwrap()
}

fn distribution(fit: &Fit, name: &str) -> Distribution {
    let value = fit.values.iter().find(|v| v.key == name).unwrap();
    shape::read(&value.text, value.unit).unwrap()
}

#[test]
fn a_weekly_chat_comes_back() {
    let pattern =
        Pattern::Weekly { rate: 0.03, peak_hour: 15.0, peak_to_trough: 5.0, weekend: 0.4 };
    let requests = "{ input_tokens: { mean: 900, cv: 1.2 }, output_tokens: { p50: 320, p95: 1100 }, \
                    time_to_first_token: { p50: 600ms, p95: 1.8s }, tokens_per_second: { mean: 80, cv: 0.3 }, \
                    cached_share: 40% }";
    let trace = made(&pattern, 21, requests, 1);
    let (n, fit) = (trace.len() as f64, fitted(&trace));
    assert!(n > 50_000.0);
    assert_eq!(key(&fit, "pattern"), "weekly");
    // Four standard errors of each estimate.
    assert!((number(&fit, "peak_hour") - 15.0).abs() < 0.15, "{:?}", fit.arrivals);
    assert!((number(&fit, "peak_to_trough") - 5.0).abs() < 0.5, "{:?}", fit.arrivals);
    assert!((number(&fit, "weekend") - 40.0).abs() < 2.0, "{:?}", fit.arrivals);
    let hourly = 0.03 * 3_600.0;
    let rate = key(&fit, "rate").strip_suffix("/h").unwrap().parse::<f64>().unwrap();
    assert!((rate / hourly - 1.0).abs() < 4.0 / n.sqrt() + 1e-4, "{rate} for {hourly}");
    assert!((number(&fit, "cached_share") - 40.0).abs() < 0.2);
    for (name, expected, tolerance) in [
        ("input_tokens", Distribution::log_normal_with_cv(900.0, 1.2), 0.03),
        ("output_tokens", Distribution::log_normal_with_p95(320.0, 1_100.0), 0.03),
        ("time_to_first_token", Distribution::log_normal_with_p95(0.6, 1.8), 0.03),
        ("tokens_per_second", Distribution::log_normal_with_cv(80.0, 0.3), 0.03),
    ] {
        let found = distribution(&fit, name);
        for p in [0.5, 0.95, 0.99] {
            let off = found.quantile(p) / expected.quantile(p) - 1.0;
            assert!(off.abs() < tolerance, "{name} at {p}: {off} {found:?}");
        }
        assert!((found.mean() / expected.mean() - 1.0).abs() < tolerance, "{name}");
        let value = fit.values.iter().find(|v| v.key == name).unwrap();
        // The critical value of the test at one in a million, and the rounding of what is written.
        assert!(value.agreement.distance < 2.7 / n.sqrt() + 0.005, "{name} {value:?}");
    }
    let follows = fit.duration.unwrap();
    assert!(follows.distance < 0.03 && follows.mean_error() < 0.03, "{follows:?}");
    assert!(fit.notes.is_empty(), "{:?}", fit.notes);
}

#[test]
fn clusters_come_back_as_clusters() {
    for (cv, seed) in [(1.0, 3), (3.0, 4), (6.0, 5)] {
        let pattern = Pattern::Bursty { rate: 0.5, cv };
        let trace =
            made(&pattern, 1, "{ duration: { mean: 3s, distribution: exponential } }", seed);
        let fit = fitted(&trace);
        let found = match key(&fit, "pattern") {
            "poisson" => 1.0,
            _ => number(&fit, "cv"),
        };
        // The error of a sample's variation grows with the fourth moment of a Gamma gap.
        let error = (1.0 + 1.5 * cv * cv).sqrt() / (2.0 * trace.len() as f64).sqrt();
        assert!((found / cv - 1.0).abs() < 4.0 * error, "{found} for {cv}, error {error}");
        let counts = fit.counts.unwrap();
        assert!(counts.distance < 0.12, "{counts:?}");
        assert_eq!(
            key(&fit, "duration").split("mean: ").last().unwrap().split("distribution").count(),
            2,
            "exponential: {}",
            key(&fit, "duration")
        );
    }
}

#[test]
fn a_short_poisson_trace_gets_no_day_and_a_flat_week_no_weekend() {
    let trace = made(&Pattern::Poisson { rate: 0.2 }, 1, "{ duration: 2s }", 9);
    let fit = fitted(&trace);
    assert_eq!(fit.arrivals.iter().filter(|(key, _)| *key == "peak_hour").count(), 0);
    assert_eq!((key(&fit, "time_to_first_token"), key(&fit, "tokens_per_second")), ("1s", "400"));
    let trace = made(&Pattern::Poisson { rate: 0.02 }, 15, "{ duration: 2s }", 9);
    let fit = fitted(&trace);
    assert_ne!(key(&fit, "pattern"), "weekly");
    assert_ne!(key(&fit, "pattern"), "diurnal");
    let pattern = Pattern::Diurnal { rate: 0.05, peak_hour: 8.0, peak_to_trough: 3.0 };
    let fit = fitted(&made(&pattern, 15, "{ duration: 2s }", 9));
    assert_eq!(key(&fit, "pattern"), "diurnal");
    assert!((number(&fit, "peak_hour") - 8.0).abs() < 0.25, "{:?}", fit.arrivals);
}

#[test]
fn durations_that_tokens_do_not_explain_are_fitted_by_themselves() {
    let mut trace =
        made(&Pattern::Poisson { rate: 0.2 }, 1, "{ output_tokens: { mean: 400, cv: 1 } }", 2);
    let rows: Vec<Row> = trace.iter().collect();
    trace.clear();
    for (i, row) in rows.into_iter().enumerate() {
        // One in ten waits for a minute, whatever it says.
        let slow = if i % 10 == 0 { SimDuration::from_secs(60) } else { SimDuration::ZERO };
        trace.push(Row { duration: row.duration.map(|d| d + slow), ..row });
    }
    let fit = fitted(&trace);
    assert!(fit.duration.is_none());
    assert!(fit.values.iter().any(|v| v.key == "duration"));
    assert!(fit.notes.iter().any(|n| n.contains("by themselves")), "{:?}", fit.notes);
    let duration = fit.values.iter().find(|v| v.key == "duration").unwrap();
    assert!(duration.agreement.mean_error() < 0.02, "the mean is kept: {duration:?}");
    assert!(duration.agreement.distance > 0.05, "and the misfit is said: {duration:?}");
}

#[test]
fn distances_are_those_of_a_count_by_hand() {
    let uniform = Distribution::Uniform { min: 0.0, max: 10.0 };
    // Shares up to 1, 2, 3, 4: 0.25 … 1; the uniform ones: 0.1 … 0.4.
    let a = Agreement::with(&[1.0, 2.0, 3.0, 4.0], &uniform, false);
    assert!((a.distance - 0.6).abs() < 1e-12, "{a:?}");
    let b = Agreement::between(&[1.0, 2.0, 3.0, 4.0], &[3.0, 4.0, 5.0, 6.0]);
    assert!((b.distance - 0.5).abs() < 1e-12, "{b:?}");
    let same = Agreement::with(&[4.0, 4.0], &Distribution::Constant(4.0), true);
    assert_eq!((same.distance, same.mean_error()), (0.0, 0.0));
}

#[test]
fn odd_traces_neither_fail_nor_pretend() {
    assert_eq!(Fit::of(&Trace::new("test"), 0).unwrap(), None);
    let mut trace = Trace::new("test");
    for second in 0..3 {
        let arrival = SimTime(second * 1_000_000_000);
        trace.push(Row {
            arrival,
            output_tokens: Some(0),
            cached_tokens: Some(9),
            ..Row::default()
        });
    }
    let fit = fitted(&trace);
    assert_eq!(key(&fit, "output_tokens"), "0");
    assert_eq!((fit.counts, fit.shares.len()), (None, 0));
    assert!(fit.notes.iter().any(|n| n.contains("3 requests are few")), "{:?}", fit.notes);
    assert!(fit.notes.iter().any(|n| n.contains("beside the prompt")), "{:?}", fit.notes);
    for (value, text) in
        [(1_234.567, "1235"), (0.012_345_6, "0.01235"), (99.96, "99.96"), (3.0, "3")]
    {
        assert_eq!(shape::plain(value, 4), text);
    }
}
