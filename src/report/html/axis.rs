//! Round numbers along an axis.

/// Values at which an axis from 0 to at least `highest` has its marks, evenly spaced at 1, 2 or 5 times a
/// power of ten; the last one is the end of the axis.
pub(super) fn marks(highest: f64) -> Vec<f64> {
    let highest = if highest.is_finite() && highest > 0.0 { highest } else { 1.0 };
    let power = libm::pow(10.0, libm::floor(libm::log10(highest / 4.0)));
    let steps = [1.0, 2.0, 5.0, 10.0].map(|n| n * power);
    let step = steps.into_iter().find(|s| highest / s <= 5.0).unwrap_or(10.0 * power);
    let mut marks = vec![0.0];
    while marks.last().is_some_and(|m| *m < highest * (1.0 - 1e-9)) {
        #[expect(clippy::cast_precision_loss, reason = "a handful")]
        marks.push(step * marks.len() as f64);
    }
    marks
}

/// Evenly spaced round values between two numbers, and how many decimals they need.
pub(super) fn between(low: f64, high: f64) -> (Vec<f64>, usize) {
    let all = marks(high - low);
    let step = all.get(1).copied().unwrap_or(1.0);
    let first = libm::ceil(low / step - 1e-9);
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let values = (0..all.len()).map(|i| (first + i as f64) * step);
    let values = values.filter(|v| *v <= high * (1.0 + 1e-9)).collect();
    let mut decimals = 0;
    let mut rest = step;
    while decimals < 8 && (rest - libm::round(rest)).abs() > 1e-6 * rest {
        rest *= 10.0;
        decimals += 1;
    }
    (values, decimals)
}

/// The powers of ten, and 2 and 5 times each where there are few, between two positive numbers.
pub(super) fn powers(low: f64, high: f64) -> Vec<f64> {
    let (first, last) = (libm::floor(libm::log10(low)), libm::ceil(libm::log10(high)));
    let each: &[f64] = if last - first <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let mut marks = Vec::new();
    let mut power = first;
    while power <= last {
        marks.extend(each.iter().map(|n| n * libm::pow(10.0, power)));
        power += 1.0;
    }
    marks.retain(|m| *m >= low * 0.999 && *m <= high * 1.001);
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_reach_the_highest() {
        assert_eq!(marks(9.3), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(marks(1.0), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(marks(47.0), [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]);
        assert_eq!(marks(0.0).len(), 6);
        assert_eq!(marks(f64::NAN).len(), 6);
    }

    #[test]
    fn marks_between_two_numbers_are_round_and_inside() {
        assert_eq!(between(812.0, 1_290.0), (vec![900.0, 1_000.0, 1_100.0, 1_200.0], 0));
        assert_eq!(between(0.0, 10.0), (vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0], 0));
        let (marks, decimals) = between(3.12, 3.21);
        assert_eq!((marks.len(), decimals), (5, 2), "{marks:?}");
    }

    #[test]
    fn powers_of_ten_lie_within_the_range() {
        assert_eq!(powers(0.1, 1_000.0), [0.1, 1.0, 10.0, 100.0, 1_000.0]);
        assert_eq!(powers(1.0, 20.0), [1.0, 2.0, 5.0, 10.0, 20.0]);
    }
}
