//! What a replay says about itself: counts, peaks and waiting times.

use super::observer::{Observer, Outcome, Placement, Rejection, Summary};
use crate::units::{Histogram, SimDuration};
use crate::workload::Request;

/// Counts, peaks and time-to-first-token of one replay.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Requests that arrived.
    pub requests: u64,
    /// Of those, served.
    pub served: u64,
    /// Turned away at the ceiling of instances.
    pub rejected: u64,
    /// Turned away after waiting too long.
    pub queue_timeouts: u64,
    /// Cut by the platform's timeout.
    pub timed_out: u64,
    /// Clients that left and whose request stopped.
    pub stopped: u64,
    /// Clients that left while the request ran on.
    pub abandoned: u64,
    /// Of those served, answers that a cap on output tokens cut short.
    pub truncated: u64,
    /// Requests that started an instance.
    pub cold_starts: u64,
    /// Requests served by the provisioned pool.
    pub provisioned: u64,
    /// Requests served on demand while a provisioned pool was configured.
    pub spillover: u64,
    /// Instances started, for whatever reason.
    pub instances_started: u64,
    /// Most requests in flight at once.
    pub peak_in_flight: u32,
    /// Most instances at once.
    pub peak_instances: u32,
    /// Σ of service times.
    pub service_time: i128,
    /// ∫ requests in flight dt, waiting for a cold start included.
    pub in_flight_time: i128,
    /// Σ of instance lives.
    pub instance_time: i128,
    /// Σ of waiting for cold starts.
    pub startup_wait: i128,
    /// Time to first token in microseconds.
    with_cold: Histogram,
    warm: Histogram,
}

/// Median, 95th and 99th percentile, exact to one part in a thousand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percentiles {
    /// Median.
    pub p50: SimDuration,
    /// 95th percentile.
    pub p95: SimDuration,
    /// 99th percentile.
    pub p99: SimDuration,
}

impl Facts {
    /// Time to first token as clients saw it: queueing and cold starts included.
    #[must_use]
    pub fn time_to_first_token(&self) -> Option<Percentiles> {
        percentiles(&self.with_cold)
    }

    /// Time to first token had every instance been warm.
    #[must_use]
    pub fn time_to_first_token_warm(&self) -> Option<Percentiles> {
        percentiles(&self.warm)
    }

    /// Counts a served request `times` times: 1, or -1 to take it back. While parts are still to be
    /// merged, counts may stand below zero, as wrapped numbers.
    #[inline]
    pub fn count(&mut self, request: &Request, placement: &Placement, times: i64) {
        let add = |n: &mut u64, counts: bool| {
            if counts {
                *n = n.wrapping_add_signed(times);
            }
        };
        add(&mut self.requests, true);
        add(&mut self.served, true);
        add(&mut self.truncated, request.truncated);
        add(&mut self.cold_starts, placement.cold);
        add(&mut self.provisioned, placement.provisioned);
        add(&mut self.spillover, !placement.provisioned && placement.pool_configured);
        add(&mut self.timed_out, placement.outcome == Outcome::TimedOut);
        add(&mut self.stopped, placement.outcome == Outcome::Stopped);
        add(&mut self.abandoned, placement.outcome == Outcome::Abandoned);
        let each = i128::from(times);
        self.service_time += i128::from(placement.end.since(placement.start).0) * each;
        self.startup_wait += i128::from(placement.startup_wait.0) * each;
        let wait = placement.start.since(request.arrival);
        let queued = wait - placement.startup_wait;
        let first = request.before + request.time_to_first_token;
        let with_cold = micros(wait + first);
        let warm = micros(queued + first);
        if times < 0 {
            self.with_cold.remove(with_cold);
            self.warm.remove(warm);
        } else {
            self.with_cold.add(with_cold);
            self.warm.add(warm);
        }
    }

    /// Adds what a part has counted of requests.
    pub fn merge(&mut self, part: &Self) {
        let add = |n: &mut u64, more: u64| *n = n.wrapping_add(more);
        add(&mut self.requests, part.requests);
        add(&mut self.served, part.served);
        add(&mut self.rejected, part.rejected);
        add(&mut self.queue_timeouts, part.queue_timeouts);
        add(&mut self.truncated, part.truncated);
        add(&mut self.cold_starts, part.cold_starts);
        add(&mut self.provisioned, part.provisioned);
        add(&mut self.spillover, part.spillover);
        add(&mut self.timed_out, part.timed_out);
        add(&mut self.stopped, part.stopped);
        add(&mut self.abandoned, part.abandoned);
        self.service_time += part.service_time;
        self.startup_wait += part.startup_wait;
        self.with_cold.merge(&part.with_cold);
        self.warm.merge(&part.warm);
    }

    /// Whether the replay obeys its identities: every arrival is accounted for once, and
    /// ∫ in flight dt = Σ service times + Σ waits for cold starts (Little's law, exact).
    #[must_use]
    pub fn identities_hold(&self) -> bool {
        self.requests == self.served + self.rejected + self.queue_timeouts
            && self.in_flight_time == self.service_time + self.startup_wait
    }
}

fn percentiles(h: &Histogram) -> Option<Percentiles> {
    let at = |per_mille| {
        let micros = h.quantile(per_mille)?;
        Some(SimDuration(i64::try_from(micros).unwrap_or(i64::MAX).saturating_mul(1_000)))
    };
    Some(Percentiles { p50: at(500)?, p95: at(950)?, p99: at(990)? })
}

fn micros(d: SimDuration) -> u64 {
    u64::try_from(d.0 / 1_000).unwrap_or(0)
}

impl Observer for Facts {
    fn served(&mut self, request: &Request, placement: &Placement) {
        self.count(request, placement, 1);
    }

    fn rejected(&mut self, _: &Request, why: Rejection) {
        self.requests = self.requests.wrapping_add(1);
        match why {
            Rejection::AtLimit => self.rejected += 1,
            Rejection::QueueTimeout => self.queue_timeouts += 1,
        }
    }

    fn summary(&mut self, summary: &Summary) {
        self.instances_started = summary.instances_started;
        self.peak_in_flight = summary.peak_in_flight;
        self.peak_instances = summary.peak_instances;
        self.in_flight_time = summary.in_flight_time;
        self.instance_time = summary.instance_time;
    }

    fn needs_instances(&self) -> bool {
        false
    }
}
