//! How the objects of a JSON file stand: one a line, or in a list, or one after another.

use crate::workload::import::row::{Field, snake};

/// Names under which an object may hold the list of rows.
const LISTS: &[&str] = &[
    "events",
    "log_events",
    "records",
    "rows",
    "entries",
    "data",
    "value",
    "items",
    "requests",
    "results",
    "logs",
];

/// How objects are told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One object a line.
    Lines,
    /// Lists of objects or objects over several lines. With a name, an outer object's list of
    /// that name holds the rows.
    Values(Option<String>),
}

impl Shape {
    /// The shape of a file that begins like this.
    pub(super) fn of(head: &[u8]) -> Self {
        let text = head.trim_ascii_start();
        match text.first() {
            Some(b'[') if matches!(after(text, 1), Some(b'{' | b']' | b'[') | None) => {
                Self::Values(None)
            }
            Some(b'{') => match list_name(text) {
                Some(name) => Self::Values(Some(name)),
                None if is_spread(text) => Self::Values(None),
                None => Self::Lines,
            },
            _ => Self::Lines,
        }
    }
}

/// The first byte at or after `from` that is not blank.
fn after(text: &[u8], from: usize) -> Option<u8> {
    text.get(from..)?.iter().copied().find(|b| !b.is_ascii_whitespace())
}

/// Whether the first object goes on below its first line.
fn is_spread(text: &[u8]) -> bool {
    let Some(end) = text.iter().position(|b| *b == b'\n') else { return false };
    let (first, rest) = text.split_at(end);
    let first = first.trim_ascii_end();
    first == b"{"
        || (first.ends_with(b",") || first.ends_with(b"{") || first.ends_with(b"["))
            && after(rest, 0).is_some_and(|b| b != b'{')
}

/// The name of the list that holds the rows, if the first object is around one.
///
/// An object that says when something happened is a row itself, whatever lists it has.
fn list_name(text: &[u8]) -> Option<String> {
    let mut walk = Walk::default();
    for (i, &byte) in text.iter().enumerate() {
        match walk.step(byte) {
            Token::Key => {
                let name = walk.key(text);
                if Field::meaning(&name).is_some_and(|m| m.field == Field::Timestamp) {
                    return None;
                }
            }
            Token::Open if walk.depth == 2 && byte == b'[' => {
                let name = walk.key(text);
                if LISTS.contains(&snake(&name).as_str())
                    && matches!(after(text, i + 1), Some(b'{' | b']'))
                {
                    return Some(name);
                }
            }
            Token::Close if walk.depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// What a byte of JSON text does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Opens an object or a list; the depth has grown.
    Open,
    /// Closes one; the depth has shrunk.
    Close,
    /// Ends the key of a member of the outermost object.
    Key,
    /// Anything else.
    Other,
}

/// Follows JSON text byte by byte as far as needed to find where values end.
#[derive(Clone, Debug, Default)]
pub(super) struct Walk {
    /// How many objects and lists are open.
    pub(super) depth: usize,
    in_string: bool,
    escaped: bool,
    at: usize,
    string: (usize, usize),
    key: (usize, usize),
}

impl Walk {
    /// Walks through an object whose brace is passed.
    pub(super) fn within() -> Self {
        Self { depth: 1, ..Self::default() }
    }

    /// Takes the next byte.
    pub(super) fn step(&mut self, byte: u8) -> Token {
        let at = self.at;
        self.at += 1;
        if self.in_string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.in_string = false;
                    self.string.1 = at;
                }
                _ => {}
            }
            return Token::Other;
        }
        match byte {
            b'"' => {
                self.in_string = true;
                self.string = (at + 1, at + 1);
            }
            b'{' | b'[' => {
                self.depth += 1;
                return Token::Open;
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return Token::Close;
            }
            b':' if self.depth == 1 => {
                self.key = self.string;
                return Token::Key;
            }
            _ => {}
        }
        Token::Other
    }

    /// Whether the next byte is outside of everything.
    pub(super) const fn is_outside(&self) -> bool {
        self.depth == 0 && !self.in_string
    }

    /// The last key of the outermost object in the text walked over.
    pub(super) fn key(&self, text: &[u8]) -> String {
        let key = text.get(self.key.0..self.key.1).unwrap_or_default();
        String::from_utf8_lossy(key).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_told_from_the_beginning() {
        let list = |name: &str| Shape::Values(Some(name.into()));
        for (text, shape) in [
            ("{\"timestamp\":1}\n{\"timestamp\":2}", Shape::Lines),
            ("{\"timestamp\":1}", Shape::Lines),
            ("{\"a\":[1,\n", Shape::Lines),
            ("plain text {", Shape::Lines),
            ("[extension] a line of text", Shape::Lines),
            (" [\n {\"a\":1}", Shape::Values(None)),
            ("[]", Shape::Values(None)),
            ("{\n  \"a\": 1\n}", Shape::Values(None)),
            ("{ \"a\": 1,\n  \"b\": 2 }", Shape::Values(None)),
            ("{\"events\":[{\"a\":1}]}", list("events")),
            ("{\n\"owner\": {\"data\": [{}]}, \"logEvents\": [\n{", list("logEvents")),
            ("{\"Records\": []}", list("Records")),
            ("{\"time\":1,\"events\":[{\"a\":1}]}", Shape::Lines),
            ("{\"tokens\":[{\"a\":1}]}", Shape::Lines),
            ("{\"data\":[1,2]}", Shape::Lines),
            ("{\"a\\\"events\":\"[{\"}", Shape::Lines),
        ] {
            assert_eq!(Shape::of(text.as_bytes()), shape, "{text}");
        }
    }
}
