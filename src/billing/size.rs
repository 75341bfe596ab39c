//! Pricing quantities back to exact usage.

use crate::pricing::Sku;
use crate::units::SimDuration;
use rust_decimal::Decimal;

/// Base units of `quantity` pricing units of a SKU over a month of this length, rounded down; `None`
/// where that is too large to count.
#[must_use]
pub fn base_units(sku: &Sku, quantity: Decimal, month: SimDuration) -> Option<i128> {
    let per = sku.measured_as.base_units(sku.month.unwrap_or(month));
    let quantity = quantity.normalize();
    let divisor = 10_i128.checked_pow(quantity.scale())?;
    let digits = quantity.mantissa();
    let whole = (digits / divisor).checked_mul(per)?;
    let rest = digits % divisor;
    let rest = match rest.checked_mul(per) {
        Some(product) => product / divisor,
        // Both are large: what is lost is below one base unit in 10¹².
        None => (rest / 1_000_000).checked_mul(per)? / (divisor / 1_000_000).max(1),
    };
    whole.checked_add(rest)
}
