//! What every table comes down to: providers, models, dated rates, and what could not be kept.

use super::super::CachedTokens;
use chrono::NaiveDate;
use std::collections::{BTreeMap, BTreeSet};

/// A table as it was read.
#[derive(Default)]
pub(super) struct Table {
    pub(super) providers: Vec<TableProvider>,
    /// Entries that name a model of the table again, with the same prices.
    pub(super) repeated: usize,
    /// The day the table says it is of.
    pub(super) date: Option<NaiveDate>,
}

/// A provider of the table.
#[derive(Default)]
pub(super) struct TableProvider {
    pub(super) id: String,
    pub(super) name: Option<String>,
    /// How it counts cached tokens, if the table says so.
    pub(super) cached_tokens: Option<CachedTokens>,
    pub(super) models: Vec<TableModel>,
}

/// A model of the table, with what its prices lack.
#[derive(Default)]
pub(super) struct TableModel {
    pub(super) id: String,
    pub(super) aliases: Vec<String>,
    pub(super) context_window: Option<u64>,
    pub(super) max_output: Option<u64>,
    pub(super) min_cacheable: Option<u64>,
    /// Where the table has the prices from.
    pub(super) source: Option<String>,
    /// In order of time; empty with a reason in `left_out`.
    pub(super) rows: Vec<TableRow>,
    /// Why the model cannot be written at all.
    pub(super) left_out: Option<String>,
    /// Parts of its prices that cannot be written.
    pub(super) lacks: BTreeSet<String>,
}

/// Rates from one day to another; `None`: from the beginning, or still.
#[derive(Clone, Default, PartialEq)]
pub(super) struct TableRow {
    pub(super) from: Option<NaiveDate>,
    pub(super) until: Option<NaiveDate>,
    pub(super) standard: Rates,
    pub(super) batch: Option<Rates>,
    pub(super) long: Option<Long>,
}

/// Rates of long prompts.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Long {
    pub(super) above: u32,
    /// Whether a prompt of exactly `above` tokens is long.
    pub(super) inclusive: bool,
    pub(super) rates: Rates,
    pub(super) batch: Option<Rates>,
}

/// USD per million tokens, as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rates {
    pub(super) input: Option<String>,
    pub(super) cache_read: Option<String>,
    pub(super) cache_write: BTreeMap<String, String>,
    pub(super) output: Option<String>,
}

/// Why a model with several bounds is left out.
pub(super) const SEVERAL_TIERS: &str = "more than one bound of long prompts";
/// Why a model without a price of input or output is left out.
pub(super) const NO_PRICE: &str = "no price of input and output tokens";
/// Why a model that costs nothing is left out.
pub(super) const FREE: &str = "a price of zero";
/// What is lost when prices change with the hour.
pub(super) const HOURS: &str = "hours of the day: the dearest price is kept";
/// Why a model is left out whose prices by the hour cannot be bounded by one of them.
pub(super) const HOURLY: &str = "prices by the hour, none of them the dearest throughout";
/// What is lost of flex, priority and other tiers.
pub(super) const SERVICE_TIERS: &str = "service tiers, speeds and routes";
/// The name of a cache lifetime that the table does not tell.
pub(super) const LIFETIME: &str = "default";

impl Rates {
    /// These rates where they are known, and `base` for the rest.
    pub(super) fn over(&self, base: &Self) -> Self {
        let mut cache_write = base.cache_write.clone();
        cache_write.extend(self.cache_write.clone());
        let either = |own: &Option<String>, base: &Option<String>| own.clone().or(base.clone());
        Self {
            input: either(&self.input, &base.input),
            cache_read: either(&self.cache_read, &base.cache_read),
            cache_write,
            output: either(&self.output, &base.output),
        }
    }

    /// Whether requests can be billed with them.
    pub(super) fn complete(&self) -> bool {
        self.input.is_some() && self.output.is_some()
    }

    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl TableModel {
    pub(super) fn named(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }

    /// The model, left out for a reason.
    pub(super) fn without(mut self, reason: impl Into<String>) -> Self {
        self.left_out = Some(reason.into());
        self.rows.clear();
        self
    }

    pub(super) fn lacks(&mut self, what: impl Into<String>) {
        self.lacks.insert(what.into());
    }

    /// Keeps a rate, or says that it is zero, which a price file does not hold.
    pub(super) fn keep(&mut self, price: Option<String>, name: &str) -> Option<String> {
        if price.is_none() {
            self.lacks(format!("{name} at a price of zero"));
        }
        price
    }
}
