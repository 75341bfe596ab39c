//! LLM tokens, request by request: context tiers reprice whole requests, and what an abandoned
//! stream costs depends on the provider.

use crate::pricing::OnDisconnect;
use crate::replay::{Outcome, Placement};
use crate::units::{Bins, Usage};
use crate::workload::Request;

/// What kind of token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TokenClass {
    /// Prompt, neither read from nor written to the cache.
    Input,
    /// Prompt, read from the cache.
    CacheRead,
    /// Prompt, written to the cache.
    CacheWrite,
    /// Generated.
    Output,
}

/// Requests by the length of their prompts: those of at least so many tokens, up to the next band.
///
/// Long prompts reprice whole requests, from a bound that a model's price rows may change; the bounds of
/// all rows in use make the bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Band(pub u32);

impl Band {
    /// Prompts below every bound.
    pub const STANDARD: Self = Self(0);

    /// Whether its prompts have at least so many tokens.
    #[must_use]
    pub const fn is_from(self, tokens: u32) -> bool {
        tokens <= self.0
    }
}

/// How one model's tokens are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenRule {
    /// What an abandoned stream costs.
    pub on_disconnect: OnDisconnect,
    /// Smallest prompts with long-context rates, each once, in ascending order.
    pub long_context_from: Vec<u32>,
}

/// Tokens of one model, band and class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenReading {
    /// Index of the model.
    pub model: usize,
    /// Rates that apply.
    pub band: Band,
    /// Kind of token.
    pub class: TokenClass,
    /// How many.
    pub usage: Usage,
}

/// Counts the tokens of every served request.
#[derive(Clone, Debug)]
pub struct TokenMeter {
    rules: Vec<TokenRule>,
    /// By model and band.
    counts: Counts,
    /// The same for each span of time requests arrive in, if asked for.
    over_time: Option<(Bins, Vec<Counts>)>,
}

/// By model and band.
type Counts = Vec<Vec<[i128; 4]>>;

const CLASSES: [TokenClass; 4] =
    [TokenClass::Input, TokenClass::CacheRead, TokenClass::CacheWrite, TokenClass::Output];

impl TokenMeter {
    /// A meter for these models, in the order of [`Request::model`].
    #[must_use]
    pub fn new(rules: Vec<TokenRule>) -> Self {
        let counts = rules.iter().map(|r| vec![[0; 4]; r.long_context_from.len() + 1]).collect();
        Self { rules, counts, over_time: None }
    }

    /// The same meter, that also tells the tokens of requests by the span of time they arrive in.
    #[must_use]
    pub fn by(mut self, bins: Bins) -> Self {
        self.over_time = Some((bins, vec![self.counts.clone(); bins.count()]));
        self
    }

    /// For each reading of [`TokenMeter::read`], its tokens by span of time; empty unless asked for.
    #[must_use]
    pub fn over_time(&self) -> Vec<Vec<Usage>> {
        let Some((_, over_time)) = &self.over_time else { return Vec::new() };
        let mut shapes = Vec::new();
        for (model, bands) in self.counts.iter().enumerate() {
            for (band, counts) in bands.iter().enumerate() {
                for class in (0..CLASSES.len()).filter(|class| counts[*class] != 0) {
                    let each = over_time.iter().map(|counts| Usage(counts[model][band][class]));
                    shapes.push(each.collect());
                }
            }
        }
        shapes
    }

    /// What was counted; classes without tokens are left out.
    #[must_use]
    pub fn read(&self) -> Vec<TokenReading> {
        let mut readings = Vec::new();
        for (model, bands) in self.counts.iter().enumerate() {
            let bounds = self.rules[model].long_context_from.iter().map(|from| Band(*from));
            for (band, counts) in [Band::STANDARD].into_iter().chain(bounds).zip(bands) {
                for (class, count) in CLASSES.into_iter().zip(counts).filter(|c| *c.1 != 0) {
                    readings.push(TokenReading { model, band, class, usage: Usage(*count) });
                }
            }
        }
        readings
    }
}

/// Answer tokens the provider bills.
fn billed_output(request: &Request, placement: &Placement, policy: OnDisconnect) -> i128 {
    let whole = i128::from(request.output_tokens);
    let cut = matches!(placement.outcome, Outcome::Stopped | Outcome::TimedOut);
    if !cut || policy == OnDisconnect::Drain {
        return whole;
    }
    let first = request.time_to_first_token;
    let generating = (request.answered() - first).0;
    let elapsed = (placement.end.since(placement.start) - first).0;
    if generating <= 0 || elapsed >= generating {
        return whole;
    }
    // Tokens begun by the time the abort arrives count whole.
    let scaled = whole * i128::from(elapsed.max(0));
    (scaled + i128::from(generating) - 1) / i128::from(generating)
}

impl TokenMeter {
    /// A copy that has counted nothing, for some of the requests.
    #[must_use]
    pub fn part(&self) -> Self {
        Self::new(self.rules.clone())
    }

    /// Whether it counts like another.
    #[must_use]
    pub fn counts_like(&self, other: &Self) -> bool {
        self.rules == other.rules
    }

    /// Adds what a part has counted.
    pub fn merge(&mut self, part: &Self) {
        for (bands, more) in self.counts.iter_mut().zip(&part.counts) {
            for (counts, more) in bands.iter_mut().zip(more) {
                for (count, more) in counts.iter_mut().zip(more) {
                    *count += more;
                }
            }
        }
    }

    /// Counts the tokens of a request `times` times: 1, or -1 to take them back.
    #[inline]
    pub fn count(&mut self, request: &Request, placement: &Placement, times: i128) {
        if let Some(tried) = request.tried {
            let output = i128::from(request.tried_output_tokens);
            self.add(usize::from(tried.get()), request, output, times);
        }
        let model = usize::from(request.model);
        let Some(rule) = self.rules.get(model) else { return };
        let output = billed_output(request, placement, rule.on_disconnect);
        self.add(model, request, output, times);
    }

    /// Counts the prompt of a request and so many generated tokens for a model.
    #[inline]
    fn add(&mut self, model: usize, request: &Request, output: i128, times: i128) {
        let Some(rule) = self.rules.get(model) else { return };
        let band = rule.long_context_from.partition_point(|from| *from <= request.input_tokens);
        let (prompt, read) = (i128::from(request.input_tokens), i128::from(request.cached_tokens));
        let write = i128::from(request.cache_write_tokens);
        let plain = (prompt - read - write).max(0);
        let add = |counts: &mut Counts| {
            let counts = &mut counts[model][band];
            for (total, tokens) in counts.iter_mut().zip([plain, read, write, output]) {
                *total += tokens * times;
            }
        };
        add(&mut self.counts);
        if let Some((bins, over_time)) = &mut self.over_time {
            add(&mut over_time[bins.index(request.arrival)]);
        }
    }
}
