//! A histogram of whole numbers, exact to one part in a thousand, whose counts can be added, taken away
//! and merged in any order.

/// Values below this have a bin each; larger ones share bins of a thousandth of their size.
const EXACT: u64 = 2_048;

/// Counts by value.
#[derive(Clone, Debug, Default)]
pub struct Histogram {
    /// Bins up to the largest value seen.
    counts: Vec<u64>,
    total: u64,
}

/// The bin of a value.
#[inline]
fn bin(value: u64) -> usize {
    let shift = u64::from((EXACT.leading_zeros() + 1).saturating_sub(value.leading_zeros()));
    usize::try_from(shift * (EXACT / 2) + (value >> shift)).unwrap_or(usize::MAX)
}

/// The largest value of a bin.
fn top(bin: usize) -> u64 {
    let (bin, half) = (bin as u64, EXACT / 2);
    let shift = (bin / half).saturating_sub(1);
    let lead = bin - shift * half;
    (lead << shift) | ((1 << shift) - 1)
}

/// Equal counts are equal, whatever values have come and gone.
impl PartialEq for Histogram {
    fn eq(&self, other: &Self) -> bool {
        let (short, long) = if self.counts.len() < other.counts.len() {
            (&self.counts, &other.counts)
        } else {
            (&other.counts, &self.counts)
        };
        let (same, rest) = long.split_at(short.len());
        same == short && rest.iter().all(|count| *count == 0)
    }
}

impl Eq for Histogram {}

impl Histogram {
    /// Counts a value once more.
    #[inline]
    pub fn add(&mut self, value: u64) {
        let bin = bin(value);
        if self.counts.len() <= bin {
            self.counts.resize(bin + 1, 0);
        }
        self.counts[bin] = self.counts[bin].wrapping_add(1);
        self.total = self.total.wrapping_add(1);
    }

    /// Counts a value once less; it has been added here or is in a part still to be merged. Until then
    /// counts may stand below zero, as wrapped numbers.
    #[inline]
    pub fn remove(&mut self, value: u64) {
        let bin = bin(value);
        if self.counts.len() <= bin {
            self.counts.resize(bin + 1, 0);
        }
        self.counts[bin] = self.counts[bin].wrapping_sub(1);
        self.total = self.total.wrapping_sub(1);
    }

    /// Adds the counts of another histogram.
    pub fn merge(&mut self, other: &Self) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count = count.wrapping_add(*more);
        }
        self.total = self.total.wrapping_add(other.total);
    }

    /// How many values are counted.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.total
    }

    /// Whether none is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }

    /// The nearest-rank quantile for a share `per_mille` of 1,000: the largest value that its bin stands
    /// for; none when empty.
    #[must_use]
    pub fn quantile(&self, per_mille: u64) -> Option<u64> {
        let rank = u128::from(self.total) * u128::from(per_mille.min(1_000));
        let rank = rank.div_ceil(1_000).max(1);
        self.at(u64::try_from(rank - 1).unwrap_or(u64::MAX))
    }

    /// The value at a `position` of all values in order, counted from 0: the largest that its bin stands
    /// for; none past the last.
    #[must_use]
    pub fn at(&self, position: u64) -> Option<u64> {
        let mut seen = 0;
        let reached = |count: &u64| {
            seen += u128::from(*count);
            seen > u128::from(position)
        };
        self.counts.iter().position(reached).map(top)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn small_values_are_exact() {
        let mut h = Histogram::default();
        assert_eq!(h.quantile(500), None);
        for value in 1..=1_000 {
            h.add(value);
        }
        assert_eq!(h.quantile(500), Some(500));
        assert_eq!(h.quantile(950), Some(950));
        assert_eq!((h.at(0), h.at(999), h.at(1_000)), (Some(1), Some(1_000), None));
        assert_eq!((h.quantile(0), h.quantile(1_000)), (Some(1), Some(1_000)));
    }

    proptest! {
        #[test]
        fn bins_are_a_thousandth_wide_and_in_order(value in 0..u64::MAX / 2) {
            let top = top(bin(value));
            prop_assert!(top >= value && top - value <= value / 1_024);
            prop_assert_eq!(bin(top), bin(value));
            prop_assert_eq!(bin(top + 1), bin(value) + 1);
        }

        #[test]
        fn parts_merge_and_values_leave_in_any_order(
            values in prop::collection::vec(0..5_000_000_u64, 1..60), cut in 0..60_usize,
        ) {
            let cut = cut.min(values.len());
            let (mut left, mut right, mut kept) = Default::default();
            let fill = |h: &mut Histogram, v: &[u64]| v.iter().for_each(|v| h.add(*v));
            fill(&mut left, &values[..cut]);
            fill(&mut right, &values[cut..]);
            fill(&mut kept, &values[1..]);
            right.remove(values[0]);
            right.merge(&left);
            for share in [1, 500, 990, 1_000] {
                prop_assert_eq!(right.quantile(share), kept.quantile(share));
            }
            prop_assert_eq!(right, kept);
        }
    }
}
