//! Limits as people write them; all exact.

use crate::units::Money;
use crate::units::parse::{ParseError, plain};
use rust_decimal::Decimal;

/// An amount of money that is not negative: `1200 USD`, `$1,200`, `1.2k USD`.
///
/// # Errors
/// When the text is no amount, or is in another currency.
pub fn usd(text: &str) -> Result<Money, ParseError> {
    const EXPECTED: &str = "an amount in USD such as `1200 USD` or `$0.60`";
    let trimmed = text.trim();
    let number = match trimmed.strip_prefix('$') {
        Some(rest) => rest.trim_start(),
        None => trimmed.strip_suffix("USD").map_or(trimmed, str::trim_end),
    };
    plain(number)
        .ok()
        .filter(|n| !n.is_sign_negative())
        .map(Money)
        .ok_or_else(|| ParseError::new(text, EXPECTED))
}

/// A percentage that is not negative, with its sign: `5%`, `2.5 %`. The result is a share: 0.05.
///
/// # Errors
/// When the text is no percentage.
pub fn percent(text: &str) -> Result<Decimal, ParseError> {
    let digits = text.trim().strip_suffix('%').map(str::trim_end);
    digits
        .and_then(|d| plain(d).ok())
        .filter(|n| !n.is_sign_negative())
        .map(|n| (n / Decimal::ONE_HUNDRED).normalize())
        .ok_or_else(|| ParseError::new(text, "a percentage such as `5%`"))
}

/// A share from 0 to 1: `1%` or `0.01`.
pub(super) fn share(text: &str) -> Result<Decimal, ParseError> {
    let share = percent(text).or_else(|_| plain(text));
    share
        .ok()
        .filter(|s| (Decimal::ZERO..=Decimal::ONE).contains(s))
        .ok_or_else(|| ParseError::new(text, "a share such as `1%` or `0.01`"))
}

/// A number of things that is not negative: `2B`, `500M`.
pub(super) fn count(text: &str) -> Result<Decimal, ParseError> {
    plain(text)
        .ok()
        .filter(|n| n.is_integer() && !n.is_sign_negative())
        .ok_or_else(|| ParseError::new(text, "a whole number such as `500M` or `2B`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_read_as_people_write_them() {
        let money = |t: &str| usd(t).unwrap().to_string();
        assert_eq!(money("1200 USD"), "1200");
        assert_eq!(money("$1,200.50"), "1200.5");
        assert_eq!(money("1.2k USD"), "1200");
        assert_eq!(money("0"), "0");
        assert_eq!(percent("2.5 %").unwrap().to_string(), "0.025");
        assert_eq!(share("1%").unwrap(), share("0.01").unwrap());
        assert_eq!(count("2B").unwrap().to_string(), "2000000000");
    }

    #[test]
    fn what_is_no_limit_says_what_one_is() {
        for bad in ["1200 EUR", "-5 USD", "$", "USD", "much", "NaN USD", "5%"] {
            assert!(usd(bad).is_err(), "{bad}");
        }
        for bad in ["5", "0.05", "-1%", "%"] {
            assert!(percent(bad).is_err(), "{bad}");
        }
        for bad in ["2", "101%", "-1%"] {
            assert!(share(bad).is_err(), "{bad}");
        }
        assert!(count("1.5").is_err() && count("-2").is_err());
    }
}
