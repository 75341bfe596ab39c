//! SKUs: what is metered, and the dated prices of it.

use super::{Conditions, Evidence};
use crate::units::{PricingUnit, SimDuration, UnitPrice};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Deserialize;

/// Which part of a bill a SKU belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Component {
    /// Time while requests run.
    Compute,
    /// Per-request fees.
    Requests,
    /// Warm capacity paid while idle.
    Idle,
    /// Disk, snapshots, caches.
    Storage,
    /// Data leaving the platform.
    Egress,
    /// LLM tokens.
    Tokens,
    /// Plans, seats and other monthly fees.
    Fees,
}

impl Component {
    /// The name used in files and output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Compute => "compute",
            Self::Requests => "requests",
            Self::Idle => "idle",
            Self::Storage => "storage",
            Self::Egress => "egress",
            Self::Tokens => "tokens",
            Self::Fees => "fees",
        }
    }
}

/// The interval or count that runs on a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Each request's time from start to last byte.
    RequestDuration,
    /// Per instance, the union of its in-flight intervals.
    InstanceActive,
    /// Per instance, start to stop, idle included.
    InstanceLifetime,
    /// Machines that exist but are stopped.
    InstanceStopped,
    /// Configured provisioned units × wall time.
    Provisioned,
    /// Floor instances while idle.
    WarmIdle,
    /// Instances that serve nothing while no more than the minimum run.
    IdleAtMinimum,
    /// Instance lifetime that is not idle at the minimum.
    LifetimeLessIdle,
    /// Wall time of the deployment.
    Deployed,
    /// CPU time burnt by requests.
    ActiveCpu,
    /// Requests.
    Requests,
    /// Cold starts.
    Starts,
    /// Bytes written to clients.
    ResponseBytes,
    /// Bytes to the internet.
    EgressBytes,
    /// Requests, each counted once for every started step of its bytes.
    RequestSteps,
    /// Messages between client and function, each counted once for every started step.
    Messages,
    /// Bytes of those messages.
    MessageBytes,
    /// Connections opened by clients.
    Connections,
    /// Time a client's connection is open, idle turns included.
    ConnectionTime,
    /// Capacity units that the traffic needs, over time.
    Capacity,
    /// Nothing the replay sees: only what a scenario states under `usage:`.
    Stated,
}

/// Whose usage it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Pool {
    /// Served by on-demand instances while nothing is provisioned.
    OnDemand,
    /// Served by the provisioned pool.
    Provisioned,
    /// Served on demand while provisioned capacity is configured.
    Spillover,
}

impl Pool {
    /// Every pool, in the order of their indices.
    pub const ALL: [Self; 3] = [Self::OnDemand, Self::Provisioned, Self::Spillover];

    /// Position in [`Pool::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// A phase of an instance's life that a vendor may bill besides serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The cold start.
    Startup,
    /// After the last request.
    Shutdown,
}

/// Which bytes count as egress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ByteKind {
    /// To the client.
    Response,
    /// From the client.
    Request,
    /// To the model provider.
    UpstreamRequest,
}

/// Which way a message goes, seen from the function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the client.
    In,
    /// To the client.
    Out,
}

/// Which of several byte counts of a request makes its steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// Their sum.
    #[default]
    Sum,
    /// The largest.
    Largest,
}

/// What a capacity unit is filled by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Load {
    /// Connections opened, as a rate.
    NewConnections,
    /// Connections open at once.
    ActiveConnections,
    /// Requests, as a rate.
    Requests,
    /// Messages, as a rate.
    Messages,
    /// Bytes of messages, as a rate.
    MessageBytes,
    /// Bytes of requests and responses, as a rate.
    Bytes,
}

/// How much of a load one unit carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitLoad {
    /// The load.
    pub load: Load,
    /// Connections, requests, messages or bytes of one unit …
    pub per_unit: u64,
    /// … in this time; `None` for what is counted at an instant.
    pub every: Option<SimDuration>,
    /// Which messages count.
    pub direction: Option<Direction>,
    /// Settings whose sum multiplies the load, such as the number of readers.
    pub times: Vec<String>,
    /// That sum; 1 without settings.
    pub multiplier: u64,
}

/// Which windows' units are paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Take {
    /// Each window its own.
    Each,
    /// Every window the largest.
    Peak,
}

/// Capacity units: per window the largest of its loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// Length of a window.
    pub window: SimDuration,
    /// Which windows are paid.
    pub take: Take,
    /// Units are whole, rounded up.
    pub whole: bool,
    /// At least so many.
    pub minimum: u32,
    /// The numbers of units one can have; empty means any.
    pub steps: Vec<u32>,
    /// A setting that says how many there are, whatever the traffic.
    pub units: Option<String>,
    /// What fills a unit.
    pub of: Vec<UnitLoad>,
}

/// How tiers apply to a month's quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tiering {
    /// Each unit at the price of the tier it falls in.
    Graduated,
    /// All units at the price of the tier the total falls in.
    Cliff,
    /// One price.
    Flat,
}

/// Whether a price holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Published and valid on its dates.
    #[default]
    InForce,
    /// Announced for a later date; used from that date on.
    Announced,
    /// Announced once and taken back; never used.
    Withdrawn,
}

impl Status {
    /// Whether a price of this status, valid from `from` until `until` (exclusive), holds on `date`.
    #[must_use]
    pub fn holds(self, from: NaiveDate, until: Option<NaiveDate>, date: NaiveDate) -> bool {
        self != Self::Withdrawn && from <= date && until.is_none_or(|until| date < until)
    }
}

/// What a clock is multiplied by, in base units of the pricing unit's dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The setting that gives the weight.
    pub setting: String,
    /// Subtracted first (a setting or a literal), floored at zero.
    pub less: Option<String>,
    /// Rounded up to a multiple of this literal.
    pub round_up_to: Option<String>,
    /// At least this literal.
    pub minimum: Option<String>,
    /// At most this literal.
    pub maximum: Option<String>,
}

/// How usage is measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meter {
    /// The clock.
    pub clock: Clock,
    /// Pools whose usage counts; empty means all.
    pub pools: Vec<Pool>,
    /// The weight; `None` means 1.
    pub weight: Option<Weight>,
    /// Whether the cold start is on the clock.
    pub startup: bool,
    /// Whether the shutdown is on the clock.
    pub shutdown: bool,
    /// Each record is rounded up to a multiple of this.
    pub round_up: SimDuration,
    /// Each record is at least this long.
    pub minimum: SimDuration,
    /// Paid time carries over; usage is published at this interval.
    pub prepaid_carry: Option<SimDuration>,
    /// Bytes of each request that are free.
    pub free_per_request: u64,
    /// Which bytes count.
    pub bytes: Vec<ByteKind>,
    /// Whether the largest or the sum of those bytes makes steps.
    pub of: Of,
    /// Bytes of one step of a request or message; 0 counts each once.
    pub step: u64,
    /// Bytes that a message counts at least.
    pub minimum_bytes: u64,
    /// Which messages count; `None` means both ways.
    pub direction: Option<Direction>,
    /// The rule of a capacity clock.
    pub capacity: Option<Capacity>,
}

/// One price step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// First unit of the month at this price, in pricing units.
    pub from: Decimal,
    /// Price of one unit.
    pub unit_price: UnitPrice,
}

/// The regions a price row is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Regions {
    /// All of the service's regions.
    All,
    /// The regions of a group.
    Group(String),
    /// These regions.
    Listed(Vec<String>),
}

/// A price, for some regions, from one day to another.
#[derive(Clone, Debug)]
pub struct PriceRow {
    /// Where it holds.
    pub regions: Regions,
    /// First day, inclusive.
    pub from: NaiveDate,
    /// Last day, exclusive.
    pub until: Option<NaiveDate>,
    /// Why nothing is known between this row and the next.
    pub gap_after: Option<String>,
    /// Whether it holds at all.
    pub status: Status,
    /// Whether the region's multiplier applies.
    pub multiplied: bool,
    /// Steps in ascending order; one for a flat price.
    pub tiers: Vec<Tier>,
    /// Who says so.
    pub evidence: Evidence,
}

impl PriceRow {
    /// Whether the row is valid on `date`.
    #[must_use]
    pub fn holds_on(&self, date: NaiveDate) -> bool {
        self.status.holds(self.from, self.until, date)
    }
}

/// The billable quantity of a month, after allowances, in whole steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillableRoundUp {
    /// Rounded up to a multiple of so many pricing units.
    pub to: Decimal,
    /// Account options that must hold.
    pub when: Conditions,
}

/// Something a vendor sells, with its meter and its prices.
#[derive(Clone, Debug)]
pub struct Sku {
    /// Unique in the book.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Its part of the bill.
    pub component: Component,
    /// Platforms of the file it applies to; empty means all.
    pub platforms: Vec<String>,
    /// Settings and account options that must hold.
    pub when: Conditions,
    /// How it is measured.
    pub meter: Meter,
    /// The unit the price is for.
    pub unit: PricingUnit,
    /// The unit the quantity is counted in, where the vendor's label is loose.
    pub measured_as: PricingUnit,
    /// Fixed month length of `…-Months` units.
    pub month: Option<SimDuration>,
    /// How tiers apply.
    pub tiering: Tiering,
    /// Whether the month's quantity is billed in whole steps.
    pub billable_round_up: Option<BillableRoundUp>,
    /// Dated prices.
    pub rows: Vec<PriceRow>,
    /// What the vendor's bills call its usage, without a region's prefix.
    pub usage_types: Vec<String>,
    /// The vendor's own ids of it, as bills print them.
    pub provider_ids: Vec<String>,
    /// Remarks.
    pub note: Option<String>,
}
