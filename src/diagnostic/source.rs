//! A text file with a name: reads YAML from it and points at places in it.

use super::located::{Field, Placed};
use super::{Diagnostic, Place, Result, suggest};
use crate::units::parse::ParseError;
use serde::de::DeserializeOwned;
use serde_yaml::{Error as YamlError, Location, Options};

/// A text file under the name the user knows it by.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
}

impl Source {
    /// A source called `name` with this text.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into() }
    }

    /// The name the user knows the file by.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's name without folders and ending.
    #[must_use]
    pub fn stem(&self) -> &str {
        self.name.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".yaml")
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a scalar is written in quotes, where it is defined.
    #[must_use]
    pub fn is_quoted(&self, field: &Field) -> bool {
        let place = self.place_of(field.defined());
        matches!(place.text.chars().nth(place.column - 1), Some('"' | '\''))
    }

    /// The place of `length` characters that start at a byte of the text.
    #[must_use]
    pub fn place_at(&self, byte: usize, length: usize) -> Place {
        let before = self.text.get(..byte).unwrap_or(&self.text);
        let start = before.rfind('\n').map_or(0, |i| i + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[start..].chars().count() + 1;
        let text = self.text[start..].lines().next().unwrap_or_default().to_owned();
        Place { file: self.name.clone(), line, column, length: length.max(1), text }
    }

    /// Reads the whole file as YAML.
    ///
    /// # Errors
    /// Syntax errors, unknown or duplicate keys, missing keys, wrong types, and documents that
    /// expand beyond the input budget, each with its place.
    pub fn yaml<T: DeserializeOwned>(&self) -> Result<T> {
        serde_yaml::from_str_with_options(&self.text, options())
            .map_err(|error| Box::new(self.explain(error.without_snippet())))
    }

    /// The place of a value read by [`Source::yaml`].
    #[must_use]
    pub fn place(&self, value: &impl Placed) -> Place {
        self.place_of(value.location())
    }

    /// Parses a field's text with `parse`; its error points at the field.
    ///
    /// # Errors
    /// When `parse` refuses the text.
    pub fn parse<T>(
        &self,
        field: &Field,
        parse: impl FnOnce(&str) -> std::result::Result<T, ParseError>,
    ) -> Result<T> {
        parse(&field.value).map_err(|error| {
            Box::new(
                Diagnostic::input(error.to_string())
                    .at(self.place(field), format!("expected {}", error.expected)),
            )
        })
    }

    /// An input error at a field.
    #[must_use]
    pub fn error(
        &self,
        field: &impl Placed,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Diagnostic {
        Diagnostic::input(message).at(self.place(field), label)
    }

    fn place_of(&self, location: Location) -> Place {
        let line = usize::try_from(location.line()).unwrap_or(1).max(1);
        let column = usize::try_from(location.column()).unwrap_or(1).max(1);
        let text = self.text.lines().nth(line - 1).unwrap_or_default().to_owned();
        Place { file: self.name.clone(), line, column, length: word_length(&text, column), text }
    }

    fn explain(&self, error: &YamlError) -> Diagnostic {
        let (message, label) = words(error);
        let mut diagnostic = Diagnostic::input(message);
        if let Some(location) = error.location() {
            diagnostic = diagnostic.at(self.place_of(location), label);
        } else {
            diagnostic = diagnostic.note(format!("in {}", self.name));
        }
        match error {
            YamlError::SerdeUnknownField { field, expected, .. } => diagnostic
                .note(format!("known keys: {}", suggest::list(expected.iter().copied())))
                .maybe_hint(suggest::did_you_mean(field, expected.iter().copied())),
            YamlError::SerdeUnknownVariant { variant, expected, .. } => diagnostic
                .note(format!("allowed: {}", suggest::list(expected.iter().copied())))
                .maybe_hint(suggest::did_you_mean(variant, expected.iter().copied())),
            YamlError::DuplicateMappingKey { .. } => {
                diagnostic.hint("keep one of the two; they cannot both apply")
            }
            YamlError::Budget { .. }
            | YamlError::AliasReplayLimitExceeded { .. }
            | YamlError::AliasExpansionLimitExceeded { .. }
            | YamlError::AliasReplayStackDepthExceeded { .. } => {
                diagnostic.hint("write the values out instead of nesting anchors and aliases")
            }
            YamlError::Unexpected { expected, .. } if *expected == MAPPING => {
                diagnostic.hint("write `key: value` lines; `ssc schema` says which keys there are")
            }
            // The reader of YAML has no name for it.
            other if other.to_string().contains("found a tab") => {
                diagnostic.hint("YAML is indented with spaces, never with tabs")
            }
            _ => diagnostic,
        }
    }
}

/// What the reader of YAML calls a mapping's beginning.
const MAPPING: &str = "mapping start";

/// The sentence and the label of a YAML error, in the words of this program.
fn words(error: &YamlError) -> (String, String) {
    match error {
        YamlError::SerdeUnknownField { field, .. } => {
            (format!("unknown key `{field}`"), "not a key that can stand here".into())
        }
        YamlError::SerdeUnknownVariant { variant, .. } => {
            (format!("unknown value `{variant}`"), "not one of the allowed values".into())
        }
        YamlError::SerdeMissingField { field, .. } => {
            (format!("missing key `{field}`"), "this mapping needs it".into())
        }
        YamlError::DuplicateMappingKey { key, .. } => {
            let key = key.as_deref().unwrap_or_default();
            (format!("duplicate key `{key}`"), "already set above".into())
        }
        YamlError::NullIntoString { .. } => {
            ("expected a value, found nothing".into(), "no value".into())
        }
        YamlError::SerdeInvalidType { unexpected, expected, .. } => {
            let unexpected = if unexpected == "unit value" { "nothing" } else { unexpected };
            (format!("expected {expected}, found {unexpected}"), format!("expected {expected}"))
        }
        YamlError::Budget { .. }
        | YamlError::AliasReplayLimitExceeded { .. }
        | YamlError::AliasExpansionLimitExceeded { .. }
        | YamlError::AliasReplayStackDepthExceeded { .. } => (
            "the file expands beyond what a scenario or price file can need".into(),
            "reading stopped here".into(),
        ),
        YamlError::Unexpected { expected, .. } if *expected == MAPPING => {
            ("expected keys and values".into(), "not a mapping".into())
        }
        YamlError::Message { msg, .. } => (msg.clone(), "here".into()),
        YamlError::Eof { .. } => ("the file is empty or ends too early".into(), "here".into()),
        other => {
            let text = other.to_string();
            let first = text.lines().next().unwrap_or_default();
            (format!("not valid YAML: {first}"), "here".into())
        }
    }
}

fn options() -> Options {
    serde_yaml::options! {
        strict_booleans: true,
        with_snippet: false,
    }
}

/// Characters from `column` to the end of the word that starts there.
fn word_length(line: &str, column: usize) -> usize {
    let rest: Vec<char> = line.chars().skip(column - 1).collect();
    let quoted = rest.first().filter(|c| matches!(c, '"' | '\''));
    let length = match quoted {
        Some(quote) => rest.iter().skip(1).position(|c| c == quote).map_or(rest.len(), |i| i + 2),
        None => rest
            .iter()
            .position(|c| matches!(c, ':' | ',' | '}' | ']' | '#' | ' '))
            .unwrap_or(rest.len()),
    };
    length.max(1)
}
