//! Fair shares in whole base units.

use crate::units::Usage;
use rust_decimal::Decimal;

/// Splits `amount` in proportion to `weights`, in whole base units that add up exactly. No share exceeds
/// its weight if `amount` does not exceed their sum.
pub(super) fn proportional(amount: Usage, weights: &[Usage]) -> Vec<Usage> {
    let total: i128 = weights.iter().map(|w| w.0).sum();
    if total == 0 {
        return vec![Usage::ZERO; weights.len()];
    }
    let (mut seen, mut given) = (0, 0);
    let share = |w: &Usage| {
        seen += w.0;
        let upto = if seen == total { amount.0 } else { share_of(amount.0, seen, total) };
        let part = upto - given;
        given = upto;
        Usage(part)
    };
    weights.iter().map(share).collect()
}

/// `⌊a × b ÷ c⌋` exactly, for `0 ≤ a` and `0 ≤ b ≤ c < 2¹²⁵`: the product is never formed, the bits of
/// `a` are taken one by one.
pub(super) fn share_of(a: i128, b: i128, c: i128) -> i128 {
    let (mut quotient, mut rest) = (0, 0);
    for bit in (0..128 - a.leading_zeros()).rev() {
        rest = 2 * rest + if a >> bit & 1 == 1 { b } else { 0 };
        quotient = 2 * quotient + rest / c;
        rest %= c;
    }
    quotient
}

/// Splits a quantity in proportion to weights of which none is below zero and one above, in parts with so
/// many decimals that add up exactly: the sums up to each are rounded half-even.
pub(super) fn quantities(whole: Decimal, weights: &[i128], decimals: u32) -> Vec<Decimal> {
    let total: i128 = weights.iter().sum();
    // A share of 28 digits needs no more of its weights.
    let shift = 127_u32.saturating_sub(total.max(1).leading_zeros()).saturating_sub(90);
    let decimal = |n: i128| Decimal::try_from_i128_with_scale(n >> shift, 0).unwrap_or_default();
    let of = decimal(total);
    let (mut passed, mut given) = (0, Decimal::ZERO);
    let part = |weight: &i128| {
        if *weight == 0 {
            return Decimal::ZERO;
        }
        passed += weight;
        let upto = if passed == total {
            whole
        } else {
            let share = decimal(passed).checked_div(of).unwrap_or_default();
            (whole * share).round_dp(decimals)
        };
        let part = upto - given;
        given = upto;
        part
    };
    weights.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_add_up_with_so_many_decimals() {
        let whole = Decimal::new(1_000_000_000_001, 12);
        let parts = quantities(whole, &[1, 0, 1, 1], 12);
        let told: Vec<_> = parts.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["0.333333333334", "0", "0.333333333333", "0.333333333334"]);
        let wide = [i128::MAX / 3, 0, i128::MAX / 3];
        assert_eq!(quantities(Decimal::TWO, &wide, 2), [Decimal::ONE, Decimal::ZERO, Decimal::ONE]);
    }

    #[test]
    fn shares_add_up_and_follow_the_weights() {
        let w = [Usage(1), Usage(2), Usage(4)];
        assert_eq!(proportional(Usage(7), &w), w);
        let parts = proportional(Usage(5), &w);
        assert_eq!(parts.iter().map(|p| p.0).sum::<i128>(), 5);
        // No share exceeds its weight, however wide the numbers.
        let wide = [Usage(7_777_777_777_777_777_777_777_777_777), Usage(3), Usage(10_i128.pow(27))];
        let total = wide.iter().map(|w| w.0).sum();
        assert_eq!(proportional(Usage(total), &wide), wide);
        let huge = 4_000_000_000_000_000_000_000_000_000_i128;
        let parts = proportional(Usage(huge), &[Usage(huge), Usage(huge)]);
        assert_eq!(parts.iter().map(|p| p.0).sum::<i128>(), huge);
    }
}
