//! Amounts as people read them, in the sentences of rules.

use crate::units::{Money, SimDuration, grouped, thousands};
use rust_decimal::Decimal;

/// An amount in dollars and cents; less than a dollar has four decimals.
pub(super) fn dollars(amount: Money) -> String {
    let (sign, amount) = if amount < Money::ZERO { ("-", -amount) } else { ("", amount) };
    if amount > Money::ZERO && amount < Money(Decimal::ONE) {
        return format!("{sign}${:.4}", amount.0.round_dp(4));
    }
    format!("{sign}${}", grouped(&format!("{:.2}", amount.to_cents().0)))
}

/// So many things; a word for one of them.
pub(super) fn count(n: impl Into<u64>, one: &str) -> String {
    let n = n.into();
    format!("{} {one}{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// A part of a whole in per cent, with two decimals; of nothing it is zero.
pub(super) fn percent(part: impl Into<Decimal>, whole: impl Into<Decimal>) -> String {
    let whole = whole.into();
    let share = if whole.is_zero() { Decimal::ZERO } else { part.into() / whole };
    format!("{} %", (share * Decimal::ONE_HUNDRED).round_dp(2).normalize())
}

/// `6.7 s`.
pub(super) fn seconds(time: SimDuration) -> String {
    let seconds = Decimal::from(time.0) / Decimal::from(1_000_000_000_i64);
    format!("{} s", seconds.round_dp(1).normalize())
}
