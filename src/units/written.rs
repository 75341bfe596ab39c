//! Units as price lists and bills write them: `1M Tokens`, `Lambda-GB-Second`, `1 GB Hour`, `10`.

use super::{Dimension, PricingUnit, SimDuration};
use rust_decimal::Decimal;

/// The number in front of a unit's name and the rest: `1M Tokens` is 1,000,000 of `Tokens`.
#[must_use]
pub fn block(name: &str) -> (u64, &str) {
    let name = name.trim();
    let (first, rest) = name.split_once(char::is_whitespace).unwrap_or((name, ""));
    match number(first) {
        Some(n) if n > 0 => (n, rest.trim()),
        _ => (1, name),
    }
}

/// A whole number with thousands separators or a suffix: `1,000`, `10k`, `1M`.
fn number(text: &str) -> Option<u64> {
    let digits = text.replace(',', "");
    let (digits, factor) = match digits.chars().last()? {
        'k' | 'K' => (&digits[..digits.len() - 1], 1_000),
        'M' => (&digits[..digits.len() - 1], 1_000_000),
        'B' => (&digits[..digits.len() - 1], 1_000_000_000),
        _ => (digits.as_str(), 1),
    };
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse::<u64>().ok().filter(|_| plain)?.checked_mul(factor)
}

/// A unit by what it counts and how much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What it counts; tokens count as things.
    pub dimension: Dimension,
    /// Base units in one.
    pub base_units: i128,
}

impl Measure {
    /// The unit that `text` names, for a month of the given length. A name that is no known time,
    /// memory, CPU or data unit is a thing that is counted.
    #[must_use]
    pub fn read(text: &str, month: SimDuration) -> Self {
        let (count, noun) = block(text);
        let words: Vec<String> = words(noun);
        let known = (0..words.len()).find_map(|from| named(&words[from..].concat(), month));
        let (dimension, size) = known.unwrap_or((Dimension::Count, 1));
        let dimension = if dimension == Dimension::Tokens { Dimension::Count } else { dimension };
        Self { dimension, base_units: size.saturating_mul(i128::from(count)) }
    }

    /// How many of `other` one of these is, if both count the same.
    #[must_use]
    pub fn in_units_of(self, other: Self) -> Option<(Decimal, Decimal)> {
        if self.dimension != other.dimension || other.base_units == 0 {
            return None;
        }
        let divisor = gcd(self.base_units, other.base_units).max(1);
        let part = |n: i128| Decimal::try_from_i128_with_scale(n / divisor, 0).ok();
        Some((part(self.base_units)?, part(other.base_units)?))
    }
}

fn gcd(a: i128, b: i128) -> i128 {
    if b == 0 { a.abs() } else { gcd(b, a % b) }
}

/// Lowercase words in the singular, abbreviations written out the way [`PricingUnit`] has them.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    words
        .map(|word| {
            let lower = word.to_lowercase();
            let one = lower.strip_suffix('s').filter(|w| w.len() > 1).unwrap_or(&lower);
            let plain = match one {
                "gigabyte" => "gb",
                "gibibyte" => "gib",
                "tebibyte" => "tib",
                "hr" | "h" => "hour",
                "sec" | "s" => "second",
                "min" => "minute",
                "mo" => "month",
                other => other,
            };
            plain.to_owned()
        })
        .collect()
}

fn named(key: &str, month: SimDuration) -> Option<(Dimension, i128)> {
    const MORE: &[(&str, Dimension, i128)] = &[
        ("byte", Dimension::Bytes, 1),
        ("kb", Dimension::Bytes, 1_000),
        ("mb", Dimension::Bytes, 1_000_000),
        ("tb", Dimension::Bytes, 1_000_000_000_000),
        ("kib", Dimension::Bytes, 1 << 10),
        ("mib", Dimension::Bytes, 1 << 20),
        ("minute", Dimension::Time, 60_000_000_000),
        ("cpumillisecond", Dimension::CpuTime, 1_000_000_000),
        ("vcpumillisecond", Dimension::CpuTime, 1_000_000_000),
    ];
    let unit = PricingUnit::names().find(|n| block(n).0 == 1 && words(n).concat() == key);
    unit.and_then(PricingUnit::named)
        .map(|unit| (unit.dimension, unit.base_units(month)))
        .or_else(|| MORE.iter().find(|(n, _, _)| *n == key).map(|&(_, d, size)| (d, size)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_split_into_a_block_and_a_noun() {
        for (name, expected) in [
            ("1M Tokens", (1_000_000, "Tokens")),
            ("10k Requests", (10_000, "Requests")),
            ("GB-Seconds", (1, "GB-Seconds")),
            ("1,000 Neurons", (1_000, "Neurons")),
            ("10", (10, "")),
            ("1 GB Hour", (1, "GB Hour")),
            ("0 Things", (1, "0 Things")),
        ] {
            assert_eq!(block(name), expected, "{name}");
        }
    }

    #[test]
    fn bills_and_price_files_mean_the_same_unit() {
        let month = SimDuration::from_hours(730);
        let read = |text: &str| Measure::read(text, month);
        for (ours, theirs) in [
            ("GB-Seconds", "Lambda-GB-Second"),
            ("GB-Seconds", "1 GB Second"),
            ("GiB-Seconds", "gibibyte second"),
            ("10 Requests", "10"),
            ("1M Tokens", "1000000 Tokens"),
            ("GB", "Processed-Gigabytes"),
            ("LCU-Hours", "LCU-Hrs"),
            ("vCPU-Hours", "1 vCPU Hour"),
            ("Requests", "Executions"),
        ] {
            assert_eq!(read(ours), read(theirs), "{ours} and {theirs}");
        }
        assert_ne!(read("GB"), read("GiB"));
        let factor = read("GB-Hours").in_units_of(read("GB-Seconds"));
        assert_eq!(factor, Some((Decimal::from(3_600), Decimal::ONE)));
        assert_eq!(read("GB").in_units_of(read("Requests")), None);
    }
}
