//! Errors as people need them: what, where, what is allowed, what to do next.
//!
//! A [`Diagnostic`] is plain data; the command line decides how it looks.

mod located;
mod source;
pub mod suggest;

pub use located::{Field, Located, Placed, either};
pub use source::Source;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What kind of thing went wrong; decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Bad command line, scenario, trace or price file: exit code 2.
    Input,
    /// An estimate is incomplete where completeness is required: exit code 3.
    Incomplete,
    /// A file could not be read or written: exit code 2.
    File,
}

/// Where in a file something is. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    /// The file as the user named it.
    pub file: String,
    /// Line number, from 1.
    pub line: usize,
    /// Column number in characters, from 1.
    pub column: usize,
    /// How many characters to underline; at least 1.
    pub length: usize,
    /// The text of that line, without its end.
    pub text: String,
}

/// One error, with its place and the way out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// What kind of error it is.
    pub kind: Kind,
    /// What happened, one sentence without a period.
    pub message: String,
    /// Where, if it is in a file.
    pub place: Option<Place>,
    /// What is wrong at that place, a few words.
    pub label: String,
    /// What is allowed, and other facts.
    pub notes: Vec<String>,
    /// What to do next.
    pub hint: Option<String>,
}

/// The result of anything that can fail with a message for the user.
pub type Result<T> = std::result::Result<T, Box<Diagnostic>>;

impl Diagnostic {
    /// An input error without a place.
    #[must_use]
    pub fn input(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Input,
            message: message.into(),
            place: None,
            label: String::new(),
            notes: Vec::new(),
            hint: None,
        }
    }

    /// Sets the place and the words under it.
    #[must_use]
    pub fn at(mut self, place: Place, label: impl Into<String>) -> Self {
        self.place = Some(place);
        self.label = label.into();
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Sets the hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the hint if there is one to give.
    #[must_use]
    pub fn maybe_hint(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// Sets the kind.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }
}

/// The message, the place and the hint on plain lines, without an excerpt.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        if let Some(p) = &self.place {
            write!(f, " ({}:{}:{})", p.file, p.line, p.column)?;
        }
        if let Some(hint) = &self.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}
