//! How much the book knows, and how old it is.

use super::{Book, Evidence, LlmProvider, Service};
use chrono::NaiveDate;

/// One file of the book in numbers.
#[derive(Clone, Copy, Debug)]
pub struct Summary<'a> {
    /// The service's or provider's id.
    pub id: &'a str,
    /// FOCUS `ServiceName`.
    pub name: &'a str,
    /// SKUs, or models.
    pub priced: usize,
    /// Regions.
    pub regions: usize,
    /// Platforms.
    pub platforms: usize,
    /// The day the oldest of its prices was looked at.
    pub oldest: Option<NaiveDate>,
}

impl Service {
    /// The service in numbers.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        let rows = self.skus.iter().flat_map(|sku| sku.rows.iter().map(|row| &row.evidence));
        let fees = self.fees.iter().map(|fee| &fee.evidence);
        let allowances = self.allowances.iter().map(|a| &a.evidence);
        Summary {
            id: &self.id,
            name: &self.service_name,
            priced: self.skus.len(),
            regions: self.regions.len(),
            platforms: self.platforms.len(),
            oldest: oldest(rows.chain(fees).chain(allowances)),
        }
    }
}

impl LlmProvider {
    /// The provider in numbers.
    #[must_use]
    pub fn summary(&self) -> Summary<'_> {
        Summary {
            id: &self.id,
            name: &self.service_name,
            priced: self.models.len(),
            regions: 0,
            platforms: 0,
            oldest: oldest(self.models.iter().flat_map(|m| m.prices.iter().map(|p| &p.evidence))),
        }
    }
}

impl Book {
    /// The day the oldest price of the book was looked at.
    #[must_use]
    pub fn oldest(&self) -> Option<NaiveDate> {
        let services = self.services.iter().filter_map(|s| s.summary().oldest);
        services.chain(self.llm_providers.iter().filter_map(|p| p.summary().oldest)).min()
    }
}

fn oldest<'a>(evidence: impl Iterator<Item = &'a Evidence>) -> Option<NaiveDate> {
    evidence.map(|e| e.checked_on).min()
}
