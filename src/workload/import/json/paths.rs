//! Fields of a JSON object by their path, without a copy of their text.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::ops::Range;

/// So many different field names are told apart.
const MOST_NAMES: usize = 1_000;

/// Which fields are kept.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// The columns' names.
    pub(super) headers: Vec<String>,
    /// How many of them were asked for.
    pub(super) asked: usize,
    root: Node,
    /// Keep every field of the outermost object.
    pub(super) learn: bool,
    /// Whether a name was new on this row.
    pub(super) learnt: bool,
}

/// A key, the column that holds its value, and the keys below it.
#[derive(Debug, Default)]
struct Node {
    key: String,
    /// The column, and how many alternatives are preferred to this one.
    column: Option<(usize, usize)>,
    below: Vec<Self>,
}

/// What was found in an object.
#[derive(Debug, Default)]
pub(super) struct Values {
    slots: Vec<Slot>,
    /// Which columns any row had.
    seen: Vec<bool>,
    /// Texts that had escapes.
    unescaped: Vec<u8>,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    rank: usize,
    /// The value as written, within the record.
    raw: Range<usize>,
    text: Text,
}

#[derive(Clone, Debug, Default)]
enum Text {
    #[default]
    Missing,
    Written(Range<usize>),
    Unescaped(Range<usize>),
}

impl Paths {
    /// Goes through an object and keeps what is on the paths.
    ///
    /// # Errors
    /// When it is no object, or not valid JSON.
    pub(super) fn find(&mut self, object: &[u8], values: &mut Values) -> serde_json::Result<()> {
        let Self { headers, root, learn, learnt, .. } = self;
        values.slots.clear();
        values.slots.resize(headers.len(), Slot::default());
        values.unescaped.clear();
        *learnt = false;
        let names = learn.then_some(Names { headers, learnt });
        let walk = Walk { node: root, names, values, base: object.as_ptr().addr() };
        let mut json = serde_json::Deserializer::from_slice(object);
        walk.deserialize(&mut json)?;
        json.end()
    }

    /// Adds a column for a path, or for the alternatives to it.
    pub(super) fn add(&mut self, path: &str) {
        let column = self.headers.len();
        self.headers.push(path.to_owned());
        for (rank, path) in path.split('|').enumerate() {
            let mut node = &mut self.root;
            for key in path.split('.') {
                node = node.child(key);
            }
            node.column.get_or_insert((column, rank));
            // A key may have dots of its own.
            if path.contains('.') {
                self.root.child(path).column.get_or_insert((column, rank));
            }
        }
    }
}

impl Node {
    /// The child of this key, made if it is not there.
    fn child(&mut self, key: &str) -> &mut Self {
        let at = self.below.iter().position(|n| n.key == key).unwrap_or_else(|| {
            self.below.push(Self { key: key.to_owned(), ..Self::default() });
            self.below.len() - 1
        });
        &mut self.below[at]
    }
}

impl Values {
    /// The text of a column's value; empty if there is none.
    pub(super) fn text<'v>(&'v self, object: &'v [u8], column: usize) -> &'v [u8] {
        let text = match self.slots.get(column).map(|slot| &slot.text) {
            Some(Text::Written(range)) => object.get(range.clone()),
            Some(Text::Unescaped(range)) => self.unescaped.get(range.clone()),
            Some(Text::Missing) | None => None,
        };
        text.unwrap_or_default()
    }

    /// Where a column's value is in the object.
    pub(super) fn place(&self, column: usize) -> Option<Range<usize>> {
        self.slots.get(column).map(|slot| slot.raw.clone()).filter(|raw| !raw.is_empty())
    }

    /// Whether any object so far had a column.
    pub(super) fn has_been(&self, column: usize) -> bool {
        self.seen.get(column).is_some_and(|seen| *seen)
    }

    /// Keeps a value unless a better alternative is there.
    fn put(&mut self, (column, rank): (usize, usize), raw: &RawValue, base: usize) {
        let written = raw.get();
        let start = written.as_ptr().addr() - base;
        let raw = start..start + written.len();
        let text = match written.as_bytes() {
            b"null" => Text::Missing,
            [b'"', inner @ .., b'"'] if inner.contains(&b'\\') => {
                // Half a surrogate pair is no text; it stays as written.
                let text = serde_json::from_str::<String>(written);
                let from = self.unescaped.len();
                self.unescaped.extend_from_slice(text.as_deref().unwrap_or(written).as_bytes());
                Text::Unescaped(from..self.unescaped.len())
            }
            [b'"', .., b'"'] => Text::Written(raw.start + 1..raw.end - 1),
            _ => Text::Written(raw.clone()),
        };
        if column >= self.slots.len() {
            self.slots.resize(column + 1, Slot::default());
        }
        if column >= self.seen.len() {
            self.seen.resize(column + 1, false);
        }
        self.seen[column] = true;
        let Some(slot) = self.slots.get_mut(column) else { return };
        let is_missing = |text: &Text| matches!(text, Text::Missing);
        if is_missing(&slot.text) || (rank <= slot.rank && !is_missing(&text)) {
            *slot = Slot { rank, raw, text };
        }
    }
}

/// Names of the outermost object, which grow.
struct Names<'n> {
    headers: &'n mut Vec<String>,
    learnt: &'n mut bool,
}

/// Goes through an object along the paths.
struct Walk<'n> {
    node: &'n mut Node,
    names: Option<Names<'n>>,
    values: &'n mut Values,
    base: usize,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> std::result::Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with the fields of a request")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(at) =
            map.next_key_seed(Key { node: &mut *self.node, names: &mut self.names })?
        {
            let Some(child) = at.and_then(|at| self.node.below.get_mut(at)) else {
                let IgnoredAny = map.next_value()?;
                continue;
            };
            let raw: &RawValue = map.next_value()?;
            if let Some(column) = child.column {
                self.values.put(column, raw, self.base);
            }
            if !child.below.is_empty() && raw.get().starts_with('{') {
                let mut json = serde_json::Deserializer::from_str(raw.get());
                let values = &mut *self.values;
                let walk = Walk { node: child, names: None, values, base: self.base };
                walk.deserialize(&mut json).map_err(A::Error::custom)?;
            }
        }
        Ok(())
    }
}

/// Finds a key among the children of a node, or adds it where names are learnt.
struct Key<'n, 'h> {
    node: &'n mut Node,
    names: &'n mut Option<Names<'h>>,
}

impl<'de> DeserializeSeed<'de> for Key<'_, '_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        json: D,
    ) -> std::result::Result<Self::Value, D::Error> {
        json.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_, '_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a field name")
    }

    fn visit_str<E: Error>(self, key: &str) -> std::result::Result<Self::Value, E> {
        let known = self.node.below.iter().position(|n| n.key == key);
        let Some(names) = self.names else { return Ok(known) };
        let at = known.unwrap_or(self.node.below.len());
        if known.is_some_and(|at| self.node.below.get(at).is_some_and(|n| n.column.is_some())) {
            return Ok(known);
        }
        if names.headers.len() >= MOST_NAMES {
            return Err(E::custom(format!("more than {MOST_NAMES} different field names")));
        }
        *names.learnt = true;
        self.node.child(key).column = Some((names.headers.len(), 0));
        names.headers.push(key.to_owned());
        Ok(Some(at))
    }
}
