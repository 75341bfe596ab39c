//! Seeded random numbers with the same bits on every platform.
//!
//! Every logarithm and exponential comes from `libm`, and everything else is arithmetic that IEEE 754
//! fixes to the last bit. Samplers from other crates are not used: they may take their logarithms from
//! the operating system when some other dependency switches that on.

use rand::Rng;
pub use rand_pcg::Pcg64;

/// What a stream of random numbers is for; a workload has one stream for each.
pub mod purpose {
    /// When requests arrive.
    pub const ARRIVALS: u64 = 1;
    /// What each request needs.
    pub const REQUESTS: u64 = 2;
    /// Where requests lie that a trace only counts or gives a rate of.
    pub const TRACE_ARRIVALS: u64 = 3;
    /// What requests need of which a trace only gives a distribution.
    pub const TRACE_REQUESTS: u64 = 4;
    /// When the requests came that a sampled log does not have.
    pub const SAMPLED: u64 = 11;
    /// The arrivals of a spike on top of a pattern.
    pub const SPIKE_ARRIVALS: u64 = 21;
    /// What the requests of such a spike need.
    pub const SPIKE_REQUESTS: u64 = 22;
    /// How much later than the first each copy of a trace starts.
    pub const COPY_OFFSETS: u64 = 23;
    /// Which rows a copy of a trace has.
    pub const COPY_ROWS: u64 = 24;
    /// What the requests of copy `k` of a trace need: this and `k`.
    pub const COPY_REQUESTS: u64 = 1 << 32;
    /// What the stages of a workload do with each request.
    pub const STAGES: u64 = 25;
    /// Which days another month has.
    pub const DAYS: u64 = 26;
}

/// The stream of random numbers for one purpose of one workload.
///
/// Streams of different arguments are unrelated, so another workload or another use of randomness
/// does not change the numbers of the ones that are there.
#[must_use]
pub fn stream(seed: u64, workload: u64, purpose: u64) -> Pcg64 {
    let key = mix(mix(mix(seed) ^ workload) ^ purpose);
    let word = |n: u64| u128::from(mix(key.wrapping_add(n.wrapping_mul(GOLDEN))));
    Pcg64::new(word(1) << 64 | word(2), word(3) << 64 | word(4))
}

/// A random word that depends on all of these.
#[must_use]
pub fn mixed<const N: usize>(words: [u64; N]) -> u64 {
    words.into_iter().fold(0, |key, word| mix(key ^ word))
}

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The step of SplitMix64: a bijection that spreads every input bit over the whole word.
const fn mix(value: u64) -> u64 {
    let z = value.wrapping_add(GOLDEN);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A number strictly between 0 and 1, from exactly one 64-bit draw.
#[expect(clippy::cast_precision_loss, reason = "52 bits fit")]
pub fn uniform(rng: &mut impl Rng) -> f64 {
    ((rng.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
}

/// An exponential number with mean 1, from exactly one draw.
pub fn exponential(rng: &mut impl Rng) -> f64 {
    -libm::log(uniform(rng))
}

/// Gamma numbers with mean 1 and a given coefficient of variation, by Marsaglia and Tsang's method.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gamma {
    shape: f64,
    d: f64,
    c: f64,
}

impl Gamma {
    /// Gamma numbers with mean 1 and this coefficient of variation, which must be positive.
    #[must_use]
    pub fn with_cv(cv: f64) -> Self {
        let shape = 1.0 / (cv * cv);
        // A shape below one is sampled as shape + 1 and scaled down.
        let d = if shape < 1.0 { shape + 1.0 } else { shape } - 1.0 / 3.0;
        Self { shape, d, c: 1.0 / libm::sqrt(9.0 * d) }
    }

    /// One number; takes a varying number of draws.
    pub fn sample(&self, rng: &mut impl Rng) -> f64 {
        if self.shape >= 1.0 {
            return self.unscaled(rng) / self.shape;
        }
        let boost = libm::exp(libm::log(uniform(rng)) / self.shape);
        self.unscaled(rng) * boost / self.shape
    }

    /// The wait from an arbitrary instant to the next event of a renewal process with these gaps.
    ///
    /// The gap that covers an arbitrary instant is size-biased, which for Gamma means one more in
    /// the shape, and the instant is uniform in it.
    pub fn residual(&self, rng: &mut impl Rng) -> f64 {
        let (biased, place) = (self.shape + 1.0, uniform(rng));
        let larger = Self::with_cv(1.0 / libm::sqrt(biased));
        larger.unscaled(rng) * place / self.shape
    }

    /// A Gamma number of scale 1 and shape `d + 1/3`.
    fn unscaled(&self, rng: &mut impl Rng) -> f64 {
        loop {
            let x = normal_quantile(uniform(rng));
            let root = 1.0 + self.c * x;
            if root <= 0.0 {
                continue;
            }
            let v = root * root * root;
            let (u, square) = (uniform(rng), x * x);
            if u < 1.0 - 0.0331 * square * square
                || libm::log(u) < 0.5 * square + self.d * (1.0 - v + libm::log(v))
            {
                return self.d * v;
            }
        }
    }
}

/// The value a standard normal number stays below with probability `p`, strictly between 0 and 1.
///
/// Wichura's algorithm AS 241 (PPND16), accurate to about 16 digits.
#[must_use]
pub fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        return q * ratio(0.180_625 - q * q, &CENTRE);
    }
    let tail = libm::sqrt(-libm::log(if q < 0.0 { p } else { 1.0 - p }));
    let value = if tail <= 5.0 { ratio(tail - 1.6, &MIDDLE) } else { ratio(tail - 5.0, &FAR) };
    if q < 0.0 { -value } else { value }
}

type Coefficients = [[f64; 8]; 2];

/// The ratio of two polynomials, lowest power first.
fn ratio(x: f64, [above, below]: &Coefficients) -> f64 {
    let value = |c: &[f64; 8]| c.iter().rev().fold(0.0, |sum, c| sum * x + c);
    value(above) / value(below)
}

#[rustfmt::skip]
#[expect(clippy::excessive_precision, reason = "as published")]
const CENTRE: Coefficients = [
    [3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
     4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3],
    [1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3],
];
#[rustfmt::skip]
#[expect(clippy::excessive_precision, reason = "as published")]
const MIDDLE: Coefficients = [
    [1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
     1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4],
    [1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9],
];
#[rustfmt::skip]
#[expect(clippy::excessive_precision, reason = "as published")]
const FAR: Coefficients = [
    [6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
     2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7],
    [1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15],
];

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(n: u32, mut draw: impl FnMut() -> f64) -> (f64, f64) {
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..n {
            let x = draw();
            sum += x;
            squares += x * x;
        }
        let mean = sum / f64::from(n);
        (mean, squares / f64::from(n) - mean * mean)
    }

    #[test]
    fn the_normal_quantile_inverts_the_normal_distribution() {
        for p in [1e-300, 1e-20, 1e-9, 0.001, 0.05, 0.0749, 0.0751, 0.3, 0.5, 0.8, 0.95, 0.9999] {
            let back = 0.5 * libm::erfc(-normal_quantile(p) / core::f64::consts::SQRT_2);
            assert!((back / p - 1.0).abs() < 1e-12, "{p} {back}");
        }
        assert!((normal_quantile(0.95) - 1.644_853_626_951_472_2).abs() < 1e-15);
    }

    #[test]
    fn streams_differ_in_every_argument_and_repeat() {
        let first = |s, w, p| stream(s, w, p).next_u64();
        assert_eq!(first(1, 2, 3), first(1, 2, 3));
        let all = [first(1, 2, 3), first(2, 2, 3), first(1, 3, 3), first(1, 2, 4), first(3, 2, 1)];
        let distinct: std::collections::BTreeSet<_> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn the_bits_are_fixed() {
        let mut rng = stream(42, 0, purpose::ARRIVALS);
        let gamma = Gamma::with_cv(4.0);
        let bits = [
            rng.next_u64(),
            exponential(&mut rng).to_bits(),
            gamma.sample(&mut rng).to_bits(),
            normal_quantile(uniform(&mut rng)).to_bits(),
        ];
        let expected = [
            8_012_965_277_643_356_891,
            4_609_138_664_221_490_352,
            4_618_111_494_587_446_829,
            13_832_774_456_934_345_841,
        ];
        assert_eq!(bits, expected);
    }

    #[test]
    fn gamma_and_exponential_have_their_mean_and_variance() {
        for cv in [0.5, 1.0, 2.0, 4.0] {
            let (gamma, mut rng) = (Gamma::with_cv(cv), stream(7, 0, 0));
            let (mean, variance) = moments(1_000_000, || gamma.sample(&mut rng));
            assert!((mean - 1.0).abs() < 4.0 * cv / 1_000.0, "cv {cv}: mean {mean}");
            let excess = 6.0 * cv * cv + 2.0;
            let error = 4.0 * cv * cv * libm::sqrt(excess) / 1_000.0;
            assert!((variance - cv * cv).abs() < error, "cv {cv}: variance {variance}");
        }
        let mut rng = stream(7, 0, 0);
        let (mean, variance) = moments(1_000_000, || exponential(&mut rng));
        assert!((mean - 1.0).abs() < 0.004 && (variance - 1.0).abs() < 0.012);
    }

    #[test]
    fn the_residual_wait_is_half_of_one_plus_the_squared_variation() {
        for cv in [0.5, 1.0, 4.0_f64] {
            let (gamma, mut rng) = (Gamma::with_cv(cv), stream(9, 0, 0));
            let (mean, variance) = moments(400_000, || gamma.residual(&mut rng));
            let error = 4.0 * libm::sqrt(variance / 400_000.0);
            assert!((mean - (1.0 + cv * cv) / 2.0).abs() < error, "cv {cv}: {mean}");
        }
    }
}
