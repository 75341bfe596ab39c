//! Opens a Parquet file that is read at any place.

use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::workload::ReadAt;
use bytes::Bytes;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, FileReader, Length};
use parquet::file::serialized_reader::SerializedFileReader;
use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

pub(super) type Reader = SerializedFileReader<Chunks>;

/// Opens a file and reads its footer.
///
/// # Errors
/// When it is cut off, damaged or encrypted.
pub(super) fn open(name: &str, file: Arc<dyn ReadAt>) -> Result<Reader> {
    let fail = |message: String, hint: &str| {
        Box::new(Diagnostic::input(message).kind(Kind::File).note(format!("in {name}")).hint(hint))
    };
    let mut end = [0; 4];
    let size = file.size();
    let read = file.read_exact_at(size.saturating_sub(4), &mut end);
    read.map_err(|e| fail(format!("cannot read the Parquet file: {e}"), "fetch the file again"))?;
    match &end {
        b"PAR1" if size >= 12 => {}
        b"PARE" => {
            return Err(fail(
                "the Parquet file is encrypted".into(),
                "write it without encryption",
            ));
        }
        _ => {
            return Err(fail(
                "the Parquet file is cut off: it has no footer".into(),
                "fetch the file again, or let the program that writes it close it",
            ));
        }
    }
    let damaged =
        |why: String| fail(format!("the Parquet file is damaged: {why}"), "fetch the file again");
    let reader = guarded(|| SerializedFileReader::new(Chunks(file)))
        .map_err(|error| damaged(words(&error)))?;
    if reader.metadata().row_groups().iter().flat_map(|g| g.columns()).any(is_nowhere) {
        return Err(damaged("a column is said to stand before the start of the file".into()));
    }
    Ok(reader)
}

/// Whether a column stands where no file has anything; the library does not look.
fn is_nowhere(column: &ColumnChunkMetaData) -> bool {
    let dictionary = column.dictionary_page_offset().unwrap_or(0);
    [column.data_page_offset(), column.compressed_size(), dictionary].iter().any(|n| *n < 0)
}

/// Reads with the library, which stops the program on some kinds of damage: they are errors here.
pub(super) fn guarded<T>(read: impl FnOnce() -> ParquetResult<T>) -> ParquetResult<T> {
    let read = catch_unwind(AssertUnwindSafe(read));
    read.unwrap_or_else(|_| Err(ParquetError::General("its pages contradict each other".into())))
}

/// What the library says, without its own name.
pub(super) fn words(error: &ParquetError) -> String {
    let text = error.to_string();
    text.trim_start_matches("Parquet error: ").to_owned()
}

/// A file in the terms of the library.
pub(super) struct Chunks(Arc<dyn ReadAt>);

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.0.size()
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        Ok(BufReader::new(From { file: Arc::clone(&self.0), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        // A length is believed no further than the file goes.
        if start.checked_add(length as u64).is_none_or(|end| end > self.0.size()) {
            return Err(ParquetError::EOF("a part of the file is past its end".into()));
        }
        let mut bytes = vec![0; length];
        self.0.read_exact_at(start, &mut bytes)?;
        Ok(bytes.into())
    }
}

/// A file from some place on.
pub(super) struct From {
    file: Arc<dyn ReadAt>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read_at(self.at, buffer)?;
        self.at += n as u64;
        Ok(n)
    }
}
