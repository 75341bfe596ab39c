//! Digits in groups of three.

/// Puts a comma between groups of three digits of the whole part of a plain decimal number.
#[must_use]
pub fn grouped(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, fraction) = number.split_once('.').map_or((number, None), |(w, f)| (w, Some(f)));
    let mut text = String::from(sign);
    let digits = whole.chars().count();
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (digits - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// A whole number with thousands separators.
#[must_use]
pub fn thousands(n: u64) -> String {
    grouped(&n.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped_whatever_the_sign_and_the_decimals() {
        for (plain, expected) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-123456", "-123,456"),
            ("1234567.12345", "1,234,567.12345"),
        ] {
            assert_eq!(grouped(plain), expected);
        }
        assert_eq!(thousands(3_141_592), "3,141,592");
        assert_eq!(thousands(u64::MAX), "18,446,744,073,709,551,615");
    }
}
