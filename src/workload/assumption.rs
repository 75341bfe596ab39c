//! What an estimate rests on: every value, with where it comes from.

use std::fmt;

/// Where a value comes from, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Written in the scenario.
    Given,
    /// Read from the trace.
    Measured,
    /// Computed from other values.
    Modelled,
    /// What the platform does unless told otherwise.
    PlatformDefault,
    /// Nobody said: a default of this program.
    Assumed,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Given => "given",
            Self::Measured => "measured from trace",
            Self::Modelled => "modelled",
            Self::PlatformDefault => "platform default",
            Self::Assumed => "assumption",
        })
    }
}

/// One value an estimate rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// The scenario key that sets it, such as `requests.tokens_per_second`.
    pub subject: String,
    /// The value in words, with its unit.
    pub value: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Why this value, or what it means; may be empty.
    pub note: String,
}

impl Assumption {
    /// The value of `subject`, without a note.
    #[must_use]
    pub fn new(subject: impl Into<String>, value: impl Into<String>, origin: Origin) -> Self {
        Self { subject: subject.into(), value: value.into(), origin, note: String::new() }
    }

    /// Sets the note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_print_in_words_and_align() {
        assert_eq!(Origin::Measured.to_string(), "measured from trace");
        assert_eq!(format!("{:<10}|", Origin::Given), "given     |");
    }
}
