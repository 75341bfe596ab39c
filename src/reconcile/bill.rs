//! A bill, row by row.

use super::format::{BILL_FORMATS, BillFormat, Layout};
use super::number;
use crate::diagnostic::{Diagnostic, Result, suggest};
use crate::workload::import::{Input, Refusal, RowReader, Step, Words};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use rust_decimal::Decimal;
use std::io::Read;
use std::rc::Rc;

const BILL: Words = Words {
    what: "bill",
    shape: "a bill is a FOCUS export or an AWS Cost and Usage Report, as CSV",
    skip: None,
};

/// Decimals that costs and quantities keep.
const COST_DECIMALS: usize = 18;
const QUANTITY_DECIMALS: usize = 15;

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// Metered usage.
    Usage,
    /// Money off usage, without a quantity of its own.
    Discount,
    /// A fee or a plan.
    Purchase,
    /// Money back.
    Credit,
    /// Tax.
    Tax,
    /// Anything else, corrections of earlier periods among it.
    Adjustment,
    /// Counted elsewhere on the bill: the part of a commitment that usage rows already carry.
    Counted,
}

/// One row of a bill in the words of this program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillRow {
    /// What it is about.
    pub kind: RowKind,
    /// Names of its service, best first.
    pub services: Vec<String>,
    /// Ids of its SKU, best first.
    pub ids: Vec<String>,
    /// Names of its meter, best first.
    pub meters: Vec<String>,
    /// Its region.
    pub region: Option<String>,
    /// The unit of its quantity.
    pub unit: Option<String>,
    /// How much; none if the bill does not say.
    pub quantity: Option<Decimal>,
    /// Cost at list prices.
    pub list_cost: Decimal,
    /// Cost with all discounts, commitments spread over what they cover.
    pub cost: Decimal,
    /// When it starts and ends.
    pub period: (DateTime<Utc>, DateTime<Utc>),
    /// In the bill's words.
    pub description: String,
}

/// A bill that is being read.
pub struct Bill<'a> {
    format: BillFormat,
    layout: Rc<Layout>,
    rows: RowReader<'a>,
    rounded: u64,
}

impl<'a> Bill<'a> {
    /// Opens a bill; `name` is what errors call it. Gzip is recognised, and the format by the header
    /// unless it is given.
    ///
    /// # Errors
    /// A file that is empty, cut off, not text or not a bill.
    pub fn open(name: &str, input: impl Read + 'a, format: Option<BillFormat>) -> Result<Self> {
        let rows = RowReader::open(Input::open(name, Box::new(input), &BILL)?)?;
        let format = format.or_else(|| BillFormat::of(rows.headers())).ok_or_else(|| {
            let known = BILL_FORMATS.map(BillFormat::name);
            Box::new(
                Diagnostic::input("this is no bill that can be read")
                    .at(rows.header_place(), "columns of no known format")
                    .note(format!("known formats: {}", suggest::list(known)))
                    .hint(BILL.shape),
            )
        })?;
        let layout = Layout::find(format, rows.headers(), rows.header_place())?;
        Ok(Self { format, layout: Rc::new(layout), rows, rounded: 0 })
    }

    /// The format.
    #[must_use]
    pub fn format(&self) -> BillFormat {
        self.format
    }

    /// Rows read so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.rows()
    }

    /// Numbers whose last digits had to go.
    #[must_use]
    pub fn rounded(&self) -> u64 {
        self.rounded
    }

    /// The next row.
    ///
    /// # Errors
    /// A row that cannot be read, with its line and column.
    pub fn next_row(&mut self) -> Result<Option<BillRow>> {
        match self.rows.next()? {
            Step::End => Ok(None),
            Step::Misshapen(diagnostic) => Err(diagnostic),
            Step::Row => self.row().map(Some),
        }
    }

    /// An error at the place of the row that was read last.
    pub(super) fn refuse(&self, message: String) -> Diagnostic {
        Diagnostic::input(message).at(self.rows.place(None), "this row")
    }

    fn text(&self, index: usize) -> String {
        String::from_utf8_lossy(self.rows.cell(index)).into_owned()
    }

    fn texts(&self, indices: &[usize]) -> Vec<String> {
        let texts = indices.iter().map(|i| self.text(*i));
        texts.filter(|t| !t.is_empty() && t != "null" && t != "NULL").collect()
    }

    /// The number of a cell; none if it is empty.
    fn number(&mut self, index: usize, decimals: usize) -> Result<Option<Decimal>> {
        let text = self.text(index);
        if text.is_empty() || text.eq_ignore_ascii_case("null") {
            return Ok(None);
        }
        match number::read(&text, decimals) {
            Some(n) => {
                self.rounded += u64::from(n.rounded);
                Ok(Some(n.value))
            }
            None => {
                let large = text.parse::<f64>().is_ok_and(f64::is_finite);
                let what = if large { "too large to be added up exactly" } else { "not a number" };
                let refusal = Refusal::new(text.as_bytes(), what);
                let allowed = "a decimal such as `-100.2` or `35.2E-7`, of at most 28 digits";
                Err(self.rows.refuse(index, refusal.allowed(allowed)))
            }
        }
    }

    fn optional(&mut self, index: Option<usize>, decimals: usize) -> Result<Option<Decimal>> {
        index.map_or(Ok(None), |i| self.number(i, decimals))
    }

    fn cost(&mut self, index: usize) -> Result<Decimal> {
        self.number(index, COST_DECIMALS)?.ok_or_else(|| {
            self.rows
                .refuse(index, Refusal::because("a cost is missing").allowed("a decimal, `0` too"))
        })
    }

    fn instant(&self, index: usize) -> Result<DateTime<Utc>> {
        let text = self.text(index);
        instant(&text).ok_or_else(|| {
            let refusal = Refusal::new(text.as_bytes(), "not a date and time");
            self.rows.refuse(index, refusal.allowed("UTC, such as `2026-11-23T00:00:00Z`"))
        })
    }

    fn row(&mut self) -> Result<BillRow> {
        self.currency()?;
        let layout = Rc::clone(&self.layout);
        let period = (self.instant(layout.start)?, self.instant(layout.end)?);
        if period.1 < period.0 {
            let refusal = Refusal::because("a row ends before it starts");
            return Err(self.rows.refuse(layout.end, refusal));
        }
        let mut row = BillRow {
            kind: RowKind::Usage,
            services: self.texts(&layout.services),
            ids: self.texts(&layout.ids),
            meters: self.texts(&layout.meters),
            region: self.texts(&layout.region).into_iter().next(),
            unit: layout.unit.map(|i| self.text(i)).filter(|u| !u.is_empty()),
            quantity: self.optional(layout.quantity, QUANTITY_DECIMALS)?,
            list_cost: Decimal::ZERO,
            cost: self.cost(layout.cost)?,
            period,
            description: layout.description.map(|i| self.text(i)).unwrap_or_default(),
        };
        if let (None, Some((quantity, unit))) = (row.quantity, layout.consumed) {
            row.quantity = self.number(quantity, QUANTITY_DECIMALS)?;
            row.unit = Some(self.text(unit)).filter(|u| !u.is_empty());
        }
        let list = self.optional(layout.list_cost, COST_DECIMALS)?;
        match self.format {
            BillFormat::Focus => self.focus(&mut row)?,
            BillFormat::AwsCur => self.cur(&mut row)?,
        }
        row.list_cost = match row.kind {
            RowKind::Usage | RowKind::Purchase => list.unwrap_or(row.cost),
            _ => Decimal::ZERO,
        };
        Ok(row)
    }

    /// One currency on the whole bill: the estimate's.
    fn currency(&mut self) -> Result<()> {
        let text = self.text(self.layout.currency);
        if text == "USD" {
            return Ok(());
        }
        let refusal = Refusal::new(text.as_bytes(), "not the currency of the estimate")
            .allowed("`USD`, in every row");
        let hint = "convert the bill, or export it in US dollars";
        Err(self.rows.refuse(self.layout.currency, refusal.hint(hint)))
    }

    fn focus(&mut self, row: &mut BillRow) -> Result<()> {
        let kind = self.text(self.layout.kind);
        row.kind = match kind.as_str() {
            "Usage" => RowKind::Usage,
            "Purchase" => RowKind::Purchase,
            "Tax" => RowKind::Tax,
            "Credit" => RowKind::Credit,
            "Adjustment" => RowKind::Adjustment,
            _ => {
                let refusal = Refusal::new(kind.as_bytes(), "not a ChargeCategory of FOCUS")
                    .allowed("`Usage`, `Purchase`, `Tax`, `Credit`, `Adjustment`");
                return Err(self.rows.refuse(self.layout.kind, refusal));
            }
        };
        if let Some(billed) = self.layout.billed {
            self.cost(billed)?;
        }
        let committed = self.layout.commitment.is_some_and(|i| !self.rows.cell(i).is_empty());
        if row.kind == RowKind::Purchase && committed && row.cost.is_zero() {
            row.kind = RowKind::Counted;
        }
        if self.layout.class.is_some_and(|i| self.rows.cell(i) == b"Correction") {
            row.kind = RowKind::Adjustment;
        }
        Ok(())
    }

    fn cur(&mut self, row: &mut BillRow) -> Result<()> {
        let layout = Rc::clone(&self.layout);
        let kind = self.text(layout.kind);
        row.kind = match kind.as_str() {
            "Usage" => RowKind::Usage,
            "SavingsPlanCoveredUsage" => {
                let cost = self.optional(layout.plan_cost, COST_DECIMALS)?;
                row.cost = cost.unwrap_or(row.cost);
                RowKind::Usage
            }
            "DiscountedUsage" => {
                let cost = self.optional(layout.reserved_cost, COST_DECIMALS)?;
                row.cost = cost.unwrap_or(row.cost);
                RowKind::Usage
            }
            // Takes back the list price of rows that stand at their effective cost here.
            "SavingsPlanNegation" if layout.plan_cost.is_some() => RowKind::Counted,
            "SavingsPlanRecurringFee" => {
                let total = self.optional(layout.plan_total, COST_DECIMALS)?;
                let used = self.optional(layout.plan_used, COST_DECIMALS)?;
                // What usage rows carry is not counted again; what nothing used remains.
                if let (Some(total), Some(used)) = (total, used) {
                    row.cost = total - used;
                }
                RowKind::Purchase
            }
            "Fee" | "RIFee" | "SavingsPlanUpfrontFee" => RowKind::Purchase,
            "Tax" => RowKind::Tax,
            "Credit" | "Refund" => RowKind::Credit,
            "EdpDiscount"
            | "PrivateRateDiscount"
            | "BundledDiscount"
            | "Discount"
            | "SppDiscount"
            | "SavingsPlanNegation" => RowKind::Discount,
            _ => RowKind::Adjustment,
        };
        Ok(())
    }
}

/// Dates as bills write them; without a zone they are UTC.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.with_timezone(&Utc));
    }
    let plain = text.trim_end_matches(" UTC").trim_end_matches('Z');
    let formats =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"];
    let at = formats.iter().find_map(|f| NaiveDateTime::parse_from_str(plain, f).ok());
    let day = || plain.parse::<NaiveDate>().ok().map(|d| d.and_time(NaiveTime::MIN));
    at.or_else(day).map(|at| at.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_bills_write_them() {
        let noon = instant("2026-11-23T12:00:00Z").unwrap();
        for same in [
            "2026-11-23T12:00:00.000Z",
            "2026-11-23 12:00:00",
            "2026-11-23 12:00:00 UTC",
            "2026-11-23T12:00Z",
            "2026-11-23T14:00:00+02:00",
        ] {
            assert_eq!(instant(same), Some(noon), "{same}");
        }
        assert!(instant("2026-11-23").is_some());
        assert!(["", "soon", "2026-13-01", "23/11/2026"].iter().all(|t| instant(t).is_none()));
    }
}
