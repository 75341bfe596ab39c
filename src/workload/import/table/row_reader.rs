//! Rows of a delimited text file with a header line, and errors that point into it.

use super::record::{Record, Split, Splitter};
use super::unread::Unread;
use super::window::{Spot, Window};
use crate::diagnostic::{Diagnostic, Place, Result};
use crate::units::thousands;
use crate::workload::import::cell::{Refusal, shown};
use crate::workload::import::compression::Compression;
use crate::workload::import::input::{Input, Words, unreadable};
use crate::workload::import::row::{Cells, Rows, Step, Texts};
use crate::workload::import::runs::Runs;

/// Reads one row at a time.
pub(crate) struct RowReader<'a> {
    name: String,
    compression: Compression,
    /// Where the rows go, if not into memory.
    pub(super) runs: Runs<'a>,
    words: &'static Words,
    delimiter: u8,
    window: Window<'a>,
    splitter: Splitter,
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
        let window = Window::new(Unread::new(Box::new(input.into_bytes())));
        let start = Spot { line: 1, column: 1, length: 1, text: String::new() };
        let header_place = place(&name, start);
        let (splitter, headers) = (Splitter::new(delimiter), Vec::new());
        let mut reader = Self {
            name,
            compression,
            runs,
            words,
            delimiter,
            window,
            splitter,
            headers,
            header_place,
            rows: 0,
        };
        reader.advance()?;
        reader.header_place = reader.place(None);
        let text = |cell: &[u8]| String::from_utf8_lossy(cell).into_owned();
        let record = reader.record();
        reader.headers = (0..record.len()).map(|i| text(record.cell(i))).collect();
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
            let columns = self.headers.len();
            if self.record().is_blank(columns) {
                continue;
            }
            self.rows += 1;
            if self.record().fits(columns) {
                return Ok(Step::Row);
            }
            let cells = match self.record().len() {
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
        self.record().cell(index)
    }

    /// This row.
    pub(super) fn record(&self) -> &Record {
        self.splitter.record()
    }

    /// What separates the cells.
    pub(super) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// Everything below this row, and the number of its first line; for reading it some other way.
    pub(super) fn take(&mut self) -> (Unread<'a>, usize) {
        self.window.take()
    }

    /// Goes on with `unread`, from line `line` on and after `rows` more rows.
    pub(super) fn put_back(&mut self, unread: Unread<'a>, line: usize, rows: u64) {
        self.window.put_back(unread, line);
        self.rows += rows;
    }

    /// The error for a cell of this row.
    pub(crate) fn refuse(&self, index: usize, refusal: Refusal) -> Box<Diagnostic> {
        let column = self.headers.get(index).map_or("", String::as_str);
        let whose = format!("row {}", thousands(self.rows));
        let column = format!("in column `{}`", shown(column.as_bytes()));
        let place = |diagnostic: Diagnostic| diagnostic.at(self.place(Some(index)), column);
        refusal.into_diagnostic(&whose, place, self.words.skipping("rows"))
    }

    /// The place of a cell of this row, or of the whole row.
    pub(crate) fn place(&self, index: Option<usize>) -> Place {
        place(&self.name, self.window.locate(index, self.delimiter))
    }

    /// Reads the next record, if there is one.
    fn advance(&mut self) -> Result<bool> {
        self.window.mark();
        loop {
            if self.window.ahead().is_empty()
                && let Err(error) = self.window.fill()
            {
                return Err(unreadable(&error, self.compression, self.rows, self.words)
                    .at(self.place(None), "reading stopped here")
                    .into());
            }
            let (split, done) = self.splitter.feed(self.window.ahead());
            self.window.advance(done);
            match split {
                Split::Row => return Ok(true),
                Split::End => return Ok(false),
                Split::Part => {}
            }
        }
    }
}

impl Texts for RowReader<'_> {
    fn cell(&self, index: usize) -> &[u8] {
        RowReader::cell(self, index)
    }
}

impl Cells for RowReader<'_> {
    fn headers(&self) -> &[String] {
        RowReader::headers(self)
    }

    fn place(&self, index: Option<usize>) -> Place {
        RowReader::place(self, index)
    }
}

impl Rows for RowReader<'_> {
    fn next(&mut self) -> Result<Step> {
        RowReader::next(self)
    }

    fn refuse(&self, index: usize, refusal: Refusal) -> Box<Diagnostic> {
        RowReader::refuse(self, index, refusal)
    }

    fn rows(&self) -> u64 {
        RowReader::rows(self)
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
