//! Reading back what `ssc estimate --format json` wrote.

use super::ledger::{Entry, Ledger, Missing};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::units::parse::{date, duration};
use crate::units::{Money, SimDuration};
use rust_decimal::Decimal;
use serde::Deserialize;

/// The schema that is read, up to its version.
const SCHEMA: &str = "ssc/estimate/";
const VERSION: &str = "1";

#[derive(Deserialize)]
struct Document {
    name: String,
    pricing_date: String,
    period: Period,
    currency: String,
    total: Total,
    workloads: Vec<Workload>,
    charges: Vec<Charge>,
    unpriced: Vec<Unpriced>,
}

#[derive(Deserialize)]
struct Period {
    seconds: String,
}

#[derive(Deserialize)]
struct Total {
    amount: String,
}

#[derive(Deserialize)]
struct Workload {
    name: String,
    requests: u64,
}

#[derive(Deserialize)]
struct Charge {
    workload: Option<String>,
    service_name: String,
    sku_id: String,
    charge_description: String,
    pricing_unit: Option<String>,
    pricing_quantity: Option<String>,
    list_unit_price: Option<String>,
    list_cost: String,
    billed_cost: String,
}

#[derive(Deserialize)]
struct Unpriced {
    workload: Option<String>,
    sku_id: String,
    name: String,
    reason: String,
}

impl Ledger {
    /// Reads a result of `ssc estimate --format json`.
    ///
    /// # Errors
    /// When the text is no such result, is of another schema version, or does not add up.
    pub fn read(source: &Source) -> Result<Self> {
        let file = source.name();
        let wrong = |message: String| {
            Diagnostic::input(message)
                .note(format!("in {file}"))
                .hint("make one with `ssc estimate SCENARIO --format json -o FILE`")
        };
        let json: serde_json::Value = serde_json::from_str(source.text())
            .map_err(|e| wrong(format!("`{file}` is not JSON: {e}")))?;
        let schema = json.get("schema").and_then(|s| s.as_str()).unwrap_or_default();
        match schema.strip_prefix(SCHEMA) {
            Some(VERSION) => {}
            Some(version) => {
                let message = format!(
                    "`{file}` has version {version} of the result's schema; this program reads {VERSION}"
                );
                return Err(Box::new(
                    wrong(message).hint("make it again with this version of the program"),
                ));
            }
            None => {
                let what = if schema.is_empty() { "no schema" } else { schema };
                let message = format!("`{file}` is not a result of an estimate: it has {what}");
                return Err(Box::new(wrong(message).note(format!("expected {SCHEMA}{VERSION}"))));
            }
        }
        let document = serde_json::from_value::<Document>(json)
            .map_err(|e| wrong(format!("`{file}` cannot be read: {e}")))?;
        document.ledger().map_err(|why| Box::new(wrong(format!("`{file}` cannot be read: {why}"))))
    }
}

fn number(text: &str) -> std::result::Result<Decimal, String> {
    Decimal::from_str_exact(text).map_err(|_| format!("`{text}` is not an exact number"))
}

fn seconds(text: &str) -> std::result::Result<SimDuration, String> {
    duration(&format!("{text}s")).map_err(|e| e.to_string())
}

impl Document {
    fn ledger(self) -> std::result::Result<Ledger, String> {
        if self.currency != "USD" {
            return Err(format!("it is in {}, and only USD is compared", self.currency));
        }
        let entry = |c: Charge| {
            Ok::<_, String>(Entry {
                workload: c.workload,
                service: c.service_name,
                sku_id: c.sku_id,
                name: c.charge_description,
                unit: c.pricing_unit,
                quantity: c.pricing_quantity.as_deref().map_or(Ok(Decimal::ZERO), number)?,
                unit_price: c.list_unit_price.as_deref().map(number).transpose()?,
                list: Money(number(&c.list_cost)?),
                billed: Money(number(&c.billed_cost)?),
            })
        };
        let entries =
            self.charges.into_iter().map(entry).collect::<std::result::Result<Vec<_>, _>>()?;
        let total = Money(number(&self.total.amount)?);
        let sum: Money = entries.iter().map(|e| e.billed).sum();
        if sum != total {
            return Err(format!("its charges add up to {sum}, and its total is {total}"));
        }
        let missing = self.unpriced.into_iter().map(|u| Missing {
            workload: u.workload,
            sku_id: u.sku_id,
            name: u.name,
            reason: u.reason,
        });
        Ok(Ledger {
            name: self.name,
            pricing_date: date(&self.pricing_date).map_err(|e| e.to_string())?,
            period: seconds(&self.period.seconds)?,
            total,
            streams: self.workloads.iter().map(|w| w.requests).sum(),
            workloads: self.workloads.into_iter().map(|w| w.name).collect(),
            entries,
            missing: missing.collect(),
        })
    }
}
