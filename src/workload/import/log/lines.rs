//! Lines of a text file that is no table with a header line, and errors that point into them.

use crate::diagnostic::{Diagnostic, Place, Result};
use crate::units::thousands;
use crate::workload::import::cell::Refusal;
use crate::workload::import::compression::Compression;
use crate::workload::import::input::{Input, Words, unreadable};
use std::io::{BufRead, BufReader, Read};

/// The longest line. Beyond it the file is not what it seems.
const LONGEST: usize = 16 << 20;

/// Reads one line at a time.
pub(crate) struct Lines<'a> {
    name: String,
    compression: Compression,
    words: &'static Words,
    bytes: BufReader<Box<dyn Read + 'a>>,
    line: Vec<u8>,
    number: usize,
}

impl<'a> Lines<'a> {
    pub(crate) fn open(input: Input<'a>) -> Self {
        let (name, compression, words) = (input.name.clone(), input.compression, input.words);
        let bytes: Box<dyn Read + 'a> = Box::new(input.into_bytes());
        Self { name, compression, words, bytes: BufReader::new(bytes), line: Vec::new(), number: 0 }
    }

    /// Goes to the next line that is not blank; false at the end.
    ///
    /// # Errors
    /// When the file cannot be read further.
    pub(crate) fn next(&mut self) -> Result<bool> {
        loop {
            self.line.clear();
            let limit = LONGEST as u64 + 1;
            let read = (&mut self.bytes).take(limit).read_until(b'\n', &mut self.line);
            let length = read.map_err(|error| {
                let rows = self.number as u64;
                let diagnostic = unreadable(&error, self.compression, rows, self.words);
                Box::new(diagnostic.note(format!("in {}", self.name)))
            })?;
            self.number += 1;
            if length > LONGEST {
                let message = format!("line {} is longer than 16 MiB", self.shown_number());
                return Err(Diagnostic::input(message)
                    .at(self.place(b""), "no end in sight")
                    .into());
            }
            if length == 0 {
                return Ok(false);
            }
            if !self.text().is_empty() {
                return Ok(true);
            }
        }
    }

    /// The line without blanks around it.
    pub(crate) fn text(&self) -> &[u8] {
        self.line.trim_ascii()
    }

    /// The error for a piece of this line, or for all of it if `piece` does not occur.
    pub(crate) fn refuse(&self, piece: &[u8], refusal: Refusal) -> Box<Diagnostic> {
        let whose = format!("line {}", self.shown_number());
        let place = |diagnostic: Diagnostic| diagnostic.at(self.place(piece), "here");
        refusal.into_diagnostic(&whose, place, self.words.skipping("lines"))
    }

    fn shown_number(&self) -> String {
        thousands(self.number as u64)
    }

    /// Where `piece` stands in this line.
    fn place(&self, piece: &[u8]) -> Place {
        const SHOWN: usize = 400;
        let line = self.line.trim_ascii_end();
        let found = line.windows(piece.len().max(1)).position(|window| window == piece);
        let (from, piece) = found.map_or((0, line), |from| (from, piece));
        let characters = |bytes: &[u8]| String::from_utf8_lossy(bytes).chars().count();
        let column = 1 + characters(line.get(..from).unwrap_or_default());
        let text: String = String::from_utf8_lossy(line).chars().take(column + SHOWN).collect();
        let length = characters(piece).clamp(1, SHOWN);
        Place { file: self.name.clone(), line: self.number, column, length, text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::import::input::TRACE;

    fn lines(text: &[u8]) -> Lines<'_> {
        Lines::open(Input::open("x.log", Box::new(text), &TRACE).unwrap())
    }

    #[test]
    fn blank_lines_count_but_do_not_show() {
        let mut lines = lines(b"a b\r\n\n  \n c,d");
        assert!(lines.next().unwrap());
        assert_eq!(lines.text(), b"a b");
        assert!(lines.next().unwrap());
        assert_eq!(lines.text(), b"c,d");
        let error = lines.refuse(b"d", Refusal::new(b"d", "odd"));
        assert_eq!(error.message, "line 4: `d` is odd");
        let place = error.place.unwrap();
        assert_eq!(
            (place.line, place.column, place.length, place.text.as_str()),
            (4, 4, 1, " c,d")
        );
        assert!(!lines.next().unwrap());
    }

    #[test]
    fn a_line_without_end_stops() {
        struct Endless;
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                buffer.fill(b'x');
                Ok(buffer.len())
            }
        }
        let mut lines = Lines::open(Input::open("x.log", Box::new(Endless), &TRACE).unwrap());
        assert_eq!(lines.next().unwrap_err().message, "line 1 is longer than 16 MiB");
    }
}
