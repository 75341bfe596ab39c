//! Decimals that a program printed from a binary float: `2.9999900000000002` stands for `2.99999`.

use rust_decimal::Decimal;

/// From this many significant digits on a number looks like a binary float that was printed.
const FLOAT_DIGITS: usize = 17;
/// Digits that survive a binary float.
const SAFE_DIGITS: u32 = 15;

/// Whether a plain decimal looks so.
pub(super) fn is_in(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len() >= FLOAT_DIGITS
}

/// The decimal that the float stood for.
pub(super) fn without(value: Decimal) -> Option<Decimal> {
    value.round_sf(SAFE_DIGITS).map(|v| v.normalize())
}
