//! What a reader should know about how a bill came about.

use super::segment::{Span, midnight};
use crate::pricing::Fee;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Sentences, each once, price changes by date.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    changed: BTreeMap<NaiveDate, Vec<String>>,
    others: Vec<String>,
}

impl Remarks {
    /// Notes each day on which one price of `what` follows another; a missing price is shown by its usage.
    pub(super) fn changes(&mut self, what: &str, parts: impl Iterator<Item = (Span, bool)>) {
        let parts: Vec<_> = parts.collect();
        for pair in parts.windows(2).filter(|pair| pair[0].1 && pair[1].1) {
            let names = self.changed.entry(pair[1].0.start.date_naive()).or_default();
            if !names.iter().any(|n| n == what) {
                names.push(what.to_owned());
            }
        }
    }

    /// Notes a fee that changes while the period runs.
    pub(super) fn fee(&mut self, fee: &Fee, span: Span) {
        let inside = |day: &NaiveDate| span.start < midnight(*day) && midnight(*day) < span.end;
        if let Some(day) = fee.until.filter(inside) {
            self.add(format!(
                "{}: the fee changes on {day}; the one in force at the start is billed for the whole period",
                fee.name
            ));
        }
    }

    /// Adds a sentence unless it is there.
    pub(super) fn add(&mut self, text: String) {
        if !self.others.contains(&text) {
            self.others.push(text);
        }
    }

    /// Everything, price changes first.
    pub(super) fn finish(self, span: Span) -> Vec<String> {
        let days = |to: NaiveDate| (to - span.start.date_naive()).num_days();
        let day = Decimal::from(86_400_000_000_000_i64);
        let whole = (Decimal::from(span.length().0) / day).round_dp(1).normalize();
        let changes = self.changed.into_iter().map(|(date, names)| {
            format!(
                "prices of {} change on {date}: {} of {whole} days at the old prices",
                names.join(", "),
                days(date)
            )
        });
        changes.chain(self.others).collect()
    }
}
