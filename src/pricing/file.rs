//! The shape of a service file, exactly as written; see `docs/pricing.md`.
//!
//! Scalars stay text with their place, so that the checks in [`super::load`] can point at them.

use crate::diagnostic::{Field, Located, either};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde::de::{MapAccess, SeqAccess, Visitor};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceFile {
    pub(super) schema: Field,
    pub(super) service: Field,
    pub(super) service_provider_name: String,
    pub(super) service_name: String,
    pub(super) service_category: Field,
    pub(super) service_subcategory: Option<Field>,
    #[serde(default)]
    pub(super) bill_names: Vec<String>,
    pub(super) billing_currency: Field,
    pub(super) default_region: Field,
    pub(super) regions: BTreeMap<String, RegionFile>,
    #[serde(default)]
    pub(super) account: BTreeMap<String, SettingFile>,
    #[serde(default)]
    pub(super) platforms: Vec<PlatformFile>,
    #[serde(default)]
    pub(super) skus: Vec<SkuFile>,
    #[serde(default)]
    pub(super) allowances: Vec<AllowanceFile>,
    #[serde(default)]
    pub(super) fees: Vec<FeeFile>,
    #[serde(default)]
    pub(super) commitments: Vec<CommitmentFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RegionFile {
    pub(super) name: String,
    pub(super) group: Option<String>,
    pub(super) multiplier: Option<Field>,
    pub(super) area: Option<super::Area>,
    // Regions may carry their own evidence for the group they are in.
    #[expect(dead_code, reason = "documentation for readers of the file")]
    pub(super) note: Option<String>,
}

/// Conditions as written: each name must have one of the listed values.
pub(super) type When = BTreeMap<String, Vec<Field>>;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PlatformFile {
    pub(super) id: Field,
    pub(super) name: String,
    #[serde(default)]
    pub(super) aliases: Vec<Field>,
    pub(super) scaling: super::Scaling,
    pub(super) warm_capacity: super::WarmCapacity,
    #[serde(default)]
    pub(super) transports: Vec<super::Transport>,
    #[serde(default)]
    pub(super) carries_egress: bool,
    #[serde(default)]
    pub(super) featured: bool,
    #[serde(default = "yes")]
    pub(super) recommended: bool,
    pub(super) source: Field,
    pub(super) checked_on: Field,
    #[serde(default)]
    pub(super) confidence: super::Confidence,
    pub(super) note: Option<String>,
    pub(super) settings: BTreeMap<String, SettingFile>,
    pub(super) schedule_export: Option<ScheduleExportFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleExportFile {
    pub(super) name: String,
    pub(super) kind: super::ExportKind,
    pub(super) head: Field,
    pub(super) each: Field,
    pub(super) source: Field,
    pub(super) checked_on: Field,
    #[serde(default)]
    pub(super) confidence: super::Confidence,
    pub(super) note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SettingFile {
    pub(super) default: Option<Field>,
    pub(super) minimum: Option<Field>,
    pub(super) maximum: Option<Field>,
    pub(super) step: Option<Field>,
    #[serde(default)]
    pub(super) configurable: bool,
    #[serde(default)]
    pub(super) values: Choices,
    #[serde(default, rename = "try")]
    pub(super) tries: Vec<Field>,
    pub(super) source: Field,
    pub(super) checked_on: Field,
    #[serde(default)]
    pub(super) confidence: super::Confidence,
    pub(super) note: Option<String>,
}

fn yes() -> bool {
    true
}

/// The JSON Schema of a service file.
#[must_use]
pub fn service_schema() -> Schema {
    schemars::schema_for!(ServiceFile)
}

/// `values`: a list of words, or a map from a word to what it fixes.
#[derive(Debug, Default)]
pub(super) struct Choices(pub(super) Vec<(String, BTreeMap<String, String>)>);

impl JsonSchema for Choices {
    fn schema_name() -> Cow<'static, str> {
        "Choices".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let scalar = Field::json_schema(generator);
        let fixes = json_schema!({ "type": ["object", "null"], "additionalProperties": scalar });
        either(
            json_schema!({ "type": "array", "items": scalar }),
            json_schema!({ "type": "object", "additionalProperties": fixes }),
        )
    }
}

impl<'de> Deserialize<'de> for Choices {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = Choices;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of values, or a map from a value to what it fixes")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Choices, A::Error> {
                let mut choices = Vec::new();
                while let Some(name) = seq.next_element::<String>()? {
                    choices.push((name, BTreeMap::new()));
                }
                Ok(Choices(choices))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Choices, A::Error> {
                let mut map = map;
                let mut choices = Vec::new();
                while let Some((name, fixes)) =
                    map.next_entry::<String, Option<BTreeMap<String, String>>>()?
                {
                    choices.push((name, fixes.unwrap_or_default()));
                }
                Ok(Choices(choices))
            }
        }
        deserializer.deserialize_any(V)
    }
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SkuFile {
    pub(super) sku_id: Field,
    pub(super) name: String,
    pub(super) component: super::Component,
    pub(super) platforms: Option<Vec<Field>>,
    #[serde(default)]
    pub(super) when: When,
    pub(super) meter: Located<MeterFile>,
    pub(super) pricing_unit: Field,
    pub(super) measured_as: Option<Field>,
    pub(super) month: Option<Field>,
    #[schemars(required)]
    pub(super) tiering: Option<super::Tiering>,
    pub(super) billable_round_up: Option<RoundUpFile>,
    pub(super) prices: Vec<PriceFile>,
    #[serde(default)]
    pub(super) usage_types: Vec<String>,
    #[serde(default)]
    pub(super) provider_ids: Vec<String>,
    pub(super) note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoundUpFile {
    pub(super) to: Field,
    #[serde(default)]
    pub(super) when: When,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MeterFile {
    pub(super) clock: super::Clock,
    #[serde(default)]
    pub(super) pool: Vec<super::Pool>,
    pub(super) weight: Option<WeightFile>,
    #[serde(default)]
    pub(super) include: Vec<super::Phase>,
    pub(super) round_up: Option<Field>,
    pub(super) minimum: Option<Field>,
    pub(super) prepaid_carry: Option<CarryFile>,
    pub(super) free_per_request: Option<Field>,
    #[serde(default)]
    pub(super) bytes: Vec<super::ByteKind>,
    #[serde(default)]
    pub(super) of: super::Of,
    pub(super) step: Option<Field>,
    pub(super) minimum_bytes: Option<Field>,
    pub(super) direction: Option<super::Direction>,
    pub(super) capacity: Option<CapacityFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CapacityFile {
    pub(super) window: Field,
    pub(super) take: super::Take,
    #[serde(default)]
    pub(super) whole: bool,
    pub(super) minimum: Option<Field>,
    #[serde(default)]
    pub(super) steps: Vec<Field>,
    pub(super) units: Option<Field>,
    pub(super) of: Vec<UnitLoadFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UnitLoadFile {
    pub(super) load: super::Load,
    pub(super) per_unit: Field,
    pub(super) every: Option<Field>,
    pub(super) direction: Option<super::Direction>,
    #[serde(default)]
    pub(super) times: Vec<Field>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CarryFile {
    pub(super) publish_every: Field,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WeightFile {
    pub(super) setting: Field,
    pub(super) less: Option<Field>,
    pub(super) round_up_to: Option<Field>,
    pub(super) minimum: Option<Field>,
    pub(super) maximum: Option<Field>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceFile {
    pub(super) regions: Option<Vec<Field>>,
    pub(super) group: Option<Field>,
    pub(super) all_regions: Option<bool>,
    #[serde(default)]
    pub(super) multiplied: bool,
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
    #[schemars(with = "Option<String>")]
    pub(super) unit_price: Option<Field>,
    #[serde(default)]
    pub(super) tiers: Vec<TierFile>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TierFile {
    #[schemars(with = "String")]
    pub(super) from: Field,
    #[schemars(with = "String")]
    pub(super) unit_price: Field,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AllowanceFile {
    pub(super) id: Field,
    pub(super) name: String,
    pub(super) skus: Vec<Field>,
    #[schemars(with = "Option<String>")]
    pub(super) quantity: Option<Field>,
    #[schemars(with = "Option<String>")]
    pub(super) money: Option<Field>,
    pub(super) per: Option<PerFile>,
    #[serde(default)]
    pub(super) when: When,
    #[serde(default)]
    pub(super) pools: Vec<super::Pool>,
    #[serde(default)]
    pub(super) included: bool,
    pub(super) shared_as: Option<Field>,
    pub(super) source: Field,
    pub(super) checked_on: Field,
    pub(super) confidence: super::Confidence,
    pub(super) note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PerFile {
    pub(super) sku: Field,
    pub(super) quantity: Field,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FeeFile {
    pub(super) id: Field,
    pub(super) name: String,
    #[serde(default)]
    pub(super) when: When,
    #[schemars(with = "String")]
    pub(super) unit_price: Field,
    #[schemars(with = "Option<String>")]
    pub(super) quantity: Option<Field>,
    pub(super) shared_as: Option<Field>,
    pub(super) effective_from: Field,
    pub(super) effective_until: Option<Field>,
    #[serde(default)]
    pub(super) status: super::Status,
    pub(super) source: Field,
    pub(super) checked_on: Field,
    pub(super) confidence: super::Confidence,
    pub(super) note: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommitmentFile {
    pub(super) id: Field,
    pub(super) name: String,
    pub(super) when: When,
    #[schemars(with = "String")]
    pub(super) percent: Field,
    pub(super) skus: Vec<Field>,
    pub(super) source: Field,
    pub(super) checked_on: Field,
    pub(super) confidence: super::Confidence,
    pub(super) note: Option<String>,
}
