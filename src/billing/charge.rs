//! Charges in FinOps FOCUS words, and the statement they add up to.

use crate::pricing::{Component, Confidence, Evidence};
use crate::units::{Money, PricingQuantity, UnitPrice};
use chrono::NaiveDate;

/// FOCUS `ChargeCategory`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Metered usage.
    Usage,
    /// A plan, a seat.
    Purchase,
    /// Money back.
    Credit,
}

impl Category {
    /// The FOCUS word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usage => "Usage",
            Self::Purchase => "Purchase",
            Self::Credit => "Credit",
        }
    }
}

/// Who says what a charge's price is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceEvidence {
    /// First day of the price.
    pub effective_from: Option<NaiveDate>,
    /// URL or document.
    pub source: String,
    /// The day someone looked.
    pub checked_on: NaiveDate,
    /// How sure it is.
    pub confidence: Confidence,
    /// Doubts.
    pub note: Option<String>,
}

impl PriceEvidence {
    pub(super) fn new(effective_from: Option<NaiveDate>, evidence: &Evidence) -> Self {
        Self {
            effective_from,
            source: evidence.source.clone(),
            checked_on: evidence.checked_on,
            confidence: evidence.confidence,
            note: evidence.note.clone(),
        }
    }
}

/// One SKU price in one charge period for one workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The workload; `None` for the account as a whole.
    pub workload: Option<String>,
    /// FOCUS `ServiceProviderName`.
    pub service_provider_name: String,
    /// FOCUS `ServiceName`.
    pub service_name: String,
    /// FOCUS `ServiceCategory`.
    pub service_category: String,
    /// FOCUS `RegionId`.
    pub region_id: Option<String>,
    /// FOCUS `SkuId`.
    pub sku_id: String,
    /// FOCUS `SkuPriceId`: the SKU, region, date and tier of the price.
    pub sku_price_id: String,
    /// FOCUS `ChargeDescription`.
    pub charge_description: String,
    /// FOCUS `ChargeCategory`.
    pub charge_category: Category,
    /// Part of the bill.
    pub component: Component,
    /// The allowance that makes it free, or pays it back.
    pub allowance: Option<String>,
    /// The commitment that lowers its price.
    pub commitment: Option<String>,
    /// FOCUS `PricingUnit`.
    pub pricing_unit: Option<String>,
    /// FOCUS `PricingQuantity`; none for credits.
    pub pricing_quantity: Option<PricingQuantity>,
    /// FOCUS `ListUnitPrice`; none for credits.
    pub list_unit_price: Option<UnitPrice>,
    /// FOCUS `ContractedUnitPrice`; none for credits.
    pub contracted_unit_price: Option<UnitPrice>,
    /// FOCUS `ListCost`: exactly price × quantity; zero for credits.
    pub list_cost: Money,
    /// FOCUS `BilledCost`: what is owed.
    pub billed_cost: Money,
    /// Who says so.
    pub evidence: PriceEvidence,
}

/// Usage that no price covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpriced {
    /// The workload; `None` for what the account uses besides.
    pub workload: Option<String>,
    /// The SKU or token class.
    pub sku_id: String,
    /// What people read.
    pub name: String,
    /// Region asked for.
    pub region_id: Option<String>,
    /// How much, in the pricing unit.
    pub quantity: PricingQuantity,
    /// The pricing unit.
    pub pricing_unit: String,
    /// Why there is no price.
    pub reason: String,
}

/// Everything owed for one period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// In the order of workloads, services and SKUs.
    pub charges: Vec<Charge>,
    /// Usage without a price; never zero, never hidden.
    pub unpriced: Vec<Unpriced>,
}

impl Statement {
    /// The exact sum of all charges.
    #[must_use]
    pub fn total(&self) -> Money {
        self.charges.iter().map(|c| c.billed_cost).sum()
    }

    /// The exact sum of one workload's charges.
    #[must_use]
    pub fn workload_total(&self, workload: Option<&str>) -> Money {
        self.charges
            .iter()
            .filter(|c| c.workload.as_deref() == workload)
            .map(|c| c.billed_cost)
            .sum()
    }
}
