//! What a meter counts of one request.

use super::rounding::rounded;
use super::traffic::{bytes, directions, open, part, request_steps, sent};
use crate::pricing::{ByteKind, Clock, Meter};
use crate::replay::Placement;
use crate::units::SimDuration;
use crate::workload::Request;

/// How a request shares what it runs on with others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sharing {
    /// It opens a connection.
    pub(super) opens: bool,
    /// How long the connection waits after it.
    pub(super) idle: SimDuration,
    /// Answers leave from something in front.
    pub(super) fronted: bool,
}

/// Whether the clock counts requests, not instances or configured capacity.
pub(super) const fn is_per_request(clock: Clock) -> bool {
    matches!(
        clock,
        Clock::RequestDuration
            | Clock::ActiveCpu
            | Clock::Requests
            | Clock::Starts
            | Clock::ResponseBytes
            | Clock::EgressBytes
            | Clock::RequestSteps
            | Clock::Messages
            | Clock::MessageBytes
            | Clock::Connections
            | Clock::ConnectionTime
            | Clock::Capacity
    )
}

/// What the meter counts of a request, before its weight.
#[inline]
pub(super) fn amount(
    meter: &Meter,
    request: &Request,
    placement: &Placement,
    sharing: Sharing,
) -> i128 {
    let served = placement.end.since(placement.start);
    let time = |time: SimDuration| i128::from(rounded(meter, time).0);
    match meter.clock {
        Clock::RequestDuration => {
            let startup = meter.startup && placement.cold;
            let wait = if startup { placement.startup_wait } else { SimDuration::ZERO };
            time(served + wait)
        }
        Clock::ActiveCpu => {
            let cpu = u64::try_from(request.cpu.0).unwrap_or(0);
            let burnt = part(cpu, served, request.duration);
            time(SimDuration(i64::try_from(burnt).unwrap_or(i64::MAX))) * 1_000
        }
        Clock::Requests => 1,
        Clock::Starts => i128::from(placement.cold),
        Clock::ResponseBytes => {
            let written = part(request.response_bytes, served, request.answered());
            (written - i128::from(meter.free_per_request)).max(0)
        }
        Clock::EgressBytes => egress(meter, request, placement, sharing.fronted),
        Clock::RequestSteps => request_steps(meter, request, placement),
        Clock::Messages | Clock::MessageBytes => {
            let each = directions(meter.direction).iter().map(|direction| {
                let sent = sent(request, placement, *direction);
                match meter.clock {
                    Clock::Messages => sent.steps(meter.step),
                    _ => sent.rounded(meter.step, meter.minimum_bytes),
                }
            });
            each.sum()
        }
        Clock::Connections => i128::from(sharing.opens),
        Clock::ConnectionTime => time(open(request, placement) + sharing.idle),
        _ => 0,
    }
}

/// Bytes of a request that leave for the internet: an abandoned client is sent nothing more, and what
/// goes out through something in front leaves from there.
fn egress(meter: &Meter, request: &Request, placement: &Placement, fronted: bool) -> i128 {
    let kinds: &[ByteKind] =
        if meter.bytes.is_empty() { &[ByteKind::Response] } else { &meter.bytes };
    let leaves = |kind: &&ByteKind| !(fronted && **kind == ByteKind::Response);
    kinds.iter().filter(leaves).map(|kind| bytes(*kind, request, placement)).sum()
}
