//! Shares and rates as people write them; statistics, so floats.

use crate::units::parse::{ParseError, plain};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A share between 0 and 1: `40%` or `0.4`.
///
/// # Errors
/// When the text is not a number or is outside 0 … 100 %.
pub fn share(text: &str) -> Result<f64, ParseError> {
    let trimmed = text.trim();
    let value = match trimmed.strip_suffix('%') {
        Some(percent) => plain(percent).ok().map(|v| v / Decimal::ONE_HUNDRED),
        None => plain(trimmed).ok(),
    };
    value
        .filter(|v| (Decimal::ZERO..=Decimal::ONE).contains(v))
        .and_then(|v| v.to_f64())
        .ok_or_else(|| ParseError::new(text, "a share such as `40%` or `0.4`, between 0 and 100 %"))
}

/// Requests per second: `2/s`, `90/min`, `5000/h`, `1M/day`, `30M/month` (of 730 h).
///
/// # Errors
/// When the text is not a positive number followed by a known period.
pub fn rate_per_second(text: &str) -> Result<f64, ParseError> {
    const EXPECTED: &str = "a rate such as `2/s`, `90/min`, `5000/h`, `1M/day` or `30M/month`";
    let (value, period) = text.split_once('/').ok_or_else(|| ParseError::new(text, EXPECTED))?;
    let seconds = match period.trim() {
        "s" | "sec" | "second" => 1.0,
        "min" | "minute" => 60.0,
        "h" | "hour" => 3_600.0,
        "d" | "day" => 86_400.0,
        "week" => 604_800.0,
        "month" => 2_628_000.0,
        _ => return Err(ParseError::new(text, EXPECTED)),
    };
    plain(value)
        .ok()
        .and_then(|v| v.to_f64())
        .filter(|v| *v > 0.0)
        .map(|v| v / seconds)
        .ok_or_else(|| ParseError::new(text, EXPECTED))
}

/// A number of bytes: a size such as `4KiB`, or a plain number such as `262` or `62.5`.
///
/// # Errors
/// When the text is neither, or is negative.
pub fn bytes_or_number(text: &str) -> Result<f64, ParseError> {
    #[expect(clippy::cast_precision_loss, reason = "statistics; sizes this large do not occur")]
    let size = crate::units::parse::bytes(text).ok().map(|b| b as f64);
    size.or_else(|| plain(text).ok().and_then(|v| v.to_f64()))
        .filter(|v| *v >= 0.0)
        .ok_or_else(|| ParseError::new(text, "a number of bytes such as `4096` or `4KiB`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_rates_read_as_people_write_them() {
        assert_eq!(share("40%"), Ok(0.4));
        assert_eq!(share("0.4"), Ok(0.4));
        assert_eq!(rate_per_second("90/min"), Ok(1.5));
        assert_eq!(share("140%").unwrap_err().text, "140%");
        assert!(rate_per_second("0/s").is_err());
        assert!(rate_per_second("NaN/s").is_err());
    }
}
