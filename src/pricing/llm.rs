//! LLM providers: models and the dated prices of their tokens.

use super::{Evidence, Status};
use crate::units::UnitPrice;
use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Whether a provider counts cached tokens inside its input count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CachedTokens {
    /// `input_tokens` includes cached and cache-write tokens.
    InsideInput,
    /// `input_tokens` excludes them; the three add up to the prompt.
    OutsideInput,
}

/// What a provider bills when the caller goes away mid-stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OnDisconnect {
    /// Only what was generated until then.
    Stop,
    /// The whole answer.
    Drain,
}

/// Prices of one kind of request, per million tokens.
#[derive(Clone, Debug, Default)]
pub struct LlmRates {
    /// Prompt tokens that are neither read from nor written to the cache.
    pub input: UnitPrice,
    /// Prompt tokens read from the cache; `None`: not known.
    pub cache_read: Option<UnitPrice>,
    /// Prompt tokens written to the cache, by lifetime; empty: billed as input.
    pub cache_write: BTreeMap<String, UnitPrice>,
    /// Generated tokens, reasoning included.
    pub output: UnitPrice,
}

/// Other rates for the whole request once its prompt is long.
#[derive(Clone, Debug)]
pub struct LongContext {
    /// Smallest prompt that is repriced, in tokens.
    pub from_tokens: u32,
    /// The rates then.
    pub rates: LlmRates,
    /// The rates of a batch then, if known.
    pub batch: Option<LlmRates>,
}

/// A model's prices from one day to another.
#[derive(Clone, Debug)]
pub struct LlmPrice {
    /// First day, inclusive.
    pub from: NaiveDate,
    /// Last day, exclusive.
    pub until: Option<NaiveDate>,
    /// Why nothing is known between this row and the next.
    pub gap_after: Option<String>,
    /// Whether it holds at all.
    pub status: Status,
    /// Standard requests.
    pub standard: LlmRates,
    /// Batch requests, if their price is known.
    pub batch: Option<LlmRates>,
    /// Long prompts.
    pub long_context: Option<LongContext>,
    /// Who says so.
    pub evidence: Evidence,
}

/// One model of a provider.
#[derive(Clone, Debug)]
pub struct Model {
    /// The provider's id.
    pub id: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Most tokens of prompt and answer together.
    pub context_window: Option<u64>,
    /// Most tokens of an answer.
    pub max_output: Option<u64>,
    /// Fewest tokens a cacheable prefix has.
    pub min_cacheable: Option<u64>,
    /// Dated prices.
    pub prices: Vec<LlmPrice>,
    /// Remarks.
    pub note: Option<String>,
}

/// A provider of LLM tokens.
#[derive(Clone, Debug)]
pub struct LlmProvider {
    /// The file's name.
    pub id: String,
    /// FOCUS `ServiceProviderName`.
    pub provider_name: String,
    /// FOCUS `ServiceName`.
    pub service_name: String,
    /// FOCUS `ServiceCategory`.
    pub category: String,
    /// How it counts cached tokens.
    pub cached_tokens: CachedTokens,
    /// What an abandoned stream costs.
    pub on_disconnect: OnDisconnect,
    /// Who says so.
    pub on_disconnect_evidence: Evidence,
    /// Bytes of its stream per output token, as sent.
    pub response_bytes_per_output_token: Option<(UnitPrice, Evidence)>,
    /// Its models.
    pub models: Vec<Model>,
}

impl LlmProvider {
    /// The model with this id or alias.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|m| m.id == name || m.aliases.iter().any(|a| a == name))
    }
}

impl Model {
    /// The price row in force on `date`.
    #[must_use]
    pub fn price_on(&self, date: NaiveDate) -> Option<&LlmPrice> {
        self.prices.iter().filter(|p| p.status.holds(p.from, p.until, date)).max_by_key(|p| p.from)
    }

    /// The days on which a price row begins or ends.
    pub fn price_days(&self) -> impl Iterator<Item = NaiveDate> + '_ {
        self.prices.iter().flat_map(|p| [Some(p.from), p.until]).flatten()
    }
}
