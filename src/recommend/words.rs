//! Amounts as people read them, in the sentences of rules.

use crate::units::{Money, SimDuration};
use rust_decimal::Decimal;

/// `$12.30`.
pub(super) fn dollars(money: Money) -> String {
    format!("${:.2}", money.to_cents().0)
}

/// `6.7 s`.
pub(super) fn seconds(time: SimDuration) -> String {
    let seconds = Decimal::from(time.0) / Decimal::from(1_000_000_000_i64);
    format!("{} s", seconds.round_dp(1).normalize())
}
