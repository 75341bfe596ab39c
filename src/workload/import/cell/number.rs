//! Numbers of trace cells, read exactly: decimals become integers without a float between.

use super::Refusal;

/// The unit of a time column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Unit {
    /// Nanoseconds in one unit, as a power of ten.
    pub(crate) fn power(self) -> i32 {
        match self {
            Self::Seconds => 9,
            Self::Milliseconds => 6,
            Self::Microseconds => 3,
            Self::Nanoseconds => 0,
        }
    }

    /// The plural word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Milliseconds => "milliseconds",
            Self::Microseconds => "microseconds",
            Self::Nanoseconds => "nanoseconds",
        }
    }

    /// The unit a suffix such as `ms` stands for.
    pub(crate) fn of_suffix(suffix: &str) -> Option<Self> {
        Some(match suffix {
            "s" | "sec" | "secs" | "second" | "seconds" => Self::Seconds,
            "ms" | "msec" | "millis" | "millisecond" | "milliseconds" => Self::Milliseconds,
            "us" | "µs" | "usec" | "micros" | "microsecond" | "microseconds" => Self::Microseconds,
            "ns" | "nsec" | "nanos" | "nanosecond" | "nanoseconds" => Self::Nanoseconds,
            _ => return None,
        })
    }
}

/// A decimal times a power of ten, as an integer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scaled {
    /// The integer part.
    pub value: u128,
    /// Whether a part below 1 was cut off.
    pub cut: bool,
}

/// Why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberError {
    /// Not a decimal number; this includes `NaN` and `inf`.
    NotANumber,
    /// Below zero.
    Negative,
    /// More than can be kept.
    TooLarge,
}

/// Reads a decimal such as `12`, `0.25` or `6e-06` and multiplies it by 10 to the `power`, exactly.
pub(crate) fn scaled(text: &[u8], power: i32) -> Result<Scaled, NumberError> {
    let (negative, text) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    let (mantissa, exponent) = match text.iter().position(|b| matches!(b, b'e' | b'E')) {
        Some(i) => (&text[..i], exponent(&text[i + 1..])?),
        None => (text, 0),
    };
    let (mut value, mut power, mut cut) = (0_u128, power + exponent, false);
    let (mut digits, mut after_point) = (0_usize, false);
    for &byte in mantissa {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                // Past 28 digits a fraction is far below a nanosecond.
                if after_point && value > 10_u128.pow(28) {
                    cut |= byte != b'0';
                    continue;
                }
                value = value
                    .checked_mul(10)
                    .and_then(|v| v.checked_add(u128::from(byte - b'0')))
                    .ok_or(NumberError::TooLarge)?;
                power -= i32::from(after_point);
            }
            b'.' if !after_point => after_point = true,
            _ => return Err(NumberError::NotANumber),
        }
    }
    if digits == 0 {
        return Err(NumberError::NotANumber);
    }
    if value == 0 {
        return Ok(Scaled { value: 0, cut });
    }
    if negative {
        return Err(NumberError::Negative);
    }
    match (10_u128.checked_pow(power.unsigned_abs()), power >= 0) {
        (Some(factor), true) => value
            .checked_mul(factor)
            .map(|value| Scaled { value, cut })
            .ok_or(NumberError::TooLarge),
        (Some(factor), false) => {
            Ok(Scaled { value: value / factor, cut: cut || value % factor != 0 })
        }
        (None, true) => Err(NumberError::TooLarge),
        (None, false) => Ok(Scaled { value: 0, cut: true }),
    }
}

fn exponent(text: &[u8]) -> Result<i32, NumberError> {
    let text = std::str::from_utf8(text).map_err(|_| NumberError::NotANumber)?;
    match text.parse::<i32>() {
        Ok(n) if (-400..=400).contains(&n) => Ok(n),
        Ok(_) => Err(NumberError::TooLarge),
        Err(_) => Err(NumberError::NotANumber),
    }
}

/// Reads a whole number of `what`; `12.0` is one, `12.5` is not.
pub(crate) fn whole(text: &[u8], what: &str) -> Result<u64, Refusal> {
    // Nearly every cell: up to 18 plain digits.
    if !text.is_empty() && text.len() <= 18 && text.iter().all(u8::is_ascii_digit) {
        return Ok(text.iter().fold(0, |n, b| n * 10 + u64::from(b - b'0')));
    }
    let refuse = |why: &str| {
        Refusal::new(text, &format!("{why} whole number of {what}"))
            .allowed("a whole number such as `120`, or an empty cell if it is not known")
    };
    match scaled(text, 0) {
        Ok(Scaled { value, cut: false }) => u64::try_from(value)
            .ok()
            .filter(|v| *v < u64::MAX)
            .ok_or_else(|| refuse("too large for a")),
        Err(NumberError::TooLarge) => Err(refuse("too large for a")),
        Err(NumberError::Negative) => Err(refuse("negative, not a")),
        Ok(_) | Err(NumberError::NotANumber) => Err(refuse("not a")),
    }
}

/// Reads a number of `unit`s as nanoseconds and says whether something below 1 ns was cut off.
pub(crate) fn nanoseconds(text: &[u8], unit: Unit) -> Result<(i64, bool), Refusal> {
    let refuse = |why: &str| {
        Refusal::new(text, &format!("{why} number of {}", unit.name()))
            .allowed("a number such as `12.5`, or an empty cell if it is not known")
    };
    match scaled(text, unit.power()) {
        Ok(Scaled { value, cut }) => i64::try_from(value)
            .ok()
            .filter(|v| *v < i64::MAX)
            .map(|v| (v, cut))
            .ok_or_else(|| refuse("too large for a")),
        Err(NumberError::TooLarge) => Err(refuse("too large for a")),
        Err(NumberError::Negative) => Err(refuse("negative, not a")),
        Err(NumberError::NotANumber) => Err(refuse("not a")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(text: &str, power: i32) -> Result<(u128, bool), NumberError> {
        scaled(text.as_bytes(), power).map(|s| (s.value, s.cut))
    }

    #[test]
    fn decimals_are_read_to_the_last_digit() {
        assert_eq!(value("0.1", 9), Ok((100_000_000, false)));
        assert_eq!(value("1234.567891", 6), Ok((1_234_567_891, false)));
        assert_eq!(value("9007199254740993", 0), Ok((9_007_199_254_740_993, false)));
        assert_eq!(value(".5", 3), Ok((500, false)));
        assert_eq!(value("5.", 0), Ok((5, false)));
        assert_eq!(value("6e-06", 9), Ok((6_000, false)));
        assert_eq!(value("1.7E+9", 0), Ok((1_700_000_000, false)));
        assert_eq!(value("-0.0", 9), Ok((0, false)));
        assert_eq!(value("0.1000000000000000055511151231257827", 9), Ok((100_000_000, true)));
        assert_eq!(value("0.00000000010", 9), Ok((0, true)));
        assert_eq!(value("1e-400", 0), Ok((0, true)));
    }

    #[test]
    fn what_is_not_a_finite_number_of_something_is_refused() {
        for bad in [
            "", ".", "-", "+", "NaN", "nan", "inf", "-inf", "1_000", "1,5", "0x10", "1e", "1.2.3",
            "--1",
        ] {
            assert_eq!(value(bad, 0), Err(NumberError::NotANumber), "{bad}");
        }
        assert_eq!(value("-1", 0), Err(NumberError::Negative));
        assert_eq!(value("1e400", 0), Err(NumberError::TooLarge));
        assert_eq!(value("1e99999", 0), Err(NumberError::TooLarge));
        assert_eq!(value(&"9".repeat(60), 0), Err(NumberError::TooLarge));
    }

    #[test]
    fn counts_say_why_they_are_refused() {
        let refused = |text: &str| whole(text.as_bytes(), "tokens").unwrap_err().message;
        assert_eq!(whole(b"374.0", "tokens").unwrap(), 374);
        assert_eq!(refused("abc"), "`abc` is not a whole number of tokens");
        assert_eq!(refused("1.5"), "`1.5` is not a whole number of tokens");
        assert_eq!(refused("-3"), "`-3` is negative, not a whole number of tokens");
        assert_eq!(refused("1e30"), "`1e30` is too large for a whole number of tokens");
    }

    proptest! {
        #[test]
        fn nanoseconds_come_back_in_every_unit(ns in 0_i64..i64::MAX) {
            for unit in [Unit::Seconds, Unit::Milliseconds, Unit::Microseconds, Unit::Nanoseconds] {
                let size = 10_i64.pow(unit.power().unsigned_abs());
                let width = usize::try_from(unit.power()).unwrap();
                let mut text = (ns / size).to_string();
                if width > 0 {
                    text.push_str(&format!(".{:0width$}", ns % size));
                }
                prop_assert_eq!(nanoseconds(text.as_bytes(), unit).unwrap(), (ns, false));
            }
        }
    }
}
