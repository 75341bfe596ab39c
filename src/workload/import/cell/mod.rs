//! Cells of any kind of file: numbers, instants, durations with a unit, statuses, and why a cell is
//! refused.

mod number;
mod timestamp;

#[cfg(test)]
pub(super) use number::scaled;
pub(super) use number::{Unit, nanoseconds, whole};
pub(crate) use timestamp::instant;
pub(super) use timestamp::{
    ALLOWED_TIMESTAMPS, Instant, Kind, TimestampReader, base_by_size, days_since_1970,
};

use crate::diagnostic::Diagnostic;
use crate::workload::Status;

/// Why a cell is not what its column holds; the reader adds row, line and column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// One sentence that names the text.
    pub message: String,
    /// What is allowed.
    pub allowed: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
}

impl Refusal {
    /// "`text` is `what`".
    pub(crate) fn new(text: &[u8], what: &str) -> Self {
        Self::because(format!("`{}` is {what}", shown(text)))
    }

    /// A refusal with its own sentence.
    pub(crate) fn because(message: impl Into<String>) -> Self {
        Self { message: message.into(), allowed: None, hint: None }
    }

    /// The error for it in what `whose` names, such as `row 7`, at its `place`; `hint` where it has none
    /// of its own.
    pub(crate) fn into_diagnostic(
        self,
        whose: &str,
        place: impl FnOnce(Diagnostic) -> Diagnostic,
        hint: Option<String>,
    ) -> Box<Diagnostic> {
        let diagnostic = place(Diagnostic::input(format!("{whose}: {}", self.message)));
        let diagnostic = match self.allowed {
            Some(allowed) => diagnostic.note(format!("allowed: {allowed}")),
            None => diagnostic,
        };
        Box::new(diagnostic.maybe_hint(self.hint.or(hint)))
    }

    /// Says what is allowed.
    pub(crate) fn allowed(mut self, allowed: &str) -> Self {
        self.allowed = Some(allowed.into());
        self
    }

    /// Says what to do next.
    pub(crate) fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A cell's text for a message: at most 60 characters, never broken bytes.
pub(crate) fn shown(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    if text.chars().count() <= 60 {
        return text.into_owned();
    }
    text.chars().take(59).chain(['…']).collect()
}

/// A duration that names its unit, such as `1.5s` or `250ms`, in nanoseconds.
pub(super) fn duration_with_unit(text: &[u8]) -> Result<(i64, bool), Refusal> {
    const ALLOWED: &str = "a duration with its unit, such as `250ms` or `1.5s`";
    let start_of_unit = text.iter().rposition(|b| b.is_ascii_digit() || *b == b'.');
    let (value, unit) = text.split_at(start_of_unit.map_or(0, |i| i + 1));
    let unit = String::from_utf8_lossy(unit);
    match Unit::of_suffix(unit.trim()) {
        Some(unit) => nanoseconds(value.trim_ascii(), unit)
            .map_err(|_| Refusal::new(text, "not a duration from 0 to 292 years").allowed(ALLOWED)),
        None if unit.is_empty() && nanoseconds(value, Unit::Nanoseconds).is_ok() => {
            Err(Refusal::new(text, "a duration without a unit").allowed(ALLOWED).hint(
                "name the column by its unit, such as `duration_ms` or `duration_s`, \
                 in the file or with `columns:`",
            ))
        }
        None => Err(Refusal::new(text, "not a duration").allowed(ALLOWED)),
    }
}

/// How a request ended: a word such as `ok`, `error` or `cancelled`, or an HTTP status code.
pub(super) fn status(text: &[u8]) -> Result<Status, Refusal> {
    let lower = text.to_ascii_lowercase();
    Ok(match lower.as_slice() {
        b"ok" | b"completed" | b"complete" | b"success" | b"succeeded" | b"successful"
        | b"done" => Status::Completed,
        b"aborted" | b"abort" | b"cancelled" | b"canceled" | b"disconnected" | b"499" => {
            Status::Aborted
        }
        b"failed" | b"fail" | b"failure" | b"error" | b"timeout" | b"exception" => Status::Failed,
        [b'1'..=b'3', b'0'..=b'9', b'0'..=b'9'] => Status::Completed,
        [b'4' | b'5', b'0'..=b'9', b'0'..=b'9'] => Status::Failed,
        _ => {
            return Err(Refusal::new(text, "not a status").allowed(
                "`completed`, `failed`, `aborted`, common words for them, or an HTTP status code",
            ));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_need_their_unit() {
        assert_eq!(duration_with_unit(b"1.5s").unwrap(), (1_500_000_000, false));
        assert_eq!(duration_with_unit(b"250 ms").unwrap(), (250_000_000, false));
        assert_eq!(duration_with_unit("3µs".as_bytes()).unwrap(), (3_000, false));
        assert_eq!(duration_with_unit(b"1e-3s").unwrap(), (1_000_000, false));
        let refused = |text: &str| duration_with_unit(text.as_bytes()).unwrap_err();
        assert_eq!(refused("1.5").message, "`1.5` is a duration without a unit");
        assert!(refused("1.5").hint.unwrap().contains("`duration_ms`"));
        assert_eq!(refused("-1s").message, "`-1s` is not a duration from 0 to 292 years");
        for bad in ["soon", "NaN", "NaNs", "s", "1.5 fortnights"] {
            assert!(duration_with_unit(bad.as_bytes()).is_err(), "{bad}");
        }
    }

    #[test]
    fn statuses_are_words_or_http_codes() {
        for (text, expected) in [
            ("OK", Status::Completed),
            ("200", Status::Completed),
            ("101", Status::Completed),
            ("499", Status::Aborted),
            ("Cancelled", Status::Aborted),
            ("404", Status::Failed),
            ("503", Status::Failed),
            ("error", Status::Failed),
        ] {
            assert_eq!(status(text.as_bytes()), Ok(expected), "{text}");
        }
        assert_eq!(status(b"maybe").unwrap_err().message, "`maybe` is not a status");
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(shown(&[b'x'; 100]).chars().count(), 60);
    }
}
