//! Quantities as people write them: `15min`, `512MiB`, `1.5M`.

use super::{SimDuration, money::decimal};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Why a text is not the quantity it should be; a lowercase fragment that fits "`x` is not …".
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{text}` is not {expected}")]
pub struct ParseError {
    /// What was written.
    pub text: String,
    /// What is allowed, with an example.
    pub expected: &'static str,
}

impl ParseError {
    /// The error for `text` where `expected` was wanted.
    #[must_use]
    pub fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.trim().into(), expected }
    }
}

/// Splits `1.5GiB` into the number and the suffix.
fn split(text: &str) -> (&str, &str) {
    let text = text.trim();
    let end = text
        .char_indices()
        .find(|(_, c)| !matches!(c, '0'..='9' | '.' | '-' | '+' | '_' | ','))
        .map_or(text.len(), |(i, _)| i);
    (&text[..end], text[end..].trim())
}

fn number(text: &str) -> Option<Decimal> {
    decimal(&text.replace(['_', ','], "")).ok()
}

/// A length of time: `100ms`, `1.5s`, `15min`, `6h`, `2d`, `never`. Never negative.
///
/// # Errors
/// When the text has no unit, an unknown unit, or is negative.
pub fn duration(text: &str) -> Result<SimDuration, ParseError> {
    const EXPECTED: &str = "a duration such as `250ms`, `1.5s`, `15min`, `6h` or `2d`";
    if text.trim() == "never" {
        return Ok(SimDuration::MAX);
    }
    let (value, unit) = split(text);
    let nanos: i64 = match unit {
        "ns" => 1,
        "us" | "µs" => 1_000,
        "ms" => 1_000_000,
        "s" | "sec" => 1_000_000_000,
        "min" | "m" => 60_000_000_000,
        "h" | "hours" => 3_600_000_000_000,
        "d" | "days" => 86_400_000_000_000,
        "" if value == "0" => 1,
        _ => return Err(ParseError::new(text, EXPECTED)),
    };
    number(value)
        .filter(|v| !v.is_sign_negative())
        .and_then(|v| v.checked_mul(Decimal::from(nanos)))
        .and_then(|v| v.round().to_i64())
        .map(SimDuration)
        .ok_or_else(|| ParseError::new(text, EXPECTED))
}

/// A size in bytes: `512MiB`, `1.5GiB` (binary), `250MB`, `10GB` (decimal), `4096B`.
///
/// # Errors
/// When the text has no unit, an unknown unit, is negative or not a whole number of bytes.
pub fn bytes(text: &str) -> Result<u64, ParseError> {
    const EXPECTED: &str = "a size such as `512MiB`, `1.5GiB`, `250MB` or `4096B`";
    let (value, unit) = split(text);
    let size: u64 = match unit {
        "B" => 1,
        "KB" | "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        "TiB" => 1 << 40,
        "" if value == "0" => 1,
        _ => return Err(ParseError::new(text, EXPECTED)),
    };
    number(value)
        .filter(|v| !v.is_sign_negative())
        .and_then(|v| v.checked_mul(Decimal::from(size)))
        .filter(Decimal::is_integer)
        .and_then(|v| v.to_u64())
        .ok_or_else(|| ParseError::new(text, EXPECTED))
}

/// Memory in MiB. `MB` and `GB` are read as binary here, as every compute vendor means them.
///
/// # Errors
/// As [`bytes()`], and when the size is not a whole number of MiB.
pub fn memory_mib(text: &str) -> Result<u64, ParseError> {
    const EXPECTED: &str = "a memory size such as `512MiB` or `2GiB`";
    let binary = text.trim().replace("MB", "MiB").replace("GB", "GiB");
    bytes(&binary)
        .ok()
        .filter(|b| b % (1 << 20) == 0)
        .map(|b| b >> 20)
        .ok_or_else(|| ParseError::new(text, EXPECTED))
}

/// A calendar day: `2026-11-23`.
///
/// # Errors
/// When the text is not such a day.
pub fn date(text: &str) -> Result<NaiveDate, ParseError> {
    text.trim().parse().map_err(|_| ParseError::new(text, "a date such as `2026-11-23`"))
}

/// A plain decimal, optionally with a `k`, `M` or `B` suffix: `0.5`, `1.2M`.
///
/// # Errors
/// When the text is not such a number.
pub fn plain(text: &str) -> Result<Decimal, ParseError> {
    const EXPECTED: &str = "a number such as `0.5`, `400` or `1.2M`";
    let (value, suffix) = split(text);
    let factor: i64 = match suffix {
        "" => 1,
        "k" | "K" => 1_000,
        "M" => 1_000_000,
        "B" => 1_000_000_000,
        _ => return Err(ParseError::new(text, EXPECTED)),
    };
    number(value)
        .and_then(|v| v.checked_mul(Decimal::from(factor)))
        .ok_or_else(|| ParseError::new(text, EXPECTED))
}

/// A whole number that is not negative; `k`, `M` and `B` suffixes are allowed.
///
/// # Errors
/// When the text is not such a number.
pub fn count(text: &str) -> Result<u64, ParseError> {
    plain(text)
        .ok()
        .filter(|v| v.is_integer() && !v.is_sign_negative())
        .and_then(|v| v.to_u64())
        .ok_or_else(|| ParseError::new(text, "a whole number such as `80` or `1M`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_read_as_people_write_them() {
        assert_eq!(duration("1.5s"), Ok(SimDuration::from_millis(1_500)));
        assert_eq!(duration("15min"), Ok(SimDuration::from_secs(900)));
        assert_eq!(memory_mib("1769MB"), Ok(1_769));
        assert_eq!(memory_mib("2GiB"), Ok(2_048));
        assert_eq!(bytes("10GB"), Ok(10_000_000_000));
        assert_eq!(count("1.5M"), Ok(1_500_000));
    }

    #[test]
    fn absurd_quantities_say_what_is_allowed() {
        for bad in ["-1s", "5", "NaN", "1 fortnight", "", "s"] {
            assert!(duration(bad).is_err(), "{bad}");
        }
        assert!(memory_mib("1.0001MiB").is_err());
        assert!(count("-3").is_err());
    }
}
