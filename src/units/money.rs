//! Exact decimal money and prices.

use rust_decimal::Decimal;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};
use std::str::FromStr;

/// An exact amount in the billing currency (US dollars in every shipped file).
///
/// Never rounded inside the program; [`Money::to_cents`] rounds for display.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Money(pub Decimal);

/// A price of one pricing unit, exact as the vendor prints it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnitPrice(pub Decimal);

impl Money {
    /// No money.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// Rounds half away from zero to cents. For display only.
    #[must_use]
    pub fn to_cents(self) -> Self {
        Self(self.0.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::MidpointAwayFromZero))
    }

    /// Whether the amount is exactly zero.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

impl UnitPrice {
    /// The price after `percent` off, exact.
    #[must_use]
    pub fn less_percent(self, percent: Decimal) -> Self {
        Self((self.0 * (Decimal::ONE_HUNDRED - percent) / Decimal::ONE_HUNDRED).normalize())
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Add::add)
    }
}

impl UnitPrice {
    /// The one of two prices with more decimals: a quantity made for it multiplies both exactly.
    #[must_use]
    pub fn finer(self, other: Self) -> Self {
        if other.0.scale() > self.0.scale() { other } else { self }
    }
}

/// Prints the exact value without trailing zeros.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

impl fmt::Display for UnitPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

/// Why a text is not an exact decimal.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum DecimalError {
    /// Not a number at all.
    #[error("`{0}` is not a decimal number")]
    NotANumber(String),
    /// More digits than a 96-bit decimal holds; accepting it would round silently.
    #[error("`{0}` has more digits than can be kept exactly (28)")]
    TooPrecise(String),
}

/// Parses a plain decimal exactly: no exponent, no rounding of long values.
pub(crate) fn decimal(text: &str) -> Result<Decimal, DecimalError> {
    let text = text.trim();
    Decimal::from_str_exact(text).map_err(|error| match error {
        rust_decimal::Error::Underflow | rust_decimal::Error::ScaleExceedsMaximumPrecision(_) => {
            DecimalError::TooPrecise(text.into())
        }
        _ => DecimalError::NotANumber(text.into()),
    })
}

impl FromStr for UnitPrice {
    type Err = DecimalError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decimal(text).map(Self)
    }
}

impl FromStr for Money {
    type Err = DecimalError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        decimal(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_decimals_survive_to_the_last_digit() {
        let text = "0.123456789012345678901234567";
        assert_eq!(UnitPrice::from_str(text).unwrap().to_string(), text);
    }

    #[test]
    fn a_decimal_that_would_be_rounded_is_an_error() {
        let text = "0.12345678901234567890123456789012";
        assert_eq!(UnitPrice::from_str(text), Err(DecimalError::TooPrecise(text.into())));
        assert!(matches!(UnitPrice::from_str("1e-5"), Err(DecimalError::NotANumber(_))));
        assert!(matches!(UnitPrice::from_str("NaN"), Err(DecimalError::NotANumber(_))));
    }

    #[test]
    fn a_discount_is_exact() {
        let list = UnitPrice::from_str("0.000024").unwrap();
        assert_eq!(list.less_percent(Decimal::from(17)).to_string(), "0.00001992");
    }
}
