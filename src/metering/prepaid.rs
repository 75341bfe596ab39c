//! Prepaid time: the one metering rule with a memory.
//!
//! Per instance, activity is published when it ends and at fixed ticks while it lasts. Each
//! publication bills the time not yet paid for, at least `minimum` and rounded up to `step`; what is
//! paid beyond the activity covers later activity of the same instance.

use crate::units::{SimDuration, SimTime};

/// The prepaid clock of one instance.
#[derive(Clone, Copy, Debug)]
pub struct Prepaid {
    paid_until: SimTime,
    started: SimTime,
}

impl Prepaid {
    /// A new instance; ticks count from `started`.
    #[must_use]
    pub const fn new(started: SimTime) -> Self {
        Self { paid_until: SimTime(i64::MIN), started }
    }

    /// Bills activity over `[from, to]` and returns the billed time.
    ///
    /// Spans of one instance must come in time order.
    pub fn bill(
        &mut self,
        (from, to): (SimTime, SimTime),
        tick: SimDuration,
        minimum: SimDuration,
        step: SimDuration,
    ) -> SimDuration {
        let mut billed = SimDuration::ZERO;
        if tick > SimDuration::ZERO {
            let since_start = from.since(self.started).0.max(0);
            let mut at = self.started + SimDuration((since_start / tick.0 + 1) * tick.0);
            while at < to {
                billed += self.publish(from, at, minimum, step);
                at = at + tick;
            }
        }
        billed + self.publish(from, to, minimum, step)
    }

    fn publish(
        &mut self,
        from: SimTime,
        now: SimTime,
        minimum: SimDuration,
        step: SimDuration,
    ) -> SimDuration {
        let unpaid_from = from.max(self.paid_until);
        let due = now.since(unpaid_from);
        if due <= SimDuration::ZERO {
            return SimDuration::ZERO;
        }
        let billed = due.max(minimum).round_up(step);
        self.paid_until = unpaid_from + billed;
        billed
    }
}
