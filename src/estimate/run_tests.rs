//! Requests counted in parts and in parallel give what counting them one by one gives.

use super::*;
use crate::workload::Recording;
use crate::workload::import::ReadOptions;

struct NoTraces;

impl TraceLoader for NoTraces {
    fn load(&mut self, path: &str, _: &ReadOptions) -> Result<Recording> {
        Err(Box::new(Diagnostic::input(format!("no trace `{path}`"))))
    }
}

/// Bursts that break limits, clients that leave, long answers that are cut.
const ROUGH: &str = "
period: 2h
seed: 3
workloads:
  - name: rough
    arrivals: { pattern: bursty, rate: 4/s, cv: 3 }
    requests:
      time_to_first_token: { p50: 400ms, p95: 3s }
      output_tokens: { p50: 200, p95: 4000 }
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
    let (mut in_parts, mut rejected, mut cut) = (0, 0, 0);
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
                assert_eq!(a.meters.read().usage, b.meters.read().usage, "{platform}");
                assert_eq!(a.tokens.read(), b.tokens.read(), "{platform}");
            }
        }
    }
    assert!(in_parts > 20 && rejected > 0 && cut > 0, "{in_parts} {rejected} {cut}");
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
