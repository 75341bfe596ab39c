//! Charges in FinOps FOCUS words, and the statement they add up to.

use super::Span;
use crate::pricing::{Component, Confidence, Evidence, Service};
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

/// FOCUS `CommitmentDiscountStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommitmentStatus {
    /// Usage that a commitment covers.
    Used,
    /// The part of a commitment that nothing used.
    Unused,
}

impl CommitmentStatus {
    /// The FOCUS word.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Used => "Used",
            Self::Unused => "Unused",
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
    /// The commitment that lowers its price, covers it, or is bought.
    pub commitment: Option<String>,
    /// FOCUS `CommitmentDiscountStatus`, for what a bought commitment covers or leaves unused.
    pub commitment_status: Option<CommitmentStatus>,
    /// The negotiated rate that lowers its price, in words.
    pub negotiated: Option<String>,
    /// FOCUS `ChargePeriodStart` and `ChargePeriodEnd`.
    pub charge_period: Span,
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
    /// FOCUS `EffectiveCost`: what is owed with bought commitments spread over what they cover.
    pub effective_cost: Money,
    /// Who says so.
    pub evidence: PriceEvidence,
}

impl Charge {
    /// A line of a service's account as a whole that is for no SKU, called `id`, without amounts.
    pub(super) fn account(
        service: &Service,
        id: &str,
        charge_category: Category,
        charge_period: Span,
        evidence: PriceEvidence,
    ) -> Self {
        Self {
            workload: None,
            service_provider_name: service.provider_name.clone(),
            service_name: service.service_name.clone(),
            service_category: service.category.clone(),
            region_id: None,
            sku_id: id.to_owned(),
            sku_price_id: id.to_owned(),
            charge_description: String::new(),
            charge_category,
            component: Component::Fees,
            allowance: None,
            commitment: None,
            commitment_status: None,
            negotiated: None,
            charge_period,
            pricing_unit: None,
            pricing_quantity: None,
            list_unit_price: None,
            contracted_unit_price: None,
            list_cost: Money::ZERO,
            billed_cost: Money::ZERO,
            effective_cost: Money::ZERO,
            evidence,
        }
    }
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
    /// When it was used.
    pub charge_period: Span,
    /// Why there is no price.
    pub reason: String,
}

impl CommitmentUse {
    /// The part of its cost that nothing used.
    #[must_use]
    pub fn unused(&self) -> Money {
        self.cost - self.used
    }
}

/// Everything owed for one period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statement {
    /// In the order of workloads, services and SKUs.
    pub charges: Vec<Charge>,
    /// Usage without a price; never zero, never hidden.
    pub unpriced: Vec<Unpriced>,
    /// How the bought commitments were used.
    pub commitments: Vec<CommitmentUse>,
    /// How the bill came about: price changes, rates that do not add up.
    pub remarks: Vec<String>,
}

/// How a commitment was used in the period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitmentUse {
    /// Its name.
    pub name: String,
    /// What it costs, busy or not.
    pub cost: Money,
    /// The part of that cost that usage needed.
    pub used: Money,
    /// What the covered usage costs on demand, negotiated rates included.
    pub covered: Money,
    /// What all usage it is for costs on demand.
    pub eligible: Money,
    /// The part of that which is taken as even over time, because nothing says when it was.
    pub even: Money,
}

impl Statement {
    /// The exact sum of all charges.
    #[must_use]
    pub fn total(&self) -> Money {
        self.charges.iter().map(|c| c.billed_cost).sum()
    }

    /// The total had nobody negotiated or committed anything: free tiers and credits stay as they are.
    #[must_use]
    pub fn at_list(&self) -> Money {
        let lower = |c: &Charge| match c.charge_category {
            Category::Usage if c.allowance.is_none() => c.list_cost - c.billed_cost,
            Category::Purchase if c.commitment.is_some() => -c.billed_cost,
            _ => Money::ZERO,
        };
        self.total() + self.charges.iter().map(lower).sum()
    }

    /// What negotiated rates and commitments take off the list prices; negative if they cost more.
    #[must_use]
    pub fn savings(&self) -> Money {
        self.at_list() - self.total()
    }

    /// The exact sum of the charges of services of one FOCUS `ServiceCategory`.
    #[must_use]
    pub fn category_total(&self, category: &str) -> Money {
        let of = self.charges.iter().filter(|c| c.service_category == category);
        of.map(|c| c.billed_cost).sum()
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
