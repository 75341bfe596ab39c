//! One request, as logged and as replayed.

use crate::units::{SimDuration, SimTime};
use std::num::NonZeroU16;

/// How a request ended, as far as the trace knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Answered to the end.
    #[default]
    Completed,
    /// Ended in an error; it still used the time it used and is still billed.
    Failed,
    /// The client left before the end.
    Aborted,
}

/// One request as a trace gives it: only what was logged, nothing modelled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// When the request arrived.
    pub arrival: SimTime,
    /// From arrival to the last byte.
    pub duration: Option<SimDuration>,
    /// From arrival to the first token.
    pub time_to_first_token: Option<SimDuration>,
    /// Prompt tokens, cached ones included.
    pub input_tokens: Option<u32>,
    /// Prompt tokens read from the provider's cache.
    pub cached_tokens: Option<u32>,
    /// Prompt tokens written to the provider's cache.
    pub cache_write_tokens: Option<u32>,
    /// Generated tokens, reasoning included.
    pub output_tokens: Option<u32>,
    /// CPU time burnt by the function.
    pub cpu: Option<SimDuration>,
    /// Bytes sent to the client.
    pub response_bytes: Option<u64>,
    /// Bytes received from the client.
    pub request_bytes: Option<u64>,
    /// How it ended.
    pub status: Status,
    /// When the client left, from arrival; only with [`Status::Aborted`].
    pub disconnect_after: Option<SimDuration>,
    /// Index into the trace's workload labels.
    pub workload: Option<u16>,
    /// Index into the trace's model labels.
    pub model: Option<u16>,
}

/// One request as it is replayed: every field known, given or modelled. Platform-independent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// When it arrives.
    pub arrival: SimTime,
    /// Time the function needs from start to last byte, on a warm instance and with a patient client.
    pub duration: SimDuration,
    /// Time from start to first token, on a warm instance; at most `duration`.
    pub time_to_first_token: SimDuration,
    /// Prompt tokens, cached ones included.
    pub input_tokens: u32,
    /// Of those, read from the provider's cache.
    pub cached_tokens: u32,
    /// Of those, written to the provider's cache.
    pub cache_write_tokens: u32,
    /// Tokens the whole answer has.
    pub output_tokens: u32,
    /// CPU time the function burns.
    pub cpu: SimDuration,
    /// Bytes the whole answer sends to the client.
    pub response_bytes: u64,
    /// Bytes the client sends.
    pub request_bytes: u64,
    /// Bytes the function sends to the model provider.
    pub upstream_bytes: u64,
    /// Messages the client sends, over which `request_bytes` are spread.
    pub messages_in: u32,
    /// Messages of the whole answer, over which `response_bytes` are spread.
    pub messages_out: u32,
    /// The client leaves this long after the start, before the answer is complete.
    pub disconnect_after: Option<SimDuration>,
    /// Index of the LLM in the workload's model list.
    pub model: u16,
    /// A cap on output tokens cut the answer short.
    pub truncated: bool,
    /// Index of a model that tried the whole prompt before, in vain.
    pub tried: Option<NonZeroU16>,
    /// Tokens which that one generated.
    pub tried_output_tokens: u32,
    /// How long the client has waited elsewhere when the request arrives here.
    pub before: SimDuration,
    /// The part of `duration` that comes after the last byte.
    pub after: SimDuration,
}

impl Request {
    /// Time from start to the last byte.
    #[must_use]
    #[inline]
    pub fn answered(&self) -> SimDuration {
        self.duration - self.after
    }
}
