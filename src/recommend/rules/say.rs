//! Numbers in sentences.

use crate::recommend::Change;
use crate::units::{Money, grouped};
use rust_decimal::Decimal;

/// An amount in dollars and cents; less than a dollar has four decimals.
pub(super) fn dollars(amount: Money) -> String {
    let (sign, amount) = if amount < Money::ZERO { ("-", -amount) } else { ("", amount) };
    if amount < Money(Decimal::ONE) {
        return format!("{sign}${:.4}", amount.0.round_dp(4));
    }
    format!("{sign}${}", grouped(&format!("{:.2}", amount.to_cents().0)))
}

/// A part of a whole in per cent, with two decimals; of nothing it is zero.
pub(super) fn percent(part: impl Into<Decimal>, whole: impl Into<Decimal>) -> String {
    let whole = whole.into();
    let share = if whole.is_zero() { Decimal::ZERO } else { part.into() / whole };
    format!("{} %", (share * Decimal::ONE_HUNDRED).round_dp(2).normalize())
}

/// Something else for a workload of this number.
pub(super) fn set(workload: usize, key: &str, value: impl ToString) -> Change {
    Change::none().set(workload, key, value.to_string())
}
