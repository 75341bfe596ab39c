//! Usage that shares tiers, stretch by stretch, with the price of each stretch.

use super::charge::PriceEvidence;
use super::period::{Period, Terms};
use super::rates::{Item, Offer};
use super::remarks::Remarks;
use super::segment::{Span, even, stretches};
use super::usage::{Account, ServiceUsage, UsageLine};
use crate::pricing::{Allowance, Conditions, Confidence, Service, Sku, Tier, satisfied};
use crate::units::{PricingQuantity, SimDuration, UnitPrice, Usage};
use chrono::NaiveDate;
use rust_decimal::Decimal;

/// One SKU in one region, over all workloads.
pub(super) struct Group<'a> {
    pub(super) sku: &'a Sku,
    pub(super) region: &'a str,
    pub(super) lines: Vec<&'a UsageLine>,
    /// In time order.
    pub(super) parts: Vec<Part<'a>>,
}

/// Its usage in one stretch of the period.
pub(super) struct Part<'a> {
    pub(super) span: Span,
    /// The price then, or why there is none.
    pub(super) rate: Result<Rate, String>,
    /// By line.
    pub(super) usage: Vec<Usage>,
    /// What is free of it, by line.
    pub(super) free: Vec<Vec<(Usage, &'a Allowance)>>,
}

/// The prices of one stretch.
#[derive(Clone, Debug)]
pub(super) struct Rate {
    /// Names the price row: its first day, or `private`.
    pub(super) row: String,
    /// List prices.
    pub(super) tiers: Vec<Tier>,
    /// What is paid, by tier.
    pub(super) contracted: Vec<UnitPrice>,
    /// The price file's commitment that was chosen.
    pub(super) commitment: Option<String>,
    /// The agreement behind the contracted price.
    pub(super) negotiated: Option<String>,
    /// The agreement or commitment that gave way to the other, as they do not add up.
    gave_way: Option<String>,
    pub(super) evidence: PriceEvidence,
}

impl Rate {
    /// Whether nothing changes on the bill but the row.
    fn same(&self, other: &Self) -> bool {
        self.tiers == other.tiers
            && self.contracted == other.contracted
            && self.commitment == other.commitment
            && self.negotiated == other.negotiated
    }
}

impl Part<'_> {
    /// What is not free, by line.
    pub(super) fn billable(&self) -> Vec<Usage> {
        let free = |free: &Vec<(Usage, _)>| free.iter().map(|f| f.0.0).sum::<i128>();
        self.usage.iter().zip(&self.free).map(|(used, f)| Usage(used.0 - free(f))).collect()
    }
}

impl Group<'_> {
    /// Everything that is not free.
    pub(super) fn billable(&self) -> i128 {
        self.parts.iter().flat_map(Part::billable).map(|u| u.0).sum()
    }
}

/// The usage of a service, in the order of its SKUs and regions.
pub(super) fn group<'a>(
    usage: &'a ServiceUsage<'a>,
    terms: &Terms<'_>,
    remarks: &mut Remarks,
) -> Vec<Group<'a>> {
    let mut keys: Vec<(usize, &str)> =
        usage.lines.iter().map(|l| (l.sku, l.region.as_str())).collect();
    keys.sort_unstable();
    keys.dedup();
    let mut groups = Vec::new();
    for (index, region) in keys {
        let Some(sku) = usage.service.skus.get(index) else { continue };
        let lines: Vec<_> =
            usage.lines.iter().filter(|l| l.sku == index && l.region == region).collect();
        let item = item(usage.service, sku, region);
        let mut days = terms.rates.days(item);
        days.extend(usage.service.price_days(sku, region));
        let found = stretches(
            terms.period.span,
            days.into_iter().filter(|_| !terms.period.fixed_prices),
            |date| rate(usage, sku, item, terms, date),
            Rate::same,
        );
        remarks.changes(&sku.name, found.iter().map(|(span, rate)| (*span, rate.is_ok())));
        for rate in found.iter().filter_map(|f| f.1.as_ref().ok()) {
            if let Some(other) = &rate.gave_way {
                let taken = rate.negotiated.iter().chain(&rate.commitment).next();
                let taken = taken.map_or("the other", String::as_str);
                remarks.add(format!(
                    "{}: {other} does not come on top of {taken}; the lower price is billed",
                    sku.name
                ));
            }
        }
        let mut parts: Vec<Part<'a>> = found
            .into_iter()
            .map(|(span, rate)| Part { span, rate, usage: Vec::new(), free: Vec::new() })
            .collect();
        let spans: Vec<_> = parts.iter().map(|p| p.span).collect();
        for line in &lines {
            for (part, share) in parts.iter_mut().zip(even(line.usage, &spans)) {
                part.usage.push(share);
                part.free.push(Vec::new());
            }
        }
        groups.push(Group { sku, region, lines, parts });
    }
    groups
}

/// How agreements name a SKU.
fn item<'a>(service: &'a Service, sku: &'a Sku, region: &'a str) -> Item<'a> {
    Item {
        provider: &service.provider_name,
        service: &service.id,
        id: &sku.id,
        region: Some(region),
    }
}

/// The price of a day: list, and what is paid.
///
/// A discount and a commitment of the price file do not add up: the lower price of the two holds.
fn rate(
    usage: &ServiceUsage<'_>,
    sku: &Sku,
    item: Item<'_>,
    terms: &Terms<'_>,
    date: NaiveDate,
) -> Result<Rate, String> {
    let private = terms.rates.private(item, date);
    let offer = private.map(|p| Offer::Price(p.unit_price)).or_else(|| terms.rates.discount(item));
    let (row, tiers, evidence) =
        match (usage.service.price(sku, item.region.unwrap_or(""), date), private) {
            (Ok((row, tiers)), _) => {
                (row.from.to_string(), tiers, PriceEvidence::new(Some(row.from), &row.evidence))
            }
            // Without a list price the agreed one is all there is.
            (Err(_), Some(p)) => {
                let tiers = vec![Tier { from: Decimal::ZERO, unit_price: p.unit_price }];
                let evidence = PriceEvidence {
                    effective_from: p.days.from,
                    source: p.source.clone(),
                    checked_on: terms.period.pricing_date(),
                    confidence: Confidence::High,
                    note: Some("a private price; no list price is known".into()),
                };
                ("private".to_owned(), tiers, evidence)
            }
            (Err(why), None) => return Err(why.0),
        };
    let list = || tiers.iter().map(|t| t.unit_price);
    let agreed: Option<Vec<_>> = offer.as_ref().map(|o| list().map(|p| o.applied(p)).collect());
    let chosen = pledge(usage, sku);
    let pledged: Option<Vec<_>> =
        chosen.map(|c| list().map(|p| p.less_percent(c.percent)).collect());
    let words = offer.as_ref().map(Offer::words);
    let name = chosen.map(|c| c.name.clone());
    let (contracted, commitment, negotiated, gave_way) = match (agreed, pledged) {
        (Some(agreed), Some(pledged)) if pledged < agreed => (pledged, name, None, words),
        (Some(agreed), _) => (agreed, None, words, name),
        (None, Some(pledged)) => (pledged, name, None, None),
        (None, None) => (list().collect(), None, None, None),
    };
    Ok(Rate { row, contracted, commitment, negotiated, gave_way, evidence, tiers })
}

/// The commitment of the price file that the account has chosen for a SKU.
fn pledge<'a>(usage: &ServiceUsage<'a>, sku: &Sku) -> Option<&'a crate::pricing::Commitment> {
    let mut commitments = usage.service.commitments.iter();
    commitments.find(|c| c.skus.contains(&sku.id) && holds(&c.when, &usage.account))
}

/// Whether the account's options satisfy the conditions.
pub(super) fn holds(when: &Conditions, account: &Account) -> bool {
    satisfied(when, |name| account.get(name).map(String::as_str))
}

fn month(sku: &Sku, period: Period) -> SimDuration {
    sku.month.unwrap_or(period.month)
}

/// Usage in pricing units, for a price with so many decimals.
pub(super) fn quantity(
    sku: &Sku,
    usage: Usage,
    period: Period,
    price: UnitPrice,
) -> PricingQuantity {
    sku.measured_as.quantity(usage, month(sku, period), price)
}

/// Base units of one pricing unit.
pub(super) fn unit(sku: &Sku, period: Period) -> i128 {
    sku.measured_as.base_units(month(sku, period))
}

/// Base units of `quantity` pricing units, rounded down.
pub(super) fn base_units(sku: &Sku, quantity: Decimal, period: Period) -> i128 {
    super::base_units(sku, quantity, period.month).unwrap_or(i128::MAX)
}
