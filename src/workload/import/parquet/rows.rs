//! The rows of a Parquet file as lines of text, some thousand at a time.

use super::cells::{self, Shape};
use super::file::{Reader, guarded, words};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, FixedLenByteArray, Int96};
use parquet::file::reader::FileReader;
use std::io::{self, Read};

/// Rows that are turned into text at once.
const BATCH: usize = 4_096;

/// A column that is read.
#[derive(Debug)]
pub(super) struct Column {
    /// Its number among the values of the file.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub shape: Shape,
    /// Whether it may have nulls.
    pub optional: bool,
}

/// Gives the lines.
pub(super) struct Rows {
    file: Reader,
    /// One for each column of the header; none for those that are left empty.
    columns: Vec<Option<Column>>,
    next_group: usize,
    group: Vec<Option<ColumnReader>>,
    left_in_group: usize,
    text: Vec<u8>,
    given: usize,
}

impl Rows {
    pub(super) fn new(file: Reader, columns: Vec<Option<Column>>) -> Self {
        let (group, text) = (Vec::new(), Vec::new());
        Self { file, columns, next_group: 0, group, left_in_group: 0, text, given: 0 }
    }

    /// Turns the next rows into text; none are left if it stays empty.
    fn advance(&mut self) -> io::Result<()> {
        self.text.clear();
        self.given = 0;
        while self.left_in_group == 0 && self.next_group < self.file.num_row_groups() {
            self.open_group()?;
        }
        let rows = self.left_in_group.min(BATCH);
        self.left_in_group -= rows;
        let mut cells = Vec::new();
        for (column, reader) in self.columns.iter().zip(&mut self.group) {
            cells.push(match (column, reader) {
                (Some(column), Some(reader)) => Some(cells_of(column, reader, rows)?),
                _ => None,
            });
        }
        // A line with nothing on it would be no row.
        let alone = cells.len() == 1;
        for row in 0..rows {
            for (i, column) in cells.iter().enumerate() {
                if i > 0 {
                    self.text.push(b',');
                }
                let cell = column.as_ref().map(|c| c.get(row)).unwrap_or_default();
                self.text.extend_from_slice(if alone && cell.is_empty() { b"\"\"" } else { cell });
            }
            self.text.push(b'\n');
        }
        Ok(())
    }

    fn open_group(&mut self) -> io::Result<()> {
        let group =
            self.file.get_row_group(self.next_group).map_err(|e| damaged("", &words(&e)))?;
        self.next_group += 1;
        let rows = usize::try_from(group.metadata().num_rows());
        self.left_in_group = rows.map_err(|_| damaged("", "a number of rows is negative"))?;
        self.group.clear();
        for column in &self.columns {
            let reader = column.as_ref().map(|column| {
                guarded(|| group.get_column_reader(column.index))
                    .map_err(|e| damaged(&column.name, &words(&e)))
            });
            self.group.push(reader.transpose()?);
        }
        Ok(())
    }
}

impl Read for Rows {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.text.len() {
            self.advance()?;
        }
        let rest = self.text.get(self.given..).unwrap_or_default();
        let n = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..n), rest.get(..n)) {
            to.copy_from_slice(from);
        }
        self.given += n;
        Ok(n)
    }
}

/// The cells of one column for some rows.
struct Cells {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Cells {
    fn get(&self, row: usize) -> &[u8] {
        let end = |i: usize| self.ends.get(i).copied().unwrap_or(0);
        let start = row.checked_sub(1).map_or(0, end);
        self.text.get(start..end(row)).unwrap_or_default()
    }
}

fn cells_of(column: &Column, reader: &mut ColumnReader, rows: usize) -> io::Result<Cells> {
    let shape = column.shape;
    let signed = |v: i64, out: &mut Vec<u8>| shape.whole(v, v.cast_unsigned(), out);
    match reader {
        ColumnReader::BoolColumnReader(r) => cells(column, r, rows, |v, out| {
            out.extend_from_slice(if *v { b"true" } else { b"false" });
        }),
        ColumnReader::Int32ColumnReader(r) => cells(column, r, rows, |v, out| {
            shape.whole(i64::from(*v), u64::from(v.cast_unsigned()), out);
        }),
        ColumnReader::Int64ColumnReader(r) => cells(column, r, rows, |v, out| signed(*v, out)),
        ColumnReader::Int96ColumnReader(r) => {
            cells(column, r, rows, |v, out| cells::date(nanos_of(v), true, out))
        }
        ColumnReader::FloatColumnReader(r) => {
            cells(column, r, rows, |v, out| cells::single(*v, out))
        }
        ColumnReader::DoubleColumnReader(r) => {
            cells(column, r, rows, |v, out| cells::float(*v, out))
        }
        ColumnReader::ByteArrayColumnReader(r) => {
            cells::<ByteArrayType>(column, r, rows, |v: &ByteArray, out| {
                shape.bytes(v.data(), out);
            })
        }
        ColumnReader::FixedLenByteArrayColumnReader(r) => {
            cells(column, r, rows, |v: &FixedLenByteArray, out| match shape {
                Shape::Decimal(_) => shape.bytes(v.data(), out),
                _ => cells::hexadecimal(v.data(), out),
            })
        }
    }
}

/// Reads exactly `rows` values or nulls and writes each as text.
fn cells<T: DataType>(
    column: &Column,
    reader: &mut ColumnReaderImpl<T>,
    rows: usize,
    write: impl Fn(&T::T, &mut Vec<u8>),
) -> io::Result<Cells> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let levels = column.optional.then_some(&mut levels);
        let (n, ..) = guarded(|| reader.read_records(rows - read, levels, None, &mut values))
            .map_err(|e| damaged(&column.name, &words(&e)))?;
        if n == 0 {
            return Err(damaged(&column.name, "it has fewer rows than the file says"));
        }
        read += n;
    }
    let mut cells = Cells { text: Vec::new(), ends: Vec::with_capacity(rows) };
    let mut values = values.iter();
    for row in 0..rows {
        let present = !column.optional || levels.get(row).is_some_and(|level| *level > 0);
        if present {
            let value = values.next();
            let value = value.ok_or_else(|| damaged(&column.name, "it has too few values"))?;
            write(value, &mut cells.text);
        }
        cells.ends.push(cells.text.len());
    }
    Ok(cells)
}

/// Nanoseconds since 1970 of an old kind of timestamp: nanoseconds of a Julian day.
fn nanos_of(value: &Int96) -> i128 {
    const DAY_1970: i128 = 2_440_588;
    let [low, high, day] = *value.data() else { return 0 };
    let nanos = (u64::from(high) << 32) | u64::from(low);
    (i128::from(day) - DAY_1970) * 86_400_000_000_000 + i128::from(nanos)
}

fn damaged(column: &str, why: &str) -> io::Error {
    let place = if column.is_empty() { String::new() } else { format!("column `{column}`: ") };
    io::Error::new(io::ErrorKind::InvalidData, format!("{place}{why}"))
}
