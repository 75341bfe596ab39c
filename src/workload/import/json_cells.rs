//! The fields of a JSON object as cells, found by their path.

use super::cell::{Refusal, shown, thousands};
use super::cells::{Cells, Rows};
use super::json_rows::JsonRows;
use super::row_reader::Step;
use crate::diagnostic::{Diagnostic, Place, Result};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::ops::Range;

/// So many different field names are told apart.
const MOST_NAMES: usize = 1_000;

/// Reads one object at a time and keeps the fields asked for.
pub(super) struct JsonCells<'a> {
    rows: JsonRows<'a>,
    paths: Paths,
    values: Values,
}

/// Which fields are kept.
#[derive(Debug, Default)]
struct Paths {
    headers: Vec<String>,
    /// How many of them were asked for.
    asked: usize,
    root: Node,
    /// Keep every field of the outermost object.
    learn: bool,
    /// Whether a name was new on this row.
    learnt: bool,
}

/// A key, the column that holds its value, and the keys below it.
#[derive(Debug, Default)]
struct Node {
    key: String,
    /// The column, and how many alternatives are preferred to this one.
    column: Option<(usize, usize)>,
    below: Vec<Node>,
}

/// What was found in an object.
#[derive(Debug, Default)]
struct Values {
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

impl<'a> JsonCells<'a> {
    /// Keeps the fields of these paths, such as `usage.prompt_tokens`; a path may have
    /// alternatives, as in `endTime|end_time`, the first of which that has a value counts.
    pub(super) fn fixed<'p>(rows: JsonRows<'a>, paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut cells = Self { rows, paths: Paths::default(), values: Values::default() };
        for path in paths {
            cells.paths.add(path);
        }
        cells.paths.asked = cells.paths.headers.len();
        cells
    }

    /// Keeps these fields, and every field of the outermost object.
    pub(super) fn learning<'p>(
        rows: JsonRows<'a>,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Self {
        let mut cells = Self::fixed(rows, paths);
        cells.paths.learn = true;
        cells
    }

    /// The first path asked for that no row had.
    pub(super) fn unseen(&self) -> Option<&str> {
        let seen = |index: &usize| self.values.seen.get(*index).is_some_and(|seen| *seen);
        let index = (0..self.paths.asked).find(|index| !seen(index))?;
        self.paths.headers.get(index).map(String::as_str)
    }
}

impl Cells for JsonCells<'_> {
    fn headers(&self) -> &[String] {
        &self.paths.headers
    }

    fn cell(&self, index: usize) -> &[u8] {
        let text = match self.values.slots.get(index).map(|slot| &slot.text) {
            Some(Text::Written(range)) => self.rows.record().get(range.clone()),
            Some(Text::Unescaped(range)) => self.values.unescaped.get(range.clone()),
            Some(Text::Missing) | None => None,
        };
        text.unwrap_or_default().trim_ascii()
    }

    fn place(&self, index: Option<usize>) -> Place {
        let whole = 0..self.rows.record().len();
        let slot = index.and_then(|i| self.values.slots.get(i));
        let raw = slot.map(|slot| slot.raw.clone()).filter(|raw| !raw.is_empty());
        self.rows.place(raw.unwrap_or(whole))
    }
}

impl Rows for JsonCells<'_> {
    fn next(&mut self) -> Result<Step> {
        if !self.rows.next()? {
            return Ok(Step::End);
        }
        self.paths.learnt = false;
        let record = self.rows.record();
        let Self { paths, values, .. } = self;
        values.slots.clear();
        values.slots.resize(paths.headers.len(), Slot::default());
        values.unescaped.clear();
        let mut json = serde_json::Deserializer::from_slice(record);
        let Paths { headers, root, learn, learnt, .. } = paths;
        let names = learn.then_some(Names { headers, learnt });
        let walk = Walk { node: root, names, values, base: record.as_ptr().addr() };
        match walk.deserialize(&mut json).and_then(|()| json.end()) {
            Ok(()) => Ok(Step::Row),
            Err(error) => Ok(Step::Misshapen(self.rows.broken(&error))),
        }
    }

    fn refuse(&self, index: usize, refusal: Refusal) -> Box<Diagnostic> {
        let path = self.paths.headers.get(index).map_or("", String::as_str);
        let message = format!("row {}: {}", thousands(self.rows.rows()), refusal.message);
        let mut diagnostic = Diagnostic::input(message)
            .at(self.place(Some(index)), format!("in field `{}`", shown(path.as_bytes())));
        if let Some(allowed) = refusal.allowed {
            diagnostic = diagnostic.note(format!("allowed: {allowed}"));
        }
        let skip = || "to leave such rows out and count them, use `skip_bad_rows`".to_owned();
        Box::new(diagnostic.maybe_hint(Some(refusal.hint.unwrap_or_else(skip))))
    }

    fn rows(&self) -> u64 {
        self.rows.rows()
    }

    fn stray_count(&self) -> u64 {
        self.rows.stray_count()
    }

    fn learnt(&self) -> bool {
        self.paths.learnt
    }
}

impl Paths {
    fn add(&mut self, path: &str) {
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
