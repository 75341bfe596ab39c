//! One row as its cells: what separates them, quotes undone.

use crate::workload::import::row::Texts;
use csv_core::ReadRecordResult;

/// The cells of one row.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    text: Vec<u8>,
    ends: Vec<usize>,
    len: usize,
}

impl Record {
    /// The number of cells.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The text of a cell, without blanks around it; empty if there is no such cell.
    pub(super) fn cell(&self, index: usize) -> &[u8] {
        let end = |i: usize| self.ends.get(..self.len).and_then(|ends| ends.get(i)).copied();
        let start = index.checked_sub(1).map_or(Some(0), end);
        let cell = start.zip(end(index)).and_then(|(start, end)| self.text.get(start..end));
        cell.unwrap_or_default().trim_ascii()
    }

    /// Whether this is a line of blanks in a table of several `columns`: no row.
    pub(super) fn is_blank(&self, columns: usize) -> bool {
        self.len == 1 && columns > 1 && self.cell(0).is_empty()
    }

    /// Whether there is a cell for each of `columns`, and nothing in those beyond.
    pub(super) fn fits(&self, columns: usize) -> bool {
        self.len >= columns && (columns..self.len).all(|i| self.cell(i).is_empty())
    }
}

impl Texts for Record {
    fn cell(&self, index: usize) -> &[u8] {
        Self::cell(self, index)
    }
}

/// What a piece of text came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// A whole row.
    Row,
    /// Part of a row, or of what is between rows.
    Part,
    /// The end of the file.
    End,
}

/// Splits text into rows and rows into cells.
#[derive(Debug)]
pub(super) struct Splitter {
    core: csv_core::Reader,
    record: Record,
    text: usize,
    ends: usize,
}

impl Splitter {
    pub(super) fn new(delimiter: u8) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self { core, record: Record::default(), text: 0, ends: 0 }
    }

    /// The row read last.
    pub(super) fn record(&self) -> &Record {
        &self.record
    }

    /// Reads on, until the row or the input ends; an empty input is the end of the file. Also says
    /// how many bytes of the input are done with.
    pub(super) fn feed(&mut self, input: &[u8]) -> (Split, usize) {
        let mut done = 0;
        loop {
            let record = &mut self.record;
            let (result, read, written, cells) = self.core.read_record(
                input.get(done..).unwrap_or_default(),
                record.text.get_mut(self.text..).unwrap_or_default(),
                record.ends.get_mut(self.ends..).unwrap_or_default(),
            );
            done += read;
            self.text += written;
            self.ends += cells;
            match result {
                ReadRecordResult::OutputFull => record.text.resize(2 * record.text.len() + 256, 0),
                ReadRecordResult::OutputEndsFull => {
                    record.ends.resize(2 * record.ends.len() + 16, 0);
                }
                ReadRecordResult::InputEmpty => return (Split::Part, done),
                ReadRecordResult::End => return (Split::End, done),
                ReadRecordResult::Record => {
                    record.len = self.ends;
                    (self.text, self.ends) = (0, 0);
                    return (Split::Row, done);
                }
            }
        }
    }
}
