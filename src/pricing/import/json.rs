//! JSON whose numbers stay text and whose values know where they stand.

use crate::diagnostic::{Diagnostic, Result, Source};
use serde::Deserializer as _;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// A value of a JSON file.
#[derive(Clone, Copy)]
pub(super) struct Node<'a> {
    source: &'a Source,
    raw: &'a RawValue,
}

/// An object, its keys in file order.
pub(super) struct Object<'a>(pub(super) Vec<(String, Node<'a>)>);

impl<'a> Node<'a> {
    /// The whole file.
    pub(super) fn root(source: &'a Source) -> Result<Self> {
        match serde_json::from_str(source.text()) {
            Ok(raw) => Ok(Self { source, raw }),
            Err(e) => Err(Box::new(not_json(source, &e))),
        }
    }

    /// The value as it is written.
    pub(super) fn text(&self) -> &'a str {
        self.raw.get()
    }

    fn starts_with(&self, first: &[char]) -> bool {
        self.text().starts_with(first)
    }

    pub(super) fn is_null(&self) -> bool {
        self.text() == "null"
    }

    pub(super) fn is_object(&self) -> bool {
        self.starts_with(&['{'])
    }

    pub(super) fn is_array(&self) -> bool {
        self.starts_with(&['['])
    }

    /// The digits of a number, as they are written.
    pub(super) fn number(&self) -> Option<&'a str> {
        self.starts_with(&['-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
            .then(|| self.text())
    }

    /// The characters of a string.
    pub(super) fn string(&self) -> Option<String> {
        serde_json::from_str(self.text()).ok()
    }

    /// The elements of an array.
    pub(super) fn array(&self, what: &str) -> Result<Vec<Self>> {
        let raw: Vec<&'a RawValue> = serde_json::from_str(self.text())
            .map_err(|_| self.error(format!("expected {what}"), "not an array"))?;
        Ok(raw.into_iter().map(|raw| Self { source: self.source, raw }).collect())
    }

    /// The members of an object; a key twice is an error.
    pub(super) fn object(&self, what: &str) -> Result<Object<'a>> {
        let members = serde_json::Deserializer::from_str(self.text())
            .deserialize_map(Members)
            .map_err(|_| self.error(format!("expected {what}"), "not an object"))?;
        let node = |raw| Self { source: self.source, raw };
        let members: Vec<_> = members.into_iter().map(|(k, raw)| (k, node(raw))).collect();
        let mut keys: Vec<_> = members.iter().map(|(k, _)| k).collect();
        keys.sort_unstable();
        if let Some(twice) = keys.windows(2).find(|w| w[0] == w[1]) {
            let (_, last) = members.iter().rfind(|(k, _)| k == twice[0]).unwrap_or(&members[0]);
            let error = last.error(format!("duplicate key `{}`", twice[0]), "set a second time");
            return Err(Box::new(error.hint("keep one of the two; they cannot both apply")));
        }
        Ok(Object(members))
    }

    /// An error at this value.
    pub(super) fn error(&self, message: impl Into<String>, label: impl Into<String>) -> Diagnostic {
        // The raw text is a slice of the source's text.
        let byte = self.text().as_ptr() as usize - self.source.text().as_ptr() as usize;
        let line = self.text().lines().next().unwrap_or_default();
        let length = line.chars().count().min(40);
        Diagnostic::input(message).at(self.source.place_at(byte, length), label)
    }
}

impl<'a> Object<'a> {
    /// The member `key`, if it is there and not null.
    pub(super) fn get(&self, key: &str) -> Option<Node<'a>> {
        self.0.iter().find(|(k, _)| k == key).map(|(_, node)| *node).filter(|n| !n.is_null())
    }

    /// The text of the string member `key`.
    pub(super) fn string(&self, key: &str) -> Option<String> {
        self.get(key)?.string()
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(
        self,
        mut map: A,
    ) -> std::result::Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

fn not_json(source: &Source, error: &serde_json::Error) -> Diagnostic {
    let text = error.to_string();
    let words = text.split(" at line ").next().unwrap_or_default();
    let message = format!("not valid JSON: {words}");
    let starts = source.text().split_inclusive('\n').take(error.line().saturating_sub(1));
    let mut byte = starts.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    byte = byte.min(source.text().len());
    while !source.text().is_char_boundary(byte) {
        byte -= 1;
    }
    Diagnostic::input(message)
        .at(source.place_at(byte, 1), "reading stopped here")
        .hint("was the file downloaded as a whole, and is it the table itself, not a web page?")
}
