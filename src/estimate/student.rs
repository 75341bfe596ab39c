//! Quantiles of Student's distribution, with the same bits everywhere.

/// The quantile at `q`, from a half to below 1, with `freedom` degrees, not necessarily whole.
pub(super) fn quantile(q: f64, freedom: f64) -> f64 {
    // P(|T| > t) = I_x(freedom / 2, 1/2) with x = freedom / (freedom + t²), which grows with x.
    let outside = 2.0 * (1.0 - q);
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if incomplete_beta(middle, 0.5 * freedom, 0.5) < outside {
            low = middle;
        } else {
            high = middle;
        }
    }
    let x = 0.5 * (low + high);
    libm::sqrt(freedom * (1.0 - x) / x)
}

/// The regularised incomplete beta function, by its continued fraction on the side where it is quick.
fn incomplete_beta(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    let scale = libm::lgamma(a + b) - libm::lgamma(a) - libm::lgamma(b);
    let front = libm::exp(scale + a * libm::log(x) + b * libm::log1p(-x));
    if x < (a + 1.0) / (a + b + 2.0) {
        front * fraction(x, a, b) / a
    } else {
        1.0 - front * fraction(1.0 - x, b, a) / b
    }
}

/// The continued fraction by Lentz's method.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away = |v: f64| if v.abs() < TINY { TINY } else { v };
    let (mut c, mut d) = (1.0, 1.0 / away(1.0 - (a + b) * x / (a + 1.0)));
    let mut value = d;
    for step in 1..500_i32 {
        let m = f64::from(step);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        for term in [even, odd] {
            d = 1.0 / away(1.0 + term * d);
            c = away(1.0 + term / c);
            value *= c * d;
        }
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::quantile;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        let tables = [
            (0.90, 1.0, 3.077_684),
            (0.90, 2.0, 1.885_618),
            (0.90, 5.0, 1.475_884),
            (0.90, 30.0, 1.310_415),
            (0.95, 10.0, 1.812_461),
            (0.99, 3.0, 4.540_703),
            (0.975, 1e7, 1.959_964),
        ];
        for (q, freedom, expected) in tables {
            let t = quantile(q, freedom);
            assert!((t - expected).abs() < 2e-6, "{q} {freedom}: {t}");
        }
        assert!(quantile(0.5, 4.0).abs() < 1e-6);
        let between = quantile(0.9, 2.5);
        assert!(between < quantile(0.9, 2.0) && quantile(0.9, 3.0) < between);
    }
}
