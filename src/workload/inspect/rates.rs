//! How many requests arrive when: over the trace, and over the hours of a day or the days of a week.

use crate::units::SimDuration;

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;

/// Lengths of bins that people can think in.
const LENGTHS: [i64; 29] = [
    1_000,
    10_000,
    100_000,
    SECOND / 1_000,
    SECOND / 100,
    SECOND / 10,
    SECOND / 5,
    SECOND / 2,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    20 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    20 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
];

/// Arrivals counted in bins of equal length, the first of which begins at the first arrival.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bins {
    /// The length of a bin.
    pub length: SimDuration,
    /// Arrivals in each; at least one bin.
    pub counts: Vec<u64>,
    /// How many bins end before the last arrival. The one after them is cut short by the end of the
    /// trace, so its count is no rate.
    pub complete: usize,
}

impl Bins {
    /// Counts sorted arrivals in at most `most` bins, or eight; none without two different arrivals.
    #[must_use]
    pub fn of(arrivals: &[i64], most: usize) -> Option<Self> {
        let (first, last) = (*arrivals.first()?, *arrivals.last()?);
        // Unsigned: the span of all instants does not fit a signed number.
        let (span, most) = (last.abs_diff(first), u64::try_from(most.max(8)).ok()?);
        if span == 0 {
            return None;
        }
        let known = LENGTHS.into_iter().map(i64::unsigned_abs).find(|length| span / length < most);
        let week = WEEK.unsigned_abs();
        let length = known.unwrap_or((span / (most - 1) / week + 1) * week);
        let mut counts = vec![0; usize::try_from(span / length).ok()? + 1];
        let complete = counts.len() - 1;
        let (mut bin, mut end) = (0, length);
        for at in arrivals.iter().map(|at| at.abs_diff(first)) {
            if at >= end {
                bin = usize::try_from(at / length).ok()?;
                end = (at / length + 1).saturating_mul(length);
            }
            if let Some(count) = counts.get_mut(bin) {
                *count += 1;
            }
        }
        Some(Self { length: SimDuration(i64::try_from(length).ok()?), counts, complete })
    }

    /// The least and the greatest count of a complete bin; none if there is none.
    #[must_use]
    pub fn extremes(&self) -> Option<(u64, u64)> {
        let complete = || self.counts.iter().take(self.complete).copied();
        complete().min().zip(complete().max())
    }
}

/// A cycle that traffic follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cycle {
    /// 24 hours, from midnight UTC.
    Day,
    /// 7 days, from Monday.
    Week,
}

/// Arrivals by the hour of the day or the day of the week, over whole cycles from the first arrival
/// on, so that every part was seen as long as every other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// How many cycles were seen.
    pub cycles: u64,
    /// The length of a part.
    pub part: SimDuration,
    /// Arrivals in each part, over all cycles.
    pub counts: Vec<u64>,
}

impl Profile {
    /// Counts sorted arrivals; none if they span fewer than two cycles.
    #[must_use]
    pub fn of(arrivals: &[i64], cycle: Cycle) -> Option<Self> {
        // 1970 began on a Thursday.
        let (length, part, offset) = match cycle {
            Cycle::Day => (DAY, HOUR, 0),
            Cycle::Week => (WEEK, DAY, 3 * DAY),
        };
        let (first, last) = (*arrivals.first()?, *arrivals.last()?);
        let cycles = last.saturating_sub(first) / length;
        if cycles < 2 {
            return None;
        }
        let end = first.saturating_add(cycles * length);
        let mut counts = vec![0; usize::try_from(length / part).ok()?];
        for &at in arrivals.iter().take_while(|at| **at < end) {
            let part = at.saturating_add(offset).rem_euclid(length) / part;
            if let Some(count) = usize::try_from(part).ok().and_then(|i| counts.get_mut(i)) {
                *count += 1;
            }
        }
        Some(Self { cycles: cycles.unsigned_abs(), part: SimDuration(part), counts })
    }

    /// Requests per second in each part.
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    pub fn per_second(&self) -> impl Iterator<Item = f64> + '_ {
        let seconds = self.part.as_secs_f64() * self.cycles as f64;
        self.counts.iter().map(move |count| *count as f64 / seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_have_lengths_people_know_and_hold_every_arrival() {
        let arrivals: Vec<i64> = (0..3_600).map(|s| s * SECOND + 17).collect();
        let bins = Bins::of(&arrivals, 76).unwrap();
        assert_eq!((bins.length, bins.counts.len()), (SimDuration(MINUTE), 60));
        assert_eq!((bins.complete, bins.extremes()), (59, Some((60, 60))));
        assert_eq!(Bins::of(&arrivals, 40).unwrap().length, SimDuration(2 * MINUTE));
        for most in [0, 8, 9, 60, 10_000] {
            let bins = Bins::of(&arrivals, most).unwrap();
            assert_eq!(bins.counts.iter().sum::<u64>(), 3_600, "{most}");
            assert!(bins.counts.len() <= most.max(8), "{most}");
        }
    }

    #[test]
    fn extreme_spans_neither_overflow_nor_take_memory() {
        assert_eq!(Bins::of(&[], 60), None);
        assert_eq!(Bins::of(&[5, 5], 60), None);
        let tiny = Bins::of(&[5, 6], 60).unwrap();
        assert_eq!((tiny.length, tiny.counts, tiny.complete), (SimDuration(1_000), vec![2], 0));
        let vast = Bins::of(&[i64::MIN, 0, i64::MAX], 60).unwrap();
        assert!(vast.counts.len() <= 60 && vast.counts.iter().sum::<u64>() == 3);
        let century = Bins::of(&[0, 36_525 * DAY], 60).unwrap();
        assert_eq!(century.counts.iter().sum::<u64>(), 2);
        assert!(century.counts.len() <= 60 && century.length.0 % WEEK == 0, "{century:?}");
    }

    #[test]
    fn a_profile_needs_two_cycles_and_sees_every_part_as_often() {
        // One request an hour, and nine more at 14:00, from Tuesday, 10 November 2026, 06:00.
        let start = 20_767 * DAY + 6 * HOUR;
        let hour = |h: i64| std::iter::repeat_n(start + h * HOUR, if h % 24 == 8 { 10 } else { 1 });
        let arrivals: Vec<i64> = (0..24 * 15).flat_map(hour).collect();
        let day = Profile::of(&arrivals, Cycle::Day).unwrap();
        assert_eq!((day.cycles, day.counts[14], day.counts[13]), (14, 140, 14));
        let week = Profile::of(&arrivals, Cycle::Week).unwrap();
        assert_eq!((week.cycles, week.counts), (2, vec![66; 7]));
        assert_eq!(Profile::of(&arrivals[..60], Cycle::Day), None);
        let monday = [20_766 * DAY, 20_766 * DAY + 2 * WEEK];
        assert_eq!(Profile::of(&monday, Cycle::Week).unwrap().counts, [1, 0, 0, 0, 0, 0, 0]);
    }
}
