//! Fair shares in whole base units.

use crate::units::{Usage, mul_div};

/// Splits `amount` in proportion to `weights`, in whole base units that add up exactly.
/// `amount` must not exceed the sum of the weights.
pub(super) fn proportional(amount: Usage, weights: &[Usage]) -> Vec<Usage> {
    let total: i128 = weights.iter().map(|w| w.0).sum();
    if total == 0 {
        return vec![Usage::ZERO; weights.len()];
    }
    let (mut seen, mut given) = (0, 0);
    let share = |w: &Usage| {
        seen += w.0;
        let upto = if seen == total { amount.0 } else { wide_mul_div(amount.0, seen, total) };
        let part = upto - given;
        given = upto;
        Usage(part)
    };
    weights.iter().map(share).collect()
}

/// `a × b ÷ c`, for factors too wide for [`mul_div`]: both are shifted down together first.
fn wide_mul_div(a: i128, b: i128, c: i128) -> i128 {
    let excess = 128 - c.leading_zeros();
    let shift = excess.saturating_sub(60);
    mul_div(a, b >> shift, (c >> shift).max(1)).clamp(0, a)
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
        let huge = 4_000_000_000_000_000_000_000_000_000_i128;
        let parts = proportional(Usage(huge), &[Usage(huge), Usage(huge)]);
        assert_eq!(parts.iter().map(|p| p.0).sum::<i128>(), huge);
    }
}
