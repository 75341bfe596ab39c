//! Factors as people type them: `2x`, `0.5x`, `10`.

use crate::estimate::MOST_TRAFFIC;
use rust_decimal::Decimal;

/// A factor of arrivals.
pub(super) fn factor(text: &str) -> Result<Decimal, String> {
    let number = text.trim().trim_end_matches(['x', 'X', '×']).parse::<Decimal>().ok();
    let inside = |n: &Decimal| *n > Decimal::ZERO && *n <= MOST_TRAFFIC;
    number
        .filter(inside)
        .ok_or_else(|| format!("expected a factor above 0 and at most {MOST_TRAFFIC}, such as 2x"))
}

#[cfg(test)]
mod tests {
    use super::factor;

    #[test]
    fn factors_are_exact_and_positive() {
        assert_eq!(factor("2x"), Ok(2.into()));
        assert_eq!(factor(" 0.125× ").map(|f| f.to_string()), Ok("0.125".into()));
        for wrong in ["0", "-1x", "x", "", "1e9", "10001x", "two"] {
            assert!(factor(wrong).is_err(), "{wrong}");
        }
    }
}
