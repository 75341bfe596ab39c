//! The bytes of a trace: decompressed, without a byte-order mark, with the beginning in view.

use super::compression::{self, Compression};
use super::runs::Runs;
use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::units::thousands;
use std::io::{self, Chain, Cursor, Read};

/// How much of the file importers may look at to recognise it.
const HEAD: u64 = 64 * 1024;

/// What errors call a table of this kind, and what they advise.
#[derive(Debug)]
pub(crate) struct Words {
    /// `trace`.
    pub what: &'static str,
    /// What such a file looks like.
    pub shape: &'static str,
    /// How to leave bad rows out, if that is possible.
    pub skip: Option<&'static str>,
}

impl Words {
    /// How to leave bad `rows` out, or lines, if that is possible.
    pub(super) fn skipping(&self, rows: &str) -> Option<String> {
        self.skip.map(|skip| format!("to leave such {rows} out and count them, use {skip}"))
    }
}

/// The words for traces.
pub(super) const TRACE: Words = Words {
    what: "trace",
    shape: "a trace is a line of column names and one line per request",
    skip: Some("`skip_bad_rows`"),
};

/// A trace file that is open and whose beginning has been looked at.
pub(crate) struct Input<'a> {
    /// The file as the user named it.
    pub name: String,
    /// How it is compressed.
    pub compression: Compression,
    /// What errors call it.
    pub(super) words: &'static Words,
    /// Where its rows go, if not into memory.
    pub(super) runs: Runs<'a>,
    head: Vec<u8>,
    rest: Rest<'a>,
}

impl<'a> Input<'a> {
    /// Looks at the beginning, decompresses and drops a byte-order mark.
    ///
    /// # Errors
    /// When the file cannot be read, is empty, or is not text.
    pub(crate) fn open(
        name: &str,
        input: Box<dyn Read + 'a>,
        words: &'static Words,
    ) -> Result<Self> {
        let (mut head, mut rest) = look(Rest { error: None, bytes: input });
        let compression = Compression::of(&head);
        if compression != Compression::None {
            let compressed = Box::new(Cursor::new(head).chain(rest));
            let bytes = compression::decoder(compression, compressed);
            (head, rest) = look(Rest { error: None, bytes });
        }
        if head.starts_with(b"\xef\xbb\xbf") {
            head.drain(..3);
        }
        let opened =
            Self { name: name.to_owned(), compression, words, runs: Runs::default(), head, rest };
        match opened.objection() {
            Some(objection) => Err(Box::new(objection.note(format!("in {name}")))),
            None => Ok(opened),
        }
    }

    /// A table that the program writes itself, so that nothing of it needs to be looked at.
    pub(super) fn made(name: &str, header: Vec<u8>, rows: Box<dyn Read + 'a>) -> Self {
        Self {
            name: name.to_owned(),
            compression: Compression::None,
            words: &TRACE,
            runs: Runs::default(),
            head: header,
            rest: Rest { error: None, bytes: rows },
        }
    }

    /// The first line that is not blank, without its end.
    pub(crate) fn first_line(&self) -> String {
        let is_blank = |line: &&[u8]| line.trim_ascii().is_empty();
        let line = self.head.split(|b| *b == b'\n').find(|line| !is_blank(line));
        String::from_utf8_lossy(line.unwrap_or_default().trim_ascii()).into_owned()
    }

    /// The beginning, as far as it was looked at.
    pub(super) fn head(&self) -> &[u8] {
        &self.head
    }

    /// All bytes from the beginning.
    pub(super) fn into_bytes(self) -> Chain<Cursor<Vec<u8>>, Rest<'a>> {
        Cursor::new(self.head).chain(self.rest)
    }

    /// Why this cannot be a trace, if that shows already.
    fn objection(&self) -> Option<Diagnostic> {
        if self.head.trim_ascii().is_empty() {
            // A failure before the first byte is told as such, not as an empty file.
            return match &self.rest.error {
                Some(error) => Some(unreadable(error, self.compression, 0, self.words)),
                None => Some(
                    Diagnostic::input(format!("the {} is empty", self.words.what))
                        .hint(self.words.shape),
                ),
            };
        }
        const KNOWN: &[(&[u8], &str)] = &[
            (b"\x1f\x8b", "compressed twice"),
            (b"\x28\xb5\x2f\xfd", "compressed twice"),
            (b"\x89ssct", "a packed trace inside an archive"),
            (b"\xfd7zXZ", "an xz archive"),
            (b"BZh", "a bzip2 archive"),
            (b"PK\x03\x04", "a zip archive or a spreadsheet"),
            (b"PAR1", "a Parquet file inside an archive"),
            (b"\xff\xfe", "UTF-16 text"),
            (b"\xfe\xff", "UTF-16 text"),
        ];
        let known = KNOWN.iter().find(|(magic, _)| self.head.starts_with(magic));
        let what = known.map_or("binary data", |(_, what)| what);
        (known.is_some() || self.head.contains(&0)).then(|| {
            let noun = self.words.what;
            Diagnostic::input(format!("the {noun} is {what}, not text")).hint(format!(
                "give the {noun} as UTF-8 text, plain or compressed with gzip or zstd"
            ))
        })
    }
}

/// What follows the head: first the failure met while looking, if any, then the bytes.
pub(super) struct Rest<'a> {
    error: Option<io::Error>,
    bytes: Box<dyn Read + 'a>,
}

impl Read for Rest<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.error.take() {
            Some(error) => Err(error),
            None => self.bytes.read(buffer),
        }
    }
}

/// Reads the head. A failure is kept for later, so that the rows before it are still counted.
fn look(mut input: Rest<'_>) -> (Vec<u8>, Rest<'_>) {
    let mut head = Vec::new();
    let error = (&mut input).take(HEAD).read_to_end(&mut head).err();
    (head, Rest { error, bytes: input.bytes })
}

/// The error for bytes that could not be read after `rows` complete rows.
pub(super) fn unreadable(
    error: &io::Error,
    compression: Compression,
    rows: u64,
    words: &Words,
) -> Diagnostic {
    let after = match rows {
        0 => "before the first row".to_owned(),
        n => format!("after row {}", thousands(n)),
    };
    let damaged = matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput);
    let diagnostic = match compression.name() {
        Some(name) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Diagnostic::input(format!("the {name} data ends too early, {after}"))
                .hint("the file is cut off: fetch it again")
        }
        Some(name) if damaged => Diagnostic::input(format!("the {name} data is damaged {after}"))
            .note(error.to_string())
            .hint("fetch the file again"),
        _ => Diagnostic::input(format!("cannot read the {} {after}: {error}", words.what)),
    };
    diagnostic.kind(Kind::File)
}
