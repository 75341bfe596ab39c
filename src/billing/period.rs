//! What is billed, and on which terms.

use super::rates::Rates;
use super::segment::Span;
use crate::units::SimDuration;
use chrono::NaiveDate;

/// What is billed.
#[derive(Clone, Copy, Debug)]
pub struct Period {
    /// When it starts and ends.
    pub span: Span,
    /// Length of the month that monthly units are prorated over.
    pub month: SimDuration,
    /// Whether free tiers and credits apply.
    pub allowances: bool,
    /// Whether the prices of the first day hold throughout.
    pub fixed_prices: bool,
}

/// A period and what was agreed for it.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) period: Period,
    pub(super) rates: &'a Rates,
}

impl Period {
    /// A month at the prices of its first day.
    #[must_use]
    pub fn month(first_day: NaiveDate, month: SimDuration, allowances: bool) -> Self {
        Self { span: Span::from_day(first_day, month), month, allowances, fixed_prices: true }
    }

    /// The same, split where prices change.
    #[must_use]
    pub fn split(self) -> Self {
        Self { fixed_prices: false, ..self }
    }

    /// The first day.
    #[must_use]
    pub fn pricing_date(&self) -> NaiveDate {
        self.span.start.date_naive()
    }
}
