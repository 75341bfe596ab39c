//! What a replay says about itself: counts, peaks and waiting times.

use super::observer::{Observer, Outcome, Placement, Rejection, Summary};
use crate::units::SimDuration;
use crate::workload::Request;
use hdrhistogram::Histogram;

/// Counts, peaks and time-to-first-token of one replay.
#[derive(Clone, Debug)]
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
    with_cold: Histogram<u64>,
    warm: Histogram<u64>,
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

impl Default for Facts {
    fn default() -> Self {
        // Three significant digits, from 1 µs to an hour; an auto-resizing histogram of u64 counts.
        let histogram = || {
            let mut h = Histogram::new_with_bounds(1, 3_600_000_000, 3)
                .unwrap_or_else(|_| unreachable!("bounds are constants"));
            h.auto(true);
            h
        };
        Self {
            requests: 0,
            served: 0,
            rejected: 0,
            queue_timeouts: 0,
            timed_out: 0,
            stopped: 0,
            abandoned: 0,
            cold_starts: 0,
            provisioned: 0,
            spillover: 0,
            instances_started: 0,
            peak_in_flight: 0,
            peak_instances: 0,
            service_time: 0,
            in_flight_time: 0,
            instance_time: 0,
            startup_wait: 0,
            with_cold: histogram(),
            warm: histogram(),
        }
    }
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

    /// Whether the replay obeys its identities: every arrival is accounted for once, and
    /// ∫ in flight dt = Σ service times + Σ waits for cold starts (Little's law, exact).
    #[must_use]
    pub fn identities_hold(&self) -> bool {
        self.requests == self.served + self.rejected + self.queue_timeouts
            && self.in_flight_time == self.service_time + self.startup_wait
    }
}

fn percentiles(h: &Histogram<u64>) -> Option<Percentiles> {
    let at = |q: f64| {
        let micros = h.value_at_quantile(q);
        SimDuration(i64::try_from(micros).unwrap_or(i64::MAX / 1_000) * 1_000)
    };
    (!h.is_empty()).then(|| Percentiles { p50: at(0.50), p95: at(0.95), p99: at(0.99) })
}

fn micros(d: SimDuration) -> u64 {
    u64::try_from(d.0 / 1_000).unwrap_or(0)
}

impl Observer for Facts {
    fn served(&mut self, request: &Request, placement: &Placement) {
        self.requests += 1;
        self.served += 1;
        self.cold_starts += u64::from(placement.cold);
        self.provisioned += u64::from(placement.provisioned);
        self.spillover += u64::from(!placement.provisioned && placement.pool_configured);
        match placement.outcome {
            Outcome::Completed => {}
            Outcome::TimedOut => self.timed_out += 1,
            Outcome::Stopped => self.stopped += 1,
            Outcome::Abandoned => self.abandoned += 1,
        }
        self.service_time += i128::from(placement.end.since(placement.start).0);
        self.startup_wait += i128::from(placement.startup_wait.0);
        let wait = placement.start.since(request.arrival);
        let queued = wait - placement.startup_wait;
        self.with_cold.saturating_record(micros(wait + request.time_to_first_token));
        self.warm.saturating_record(micros(queued + request.time_to_first_token));
    }

    fn rejected(&mut self, _: &Request, why: Rejection) {
        self.requests += 1;
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
