//! Negotiated rates as written: the `pricing:` block of a scenario, or a file of its own.

use crate::diagnostic::Field;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What an account has agreed with its vendors.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RatesFile {
    /// Percentages off the list price.
    pub discounts: Vec<DiscountFile>,
    /// Prices instead of the list price.
    pub prices: Vec<PrivatePriceFile>,
    /// What is bought in advance.
    pub commitments: Vec<CommitmentFile>,
}

/// A percentage off; for everything if it names nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiscountFile {
    /// From 0 to 100.
    pub percent: Field,
    /// A provider, as bills name it.
    pub provider: Option<Field>,
    /// A service, by the name of its price file.
    pub service: Option<Field>,
    /// A SKU.
    pub sku: Option<Field>,
    /// A model, `provider/model`.
    pub model: Option<Field>,
    /// Only in these regions.
    #[serde(default)]
    pub regions: Vec<Field>,
}

/// A private price of a SKU or of a model's tokens.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivatePriceFile {
    /// The SKU …
    pub sku: Option<Field>,
    /// … in one region …
    pub region: Option<Field>,
    /// … costs this for each pricing unit.
    pub unit_price: Option<Field>,
    /// The model …
    pub model: Option<Field>,
    /// … costs this per million prompt tokens,
    pub input: Option<Field>,
    /// read from the cache,
    pub cache_read: Option<Field>,
    /// written to it, by lifetime,
    #[serde(default)]
    pub cache_write: BTreeMap<String, Field>,
    /// and generated.
    pub output: Option<Field>,
    /// First day.
    pub from: Option<Field>,
    /// Last day, exclusive.
    pub until: Option<Field>,
}

/// A commitment of either kind.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommitmentFile {
    /// `spend` or `capacity`.
    pub kind: Field,
    /// What to call it.
    pub name: Field,
    /// Whose it is.
    pub provider: Option<Field>,
    /// `spend`: US dollars an hour.
    pub per_hour: Option<Field>,
    /// `spend`: off the list price.
    pub percent: Option<Field>,
    /// `spend`: the SKUs it covers.
    #[serde(default)]
    pub skus: Vec<Field>,
    /// `capacity`: the SKU.
    pub sku: Option<Field>,
    /// `capacity`: how many run at once.
    pub units: Option<Field>,
    /// `capacity`: of one pricing unit of the SKU.
    pub unit_price: Option<Field>,
    /// Only in these regions.
    #[serde(default)]
    pub regions: Vec<Field>,
}
