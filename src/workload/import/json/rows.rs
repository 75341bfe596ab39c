//! JSON objects of a file, one at a time, with their places.
//!
//! Objects stand one a line, in a list, in a list inside an object, or one after another. Logs mix
//! them with lines of text, glued to an object or not: told to, the reader leaves those out and
//! counts them.

mod values;

use super::shape::Shape;
use crate::diagnostic::{Diagnostic, Place, Result};
use crate::units::thousands;
use crate::workload::import::compression::Compression;
use crate::workload::import::input::{Input, Words, unreadable};
use serde_json::value::RawValue;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::ops::Range;

/// The longest object or line.
const LONGEST: usize = 16 << 20;
/// So many beginnings of objects are tried in a line of text.
const TRIES: usize = 16;

/// What to do with text that is no object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strays {
    /// It is a bad row.
    Refuse,
    /// It belongs to a log: leave it out and count it.
    Count,
}

/// Reads one object at a time.
pub(crate) struct JsonRows<'a> {
    name: String,
    compression: Compression,
    words: &'static Words,
    bytes: BufReader<Box<dyn Read + 'a>>,
    shape: Shape,
    strays: Strays,
    stray_count: u64,
    /// The line, or the object with what stands before it on its line.
    buffer: Vec<u8>,
    /// Number of the buffer's first line.
    line: usize,
    /// Whether a whole line is in the buffer and done with.
    used: bool,
    record: Range<usize>,
    /// Objects found in a line of text.
    found: VecDeque<Range<usize>>,
    in_list: bool,
    in_wrapper: bool,
    rows: u64,
}

impl<'a> JsonRows<'a> {
    pub(crate) fn open(input: Input<'a>, strays: Strays) -> Self {
        let (name, compression, words) = (input.name.clone(), input.compression, input.words);
        let shape = Shape::of(input.head());
        let rows = Self::over(Box::new(input.into_bytes()), words, shape, strays);
        Self { name, compression, ..rows }
    }

    /// Reads bytes of a known shape.
    pub(crate) fn over(
        bytes: Box<dyn Read + 'a>,
        words: &'static Words,
        shape: Shape,
        strays: Strays,
    ) -> Self {
        Self {
            name: String::new(),
            compression: Compression::default(),
            words,
            bytes: BufReader::with_capacity(64 * 1024, bytes),
            shape,
            strays,
            stray_count: 0,
            buffer: Vec::new(),
            line: 1,
            used: false,
            record: 0..0,
            found: VecDeque::new(),
            in_list: false,
            in_wrapper: false,
            rows: 0,
        }
    }

    /// The text of the object.
    pub(super) fn record(&self) -> &[u8] {
        self.buffer.get(self.record.clone()).unwrap_or_default()
    }

    /// What errors call the file.
    pub(super) const fn words(&self) -> &'static Words {
        self.words
    }

    /// The number of objects read.
    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// How many lines and values were no objects.
    pub(super) const fn stray_count(&self) -> u64 {
        self.stray_count
    }

    /// Goes to the next object; false at the end.
    ///
    /// With [`Strays::Refuse`] the record may be any text: whoever parses it refuses it.
    ///
    /// # Errors
    /// When the file cannot be read further, ends within a list or an object, or an object has no
    /// end in sight.
    pub(super) fn next(&mut self) -> Result<bool> {
        loop {
            let more = match self.shape {
                Shape::Lines => self.next_line()?,
                Shape::Values(_) => self.next_value()?,
            };
            if !more {
                return Ok(false);
            }
            if self.strays == Strays::Count && !is_object(self.record()) {
                self.salvage();
                continue;
            }
            self.rows += 1;
            return Ok(true);
        }
    }

    /// The place of `span` of the object.
    pub(super) fn place(&self, span: Range<usize>) -> Place {
        let at = (self.record.start + span.start).min(self.buffer.len());
        let (above, below) = self.buffer.split_at(at);
        let start = above.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let end = below.iter().position(|b| *b == b'\n').map_or(self.buffer.len(), |i| at + i);
        let characters = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().count();
        let column = 1 + characters(self.buffer.get(start..at).unwrap_or_default());
        let to = (at + span.len()).clamp(at, end);
        let length = characters(self.buffer.get(at..to).unwrap_or_default().trim_ascii_end());
        let length = length.clamp(1, 200);
        let text = String::from_utf8_lossy(self.buffer.get(start..end).unwrap_or_default());
        // A line of a megabyte helps nobody.
        let text = text.trim_end().chars().take(column + length + 200).collect();
        let line = self.line + newlines(above);
        Place { file: self.name.clone(), line, column, length, text }
    }

    /// The error for an object that is not valid.
    pub(super) fn broken(&self, error: &serde_json::Error) -> Box<Diagnostic> {
        let why = error.to_string();
        let why = why.rsplit_once(" at line ").map_or(why.as_str(), |(why, _)| why);
        let message = format!("row {} is not a JSON object: {why}", thousands(self.rows));
        let record = self.record();
        let lines = record.split_inclusive(|b| *b == b'\n');
        let above: usize = lines.take(error.line().saturating_sub(1)).map(<[u8]>::len).sum();
        let at = (above + error.column().saturating_sub(1)).min(record.len().saturating_sub(1));
        Box::new(
            Diagnostic::input(message)
                .at(self.place(at..at + 1), "not valid here")
                .maybe_hint(self.words.skipping("rows")),
        )
    }

    /// Takes the objects out of a line of text.
    fn salvage(&mut self) {
        self.stray_count += 1;
        if self.shape != Shape::Lines {
            return;
        }
        let mut from = self.record.start;
        for _ in 0..TRIES {
            let rest = self.buffer.get(from..self.record.end).unwrap_or_default();
            let Some(brace) = rest.windows(2).position(|pair| pair == b"{\"") else { return };
            from += brace;
            let rest = rest.get(brace..).unwrap_or_default();
            let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
            match values.next() {
                Some(Ok(_)) => {
                    let end = from + values.byte_offset();
                    self.found.push_back(from..end);
                    from = end;
                }
                _ => from += 1,
            }
        }
    }

    fn next_line(&mut self) -> Result<bool> {
        if let Some(found) = self.found.pop_front() {
            self.record = found;
            return Ok(true);
        }
        loop {
            self.line += usize::from(self.used);
            self.used = true;
            self.buffer.clear();
            let limit = LONGEST as u64 + 1;
            let read = (&mut self.bytes).take(limit).read_until(b'\n', &mut self.buffer);
            self.record = 0..0;
            read.map_err(|error| self.failed(&error))?;
            if self.buffer.is_empty() {
                return Ok(false);
            }
            if self.buffer.len() > LONGEST {
                return Err(self.endless("a line is"));
            }
            let blank = self.buffer.len() - self.buffer.trim_ascii_start().len();
            let length = self.buffer.trim_ascii().len();
            if length > 0 {
                self.record = blank..blank + length;
                return Ok(true);
            }
        }
    }

    fn failed(&self, error: &std::io::Error) -> Box<Diagnostic> {
        let diagnostic = unreadable(error, self.compression, self.rows, self.words);
        Box::new(diagnostic.at(self.place(0..1), "reading stopped here"))
    }

    fn endless(&self, what: &str) -> Box<Diagnostic> {
        let message = format!(
            "{what} longer than 16 MiB after row {}; is a quote or a brace left open?",
            thousands(self.rows)
        );
        Box::new(
            Diagnostic::input(message)
                .at(self.place(0..1), "it begins here")
                .hint("write one JSON object per request, each on a line of its own"),
        )
    }

    fn cut(&self, within: &str) -> Box<Diagnostic> {
        let message = format!(
            "the {} ends within {within}, after row {}",
            self.words.what,
            thousands(self.rows)
        );
        Box::new(
            Diagnostic::input(message)
                .at(self.place(0..1), "not closed")
                .hint("the file is cut off: fetch it again"),
        )
    }
}

fn is_object(text: &[u8]) -> bool {
    text.starts_with(b"{") && serde_json::from_slice::<&RawValue>(text).is_ok()
}

fn newlines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b == b'\n').count()
}
