//! SSC302: prompt caches.

use crate::cli::root;
use crate::recommended::{BOOK, Folder, NoTraces, asked, estimated, promised, shipped, told};
use crate::shared::shared;
use rust_decimal::Decimal;
use ssc::diagnostic::Result;
use ssc::estimate::{Estimate, TraceLoader};
use ssc::recommend::Certificate;
use ssc::units::{Money, SimTime};
use ssc::workload::import::ReadOptions;
use ssc::workload::{PrefixBlock, Recording, Row, Trace};

#[test]
fn on_its_scenario_the_promise_is_the_estimate() {
    let mut traces = Folder(root().join("scenarios/recommend"));
    let found = promised("prompt-cache", &shipped("prompt-cache"), &mut traces);
    insta::assert_snapshot!(told(&found));
}

/// Prompts as they come: second, blocks as (id, tokens), prompt and answer tokens.
#[derive(Clone)]
struct Prompts(Vec<Prompt>);

type Prompt = (i64, Vec<(u64, u32)>, u32, u32);

impl TraceLoader for Prompts {
    fn load(&mut self, _: &str, _: &ReadOptions) -> Result<Recording> {
        let mut trace = Trace::new("test");
        for (second, blocks, prompt, answer) in &self.0 {
            let (input_tokens, output_tokens) = (Some(*prompt), Some(*answer));
            let arrival = SimTime(second * 1_000_000_000);
            trace.push(Row { arrival, input_tokens, output_tokens, ..Row::default() });
            let block = |(id, tokens): &(u64, u32)| PrefixBlock { id: *id, tokens: *tokens };
            trace.push_prefix(&blocks.iter().map(block).collect::<Vec<_>>());
        }
        Ok(Recording::Memory(trace))
    }
}

fn scenario(rest: &str, llm: &str) -> String {
    format!(
        "projection: none\nworkloads:\n  - name: a\n    platform: aws-lambda\n    llm: {llm}\n    {rest}\n"
    )
}

fn token_cost(e: &Estimate) -> Decimal {
    let lines = e.statement.charges.iter().filter(|c| c.component.name() == "tokens");
    lines.map(|c| c.billed_cost.0).sum::<Decimal>().normalize()
}

/// Three recorded answers with the amounts that were charged for them: 0.01058775, 0.00341475 and
/// 0.00256995, for 2,569 tokens written, then 2,240 read and 329 written, then 2,569 read and 79 written.
#[test]
fn a_replayed_cache_is_billed_as_the_real_one_was() {
    let prompts = vec![
        (0, vec![(1, 2_240), (2, 329)], 2_572, 63),
        (60, vec![(1, 2_240), (3, 329)], 2_572, 100),
        (120, vec![(1, 2_240), (3, 329), (4, 79)], 2_649, 100),
    ];
    let charged = ["0.01058775", "0.00341475", "0.00256995"];
    let charged: Decimal = charged.iter().map(|c| c.parse::<Decimal>().unwrap()).sum();
    let llm = "{ model: anthropic/claude-sonnet-4-6, cache_lifetime: 5m }";
    let text = scenario("arrivals: { trace: t, prompt_cache: { ttl: 5m } }", llm);
    let e = estimated(&text, &mut Prompts(prompts.clone()));
    assert_eq!(token_cost(&e), charged);
    let note = &e.assumptions.iter().find(|a| a.subject == "cached_tokens").unwrap().note;
    assert!(note.starts_with("61.7% of the prompts, 38.2% written to it;"), "{note}");
    // Where writes have no price of their own nothing is written.
    let text = scenario("arrivals: { trace: t, prompt_cache: { ttl: 5m } }", "openai/gpt-5-mini");
    let e = estimated(&text, &mut Prompts(prompts));
    assert!(e.statement.charges.iter().all(|c| !c.sku_id.ends_with("/cache-write")));
    // The rule asks for what was billed here.
}

/// What a generator says next; a plain one, so that cases stay the same for ever.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Conversations of a few turns; some are read again within minutes, some within the hour, some never.
fn conversations(seed: u64) -> Prompts {
    let mut dice = Dice(seed);
    let pause = [20, 900, 5_000][usize::try_from(dice.below(3)).unwrap()];
    let (mut prompts, mut id) = (Vec::new(), 100);
    for _ in 0..6 {
        let mut at = i64::try_from(dice.below(3_000)).unwrap();
        let mut blocks: Vec<(u64, u32)> = vec![(1, 600)];
        for _ in 0..=dice.below(4) {
            id += 1;
            blocks.push((id, 600));
            let tokens = blocks.iter().map(|b| b.1).sum();
            prompts.push((at, blocks.clone(), tokens, 50));
            at += i64::try_from(1 + dice.below(2 * pause)).unwrap();
        }
    }
    prompts.sort_by_key(|p| p.0);
    Prompts(prompts)
}

/// Every lifetime written by hand and billed, with a slow cache beside it: the rule finds the cheapest.
#[test]
fn it_is_as_cheap_as_trying_every_lifetime() {
    let (mut proposals, mut lives) = (0, std::collections::BTreeSet::new());
    for seed in 20..60 {
        let mut prompts = conversations(seed);
        let plain = scenario("arrivals: { trace: t }", "anthropic/claude-sonnet-5-5");
        let none = estimated(&plain, &mut prompts).statement.total();
        let held = |life: &str, seconds: i64, premium: &str| {
            let text = scenario(
                &format!("arrivals: {{ trace: t, prompt_cache: {{ ttl: {life} }} }}"),
                &format!("{{ model: anthropic/claude-sonnet-5-5, cache_lifetime: {life} }}"),
            );
            let e = estimated(&text, &mut prompts.clone());
            assert_eq!(token_cost(&e), slowly(&prompts, seconds, premium), "seed {seed}, {life}");
            (e.statement.total(), life.to_owned())
        };
        let best = held("5m", 300, "2.5").min(held("1h", 3_600, "4"));
        let found = asked("prompt-cache", &plain, &mut prompts);
        match found.ranked.first() {
            Some(first) => {
                assert_eq!(first.effect.after.total, best.0, "seed {seed}");
                assert_eq!(first.proposal.certificate, Certificate::Exhaustive(3));
                (proposals, _) = (proposals + 1, lives.insert(best.1));
                promised("prompt-cache", &plain, &mut prompts);
            }
            None => assert!(none <= best.0, "seed {seed}: {none} and {}", best.0),
        }
    }
    assert!((10..40).contains(&proposals) && lives.len() == 2, "{proposals} {lives:?}");
}

/// Tokens of each prompt looked up among all earlier ones, at $2 input, 0.1 read and 10 output a million.
fn slowly(prompts: &Prompts, ttl: i64, write: &str) -> Decimal {
    let mut last: std::collections::BTreeMap<u64, i64> = Default::default();
    let mut cost = Decimal::ZERO;
    let [read, write, output] = ["0.1", write, "10"].map(|p| p.parse::<Decimal>().unwrap());
    for (at, blocks, _, answer) in &prompts.0 {
        let warm = |id: &u64| last.get(id).is_some_and(|used| at - used <= ttl);
        let hits = blocks.iter().take_while(|b| warm(&b.0)).count();
        let tokens = |part: &[(u64, u32)]| Decimal::from(part.iter().map(|b| b.1).sum::<u32>());
        cost += tokens(&blocks[..hits]) * read + tokens(&blocks[hits..]) * write;
        cost += Decimal::from(*answer) * output;
        blocks.iter().for_each(|b| _ = last.insert(b.0, *at));
    }
    (cost / Decimal::from(1_000_000)).normalize()
}

/// A cache that nothing reads again is told to be given up, and so is a lifetime that is not needed.
#[test]
fn a_cache_that_does_not_pay_is_given_up() {
    let alone: Vec<_> =
        (0..5_u32).map(|i| (i64::from(i) * 60, vec![(u64::from(i), 2_000)], 2_000, 10)).collect();
    let llm = "{ model: anthropic/claude-sonnet-5-5, cache_lifetime: 1h }";
    let text = scenario("arrivals: { trace: t, prompt_cache: { ttl: 1h } }", llm);
    let found = promised("prompt-cache", &text, &mut Prompts(alone));
    assert_eq!(found.ranked[0].proposal.title, "Do not cache the prompts of a");
    let often = (0..9).map(|i| (i * 60, vec![(1, 2_000)], 2_000, 10)).collect();
    let found = promised("prompt-cache", &text, &mut Prompts(often));
    assert_eq!(found.ranked[0].proposal.title, "Cache the prompts of a for 5m");
}

const STEADY: &str = "arrivals: { pattern: steady, rate: 10/day }";

/// At 1.25 and 0.05 a token has to be read 0.25 ÷ 0.95 = 0.26 times for each write.
#[test]
fn stated_shares_are_compared_with_no_cache() {
    let told = |read: u32, written: u32| {
        let shares = format!("cached_share: {read}%, cache_write_share: {written}%");
        let rest = format!("{STEADY}\n    requests: {{ input_tokens: 10000, {shares} }}");
        let text = scenario(&rest, "anthropic/claude-sonnet-5-5");
        asked("prompt-cache", &text, &mut NoTraces).ranked.len()
    };
    assert_eq!([told(10, 50), told(13, 50), told(14, 50), told(60, 20)], [1, 1, 0, 0]);
    let shares = "requests: { input_tokens: 10000, cached_share: 5%, cache_write_share: 60% }";
    let text = scenario(&format!("{STEADY}\n    {shares}"), "anthropic/claude-sonnet-5-5");
    promised("prompt-cache", &text, &mut NoTraces);
}

/// The share of hits in the what-if, against the bill of one per cent less and of it.
#[test]
fn the_break_even_share_is_where_the_bill_turns() {
    let mut tried = 0;
    for model in BOOK.llm_providers.iter().flat_map(|p| p.models.iter().map(move |m| (p, m))) {
        let name = format!("{}/{}", model.0.id, model.1.id);
        let price = model.1.price_on("2026-11-23".parse().unwrap());
        let Some(price) = price.filter(|p| p.standard.cache_write.len() == 2) else { continue };
        tried += 1;
        let requests = "requests: { input_tokens: 10000 }";
        let text = scenario(&format!("{STEADY}\n    {requests}"), &name);
        let found = asked("prompt-cache", &text, &mut NoTraces);
        let plain = estimated(&text, &mut NoTraces).statement.total();
        let what_if = &found.what_if[0].1;
        let lines = std::iter::once(&what_if.break_even).chain(&what_if.evidence);
        let lines = lines.filter(|l| l.contains("it pays from") && l.contains("hits"));
        let mut lives: Vec<_> = price.standard.cache_write.iter().collect();
        lives.sort_by_key(|(_, price)| **price);
        for ((life, _), line) in lives.iter().zip(lines.collect::<Vec<_>>()) {
            let hits = line.split("it pays from ").nth(1).unwrap().split(' ').next().unwrap();
            let hits: u32 = hits.parse().unwrap();
            let total = |hits: u32| {
                let shares = format!("cached_share: {hits}%, cache_write_share: {}%", 100 - hits);
                let requests = format!("requests: {{ input_tokens: 10000, {shares} }}");
                let llm = format!("{{ model: {name}, cache_lifetime: {life} }}");
                let text = scenario(&format!("{STEADY}\n    {requests}"), &llm);
                estimated(&text, &mut NoTraces).statement.total()
            };
            assert!(total(hits) < plain && total(hits - 1) >= plain, "{name} {life} {hits}");
        }
    }
    assert!(tried > 10, "{tried}");
}

#[test]
fn what_is_not_known_is_a_what_if() {
    let text = scenario(
        &format!("{STEADY}\n    requests: {{ input_tokens: {{ mean: 900, cv: 1.2 }} }}"),
        "anthropic/claude-sonnet-5-5",
    );
    let paid = asked("prompt-cache", &text, &mut NoTraces);
    let text = text.replace("anthropic/claude-sonnet-5-5", "openai/gpt-5-mini");
    let free = asked("prompt-cache", &text, &mut NoTraces);
    let mut prompts = conversations(3);
    let by_itself = scenario("arrivals: { trace: t }", "openai/gpt-5-mini");
    let hashes = asked("prompt-cache", &by_itself, &mut prompts);
    insta::assert_snapshot!([told(&paid), told(&free), told(&hashes)].join("\n"));
    assert!([&paid, &free, &hashes].iter().all(|f| f.ranked.is_empty()));
}

/// Eight thousand rows of a published trace.
#[test]
fn on_a_published_trace_the_promise_holds() {
    let Some(folder) = shared("traces/mooncake-fast25") else { return };
    let text = scenario(
        "arrivals: { trace: conversation_trace.jsonl, window: 10m }",
        "anthropic/claude-sonnet-5-5",
    );
    let found = promised("prompt-cache", &text, &mut Folder(folder));
    assert!(crate::recommended::effect(&found).saving() > Money::ZERO);
}
