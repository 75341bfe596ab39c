//! Adding a bill up beside an estimate, and splitting each difference into what explains it.

use super::bill::{Bill, RowKind};
use super::map::Map;
use super::matching::{Catalog, Found, Key, What, service_of};
use super::{BillFormat, BillRow, number};
use crate::billing::Category;
use crate::diagnostic::Result;
use crate::estimate::Estimate;
use crate::pricing::Book;
use crate::units::written::Measure;
use crate::units::{Money, SimDuration};
use chrono::{DateTime, Utc};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

/// Decimals of quotients.
const DECIMALS: u32 = 18;
/// Periods that differ by less are called the same.
const SAME_PERIOD_PERCENT: i64 = 1;

/// One side of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Side {
    /// How much, in the line's unit.
    pub quantity: Decimal,
    /// Cost at list prices.
    pub list_cost: Money,
    /// Cost with all discounts, commitments spread over what they cover.
    pub cost: Money,
    /// Charges or rows.
    pub rows: u64,
}

/// What explains a difference; the parts add up to it exactly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// (billed unit price − estimated unit price) × billed quantity.
    pub price: Money,
    /// (billed quantity − estimated quantity) × estimated unit price.
    pub quantity: Money,
    /// Free tiers, credits, commitments and negotiated rates: what comes off the list price.
    pub discounts: Money,
    /// Billed, and used in the estimate, but without a price there.
    pub unpriced: Money,
    /// Billed, but not produced by the scenario.
    pub missing_usage: Money,
    /// Estimated, but not on the bill.
    pub not_billed: Money,
    /// Both have it, in units that cannot be compared.
    pub not_comparable: Money,
}

impl Parts {
    /// The parts with their names, in the order they are shown.
    #[must_use]
    pub fn named(&self) -> [(&'static str, Money); 7] {
        [
            ("price", self.price),
            ("quantity", self.quantity),
            ("discounts", self.discounts),
            ("unpriced", self.unpriced),
            ("missing usage", self.missing_usage),
            ("not billed", self.not_billed),
            ("units differ", self.not_comparable),
        ]
    }

    /// Their sum.
    #[must_use]
    pub fn total(&self) -> Money {
        self.named().into_iter().map(|(_, part)| part).sum()
    }

    fn add(&mut self, other: &Self) {
        self.price += other.price;
        self.quantity += other.quantity;
        self.discounts += other.discounts;
        self.unpriced += other.unpriced;
        self.missing_usage += other.missing_usage;
        self.not_billed += other.not_billed;
        self.not_comparable += other.not_comparable;
    }
}

/// One SKU in one region, or what a service gives back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The service.
    pub service: String,
    /// The SKU; none for credits, corrections and meters that no price file knows.
    pub sku_id: Option<String>,
    /// What people read.
    pub name: String,
    /// The region.
    pub region: Option<String>,
    /// The unit of both quantities.
    pub unit: Option<String>,
    /// What was estimated.
    pub estimate: Option<Side>,
    /// What was billed.
    pub bill: Option<Side>,
    /// Usage of the estimate that has no price.
    pub unpriced: Option<Decimal>,
    /// Billed − estimated.
    pub difference: Money,
    /// The difference in percent of the estimate.
    pub percent: Option<Decimal>,
    /// What explains it.
    pub parts: Parts,
}

/// What a service outside the scenario cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outside {
    /// The service, as the bill calls it.
    pub service: String,
    /// Its cost.
    pub cost: Money,
    /// Its rows.
    pub rows: u64,
}

/// How long both sides are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The estimate's period.
    pub estimate: SimDuration,
    /// From the first to the last instant of the compared rows.
    pub bill: Option<(DateTime<Utc>, DateTime<Utc>)>,
    /// Whether usage of the estimate was scaled to the bill.
    pub scaled: bool,
}

impl Period {
    /// How long the bill is.
    #[must_use]
    pub fn bill_length(&self) -> Option<SimDuration> {
        let (start, end) = self.bill?;
        (end - start).num_nanoseconds().map(SimDuration).filter(|d| d.0 > 0)
    }

    /// Whether both are about equally long.
    #[must_use]
    pub fn agrees(&self) -> bool {
        let apart = |bill: SimDuration| i128::from(bill.0 - self.estimate.0).abs() * 100;
        let limit = i128::from(self.estimate.0) * i128::from(SAME_PERIOD_PERCENT);
        self.bill_length().is_none_or(|bill| apart(bill) <= limit)
    }
}

/// An estimate against a bill.
#[derive(Clone, Debug)]
pub struct Reconciliation {
    /// The scenario.
    pub scenario: String,
    /// The format of the bill.
    pub format: BillFormat,
    /// Rows of the bill.
    pub rows: u64,
    /// How long both are.
    pub period: Period,
    /// What was estimated.
    pub estimated: Money,
    /// What was billed for services of the scenario.
    pub billed: Money,
    /// Billed − estimated.
    pub difference: Money,
    /// The difference in percent of the estimate.
    pub percent: Option<Decimal>,
    /// What explains the difference.
    pub parts: Parts,
    /// SKU by SKU.
    pub lines: Vec<Line>,
    /// Services that the scenario does not use.
    pub outside: Vec<Outside>,
    /// Taxes, which an estimate leaves out.
    pub taxes: Money,
    /// The whole bill: compared, outside the scenario, and taxes.
    pub bill_total: Money,
    /// What the reader should know.
    pub warnings: Vec<String>,
}

/// Both sides of a line while they are added up.
#[derive(Default)]
struct Sum {
    name: String,
    unit: Option<String>,
    estimate: Option<Side>,
    bill: Option<Side>,
    unpriced: Option<Decimal>,
    /// Part of the estimate that follows the length of the period.
    metered: bool,
    /// The estimate's list price, as long as it has only one.
    price: Option<Option<Decimal>>,
    /// Billed quantity at a list price of zero: free usage on bills that do not price it.
    free: Decimal,
    /// A billed quantity is missing or in another unit.
    not_comparable: bool,
}

/// An estimate that is being compared.
pub struct Comparison<'a> {
    estimate: &'a Estimate,
    catalog: Catalog<'a>,
    sums: BTreeMap<Key, Sum>,
    outside: BTreeMap<String, (Decimal, u64)>,
    taxes: Decimal,
    span: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl<'a> Comparison<'a> {
    /// Takes the estimate's side.
    #[must_use]
    pub fn new(estimate: &'a Estimate, book: &Book, map: &'a Map) -> Self {
        let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
        for c in &estimate.statement.charges {
            let credit = c.charge_category == Category::Credit;
            let what = if credit { What::Credits } else { What::Sku(c.sku_id.clone()) };
            let region = c.region_id.clone();
            let sum =
                sums.entry(Key { service: c.service_name.clone(), what, region }).or_default();
            if sum.name.is_empty() {
                sum.name =
                    sku_name(book, &c.sku_id).unwrap_or_else(|| c.charge_description.clone());
            }
            sum.metered |= c.charge_category == Category::Usage;
            sum.unit = sum.unit.take().or_else(|| c.pricing_unit.clone());
            let price = c.list_unit_price.map(|p| p.0);
            sum.price = Some(sum.price.map_or(price, |known| known.filter(|k| Some(*k) == price)));
            let side = sum.estimate.get_or_insert_default();
            side.quantity += c.pricing_quantity.map_or(Decimal::ZERO, |q| q.0);
            side.list_cost += c.list_cost;
            side.cost += c.effective_cost;
            side.rows += 1;
        }
        for u in &estimate.statement.unpriced {
            let Some(service) = service_of(book, &u.sku_id) else { continue };
            let what = What::Sku(u.sku_id.clone());
            let sum = sums.entry(Key { service, what, region: u.region_id.clone() }).or_default();
            if sum.name.is_empty() {
                sum.name.clone_from(&u.name);
            }
            sum.unit = sum.unit.take().or_else(|| Some(u.pricing_unit.clone()));
            *sum.unpriced.get_or_insert_default() += u.quantity.0;
        }
        Self {
            estimate,
            catalog: Catalog::new(estimate, book, map),
            sums,
            outside: BTreeMap::new(),
            taxes: Decimal::ZERO,
            span: None,
        }
    }

    /// Adds every row of a bill.
    ///
    /// # Errors
    /// A row that cannot be read, or a sum that cannot be kept exactly.
    pub fn read(&mut self, bill: &mut Bill<'_>) -> Result<()> {
        while let Some(row) = bill.next_row()? {
            if self.add(&row).is_none() {
                let message = format!("row {}: the sum can no longer be kept exactly", bill.rows());
                return Err(Box::new(
                    bill.refuse(message).hint("split the bill, for example by month"),
                ));
            }
        }
        Ok(())
    }

    /// `None`: the sums do not hold the row exactly.
    fn add(&mut self, row: &BillRow) -> Option<()> {
        match row.kind {
            RowKind::Counted => return Some(()),
            RowKind::Tax => {
                self.taxes = number::add(self.taxes, row.cost)?;
                return Some(());
            }
            _ => {}
        }
        let key = match self.catalog.find(row) {
            Found::Line(key) => key,
            Found::Outside(service) => {
                let sum = self.outside.entry(service).or_default();
                *sum = (number::add(sum.0, row.cost)?, sum.1 + 1);
                return Some(());
            }
        };
        if row.kind == RowKind::Usage {
            let span = self.span.get_or_insert(row.period);
            *span = (span.0.min(row.period.0), span.1.max(row.period.1));
        }
        let what = key.what.clone();
        let sum = self.sums.entry(key).or_default();
        if sum.name.is_empty() {
            sum.name = match what {
                What::Credits => "Credits".to_owned(),
                What::Adjustments => "Adjustments".to_owned(),
                What::Meter(name) => name,
                What::Sku(id) => row.meters.first().cloned().unwrap_or(id),
            };
        }
        let converted = sum.convert(row, self.estimate.period);
        let side = sum.bill.get_or_insert_default();
        side.rows += 1;
        side.cost = Money(number::add(side.cost.0, row.cost)?);
        side.list_cost = Money(number::add(side.list_cost.0, row.list_cost)?);
        if matches!(row.kind, RowKind::Usage | RowKind::Purchase) {
            match converted {
                Some(quantity) => {
                    side.quantity = number::add(side.quantity, quantity)?;
                    if row.list_cost.is_zero() {
                        sum.free = number::add(sum.free, quantity)?;
                    }
                }
                None => sum.not_comparable |= !row.cost.is_zero() || !row.list_cost.is_zero(),
            }
        }
        Some(())
    }

    /// The comparison; with `scale`, usage of the estimate is scaled to the bill's length first.
    #[must_use]
    pub fn finish(mut self, bill: &Bill<'_>, scale: bool) -> Reconciliation {
        let mut period = Period { estimate: self.estimate.period, bill: self.span, scaled: false };
        if let Some(length) = period.bill_length().filter(|_| scale) {
            period.scaled = true;
            for sum in self.sums.values_mut().filter(|s| s.metered) {
                sum.scale(length, self.estimate.period);
            }
        }
        let lines: Vec<Line> =
            std::mem::take(&mut self.sums).into_iter().map(|(key, sum)| sum.line(key)).collect();
        let total = |side: fn(&Line) -> &Option<Side>| -> Money {
            lines.iter().filter_map(|l| side(l).map(|s| s.cost)).sum()
        };
        let (estimated, billed) = (total(|l| &l.estimate), total(|l| &l.bill));
        let difference = billed - estimated;
        let mut parts = Parts::default();
        lines.iter().for_each(|line| parts.add(&line.parts));
        let outside: Vec<_> = self
            .outside
            .iter()
            .map(|(service, (cost, rows))| Outside {
                service: service.clone(),
                cost: Money(*cost),
                rows: *rows,
            })
            .collect();
        Reconciliation {
            scenario: self.estimate.name.clone(),
            format: bill.format(),
            rows: bill.rows(),
            period,
            estimated,
            billed,
            difference,
            percent: percent(difference, estimated),
            parts,
            bill_total: outside.iter().map(|o| o.cost).sum::<Money>() + billed + Money(self.taxes),
            outside,
            taxes: Money(self.taxes),
            warnings: self.warnings(&period, &lines, bill),
            lines,
        }
    }

    fn warnings(&self, period: &Period, lines: &[Line], bill: &Bill<'_>) -> Vec<String> {
        let mut warnings = Vec::new();
        if lines.iter().all(|l| l.bill.is_none()) {
            warnings.push(
                "no row of the bill belongs to a service of the scenario; name its services in a map (`--map`)"
                    .to_owned(),
            );
        }
        if let (Some(length), false) = (period.bill_length(), period.agrees()) {
            let (bill, ours) = (in_hours(length), in_hours(period.estimate));
            let lengths = format!("the bill covers {bill} h, the estimate {ours} h");
            warnings.push(if period.scaled {
                format!(
                    "{lengths}: its usage was scaled, tiers and free tiers were not applied anew"
                )
            } else {
                format!("{lengths}; `--period-scale` scales the estimate's usage to the bill")
            });
        }
        let unpriced = self.estimate.statement.unpriced.len();
        if unpriced > 0 {
            warnings.push(format!("the estimate has {unpriced} lines without a price"));
        }
        if bill.rounded() > 0 {
            warnings.push(format!(
                "{} numbers of the bill have more digits than are kept (18 decimals of costs, 15 of quantities)",
                bill.rounded()
            ));
        }
        warnings
    }
}

/// Hours with at most two decimals.
fn in_hours(length: SimDuration) -> Decimal {
    let hours = Decimal::from(length.0) / Decimal::from(SimDuration::from_hours(1).0);
    hours.round_dp(2).normalize()
}

fn sku_name(book: &Book, id: &str) -> Option<String> {
    book.services.iter().find_map(|s| s.sku(id)).map(|sku| sku.name.clone())
}

fn rounded(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointNearestEven).normalize()
}

/// A difference in percent of an estimate, with at most four decimals; none of nothing.
fn percent(difference: Money, of: Money) -> Option<Decimal> {
    let percent = difference.0.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(of.0)?;
    Some(percent.round_dp_with_strategy(4, RoundingStrategy::MidpointAwayFromZero).normalize())
}

/// `a × b ÷ c`, to as many decimals as fit.
fn ratio(a: Decimal, b: Decimal, c: Decimal) -> Option<Decimal> {
    a.checked_mul(b)?.checked_div(c).map(rounded)
}

impl Sum {
    /// The row's quantity in this line's unit, which is the row's if there is none yet.
    fn convert(&mut self, row: &BillRow, month: SimDuration) -> Option<Decimal> {
        let quantity = row.quantity?;
        let ours = self.unit.get_or_insert_with(|| row.unit.clone().unwrap_or_default());
        let theirs = row.unit.as_deref().unwrap_or(ours);
        if theirs == ours {
            return Some(quantity);
        }
        let (of, to) = (Measure::read(theirs, month), Measure::read(ours, month));
        let (numerator, denominator) = of.in_units_of(to)?;
        ratio(quantity, numerator, denominator)
    }

    fn scale(&mut self, to: SimDuration, from: SimDuration) {
        let Some(side) = &mut self.estimate else { return };
        let common = gcd(to.0, from.0).max(1);
        let (to, from) = (Decimal::from(to.0 / common), Decimal::from(from.0 / common));
        let scaled = |value: Decimal| ratio(value, to, from).unwrap_or(value);
        side.quantity = scaled(side.quantity);
        side.list_cost = Money(scaled(side.list_cost.0));
        side.cost = Money(scaled(side.cost.0));
    }

    fn line(self, key: Key) -> Line {
        let cost = |side: &Option<Side>| side.map_or(Money::ZERO, |s| s.cost);
        let difference = cost(&self.bill) - cost(&self.estimate);
        Line {
            parts: self.parts(&key.what, difference),
            service: key.service,
            sku_id: match key.what {
                What::Sku(id) => Some(id),
                _ => None,
            },
            name: self.name,
            region: key.region,
            unit: self.unit,
            estimate: self.estimate,
            bill: self.bill,
            unpriced: self.unpriced,
            percent: percent(difference, cost(&self.estimate)),
            difference,
        }
    }

    fn parts(&self, what: &What, difference: Money) -> Parts {
        let mut parts = Parts::default();
        match (self.estimate, self.bill) {
            _ if *what == What::Credits => parts.discounts = difference,
            (None, _) if self.unpriced.is_some() => parts.unpriced = difference,
            (None, _) => parts.missing_usage = difference,
            (Some(_), None) => parts.not_billed = difference,
            (Some(estimate), Some(bill)) => match self.list_parts(&estimate, &bill) {
                Some((price, quantity)) => {
                    (parts.price, parts.quantity) = (price, quantity);
                    parts.discounts = difference - price - quantity;
                }
                None => parts.not_comparable = difference,
            },
        }
        parts
    }

    /// What prices and quantities explain of the difference of the list costs. Whatever is rounded
    /// here is in one part and not in the other, so the parts stay exact.
    fn list_parts(&self, estimate: &Side, bill: &Side) -> Option<(Money, Money)> {
        if self.not_comparable {
            return None;
        }
        let at_estimated_price = |quantity: Decimal| match self.price.flatten() {
            _ if quantity == estimate.quantity => Some(estimate.list_cost.0),
            Some(price) => quantity.checked_mul(price).map(rounded),
            None => ratio(estimate.list_cost.0, quantity, estimate.quantity),
        };
        let expected = at_estimated_price(bill.quantity)?;
        // Bills print a price of zero for free usage; an estimate its list price.
        let free = if self.free.is_zero() { Decimal::ZERO } else { at_estimated_price(self.free)? };
        let list = bill.list_cost + Money(free);
        Some((list - Money(expected), Money(expected) - estimate.list_cost))
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}
