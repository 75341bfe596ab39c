//! What happens by the clock, between and after arrivals: schedules, passes of a controller, expiry.

use super::controller::Controller;
use super::departures::Limit;
use super::engine::Engine;
use super::observer::Observer;
use crate::units::SimTime;

/// A change that the configuration sets to a time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    Floor(u32),
    Provisioned(u32),
    Close,
}

/// What happens next besides departures, in the order of events at one instant.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    Step,
    Tick,
    Expiry,
}

impl<O: Observer> Engine<'_, O> {
    /// Lets everything happen that comes before an arrival at `to`; with `all`, also what is due at `to`.
    #[cold]
    pub(super) fn advance(&mut self, to: SimTime, limit: Limit, all: bool) {
        loop {
            let next = self.next();
            let until = next.map_or(to, |(at, _)| at.min(to));
            if let Some((at, seat)) = self.departures.pop(limit, until) {
                self.depart(at, seat);
                continue;
            }
            let due = next.filter(|n| n.0 < to || (n.0 == to && (all || n.1 != Next::Expiry)));
            let Some((at, kind)) = due else {
                self.quiet = next.map_or(SimTime::MAX, |n| n.0);
                return;
            };
            match kind {
                Next::Step => self.step(),
                Next::Tick => Controller::tick(self, at),
                Next::Expiry => self.expire(at),
            }
        }
    }

    fn next(&self) -> Option<(SimTime, Next)> {
        let step = self.steps.front().map(|s| (s.0, Next::Step));
        let tick = self.controller.as_ref().map(Controller::next);
        let tick = tick.filter(|t| *t < self.end).map(|t| (t, Next::Tick));
        let expiry = self.next_expiry().map(|t| (t, Next::Expiry));
        [step, tick, expiry].into_iter().flatten().min()
    }

    fn step(&mut self) {
        let Some((now, step)) = self.steps.pop_front() else { return };
        match step {
            Step::Floor(n) => self.set_floor(now, n, self.behavior.startup),
            Step::Provisioned(n) => self.set_provisioned(now, n),
            Step::Close => self.close(now),
        }
    }
}
