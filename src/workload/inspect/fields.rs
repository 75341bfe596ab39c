//! The columns of a trace: the values of those that are there, and what replaces the others.

use super::quantiles::{Quantiles, Sketch};
use crate::diagnostic::{Result, Source};
use crate::workload::{Assumption, Known, Measured, RequestModel, Trace, TraceColumn};

/// What is measured of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// A column of the trace.
    Column(TraceColumn),
    /// Generated tokens over the time from the first token on, or over the whole duration where the
    /// first token's time is not known; in thousandths of a token per second.
    TokensPerSecond,
}

/// The values of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldValues {
    /// Which one.
    pub field: Field,
    /// How its values are distributed, in tokens, bytes, nanoseconds or thousandths.
    pub quantiles: Quantiles,
}

/// A column without values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Which one.
    pub column: TraceColumn,
    /// What an estimate takes instead unless the scenario says something else.
    pub instead: String,
}

/// The columns that hold numbers, in the order in which they are shown.
const NUMBERS: [TraceColumn; 10] = [
    TraceColumn::InputTokens,
    TraceColumn::CachedTokens,
    TraceColumn::CacheWriteTokens,
    TraceColumn::OutputTokens,
    TraceColumn::Duration,
    TraceColumn::TimeToFirstToken,
    TraceColumn::Cpu,
    TraceColumn::ResponseBytes,
    TraceColumn::RequestBytes,
    TraceColumn::DisconnectAfter,
];

impl Field {
    /// The name it has in a trace or a scenario.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TokensPerSecond => "tokens_per_second",
            Self::Column(column) => match column {
                TraceColumn::Duration => "duration",
                TraceColumn::TimeToFirstToken => "time_to_first_token",
                TraceColumn::InputTokens => "input_tokens",
                TraceColumn::CachedTokens => "cached_tokens",
                TraceColumn::CacheWriteTokens => "cache_write_tokens",
                TraceColumn::OutputTokens => "output_tokens",
                TraceColumn::Cpu => "cpu",
                TraceColumn::ResponseBytes => "response_bytes",
                TraceColumn::RequestBytes => "request_bytes",
                TraceColumn::Status => "status",
                TraceColumn::DisconnectAfter => "disconnect_after",
                TraceColumn::Workload => "workload",
                TraceColumn::Model => "model",
            },
        }
    }
}

/// The values of all columns that have any, and the speed of all answers together.
pub(super) fn values(trace: &Trace) -> (Vec<FieldValues>, Option<f64>) {
    let mut fields = Vec::new();
    for column in NUMBERS {
        let mut sketch = Sketch::new(trace.present(column));
        trace.each(column, |_, value| sketch.push(value));
        let values = |quantiles| FieldValues { field: Field::Column(column), quantiles };
        fields.extend(sketch.finish().map(values));
    }
    let (speeds, overall) = speeds(trace);
    fields.extend(speeds.map(|quantiles| FieldValues { field: Field::TokensPerSecond, quantiles }));
    (fields, overall)
}

/// How fast answers came, where tokens and time are known and there are both.
#[expect(clippy::cast_precision_loss, reason = "statistics")]
fn speeds(trace: &Trace) -> (Option<Quantiles>, Option<f64>) {
    const NANOS_AND_THOUSANDTHS: u128 = 1_000_000_000 * 1_000;
    let rows = trace.present(TraceColumn::Duration).min(trace.present(TraceColumn::OutputTokens));
    if rows == 0 {
        return (None, None);
    }
    let mut sketch = Sketch::new(rows);
    let (mut all_tokens, mut all_time) = (0_u128, 0_u128);
    trace.each(TraceColumn::Duration, |row, duration| {
        let first = trace.value(TraceColumn::TimeToFirstToken, row).unwrap_or(0);
        let tokens = trace.value(TraceColumn::OutputTokens, row).filter(|tokens| *tokens > 0);
        let time = duration.saturating_sub(first);
        let Some(tokens) = tokens.filter(|_| time > 0).map(u128::from) else { return };
        let speed = tokens * NANOS_AND_THOUSANDTHS / u128::from(time);
        sketch.push(u64::try_from(speed).unwrap_or(u64::MAX));
        all_tokens += tokens;
        all_time += u128::from(time);
    });
    let overall = (all_time > 0).then(|| all_tokens as f64 * 1e9 / all_time as f64);
    (sketch.finish(), overall)
}

/// The columns without values. What replaces them is what a scenario without a `requests:` section
/// resolves to, so that this never says anything else than an estimate.
pub(super) fn missing(trace: &Trace) -> Result<Vec<Missing>> {
    let measured = Measured::of(trace);
    let llm = !measured.duration || trace.has_tokens();
    let known = Known { measured, llm, ..Known::default() };
    let model = RequestModel::resolve(&Source::new("", ""), None, &known)?;
    let assumptions = model.assumptions();
    let absent = NUMBERS.into_iter().filter(|column| trace.present(*column) == 0);
    Ok(absent
        .filter_map(|column| instead(column, &assumptions).map(|i| Missing { column, instead: i }))
        .collect())
}

fn instead(column: TraceColumn, assumptions: &[Assumption]) -> Option<String> {
    let value = |key: &str| {
        let key = format!("requests.{key}");
        assumptions.iter().find(|a| a.subject == key).map(|a| a.value.clone())
    };
    match column {
        TraceColumn::Duration => {
            Some(match (value("time_to_first_token"), value("tokens_per_second")) {
                (Some(first), Some(speed)) => {
                    format!("modelled: {first} to the first token, then output tokens at {speed}")
                }
                _ => "modelled from the tokens".into(),
            })
        }
        TraceColumn::CachedTokens => value("cached_share").map(|v| format!("{v} of the prompt")),
        TraceColumn::CacheWriteTokens => {
            value("cache_write_share").map(|v| format!("{v} of the prompt"))
        }
        TraceColumn::ResponseBytes => value("response_bytes_per_output_token")
            .map(|v| format!("modelled: {v} per output token")),
        TraceColumn::RequestBytes => value("request_bytes").map(|v| format!("modelled: {v}")),
        // Only requests that were aborted have it.
        TraceColumn::DisconnectAfter => None,
        _ => value(Field::Column(column).name()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::SimDuration;
    use crate::workload::Row;

    #[test]
    fn speed_is_tokens_over_the_time_after_the_first() {
        let mut trace = Trace::new("test");
        let seconds = |s: i64| Some(SimDuration::from_secs(s));
        for (tokens, duration, first) in [
            (Some(100), 6, Some(1)),
            (Some(30), 10, None),
            (Some(7), 0, None),
            (None, 9, None),
            (Some(0), 3, None),
        ] {
            trace.push(Row {
                duration: seconds(duration),
                time_to_first_token: first.and_then(seconds),
                output_tokens: tokens,
                ..Row::default()
            });
        }
        let (fields, overall) = values(&trace);
        let speed = fields.iter().find(|f| f.field == Field::TokensPerSecond).unwrap();
        assert_eq!((speed.quantiles.min, speed.quantiles.max), (3_000, 20_000));
        assert!((overall.unwrap() - 130.0 / 15.0).abs() < 1e-12);
        let names: Vec<_> = fields.iter().map(|f| f.field.name()).collect();
        assert_eq!(
            names,
            ["output_tokens", "duration", "time_to_first_token", "tokens_per_second"]
        );
    }

    #[test]
    fn what_is_missing_is_what_an_estimate_would_assume() {
        let mut trace = Trace::new("test");
        trace.push(Row { input_tokens: Some(1), output_tokens: Some(2), ..Row::default() });
        let words = |trace: &Trace| {
            let missing = missing(trace).unwrap().into_iter();
            missing.map(|m| format!("{}: {}", Field::Column(m.column).name(), m.instead)).collect()
        };
        let shown: Vec<String> = words(&trace);
        assert_eq!(
            shown,
            [
                "cached_tokens: 0% of the prompt",
                "cache_write_tokens: 0% of the prompt",
                "duration: modelled: 1s to the first token, then output tokens at 70 tok/s",
                "time_to_first_token: 1s",
                "cpu: 50ms",
                "response_bytes: modelled: 100B per output token",
                "request_bytes: modelled: 4B per input token",
            ]
        );
        let mut trace = Trace::new("test");
        trace.push(Row { duration: Some(SimDuration::from_secs(1)), ..Row::default() });
        let shown: Vec<String> = words(&trace);
        assert_eq!(shown[0], "input_tokens: 0");
        assert!(!shown.iter().any(|line| line.starts_with("duration")), "{shown:?}");
    }
}
