//! The columns of a trace and the names they go by.

use crate::workload::import::cell::Unit;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Timestamp,
    End,
    Workload,
    Model,
    Duration,
    TimeToFirstToken,
    InputTokens,
    CachedTokens,
    CacheWriteTokens,
    OutputTokens,
    Cpu,
    ResponseBytes,
    RequestBytes,
    Status,
    DisconnectAfter,
}

/// Every field with its names, the canonical one first. Time fields also take a suffix such as `_ms`.
#[rustfmt::skip]
const FIELDS: &[(Field, &[&str])] = &[
    (Field::Timestamp, &["timestamp", "ts", "time", "time_stamp", "datetime", "date_time",
        "arrival", "arrival_time", "arrival_timestamp", "arrived_at", "start", "start_time",
        "start_timestamp", "started_at", "request_time", "request_timestamp", "requested_at",
        "received_at", "created_at", "event_time", "invocation_time"]),
    (Field::End, &["end", "end_time", "end_timestamp", "ended_at", "finish_time", "finished_at",
        "completed_at"]),
    (Field::Workload, &["workload", "route", "function", "function_name", "service",
        "service_name", "endpoint"]),
    (Field::Model, &["model", "model_name", "model_id", "llm"]),
    (Field::Duration, &["duration", "latency", "elapsed", "elapsed_time", "total_time",
        "total_latency", "request_duration", "wall_time", "e2e_latency", "end_to_end_latency"]),
    (Field::TimeToFirstToken, &["time_to_first_token", "ttft", "first_token_latency"]),
    (Field::InputTokens, &["input_tokens", "prompt_tokens", "context_tokens", "request_tokens",
        "input_length", "prompt_length", "num_input_tokens", "num_prompt_tokens"]),
    (Field::CachedTokens, &["cached_tokens", "cached_input_tokens", "cache_read_tokens",
        "cache_read_input_tokens", "cached_prompt_tokens"]),
    (Field::CacheWriteTokens, &["cache_write_tokens", "cache_creation_tokens",
        "cache_creation_input_tokens"]),
    (Field::OutputTokens, &["output_tokens", "completion_tokens", "generated_tokens",
        "response_tokens", "output_length", "generation_length", "num_output_tokens",
        "num_completion_tokens"]),
    (Field::Cpu, &["cpu", "cpu_time", "cpu_duration", "active_cpu", "active_cpu_time"]),
    (Field::ResponseBytes, &["response_bytes", "response_size", "bytes_out", "bytes_sent",
        "produced_bytes", "egress_bytes"]),
    (Field::RequestBytes, &["request_bytes", "request_size", "bytes_in", "bytes_received",
        "ingress_bytes"]),
    (Field::Status, &["status", "status_code", "http_status", "outcome", "result"]),
    (Field::DisconnectAfter, &["disconnect_after", "disconnected_after", "aborted_after",
        "cancelled_after"]),
];

/// What a column name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// The field.
    pub field: Field,
    /// The unit its suffix names.
    pub unit: Option<Unit>,
    /// Whether it is the field's canonical name, suffix aside.
    pub canonical: bool,
}

impl Field {
    /// The canonical name.
    pub(crate) fn name(self) -> &'static str {
        let names = FIELDS.iter().find(|(field, _)| *field == self).map(|(_, names)| *names);
        names.and_then(|names| names.first()).copied().unwrap_or_default()
    }

    /// Whether values are instants or lengths of time.
    pub(crate) fn is_time(self) -> bool {
        matches!(
            self,
            Self::Timestamp
                | Self::End
                | Self::Duration
                | Self::TimeToFirstToken
                | Self::Cpu
                | Self::DisconnectAfter
        )
    }

    /// All canonical names.
    pub(super) fn canonical_names() -> impl Iterator<Item = &'static str> {
        FIELDS.iter().filter_map(|(_, names)| names.first().copied())
    }

    /// All names of this field.
    pub(super) fn names(self) -> impl Iterator<Item = &'static str> {
        FIELDS.iter().filter(move |(f, _)| *f == self).flat_map(|(_, n)| n.iter().copied())
    }

    /// What a column name stands for, if it is a known one. Case, blanks, dashes and dots in it do
    /// not matter.
    pub(crate) fn meaning(header: &str) -> Option<Meaning> {
        [snake(&header.to_lowercase()), snake(header)].iter().find_map(|name| {
            exact(name).map(|(field, canonical)| Meaning { field, unit: None, canonical }).or_else(
                || {
                    let (stem, unit) = split_unit(name)?;
                    let (field, canonical) = exact(stem)?;
                    field.is_time().then_some(Meaning { field, unit: Some(unit), canonical })
                },
            )
        })
    }

    /// The unit a column name's suffix gives, whatever the rest of it is.
    pub(super) fn unit_of(header: &str) -> Option<Unit> {
        split_unit(&snake(header)).map(|(_, unit)| unit)
    }
}

fn exact(name: &str) -> Option<(Field, bool)> {
    FIELDS
        .iter()
        .find_map(|(field, names)| names.iter().position(|n| *n == name).map(|i| (*field, i == 0)))
}

fn split_unit(name: &str) -> Option<(&str, Unit)> {
    let (stem, suffix) = name.rsplit_once('_')?;
    Unit::of_suffix(suffix).map(|unit| (stem, unit))
}

/// `ContextTokens`, `context tokens` and `Context-Tokens` as `context_tokens`.
pub(crate) fn snake(header: &str) -> String {
    let mut name = String::with_capacity(header.len() + 4);
    let mut previous = ' ';
    let mut characters = header.chars().peekable();
    while let Some(c) = characters.next() {
        if c.is_alphanumeric() {
            let word_ends = previous.is_lowercase()
                || previous.is_numeric()
                || characters.peek().is_some_and(|next| next.is_lowercase());
            if c.is_uppercase() && previous.is_alphanumeric() && word_ends {
                name.push('_');
            }
            name.extend(c.to_lowercase());
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
        previous = c;
    }
    name.truncate(name.trim_end_matches('_').len());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_however_they_are_written() {
        for (header, field, unit) in [
            ("TIMESTAMP", Field::Timestamp, None),
            ("@timestamp", Field::Timestamp, None),
            ("TimeStamp", Field::Timestamp, None),
            ("timestamp_ms", Field::Timestamp, Some(Unit::Milliseconds)),
            ("Timestamp (us)", Field::Timestamp, Some(Unit::Microseconds)),
            ("startTime", Field::Timestamp, None),
            ("ContextTokens", Field::InputTokens, None),
            ("Request tokens", Field::InputTokens, None),
            ("completion-tokens", Field::OutputTokens, None),
            ("iNPUT_tOKENS", Field::InputTokens, None),
            ("CPUTimeMs", Field::Cpu, Some(Unit::Milliseconds)),
            ("DurationMs", Field::Duration, Some(Unit::Milliseconds)),
            ("latency_seconds", Field::Duration, Some(Unit::Seconds)),
            ("TTFT.ns", Field::TimeToFirstToken, Some(Unit::Nanoseconds)),
        ] {
            let meaning = Field::meaning(header).map(|m| (m.field, m.unit));
            assert_eq!(meaning, Some((field, unit)), "{header}");
        }
        for stranger in ["", "_ms", "status_ms", "input_tokens_s", "response_time", "ttfb"] {
            assert_eq!(Field::meaning(stranger), None, "{stranger}");
        }
    }

    #[test]
    fn every_name_means_one_field() {
        for (field, names) in FIELDS {
            for name in *names {
                assert_eq!(Field::meaning(name).map(|m| m.field), Some(*field), "{name}");
                assert_eq!(snake(name), *name);
            }
            assert_eq!(Field::meaning(field.name()).map(|m| m.canonical), Some(true));
        }
    }
}
