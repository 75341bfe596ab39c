//! Numbers as people read them: grouped thousands, few decimals, never a zero that is not one.

pub use crate::units::grouped;
use crate::units::{Money, PricingQuantity, SimDuration, UnitPrice};
use rust_decimal::{Decimal, RoundingStrategy};

fn rounded(value: Decimal, decimals: u32) -> Decimal {
    value.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
}

/// At most `decimals` decimals, no trailing zeros; `<0.0001` rather than a false zero.
#[must_use]
pub fn compact(value: Decimal, decimals: u32) -> String {
    let short = rounded(value, decimals);
    if short.is_zero() && !value.is_zero() {
        let sign = if value.is_sign_negative() { "-" } else { "" };
        return format!("{sign}<{}", Decimal::new(1, decimals));
    }
    grouped(&short.normalize().to_string())
}

/// A quantity with at most four decimals.
#[must_use]
pub fn quantity(quantity: PricingQuantity) -> String {
    compact(quantity.0, 4)
}

/// A count with grouped thousands.
#[must_use]
pub fn count(count: impl Into<i128>) -> String {
    grouped(&count.into().to_string())
}

/// Dollars with exactly `decimals` decimals; `<$0.01` rather than a false zero.
#[must_use]
pub fn dollars(money: Money, decimals: u32) -> String {
    let sign = if money.0.is_sign_negative() && !money.is_zero() { "-" } else { "" };
    let mut short = rounded(money.0, decimals).abs();
    if short.is_zero() && !money.is_zero() {
        return format!("{sign}<${}", Decimal::new(1, decimals));
    }
    short.rescale(decimals);
    format!("{sign}${}", grouped(&short.to_string()))
}

/// Dollars and cents.
#[must_use]
pub fn money(money: Money) -> String {
    dollars(money, 2)
}

/// A price, exact to its last digit.
#[must_use]
pub fn price(price: UnitPrice) -> String {
    let text = price.to_string();
    match text.strip_prefix('-') {
        Some(rest) => format!("-${}", grouped(rest)),
        None => format!("${}", grouped(&text)),
    }
}

/// Cost of 1,000 of `requests`, or nothing when there are none.
#[must_use]
pub fn per_thousand(total: Money, requests: u64) -> Option<Money> {
    let thousand = total.0.checked_mul(Decimal::ONE_THOUSAND)?;
    thousand.checked_div(Decimal::from(requests)).map(Money)
}

/// `part` of `whole` money in percent with one decimal, or nothing of nothing.
#[must_use]
pub fn money_share(part: Money, whole: Money) -> Option<String> {
    let percent = part.0.checked_div(whole.0)?.checked_mul(Decimal::ONE_HUNDRED)?;
    Some(format!("{}%", compact(percent, 1)))
}

/// `part` of `whole` in percent with one decimal, or nothing of nothing.
#[must_use]
pub fn share(part: u64, whole: u64) -> Option<String> {
    let percent = Decimal::from(part).checked_mul(Decimal::ONE_HUNDRED)?;
    Some(format!("{}%", compact(percent.checked_div(Decimal::from(whole))?, 1)))
}

/// Nanoseconds as seconds, exact.
#[must_use]
pub fn seconds(nanos: i128) -> String {
    let sign = if nanos < 0 { "-" } else { "" };
    let (whole, rest) =
        (nanos.unsigned_abs() / 1_000_000_000, nanos.unsigned_abs() % 1_000_000_000);
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    format!("{sign}{whole}.{}", format!("{rest:09}").trim_end_matches('0'))
}

/// A duration in hours; exact when it is a terminating decimal.
#[must_use]
pub fn hours(duration: SimDuration) -> Decimal {
    (Decimal::from(duration.0) / Decimal::from(SimDuration::from_hours(1).0)).normalize()
}

/// A waiting time to three digits or so: `840 ms`, `1.28 s`.
#[must_use]
pub fn latency(duration: SimDuration) -> String {
    let in_unit = |nanos: i64| Decimal::from(duration.0) / Decimal::from(nanos);
    if duration.0 >= 1_000_000_000 {
        format!("{} s", compact(in_unit(1_000_000_000), 2))
    } else if duration.0 >= 10_000_000 {
        format!("{} ms", compact(in_unit(1_000_000), 0))
    } else {
        format!("{} ms", compact(in_unit(1_000_000), 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn counts_are_grouped() {
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
        assert_eq!(count(-1_000_i64), "-1,000");
    }

    #[test]
    fn a_small_number_is_never_shown_as_zero() {
        assert_eq!(quantity(PricingQuantity(dec("0.00004"))), "<0.0001");
        assert_eq!(quantity(PricingQuantity(dec("0.00005"))), "0.0001");
        assert_eq!(quantity(PricingQuantity(dec("51826.17188"))), "51,826.1719");
        assert_eq!(quantity(PricingQuantity(Decimal::ZERO)), "0");
        assert_eq!(money(Money(dec("0.0049"))), "<$0.01");
        assert_eq!(money(Money(dec("-0.001"))), "-<$0.01");
        assert_eq!(share(1, 1_000_000).as_deref(), Some("<0.1%"));
    }

    #[test]
    fn money_has_cents_and_prices_all_their_digits() {
        assert_eq!(money(Money(dec("1234.5"))), "$1,234.50");
        assert_eq!(money(Money(dec("-5.215"))), "-$5.22");
        assert_eq!(money(Money::ZERO), "$0.00");
        assert_eq!(price("0.0000166667".parse().unwrap()), "$0.0000166667");
        assert_eq!(price("20.00".parse().unwrap()), "$20");
    }

    #[test]
    fn rates_of_nothing_are_nothing() {
        assert_eq!(per_thousand(Money(dec("3")), 0), None);
        assert_eq!(per_thousand(Money(dec("3")), 2_000), Some(Money(dec("1.5"))));
        assert_eq!(share(0, 0), None);
    }

    #[test]
    fn times_are_exact_in_seconds_and_short_for_people() {
        assert_eq!(seconds(1_500_000_001), "1.500000001");
        assert_eq!(seconds(-2_000_000_000), "-2");
        assert_eq!(hours(SimDuration::from_hours(730)).to_string(), "730");
        assert_eq!(latency(SimDuration::from_millis(1_284)), "1.28 s");
        assert_eq!(latency(SimDuration::from_millis(840)), "840 ms");
        assert_eq!(latency(SimDuration(2_500_000)), "2.5 ms");
    }
}
