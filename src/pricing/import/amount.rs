//! Prices as exact decimal text: digits are moved, never computed.

use super::super::float_noise;
use super::json::Node;
use crate::diagnostic::Result;
use crate::units::UnitPrice;

/// More zeros than a price can need.
const MOST: i32 = 40;

/// A number of the table times ten to the power of `shift`, as plain decimal text; `None` for zero.
/// What a program printed from a binary float is read as the decimal that the float stood for.
pub(super) fn price(node: Node<'_>, shift: i32) -> Result<Option<String>> {
    let quoted = node.string();
    let written = quoted.as_deref().or_else(|| node.number());
    let text = written.and_then(|text| shifted(text, shift)).map(without_noise);
    let Some(text) = text.filter(|t| t.parse::<UnitPrice>().is_ok()) else {
        return Err(Box::new(
            node.error("expected a price", "not a decimal number of at most 28 digits")
                .hint("correct the number in the table"),
        ));
    };
    if text.starts_with('-') {
        return Err(Box::new(
            node.error("a price below zero", "prices are not negative")
                .hint("correct the number in the table"),
        ));
    }
    Ok(text.contains(|c| matches!(c, '1'..='9')).then_some(text))
}

/// `2.9999900000000002` is `2.99999`.
fn without_noise(text: String) -> String {
    if !float_noise::is_in(&text) {
        return text;
    }
    let value = text.parse::<UnitPrice>().ok().and_then(|p| float_noise::without(p.0));
    value.map_or(text, |v| v.to_string())
}

/// A whole number such as `272000` or `272000.0`.
pub(super) fn whole<T: std::str::FromStr>(node: Node<'_>) -> Option<T> {
    let text = shifted(node.number()?, 0)?;
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    rest.chars().all(|c| c == '0').then(|| whole.parse().ok())?
}

/// `text` with its decimal point moved, every digit kept: `1.5e-07` by 6 is `0.15`.
fn shifted(text: &str, shift: i32) -> Option<String> {
    let text = text.trim();
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |m| ("-", m));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if whole.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let by = exponent.checked_add(shift)?;
    if by == 0 {
        return Some(format!("{sign}{mantissa}"));
    }
    if by.abs() > MOST {
        return None;
    }
    let point = i32::try_from(whole.len()).ok()?.checked_add(by)?;
    let padded = match usize::try_from(point) {
        Ok(point) => format!("{digits:0<point$}"),
        Err(_) => format!("{}{digits}", "0".repeat(usize::try_from(-point).ok()?)),
    };
    let (whole, fraction) = padded.split_at(usize::try_from(point.max(0)).ok()?);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let dot = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{whole}{dot}{fraction}"))
}

#[cfg(test)]
mod tests {
    use super::shifted;
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    #[test]
    fn noise_of_binary_floats_is_left_out() {
        for (text, expected) in [
            ("2.9999900000000002", "2.99999"),
            ("0.30000000000000004", "0.3"),
            ("283.3333333333333", "283.3333333333333"),
            ("0.0000166667", "0.0000166667"),
        ] {
            assert_eq!(super::without_noise(text.into()), expected);
        }
    }

    #[test]
    fn digits_are_moved_and_kept() {
        for (text, shift, expected) in [
            ("1.5e-07", 6, "0.15"),
            ("1e-07", 6, "0.1"),
            ("2E-6", 6, "2"),
            ("1.50e-05", 6, "15.0"),
            ("2.9999900000000002e-06", 6, "2.9999900000000002"),
            ("0.0002833333333333333", 6, "283.3333333333333"),
            ("8.056640625e-09", 6, "0.008056640625"),
            ("0.0000020", 6, "2.0"),
            ("3.750", 0, "3.750"),
            ("12", 0, "12"),
            ("0.0", 6, "0"),
            ("-1", 0, "-1"),
        ] {
            assert_eq!(shifted(text, shift).as_deref(), Some(expected), "{text}");
        }
        for text in ["", "-", "x", "1e", "1e999999999999", "1e99", "1.2.3", ".5", "NaN", "1,5"] {
            assert_eq!(shifted(text, 6), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_moved_point_is_a_product(digits in 0_i64..1_000_000_000, scale in 0_u32..12, exp in -9_i32..3) {
            let number = Decimal::new(digits, scale);
            let power = |n: i32| (0..n.abs()).fold(Decimal::ONE, |p, _| p * Decimal::TEN);
            let by = exp + 6;
            let expected = if by < 0 { number / power(by) } else { number * power(by) };
            let text = shifted(&format!("{number}e{exp}"), 6).unwrap();
            prop_assert_eq!(text.parse::<Decimal>().unwrap(), expected);
        }
    }
}
