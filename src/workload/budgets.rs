//! The `budgets:` section of a scenario: what `ssc check` holds a bill to.

use super::TextOr;
use crate::diagnostic::{Field, Located};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;

/// A limit: what must not be exceeded, or from where on to warn and to fail.
pub type Budget = Located<TextOr<LimitFile>>;

/// What a bill is held to, as written. What is not said is not limited.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BudgetsFile {
    /// Cost of a month, such as `1200 USD`; in proportion for another period.
    #[serde(deserialize_with = "stated")]
    pub monthly: Option<Budget>,
    /// 90th percentile of the cost of a month, told by the days that are replayed: in nine months of ten
    /// it is no more.
    #[serde(deserialize_with = "stated")]
    pub monthly_p90: Option<Budget>,
    /// Cost of 1,000 streams, such as `0.60 USD`.
    #[serde(deserialize_with = "stated")]
    pub per_1000_streams: Option<Budget>,
    /// Tokens of a month, such as `2B`; in proportion for another period.
    #[serde(deserialize_with = "stated")]
    pub tokens: Option<Budget>,
    /// Share of requests that start an instance, such as `1%`.
    #[serde(deserialize_with = "stated")]
    pub cold_starts: Option<Budget>,
    /// Share of requests that are cut, rejected or kept waiting too long.
    #[serde(deserialize_with = "stated")]
    pub failed: Option<Budget>,
    /// Median time to first token of the slowest workload, such as `2s`.
    #[serde(deserialize_with = "stated")]
    pub time_to_first_token_p50: Option<Budget>,
    /// 95th percentile of it.
    #[serde(deserialize_with = "stated")]
    pub time_to_first_token_p95: Option<Budget>,
    /// 99th percentile of it.
    #[serde(deserialize_with = "stated")]
    pub time_to_first_token_p99: Option<Budget>,
    /// Cost of a month of one workload, models and path included, by its name.
    pub workloads: BTreeMap<String, Budget>,
    /// Cost of a month of a platform's own service, plans and credits included, by the platform's id.
    pub platforms: BTreeMap<String, Budget>,
    /// How much dearer than the baseline, such as `5%`.
    #[serde(deserialize_with = "stated")]
    pub max_increase: Option<Budget>,
    /// The same in money, such as `50 USD`.
    #[serde(deserialize_with = "stated")]
    pub max_increase_usd: Option<Budget>,
}

/// Two levels of a limit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LimitFile {
    /// Above this the check warns.
    #[serde(deserialize_with = "stated")]
    pub warn: Option<Field>,
    /// Above this the check fails.
    #[serde(deserialize_with = "stated")]
    pub fail: Option<Field>,
}

/// What is written has a value: a limit that came out empty must not pass for none.
fn stated<'de, D: Deserializer<'de>, T: Deserialize<'de>>(value: D) -> Result<Option<T>, D::Error> {
    T::deserialize(value).map(Some)
}
