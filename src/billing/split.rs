//! Fair shares in whole base units.

use crate::units::Usage;

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
fn share_of(a: i128, b: i128, c: i128) -> i128 {
    let (mut quotient, mut rest) = (0, 0);
    for bit in (0..128 - a.leading_zeros()).rev() {
        rest = 2 * rest + if a >> bit & 1 == 1 { b } else { 0 };
        quotient = 2 * quotient + rest / c;
        rest %= c;
    }
    quotient
}

#[cfg(test)]
mod tests {
    use super::*;

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
