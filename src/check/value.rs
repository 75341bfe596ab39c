//! What is measured, and what it is measured against; compared without division.

use crate::units::{Money, SimDuration};
use rust_decimal::Decimal;

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// USD.
    Money(Money),
    /// Things.
    Count(Decimal),
    /// A part of a whole: 0.05 is five percent.
    Share(Decimal),
    /// Time.
    Time(SimDuration),
}

/// What the bill has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// USD.
    Money(Money),
    /// USD for 1,000 of so many.
    PerThousand(Money, u64),
    /// Things.
    Count(Decimal),
    /// So many of so many.
    Part(u64, u64),
    /// USD more than so many USD.
    Increase(Money, Money),
    /// Time.
    Time(SimDuration),
}

impl Value {
    /// Whether it is above a limit of its kind; what cannot be compared exactly is.
    #[must_use]
    pub fn is_above(&self, limit: &Amount) -> bool {
        let product = |a: Decimal, b: u64| a.checked_mul(Decimal::from(b));
        let above = |a: Option<Decimal>, b: Option<Decimal>| a.zip(b).is_none_or(|(a, b)| a > b);
        match (self, limit) {
            (Self::Money(m), Amount::Money(limit)) => m > limit,
            (Self::PerThousand(total, n), Amount::Money(limit)) => {
                above(product(total.0, 1_000), product(limit.0, *n))
            }
            (Self::Count(n), Amount::Count(limit)) => n > limit,
            (Self::Part(part, whole), Amount::Share(limit)) => {
                above(Some(Decimal::from(*part)), product(*limit, *whole))
            }
            (Self::Increase(by, over), Amount::Share(limit)) => {
                above(Some(by.0), limit.checked_mul(over.0))
            }
            (Self::Time(t), Amount::Time(limit)) => t > limit,
            _ => true,
        }
    }

    /// As a number of its limit's unit, rounded where it is a quotient; none of nothing.
    #[must_use]
    pub fn rounded(&self) -> Option<Amount> {
        let quotient = |a: Decimal, b: Decimal| Some(a.checked_div(b)?.round_dp(12).normalize());
        Some(match self {
            Self::Money(m) => Amount::Money(*m),
            Self::PerThousand(total, n) => {
                let thousand = total.0.checked_mul(Decimal::ONE_THOUSAND)?;
                Amount::Money(Money(quotient(thousand, Decimal::from(*n))?))
            }
            Self::Count(n) => Amount::Count(*n),
            Self::Part(part, whole) => {
                Amount::Share(quotient(Decimal::from(*part), Decimal::from(*whole))?)
            }
            Self::Increase(by, over) => Amount::Share(quotient(by.0, over.0)?),
            Self::Time(t) => Amount::Time(*t),
        })
    }
}

impl Amount {
    /// How much of `limit` this is; none of nothing, or of another kind.
    #[must_use]
    pub fn share_of(&self, limit: &Self) -> Option<Decimal> {
        let (a, b) = match (self, limit) {
            (Self::Money(a), Self::Money(b)) => (a.0, b.0),
            (Self::Count(a), Self::Count(b)) | (Self::Share(a), Self::Share(b)) => (*a, *b),
            (Self::Time(a), Self::Time(b)) => (Decimal::from(a.0), Decimal::from(b.0)),
            _ => return None,
        };
        Some(a.checked_div(b)?.round_dp(6).normalize())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dec(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn a_limit_that_is_met_exactly_is_kept() {
        let usd = |t: &str| Money(dec(t));
        let limit = Amount::Money(usd("0.3"));
        // A third of 0.9, 1,000 times: a quotient would have to be rounded.
        assert!(!Value::PerThousand(usd("0.0009"), 3).is_above(&limit));
        assert!(Value::PerThousand(usd("0.000900000000000001"), 3).is_above(&limit));
        assert!(!Value::Money(usd("0.30")).is_above(&limit));
        assert!(!Value::Part(1, 3).is_above(&Amount::Share(dec("0.3333333333333333333333333334"))));
        assert!(Value::Part(1, 3).is_above(&Amount::Share(dec("0.3333333333333333333333333333"))));
        assert!(!Value::Increase(usd("5"), usd("100")).is_above(&Amount::Share(dec("0.05"))));
        assert!(Value::Increase(usd("5.01"), usd("100")).is_above(&Amount::Share(dec("0.05"))));
        // Anything is infinitely more than nothing.
        assert!(Value::Increase(usd("0.01"), usd("0")).is_above(&Amount::Share(dec("9"))));
        assert!(!Value::Increase(usd("0"), usd("0")).is_above(&Amount::Share(dec("0"))));
    }

    #[test]
    fn kinds_that_do_not_fit_are_never_kept() {
        assert!(Value::Count(Decimal::ONE).is_above(&Amount::Money(Money(dec("9")))));
    }
}
