//! Departures that outlast their block, in a few sorted runs.

use crate::units::SimTime;

/// A request in flight will end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Departure {
    pub(super) at: SimTime,
    /// Number of the request, in order of arrival.
    pub(super) order: u64,
    pub(super) seat: u32,
}

/// Sorted runs, each more than twice as long as the next when that was added: their number is the
/// logarithm of what they hold, and each departure is merged as often at most.
///
/// A run has its latest departure first, so that what is due is cut off its end.
#[derive(Debug, Default)]
pub(super) struct Runs(Vec<Vec<Departure>>);

impl Runs {
    /// Adds departures, which come in order.
    pub(super) fn push(&mut self, departures: impl Iterator<Item = Departure>) {
        let mut run: Vec<Departure> = departures.collect();
        run.reverse();
        while let Some(mut longer) = self.0.pop_if(|last| last.len() <= 2 * run.len()) {
            longer.append(&mut run);
            // The stable sort finds the two sorted parts and merges them.
            longer.sort_by(|a, b| b.cmp(a));
            run = longer;
        }
        if !run.is_empty() {
            self.0.push(run);
        }
    }

    /// When the earliest is due.
    pub(super) fn first(&self) -> Option<SimTime> {
        self.0.iter().filter_map(|run| run.last()).map(|d| d.at).min()
    }

    /// Moves what is due by `until` into `due`, in order.
    pub(super) fn take(&mut self, until: SimTime, due: &mut Vec<Departure>) {
        due.clear();
        for run in &mut self.0 {
            let kept = run.partition_point(|d| d.at > until);
            due.extend(run.drain(kept..).rev());
        }
        self.0.retain(|run| !run.is_empty());
        due.sort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_give_back_what_is_due_in_order() {
        let mut runs = Runs::default();
        let mut rng = 1_u64;
        let (mut held, mut order, mut due) = (Vec::<Departure>::new(), 0, Vec::new());
        for round in 0..200 {
            let mut new: Vec<_> = (0..round % 7)
                .map(|_| {
                    rng = rng.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    order += 1;
                    let at = SimTime(round + i64::try_from(rng >> 57).unwrap());
                    Departure { at, order, seat: 0 }
                })
                .collect();
            new.sort();
            held.extend(&new);
            held.sort();
            runs.push(new.into_iter());
            assert!(runs.0.len() <= 10, "{} runs", runs.0.len());
            assert_eq!(runs.first(), held.first().map(|d| d.at));
            runs.take(SimTime(round), &mut due);
            let n = held.partition_point(|d| d.at <= SimTime(round));
            assert_eq!(due, held.drain(..n).collect::<Vec<_>>());
        }
    }
}
