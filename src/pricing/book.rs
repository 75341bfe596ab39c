//! All services and providers together, and the questions asked of them.

use super::{LlmProvider, Model, Platform, PriceRow, Regions, Service, Sku, Tier, nearest};
use crate::units::UnitPrice;
use chrono::NaiveDate;

/// The price book.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Services, by id.
    pub services: Vec<Service>,
    /// LLM providers, by id.
    pub llm_providers: Vec<LlmProvider>,
}

/// A platform and the service it belongs to.
#[derive(Clone, Copy, Debug)]
pub struct PlatformRef<'a> {
    /// The service.
    pub service: &'a Service,
    /// The platform.
    pub platform: &'a Platform,
}

/// Why usage has no price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoPrice(pub String);

impl Book {
    /// The platform with this id or alias.
    #[must_use]
    pub fn platform(&self, name: &str) -> Option<PlatformRef<'_>> {
        self.platforms()
            .find(|p| p.platform.id == name || p.platform.aliases.iter().any(|alias| alias == name))
    }

    /// Every platform, in file order.
    pub fn platforms(&self) -> impl Iterator<Item = PlatformRef<'_>> {
        self.services.iter().flat_map(|service| {
            service.platforms.iter().map(move |platform| PlatformRef { service, platform })
        })
    }

    /// Ids of the platforms that comparisons include without being asked.
    pub fn featured(&self) -> impl Iterator<Item = &str> {
        self.platforms().filter(|p| p.platform.featured).map(|p| p.platform.id.as_str())
    }

    /// The service with this id.
    #[must_use]
    pub fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|s| s.id == id)
    }

    /// The model called `provider/model`.
    #[must_use]
    pub fn model(&self, name: &str) -> Option<(&LlmProvider, &Model)> {
        let (provider, model) = name.split_once('/')?;
        let provider = self.llm_providers.iter().find(|p| p.id == provider)?;
        provider.model(model).map(|m| (provider, m))
    }

    /// Every model as `provider/model`.
    #[must_use]
    pub fn model_names(&self) -> Vec<String> {
        self.llm_providers
            .iter()
            .flat_map(|p| p.models.iter().map(move |m| format!("{}/{}", p.id, m.id)))
            .collect()
    }
}

impl Service {
    /// The price row of `sku` for a region on a date, and its tiers with the region's factor applied.
    ///
    /// # Errors
    /// When no row prices that region on that date; says which regions or dates are known.
    pub fn price<'a>(
        &'a self,
        sku: &'a Sku,
        region: &str,
        date: NaiveDate,
    ) -> Result<(&'a PriceRow, Vec<Tier>), NoPrice> {
        let here = || sku.rows.iter().filter(|row| self.covers(&row.regions, region));
        let row = here().filter(|row| row.holds_on(date)).max_by_key(|row| row.from);
        let Some(row) = row else {
            return Err(match here().map(|row| row.from).min() {
                Some(first) if first > date => NoPrice(format!(
                    "no price of {region} on {date}; the first known one is of {first}"
                )),
                Some(_) => NoPrice(format!("no price of {region} in force on {date}")),
                None => self.no_price(sku, region, date),
            });
        };
        let factor = match (row.multiplied, self.regions.get(region).and_then(|r| r.multiplier)) {
            (true, Some(factor)) => factor,
            (true, None) => {
                return Err(NoPrice(format!("no price factor for region {region}")));
            }
            (false, _) => rust_decimal::Decimal::ONE,
        };
        let tiers = row.tiers.iter().map(|t| Tier {
            from: t.from,
            unit_price: UnitPrice((t.unit_price.0 * factor).normalize()),
        });
        Ok((row, tiers.collect()))
    }

    /// The days on which a price row of `sku` for a region begins or ends.
    pub fn price_days<'a>(
        &'a self,
        sku: &'a Sku,
        region: &'a str,
    ) -> impl Iterator<Item = NaiveDate> + 'a {
        let here = sku.rows.iter().filter(move |row| self.covers(&row.regions, region));
        here.flat_map(|row| [Some(row.from), row.until]).flatten()
    }

    /// The SKU with this id.
    #[must_use]
    pub fn sku(&self, id: &str) -> Option<&Sku> {
        self.skus.iter().find(|s| s.id == id)
    }

    /// Whether a row for `regions` prices `region`.
    #[must_use]
    pub fn covers(&self, regions: &Regions, region: &str) -> bool {
        match regions {
            Regions::All => self.regions.contains_key(region),
            Regions::Group(group) => {
                self.regions.get(region).is_some_and(|r| r.group.as_ref() == Some(group))
            }
            Regions::Listed(names) => names.iter().any(|n| n == region),
        }
    }

    /// The regions a row for `regions` prices, in name order.
    #[must_use]
    pub fn covered(&self, regions: &Regions) -> Vec<&str> {
        let all = self.regions.keys().map(String::as_str);
        all.filter(|region| self.covers(regions, region)).collect()
    }

    /// A region without a price is never given another one's, but the nearest known one is named.
    fn no_price(&self, sku: &Sku, region: &str, date: NaiveDate) -> NoPrice {
        let mut names: Vec<&str> = self
            .regions
            .keys()
            .map(String::as_str)
            .filter(|name| {
                sku.rows.iter().any(|row| row.holds_on(date) && self.covers(&row.regions, name))
            })
            .collect();
        names.sort_by_key(|name| *name != self.default_region);
        let near = match nearest(region, names.iter().copied()) {
            Some(near) => format!("nearest known: {near}; "),
            None => String::new(),
        };
        let known = match names.len() {
            0 => "none".into(),
            1..=6 => names.join(", "),
            n => format!("{} and {} more", names[0], n - 1),
        };
        NoPrice(format!("no price for region {region}; {near}known: {known}"))
    }
}
