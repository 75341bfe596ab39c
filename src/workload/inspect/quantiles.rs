//! How the values of a column are distributed.

use crate::units::Histogram;

/// The ranks that are told, in percent; the least and the greatest value are told as such.
pub const RANKS: [u64; 6] = [25, 50, 75, 90, 95, 99];

/// Columns with up to so many entries are sorted; of longer ones a histogram is kept.
const SORTED: u64 = 1 << 20;

/// The distribution of whole numbers, zeros included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantiles {
    /// How many values there are; at least one.
    pub count: u64,
    /// Of those, zeros.
    pub zeros: u64,
    /// The least value.
    pub min: u64,
    /// The greatest value.
    pub max: u64,
    /// The sum of all.
    pub sum: u128,
    /// The value at each of [`RANKS`]: of all values in order, counted from 0, the one nearest to
    /// that share of the way to the last; of two equally near ones, the later.
    pub at: [u64; 6],
    /// Whether `at` holds values that occur; otherwise they are within 0.1 % of one. All else is
    /// always exact.
    pub exact: bool,
}

impl Quantiles {
    /// The mean.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    pub fn mean(&self) -> f64 {
        self.sum as f64 / self.count as f64
    }
}

/// Collects values.
pub(super) struct Sketch {
    values: Values,
    zeros: u64,
    min: u64,
    max: u64,
    sum: u128,
}

enum Values {
    Sorted(Vec<u64>),
    Histogram(Histogram),
}

impl Sketch {
    /// For so many values.
    pub(super) fn new(count: u64) -> Self {
        let values = if count > SORTED {
            Values::Histogram(Histogram::default())
        } else {
            Values::Sorted(Vec::new())
        };
        Self { values, zeros: 0, min: u64::MAX, max: 0, sum: 0 }
    }

    pub(super) fn push(&mut self, value: u64) {
        match &mut self.values {
            Values::Sorted(values) => values.push(value),
            Values::Histogram(histogram) => histogram.add(value),
        }
        self.zeros += u64::from(value == 0);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        self.sum += u128::from(value);
    }

    /// The distribution; none without values.
    pub(super) fn finish(self) -> Option<Quantiles> {
        let Self { values, zeros, min, max, sum } = self;
        let (count, at, exact) = match values {
            Values::Sorted(mut values) => {
                values.sort_unstable();
                let count = values.len() as u64;
                let value = |position: u64| {
                    let index = usize::try_from(position).ok();
                    index.and_then(|i| values.get(i)).copied().unwrap_or(max)
                };
                (count, positions(count)?.map(value), true)
            }
            Values::Histogram(histogram) => {
                let count = histogram.len();
                let value = |position| histogram.at(position).unwrap_or(max).clamp(min, max);
                (count, positions(count)?.map(value), false)
            }
        };
        Some(Quantiles { count, zeros, min, max, sum, at, exact })
    }
}

/// The position of each of [`RANKS`] among `count` sorted values, from 0.
fn positions(count: u64) -> Option<[u64; 6]> {
    let last = count.checked_sub(1)?;
    Some(RANKS.map(|percent| {
        let (whole, rest) = (last / 100 * percent, last % 100 * percent);
        whole + (rest + 50) / 100
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: impl IntoIterator<Item = u64>, expected: u64) -> Option<Quantiles> {
        let mut sketch = Sketch::new(expected);
        values.into_iter().for_each(|v| sketch.push(v));
        sketch.finish()
    }

    #[test]
    fn ranks_are_the_nearest_and_values_occur() {
        let q = of((1..=10).rev().chain([0]), 0).unwrap();
        assert_eq!((q.count, q.zeros, q.min, q.max, q.sum), (11, 1, 0, 10, 55));
        assert_eq!((q.at, q.exact), ([3, 5, 8, 9, 10, 10], true));
        assert_eq!(of(0..400, 0).unwrap().at, [100, 200, 299, 359, 379, 395]);
        assert_eq!(of(0..402, 0).unwrap().at[1], 201);
        assert!((q.mean() - 5.0).abs() < 1e-12);
        let one = of([7], 0).unwrap();
        assert_eq!((one.min, one.at), (7, [7; 6]));
        assert_eq!(of([], 0), None);
        assert_eq!(of([], u64::MAX), None);
    }

    #[test]
    fn long_columns_are_within_a_thousandth_and_keep_their_sums() {
        let values = || (0..2_000_u64).map(|i| i * i * i * 1_000).chain([u64::MAX - 1, 0]);
        let (sorted, kept) = (of(values(), 0).unwrap(), of(values(), u64::MAX).unwrap());
        assert!(sorted.exact && !kept.exact);
        assert_eq!(
            (kept.count, kept.zeros, kept.min, kept.max, kept.sum),
            (sorted.count, sorted.zeros, sorted.min, sorted.max, sorted.sum)
        );
        for (exact, near) in sorted.at.iter().zip(kept.at) {
            assert!(near.abs_diff(*exact) <= exact / 1_000, "{near} for {exact}");
        }
    }
}
