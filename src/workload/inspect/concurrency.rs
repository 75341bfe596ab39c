//! How many requests are in flight at once.

use crate::units::SimTime;
use crate::workload::{Trace, TraceColumn};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;

/// Requests in flight, as far as durations are logged.
#[derive(Clone, Debug, PartialEq)]
pub struct InFlight {
    /// Requests with a duration; the others are left out.
    pub rows: u64,
    /// The most at once. At one instant, departures come before arrivals.
    pub peak: u64,
    /// When that was first so.
    pub peak_at: SimTime,
    /// The mean over the trace's window, also called offered load; none for a single instant.
    pub mean: Option<f64>,
}

impl InFlight {
    /// Follows the requests of a sorted trace; none without durations.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    pub fn of(trace: &Trace) -> Option<Self> {
        let (mut rows, mut time) = (0, 0_u128);
        let (mut peak, mut peak_at) = (0, SimTime::default());
        let mut ends = BinaryHeap::new();
        let arrivals = trace.arrivals();
        trace.each(TraceColumn::Duration, |row, duration| {
            let Some(&arrival) = arrivals.get(row) else { return };
            let end = arrival.saturating_add_unsigned(duration);
            depart(&mut ends, arrival, end);
            if ends.len() > peak {
                (peak, peak_at) = (ends.len(), SimTime(arrival));
            }
            rows += 1;
            time += u128::from(duration);
        });
        let mean = trace.natural_window().map(|window| time as f64 / window.0 as f64);
        (rows > 0).then_some(Self { rows, peak: peak as u64, peak_at, mean })
    }
}

/// Takes out who has left by `arrival` and puts in who leaves at `end`, into a place that became free
/// if there is one: that moves half as much as taking out and putting in.
fn depart(ends: &mut BinaryHeap<Reverse<i64>>, arrival: i64, end: i64) {
    let mut next = Some(Reverse(end));
    while let Some(mut first) = ends.peek_mut().filter(|first| first.0 <= arrival) {
        match next.take_if(|next| next.0 > arrival) {
            Some(next) => *first = next,
            None => _ = PeekMut::pop(first),
        }
    }
    ends.extend(next);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;
    use crate::workload::Row;

    fn trace(rows: &[(i64, Option<i64>)]) -> Trace {
        let mut trace = Trace::new("test");
        for &(at, duration) in rows {
            let duration = duration.map(SimDuration);
            trace.push(Row { arrival: SimTime(at), duration, ..Row::default() });
        }
        trace
    }

    #[test]
    fn departures_come_before_arrivals_at_one_instant() {
        let t = trace(&[(0, Some(10)), (10, Some(5)), (12, Some(1)), (12, None), (13, Some(2))]);
        let in_flight = InFlight::of(&t).unwrap();
        assert_eq!((in_flight.rows, in_flight.peak, in_flight.peak_at), (4, 2, SimTime(12)));
        // Eighteen nanoseconds of work in a window of 13 + 13 / 4.
        assert!((in_flight.mean.unwrap() - 18.0 / 16.0).abs() < 1e-12);
    }

    #[test]
    fn a_request_without_length_is_there_at_its_instant() {
        let in_flight = InFlight::of(&trace(&[(7, Some(0)), (7, Some(0))])).unwrap();
        assert_eq!((in_flight.peak, in_flight.mean), (1, None));
        let endless = trace(&[(i64::MAX, Some(i64::MAX)), (i64::MAX, Some(i64::MAX))]);
        assert_eq!(InFlight::of(&endless).unwrap().rows, 2);
    }

    #[test]
    fn without_durations_nothing_is_known() {
        assert_eq!(InFlight::of(&trace(&[(0, None), (1, None)])), None);
        assert_eq!(InFlight::of(&Trace::default()), None);
    }

    proptest::proptest! {
        #[test]
        fn the_peak_is_that_of_counting_at_every_arrival(
            mut rows in proptest::collection::vec((0_i64..50, 0_i64..20), 1..60)
        ) {
            rows.sort_unstable();
            let some: Vec<_> = rows.iter().map(|(at, d)| (*at, Some(*d))).collect();
            // In flight when request `i` arrives: it, and those before it that end later.
            let counted = (0..rows.len()).map(|i| {
                1 + rows[..i].iter().filter(|(at, d)| at + d > rows[i].0).count()
            });
            let peak = InFlight::of(&trace(&some)).unwrap().peak;
            proptest::prop_assert_eq!(peak, counted.max().unwrap() as u64);
        }
    }
}
