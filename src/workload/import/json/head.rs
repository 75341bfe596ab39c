//! The first objects of a JSON file, for recognising it.

use super::rows::{JsonRows, Strays};
use super::shape::Shape;
use crate::workload::import::importer::Head;
use crate::workload::import::input::TRACE;
use serde_json::{Map, Value};

/// So many objects are looked at.
const OBJECTS: usize = 64;

/// The objects in the beginning of the file, lines of text and the last cut one left out.
pub(crate) fn objects(head: &Head<'_>) -> Vec<Map<String, Value>> {
    let shape = Shape::of(head.text);
    let mut rows = JsonRows::over(Box::new(head.text), &TRACE, shape, Strays::Count);
    let mut objects = Vec::new();
    while objects.len() < OBJECTS && rows.next().is_ok_and(|more| more) {
        if let Ok(object) = serde_json::from_slice(rows.record()) {
            objects.push(object);
        }
    }
    objects
}

/// Whether the first object has all of these fields.
pub(crate) fn first_has(head: &Head<'_>, fields: &[&str]) -> bool {
    fields.iter().all(|f| contains(head.text, f))
        && objects(head).first().is_some_and(|first| fields.iter().all(|f| first.contains_key(*f)))
}

/// Whether the text has these words: cheap, before anything is parsed.
pub(crate) fn contains(text: &[u8], words: &str) -> bool {
    text.windows(words.len()).any(|w| w == words.as_bytes())
}
