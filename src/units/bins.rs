//! Equal spans of time that amounts are told apart by.

use super::{SimDuration, SimTime, mul_div};

/// A window in spans of one width; the last may be shorter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bins {
    from: SimTime,
    to: SimTime,
    width: SimDuration,
}

impl Bins {
    /// The window `[from, to)` in spans of `width`, which is not zero.
    #[must_use]
    pub fn new((from, to): (SimTime, SimTime), width: SimDuration) -> Self {
        Self { from, to: to.max(from), width: width.max(SimDuration(1)) }
    }

    /// How many there are; at least one.
    #[must_use]
    pub fn count(&self) -> usize {
        let length = self.to.since(self.from).0;
        let whole = length / self.width.0 + i64::from(length % self.width.0 > 0);
        usize::try_from(whole).unwrap_or(0).max(1)
    }

    /// The one an instant lies in; what is before or after the window lies in the first or the last.
    #[must_use]
    #[inline]
    pub fn index(&self, at: SimTime) -> usize {
        let index = at.since(self.from).0.max(0) / self.width.0;
        usize::try_from(index).unwrap_or(0).min(self.count() - 1)
    }

    /// When one starts and ends.
    #[must_use]
    pub fn span(&self, index: usize) -> (SimTime, SimTime) {
        let edge = |i: usize| {
            let steps = i64::try_from(i).unwrap_or(i64::MAX);
            (self.from + SimDuration(self.width.0.saturating_mul(steps))).min(self.to)
        };
        (edge(index), edge(index + 1))
    }

    /// An amount evenly over `[from, to)`: whole parts that add up to it. What is taken back is spread as it
    /// was.
    #[inline]
    pub fn spread(
        &self,
        (from, to): (SimTime, SimTime),
        amount: i128,
        mut add: impl FnMut(usize, i128),
    ) {
        let (first, last) = (self.index(from), self.index(to));
        let length = i128::from(to.since(from).0);
        let (sign, amount) = (amount.signum(), amount.abs());
        let mut done = 0;
        for index in first..last {
            let passed = i128::from(self.span(index).1.since(from).0);
            let sum = mul_div(amount, passed, length);
            add(index, sign * (sum - done));
            done = sum;
        }
        if amount != done {
            add(last, sign * (amount - done));
        }
    }

    /// An amount over all of them, by weights that are not negative: whole parts that add up to it.
    /// Without any weight, by their lengths.
    #[must_use]
    pub fn share(&self, amount: i128, weights: &[i128]) -> Vec<i128> {
        let total: i128 = weights.iter().sum();
        let mut shares = vec![0; self.count()];
        if total <= 0 {
            self.spread((self.from, self.to), amount, |i, part| shares[i] += part);
            return shares;
        }
        let (mut passed, mut done) = (0, 0);
        for (share, weight) in shares.iter_mut().zip(weights) {
            passed += weight;
            let sum = mul_div(amount, passed, total);
            *share = sum - done;
            done = sum;
        }
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bins(length: i64, width: i64) -> Bins {
        Bins::new((SimTime(100), SimTime(100 + length)), SimDuration(width))
    }

    #[test]
    fn the_last_one_may_be_shorter_and_takes_what_comes_later() {
        let bins = bins(25, 10);
        assert_eq!(bins.count(), 3);
        assert_eq!(bins.span(2), (SimTime(120), SimTime(125)));
        assert_eq!([0, 100, 109, 110, 900].map(|t| bins.index(SimTime(t))), [0, 0, 0, 1, 2]);
        let mut parts = [0; 3];
        bins.spread((SimTime(105), SimTime(130)), 25, |i, n| parts[i] += n);
        assert_eq!(parts, [5, 10, 10]);
    }

    proptest! {
        #[test]
        fn parts_add_up(
            length in 1..500_i64, width in 1..100_i64,
            from in 50..700_i64, lasts in 0..700_i64, amount in 0..1_000_000_i128,
            weights in proptest::collection::vec(0..9_i128, 500),
        ) {
            let bins = bins(length, width);
            let mut parts = vec![0; bins.count()];
            bins.spread((SimTime(from), SimTime(from + lasts)), amount, |i, n| parts[i] += n);
            prop_assert_eq!(parts.iter().sum::<i128>(), amount);
            prop_assert!(parts.iter().all(|n| *n >= 0));
            let span = (SimTime(from), SimTime(from + lasts));
            bins.spread(span, -amount, |i, n| parts[i] += n);
            prop_assert!(parts.iter().all(|n| *n == 0));
            let shares = bins.share(amount, &weights[..bins.count()]);
            prop_assert_eq!(shares.iter().sum::<i128>(), amount);
            prop_assert!(shares.iter().all(|n| *n >= 0));
        }
    }
}
