//! A whole number that changes over time in steps: configured capacity.

use crate::units::SimTime;

/// A step function of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Steps {
    initial: u32,
    changes: Vec<(SimTime, u32)>,
}

impl Steps {
    /// Always `value`.
    #[must_use]
    pub const fn constant(value: u32) -> Self {
        Self { initial: value, changes: Vec::new() }
    }

    /// `initial`, then the value of each change from its instant on. Changes are sorted; of several
    /// at one instant the last holds.
    #[must_use]
    pub fn new(initial: u32, mut changes: Vec<(SimTime, u32)>) -> Self {
        changes.sort_by_key(|c| c.0);
        changes.reverse();
        changes.dedup_by_key(|c| c.0);
        changes.reverse();
        let mut value = initial;
        changes.retain(|c| std::mem::replace(&mut value, c.1) != c.1);
        Self { initial, changes }
    }

    /// The value at `t`.
    #[must_use]
    pub fn at(&self, t: SimTime) -> u32 {
        match self.changes.partition_point(|c| c.0 <= t) {
            0 => self.initial,
            n => self.changes[n - 1].1,
        }
    }

    /// The largest value ever.
    #[must_use]
    pub fn max(&self) -> u32 {
        self.changes.iter().map(|c| c.1).fold(self.initial, u32::max)
    }

    /// Whether the value is zero at all times.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.max() == 0
    }

    /// The changes after `from`, with their instants.
    pub(crate) fn changes_after(&self, from: SimTime) -> impl Iterator<Item = (SimTime, u32)> + '_ {
        self.changes.iter().copied().filter(move |c| c.0 > from)
    }

    /// Maximal spans of constant value within `[from, to)`: `(start, end, value)`.
    #[must_use]
    pub fn spans(&self, from: SimTime, to: SimTime) -> Vec<(SimTime, SimTime, u32)> {
        let mut spans = Vec::new();
        let (mut start, mut value) = (from, self.at(from));
        for (t, next) in self.changes_after(from).take_while(|c| c.0 < to) {
            spans.push((start, t, value));
            (start, value) = (t, next);
        }
        if start < to {
            spans.push((start, to, value));
        }
        spans
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_cover_the_window_without_gaps() {
        let t = SimTime;
        let steps = Steps::new(1, vec![(t(20), 3), (t(10), 2), (t(20), 4), (t(30), 4)]);
        assert_eq!(
            steps.spans(t(5), t(40)),
            [(t(5), t(10), 1), (t(10), t(20), 2), (t(20), t(40), 4)]
        );
        assert_eq!(steps.at(t(20)), 4);
        assert_eq!(steps.max(), 4);
    }
}
