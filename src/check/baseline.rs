//! What the bill is compared with, and how much of the change comes from prices.

use crate::diagnostic::{Diagnostic, Result};
use crate::diff::{Causes, Ledger, Lines, lines};
use crate::estimate::Estimate;
use crate::units::Money;
use chrono::NaiveDate;

/// How the total changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Both are scenarios: every cause is known.
    Causes(Causes),
    /// The baseline is a result: the part that other prices make, if the new scenario could be estimated
    /// at the prices of the baseline's day.
    Prices(Option<Money>),
}

/// What the bill is compared with.
#[derive(Clone, Debug)]
pub struct Baseline {
    /// What to call it.
    pub name: String,
    /// Its total.
    pub total: Money,
    /// The day of its prices.
    pub pricing_date: NaiveDate,
    /// Whether everything in it has a price.
    pub complete: bool,
    /// How the total changed.
    pub change: Change,
    /// Line by line.
    pub lines: Lines,
}

impl Baseline {
    /// A baseline beside the estimate that is compared with it.
    ///
    /// # Errors
    /// When the two are for periods of another length.
    pub fn new(name: String, before: &Ledger, after: &Estimate, change: Change) -> Result<Self> {
        if before.period != after.period {
            let message = format!(
                "the baseline is for {}, the scenario for {}: their totals cannot be compared",
                before.period, after.period
            );
            return Err(Box::new(
                Diagnostic::input(message)
                    .note(format!("baseline: {name}"))
                    .hint("make a baseline of the same `period`"),
            ));
        }
        Ok(Self {
            name,
            total: before.total,
            pricing_date: before.pricing_date,
            complete: before.is_complete(),
            change,
            lines: lines(before, &Ledger::from(after)),
        })
    }

    /// The part of the change that other prices make; none if it cannot be told apart.
    #[must_use]
    pub fn price_drift(&self) -> Option<Money> {
        match &self.change {
            Change::Causes(causes) => causes.price_drift,
            Change::Prices(part) => *part,
        }
    }
}
