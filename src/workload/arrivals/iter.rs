//! The arrivals of a pattern, one at a time.

use super::rate::{Cell, Rate, invert, mass};
use crate::units::{SimDuration, SimTime};
use crate::workload::random::{Gamma, Pcg64, exponential};

/// Gaps with mean 1.
#[derive(Clone, Copy, Debug)]
pub(super) enum Gaps {
    Exponential,
    Gamma(Gamma),
}

/// Arrivals in order, each within the window it was made for.
#[derive(Clone, Debug)]
pub struct Arrivals(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Even(Even),
    Renewals(Renewals),
}

#[derive(Clone, Debug)]
struct Even {
    gap: f64,
    start: i64,
    end: i64,
    next: u64,
}

#[derive(Clone, Debug)]
struct Renewals {
    gaps: Gaps,
    rate: Rate,
    rng: Pcg64,
    /// Where the current cell was entered.
    at: i64,
    cell: Cell,
    mass: f64,
    /// Expected arrivals from `at` to the last arrival; less than `mass`.
    done: f64,
    last: i64,
    end: i64,
    begun: bool,
}

impl Arrivals {
    /// Evenly spaced arrivals, the first after half a gap.
    pub(super) fn even(rate: f64, start: SimTime, window: SimDuration) -> Self {
        let end = (start + window).0;
        Self(Kind::Even(Even { gap: 1e9 / rate, start: start.0, end, next: 0 }))
    }

    /// Renewals with these gaps at a changing rate.
    pub(super) fn renewals(
        gaps: Gaps,
        rate: Rate,
        start: SimTime,
        window: SimDuration,
        rng: Pcg64,
    ) -> Self {
        let end = (start + window).0;
        let cell = rate.cell(start.0, end);
        let mass = mass(&cell, start.0);
        let (at, last) = (start.0, start.0);
        Self(Kind::Renewals(Renewals {
            gaps,
            rate,
            rng,
            at,
            cell,
            mass,
            done: 0.0,
            last,
            end,
            begun: false,
        }))
    }
}

impl Iterator for Arrivals {
    type Item = SimTime;

    #[inline]
    fn next(&mut self) -> Option<SimTime> {
        match &mut self.0 {
            Kind::Even(even) => even.next(),
            Kind::Renewals(renewals) => renewals.next(),
        }
    }
}

impl std::iter::FusedIterator for Arrivals {}

impl Even {
    /// Computed from the arrival's number, so that nothing accumulates.
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    #[expect(clippy::cast_precision_loss, reason = "arrivals are far fewer than 2^53")]
    fn next(&mut self) -> Option<SimTime> {
        let offset = ((self.next as f64 + 0.5) * self.gap).floor() as i64;
        let time = self.start.saturating_add(offset);
        (time < self.end).then(|| {
            self.next += 1;
            SimTime(time)
        })
    }
}

impl Renewals {
    #[inline]
    fn next(&mut self) -> Option<SimTime> {
        if self.at >= self.end {
            return None;
        }
        let mut target = self.done + self.gap();
        while target >= self.mass {
            target -= self.mass;
            self.at = self.cell.end;
            if self.at >= self.end {
                return None;
            }
            self.cell = self.rate.cell(self.at, self.end);
            self.mass = mass(&self.cell, self.at);
        }
        self.done = target;
        Some(self.time(target))
    }

    /// Rounding must neither leave the cell nor go back.
    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    fn time(&mut self, target: f64) -> SimTime {
        let offset = (invert(&self.cell, self.at, target) * 1e9) as i64;
        let time = self.at.saturating_add(offset).min(self.cell.end - 1).max(self.last);
        self.last = time;
        SimTime(time)
    }

    /// The first gap is the one from an arbitrary instant, which makes the process stationary.
    #[inline]
    fn gap(&mut self) -> f64 {
        let begun = std::mem::replace(&mut self.begun, true);
        match self.gaps {
            Gaps::Exponential => exponential(&mut self.rng),
            Gaps::Gamma(gamma) if begun => gamma.sample(&mut self.rng),
            Gaps::Gamma(gamma) => gamma.residual(&mut self.rng),
        }
    }
}
