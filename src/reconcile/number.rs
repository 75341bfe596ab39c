//! Numbers of a bill, read exactly; binary fractions printed with too many digits are rounded once.

use rust_decimal::Decimal;

/// A number, and whether digits had to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub value: Decimal,
    pub rounded: bool,
}

/// Reads `-100.2`, `1.5E-7` or `3`, with at most `decimals` decimals, half to even. `None`: no number,
/// or one that is too large to be added up exactly.
pub(super) fn read(text: &str, decimals: usize) -> Option<Number> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    if digits.bytes().all(|b| b == b'0') {
        return Some(Number { value: Decimal::ZERO, rounded: false });
    }
    // Where the point is, counted from the first digit.
    let point = i64::try_from(whole.len()).ok()? + i64::from(exponent);
    if point > 28 + i64::try_from(digits.len()).ok()? {
        return None;
    }
    let keep = point + i64::try_from(decimals).ok()?;
    let (kept, cut) = match usize::try_from(keep) {
        Ok(keep) if keep < digits.len() => digits.split_at(keep),
        Ok(_) => (digits.as_str(), ""),
        Err(_) => ("", digits.as_str()),
    };
    let zeros = usize::try_from(point).ok().map_or(0, |p| p.saturating_sub(digits.len()));
    let mut units: i128 = format!("0{kept}{}", "0".repeat(zeros)).parse().ok()?;
    let above = cut.as_bytes().first().filter(|_| keep >= 0).map_or(0, |b| b - b'0');
    let beyond = cut.bytes().skip(1).any(|b| b != b'0');
    if above > 5 || above == 5 && (beyond || units % 2 == 1) {
        units += 1;
    }
    let scale = if cut.is_empty() {
        i64::try_from(digits.len()).ok()?.saturating_sub(point).max(0)
    } else {
        i64::try_from(decimals).ok()?
    };
    let signed = if negative { -units } else { units };
    let value = Decimal::try_from_i128_with_scale(signed, u32::try_from(scale).ok()?).ok()?;
    Some(Number { value: value.normalize(), rounded: cut.bytes().any(|b| b != b'0') })
}

/// `a + b`, if that is exact.
pub(super) fn add(a: Decimal, b: Decimal) -> Option<Decimal> {
    let (a, b) = (a.normalize(), b.normalize());
    let sum = a.checked_add(b)?;
    // A sum that does not fit loses decimals.
    (sum.scale() >= a.scale().max(b.scale())).then(|| sum.normalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> Option<(String, bool)> {
        read(text, 18).map(|n| (n.value.to_string(), n.rounded))
    }

    #[test]
    fn numbers_are_read_to_the_last_digit() {
        for (text, expected) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("12.340", "12.34"),
            ("-100.2", "-100.2"),
            ("35.2E-7", "0.00000352"),
            ("1e3", "1000"),
            ("+5", "5"),
            ("0.000000000000000001", "0.000000000000000001"),
            (".5", "0.5"),
            ("5.", "5"),
        ] {
            assert_eq!(shown(text), Some((expected.into(), false)), "{text}");
        }
    }

    #[test]
    fn tails_of_binary_fractions_are_rounded_and_said_so() {
        for (text, expected) in [
            ("0.1000000000000000055511151231257827", "0.100000000000000006"),
            ("1.23456789012345678951", "1.23456789012345679"),
            ("0.0000000000000000005", "0"),
            ("0.0000000000000000015", "0.000000000000000002"),
            ("4.9406564584124654E-324", "0"),
        ] {
            assert_eq!(shown(text), Some((expected.into(), true)), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for bad in
            ["", "-", "abc", "1,5", "1.2.3", "NaN", "inf", "1e", "$3", "1 000", "9e99", "--1"]
        {
            assert_eq!(shown(bad), None, "{bad}");
        }
        assert_eq!(shown(&"9".repeat(60)), None);
    }

    #[test]
    fn a_sum_that_would_lose_digits_is_refused() {
        let small: Decimal = "0.000000000000000001".parse().unwrap();
        let large: Decimal = "99999999999999".parse().unwrap();
        assert_eq!(add(large, small), None);
        let (tenth, rest) = (Decimal::new(1, 1), Decimal::new(9, 1));
        assert_eq!(add(tenth, rest), Some(Decimal::ONE));
        assert_eq!(add(Decimal::ONE, small), Some(Decimal::ONE + small));
    }

    proptest! {
        #[test]
        fn plain_numbers_come_back(units in -10_i64.pow(17)..10_i64.pow(17), scale in 0_u32..18) {
            let value = Decimal::new(units, scale);
            let read = read(&value.to_string(), 18).unwrap();
            prop_assert_eq!(read, Number { value: value.normalize(), rounded: false });
        }
    }
}
