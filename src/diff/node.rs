//! A YAML document as a tree that can be put together anew; every scalar keeps its characters.

use crate::diagnostic::{Result, Source};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Spanned};
use std::fmt;

/// A part of a YAML document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    /// Nothing, or a number or truth value as it is written.
    Plain(String),
    /// Text.
    Text(String),
    /// A sequence.
    List(Vec<Self>),
    /// A mapping, in the order it is written.
    Map(Vec<(String, Self)>),
}

impl Node {
    /// The document of a source.
    ///
    /// # Errors
    /// When it is not YAML.
    pub(super) fn of(source: &Source) -> Result<Self> {
        let raw: Spanned<Raw> = source.yaml()?;
        let lines: Vec<&str> = source.text().lines().collect();
        Ok(resolve(raw, &lines))
    }

    /// The value of a key; none if this is no mapping or has no such key.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => entries.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The same, to be changed.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match self {
            Self::Map(entries) => entries.iter_mut().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The keys and values of a mapping; none of anything else.
    pub(super) fn entries(&self) -> &[(String, Self)] {
        if let Self::Map(entries) = self { entries } else { &[] }
    }

    /// The items of a sequence; none of anything else.
    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// The characters of a scalar.
    pub(super) fn scalar(&self) -> Option<&str> {
        match self {
            Self::Plain(text) | Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// As YAML on one line.
    pub(super) fn flow(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Text(text) => quoted(text),
            Self::List(items) => {
                format!("[{}]", items.iter().map(Self::flow).collect::<Vec<_>>().join(", "))
            }
            Self::Map(entries) => {
                let each = entries.iter().map(|(k, v)| format!("{}: {}", quoted(k), v.flow()));
                format!("{{{}}}", each.collect::<Vec<_>>().join(", "))
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// As it is deserialised; numbers are looked up in the text, where they have all their digits.
enum Raw {
    Null,
    Bool(bool),
    Number,
    Text(String),
    List(Vec<Spanned<Self>>),
    Map(Vec<(String, Spanned<Self>)>),
}

fn resolve(raw: Spanned<Raw>, lines: &[&str]) -> Node {
    match raw.value {
        Raw::Null => Node::Plain("null".into()),
        Raw::Bool(value) => Node::Plain(value.to_string()),
        Raw::Number => Node::Plain(number_at(raw.defined, lines)),
        Raw::Text(text) => Node::Text(text),
        Raw::List(items) => Node::List(items.into_iter().map(|i| resolve(i, lines)).collect()),
        Raw::Map(entries) => {
            Node::Map(entries.into_iter().map(|(k, v)| (k, resolve(v, lines))).collect())
        }
    }
}

/// The number that starts at a place: plain scalars of numbers have no blank in them.
fn number_at(location: Location, lines: &[&str]) -> String {
    let index = |n: u64| usize::try_from(n.saturating_sub(1)).unwrap_or(usize::MAX);
    let line = lines.get(index(location.line())).copied().unwrap_or_default();
    let ends = |c: &char| c.is_whitespace() || matches!(c, ',' | ']' | '}');
    line.chars().skip(index(location.column())).take_while(|c| !ends(c)).collect()
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("YAML")
    }
    fn visit_unit<E: Error>(self) -> std::result::Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_none<E: Error>(self) -> std::result::Result<Raw, E> {
        Ok(Raw::Null)
    }
    fn visit_bool<E: Error>(self, value: bool) -> std::result::Result<Raw, E> {
        Ok(Raw::Bool(value))
    }
    fn visit_i64<E: Error>(self, _: i64) -> std::result::Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_u64<E: Error>(self, _: u64) -> std::result::Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_i128<E: Error>(self, _: i128) -> std::result::Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_u128<E: Error>(self, _: u128) -> std::result::Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_f64<E: Error>(self, _: f64) -> std::result::Result<Raw, E> {
        Ok(Raw::Number)
    }
    fn visit_str<E: Error>(self, text: &str) -> std::result::Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> std::result::Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Raw, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Raw::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_keeps_every_digit_and_every_character() {
        let text = "\
a: &x 0.10000000000000000000000001   # ten
b: [1, 2.50, -3e2, *x, \"1.0\", 'it''s', yes, true, ~]
\"c d\":
  e: |
    two
    lines
  7: 12
";
        let node = Node::of(&Source::new("x.yaml", text)).unwrap();
        let again = Node::of(&Source::new("y.yaml", node.flow())).unwrap();
        assert_eq!(node, again);
        insta::assert_snapshot!(node.flow(), @r#"{"a": 0.10000000000000000000000001, "b": [1, 2.50, -3e2, 0.10000000000000000000000001, "1.0", "it's", "yes", true, null], "c d": {"e": "two\nlines\n", "7": 12}}"#);
    }
}
