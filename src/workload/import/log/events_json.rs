//! Log events as JSON: objects with a list of events, read one event at a time.

use super::events::{Event, Judge, Visit};
use crate::diagnostic::{Diagnostic, Result};
use crate::workload::import::cell::TimestampReader;
use crate::workload::import::input::Input;
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::io::{self, Read};

/// The longest event. Logs allow a megabyte.
const LONGEST: usize = 16 << 20;

/// Objects with a list of events, one after the other.
///
/// # Errors
/// Those of `judge`, and text that is no such JSON.
pub(super) fn json(input: Input<'_>, visit: &mut Visit<'_>, judge: &mut Judge<'_>) -> Result<()> {
    let name = input.name.clone();
    let guarded = io::BufReader::new(Guard { inner: input.into_bytes(), since: 0 });
    let mut objects = serde_json::Deserializer::from_reader(guarded);
    let mut events = Events { visit, judge, number: 0, failed: None, name: &name };
    loop {
        if let Err(error) = objects.end() {
            // More text follows; whether it is JSON shows next.
            if error.is_io() || error.is_eof() {
                return Err(broken(&name, &error));
            }
        } else {
            return Ok(());
        }
        let read = Group(&mut events).deserialize(&mut objects);
        if let Some(diagnostic) = events.failed.take() {
            return Err(diagnostic);
        }
        read.map_err(|error| broken(&name, &error))?;
    }
}

fn broken(name: &str, error: &serde_json::Error) -> Box<Diagnostic> {
    Diagnostic::input(format!("the log events cannot be read: {error}"))
        .note(format!("in {name}"))
        .hint("export them again, for example with `aws logs filter-log-events`")
        .into()
}

/// Stops where an event is far longer than events are.
struct Guard<R> {
    inner: R,
    /// Bytes since the last closing brace.
    since: usize,
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let bytes = buffer.get(..n).unwrap_or_default();
        self.since = match bytes.iter().rposition(|b| *b == b'}') {
            Some(last) => n - last - 1,
            None => self.since + n,
        };
        if self.since > LONGEST {
            return Err(io::Error::other("an event is longer than 16 MiB"));
        }
        Ok(n)
    }
}

struct Events<'v, 'f, 'j> {
    visit: &'v mut Visit<'f>,
    judge: &'v mut Judge<'j>,
    number: u64,
    failed: Option<Box<Diagnostic>>,
    name: &'v str,
}

/// One event as JSON has it; the other keys are of no use here.
#[derive(Deserialize)]
struct Item {
    #[serde(default)]
    timestamp: Option<Box<RawValue>>,
    #[serde(default)]
    message: String,
}

impl Events<'_, '_, '_> {
    fn event(&mut self, item: &Item, group: Option<&str>) -> Result<()> {
        self.number += 1;
        let read = item
            .timestamp
            .as_deref()
            .map(RawValue::get)
            .filter(|t| *t != "null")
            .map(|t| TimestampReader::default().read(t.trim_matches('"').as_bytes()));
        let done = read.transpose().and_then(|time| {
            (self.visit)(Event { time, message: &item.message, group, cells: &[] })
        });
        done.or_else(|refusal| {
            let whose = format!("event {}", self.number);
            let place = |diagnostic: Diagnostic| diagnostic.note(format!("in {}", self.name));
            (self.judge)(refusal.into_diagnostic(&whose, place, None))
        })
    }
}

/// An object whose `events` or `logEvents` are read one by one.
struct Group<'e, 'v, 'f, 'j>(&'e mut Events<'v, 'f, 'j>);

impl<'de> DeserializeSeed<'de> for Group<'_, '_, '_, '_> {
    type Value = ();
    fn deserialize<D: de::Deserializer<'de>>(self, from: D) -> std::result::Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Group<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `events`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        let mut group = None;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "events" | "logEvents" => map.next_value_seed(List(self.0, group.as_deref()))?,
                "logGroup" => group = Some(map.next_value::<String>()?),
                _ => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct List<'e, 'v, 'f, 'j>(&'e mut Events<'v, 'f, 'j>, Option<&'e str>);

impl<'de> DeserializeSeed<'de> for List<'_, '_, '_, '_> {
    type Value = ();
    fn deserialize<D: de::Deserializer<'de>>(self, from: D) -> std::result::Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<(), A::Error> {
        while let Some(item) = list.next_element::<Item>()? {
            if let Err(diagnostic) = self.0.event(&item, self.1) {
                self.0.failed = Some(diagnostic);
                return Err(de::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}
