//! Values drawn from a few percentiles and a mean.

use crate::workload::random::uniform;
use rand::Rng;

/// The flattest and the steepest bend; both keep the power finite.
const LEAST_SHARE: f64 = 0.01;

/// A quantile function through given percentiles, bent between them so that its mean is the given one.
///
/// Straight lines between the percentiles overstate the mean of a distribution with a long tail, since
/// most of what lies between the 75th and the 99th lies near the 75th. Between two neighbours this
/// function rises like a power, the same everywhere, and the mean says which.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Percentiles {
    /// Share below and value, ascending in both, from share 0 to share 1.
    points: Vec<(f64, f64)>,
    power: f64,
    /// Whether no bend gives the mean.
    pub(crate) off: bool,
}

impl Percentiles {
    /// The function through `points` with this mean; none if the values do not ascend.
    ///
    /// The shares must ascend from 0 to 1.
    pub(crate) fn new(points: Vec<(f64, f64)>, mean: Option<f64>) -> Option<Self> {
        let pairs = || points.windows(2).filter_map(|pair| Some((pair.first()?, pair.get(1)?)));
        if pairs().any(|((_, low), (_, high))| high < low) {
            return None;
        }
        let lower: f64 = pairs().map(|((a, low), (b, _))| (b - a) * low).sum();
        let room: f64 = pairs().map(|((a, low), (b, high))| (b - a) * (high - low)).sum();
        // A power p has the mean 1 / (p + 1) between 0 and 1.
        let share = match mean {
            Some(mean) if room > 0.0 => (mean - lower) / room,
            _ => 0.5,
        };
        let bent = share.clamp(LEAST_SHARE, 1.0 - LEAST_SHARE);
        let off = mean.is_some_and(|mean| {
            let mine = lower + bent * room;
            (mine - mean).abs() > 0.5_f64.max(mean * 0.01)
        });
        Some(Self { power: 1.0 / bent - 1.0, off, points })
    }

    /// A value.
    pub(crate) fn draw(&self, rng: &mut impl Rng) -> f64 {
        self.at(uniform(rng))
    }

    /// The value that a `share` from 0 to 1 stays below.
    fn at(&self, share: f64) -> f64 {
        let after = self.points.partition_point(|(s, _)| *s <= share);
        let after = after.clamp(1, self.points.len().saturating_sub(1).max(1));
        match (self.points.get(after - 1), self.points.get(after)) {
            (Some((a, low)), Some((b, high))) => {
                let part = ((share - a) / (b - a)).clamp(0.0, 1.0);
                low + (high - low) * libm::pow(part, self.power)
            }
            (Some((_, only)), None) => *only,
            _ => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SHARES: [f64; 7] = [0.0, 0.01, 0.25, 0.5, 0.75, 0.99, 1.0];

    fn points(values: [f64; 7]) -> Vec<(f64, f64)> {
        SHARES.into_iter().zip(values).collect()
    }

    /// The mean by the midpoints of many strips.
    fn mean(p: &Percentiles) -> f64 {
        let n = 200_000;
        (0..n).map(|i| p.at((f64::from(i) + 0.5) / f64::from(n))).sum::<f64>() / f64::from(n)
    }

    #[test]
    fn percentiles_are_met_and_so_is_the_mean() {
        let values = [4810.0, 4886.0, 5613.0, 5932.0, 6317.0, 8388.0, 21484.0];
        let p = Percentiles::new(points(values), Some(6108.0)).unwrap();
        for (share, value) in SHARES.into_iter().zip(values) {
            assert!((p.at(share) - value).abs() < 1e-6, "{share}");
        }
        assert!((mean(&p) - 6108.0).abs() < 0.5, "{}", mean(&p));
        assert!(!p.off);
        // Lines would overstate it.
        let lines = Percentiles::new(points(values), None).unwrap();
        assert!((mean(&lines) - 6_196.57).abs() < 0.5, "{}", mean(&lines));
    }

    #[test]
    fn a_mean_out_of_reach_is_said() {
        let values = [10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0];
        assert!(!Percentiles::new(points(values), Some(10.0)).unwrap().off);
        let p = Percentiles::new(points(values), Some(20.0)).unwrap();
        assert!(p.off);
        assert_eq!(p.at(0.3).to_bits(), 10.0_f64.to_bits());
        assert_eq!(Percentiles::new(points([1.0, 2.0, 3.0, 2.0, 5.0, 6.0, 7.0]), None), None);
    }

    proptest! {
        #[test]
        fn it_ascends_and_stays_inside(
            mut values in proptest::array::uniform7(0.0..1e6),
            mean in 0.0..1e6,
            shares in proptest::collection::vec(0.0..1.0, 2..50),
        ) {
            values.sort_by(f64::total_cmp);
            let p = Percentiles::new(points(values), Some(mean)).unwrap();
            let mut shares = shares;
            shares.sort_by(f64::total_cmp);
            let drawn: Vec<_> = shares.iter().map(|s| p.at(*s)).collect();
            prop_assert!(drawn.is_sorted());
            prop_assert!(drawn.iter().all(|v| (values[0]..=values[6] + 1e-6).contains(v)));
        }
    }
}
