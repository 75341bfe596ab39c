//! The patterns requests arrive in.

use super::iter::{Arrivals, Gaps};
use super::rate::{Day, Rate, mass};
use crate::units::{SimDuration, SimTime};
use crate::workload::distribution::short;
use crate::workload::random::{Gamma, purpose, stream};

/// A stationary or changing stream of arrivals. Rates are requests per second, hours are UTC.
///
/// All but [`Pattern::Steady`] are renewals with mean gap 1, warped through the inverse of the integrated
/// rate, so the expected number of arrivals is [`Pattern::mean_count`]. The gaps are exponential (a
/// Poisson process) for every pattern but [`Pattern::Bursty`].
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// Evenly spaced to the nanosecond; the first arrival is half a gap after the start.
    Steady {
        /// Arrivals per second.
        rate: f64,
    },
    /// Independent arrivals at a constant rate.
    Poisson {
        /// Mean arrivals per second.
        rate: f64,
    },
    /// A sinusoid over 24 hours, constant within each five minutes of the day at the sinusoid's mean
    /// over them.
    Diurnal {
        /// Mean arrivals per second over a day.
        rate: f64,
        /// Hour of the day with the highest rate, 0 to 24.
        peak_hour: f64,
        /// Highest over lowest rate of the sinusoid, at least 1.
        peak_to_trough: f64,
    },
    /// A diurnal pattern with quieter Saturdays and Sundays.
    Weekly {
        /// Mean arrivals per second over a week.
        rate: f64,
        /// Hour of the day with the highest rate, 0 to 24.
        peak_hour: f64,
        /// Highest over lowest rate within a day, at least 1.
        peak_to_trough: f64,
        /// A weekend day's rate as a share of a weekday's.
        weekend: f64,
    },
    /// Stationary Gamma renewals: gaps with a coefficient of variation, clustered when it exceeds 1.
    Bursty {
        /// Mean arrivals per second.
        rate: f64,
        /// Standard deviation of the gaps divided by their mean; its square is the index of dispersion
        /// of counts over long windows.
        cv: f64,
    },
    /// A constant rate, multiplied for a while once or repeatedly.
    Spike {
        /// Mean arrivals per second outside the spikes.
        rate: f64,
        /// Start of the first spike, from the start of the window.
        at: SimDuration,
        /// Length of a spike.
        lasts: SimDuration,
        /// What the rate is multiplied by during a spike.
        factor: f64,
        /// From the start of one spike to the start of the next, if they repeat.
        every: Option<SimDuration>,
    },
    /// A rate that changes linearly over the window.
    Ramp {
        /// Arrivals per second at the start.
        from: f64,
        /// Arrivals per second at the end.
        to: f64,
    },
}

impl Pattern {
    /// The arrivals in `[start, start + window)`, in order, for a workload's stream of random numbers.
    #[must_use]
    pub fn arrivals(
        &self,
        start: SimTime,
        window: SimDuration,
        seed: u64,
        workload: u64,
    ) -> Arrivals {
        if let Self::Steady { rate } = *self {
            return Arrivals::even(rate, start, window);
        }
        let gaps = match *self {
            Self::Bursty { cv, .. } => Gaps::Gamma(Gamma::with_cv(cv)),
            _ => Gaps::Exponential,
        };
        let rng = stream(seed, workload, purpose::ARRIVALS);
        Arrivals::renewals(gaps, self.rate(start, window), start, window, rng)
    }

    /// Arrivals that come on top of a window's own, in `[from, to)` within it, as if the rate were `times`
    /// as high; with random numbers of their own.
    #[must_use]
    pub fn burst(
        &self,
        (start, window): (SimTime, SimDuration),
        (from, to): (SimTime, SimTime),
        times: f64,
        seed: u64,
        workload: u64,
    ) -> Arrivals {
        let scaled = self.scaled(times);
        let lasts = to.since(from);
        if let Self::Steady { rate } = scaled {
            return Arrivals::even(rate, from, lasts);
        }
        let gaps = match scaled {
            Self::Bursty { cv, .. } => Gaps::Gamma(Gamma::with_cv(cv)),
            _ => Gaps::Exponential,
        };
        let rng = stream(seed, workload, purpose::SPIKE_ARRIVALS);
        Arrivals::renewals(gaps, scaled.rate(start, window), from, lasts, rng)
    }

    /// The pattern with `times` the rate.
    #[must_use]
    pub fn scaled(&self, times: f64) -> Self {
        let mut scaled = self.clone();
        match &mut scaled {
            Self::Steady { rate }
            | Self::Poisson { rate }
            | Self::Diurnal { rate, .. }
            | Self::Weekly { rate, .. }
            | Self::Bursty { rate, .. }
            | Self::Spike { rate, .. } => *rate *= times,
            Self::Ramp { from, to } => {
                *from *= times;
                *to *= times;
            }
        }
        scaled
    }

    /// Expected number of arrivals in `[start, start + window)`.
    #[must_use]
    pub fn mean_count(&self, start: SimTime, window: SimDuration) -> f64 {
        let (rate, end) = (self.rate(start, window), (start + window).0);
        let (mut at, mut total) = (start.0, 0.0);
        while at < end {
            let cell = rate.cell(at, end);
            total += mass(&cell, at);
            at = cell.end;
        }
        total
    }

    fn rate(&self, start: SimTime, window: SimDuration) -> Rate {
        match *self {
            Self::Steady { rate } | Self::Poisson { rate } | Self::Bursty { rate, .. } => {
                Rate::Constant(rate)
            }
            Self::Diurnal { rate, peak_hour, peak_to_trough } => {
                Rate::daily(rate, &Day { peak_hour, peak_to_trough }, 1.0)
            }
            Self::Weekly { rate, peak_hour, peak_to_trough, weekend } => {
                Rate::daily(rate, &Day { peak_hour, peak_to_trough }, weekend)
            }
            Self::Spike { rate, at, lasts, factor, every } => Rate::Spike {
                base: rate,
                peak: rate * factor,
                first: (start + at).0,
                lasts: lasts.0,
                every: every.map(|e| e.0.max(1)),
            },
            Self::Ramp { from, to } => {
                Rate::Ramp { from, to, start: start.0, seconds: window.as_secs_f64() }
            }
        }
    }

    /// One line in words.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Steady { rate } => format!("steady {}, evenly spaced", show_rate(*rate)),
            Self::Poisson { rate } => format!("Poisson {}", show_rate(*rate)),
            Self::Diurnal { rate, peak_hour, peak_to_trough } => format!(
                "diurnal, mean {}, peak at {} UTC with {} times the rate of the trough",
                show_rate(*rate),
                show_hour(*peak_hour),
                short(*peak_to_trough)
            ),
            Self::Weekly { rate, peak_hour, peak_to_trough, weekend } => format!(
                "weekly, mean {}, peak at {} UTC with {} times the rate of the trough, weekend days \
                 at {}% of a weekday",
                show_rate(*rate),
                show_hour(*peak_hour),
                short(*peak_to_trough),
                short(weekend * 100.0)
            ),
            Self::Bursty { rate, cv } => format!(
                "bursty, mean {}, gaps with coefficient of variation {}",
                show_rate(*rate),
                short(*cv)
            ),
            Self::Spike { rate, at, lasts, factor, every } => format!(
                "Poisson {}, times {} for {lasts} from {at} after the start{}",
                show_rate(*rate),
                short(*factor),
                every.map_or(String::new(), |e| format!(", again every {e}"))
            ),
            Self::Ramp { from, to } => {
                format!("Poisson, from {} to {} over the window", show_rate(*from), show_rate(*to))
            }
        }
    }
}

/// A rate per second in the shortest period that gives at least one.
pub(super) fn show_rate(rate: f64) -> String {
    const PERIODS: [(f64, &str); 5] =
        [(1.0, "s"), (60.0, "min"), (3_600.0, "h"), (86_400.0, "day"), (2_628_000.0, "month")];
    let fits = PERIODS.iter().find(|(seconds, _)| rate * seconds >= 0.999_5);
    let (seconds, name) = fits.copied().unwrap_or(PERIODS[4]);
    format!("{}/{name}", short(rate * seconds))
}

pub(super) fn show_hour(hour: f64) -> String {
    let minutes = (hour * 60.0).round();
    format!("{:02}:{:02}", (minutes / 60.0).floor(), minutes % 60.0)
}

#[cfg(test)]
#[path = "pattern_tests.rs"]
mod tests;
