//! The columns, once: name, versions, nullability, type, meaning, and how to get them. The CSV, the
//! metadata and the table in `docs/focus.md` are made from this list.

use super::row::Row;
use super::{CURRENCY, Version};
use crate::billing::Category;
use crate::billing::CommitmentStatus;
use crate::units::written::block;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

/// How FOCUS asks for a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Always there.
    Mandatory,
    /// There when the provider has the concept.
    Conditional,
    /// Better there than not.
    Recommended,
    /// Not of FOCUS: `x_…`.
    Custom,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// A plain decimal.
    Decimal,
    /// An instant in UTC.
    DateTime,
    /// A flat JSON object.
    Json,
}

/// Which versions have a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// All.
    Always,
    /// Only those up to 1.2.
    UpTo1_2,
    /// Only those from 1.3 on.
    From1_3,
}

/// One column.
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// Versions that have it.
    pub since: Since,
    /// How FOCUS asks for it.
    pub level: Level,
    /// Whether it may be empty.
    pub nullable: bool,
    /// What it holds.
    pub kind: Kind,
    /// What stands there in an estimate.
    pub about: &'static str,
    pub(super) value: fn(&Row<'_>) -> Option<String>,
}

impl Column {
    /// Whether the version has it.
    #[must_use]
    pub fn is_in(&self, version: Version) -> bool {
        match self.since {
            Since::Always => true,
            Since::UpTo1_2 => version == Version::V1_2,
            Since::From1_3 => version == Version::V1_4,
        }
    }
}

/// A plain decimal, exact, without trailing zeros, never scientific.
fn number(value: Decimal) -> String {
    if value.is_zero() { "0".to_owned() } else { value.normalize().to_string() }
}

/// A cost or price that is there.
fn some(value: Decimal) -> Option<String> {
    Some(number(value))
}

/// A text that is there.
fn text(value: &str) -> Option<String> {
    Some(value.to_owned()).filter(|v| !v.is_empty())
}

/// `YYYY-MM-DDTHH:MM:SSZ`.
pub(super) fn instant(value: DateTime<Utc>) -> String {
    value.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A unit as FOCUS writes it: `1000000 Tokens` rather than `1M Tokens`.
fn unit(name: &str) -> String {
    match block(name) {
        (1, _) => name.to_owned(),
        (n, noun) => format!("{n} {noun}"),
    }
}

fn pricing_unit(row: &Row<'_>) -> Option<String> {
    row.charge.pricing_quantity?;
    row.charge.pricing_unit.as_deref().map(unit)
}

fn consumed(row: &Row<'_>) -> Option<(Decimal, String)> {
    if row.charge.commitment_status == Some(CommitmentStatus::Unused) {
        return None;
    }
    let name = row.charge.pricing_unit.as_deref()?;
    let quantity = row.charge.pricing_quantity?;
    let (n, noun) = block(name);
    let used = row.is_usage().then(|| quantity.0.checked_mul(Decimal::from(n)))??;
    Some((used, noun.to_owned()))
}

const fn column(
    name: &'static str,
    level: Level,
    nullable: bool,
    kind: Kind,
    about: &'static str,
    value: fn(&Row<'_>) -> Option<String>,
) -> Column {
    Column { name, since: Since::Always, level, nullable, kind, about, value }
}

impl Column {
    const fn only(mut self, since: Since) -> Self {
        self.since = since;
        self
    }
}

use Kind::{DateTime as When, Decimal as Number, Json, Text};
use Level::{Conditional, Custom, Mandatory, Recommended};

const NULL: bool = true;
const NOT_NULL: bool = false;

/// Every column, FOCUS first in alphabetical order, then those of this program.
#[rustfmt::skip]
pub const COLUMNS: &[Column] = &[
    column("BilledCost", Mandatory, NOT_NULL, Number,
        "projected cost; 0 where a commitment covers the row", |r| some(r.billed_cost())),
    column("BillingAccountId", Mandatory, NOT_NULL, Text(256),
        "`--billing-account`, or `estimate/<scenario>`", |r| text(r.focus.billing_account)),
    column("BillingAccountName", Mandatory, NULL, Text(256),
        "null", |_| None),
    column("BillingCurrency", Mandatory, NOT_NULL, Text(3),
        "currency of the price files", |_| text(CURRENCY)),
    column("BillingPeriodEnd", Mandatory, NOT_NULL, When,
        "end of the estimate's period, exclusive", |r| Some(instant(r.billing_period.1))),
    column("BillingPeriodStart", Mandatory, NOT_NULL, When,
        "start of the estimate's period", |r| Some(instant(r.billing_period.0))),
    column("ChargeCategory", Mandatory, NOT_NULL, Text(16),
        "`Usage`, `Purchase` (fees, commitments) or `Credit`", |r| text(r.charge.charge_category.name())),
    column("ChargeClass", Mandatory, NULL, Text(16),
        "null: an estimate corrects nothing", |_| None),
    column("ChargeDescription", Mandatory, NULL, Text(1024),
        "what the table prints", |r| text(&r.charge.charge_description)),
    column("ChargeFrequency", Recommended, NOT_NULL, Text(16),
        "`Usage-Based`, or `Recurring` for fees and credits",
        |r| text(if r.is_usage() { "Usage-Based" } else { "Recurring" })),
    column("ChargePeriodEnd", Mandatory, NOT_NULL, When,
        "end of the row's period, exclusive", |r| Some(instant(r.charge_period.1))),
    column("ChargePeriodStart", Mandatory, NOT_NULL, When,
        "start of the row's period", |r| Some(instant(r.charge_period.0))),
    column("CommitmentDiscountCategory", Conditional, NULL, Text(16),
        "`Spend`, on rows of a commitment", |r| r.charge.commitment.as_ref().and(text("Spend"))),
    column("CommitmentDiscountId", Conditional, NULL, Text(512),
        "the commitment, by service and name", |r| r.commitment_id()),
    column("CommitmentDiscountName", Conditional, NULL, Text(256),
        "its name in the price file", |r| r.charge.commitment.clone()),
    column("CommitmentDiscountStatus", Conditional, NULL, Text(16),
        "`Used` on the usage it covers, `Unused` on what it did not",
        |r| r.commitment_status()),
    column("CommitmentDiscountType", Conditional, NULL, Text(256),
        "its name in the price file", |r| r.charge.commitment.clone()),
    column("ConsumedQuantity", Conditional, NULL, Number,
        "PricingQuantity in single units, after the vendor's rounding; usage only",
        |r| consumed(r).map(|(q, _)| number(q))),
    column("ConsumedUnit", Conditional, NULL, Text(64),
        "the single unit", |r| consumed(r).map(|(_, unit)| unit)),
    column("ContractedCost", Mandatory, NOT_NULL, Number,
        "ContractedUnitPrice × PricingQuantity, exactly; BilledCost for credits",
        |r| some(r.contracted_cost())),
    column("ContractedUnitPrice", Conditional, NULL, Number,
        "price after negotiated rates; 0 for free usage; commitments do not change it",
        |r| r.contracted_unit_price().map(number)),
    column("EffectiveCost", Mandatory, NOT_NULL, Number,
        "cost with commitments spread over what they cover", |r| some(r.effective_cost())),
    column("HostProviderName", Mandatory, NOT_NULL, Text(256),
        "= ServiceProviderName", |r| text(&r.charge.service_provider_name)).only(Since::From1_3),
    column("InvoiceId", Recommended, NULL, Text(64),
        "null: nobody invoices an estimate", |_| None),
    column("InvoiceIssuerName", Mandatory, NOT_NULL, Text(256),
        "= ServiceProviderName", |r| text(&r.charge.service_provider_name)),
    column("ListCost", Mandatory, NOT_NULL, Number,
        "ListUnitPrice × PricingQuantity, exactly; BilledCost for credits", |r| some(r.list_cost())),
    column("ListUnitPrice", Conditional, NULL, Number,
        "price in the price file; null for credits", |r| r.charge.list_unit_price.map(|p| number(p.0))),
    column("PricingCategory", Conditional, NULL, Text(16),
        "`Standard`, or `Committed` on usage that a commitment covers; null for credits",
        |r| r.pricing_category()),
    column("PricingQuantity", Mandatory, NULL, Number,
        "metered quantity in the pricing unit; null for credits",
        |r| r.charge.pricing_quantity.map(|q| number(q.0))),
    column("PricingUnit", Mandatory, NULL, Text(64),
        "pricing unit; blocks in digits: `1000000 Tokens`", pricing_unit),
    column("ProviderName", Mandatory, NOT_NULL, Text(256),
        "the provider", |r| text(&r.charge.service_provider_name)).only(Since::UpTo1_2),
    column("PublisherName", Mandatory, NOT_NULL, Text(256),
        "= ProviderName", |r| text(&r.charge.service_provider_name)).only(Since::UpTo1_2),
    column("RegionId", Conditional, NULL, Text(64),
        "region of the workload; null for models, fees and credits", |r| r.charge.region_id.clone()),
    column("RegionName", Conditional, NULL, Text(256),
        "its name in the price file", |r| r.region_name()),
    column("ResourceId", Conditional, NULL, Text(512),
        "`<scenario>/<workload>`; null for fees and credits", |r| r.resource_id()),
    column("ResourceName", Conditional, NULL, Text(256),
        "the workload", |r| r.charge.workload.clone()),
    column("ResourceType", Conditional, NULL, Text(256),
        "the platform the workload runs on", |r| r.resource_type()),
    column("ServiceCategory", Mandatory, NOT_NULL, Text(64),
        "category in the price file", |r| text(&r.charge.service_category)),
    column("ServiceName", Mandatory, NOT_NULL, Text(256),
        "service in the price file", |r| text(&r.charge.service_name)),
    column("ServiceProviderName", Mandatory, NOT_NULL, Text(256),
        "the provider", |r| text(&r.charge.service_provider_name)).only(Since::From1_3),
    column("ServiceSubcategory", Recommended, NOT_NULL, Text(64),
        "subcategory in the price file", |r| Some(r.subcategory())),
    column("SkuId", Conditional, NULL, Text(256),
        "`sku_id` of the price file; null for credits", |r| r.sku().map(|s| s.0.to_owned())),
    column("SkuMeter", Conditional, NULL, Text(256),
        "name of the SKU", |r| r.sku_meter()),
    column("SkuPriceDetails", Conditional, NULL, Json,
        "part of the bill, as JSON",
        |r| r.sku().map(|_| format!("{{\"x_Component\":\"{}\"}}", r.charge.component.name()))),
    column("SkuPriceId", Conditional, NULL, Text(512),
        "SKU, region, first day and tier of the price; null for credits", |r| r.sku().map(|s| s.1.to_owned())),
    column("x_Allowance", Custom, NULL, Text(256),
        "the free tier or credit that pays", |r| r.charge.allowance.clone()),
    column("x_Component", Custom, NOT_NULL, Text(32),
        "part of the bill: compute, requests, tokens, …", |r| text(r.charge.component.name())),
    column("x_Confidence", Custom, NOT_NULL, Text(16),
        "how sure the price is: low, medium, high", |r| text(r.charge.evidence.confidence.name())),
    column("x_IsEstimate", Custom, NOT_NULL, Text(4),
        "`true`", |_| text("true")),
    column("x_PriceCheckedOn", Custom, NOT_NULL, When,
        "the day someone last looked at the price", |r| Some(instant(super::midnight(r.charge.evidence.checked_on)))),
    column("x_PriceEffectiveFrom", Custom, NULL, When,
        "first day of the price",
        |r| r.charge.evidence.effective_from.map(|d| instant(super::midnight(d)))),
    column("x_PriceListDigest", Custom, NOT_NULL, Text(64),
        "SHA-256 of all price files", |r| text(&r.focus.price_list_digest)),
    column("x_PriceSource", Custom, NOT_NULL, Text(2048),
        "where the price is from", |r| text(&r.charge.evidence.source)),
    column("x_PricingDate", Custom, NOT_NULL, When,
        "the day whose prices hold", |r| Some(instant(super::midnight(r.estimate.pricing_date)))),
    column("x_Scenario", Custom, NOT_NULL, Text(256),
        "the scenario", |r| text(&r.estimate.name)),
    column("x_ScenarioDigest", Custom, NOT_NULL, Text(64),
        "SHA-256 of the scenario, its traces and the flags that change it", |r| text(&r.focus.scenario_digest)),
    column("x_Seed", Custom, NOT_NULL, Text(20),
        "seed of everything random", |r| r.seed()),
    column("x_Unpriced", Custom, NOT_NULL, Text(5),
        "`true` where something else of this workload has no price, so its rows are not all",
        |r| text(if r.is_incomplete() { "true" } else { "false" })),
    column("x_UsageType", Custom, NULL, Text(256),
        "what the vendor's bills call this usage, without a region's prefix", |r| r.usage_type()),
    column("x_Workload", Custom, NULL, Text(256),
        "the workload; null for the account as a whole", |r| r.charge.workload.clone()),
];

impl Row<'_> {
    pub(super) fn is_usage(&self) -> bool {
        self.charge.charge_category == Category::Usage
    }
}
