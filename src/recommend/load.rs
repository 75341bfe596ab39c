//! How much processor time streams need, and how many of them an instance can carry.

use crate::replay::Block;
use rust_decimal::Decimal;

/// Share of an instance's processors that streams may use on average; the rest is for moments at which
/// several need them at once. It is the utilisation that autoscalers aim at by default.
const HEADROOM_PERCENT: i64 = 60;

/// Processor time and length of all requests of a workload, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Σ of processor times.
    pub cpu: i128,
    /// Σ of durations.
    pub duration: i128,
    /// Requests.
    pub requests: u64,
}

/// A whole number that a decimal can hold.
fn whole(n: i128) -> Option<Decimal> {
    Decimal::try_from_i128_with_scale(n, 0).ok()
}

impl Load {
    /// Adds the requests of a block.
    pub fn add(&mut self, block: &Block) {
        for request in block.requests() {
            self.cpu += i128::from(request.cpu.0);
            self.duration += i128::from(request.duration.0);
            self.requests += 1;
        }
    }

    /// What is left without some of the requests.
    #[must_use]
    pub const fn without(self, other: &Self) -> Self {
        Self {
            cpu: self.cpu - other.cpu,
            duration: self.duration - other.duration,
            requests: self.requests.saturating_sub(other.requests),
        }
    }

    /// Most streams at once on an instance with so many processors, on average within its headroom; at
    /// least one. `None` where streams need no processor time.
    #[must_use]
    pub fn streams_on(&self, vcpu: Decimal) -> Option<u32> {
        if self.cpu <= 0 || self.duration <= 0 {
            return None;
        }
        let share = Decimal::from(HEADROOM_PERCENT) / Decimal::ONE_HUNDRED;
        let streams = whole(self.duration)?.checked_mul(vcpu * share)?;
        let streams = streams.checked_div(whole(self.cpu)?)?;
        u32::try_from(streams.floor()).ok().map(|n| n.max(1))
    }

    /// Whether a stream alone finds the processor time it needs with so many processors.
    #[must_use]
    pub fn fits(&self, vcpu: Decimal) -> bool {
        match (whole(self.cpu), whole(self.duration)) {
            (Some(cpu), Some(duration)) => {
                duration.checked_mul(vcpu).is_none_or(|most| cpu <= most)
            }
            _ => true,
        }
    }

    /// The most processor time of a stream, in milliseconds on average, with which so many share an
    /// instance within its headroom.
    #[must_use]
    pub fn cpu_millis_for(&self, vcpu: Decimal, streams: u64) -> Option<Decimal> {
        let mean = self.duration.checked_div(i128::from(self.requests))?;
        let millis = whole(mean)? / Decimal::from(1_000_000);
        let share = Decimal::from(HEADROOM_PERCENT) / Decimal::ONE_HUNDRED;
        (millis * vcpu * share).checked_div(Decimal::from(streams))
    }

    /// Mean processor time of a stream, in milliseconds.
    #[must_use]
    pub fn mean_cpu_millis(&self) -> Decimal {
        let mean = self.cpu.checked_div(i128::from(self.requests)).unwrap_or(0);
        whole(mean).unwrap_or_default() / Decimal::from(1_000_000)
    }
}
