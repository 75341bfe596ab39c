//! Which part of the prompts a prompt cache would have held, replayed from the prefixes of a trace.
//!
//! A request hits with the blocks from the start of its prompt up to the first that the cache does
//! not hold. Afterwards the cache holds all of its blocks, as recently used as the request. Blocks
//! that were not used for longer than the lifetime are gone; when the cache is full, the least
//! recently used go. Each model has a cache of its own, blocks are whole, and a request can hit what
//! an earlier one brought, however short before.
//!
//! Where a provider bills what is written to the cache, a request writes the blocks it did not hit. A
//! prompt that is shorter than the model's least cacheable one is neither written nor read, and neither
//! is a shorter prefix read.

use super::{PrefixBlock, Trace, TraceColumn};
use crate::units::SimDuration;
use std::collections::{HashMap, VecDeque};

/// Why there is nothing to replay.
pub const NO_PREFIXES: &str =
    "the trace has no prefix hashes, so nothing tells what a cache would hold";

/// How long and how much a cache holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheLimits {
    /// Time that blocks stay without being used; [`SimDuration::MAX`] for ever.
    pub ttl: SimDuration,
    /// Tokens that fit, for each model; `u64::MAX` for any number.
    pub tokens: u64,
}

impl CacheLimits {
    /// Holds everything for ever.
    pub const NONE: Self = Self { ttl: SimDuration::MAX, tokens: u64::MAX };
}

/// How a model's provider caches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheRule {
    /// Fewest tokens of a prefix that is cached.
    pub minimum: u64,
    /// Whether tokens that are written have a price of their own.
    pub writes: bool,
}

/// A cache and the rules of the models that use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachePlan {
    /// How long and how much it holds.
    pub limits: CacheLimits,
    /// The rule of rows without a model label, or with one that has none of its own.
    pub first: CacheRule,
    /// By index of the trace's model label.
    pub by_label: Vec<CacheRule>,
}

impl From<CacheLimits> for CachePlan {
    fn from(limits: CacheLimits) -> Self {
        Self { limits, first: CacheRule::default(), by_label: Vec::new() }
    }
}

impl CachePlan {
    fn rule(&self, label: Option<u64>) -> CacheRule {
        let index = label.and_then(|l| usize::try_from(l).ok());
        index.and_then(|i| self.by_label.get(i)).copied().unwrap_or(self.first)
    }

    fn writes(&self) -> bool {
        self.first.writes || self.by_label.iter().any(|rule| rule.writes)
    }
}

/// What a cache did for a trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheUse {
    /// Requests with prefixes; only these are counted.
    pub requests: u64,
    /// Of those, requests that found at least one block.
    pub requests_with_hit: u64,
    /// Tokens of their prompts.
    pub prompt_tokens: u64,
    /// Of those, read from the cache.
    pub hit_tokens: u64,
    /// The most tokens held at once, over all models.
    pub largest: u64,
}

impl CacheUse {
    /// The share of prompt tokens that were read from the cache; none without prompts.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    pub fn hit_share(&self) -> Option<f64> {
        (self.prompt_tokens > 0).then(|| self.hit_tokens as f64 / self.prompt_tokens as f64)
    }
}

/// Replays the prompts of a sorted trace against a cache that is empty at first.
#[must_use]
pub fn replay(trace: &Trace, limits: CacheLimits) -> CacheUse {
    run(trace, &limits.into(), |_, _, _| {})
}

/// Replays as [`replay`] and sets the cached tokens of every request with prefixes to its hits;
/// other requests are left without. Where writes are billed, the tokens written are set likewise.
pub fn measure(trace: &mut Trace, plan: &CachePlan) -> CacheUse {
    let mut hits = vec![None; trace.len()];
    let mut writes = vec![None; if plan.writes() { trace.len() } else { 0 }];
    let used = run(trace, plan, |row, hit, written| {
        if let Some(cell) = hits.get_mut(row) {
            *cell = u32::try_from(hit).ok();
        }
        if let Some(cell) = writes.get_mut(row) {
            *cell = u32::try_from(written).ok();
        }
    });
    trace.set_cached_tokens(hits);
    if plan.writes() {
        trace.set_cache_write_tokens(writes);
    }
    used
}

/// Tells of each request with prefixes the tokens it reads and those it is billed to write.
fn run(trace: &Trace, plan: &CachePlan, mut told: impl FnMut(usize, u64, u64)) -> CacheUse {
    let mut used = CacheUse::default();
    let mut caches: HashMap<Option<u64>, Cache> = HashMap::new();
    let mut held = 0_u64;
    for (row, &at) in trace.arrivals().iter().enumerate() {
        let blocks = trace.prefixes().of(row);
        if blocks.is_empty() {
            continue;
        }
        let model = trace.value(TraceColumn::Model, row);
        let cache = caches.entry(model).or_insert_with(|| Cache::new(plan.limits));
        let rule = plan.rule(model);
        let before = cache.tokens;
        cache.expire(at);
        let sum: u64 = blocks.iter().map(|b| u64::from(b.tokens)).sum();
        let prompt = trace.value(TraceColumn::InputTokens, row).unwrap_or(sum);
        // The last block of a prompt may be shorter than the block it is equal to.
        let cacheable = sum.min(prompt);
        let (mut found, mut written) = (0, 0);
        if cacheable >= rule.minimum {
            found = cache.leading(blocks).min(cacheable);
            found = if found < rule.minimum { 0 } else { found };
            written = if rule.writes { cacheable - found } else { 0 };
            cache.take_in(blocks, at);
        }
        held = held.saturating_sub(before).saturating_add(cache.tokens);
        told(row, found, written);
        used.requests += 1;
        used.requests_with_hit += u64::from(found > 0);
        used.prompt_tokens = used.prompt_tokens.saturating_add(prompt);
        used.hit_tokens += found;
        used.largest = used.largest.max(held);
    }
    used
}

/// The blocks of one model. The order of use is a queue in which a block stands once for every use;
/// only its last one counts, the others are dropped when they come up.
struct Cache {
    limits: CacheLimits,
    blocks: HashMap<u64, Held>,
    uses: VecDeque<Use>,
    next: u64,
    tokens: u64,
}

struct Held {
    tokens: u32,
    /// Number of its last use.
    last: u64,
}

struct Use {
    id: u64,
    number: u64,
    at: i64,
}

impl Cache {
    fn new(limits: CacheLimits) -> Self {
        let (blocks, uses) = (HashMap::new(), VecDeque::new());
        Self { limits, blocks, uses, next: 0, tokens: 0 }
    }

    /// Tokens of the blocks from the start that are held.
    fn leading(&self, blocks: &[PrefixBlock]) -> u64 {
        let held = blocks.iter().take_while(|b| self.blocks.contains_key(&b.id));
        held.map(|b| u64::from(b.tokens)).sum()
    }

    /// Lets go what has not been used for longer than the lifetime.
    fn expire(&mut self, now: i64) {
        let ttl = self.limits.ttl;
        let gone = |at: i64| ttl < SimDuration::MAX && now.saturating_sub(at) > ttl.0;
        while self.uses.front().is_some_and(|u| gone(u.at)) {
            self.drop_oldest();
        }
    }

    /// Holds all blocks as used now, the start of the prompt last: without it the rest is useless.
    fn take_in(&mut self, blocks: &[PrefixBlock], at: i64) {
        for block in blocks.iter().rev() {
            let held = Held { tokens: block.tokens, last: self.next };
            let before = self.blocks.insert(block.id, held).map_or(0, |held| held.tokens);
            self.tokens = self.tokens - u64::from(before) + u64::from(block.tokens);
            if self.limits != CacheLimits::NONE {
                self.uses.push_back(Use { id: block.id, number: self.next, at });
            }
            self.next += 1;
        }
        while self.tokens > self.limits.tokens && !self.uses.is_empty() {
            self.drop_oldest();
        }
        // Blocks that are used again and again leave nothing but old uses behind.
        if self.uses.len() > 2 * self.blocks.len() + 1_024 {
            let blocks = &self.blocks;
            self.uses.retain(|u| blocks.get(&u.id).is_some_and(|held| held.last == u.number));
        }
    }

    /// Drops the oldest use, and its block if that was its last.
    fn drop_oldest(&mut self) {
        let Some(old) = self.uses.pop_front() else { return };
        if self.blocks.get(&old.id).is_some_and(|held| held.last == old.number)
            && let Some(held) = self.blocks.remove(&old.id)
        {
            self.tokens -= u64::from(held.tokens);
        }
    }
}

#[cfg(test)]
#[path = "prefix_cache_tests.rs"]
mod tests;
