//! One charge as FOCUS sees it.

use super::{Focus, Instants};
use crate::billing::{Category, Charge, CommitmentStatus};
use crate::estimate::Estimate;
use crate::pricing::{LlmProvider, Service, Sku};
use rust_decimal::Decimal;

/// Where a charge's names are found.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    Service(&'a Service),
    Models(&'a LlmProvider),
    Unknown,
}

/// A charge with all that its columns are made of.
pub(super) struct Row<'a> {
    pub(super) estimate: &'a Estimate,
    pub(super) focus: &'a Focus<'a>,
    pub(super) charge: &'a Charge,
    pub(super) origin: Origin<'a>,
    pub(super) charge_period: Instants,
    pub(super) billing_period: Instants,
    /// The commitment is paid by a purchase row, so this row is not billed again.
    pub(super) prepaid: bool,
}

impl<'a> Row<'a> {
    fn is_credit(&self) -> bool {
        self.charge.charge_category == Category::Credit
    }

    pub(super) fn billed_cost(&self) -> Decimal {
        if self.prepaid { Decimal::ZERO } else { self.charge.billed_cost.0 }
    }

    /// A commitment's purchase costs nothing in itself: what it covers carries it.
    pub(super) fn effective_cost(&self) -> Decimal {
        self.charge.effective_cost.0
    }

    pub(super) fn list_cost(&self) -> Decimal {
        if self.is_credit() { self.charge.billed_cost.0 } else { self.charge.list_cost.0 }
    }

    /// A commitment's discount is not part of the contracted price.
    pub(super) fn contracted_unit_price(&self) -> Option<Decimal> {
        let charge = self.charge;
        let percentage = charge.commitment_status.is_none() && charge.negotiated.is_none();
        if charge.commitment.is_some() && percentage {
            charge.list_unit_price
        } else {
            charge.contracted_unit_price
        }
        .map(|p| p.0)
    }

    pub(super) fn contracted_cost(&self) -> Decimal {
        match (self.contracted_unit_price(), self.charge.pricing_quantity) {
            (Some(price), Some(quantity)) => price * quantity.0,
            _ => self.charge.billed_cost.0,
        }
    }

    pub(super) fn pricing_category(&self) -> Option<String> {
        let committed = self.charge.commitment.is_some() && self.is_usage();
        let name = if committed { "Committed" } else { "Standard" };
        (!self.is_credit()).then(|| name.to_owned())
    }

    pub(super) fn commitment_status(&self) -> Option<String> {
        let percentage = self.charge.commitment.is_some() && self.is_usage();
        let status = self.charge.commitment_status.map(CommitmentStatus::name);
        status.or_else(|| percentage.then_some("Used")).map(str::to_owned)
    }

    pub(super) fn commitment_id(&self) -> Option<String> {
        let name = self.charge.commitment.as_ref()?;
        Some(format!("{}/{name}", self.charge.service_name))
    }

    /// Id of the SKU and of its price; a credit has neither.
    pub(super) fn sku(&self) -> Option<(&'a str, &'a str)> {
        (!self.is_credit()).then_some((&self.charge.sku_id, &self.charge.sku_price_id))
    }

    fn book_sku(&self) -> Option<&'a Sku> {
        match self.origin {
            Origin::Service(service) => service.sku(&self.charge.sku_id),
            _ => None,
        }
    }

    pub(super) fn sku_meter(&self) -> Option<String> {
        self.sku()?;
        let name = self.book_sku().map_or(&self.charge.charge_description, |sku| &sku.name);
        Some(name.clone())
    }

    pub(super) fn usage_type(&self) -> Option<String> {
        self.book_sku()?.usage_types.first().cloned()
    }

    pub(super) fn region_name(&self) -> Option<String> {
        let id = self.charge.region_id.as_ref()?;
        let region = match self.origin {
            Origin::Service(service) => service.regions.get(id),
            _ => None,
        };
        Some(region.map_or(id, |r| &r.name).clone())
    }

    pub(super) fn subcategory(&self) -> String {
        match self.origin {
            Origin::Service(service) => service.subcategory.clone(),
            // What these files describe is generated text, whatever its provider calls the service.
            Origin::Models(provider) if provider.category == "AI and Machine Learning" => {
                "Generative AI".to_owned()
            }
            _ => format!("Other ({})", self.charge.service_category),
        }
    }

    pub(super) fn resource_id(&self) -> Option<String> {
        let workload = self.charge.workload.as_ref()?;
        Some(format!("{}/{workload}", self.estimate.name))
    }

    pub(super) fn resource_type(&self) -> Option<String> {
        let name = self.charge.workload.as_ref()?;
        let workload = self.estimate.workloads.iter().find(|w| w.name == *name);
        Some(workload.map_or("Workload", |w| &w.platform_name).to_owned())
    }

    pub(super) fn seed(&self) -> Option<String> {
        let seed = self.estimate.assumptions.iter().find(|a| a.subject == "seed");
        seed.map(|a| a.value.clone())
    }

    /// Whether something of this row's workload (any, for the account's own rows) has no price.
    pub(super) fn is_incomplete(&self) -> bool {
        let own = &self.charge.workload;
        let unpriced = &self.estimate.statement.unpriced;
        unpriced.iter().any(|u| own.is_none() || u.workload == *own)
    }
}
