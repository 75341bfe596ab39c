//! The price book as tables and as JSON.

mod diff;
mod list;
mod overview;
mod show;
mod verify;
mod words;

pub(super) use diff::schema as diff_schema;
pub use diff::{Between, differences};
pub use list::list;
pub(super) use list::schema as list_schema;
pub use overview::overview;
pub(super) use overview::schema as overview_schema;
pub(super) use show::schema as show_schema;
pub use show::show;
pub(super) use verify::schema as verify_schema;
pub use verify::{verification_json, verification_summary};

use super::number::price;
use crate::pricing::{NoPrice, PriceRow, Tier};
use schemars::JsonSchema;
use serde::Serialize;

/// How to write.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// For people: so many columns wide, styled or not.
    Table {
        /// Columns.
        width: usize,
        /// Whether to style.
        color: bool,
    },
    /// For programs.
    Json,
}

/// The price, or where tiers start.
fn price_text(tiers: &[Tier]) -> String {
    match tiers {
        [one] => price(one.unit_price),
        [first, ..] => format!("from {}", price(first.unit_price)),
        [] => String::new(),
    }
}

/// The price of a SKU in a region as exact text, or why there is none.
#[derive(Serialize, JsonSchema)]
struct Priced {
    tiers: Vec<TierLine>,
    effective_from: Option<String>,
    effective_until: Option<String>,
    confidence: Option<&'static str>,
    source: Option<String>,
    checked_on: Option<String>,
    no_price: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct TierLine {
    from: String,
    unit_price: String,
}

fn tier_lines(tiers: &[Tier]) -> Vec<TierLine> {
    let line = |t: &Tier| TierLine {
        from: t.from.normalize().to_string(),
        unit_price: t.unit_price.to_string(),
    };
    tiers.iter().map(line).collect()
}

impl Priced {
    fn of(price: &Result<(&PriceRow, Vec<Tier>), NoPrice>) -> Self {
        let row = price.as_ref().ok().map(|(row, _)| *row);
        Self {
            tiers: price.as_ref().map(|(_, tiers)| tier_lines(tiers)).unwrap_or_default(),
            effective_from: row.map(|r| r.from.to_string()),
            effective_until: row.and_then(|r| r.until).map(|d| d.to_string()),
            confidence: row.map(|r| r.evidence.confidence.name()),
            source: row.map(|r| r.evidence.source.clone()),
            checked_on: row.map(|r| r.evidence.checked_on.to_string()),
            no_price: price.as_ref().err().map(|e| e.0.clone()),
        }
    }
}
