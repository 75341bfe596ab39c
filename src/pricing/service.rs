//! A service: its regions, platforms, SKUs, allowances, fees and commitments.

use super::{Conditions, Pool, ScheduleExport, SettingSpec, Sku, Status};
use crate::units::{Money, UnitPrice};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// How sure a fact is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// One indirect or undated source, or an assumption.
    Low,
    /// One good source.
    Medium,
    /// The vendor's own text, or several agreeing sources.
    #[default]
    High,
}

impl Confidence {
    /// The word used in files and output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// Where a fact comes from.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// URL or document.
    pub source: String,
    /// The day someone looked.
    pub checked_on: NaiveDate,
    /// How sure it is.
    pub confidence: Confidence,
    /// Doubts and remarks.
    pub note: Option<String>,
}

/// A region of a service.
#[derive(Clone, Debug)]
pub struct Region {
    /// What people call it.
    pub name: String,
    /// The named set it shares rows with.
    pub group: Option<String>,
    /// Factor on the base price, where a row says so.
    pub multiplier: Option<Decimal>,
    /// Where in the world; `None` for a price that holds everywhere.
    pub area: Option<Area>,
}

/// A part of the world within which latency and law are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "they are their names")]
pub enum Area {
    NorthAmerica,
    SouthAmerica,
    Europe,
    Asia,
    MiddleEast,
    Africa,
    Australia,
}

/// Which controller starts and stops instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scaling {
    /// An instance is started the moment a request finds none free.
    PerRequest,
    /// A proxy starts and stops existing machines, one per pass.
    ProxyLoop,
    /// The number of instances follows a utilisation target, by a clock.
    TargetUtilization,
    /// The number of instances never changes.
    Fixed,
    /// No instances: requests pass through on their way to a platform.
    None,
}

/// How an answer travels to the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    /// Server-sent events, or any streamed response body.
    #[default]
    Sse,
    /// A WebSocket.
    Websocket,
    /// A response sent when it is complete.
    Http,
}

impl Transport {
    /// Every transport.
    pub const ALL: [Self; 3] = [Self::Sse, Self::Websocket, Self::Http];

    /// The word used in files and output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sse => "sse",
            Self::Websocket => "websocket",
            Self::Http => "http",
        }
    }
}

/// What kind of warm capacity can be configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WarmCapacity {
    /// A floor under the number of instances.
    Minimum,
    /// A pool of its own, filled first, with its own rates.
    Provisioned,
    /// None.
    None,
}

/// One way to run code on a service.
#[derive(Clone, Debug)]
pub struct Platform {
    /// What a scenario writes.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Other names for it.
    pub aliases: Vec<String>,
    /// Its controller.
    pub scaling: Scaling,
    /// Its warm capacity.
    pub warm_capacity: WarmCapacity,
    /// Transports it can carry; empty means all.
    pub transports: Vec<Transport>,
    /// Whether bytes to clients leave here instead of from a platform of the same vendor.
    pub carries_egress: bool,
    /// Whether comparisons include it without being asked.
    pub featured: bool,
    /// Whether moving there may be recommended.
    pub recommended: bool,
    /// How a schedule of its warm capacity is written for its own tools.
    pub schedule_export: Option<ScheduleExport>,
    /// Who says how it scales.
    pub evidence: Evidence,
    /// What a deployment may set.
    pub settings: BTreeMap<String, SettingSpec>,
}

/// How large an allowance is.
#[derive(Clone, Debug, PartialEq)]
pub enum AllowanceSize {
    /// So many pricing units of the SKUs.
    Quantity(Decimal),
    /// So many pricing units of the SKUs for each pricing unit used of another SKU of the service.
    Per {
        /// The other SKU.
        sku: String,
        /// How many for each of its units.
        quantity: Decimal,
    },
    /// So much of the SKUs' cost.
    Money(Money),
}

/// Something free per account and month.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// Unique in the service.
    pub id: String,
    /// What people read.
    pub name: String,
    /// The SKUs that share it, in the order they use it up.
    pub skus: Vec<String>,
    /// How much.
    pub size: AllowanceSize,
    /// Account options that must hold.
    pub when: Conditions,
    /// Pools whose usage is eligible; empty means all.
    pub pools: Vec<Pool>,
    /// Whether it is part of the price, not a free tier that can be left out.
    pub included: bool,
    /// Allowances of this name in several services are one, given once per account.
    pub shared_as: Option<String>,
    /// Who says so.
    pub evidence: Evidence,
}

/// A monthly fee of the account.
#[derive(Clone, Debug)]
pub struct Fee {
    /// Unique in the service.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Account options that must hold.
    pub when: Conditions,
    /// Per month.
    pub unit_price: UnitPrice,
    /// The account option that says how many; `None` means 1.
    pub quantity: Option<String>,
    /// Fees of this name in several services are one, owed once per account.
    pub shared_as: Option<String>,
    /// First day, inclusive.
    pub from: NaiveDate,
    /// Last day, exclusive.
    pub until: Option<NaiveDate>,
    /// Whether it holds.
    pub status: Status,
    /// Who says so.
    pub evidence: Evidence,
}

/// A discount an account has committed to.
#[derive(Clone, Debug)]
pub struct Commitment {
    /// Unique in the service.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Account options that must hold.
    pub when: Conditions,
    /// Percent off the list price.
    pub percent: Decimal,
    /// SKUs it covers.
    pub skus: Vec<String>,
    /// Who says so.
    pub evidence: Evidence,
}

/// A service of a vendor, as one price file describes it.
#[derive(Clone, Debug)]
pub struct Service {
    /// The file's name.
    pub id: String,
    /// FOCUS `ServiceProviderName`.
    pub provider_name: String,
    /// FOCUS `ServiceName`.
    pub service_name: String,
    /// FOCUS `ServiceCategory`.
    pub category: String,
    /// FOCUS `ServiceSubcategory`; `Other (…)` where the file names none.
    pub subcategory: String,
    /// Other names the vendor's bills have for it.
    pub bill_names: Vec<String>,
    /// Region when none is given.
    pub default_region: String,
    /// Regions with prices.
    pub regions: BTreeMap<String, Region>,
    /// What an account may choose.
    pub account: BTreeMap<String, SettingSpec>,
    /// Ways to run code.
    pub platforms: Vec<Platform>,
    /// What is metered.
    pub skus: Vec<Sku>,
    /// What is free.
    pub allowances: Vec<Allowance>,
    /// Monthly fees.
    pub fees: Vec<Fee>,
    /// Discounts.
    pub commitments: Vec<Commitment>,
}
