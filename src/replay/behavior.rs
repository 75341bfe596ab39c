//! Everything replay may know about a platform and a deployment on it.

use super::{Outcome, Steps};
use crate::units::SimDuration;
use crate::workload::Request;

/// Which free instance takes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dispatch {
    /// The one used last (LIFO).
    MostRecentlyUsed,
    /// The lowest-numbered one.
    FirstFit,
    /// The fullest one that has room.
    BestFit,
    /// The emptiest one; the one used longest ago among equals.
    LeastLoaded,
    /// The one free for longest.
    Fifo,
}

/// What happens to a request above the ceiling of instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtLimit {
    /// It waits for a slot, at most this long.
    Queue(SimDuration),
    /// It is turned away at once.
    Reject,
}

/// What the function does when its client leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disconnect {
    /// It runs to its end, on the meter.
    RunsOn,
    /// It ends then.
    Stops,
}

/// The controller that starts and stops instances.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scaling {
    /// A request that finds no free slot starts an instance; idle ones stop after the idle timeout.
    PerRequest,
    /// A proxy starts a machine when all running ones are at the soft limit, and stops at most one
    /// excess idle machine per pass.
    ProxyLoop {
        /// Load from which a machine counts as full for scaling.
        soft_limit: u32,
        /// Time between passes.
        every: SimDuration,
    },
    /// The number of instances follows requests in flight ÷ (concurrency × target).
    TargetUtilization {
        /// Target load of an instance, in percent of its concurrency.
        target_percent: u32,
        /// Time between evaluations.
        every: SimDuration,
        /// Averaging window for growing.
        up_window: SimDuration,
        /// The largest demand of this window bounds shrinking.
        down_window: SimDuration,
    },
    /// The floor is all there is.
    Fixed,
}

/// A deployment's behaviour on its platform.
#[derive(Clone, Debug, PartialEq)]
pub struct Behavior {
    /// Requests one instance serves at once; at least 1.
    pub concurrency: u32,
    /// Cold start of an instance.
    pub startup: SimDuration,
    /// Keep-alive of an idle instance; [`SimDuration::MAX`] is for ever.
    pub idle_timeout: SimDuration,
    /// Floor of running instances over time.
    pub floor: Steps,
    /// Size of the provisioned pool over time.
    pub provisioned: Steps,
    /// Ceiling of running instances, provisioned ones included.
    pub max_instances: u32,
    /// What happens above it.
    pub at_limit: AtLimit,
    /// Longest request; cut there.
    pub timeout: SimDuration,
    /// Who takes a request.
    pub dispatch: Dispatch,
    /// What a leaving client does to its request.
    pub on_disconnect: Disconnect,
    /// Who starts and stops instances.
    pub scaling: Scaling,
}

impl Behavior {
    /// How long a request runs here once it is served, and why it ends.
    #[must_use]
    pub fn course(&self, request: &Request) -> (SimDuration, Outcome) {
        let leaves = request.disconnect_after.filter(|after| *after < request.duration);
        let (length, outcome) = match (leaves, self.on_disconnect) {
            (Some(after), Disconnect::Stops) => (after, Outcome::Stopped),
            (Some(_), Disconnect::RunsOn) => (request.duration, Outcome::Abandoned),
            (None, _) => (request.duration, Outcome::Completed),
        };
        if length > self.timeout { (self.timeout, Outcome::TimedOut) } else { (length, outcome) }
    }
}

impl Default for Behavior {
    fn default() -> Self {
        Self {
            concurrency: 1,
            startup: SimDuration::ZERO,
            idle_timeout: SimDuration::MAX,
            floor: Steps::constant(0),
            provisioned: Steps::constant(0),
            max_instances: u32::MAX,
            at_limit: AtLimit::Reject,
            timeout: SimDuration::MAX,
            dispatch: Dispatch::MostRecentlyUsed,
            on_disconnect: Disconnect::RunsOn,
            scaling: Scaling::PerRequest,
        }
    }
}
