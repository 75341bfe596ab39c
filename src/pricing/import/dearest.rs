//! Of prices that take turns by the hour, those that never understate a bill.

use super::table::{Long, Rates, TableRow};
use rust_decimal::Decimal;

/// The row that is at least as dear as every other in every rate.
pub(super) fn dearest(rows: Vec<TableRow>) -> Option<TableRow> {
    let best = rows.iter().position(|a| rows.iter().all(|b| at_least(a, b)))?;
    rows.into_iter().nth(best)
}

fn at_least(a: &TableRow, b: &TableRow) -> bool {
    let long = match (&a.long, &b.long) {
        (None, None) => true,
        (Some(a), Some(b)) => long_at_least(a, b),
        _ => false,
    };
    long && rates_at_least(&a.standard, &b.standard) && options(a.batch.as_ref(), b.batch.as_ref())
}

fn long_at_least(a: &Long, b: &Long) -> bool {
    (a.above, a.inclusive) == (b.above, b.inclusive)
        && rates_at_least(&a.rates, &b.rates)
        && options(a.batch.as_ref(), b.batch.as_ref())
}

fn options(a: Option<&Rates>, b: Option<&Rates>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => rates_at_least(a, b),
        _ => false,
    }
}

fn rates_at_least(a: &Rates, b: &Rates) -> bool {
    let number = |text: Option<&String>| text.and_then(|t| t.parse::<Decimal>().ok());
    let rate = |a: Option<&String>, b: Option<&String>| match (number(a), number(b)) {
        (None, None) => true,
        (Some(a), Some(b)) => a >= b,
        _ => false,
    };
    rate(a.input.as_ref(), b.input.as_ref())
        && rate(a.output.as_ref(), b.output.as_ref())
        && rate(a.cache_read.as_ref(), b.cache_read.as_ref())
        && a.cache_write.len() == b.cache_write.len()
        && a.cache_write.iter().all(|(life, price)| rate(Some(price), b.cache_write.get(life)))
}
