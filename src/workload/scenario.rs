//! A scenario file: workloads, where they run, and what the account has.

use super::arrivals::ArrivalsSpec;
use super::{
    BudgetsFile, CascadeFile, GateFile, MemoryCurveFile, PostFile, RatesFile, RequestSpec,
    ScheduleSpec,
};
use crate::diagnostic::{Field, Located, either};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

/// A scenario as written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// What to call it; the file's name otherwise.
    pub name: Option<String>,
    /// Prices of this day.
    pub pricing_date: Option<Field>,
    /// Length of the billed period; 730 h otherwise.
    pub period: Option<Field>,
    /// How a shorter trace fills the period: `repeat`, `scale` or `none`.
    pub projection: Option<Field>,
    /// Seed of everything random.
    pub seed: Option<Field>,
    /// Price changes within the period: `split` (as they come) or `ignore` (the pricing date's all along).
    pub price_changes: Option<Field>,
    /// Negotiated rates and commitments.
    #[serde(default)]
    pub pricing: RatesFile,
    /// Platform of workloads that name none.
    pub platform: Option<Field>,
    /// Model of workloads that name none.
    pub llm: Option<Located<TextOr<LlmSpec>>>,
    /// Options per service: plans, seats, commitments.
    #[serde(default)]
    pub accounts: BTreeMap<String, BTreeMap<String, Field>>,
    /// What runs.
    #[serde(default)]
    pub workloads: Vec<WorkloadFile>,
    /// What the account uses besides.
    #[serde(default)]
    pub usage: Vec<UsageFile>,
    /// What every recommendation has to keep.
    pub objectives: Option<ObjectivesFile>,
    /// What `ssc check` holds the bill to.
    pub budgets: Option<BudgetsFile>,
}

impl ScenarioFile {
    /// The index of the workload as which another draws its random numbers: itself, but those that share
    /// out a trace draw as the first of them, so that each row needs the same wherever it runs.
    #[must_use]
    pub fn draws_as(&self, index: usize) -> usize {
        let shared = |w: &WorkloadFile| {
            let a = &w.arrivals.value;
            let trace = a.only.as_ref().or(a.except.as_ref()).and(a.trace.as_ref());
            trace.map(|trace| (trace.value.clone(), a.seed.as_ref().map(|s| s.value.clone())))
        };
        let own = self.workloads.get(index).and_then(shared);
        let first = || self.workloads.iter().position(|w| shared(w) == own);
        own.as_ref().and_then(|_| first()).unwrap_or(index)
    }
}

/// What every recommendation has to keep, as written. What is not said is not limited.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectivesFile {
    /// Longest median time to first token.
    pub time_to_first_token_p50: Option<Field>,
    /// Longest 95th percentile of it.
    pub time_to_first_token_p95: Option<Field>,
    /// Longest 99th percentile of it.
    pub time_to_first_token_p99: Option<Field>,
    /// Largest share of requests that start an instance.
    pub cold_starts: Option<Field>,
    /// Largest share of requests that are cut, rejected or kept waiting too long; as now if not said.
    pub failed: Option<Field>,
    /// Largest share of answers that a token cap cuts short; none if not said.
    pub truncated: Option<Field>,
    /// Platforms that may be used; all if empty.
    pub platforms: Vec<Field>,
    /// Regions that may be used; all if empty.
    pub regions: Vec<Field>,
    /// Models that may be used instead of those of the scenario; none if empty.
    pub models: Vec<Field>,
}

/// One workload as written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkloadFile {
    /// Its name, unique in the scenario.
    pub name: Field,
    /// Where it runs.
    pub platform: Option<Field>,
    /// In which region; the service's default otherwise.
    pub region: Option<Field>,
    /// Settings of the platform.
    #[serde(default)]
    pub deployment: BTreeMap<String, Located<TextOr<ScheduleSpec>>>,
    /// Where requests go on to that the platform turns away at its ceiling.
    pub overflow: Option<Located<OverflowFile>>,
    /// How answers travel to clients: `sse`, `websocket` or `http`.
    pub transport: Option<Field>,
    /// What requests pass on their way to the platform.
    #[serde(default)]
    pub path: Vec<Located<TextOr<PathFile>>>,
    /// What the workload uses besides.
    #[serde(default)]
    pub usage: Vec<UsageFile>,
    /// When requests arrive.
    pub arrivals: Located<ArrivalsSpec>,
    /// What each needs.
    pub requests: Option<RequestSpec>,
    /// How processor time changes with memory, as measured.
    pub memory_curve: Option<MemoryCurveFile>,
    /// The model it calls.
    pub llm: Option<Located<TextOr<LlmSpec>>>,
    /// What happens to a request before the answer.
    pub gate: Option<Located<GateFile>>,
    /// What is done after the last byte.
    pub post: Option<Located<PostFile>>,
}

/// Where requests go on to that a workload's platform has no room for.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OverflowFile {
    /// The second platform.
    pub platform: Field,
    /// In which region; the workload's otherwise, or the service's default.
    pub region: Option<Field>,
    /// Its settings.
    #[serde(default)]
    pub deployment: BTreeMap<String, Located<TextOr<ScheduleSpec>>>,
}

/// Something requests pass on their way, with settings.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PathFile {
    /// Its id in the price book.
    pub via: Field,
    /// In which region; the workload's otherwise, or the service's default.
    pub region: Option<Field>,
    /// Its settings.
    #[serde(default)]
    pub settings: BTreeMap<String, Located<TextOr<ScheduleSpec>>>,
}

/// Usage that no replay can see, as written.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UsageFile {
    /// The SKU.
    pub sku: Field,
    /// How much of its pricing unit in the billed period.
    pub quantity: Option<Field>,
    /// How much of its pricing unit for each request of the workload.
    pub per_request: Option<Field>,
    /// In which region; the workload's otherwise, or the service's default.
    pub region: Option<Field>,
}

/// A model and how it is called.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LlmSpec {
    /// `provider/model`.
    pub model: Field,
    /// Batch prices.
    #[serde(default)]
    pub batch: bool,
    /// Lifetime of cache entries, such as `5m`.
    pub cache_lifetime: Option<Field>,
    /// Other models for rows of a trace, by the trace's model label.
    #[serde(default)]
    pub by_trace_model: BTreeMap<String, Field>,
    /// A light model that is asked first.
    pub cascade: Option<Located<CascadeFile>>,
}

/// A scalar, or a mapping that says more.
#[derive(Clone, Debug)]
pub enum TextOr<T> {
    /// The scalar as text.
    Text(String),
    /// The mapping.
    More(Box<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for TextOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for V<T> {
            type Value = TextOr<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value or a mapping")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(TextOr::Text(text.into()))
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
                Ok(TextOr::Text(value.to_string()))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
                Ok(TextOr::Text(value.to_string()))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
                Ok(TextOr::Text(value.to_string()))
            }
            fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
                Ok(TextOr::Text(value.to_string()))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|v| TextOr::More(Box::new(v)))
            }
        }
        deserializer.deserialize_any(V(PhantomData))
    }
}

/// The scalar or the mapping.
impl<T: JsonSchema> JsonSchema for TextOr<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("{}OrScalar", T::schema_name()).into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        either(Field::json_schema(generator), generator.subschema_for::<T>())
    }
}
