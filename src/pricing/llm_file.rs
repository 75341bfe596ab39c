//! The shape of an LLM provider file, exactly as written; see `docs/pricing.md`.

use crate::diagnostic::Field;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LlmFile {
    pub(super) schema: Field,
    pub(super) service: Field,
    pub(super) service_provider_name: String,
    pub(super) service_name: String,
    pub(super) service_category: Field,
    pub(super) billing_currency: Field,
    pub(super) cached_tokens: super::CachedTokens,
    pub(super) on_disconnect: super::OnDisconnect,
    pub(super) on_disconnect_source: EvidenceFile,
    pub(super) response_bytes_per_output_token: Option<Field>,
    pub(super) response_bytes_source: Option<EvidenceFile>,
    pub(super) models: Vec<ModelFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EvidenceFile {
    pub(super) source: Field,
    pub(super) checked_on: Field,
    pub(super) confidence: super::Confidence,
    pub(super) note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelFile {
    pub(super) id: Field,
    #[serde(default)]
    pub(super) aliases: Vec<Field>,
    pub(super) context_window: Option<u64>,
    pub(super) max_output: Option<u64>,
    pub(super) min_cacheable: Option<u64>,
    pub(super) note: Option<String>,
    pub(super) prices: Vec<LlmPriceFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LlmPriceFile {
    pub(super) effective_from: Field,
    pub(super) effective_until: Option<Field>,
    pub(super) gap_after: Option<Field>,
    #[serde(default)]
    pub(super) status: super::Status,
    #[schemars(required)]
    pub(super) source: Option<Field>,
    pub(super) checked_on: Field,
    pub(super) confidence: super::Confidence,
    pub(super) note: Option<String>,
    #[schemars(with = "String")]
    pub(super) input: Field,
    #[schemars(with = "Option<String>")]
    pub(super) cache_read: Option<Field>,
    #[serde(default)]
    pub(super) cache_write: BTreeMap<String, Field>,
    #[schemars(with = "String")]
    pub(super) output: Field,
    pub(super) batch: Option<BatchFile>,
    pub(super) long_context: Option<LongContextFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchFile {
    #[schemars(with = "String")]
    pub(super) input: Field,
    #[schemars(with = "Option<String>")]
    pub(super) cache_read: Option<Field>,
    #[serde(default)]
    pub(super) cache_write: BTreeMap<String, Field>,
    #[schemars(with = "String")]
    pub(super) output: Field,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LongContextFile {
    pub(super) above: u32,
    pub(super) bound: Bound,
    #[schemars(with = "String")]
    pub(super) input: Field,
    #[schemars(with = "Option<String>")]
    pub(super) cache_read: Option<Field>,
    #[serde(default)]
    pub(super) cache_write: BTreeMap<String, Field>,
    #[schemars(with = "String")]
    pub(super) output: Field,
    pub(super) batch: Option<BatchFile>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Bound {
    Gt,
    Ge,
}

/// The JSON Schema of an LLM provider's file.
#[must_use]
pub fn llm_schema() -> Schema {
    schemars::schema_for!(LlmFile)
}
