//! How many times the arrivals come: a factor for the whole span, and for a spike within it.
//!
//! A pattern's rate is multiplied. A trace is replayed in copies: copy `k` has those rows whose own random
//! number is below what is left of the factor above `k`, so what arrives at a smaller factor also arrives
//! at a larger one, with the same needs. Copies start up to [`SPREAD`] after the first one, each at an
//! offset of its own: bursts shorter than that add up by chance, hours and days as a whole.

use crate::units::{SimDuration, SimTime};
use crate::workload::random::{mixed, purpose};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The latest start of a copy after the first one.
const SPREAD: SimDuration = SimDuration::from_secs(300);

/// More arrivals for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spike {
    /// How many times the arrivals come.
    pub factor: Decimal,
    /// From the start of each workload's replay.
    pub at: SimDuration,
    /// For how long.
    pub lasts: SimDuration,
}

/// How many times a workload's arrivals come, and when.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Traffic {
    /// Outside the spike.
    usual: Multiple,
    /// Factor over the usual one, and bounds of the spike.
    spike: Option<(Multiple, SimTime, SimTime)>,
}

/// So many whole copies, and of one more the rows whose number is below a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Multiple {
    factor: f64,
    whole: u64,
    rest: u64,
}

/// Random numbers of rows have so many bits.
const BITS: u32 = 53;

impl Multiple {
    fn new(factor: Decimal) -> Self {
        let whole = factor.floor();
        let rest = (factor - whole) * Decimal::from(1_u64 << BITS);
        Self {
            factor: factor.to_f64().unwrap_or(1.0),
            whole: whole.to_u64().unwrap_or(u64::MAX),
            rest: rest.to_u64().unwrap_or(0),
        }
    }

    const fn copies(self) -> u64 {
        self.whole + (self.rest > 0) as u64
    }

    /// Whether copy `copy` has a row of this number.
    const fn has(self, copy: u64, number: u64) -> bool {
        copy < self.whole || (copy == self.whole && number < self.rest)
    }
}

impl Traffic {
    /// The factor, and a spike that starts so long after `from`.
    pub(super) fn new(factor: Decimal, spike: Option<Spike>, from: SimTime) -> Self {
        let spike = spike.map(|s| {
            let during = factor.checked_mul(s.factor).unwrap_or(factor);
            (Multiple::new(during), from + s.at, from + s.at + s.lasts)
        });
        Self { usual: Multiple::new(factor), spike }
    }

    /// Whether a trace is replayed as it is.
    pub(super) fn is_plain(&self) -> bool {
        self.usual == Multiple::new(Decimal::ONE) && self.spike.is_none()
    }

    /// When a pattern has how many times its arrivals more than usual.
    pub(super) fn more(&self) -> Option<(f64, SimTime, SimTime)> {
        let (during, from, to) = self.spike?;
        let more = during.factor / self.usual.factor - 1.0;
        (more > 0.0).then_some((more, from, to))
    }

    /// Copies of a trace at most.
    pub(super) fn copies(&self) -> u64 {
        self.usual.copies().max(self.spike.map_or(0, |(during, ..)| during.copies()))
    }

    /// Whether copy `copy` has a row that arrives then.
    pub(super) fn has(&self, copy: u64, arrival: SimTime, number: u64) -> bool {
        match self.spike {
            Some((during, from, to)) if from <= arrival && arrival < to => during.has(copy, number),
            _ => self.usual.has(copy, number),
        }
    }

    /// Whether copy `copy` has every row, whatever its number.
    pub(super) fn has_all(&self, copy: u64) -> bool {
        copy < self.usual.whole && self.spike.is_none_or(|(during, ..)| copy < during.whole)
    }
}

/// The copies of one workload's trace.
#[derive(Clone, Copy, Debug)]
pub(super) struct CopiesOf {
    pub(super) seed: u64,
    pub(super) workload: u64,
}

impl CopiesOf {
    /// How much later than the first copy another one starts.
    pub(super) fn offset(self, copy: u64, window: SimDuration) -> i64 {
        if copy == 0 {
            return 0;
        }
        let spread = SPREAD.min(window).0.unsigned_abs().max(1);
        let number = mixed([self.seed, self.workload, purpose::COPY_OFFSETS, copy]);
        i64::try_from(number % spread).unwrap_or(0)
    }

    /// The random number of a row of a copy.
    pub(super) fn number(self, copy: u64, row: u64) -> u64 {
        mixed([self.seed, self.workload, purpose::COPY_ROWS, copy, row]) >> (u64::BITS - BITS)
    }

    /// The purpose of the random numbers of a copy's requests.
    pub(super) const fn purpose(copy: u64) -> u64 {
        if copy == 0 { purpose::REQUESTS } else { purpose::COPY_REQUESTS + copy }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn traffic(factor: &str) -> Traffic {
        Traffic::new(factor.parse().unwrap(), None, SimTime(0))
    }

    #[test]
    fn what_a_smaller_factor_has_a_larger_one_has_too() {
        let of = CopiesOf { seed: 7, workload: 0 };
        let factors = ["0.01", "0.1", "0.999", "1", "1.5", "2", "7.25"];
        for row in 0..2_000 {
            let has = |factor: &str| -> Vec<bool> {
                let traffic = traffic(factor);
                (0..8).map(|k| traffic.has(k, SimTime(0), of.number(k, row))).collect()
            };
            for pair in factors.windows(2) {
                let (small, large) = (has(pair[0]), has(pair[1]));
                assert!(small.iter().zip(large).all(|(s, l)| !s || l), "{pair:?} row {row}");
            }
        }
    }

    #[test]
    fn a_factor_has_about_as_many_rows() {
        let of = CopiesOf { seed: 1, workload: 3 };
        for (factor, expected) in [("0.1", 10_000), ("1", 100_000), ("2.5", 250_000)] {
            let traffic = traffic(factor);
            let rows = (0..100_000_u64).flat_map(|row| (0..3).map(move |k| (k, row)));
            let count =
                rows.filter(|(k, r)| traffic.has(*k, SimTime(0), of.number(*k, *r))).count();
            let deviation = count.abs_diff(expected);
            assert!(deviation < 700, "{factor}: {count}");
        }
    }

    #[test]
    fn a_spike_multiplies_what_comes_within_it() {
        let spike = Spike {
            factor: Decimal::TEN,
            at: SimDuration::from_hours(1),
            lasts: SimDuration::from_hours(1),
        };
        let traffic = Traffic::new(Decimal::new(5, 1), Some(spike), SimTime(0));
        let at = |hours: i64| SimTime(0) + SimDuration::from_hours(hours);
        let copies = |t| (0..9).filter(|k| traffic.has(*k, t, 0)).count();
        assert_eq!([copies(at(0)), copies(at(1)), copies(at(2))], [1, 5, 1]);
        assert_eq!(traffic.copies(), 5);
        assert_eq!(traffic.more(), Some((9.0, at(1), at(2))));
        assert!(!traffic.is_plain() && !traffic.has_all(0));
    }
}
