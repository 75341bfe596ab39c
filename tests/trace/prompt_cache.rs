//! `prompt_cache:` in a scenario: cached tokens are measured from the prefix hashes of the trace.

use super::render;
use rust_decimal::Decimal;
use ssc::diagnostic::{Result, Source};
use ssc::estimate::{Estimate, Options, TraceLoader, estimate};
use ssc::pricing::Book;
use ssc::units::SimTime;
use ssc::workload::import::ReadOptions;
use ssc::workload::{Origin, PrefixBlock, Recording, Row, Trace};
use std::fs;
use std::path::Path;

/// One request a minute; all prompts begin with the same 600 tokens and go on with 400 of their own.
struct Prompts {
    hashes: bool,
}

impl TraceLoader for Prompts {
    fn load(&mut self, _: &str, _: &ReadOptions) -> Result<Recording> {
        let mut trace = Trace::new("test");
        for i in 0..10_u32 {
            let workload = trace.intern_workload(["chat", "search"][i as usize % 2]);
            trace.push(Row {
                arrival: SimTime(i64::from(i) * 60_000_000_000),
                input_tokens: Some(1_000),
                // What the trace logs gives way to what was asked for.
                cached_tokens: Some(1),
                output_tokens: Some(10),
                workload,
                ..Row::default()
            });
            if self.hashes {
                let own = PrefixBlock { id: u64::from(100 + i), tokens: 400 };
                trace.push_prefix(&[PrefixBlock { id: 1, tokens: 600 }, own]);
            }
        }
        Ok(Recording::Memory(trace))
    }
}

/// The tests' own price book, where cached tokens are logged inside or outside of the input.
fn book(cached_tokens: &str) -> Book {
    let folder = Path::new(crate::cli::LAB);
    let sources = ["lab.yaml", "lab-boxes.yaml", "llm/lab-ai.yaml"].map(|name| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        Source::new(name, text.replace("cached_tokens: inside_input", cached_tokens))
    });
    Book::load(&sources).unwrap_or_else(|e| panic!("{}", render(&e)))
}

fn run(arrivals: &str, book: &Book, hashes: bool) -> Result<Estimate> {
    let scenario = format!(
        "name: prompts\nprojection: none\nworkloads:\n  - name: chat\n    platform: lab-box\n\
         \x20   deployment: {{ memory: 1GiB, startup_time: 0ms }}\n    llm: lab-ai/lab-1\n\
         \x20   arrivals: {arrivals}\n"
    );
    let today = "2026-11-23".parse().unwrap();
    let options = Options { today, no_free_tier: true, ..Options::default() };
    estimate(&Source::new("s.yaml", scenario), book, &options, &mut Prompts { hashes })
}

/// What is billed of a class of tokens, in tokens.
fn tokens(estimate: &Estimate, class: &str) -> Decimal {
    let of = |c: &&ssc::billing::Charge| c.sku_id.ends_with(class);
    let charges = estimate.statement.charges.iter().filter(of);
    charges.filter_map(|c| c.pricing_quantity).map(|q| q.0).sum::<Decimal>()
        * Decimal::from(1_000_000)
}

fn bill(arrivals: &str, book: &Book) -> (Decimal, Decimal, Estimate) {
    let estimate = run(arrivals, book, true).unwrap_or_else(|e| panic!("{}", render(&e)));
    (tokens(&estimate, "/input"), tokens(&estimate, "/cache-read"), estimate)
}

#[test]
fn hits_are_billed_as_cached_whatever_the_provider_logs() {
    for provider in ["cached_tokens: inside_input", "cached_tokens: outside_input"] {
        let book = book(provider);
        let (input, cached, estimate) =
            bill("{ trace: t.jsonl, prompt_cache: { ttl: 5m } }", &book);
        assert_eq!((input, cached), (4_600.into(), 5_400.into()), "{provider}");
        let line = estimate.assumptions.iter().find(|a| a.subject.ends_with("cached_tokens"));
        let line = line.unwrap();
        assert_eq!(
            (line.value.as_str(), line.origin),
            ("measured from prefix hashes, TTL 5min", Origin::Measured)
        );
        assert!(line.note.starts_with("54.0% of the prompts;"), "{}", line.note);
    }
    let book = book("cached_tokens: inside_input");
    // A minute passes between requests, and at the end of its lifetime a block is still there.
    let (_, cached, _) = bill("{ trace: t.jsonl, prompt_cache: { ttl: 60s } }", &book);
    assert_eq!(cached, 5_400.into());
    let (_, cached, _) = bill("{ trace: t.jsonl, prompt_cache: { ttl: 59s } }", &book);
    assert_eq!(cached, 0.into());
    // Without the key, the trace's own column counts.
    let (_, cached, _) = bill("{ trace: t.jsonl }", &book);
    assert_eq!(cached, 10.into());
}

#[test]
fn workloads_of_one_trace_share_the_cache() {
    let book = book("cached_tokens: inside_input");
    let arrivals = "{ trace: t.jsonl, workload: search, prompt_cache: { ttl: 60s } }";
    // Only the first request of the trace misses, and it is not one of these.
    assert_eq!(bill(arrivals, &book).1, (5 * 600).into());
}

#[test]
fn a_trace_without_hashes_is_refused() {
    let book = book("cached_tokens: inside_input");
    let arrivals = "{ trace: t.jsonl, prompt_cache: { ttl: 5m } }";
    insta::assert_snapshot!(render(&run(arrivals, &book, false).unwrap_err()), @"
    error: the trace has no prefix hashes, so nothing tells what a cache would hold
     --> s.yaml:8:47
      |     arrivals: { trace: t.jsonl, prompt_cache: { ttl: 5m } }
      |                                               ^ nothing to replay
    note: it was read as `test`
    hint: say the share instead: `cached_share: 40%` under `requests:`
    ");
}
