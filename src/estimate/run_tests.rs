//! Requests counted in parts and in parallel give what counting them one by one gives.

use super::*;
use crate::replay::Moment;
use crate::units::{Money, SimDuration};
use crate::workload::Recording;
use crate::workload::import::ReadOptions;
use std::collections::BTreeSet;

struct NoTraces;

impl TraceLoader for NoTraces {
    fn load(&mut self, path: &str, _: &ReadOptions) -> Result<Recording> {
        Err(Box::new(Diagnostic::input(format!("no trace `{path}`"))))
    }
}

/// Bursts that break limits, clients that leave, long answers that are cut.
const ROUGH: &str = "
period: 1h
seed: 3
workloads:
  - name: rough
    arrivals: { pattern: bursty, rate: 4/s, cv: 3 }
    requests:
      time_to_first_token: { p50: 400ms, p95: 3s }
      output_tokens: { p50: 200, p95: 4000 }
      max_output_tokens: 20000
      tokens_per_second: 40
      disconnects: 20%
";

/// With a model, if there is one: a price file may be taken away.
fn rough(book: &Book) -> Source {
    let model = book.llm_providers.iter().flat_map(|p| p.models.iter().map(move |m| (p, m))).next();
    let llm = model.map(|(p, m)| format!("    llm: {}/{}\n", p.id, m.id)).unwrap_or_default();
    Source::new("rough.yaml", format!("{ROUGH}{llm}"))
}

fn options(platform: &str, settings: &[(&str, &str)]) -> Options {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Options {
        platform: Some(platform.to_owned()),
        settings: settings.iter().map(owned).collect(),
        today: chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap_or_default(),
        ..Options::default()
    }
}

fn threads(n: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap()
}

#[test]
fn counting_in_parts_is_counting_one_by_one() {
    let book = Book::embedded().unwrap();
    let source = rough(&book);
    let file: ScenarioFile = source.yaml().unwrap();
    let limited: &[(&str, &str)] = &[("max_instances", "5")];
    let (mut in_parts, mut rejected, mut cut, mut truncated) = (0, 0, 0, 0);
    for platform in book.platforms().map(|p| p.platform.id.clone()) {
        for settings in [&[] as &[_], limited] {
            let options = options(&platform, settings);
            let mut loader = NoTraces;
            let mut traces = Traces::new(&mut loader);
            let prepared = Prepared::new(&source, &book, &options, &file, &mut traces);
            // Paths run nothing, and some platforms have no such limit.
            let Ok(prepared) = prepared else { continue };
            let counted = |one_by_one: bool| {
                let mut jobs: Vec<_> = prepared.jobs().collect();
                for job in &mut jobs {
                    in_parts += i32::from(job.counters.counts_in_parts());
                    if one_by_one {
                        job.counters.count_one_by_one();
                    }
                }
                play_all(jobs).unwrap()
            };
            let [parts, single] = [false, true].map(counted);
            for ((a, _), (b, _)) in parts.into_iter().zip(single) {
                assert_eq!(a.facts, b.facts, "{platform} {settings:?}");
                assert!(a.facts.identities_hold());
                rejected += a.facts.rejected + a.facts.queue_timeouts;
                cut += a.facts.timed_out;
                truncated += a.facts.truncated;
                assert_eq!(a.meters.read().usage, b.meters.read().usage, "{platform}");
                assert_eq!(a.tokens.read(), b.tokens.read(), "{platform}");
            }
        }
    }
    assert!(in_parts > 20 && rejected > 0 && cut > 0, "{in_parts} {rejected} {cut}");
    assert!(truncated > 0);
}

#[test]
fn any_number_of_threads_and_variants_gives_the_same() {
    let book = Book::embedded().unwrap();
    let source = rough(&book);
    let one = |platform: &str| options(platform, &[]);
    let all: Vec<Options> = book.featured().map(one).collect();
    let shown = |variants: &[Options]| -> Vec<String> {
        let results = estimates(&source, &book, variants, &mut NoTraces).unwrap();
        results.iter().map(|r| format!("{:?}", r.as_ref().unwrap())).collect()
    };
    let together = threads(2).install(|| shown(&all));
    assert_eq!(together, threads(1).install(|| shown(&all)));
    let apart: Vec<String> =
        all.iter().flat_map(|v| threads(2).install(|| shown(std::slice::from_ref(v)))).collect();
    assert_eq!(together, apart);
    assert!(!together.is_empty());
}

/// Spans of seven minutes: requests and instances reach over their edges.
#[test]
fn spans_of_time_add_up_to_the_estimate_without_them() {
    let book = Book::embedded().unwrap();
    let source = rough(&book);
    let warm: [&[(&str, &str)]; 4] = [
        &[],
        &[("min_instances", "3")],
        &[("provisioned_concurrency", "3")],
        &[("max_instances", "5")],
    ];
    let (mut compared, mut parts) = (0, BTreeSet::new());
    for platform in book.platforms().map(|p| p.platform.id.clone()) {
        for settings in warm {
            let untimed = options(&platform, settings);
            let timed = Options { timeline: Some(SimDuration::from_secs(420)), ..untimed.clone() };
            let both = estimates(&source, &book, &[untimed, timed], &mut NoTraces).unwrap();
            let [Ok(untimed), Ok(timed)] = both.as_slice() else { continue };
            compared += 1;
            assert_eq!(untimed.statement, timed.statement, "{platform} {settings:?}");
            let (w, facts) = (&timed.workloads[0], &untimed.workloads[0].facts);
            assert_eq!(w.facts, *facts, "{platform} {settings:?}");
            let timeline = w.timeline.as_ref().unwrap();
            let sum = |of: fn(&Moment) -> i128| timeline.moments.iter().map(of).sum::<i128>();
            assert_eq!(sum(|m| m.arrivals.into()), i128::from(facts.requests));
            assert_eq!(sum(|m| m.served.into()), i128::from(facts.served));
            assert_eq!(sum(|m| m.cold_starts.into()), i128::from(facts.cold_starts));
            assert_eq!(sum(|m| m.in_flight_time), facts.in_flight_time, "{platform}");
            assert_eq!(sum(|m| m.instance_time), facts.instance_time, "{platform}");
            let peak = |of: fn(&Moment) -> u32| timeline.moments.iter().map(of).max();
            assert_eq!(peak(|m| m.peak_in_flight), Some(facts.peak_in_flight), "{platform}");
            assert_eq!(peak(|m| m.peak_instances), Some(facts.peak_instances), "{platform}");
            let costs = (0..timeline.costs.len()).map(|i| timeline.cost(i));
            let total = untimed.statement.workload_total(Some("rough"));
            assert_eq!(costs.sum::<Money>(), total, "{platform} {settings:?}");
            parts.extend(timeline.costs.iter().flat_map(|c| c.keys().copied()));
        }
    }
    assert!(compared > 20 && parts.len() > 3, "{compared} {parts:?}");
}

#[test]
fn meters_tell_spans_of_time_that_add_up() {
    let book = Book::embedded().unwrap();
    let source = rough(&book);
    let file: ScenarioFile = source.yaml().unwrap();
    let mut uneven = 0;
    for platform in book.platforms().map(|p| p.platform.id.clone()) {
        for settings in [&[] as &[_], &[("min_instances", "2")]] {
            let width = Some(SimDuration::from_secs(420));
            let options = Options { timeline: width, ..options(&platform, settings) };
            let mut loader = NoTraces;
            let mut traces = Traces::new(&mut loader);
            let prepared = Prepared::new(&source, &book, &options, &file, &mut traces);
            let Ok(prepared) = prepared else { continue };
            for (counted, _) in play_all(prepared.jobs().collect()).unwrap() {
                let readings = counted.meters.read();
                assert_eq!(readings.usage.len(), readings.over_time.len());
                for (reading, shape) in readings.usage.iter().zip(&readings.over_time) {
                    let sum: i128 = shape.iter().map(|u| u.0).sum();
                    assert_eq!(sum, reading.usage.0, "{platform} {reading:?}");
                    uneven += i32::from(shape.iter().any(|u| *u != shape[0]));
                }
                for (reading, shape) in counted.tokens.read().iter().zip(counted.tokens.over_time())
                {
                    let sum: i128 = shape.iter().map(|u| u.0).sum();
                    assert_eq!(sum, reading.usage.0, "{platform} {reading:?}");
                }
            }
        }
    }
    assert!(uneven > 40, "{uneven}");
}
