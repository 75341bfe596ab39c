//! Requests as messages, steps and bytes: what gateways, streams and sockets count.

use crate::pricing::{ByteKind, Direction, Meter, Of};
use crate::replay::{Outcome, Placement};
use crate::units::{SimDuration, mul_div};
use crate::workload::Request;

/// How streams share client connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// Streams that follow each other on one connection; at least 1.
    pub turns: u32,
    /// Time the connection waits after each stream.
    pub idle: SimDuration,
}

impl Default for Connections {
    fn default() -> Self {
        Self { turns: 1, idle: SimDuration::ZERO }
    }
}

/// Equal messages in one direction: how many, and their bytes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub(super) messages: i128,
    pub(super) bytes: i128,
}

/// `whole`, or the part of it done when only `done` of `full` time was served; rounded half up.
pub(super) fn part(whole: u64, done: SimDuration, full: SimDuration) -> i128 {
    if done >= full || full <= SimDuration::ZERO {
        return i128::from(whole);
    }
    mul_div(i128::from(whole), i128::from(done.0), i128::from(full.0))
}

/// How long answers were sent for: an abandoned client is sent nothing more.
pub(super) fn sent_for(request: &Request, placement: &Placement) -> SimDuration {
    match (placement.outcome, request.disconnect_after) {
        (Outcome::Abandoned, Some(after)) => after,
        _ => placement.end.since(placement.start),
    }
}

/// How long the client's connection is open: from arrival to the last byte.
#[inline]
pub(super) fn open(request: &Request, placement: &Placement) -> SimDuration {
    let whole = placement.end.since(request.arrival);
    if placement.outcome == Outcome::Completed { whole - request.after } else { whole }
}

/// What went one way.
pub(super) fn sent(request: &Request, placement: &Placement, direction: Direction) -> Sent {
    match direction {
        Direction::In => Sent {
            messages: i128::from(request.messages_in),
            bytes: i128::from(request.request_bytes),
        },
        Direction::Out => {
            let time = sent_for(request, placement);
            Sent {
                messages: part(u64::from(request.messages_out), time, request.answered()),
                bytes: part(request.response_bytes, time, request.answered()),
            }
        }
    }
}

/// The directions a meter or load counts.
pub(super) fn directions(direction: Option<Direction>) -> &'static [Direction] {
    match direction {
        Some(Direction::In) => &[Direction::In],
        Some(Direction::Out) => &[Direction::Out],
        None => &[Direction::In, Direction::Out],
    }
}

impl Sent {
    /// Started steps: every message has at least one. Without a step, messages.
    pub(super) fn steps(self, step: u64) -> i128 {
        let step = i128::from(step);
        if step == 0 || self.messages == 0 {
            return self.messages;
        }
        // Messages of one stream are alike: as many of one size and the rest a byte larger.
        let (small, larger) = (self.bytes / self.messages, self.bytes % self.messages);
        let steps = |bytes: i128| ((bytes + step - 1) / step).max(1);
        larger * steps(small + 1) + (self.messages - larger) * steps(small)
    }

    /// Bytes, each message rounded up to a multiple of `step` and counted as `minimum` at least.
    pub(super) fn rounded(self, step: u64, minimum: u64) -> i128 {
        let stepped = if step == 0 { self.bytes } else { self.steps(step) * i128::from(step) };
        stepped.max(self.messages * i128::from(minimum))
    }
}

/// Started steps of a whole request: at least one.
pub(super) fn request_steps(meter: &Meter, request: &Request, placement: &Placement) -> i128 {
    let kinds: &[ByteKind] = match meter.bytes.as_slice() {
        [] => &[ByteKind::Response],
        kinds => kinds,
    };
    let each = kinds.iter().map(|kind| bytes(*kind, request, placement));
    let total: i128 = match meter.of {
        Of::Sum => each.sum(),
        Of::Largest => each.max().unwrap_or(0),
    };
    let step = i128::from(meter.step.max(1));
    ((total + step - 1) / step).max(1)
}

/// Bytes of one kind that a request moved.
pub(super) fn bytes(kind: ByteKind, request: &Request, placement: &Placement) -> i128 {
    match kind {
        ByteKind::Response => sent(request, placement, Direction::Out).bytes,
        ByteKind::Request => i128::from(request.request_bytes),
        ByteKind::UpstreamRequest => i128::from(request.upstream_bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_counts_once_for_every_started_step() {
        let of = |messages, bytes| Sent { messages, bytes }.steps(32 << 10);
        assert_eq!(of(1, 0), 1);
        assert_eq!(of(1, 32 << 10), 1);
        assert_eq!(of(1, (32 << 10) + 1), 2);
        assert_eq!(of(1, 100 << 10), 4);
        assert_eq!(of(400, 40_000), 400);
        assert_eq!(of(0, 0), 0);
        assert_eq!(Sent { messages: 1, bytes: 4_608 }.rounded(1_024, 0), 5_120);
        assert_eq!(Sent { messages: 3, bytes: 7 }.rounded(0, 0), 7);
        assert_eq!(Sent { messages: 100, bytes: 50_000 }.rounded(0, 1_000), 100_000);
        assert_eq!(Sent { messages: 1, bytes: 50_000 }.rounded(0, 1_000), 50_000);
    }

    proptest! {
        #[test]
        fn steps_cover_the_bytes_and_waste_less_than_one_each(
            messages in 1..1_000_i128, bytes in 0..1_000_000_i128, step in 1..70_000_u64,
        ) {
            let sent = Sent { messages, bytes };
            let covered = sent.steps(step) * i128::from(step);
            prop_assert!(covered >= bytes);
            prop_assert!(covered - bytes <= messages * i128::from(step));
        }
    }
}
