//! Bills written down as usage in pricing units.

use ssc::billing::{Account, Period, ServiceUsage, Statement, UsageLine, bill};
use ssc::pricing::{Book, Pool};
use ssc::units::{Money, SimDuration, Usage};

/// One account's usage of one service in one region.
pub(crate) struct Bill {
    service: String,
    region: String,
    account: Account,
    usage: Vec<(String, Pool, String)>,
    hours: i64,
    date: String,
    free_tier: bool,
    split: bool,
}

impl Bill {
    /// A bill of 2026-11-23, with 730 hours a month and no free tier.
    pub(crate) fn on(service: &str, region: &str) -> Self {
        Self {
            service: service.into(),
            region: region.into(),
            account: Account::new(),
            usage: Vec::new(),
            hours: 730,
            date: "2026-11-23".into(),
            free_tier: false,
            split: false,
        }
    }

    pub(crate) fn option(mut self, name: &str, value: &str) -> Self {
        self.account.insert(name.into(), value.into());
        self
    }

    /// Usage in pricing units: a decimal, or a fraction such as `40/3600`.
    pub(crate) fn usage(self, sku: &str, quantity: &str) -> Self {
        self.pooled(sku, Pool::OnDemand, quantity)
    }

    pub(crate) fn pooled(mut self, sku: &str, pool: Pool, quantity: &str) -> Self {
        self.usage.push((sku.into(), pool, quantity.into()));
        self
    }

    pub(crate) fn month(mut self, hours: i64) -> Self {
        self.hours = hours;
        self
    }

    pub(crate) fn date(mut self, date: &str) -> Self {
        self.date = date.into();
        self
    }

    pub(crate) fn free_tier(mut self, on: bool) -> Self {
        self.free_tier = on;
        self
    }

    /// Prices change as the period runs.
    pub(crate) fn split(mut self) -> Self {
        self.split = true;
        self
    }

    pub(crate) fn statement(&self, book: &Book) -> Statement {
        let service = book.service(&self.service).unwrap();
        let month = SimDuration::from_hours(self.hours);
        let line = |(sku, pool, quantity): &(String, Pool, String)| {
            let index = service.skus.iter().position(|s| s.id == *sku);
            let index = index.unwrap_or_else(|| panic!("no SKU {sku}"));
            let sku = &service.skus[index];
            let per = sku.measured_as.base_units(sku.month.unwrap_or(month));
            UsageLine {
                workload: Some("w".into()),
                sku: index,
                region: self.region.clone(),
                pool: *pool,
                usage: Usage(exactly(quantity, per)),
                hours: None,
            }
        };
        let lines = self.usage.iter().map(line).collect();
        let usage = ServiceUsage { service, account: self.account.clone(), lines };
        let pricing_date = self.date.parse().unwrap();
        let fixed = Period::month(pricing_date, month, self.free_tier);
        let period = if self.split { fixed.split() } else { fixed };
        let statement = bill(&[usage], &[], period);
        assert!(statement.unpriced.is_empty(), "{:?}", statement.unpriced);
        statement
    }

    pub(crate) fn total(&self, book: &Book) -> Money {
        self.statement(book).total()
    }

    /// What one SKU costs before credits.
    pub(crate) fn line(&self, book: &Book, sku: &str) -> Money {
        let statement = self.statement(book);
        statement.charges.iter().filter(|c| c.sku_id == sku).map(|c| c.billed_cost).sum()
    }
}

/// Base units of a quantity, which must come out whole.
fn exactly(quantity: &str, per: i128) -> i128 {
    let (number, divisor) = quantity.split_once('/').unwrap_or((quantity, "1"));
    let number: rust_decimal::Decimal = number.parse().unwrap();
    let divisor = divisor.parse::<i128>().unwrap() * 10_i128.pow(number.scale());
    let units = number.mantissa() * per;
    assert_eq!(units % divisor, 0, "{quantity} is no whole number of base units");
    units / divisor
}

/// Whether `amount` is `stated` once rounded to its decimals.
#[track_caller]
pub(crate) fn same(what: &str, amount: Money, stated: &str) {
    use rust_decimal::{Decimal, RoundingStrategy};
    let stated: Decimal = stated.parse().unwrap();
    let half_up = RoundingStrategy::MidpointAwayFromZero;
    let rounded = amount.0.round_dp_with_strategy(stated.scale(), half_up);
    assert_eq!(rounded, stated, "{what}: {}", amount.0);
}
