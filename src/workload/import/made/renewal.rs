//! Arrivals of a stretch of time with a given rate and a given shape of their gaps.

use crate::workload::random::{Gamma, exponential, uniform};
use rand::Rng;

/// How gaps vary; their mean is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Gaps {
    /// Gamma.
    Gamma(Gamma),
    /// Weibull.
    Weibull {
        /// The shape.
        shape: f64,
        /// The mean at scale 1.
        mean: f64,
    },
}

impl Gaps {
    /// Gamma gaps of this shape, which must be positive.
    pub(crate) fn gamma(shape: f64) -> Self {
        Self::Gamma(Gamma::with_cv(1.0 / libm::sqrt(shape)))
    }

    /// Weibull gaps of this shape; none if the shape is so small that their mean is no number.
    pub(crate) fn weibull(shape: f64) -> Option<Self> {
        let mean = libm::tgamma(1.0 + 1.0 / shape);
        mean.is_finite().then_some(Self::Weibull { shape, mean })
    }

    /// The gap from one arrival to the next.
    fn next(self, rng: &mut impl Rng) -> f64 {
        match self {
            Self::Gamma(gamma) => gamma.sample(rng),
            Self::Weibull { shape, mean } => libm::pow(exponential(rng), 1.0 / shape) / mean,
        }
    }

    /// The wait from an arbitrary instant to the next arrival.
    ///
    /// The gap that covers an arbitrary instant is size-biased. For Weibull numbers, whose power
    /// `shape` is exponential, that of a size-biased one is Gamma with one `1 / shape` more in its shape.
    fn first(self, rng: &mut impl Rng) -> f64 {
        match self {
            Self::Gamma(gamma) => gamma.residual(rng),
            Self::Weibull { shape, mean } => {
                let biased = 1.0 + 1.0 / shape;
                let power = biased * Gamma::with_cv(1.0 / libm::sqrt(biased)).sample(rng);
                libm::pow(power, 1.0 / shape) * uniform(rng) / mean
            }
        }
    }

    /// Runs `arrive` with the place of each arrival, from 0 to 1, in a stretch that expects `expected`.
    ///
    /// The stretch begins at an arbitrary instant of arrivals that never began, so that it has exactly
    /// `expected` of them on average, however much they vary. Stops when `arrive` says so.
    pub(crate) fn arrivals(
        self,
        expected: f64,
        rng: &mut impl Rng,
        mut arrive: impl FnMut(f64) -> bool,
    ) {
        let mut at = self.first(rng);
        while at < expected && arrive(at / expected) {
            at += self.next(rng);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::random::stream;

    #[test]
    fn gaps_have_mean_one_and_their_variation() {
        for (gaps, cv) in [
            (Gaps::gamma(0.25), 2.0),
            (Gaps::gamma(4.0), 0.5),
            (Gaps::weibull(0.5).unwrap(), libm::sqrt(5.0)),
            (Gaps::weibull(2.0).unwrap(), 0.522_723),
        ] {
            let (mut rng, n) = (stream(3, 0, 0), 400_000_u32);
            let draws: Vec<_> = (0..n).map(|_| gaps.next(&mut rng)).collect();
            let mean = draws.iter().sum::<f64>() / f64::from(n);
            let squares = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>();
            let variation = libm::sqrt(squares / f64::from(n)) / mean;
            assert!((mean - 1.0).abs() < 5.0 * cv / libm::sqrt(f64::from(n)), "{gaps:?} {mean}");
            assert!((variation / cv - 1.0).abs() < 0.03, "{gaps:?} {variation}");
        }
    }

    #[test]
    fn a_stretch_has_as_many_as_it_expects_even_a_short_one() {
        for gaps in [Gaps::gamma(0.05), Gaps::gamma(9.0), Gaps::weibull(0.4).unwrap()] {
            for expected in [0.3, 7.0] {
                let (mut rng, runs) = (stream(5, 0, 0), 60_000_u32);
                let (mut sum, mut squares) = (0.0, 0.0);
                for _ in 0..runs {
                    let (mut n, mut last) = (0.0, 0.0);
                    gaps.arrivals(expected, &mut rng, |at| {
                        assert!((last..1.0).contains(&at));
                        last = at;
                        n += 1.0;
                        true
                    });
                    sum += n;
                    squares += n * n;
                }
                let mean = sum / f64::from(runs);
                let error = libm::sqrt((squares / f64::from(runs) - mean * mean) / f64::from(runs));
                assert!((mean - expected).abs() < 4.0 * error, "{gaps:?} {expected}: {mean}");
            }
        }
    }

    #[test]
    fn a_shape_near_zero_is_no_shape() {
        assert_eq!(Gaps::weibull(0.001), None);
    }
}
