//! Usage in integer base units, and the pricing quantities a price multiplies.

use super::{Money, SimDuration, UnitPrice};
use rust_decimal::Decimal;
use std::fmt;

/// Name of the one rounding between exact usage and exact money.
///
/// A pricing quantity keeps `min(12, 18 − decimals of the unit price)` decimals, rounded half to even.
/// After it everything is exact: `list_cost = list_unit_price × pricing_quantity` to the last digit,
/// and costs below 10¹⁰ add up without loss in a 96-bit decimal.
pub const QUANTITY_ROUNDING: &str =
    "pricing quantity half-even to min(12, 18 - decimals of the unit price) decimals";

/// What a usage amount counts; fixes its base unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Things: requests, cold starts. Base unit: 1.
    Count,
    /// Instance time. Base unit: 1 ns of one instance.
    Time,
    /// Memory held over time. Base unit: 1 MiB · ns.
    MemoryTime,
    /// CPU held or burnt over time. Base unit: 0.001 vCPU · ns.
    CpuTime,
    /// Data. Base unit: 1 byte.
    Bytes,
    /// LLM tokens. Base unit: 1 token.
    Tokens,
    /// Months of a fee. Base unit: 1 month.
    Months,
}

/// How many base units make one pricing unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Fixed(i128),
    /// Base units per nanosecond of a month whose length the price or the period sets.
    PerMonthNanosecond(i128),
}

/// The unit a price is quoted in, with its exact size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PricingUnit {
    /// The vendor's name for it (FOCUS `PricingUnit`).
    pub name: &'static str,
    /// What it measures.
    pub dimension: Dimension,
    size: Size,
}

const NS: i128 = 1_000_000_000;
const HOUR: i128 = 3_600 * NS;

/// Every pricing unit a price file may name. For memory held over time a vendor's "GB" is 1,024 MiB.
const UNITS: &[(&str, Dimension, Size)] = {
    use Dimension::{Bytes, Count, CpuTime, MemoryTime, Months, Time, Tokens};
    use Size::{Fixed, PerMonthNanosecond};
    &[
        ("Requests", Count, Fixed(1)),
        ("10 Requests", Count, Fixed(10)),
        ("1k Requests", Count, Fixed(1_000)),
        ("10k Requests", Count, Fixed(10_000)),
        ("1M Requests", Count, Fixed(1_000_000)),
        ("Messages", Count, Fixed(1)),
        ("1M Messages", Count, Fixed(1_000_000)),
        ("20M Messages", Count, Fixed(20_000_000)),
        ("1M Payload Units", Count, Fixed(1_000_000)),
        ("Operations", Count, Fixed(1)),
        ("1k Operations", Count, Fixed(1_000)),
        ("1M Operations", Count, Fixed(1_000_000)),
        ("Actions", Count, Fixed(1)),
        ("1M Actions", Count, Fixed(1_000_000)),
        ("1M Rows", Count, Fixed(1_000_000)),
        ("1M Events", Count, Fixed(1_000_000)),
        ("1k Neurons", Count, Fixed(1_000)),
        ("Seconds", Time, Fixed(NS)),
        ("Hours", Time, Fixed(HOUR)),
        ("Days", Time, Fixed(24 * HOUR)),
        ("Instance-Seconds", Time, Fixed(NS)),
        ("Instance-Hours", Time, Fixed(HOUR)),
        ("Instance-Months", Time, PerMonthNanosecond(1)),
        ("GPU-Seconds", Time, Fixed(NS)),
        ("1M Connection-Minutes", Time, Fixed(60_000_000 * NS)),
        ("Shard-Hours", Time, Fixed(HOUR)),
        ("Stream-Hours", Time, Fixed(HOUR)),
        ("Consumer-Shard-Hours", Time, Fixed(HOUR)),
        ("LCU-Hours", Time, Fixed(HOUR)),
        ("EPU-Hours", Time, Fixed(HOUR)),
        // What a rate of 1 MiB/s carries: for volumes with a paid minimum rate.
        ("Throughput-GB", Time, Fixed(1_024 * NS)),
        ("Unit-Days", Time, Fixed(24 * HOUR)),
        ("GB-Seconds", MemoryTime, Fixed(1_024 * NS)),
        ("GiB-Seconds", MemoryTime, Fixed(1_024 * NS)),
        ("1M GB-Seconds", MemoryTime, Fixed(1_024_000_000 * NS)),
        ("GB-Hours", MemoryTime, Fixed(1_024 * HOUR)),
        ("GiB-Hours", MemoryTime, Fixed(1_024 * HOUR)),
        ("GB-Months", MemoryTime, PerMonthNanosecond(1_024)),
        ("vCPU-Seconds", CpuTime, Fixed(1_000 * NS)),
        ("vCPU-Hours", CpuTime, Fixed(1_000 * HOUR)),
        ("CPU-Hours", CpuTime, Fixed(1_000 * HOUR)),
        ("vCPU-Minutes", CpuTime, Fixed(60_000 * NS)),
        ("1M CPU-Milliseconds", CpuTime, Fixed(1_000_000 * NS)),
        ("GHz-Seconds", CpuTime, Fixed(1_000 * NS)),
        ("GB", Bytes, Fixed(1_000_000_000)),
        ("GiB", Bytes, Fixed(1 << 30)),
        ("TiB", Bytes, Fixed(1 << 40)),
        ("1M Tokens", Tokens, Fixed(1_000_000)),
        ("Months", Months, Fixed(1)),
    ]
};

impl PricingUnit {
    /// Names of all units, for error messages.
    pub fn names() -> impl Iterator<Item = &'static str> {
        UNITS.iter().map(|(name, _, _)| *name)
    }

    /// The unit called `name`, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        UNITS.iter().find(|(n, _, _)| *n == name).map(|&(name, dimension, size)| Self {
            name,
            dimension,
            size,
        })
    }

    /// Base units in one pricing unit, for a month of the given length.
    #[must_use]
    pub fn base_units(&self, month: SimDuration) -> i128 {
        match self.size {
            Size::Fixed(n) => n,
            Size::PerMonthNanosecond(n) => n * i128::from(month.0.max(1)),
        }
    }

    /// `usage` in this unit, rounded once by [`QUANTITY_ROUNDING`] for a price with `price_scale` decimals.
    #[must_use]
    pub fn quantity(&self, usage: Usage, month: SimDuration, price: UnitPrice) -> PricingQuantity {
        let decimals = 18_u32.saturating_sub(price.0.normalize().scale()).min(12);
        PricingQuantity(divide_half_even(usage.0, self.base_units(month), decimals))
    }
}

/// An exact amount of usage in the base unit of its dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usage(pub i128);

impl Usage {
    /// No usage.
    pub const ZERO: Self = Self(0);
}

impl std::ops::Add for Usage {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl std::ops::Sub for Usage {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

/// Usage in pricing units: what a unit price multiplies (FOCUS `PricingQuantity`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct PricingQuantity(pub Decimal);

impl PricingQuantity {
    /// The exact cost of this quantity at `price`.
    #[must_use]
    pub fn at(self, price: UnitPrice) -> Money {
        Money(self.0 * price.0)
    }
}

impl fmt::Display for PricingQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.normalize().fmt(f)
    }
}

/// `amount × numerator ÷ denominator`, rounded half up, without overflow on the way for any amount
/// below 10²⁸ and factors below 10¹⁸. `denominator` must be positive.
#[must_use]
pub fn mul_div(amount: i128, numerator: i128, denominator: i128) -> i128 {
    let (whole, rest) = (amount / denominator, amount % denominator);
    whole * numerator + (rest * numerator + denominator / 2).div_euclid(denominator)
}

/// `amount ÷ size` with `decimals` decimals, half to even; fewer decimals when the digits would not fit.
fn divide_half_even(amount: i128, size: i128, decimals: u32) -> Decimal {
    let (whole, rest) = (amount / size, amount % size);
    for decimals in (0..=decimals).rev() {
        let scale = 10_i128.pow(decimals);
        let Some(scaled) = rest.checked_mul(scale) else { continue };
        let (mut digits, over) = (scaled / size, (scaled % size).abs());
        if over * 2 > size || (over * 2 == size && (whole * scale + digits) % 2 != 0) {
            digits += amount.signum();
        }
        let Some(mantissa) = whole.checked_mul(scale).and_then(|w| w.checked_add(digits)) else {
            continue;
        };
        if let Ok(value) = Decimal::try_from_i128_with_scale(mantissa, decimals) {
            return value.normalize();
        }
    }
    Decimal::MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(text: &str) -> UnitPrice {
        text.parse().unwrap()
    }

    fn quantity(unit: &str, usage: i128, p: &str) -> String {
        let month = SimDuration::from_hours(730);
        PricingUnit::named(unit).unwrap().quantity(Usage(usage), month, price(p)).to_string()
    }

    #[test]
    fn gb_seconds_are_exact_to_the_millisecond_and_mebibyte() {
        // 1,769 MiB for 30 s.
        assert_eq!(quantity("GB-Seconds", 1_769 * 30 * NS, "0.0000166667"), "51.82617188");
        assert_eq!(quantity("GB-Seconds", 1_024 * NS, "0.0000166667"), "1");
    }

    #[test]
    fn a_month_of_an_instance_is_exactly_one() {
        assert_eq!(quantity("Instance-Months", 730 * HOUR, "7"), "1");
        assert_eq!(quantity("1M Requests", 3_540_123, "0.20"), "3.540123");
    }

    #[test]
    fn halves_go_to_the_even_digit() {
        assert_eq!(divide_half_even(1, 2, 0), Decimal::ZERO);
        assert_eq!(divide_half_even(3, 2, 0), Decimal::TWO);
        assert_eq!(divide_half_even(-3, 2, 0), -Decimal::TWO);
        assert_eq!(divide_half_even(1, 3, 4).to_string(), "0.3333");
    }

    #[test]
    fn mul_div_survives_products_wider_than_128_bits() {
        let month = 2_628_000 * NS;
        let amount = 600_000_000_000_000_000_000_000;
        assert_eq!(mul_div(amount, month, month / 730), amount * 730);
        assert_eq!(mul_div(7, 1, 2), 4);
    }
}
