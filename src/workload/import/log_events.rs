//! CloudWatch log events, whatever they were exported as: JSON of the command line, CSV of the console
//! or of a query, or plain lines with a timestamp in front.

use super::cell::Refusal;
use super::input::Input;
use super::lines::Lines;
use super::row_reader::{RowReader, Step};
use super::timestamp::{Instant, TimestampReader};
use crate::diagnostic::{Diagnostic, Result};
use crate::workload::import::field::snake;
use serde::Deserialize;
use serde::de::{self, DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;
use std::io::{self, Read};

/// The longest event. Logs allow a megabyte.
const LONGEST: usize = 16 << 20;

/// One event.
pub(super) struct Event<'e> {
    /// When it was logged, if the log says so.
    pub(super) time: Option<Instant>,
    /// Its text, of one line or several.
    pub(super) message: &'e str,
    /// The log group it is from, if the log says so.
    pub(super) group: Option<&'e str>,
    /// Cells by the name of their column, for tables that have more than the text.
    pub(super) cells: &'e [(String, String)],
}

/// Takes each event; a refusal is given its place.
pub(super) type Visit<'v> = dyn FnMut(Event<'_>) -> std::result::Result<(), Refusal> + 'v;
/// Decides what becomes of a bad event.
pub(super) type Judge<'j> = dyn FnMut(Box<Diagnostic>) -> Result<()> + 'j;

/// Gives every event of the file to `visit`, and what it refuses, with its place, to `judge`.
///
/// # Errors
/// Those of `judge`, and a file that cannot be read.
pub(super) fn each(input: Input<'_>, visit: &mut Visit<'_>, judge: &mut Judge<'_>) -> Result<()> {
    let first = input.first_line();
    if first.starts_with('{') {
        return json(input, visit, judge);
    }
    if is_table(&first) { table(input, visit, judge) } else { plain(input, visit, judge) }
}

/// Whether a first line is the header of an exported table.
pub(super) fn is_table(first_line: &str) -> bool {
    let headers = super::row_reader::split_header(first_line);
    let has = |name: &str| headers.iter().any(|h| h == name);
    headers.len() > 1 && (has("@timestamp") || (has("timestamp") && has("message")))
}

fn plain(input: Input<'_>, visit: &mut Visit<'_>, judge: &mut Judge<'_>) -> Result<()> {
    let mut lines = Lines::open(input);
    while lines.next()? {
        let line = String::from_utf8_lossy(lines.text());
        let event = Event { time: leading_time(&line), message: &line, group: None, cells: &[] };
        if let Err(refusal) = visit(event) {
            judge(lines.refuse(b"", refusal))?;
        }
    }
    Ok(())
}

/// The date among the first words of a line, before the log's own text.
fn leading_time(line: &str) -> Option<Instant> {
    const LOOKED_AT: usize = 3;
    let words: Vec<_> = line.split_ascii_whitespace().take(LOOKED_AT + 1).collect();
    (0..LOOKED_AT.min(words.len())).find_map(|i| {
        let word = words.get(i)?.trim_matches(['[', ']']);
        let read = |text: &str| TimestampReader::default().read(text.as_bytes()).ok();
        if word.contains(':') {
            // Date and time may be two words.
            let before = i.checked_sub(1).and_then(|before| words.get(before));
            let both = before.map(|date| format!("{} {word}", date.trim_start_matches('[')));
            return read(word).or_else(|| read(&both?));
        }
        let is_epoch = word.len() == 13 && word.bytes().all(|b| b.is_ascii_digit());
        is_epoch.then(|| read(word)).flatten()
    })
}

fn table(input: Input<'_>, visit: &mut Visit<'_>, judge: &mut Judge<'_>) -> Result<()> {
    let mut reader = RowReader::open(input)?;
    let names: Vec<_> = reader.headers().iter().map(|h| snake(h)).collect();
    let find = |name: &str| names.iter().position(|n| n == name);
    let (time, message, group) = (find("timestamp"), find("message"), find("log"));
    let mut clock = TimestampReader::default();
    let mut cells = Vec::new();
    loop {
        match reader.next()? {
            Step::End => return Ok(()),
            Step::Misshapen(diagnostic) => judge(diagnostic)?,
            Step::Row => {
                let text = |i: Option<usize>| {
                    i.map(|i| String::from_utf8_lossy(reader.cell(i))).filter(|t| !t.is_empty())
                };
                let read = text(time).map(|t| clock.read(t.as_bytes())).transpose();
                cells.clear();
                cells.extend(
                    names
                        .iter()
                        .enumerate()
                        .filter_map(|(i, name)| Some((name.clone(), text(Some(i))?.into_owned()))),
                );
                let (message, group) = (text(message), text(group));
                let done = read.map_err(|refusal| (time, refusal)).and_then(|time| {
                    visit(Event {
                        time,
                        message: message.as_deref().unwrap_or_default(),
                        group: group.as_deref(),
                        cells: &cells,
                    })
                    .map_err(|refusal| (find("message"), refusal))
                });
                if let Err((column, refusal)) = done {
                    judge(reader.refuse(column.unwrap_or_default(), refusal))?;
                }
            }
        }
    }
}

/// Objects with a list of events, one after the other.
fn json(input: Input<'_>, visit: &mut Visit<'_>, judge: &mut Judge<'_>) -> Result<()> {
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
            let message = format!("event {}: {}", self.number, refusal.message);
            let mut diagnostic = Diagnostic::input(message).note(format!("in {}", self.name));
            if let Some(allowed) = refusal.allowed {
                diagnostic = diagnostic.note(format!("allowed: {allowed}"));
            }
            (self.judge)(Box::new(diagnostic.maybe_hint(refusal.hint)))
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
