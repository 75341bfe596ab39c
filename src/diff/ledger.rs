//! What a bill says, whether it was just estimated or read from a file.

use crate::billing::Charge;
use crate::estimate::Estimate;
use crate::units::{Money, SimDuration};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// The charges of an estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The scenario's name.
    pub name: String,
    /// The day whose prices hold.
    pub pricing_date: NaiveDate,
    /// The billed period.
    pub period: SimDuration,
    /// What the period costs: the sum of all charges.
    pub total: Money,
    /// Requests of the period.
    pub streams: u64,
    /// The workloads' names.
    pub workloads: Vec<String>,
    /// The charges.
    pub entries: Vec<Entry>,
    /// What has no price.
    pub missing: Vec<Missing>,
}

/// One charge, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The workload; none for the account as a whole.
    pub workload: Option<String>,
    /// The service.
    pub service: String,
    /// The SKU, fee, credit or commitment.
    pub sku_id: String,
    /// What people read.
    pub name: String,
    /// The unit of the quantity.
    pub unit: Option<String>,
    /// How much; zero for credits.
    pub quantity: Decimal,
    /// List price of one unit; none for credits.
    pub unit_price: Option<Decimal>,
    /// At list price.
    pub list: Money,
    /// What is owed.
    pub billed: Money,
}

/// Usage without a price.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Missing {
    /// The workload; none for the account as a whole.
    pub workload: Option<String>,
    /// The SKU.
    pub sku_id: String,
    /// What people read.
    pub name: String,
    /// Why there is no price.
    pub reason: String,
}

impl Ledger {
    /// Whether everything has a price.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }
}

impl From<&Estimate> for Ledger {
    fn from(estimate: &Estimate) -> Self {
        let statement = &estimate.statement;
        let missing = statement.unpriced.iter().map(|u| Missing {
            workload: u.workload.clone(),
            sku_id: u.sku_id.clone(),
            name: u.name.clone(),
            reason: u.reason.clone(),
        });
        Self {
            name: estimate.name.clone(),
            pricing_date: estimate.pricing_date,
            period: estimate.period,
            total: statement.total(),
            streams: estimate.workloads.iter().map(|w| w.requests).sum(),
            workloads: estimate.workloads.iter().map(|w| w.name.clone()).collect(),
            entries: statement.charges.iter().map(Entry::from).collect(),
            missing: missing.collect(),
        }
    }
}

impl From<&Charge> for Entry {
    fn from(c: &Charge) -> Self {
        Self {
            workload: c.workload.clone(),
            service: c.service_name.clone(),
            sku_id: c.sku_id.clone(),
            name: c.charge_description.clone(),
            unit: c.pricing_unit.clone(),
            quantity: c.pricing_quantity.map_or(Decimal::ZERO, |q| q.0),
            unit_price: c.list_unit_price.map(|p| p.0),
            list: c.list_cost,
            billed: c.billed_cost,
        }
    }
}
