//! Names for what a trace holds: its optional columns and the zero of its clock.

#[cfg(doc)]
use super::{Row, Status};

/// What the zero of a trace's arrival times is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeBase {
    /// Arrivals are instants since 1970-01-01T00:00:00Z.
    #[default]
    UnixEpoch,
    /// Arrivals count from some start the trace does not name.
    TraceStart,
}

/// A column a trace may have; arrivals are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TraceColumn {
    /// [`Row::duration`].
    Duration,
    /// [`Row::time_to_first_token`].
    TimeToFirstToken,
    /// [`Row::input_tokens`].
    InputTokens,
    /// [`Row::cached_tokens`].
    CachedTokens,
    /// [`Row::cache_write_tokens`].
    CacheWriteTokens,
    /// [`Row::output_tokens`].
    OutputTokens,
    /// [`Row::cpu`].
    Cpu,
    /// [`Row::response_bytes`].
    ResponseBytes,
    /// [`Row::request_bytes`].
    RequestBytes,
    /// [`Row::status`], where it is not [`Status::Completed`].
    Status,
    /// [`Row::disconnect_after`].
    DisconnectAfter,
    /// [`Row::workload`].
    Workload,
    /// [`Row::model`].
    Model,
}
