//! How prices are written: quoted plain decimals, digit for digit.

use super::super::float_noise;
use super::problems::Problems;
use crate::diagnostic::{Field, Result};
use crate::units::UnitPrice;
use rust_decimal::Decimal;

/// The number in a field, if it is one: for checks between numbers that are read elsewhere.
pub(super) fn value(field: &Field) -> Option<Decimal> {
    field.value.trim().parse().ok()
}

/// A number that is not negative.
pub(super) fn decimal(p: &mut Problems<'_>, field: &Field) -> Option<Decimal> {
    let value = written(p, field);
    p.keep(value)
}

/// The price of one unit. Zero is for what is given away, which a `note` has to say.
pub(super) fn unit_price(
    p: &mut Problems<'_>,
    field: &Field,
    note: Option<&String>,
) -> Option<UnitPrice> {
    let price = decimal(p, field)?;
    if price.is_zero() && note.is_none() {
        p.warning(
            p.source
                .error(field, "a price of zero without a word of why", "free, or not known?")
                .hint("if the vendor gives it away, say so in `note`; if not known, leave it out"),
        );
    }
    Some(UnitPrice(price))
}

fn written(p: &Problems<'_>, field: &Field) -> Result<Decimal> {
    let text = field.value.trim();
    let error = |message: String, label: &str| p.source.error(field, message, label);
    let plain = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits: String = plain.chars().filter(|c| *c != '.').collect();
    if let Some((mantissa, exponent)) = digits.split_once(['e', 'E'])
        && !mantissa.is_empty()
        && exponent.parse::<i32>().is_ok()
    {
        let d = error(format!("`{text}` is in scientific notation"), "write the digits out");
        let plain = Decimal::from_scientific(text).ok();
        return Err(Box::new(d.maybe_hint(plain.map(|v| format!("write \"{}\"", v.normalize())))));
    }
    let bare = text.starts_with('+') || plain.starts_with('.') || plain.ends_with('.');
    if digits.is_empty() || bare || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Box::new(
            error(format!("`{text}` is not a number"), "expected a plain decimal")
                .hint("write it as the vendor prints it, such as \"0.0000166667\""),
        ));
    }
    if text.starts_with('-') {
        return Err(Box::new(
            error(format!("`{text}` is negative"), "a price file has no negative numbers")
                .hint("a credit is an allowance with `money:`"),
        ));
    }
    let Ok(UnitPrice(value)) = text.parse::<UnitPrice>() else {
        return Err(Box::new(
            error(format!("`{text}` has more than 28 digits"), "cannot be kept exactly")
                .hint("copy the digits of the vendor's page; no vendor prints so many"),
        ));
    };
    if float_noise::is_in(text) {
        let short = float_noise::without(value);
        return Err(Box::new(
            error(format!("`{text}` looks like a binary float"), "17 or more significant digits")
                .note("a program has printed it from a float; the vendor's own digits are fewer")
                .maybe_hint(short.map(|v| format!("did the vendor write \"{v}\"?"))),
        ));
    }
    if !p.source.is_quoted(field) {
        return Err(Box::new(
            error(format!("`{text}` is not quoted"), "numbers of a price file are text")
                .note(
                    "YAML tools read an unquoted number as a float and may write other digits back",
                )
                .hint(format!("write \"{text}\"")),
        ));
    }
    Ok(value)
}
