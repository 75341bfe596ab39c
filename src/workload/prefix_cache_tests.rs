//! A prompt cache against hand-made prompts, and against a slow one that is plainly right.

use super::*;
use crate::units::SimTime;
use crate::workload::Row;
use proptest::prelude::*;

const TEN: u32 = 10;

/// Requests at these seconds, each with blocks of ten tokens.
fn trace(requests: &[(i64, &[u64])]) -> Trace {
    let mut trace = Trace::new("test");
    for (second, ids) in requests {
        let tokens = u32::try_from(ids.len()).unwrap() * TEN;
        let arrival = SimTime(second * 1_000_000_000);
        trace.push(Row { arrival, input_tokens: Some(tokens), ..Row::default() });
        let blocks: Vec<_> = ids.iter().map(|&id| PrefixBlock { id, tokens: TEN }).collect();
        trace.push_prefix(&blocks);
    }
    trace
}

fn limits(ttl: i64, tokens: u64) -> CacheLimits {
    let ttl = if ttl == i64::MAX { SimDuration::MAX } else { SimDuration::from_secs(ttl) };
    CacheLimits { ttl, tokens }
}

fn hits(trace: &Trace, limits: CacheLimits) -> Vec<u32> {
    let mut measured = trace.clone();
    measure(&mut measured, &limits.into());
    measured.iter().map(|row| row.cached_tokens.unwrap_or(0)).collect()
}

#[test]
fn only_leading_blocks_hit() {
    let t = trace(&[(0, &[1, 2, 3]), (1, &[1, 2, 9]), (2, &[8, 2, 3]), (3, &[1, 2, 9, 4])]);
    assert_eq!(hits(&t, CacheLimits::NONE), [0, 20, 0, 30]);
    let used = replay(&t, CacheLimits::NONE);
    assert_eq!((used.requests, used.requests_with_hit), (4, 2));
    assert_eq!((used.prompt_tokens, used.hit_tokens, used.largest), (130, 50, 60));
    assert!((used.hit_share().unwrap() - 50.0 / 130.0).abs() < 1e-12);
}

#[test]
fn a_hit_refreshes_and_what_waits_longer_than_the_lifetime_is_gone() {
    let t = trace(&[(0, &[1]), (300, &[1]), (600, &[1]), (901, &[1])]);
    assert_eq!(hits(&t, limits(300, u64::MAX)), [0, 10, 10, 0]);
    assert_eq!(hits(&t, limits(299, u64::MAX)), [0, 0, 0, 0]);
    assert_eq!(hits(&t, limits(301, u64::MAX)), [0, 10, 10, 10]);
    // What was not refreshed is gone although its neighbour lives on, and is held again after.
    let t = trace(&[(0, &[1, 2]), (200, &[1]), (400, &[1, 2]), (401, &[1, 2])]);
    assert_eq!(hits(&t, limits(300, u64::MAX)), [0, 10, 10, 20]);
}

#[test]
fn a_full_cache_lets_the_ends_of_old_prompts_go_first() {
    let t = trace(&[(0, &[1, 2, 3]), (1, &[7]), (2, &[1, 2, 3])]);
    assert_eq!(hits(&t, limits(i64::MAX, 30)), [0, 0, 20]);
    assert_eq!(replay(&t, limits(i64::MAX, 30)).largest, 30);
    // A prompt that does not fit keeps its start.
    let t = trace(&[(0, &[1, 2, 3, 4]), (1, &[1, 2, 3, 4])]);
    assert_eq!(hits(&t, limits(i64::MAX, 20)), [0, 20]);
    assert_eq!(hits(&t, limits(i64::MAX, 9)), [0, 0]);
}

#[test]
fn models_do_not_share_a_cache() {
    let mut t = Trace::new("test");
    for (second, name) in [(0, "a"), (1, "b"), (2, "a")] {
        let (arrival, model) = (SimTime(second), t.intern_model(name));
        t.push(Row { arrival, model, input_tokens: Some(8), ..Row::default() });
        t.push_prefix(&[PrefixBlock { id: 5, tokens: TEN }]);
    }
    // The prompt is shorter than the block.
    assert_eq!(hits(&t, CacheLimits::NONE), [0, 0, 8]);
    assert_eq!(replay(&t, CacheLimits::NONE).largest, 20);
}

#[test]
fn requests_without_prefixes_are_not_counted() {
    let mut t = trace(&[(0, &[1]), (1, &[1])]);
    t.push(Row { arrival: SimTime(9_000_000_000), input_tokens: Some(99), ..Row::default() });
    let used = measure(&mut t, &CacheLimits::NONE.into());
    assert_eq!((used.requests, used.prompt_tokens, used.hit_tokens), (2, 20, 10));
    assert_eq!([0, 1, 2].map(|i| t.row(i).cached_tokens), [Some(0), Some(10), None]);
    assert_eq!(replay(&Trace::default(), CacheLimits::NONE).hit_share(), None);
}

#[test]
fn a_block_used_a_million_times_takes_no_memory() {
    let mut cache = Cache::new(limits(i64::MAX, 100));
    for at in 0..1_000_000 {
        cache.take_in(&[PrefixBlock { id: 1, tokens: TEN }], at);
    }
    assert_eq!(cache.leading(&[PrefixBlock { id: 1, tokens: TEN }]), 10);
    assert!(cache.uses.len() < 2_000, "{}", cache.uses.len());
}

/// What each request reads and writes under a rule.
fn billed(trace: &Trace, rule: CacheRule) -> Vec<(u32, u32)> {
    let mut measured = trace.clone();
    measure(&mut measured, &CachePlan { first: rule, ..CacheLimits::NONE.into() });
    let each = measured.iter().map(|r| (r.cached_tokens, r.cache_write_tokens));
    each.map(|(read, written)| (read.unwrap(), written.unwrap_or(0))).collect()
}

#[test]
fn what_is_not_hit_is_written_where_writes_are_billed() {
    let t = trace(&[(0, &[1, 2, 3]), (1, &[1, 2, 9]), (2, &[1, 2, 9])]);
    let rule = CacheRule { minimum: 0, writes: true };
    assert_eq!(billed(&t, rule), [(0, 30), (20, 10), (30, 0)]);
    let free = CacheRule::default();
    assert_eq!(billed(&t, free), [(0, 0), (20, 0), (30, 0)]);
}

#[test]
fn short_prompts_are_not_cached() {
    let t = trace(&[(0, &[1]), (1, &[1]), (2, &[1, 2, 3]), (3, &[1, 9, 8]), (4, &[1, 2, 3])]);
    let rule = CacheRule { minimum: 20, writes: true };
    // The fourth shares too little with the third.
    assert_eq!(billed(&t, rule), [(0, 0), (0, 0), (0, 30), (0, 30), (30, 0)]);
}

#[test]
fn each_model_has_the_rule_of_its_label() {
    let mut t = Trace::new("test");
    for (second, name) in [(0, "a"), (1, "b"), (2, "a"), (3, "b")] {
        let (arrival, model) = (SimTime(second), t.intern_model(name));
        t.push(Row { arrival, model, input_tokens: Some(12), ..Row::default() });
        t.push_prefix(&[PrefixBlock { id: 5, tokens: TEN }]);
    }
    let by_label = vec![CacheRule { minimum: 0, writes: true }, CacheRule::default()];
    let plan = CachePlan { by_label, ..CacheLimits::NONE.into() };
    measure(&mut t, &plan);
    // Two tokens of each prompt stand behind its blocks and are never written.
    let written: Vec<_> = t.iter().map(|r| r.cache_write_tokens.unwrap()).collect();
    assert_eq!(written, [10, 0, 0, 0]);
}

/// A list of blocks, most recently used first.
fn slow(requests: &[(i64, Vec<u64>)], ttl: i64, tokens: u64) -> Vec<u32> {
    let mut held: Vec<(u64, i64)> = Vec::new();
    let answer = requests.iter().map(|(at, ids)| {
        held.retain(|(_, used)| at - used <= ttl);
        let found = ids.iter().take_while(|id| held.iter().any(|(h, _)| h == *id)).count();
        for id in ids.iter().rev() {
            held.retain(|(h, _)| h != id);
            held.insert(0, (*id, *at));
        }
        held.truncate(usize::try_from(tokens / u64::from(TEN)).unwrap_or(usize::MAX));
        u32::try_from(found).unwrap() * TEN
    });
    answer.collect()
}

proptest! {
    #[test]
    fn it_agrees_with_a_plain_list(
        gaps in proptest::collection::vec((0_i64..40, proptest::collection::hash_set(0_u64..12, 1..5)), 1..80),
        ttl in prop_oneof![1_i64..100, Just(i64::MAX)],
        size in prop_oneof![0_u64..12, Just(u64::MAX)],
    ) {
        let mut at = 0;
        let requests: Vec<(i64, Vec<u64>)> = gaps
            .into_iter()
            .map(|(gap, ids)| {
                at += gap;
                let mut ids: Vec<u64> = ids.into_iter().collect();
                ids.sort_unstable();
                (at, ids)
            })
            .collect();
        let borrowed: Vec<_> = requests.iter().map(|(at, ids)| (*at, ids.as_slice())).collect();
        let tokens = size.saturating_mul(u64::from(TEN));
        prop_assert_eq!(hits(&trace(&borrowed), limits(ttl, tokens)), slow(&requests, ttl, tokens));
    }
}
