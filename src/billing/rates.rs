//! What an account has agreed with its vendors: discounts, private prices, commitments.

use super::commitment::Commitment;
use crate::metering::TokenClass;
use crate::pricing::LlmRates;
use crate::units::UnitPrice;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Negotiated rates. Only usage has them; plans and seats stay at list price.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    /// Percentages off the list price.
    pub discounts: Vec<Discount>,
    /// Prices instead of a SKU's list price.
    pub prices: Vec<PrivatePrice>,
    /// Prices instead of a model's list prices.
    pub model_prices: Vec<PrivateModelPrice>,
    /// What is bought in advance.
    pub commitments: Vec<Commitment>,
}

/// What a discount is for, from the least to the most specific.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// All usage.
    All,
    /// Everything of a FOCUS `ServiceProviderName`.
    Provider(String),
    /// One service, by the name of its price file.
    Service(String),
    /// One SKU, or one model as `provider/model`.
    Item(String),
}

/// A percentage off the list price.
#[derive(Clone, Debug, PartialEq)]
pub struct Discount {
    /// What it is for.
    pub scope: Scope,
    /// Where; empty means everywhere.
    pub regions: Vec<String>,
    /// How much, from 0 to 100.
    pub percent: Decimal,
}

/// The days an agreement holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// First day, inclusive; `None` means always.
    pub from: Option<NaiveDate>,
    /// Last day, exclusive; `None` means for ever.
    pub until: Option<NaiveDate>,
}

impl Days {
    fn hold_on(self, date: NaiveDate) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date < until)
    }

    fn bounds(self) -> impl Iterator<Item = NaiveDate> {
        [self.from, self.until].into_iter().flatten()
    }

    /// Whether two agreements hold on a common day.
    #[must_use]
    pub fn meet(self, other: Self) -> bool {
        let before = |a: Self, b: Self| matches!((a.until, b.from), (Some(u), Some(f)) if u <= f);
        !before(self, other) && !before(other, self)
    }
}

/// A price instead of a SKU's list price, for every tier.
#[derive(Clone, Debug, PartialEq)]
pub struct PrivatePrice {
    /// The SKU.
    pub sku: String,
    /// Where; `None` means everywhere.
    pub region: Option<String>,
    /// Of one pricing unit.
    pub unit_price: UnitPrice,
    /// When.
    pub days: Days,
    /// Where it is written.
    pub source: String,
}

/// Prices instead of a model's standard list prices; what is not named stays at list price.
#[derive(Clone, Debug, PartialEq)]
pub struct PrivateModelPrice {
    /// `provider/model`.
    pub model: String,
    /// Per million prompt tokens.
    pub input: Option<UnitPrice>,
    /// Per million tokens read from the cache.
    pub cache_read: Option<UnitPrice>,
    /// Per million tokens written to the cache, by lifetime.
    pub cache_write: BTreeMap<String, UnitPrice>,
    /// Per million generated tokens.
    pub output: Option<UnitPrice>,
    /// When.
    pub days: Days,
}

/// What was agreed for one price.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Offer {
    Price(UnitPrice),
    Percent(Decimal),
}

impl Offer {
    /// The price after it.
    pub(super) fn applied(&self, list: UnitPrice) -> UnitPrice {
        match self {
            Self::Price(price) => *price,
            Self::Percent(percent) => list.less_percent(*percent),
        }
    }

    /// A few words for a bill.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Price(_) => "private price".into(),
            Self::Percent(percent) => format!("{}% off", percent.normalize()),
        }
    }
}

/// The names by which agreements find a SKU or a model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Item<'a> {
    pub(super) provider: &'a str,
    pub(super) service: &'a str,
    pub(super) id: &'a str,
    pub(super) region: Option<&'a str>,
}

impl Rates {
    /// The days on which a private price of the item begins or ends.
    pub(super) fn days(&self, item: Item<'_>) -> Vec<NaiveDate> {
        let skus = self.prices.iter().filter(|p| p.sku == item.id).map(|p| p.days);
        let models = self.model_prices.iter().filter(|p| p.model == item.id).map(|p| p.days);
        skus.chain(models).flat_map(Days::bounds).collect()
    }

    /// The private price of a SKU; the one of its region before the one of all.
    pub(super) fn private(&self, item: Item<'_>, date: NaiveDate) -> Option<&PrivatePrice> {
        let here = |p: &&PrivatePrice| {
            p.sku == item.id
                && p.days.hold_on(date)
                && p.region.as_deref().is_none_or(|r| Some(r) == item.region)
        };
        self.prices.iter().filter(here).max_by_key(|p| p.region.is_some())
    }

    /// The private price of a model's tokens.
    pub(super) fn private_tokens(
        &self,
        item: Item<'_>,
        date: NaiveDate,
        class: TokenClass,
        lifetime: Option<&str>,
        list: &LlmRates,
    ) -> Option<UnitPrice> {
        let p = self.model_prices.iter().find(|p| p.model == item.id && p.days.hold_on(date))?;
        match class {
            TokenClass::Input => p.input,
            TokenClass::Output => p.output,
            TokenClass::CacheRead => p.cache_read,
            // A model without write prices bills writes as input.
            TokenClass::CacheWrite if list.cache_write.is_empty() && p.cache_write.is_empty() => {
                p.input
            }
            TokenClass::CacheWrite => lifetime.and_then(|l| p.cache_write.get(l).copied()),
        }
    }

    /// The discount of an item: the most specific one that is for it, in its region before everywhere.
    pub(super) fn discount(&self, item: Item<'_>) -> Option<Offer> {
        let fits = |d: &&Discount| {
            let scope = match &d.scope {
                Scope::All => true,
                Scope::Provider(name) => name == item.provider,
                Scope::Service(id) => id == item.service,
                Scope::Item(id) => id == item.id,
            };
            scope
                && (d.regions.is_empty()
                    || d.regions.iter().any(|r| Some(r.as_str()) == item.region))
        };
        let found = self.discounts.iter().filter(fits);
        found.max_by_key(|d| (&d.scope, !d.regions.is_empty())).map(|d| Offer::Percent(d.percent))
    }
}
