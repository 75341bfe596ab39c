//! What was used, before anybody has billed it.

use super::hours::Hours;
use crate::metering::{Band, TokenClass};
use crate::pricing::{LlmProvider, Model, Pool, Service};
use crate::units::Usage;
use std::collections::BTreeMap;

/// Usage of one SKU by one workload.
#[derive(Clone, Debug)]
pub struct UsageLine {
    /// The workload; `None` for what the account uses besides.
    pub workload: Option<String>,
    /// Index of the SKU in the service.
    pub sku: usize,
    /// Where.
    pub region: String,
    /// Whose.
    pub pool: Pool,
    /// How much, in base units.
    pub usage: Usage,
    /// When; without it the usage is even over the period.
    pub hours: Option<Hours>,
}

/// Options of an account: plan, seats, commitment.
pub type Account = BTreeMap<String, String>;

/// All usage of one service by one account.
#[derive(Clone, Debug)]
pub struct ServiceUsage<'a> {
    /// The service.
    pub service: &'a Service,
    /// The account's options, defaults filled in.
    pub account: Account,
    /// Usage of all workloads.
    pub lines: Vec<UsageLine>,
}

/// Tokens of one model by one workload.
#[derive(Clone, Debug)]
pub struct TokenUsage<'a> {
    /// The workload.
    pub workload: String,
    /// The provider.
    pub provider: &'a LlmProvider,
    /// The model.
    pub model: &'a Model,
    /// Batch prices apply.
    pub batch: bool,
    /// Lifetime of cache entries, where writes are priced by it.
    pub cache_lifetime: Option<String>,
    /// Rates that apply.
    pub band: Band,
    /// Kind of token.
    pub class: TokenClass,
    /// How many.
    pub usage: Usage,
}
