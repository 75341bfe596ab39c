//! Where numbers lie along an axis that does not start at zero.

use super::axis::{between, powers};
use super::chart::short;

/// From this ratio of the largest to the smallest number on, an axis is logarithmic.
const WIDE: f64 = 20.0;
/// Room beside the first and the last number, as a part of what lies between them.
const MARGIN: f64 = 0.08;

/// An axis between two places of the screen.
pub(super) struct Scale {
    low: f64,
    high: f64,
    wide: bool,
    from: f64,
    to: f64,
}

impl Scale {
    /// One that shows all these numbers; none of none.
    pub(super) fn of(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Option<Self> {
        let ends = |(a, b): (f64, f64), v: f64| (a.min(v), b.max(v));
        let (low, high) = values.filter(|v| v.is_finite()).fold((f64::MAX, f64::MIN), ends);
        if low > high {
            return None;
        }
        let wide = low > 0.0 && high / low >= WIDE;
        if wide {
            return Some(Self { low: low / 1.2, high: high * 1.2, wide, from, to });
        }
        let span = if high > low { high - low } else { (high.abs() * 0.2).max(1e-9) };
        let floor = if low >= 0.0 { 0.0 } else { f64::MIN };
        let low = (low - span * MARGIN).max(floor);
        Some(Self { low, high: high + span * MARGIN, wide, from, to })
    }

    /// Where a number lies.
    pub(super) fn at(&self, value: f64) -> f64 {
        let part = if self.wide {
            libm::log(value / self.low) / libm::log(self.high / self.low)
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from + (self.to - self.from) * part
    }

    /// Round numbers along it: where, and how they are written.
    pub(super) fn marks(&self) -> Vec<(f64, String)> {
        if self.wide {
            return powers(self.low, self.high)
                .into_iter()
                .map(|m| (self.at(m), short(m)))
                .collect();
        }
        let (marks, decimals) = between(self.low, self.high);
        let written = |m: f64| if m >= 1e4 { short(m) } else { format!("{m:.decimals$}") };
        marks.into_iter().map(|m| (self.at(m), written(m))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(values: &[f64]) -> Scale {
        Scale::of(values.iter().copied(), 0.0, 100.0).unwrap()
    }

    #[test]
    fn near_numbers_are_told_apart_and_far_ones_fit() {
        let near = scale(&[3.13, 3.20]);
        assert!(near.at(3.13) > 3.0 && near.at(3.20) < 97.0);
        let marks: Vec<String> = near.marks().into_iter().map(|m| m.1).collect();
        assert_eq!(marks, ["3.14", "3.16", "3.18", "3.20"]);
        let far = scale(&[1.0, 1_000.0]);
        let marks: Vec<String> = far.marks().into_iter().map(|m| m.1).collect();
        assert_eq!(marks, ["1", "10", "100", "1000"]);
        assert!((far.at(10.0) - far.at(1.0) - (far.at(100.0) - far.at(10.0))).abs() < 1e-6);
    }

    #[test]
    fn one_number_zero_and_none_have_a_scale_or_none() {
        assert!((scale(&[5.0]).at(5.0) - 50.0).abs() < 1e-6);
        assert!(scale(&[0.0]).at(0.0).is_finite());
        assert!(scale(&[0.0, 1e6]).at(0.0) >= 0.0);
        assert!(Scale::of(std::iter::empty(), 0.0, 1.0).is_none());
    }
}
