//! From a weekly schedule to the steps of a window.

use crate::replay::Steps;
use crate::units::SimTime;
use crate::workload::Schedule;

/// Capacity over time: one number, or a schedule.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Capacity {
    Constant(u32),
    Weekly(Schedule),
}

impl Capacity {
    pub(super) fn steps(&self, from: SimTime, to: SimTime) -> Steps {
        match self {
            Self::Constant(n) => Steps::constant(*n),
            Self::Weekly(schedule) => {
                let (initial, changes) = schedule.changes(from, to);
                Steps::new(initial, changes)
            }
        }
    }
}
