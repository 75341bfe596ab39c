//! Rates that change, in cells with a linear rate each, so that their integral inverts in closed form.

use std::sync::Arc;

/// The longest cell: five minutes, in nanoseconds. Short cells keep times exact to the nanosecond.
pub(super) const CELL: i64 = 300 * 1_000_000_000;
const DAY: i64 = 86_400 * 1_000_000_000;
const CELLS_PER_DAY: usize = 288;

/// A stretch of time with a linear rate, from an instant the caller knows to `end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// Nanoseconds, exclusive.
    pub(super) end: i64,
    /// Rate per second at its start.
    pub(super) from: f64,
    /// Rate per second at its end.
    pub(super) to: f64,
}

/// How the rate moves within a day.
pub(super) struct Day {
    pub(super) peak_hour: f64,
    pub(super) peak_to_trough: f64,
}

/// A rate of time. Instants are nanoseconds since the Unix epoch, rates are per second.
#[derive(Clone, Debug)]
pub(super) enum Rate {
    Constant(f64),
    /// Rates of the five-minute cells of a weekday, and what a weekend day is multiplied by.
    Daily {
        cells: Arc<[f64]>,
        weekend: f64,
    },
    Spike {
        base: f64,
        peak: f64,
        first: i64,
        lasts: i64,
        every: Option<i64>,
    },
    Ramp {
        from: f64,
        to: f64,
        start: i64,
        seconds: f64,
    },
}

impl Rate {
    /// A sinusoid over the day whose mean over a week is `mean`.
    ///
    /// Each cell has the mean of the sinusoid over it, so the integral over a day is exact.
    pub(super) fn daily(mean: f64, day: &Day, weekend: f64) -> Self {
        let swing = (day.peak_to_trough - 1.0) / (day.peak_to_trough + 1.0);
        let width = std::f64::consts::TAU / 288.0;
        let weekday = mean * 7.0 / (5.0 + 2.0 * weekend);
        // The mean of cos over a cell is cos at its centre times sin(w/2) / (w/2).
        let flattening = libm::sin(width / 2.0) / (width / 2.0);
        let centre = |i: u32| (f64::from(i) + 0.5) * width - day.peak_hour * 12.0 * width;
        let cells = (0..)
            .take(CELLS_PER_DAY)
            .map(|i| weekday * (1.0 + swing * flattening * libm::cos(centre(i))))
            .collect();
        Self::Daily { cells, weekend }
    }

    /// The cell from `at`, which need not be where a cell begins, to its end or `end`.
    pub(super) fn cell(&self, at: i64, end: i64) -> Cell {
        let limit = end.min(at.saturating_add(CELL));
        let flat = |end: i64, rate: f64| Cell { end: end.min(limit), from: rate, to: rate };
        match *self {
            Self::Constant(rate) => flat(limit, rate),
            Self::Daily { ref cells, weekend } => {
                let of_day = at.rem_euclid(DAY) / CELL;
                let rate = usize::try_from(of_day).ok().and_then(|i| cells.get(i)).copied();
                // 1970-01-01 was a Thursday; Monday is 0.
                let weekday = (at.div_euclid(DAY) + 3).rem_euclid(7);
                let factor = if weekday >= 5 { weekend } else { 1.0 };
                let next = at.saturating_add(CELL - at.rem_euclid(CELL));
                flat(next, rate.unwrap_or_default() * factor)
            }
            Self::Spike { base, peak, first, lasts, every } => {
                let begin = match every {
                    Some(every) if at > first => at - (at - first) % every,
                    _ => first,
                };
                let stop = begin.saturating_add(lasts);
                if at < begin {
                    flat(begin, base)
                } else if at < stop {
                    flat(stop, peak)
                } else {
                    flat(every.map_or(limit, |e| begin.saturating_add(e)), base)
                }
            }
            Self::Ramp { from, to, start, seconds } => {
                let rate = |t: i64| from + (to - from) * (seconds_between(start, t) / seconds);
                Cell { end: limit, from: rate(at), to: rate(limit) }
            }
        }
    }
}

/// Expected arrivals in a cell that is entered at `at`.
pub(super) fn mass(cell: &Cell, at: i64) -> f64 {
    f64::midpoint(cell.from, cell.to) * seconds_between(at, cell.end)
}

/// Seconds from `at` until `part` arrivals of the cell are expected; `part` is less than its mass.
pub(super) fn invert(cell: &Cell, at: i64, part: f64) -> f64 {
    let slope = (cell.to - cell.from) / seconds_between(at, cell.end);
    let root = libm::sqrt((cell.from * cell.from + 2.0 * slope * part).max(0.0));
    2.0 * part / (cell.from + root)
}

#[expect(clippy::cast_precision_loss, reason = "exact within a cell, and to 1e-16 beyond")]
pub(super) fn seconds_between(from: i64, to: i64) -> f64 {
    (to - from) as f64 / 1e9
}
