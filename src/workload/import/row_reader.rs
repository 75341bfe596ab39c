//! Rows of a delimited text file with a header line, and errors that point into it.

use super::cell::{Refusal, shown, thousands};
use super::compression::Compression;
use super::input::{Input, Words, unreadable};
use super::runs::Runs;
use super::tap::{Spot, Tap};
use crate::diagnostic::{Diagnostic, Place, Result};
use csv::ByteRecord;
use std::io::Read;

const BUFFER: usize = 64 * 1024;

/// What came next in the file.
pub(crate) enum Step {
    /// A row with one cell per column.
    Row,
    /// A row with too few or too many cells.
    Misshapen(Box<Diagnostic>),
    /// The end of the file.
    End,
}

/// Reads one row at a time.
pub(crate) struct RowReader<'a> {
    name: String,
    compression: Compression,
    /// Where the rows go, if not into memory.
    pub(super) runs: Runs<'a>,
    words: &'static Words,
    delimiter: u8,
    csv: csv::Reader<Tap<Box<dyn Read + 'a>>>,
    record: ByteRecord,
    headers: Vec<String>,
    header_place: Place,
    rows: u64,
}

impl<'a> RowReader<'a> {
    /// Reads the header line.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(crate) fn open(mut input: Input<'a>) -> Result<Self> {
        let delimiter = delimiter(&input.first_line());
        let (name, compression, words) = (input.name.clone(), input.compression, input.words);
        let runs = std::mem::take(&mut input.runs);
        let bytes: Box<dyn Read + 'a> = Box::new(input.into_bytes());
        let csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(BUFFER)
            .from_reader(Tap::new(bytes));
        let start = Spot { line: 1, column: 1, length: 1, text: String::new() };
        let header_place = place(&name, start);
        let (record, headers) = (ByteRecord::new(), Vec::new());
        let mut reader = Self {
            name,
            compression,
            runs,
            words,
            delimiter,
            csv,
            record,
            headers,
            header_place,
            rows: 0,
        };
        reader.advance()?;
        reader.header_place = reader.place(None);
        let text = |cell: &[u8]| String::from_utf8_lossy(cell.trim_ascii()).into_owned();
        reader.headers = reader.record.iter().map(text).collect();
        Ok(reader)
    }

    /// The column names as the file writes them.
    pub(crate) fn headers(&self) -> &[String] {
        &self.headers
    }

    /// The place of the header line.
    pub(crate) fn header_place(&self) -> Place {
        self.header_place.clone()
    }

    /// The number of data rows read.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Goes to the next row.
    ///
    /// # Errors
    /// When the file cannot be read further; a row of the wrong shape is a [`Step`].
    pub(crate) fn next(&mut self) -> Result<Step> {
        loop {
            if !self.advance()? {
                return Ok(Step::End);
            }
            // A line of blanks is not a row.
            if self.record.len() == 1 && self.headers.len() > 1 && self.cell(0).is_empty() {
                continue;
            }
            self.rows += 1;
            let columns = self.headers.len();
            let extra_blank = self.record.iter().skip(columns).all(|c| c.trim_ascii().is_empty());
            if self.record.len() >= columns && extra_blank {
                return Ok(Step::Row);
            }
            let cells = match self.record.len() {
                1 => "1 cell".to_owned(),
                n => format!("{n} cells"),
            };
            let message =
                format!("row {} has {cells}, the header has {columns}", thousands(self.rows));
            let skip = self.words.skip.map(|skip| format!("; to leave such rows out, use {skip}"));
            let diagnostic = Diagnostic::input(message)
                .at(self.place(None), "expected one cell per column")
                .hint(format!("quote cells that hold the separator{}", skip.unwrap_or_default()));
            return Ok(Step::Misshapen(Box::new(diagnostic)));
        }
    }

    /// The text of a cell of this row, without blanks around it.
    pub(crate) fn cell(&self, index: usize) -> &[u8] {
        self.record.get(index).unwrap_or_default().trim_ascii()
    }

    /// The error for a cell of this row.
    pub(crate) fn refuse(&self, index: usize, refusal: Refusal) -> Box<Diagnostic> {
        let column = self.headers.get(index).map_or("", String::as_str);
        let message = format!("row {}: {}", thousands(self.rows), refusal.message);
        let mut diagnostic = Diagnostic::input(message)
            .at(self.place(Some(index)), format!("in column `{}`", shown(column.as_bytes())));
        if let Some(allowed) = refusal.allowed {
            diagnostic = diagnostic.note(format!("allowed: {allowed}"));
        }
        let skip = |skip| format!("to leave such rows out and count them, use {skip}");
        Box::new(diagnostic.maybe_hint(refusal.hint.or_else(|| self.words.skip.map(skip))))
    }

    /// The place of a cell of this row, or of the whole row.
    pub(crate) fn place(&self, index: Option<usize>) -> Place {
        let offset = self.record.position().map_or(0, csv::Position::byte);
        let spot = self.csv.get_ref().locate(offset, index, self.delimiter);
        place(&self.name, spot)
    }

    /// Reads the next record, if there is one.
    fn advance(&mut self) -> Result<bool> {
        let offset = self.csv.position().byte();
        self.csv.get_mut().mark(offset);
        self.csv.read_byte_record(&mut self.record).map_err(|error| {
            let diagnostic = match error.kind() {
                csv::ErrorKind::Io(error) => {
                    unreadable(error, self.compression, self.rows, self.words)
                }
                _ => Diagnostic::input(format!("cannot read the {}: {error}", self.words.what)),
            };
            let spot = self.csv.get_ref().locate(offset, None, self.delimiter);
            Box::new(diagnostic.at(place(&self.name, spot), "reading stopped here"))
        })
    }
}

fn place(name: &str, spot: Spot) -> Place {
    let Spot { line, column, length, text } = spot;
    Place { file: name.to_owned(), line, column, length, text }
}

/// What separates the cells: a comma unless the header line has more tabs or semicolons.
fn delimiter(header: &str) -> u8 {
    let count = |delimiter: u8| header.bytes().filter(|b| *b == delimiter).count();
    let others = [b'\t', b';'].into_iter().max_by_key(|d| count(*d));
    others.filter(|d| count(*d) > count(b',')).unwrap_or(b',')
}

/// The column names of a header line, for recognising a file.
pub(crate) fn split_header(line: &str) -> Vec<String> {
    let delimiter = char::from(delimiter(line));
    line.split(delimiter).map(|h| h.trim().trim_matches('"').to_owned()).collect()
}
