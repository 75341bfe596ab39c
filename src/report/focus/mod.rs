//! An estimate as a FOCUS Cost and Usage dataset: CSV, and the metadata that describes it.
//!
//! A charge is a row; nothing is computed but what FOCUS asks to be written otherwise. Usage without a
//! price has no row, since a cost must not be null and must not be a silent zero: it is listed in the
//! metadata.

mod columns;
mod metadata;
mod row;

pub use columns::{COLUMNS, Column, Kind, Level, Since};

use crate::billing::{Category, Charge, CommitmentStatus};
use crate::estimate::Estimate;
use crate::pricing::{Book, Component};
use crate::units::{Money, PricingQuantity, UnitPrice};
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use row::{Origin, Row};
use std::borrow::Cow;

const CURRENCY: &str = "USD";

/// From inclusive, to exclusive.
type Instants = (DateTime<Utc>, DateTime<Utc>);

/// A version of FOCUS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// What providers export today.
    V1_2,
    /// The newest.
    V1_4,
}

impl Version {
    /// The number.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1_2 => "1.2",
            Self::V1_4 => "1.4",
        }
    }
}

/// What a FOCUS file needs besides the estimate.
#[derive(Clone, Debug)]
pub struct Focus<'a> {
    /// The version.
    pub version: Version,
    /// Names of regions, SKUs and subcategories.
    pub book: &'a Book,
    /// `BillingAccountId`.
    pub billing_account: &'a str,
    /// Hash of the scenario and all that changes it.
    pub scenario_digest: String,
    /// Hash of the price files.
    pub price_list_digest: String,
    /// `CreationDate` of the metadata; the start of the period if not given.
    pub created: Option<DateTime<Utc>>,
}

/// A FOCUS file and what describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The rows.
    pub csv: String,
    /// The metadata, JSON.
    pub metadata: String,
}

/// The estimate as a FOCUS dataset; the same estimate gives the same bytes.
#[must_use]
pub fn files(estimate: &Estimate, focus: &Focus<'_>) -> Files {
    let columns: Vec<&Column> = COLUMNS.iter().filter(|c| c.is_in(focus.version)).collect();
    let mut longest = vec![0; columns.len()];
    let mut lines = vec![line(columns.iter().map(|c| c.name))];
    let purchases = purchases(estimate);
    for charge in estimate.statement.charges.iter().chain(&purchases) {
        let charge = written(charge);
        let row = row(estimate, focus, &charge, &purchases);
        let cells: Vec<String> =
            columns.iter().map(|c| (c.value)(&row).unwrap_or_default()).collect();
        for (longest, cell) in longest.iter_mut().zip(&cells) {
            *longest = cell.chars().count().max(*longest);
        }
        lines.push(line(cells.iter().map(String::as_str)));
    }
    Files { csv: lines.concat(), metadata: metadata::json(estimate, focus, &columns, &longest) }
}

/// Cells separated by commas, quoted where they must be, with a line end.
fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quoted = cells.map(|cell| match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    });
    quoted.collect::<Vec<_>>().join(",") + "\n"
}

fn row<'a>(
    estimate: &'a Estimate,
    focus: &'a Focus<'a>,
    charge: &'a Charge,
    purchases: &[Charge],
) -> Row<'a> {
    let covers =
        |p: &&Charge| p.service_name == charge.service_name && p.commitment == charge.commitment;
    let usage = charge.charge_category == Category::Usage;
    Row {
        estimate,
        focus,
        charge,
        origin: origin(focus.book, charge),
        charge_period: (charge.charge_period.start, charge.charge_period.end),
        billing_period: period(estimate),
        prepaid: usage && charge.commitment.is_some() && purchases.iter().any(|p| covers(&p)),
    }
}

/// The price file of a charge: the one that has its SKU, or at least its name.
fn origin<'a>(book: &'a Book, charge: &Charge) -> Origin<'a> {
    let named = || book.services.iter().filter(|s| s.service_name == charge.service_name);
    let model = book
        .llm_providers
        .iter()
        .find(|p| p.service_name == charge.service_name && charge.component == Component::Tokens);
    match (model, named().find(|s| s.sku(&charge.sku_id).is_some()).or_else(|| named().next())) {
        (Some(provider), _) => Origin::Models(provider),
        (None, Some(service)) => Origin::Service(service),
        (None, None) => Origin::Unknown,
    }
}

/// Purchases of the commitments that cover usage: what the covered rows cost, bought once. FOCUS
/// bills the purchase and not the usage. A purchase that is a charge already is not made up again.
fn purchases(estimate: &Estimate) -> Vec<Charge> {
    let charges = &estimate.statement.charges;
    let mut made: Vec<Charge> = Vec::new();
    for charge in charges.iter().filter(|c| c.charge_category == Category::Usage) {
        let Some(name) = &charge.commitment else { continue };
        let same = |c: &Charge| {
            c.charge_category == Category::Purchase
                && c.service_name == charge.service_name
                && c.commitment.as_ref() == Some(name)
        };
        if charges.iter().any(same) {
            continue;
        }
        if let Some(purchase) = made.iter_mut().find(|c| same(c)) {
            purchase.billed_cost += charge.billed_cost;
            continue;
        }
        let id = format!("{}/{name}", charge.service_name);
        made.push(Charge {
            workload: None,
            region_id: None,
            sku_id: id.clone(),
            sku_price_id: id,
            charge_description: name.clone(),
            charge_category: Category::Purchase,
            component: Component::Fees,
            pricing_unit: Some("Units".into()),
            effective_cost: Money::ZERO,
            commitment_status: None,
            negotiated: None,
            ..charge.clone()
        });
    }
    for purchase in &mut made {
        let price = UnitPrice(purchase.billed_cost.0);
        purchase.pricing_quantity = Some(PricingQuantity(rust_decimal::Decimal::ONE));
        (purchase.list_unit_price, purchase.contracted_unit_price) = (Some(price), Some(price));
        purchase.list_cost = purchase.billed_cost;
    }
    made
}

/// A commitment's unused part as FOCUS asks for it: usage has a quantity and a price, here one unit that
/// costs nothing by itself, since the purchase is what is billed.
fn written(charge: &Charge) -> Cow<'_, Charge> {
    if charge.commitment_status != Some(CommitmentStatus::Unused) {
        return Cow::Borrowed(charge);
    }
    let nothing = Some(UnitPrice::default());
    Cow::Owned(Charge {
        pricing_unit: Some("Units".into()),
        pricing_quantity: Some(PricingQuantity(rust_decimal::Decimal::ONE)),
        list_unit_price: nothing,
        contracted_unit_price: nothing,
        list_cost: Money::ZERO,
        ..charge.clone()
    })
}

/// Midnight in UTC.
fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The estimate's billed period.
const fn period(estimate: &Estimate) -> Instants {
    (estimate.billing_period.start, estimate.billing_period.end)
}

/// The column list as a table in Markdown, for `docs/focus.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text =
        String::from("| column | FOCUS | empty? | in an estimate |\n|---|---|---|---|\n");
    for c in COLUMNS {
        let level = match c.level {
            Level::Mandatory => "mandatory",
            Level::Conditional => "conditional",
            Level::Recommended => "recommended",
            Level::Custom => "–",
        };
        let since = match c.since {
            Since::Always => "",
            Since::UpTo1_2 => ", only 1.2",
            Since::From1_3 => ", only 1.4",
        };
        let empty = if c.nullable { "may be" } else { "never" };
        text.push_str(&format!("| `{}` | {level}{since} | {empty} | {} |\n", c.name, c.about));
    }
    text
}
