//! Files that are read at any place rather than from the beginning.

use super::importer::ReadOptions;
use super::open::Bytes;
use super::runs::Runs;
use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::workload::pack::Packed;
use crate::workload::{ReadAt, Trace};
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// How much is looked at; less would do, but a stream is best read in large pieces.
const HEAD: u64 = 64 * 1024;
/// How much of a stream is kept in memory to read it at any place.
const SPOOL: u64 = 1 << 30;

/// The kinds of such files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    /// A packed trace.
    Packed,
    /// A Parquet file, its columns perhaps encrypted.
    Parquet,
}

impl Stored {
    /// What a file that begins like this is.
    pub(super) fn of(head: &[u8]) -> Option<Self> {
        if Packed::recognises(head) {
            Some(Self::Packed)
        } else if head.starts_with(b"PAR1") || head.starts_with(b"PARE") {
            Some(Self::Parquet)
        } else {
            None
        }
    }
}

type Looked<'a> = (Option<(Stored, Arc<dyn ReadAt>)>, Box<dyn Read + 'a>);

/// Looks at the beginning: a file of one of these kinds, or all bytes from the beginning.
pub(super) fn look<'a>(name: &str, bytes: Bytes<'a>) -> Result<Looked<'a>> {
    let nothing = || Box::new(io::empty());
    match bytes {
        Bytes::File(file) => {
            let mut head = Vec::new();
            let mut stream = Streamed { file: Arc::clone(&file), at: 0 };
            // What cannot be read is told by whoever reads it all.
            let _ = (&mut stream).take(HEAD).read_to_end(&mut head);
            Ok(match Stored::of(&head) {
                Some(stored) => (Some((stored, file)), nothing()),
                None => (None, Box::new(Streamed { file, at: 0 })),
            })
        }
        Bytes::Stream(mut stream) => {
            let mut head = Vec::new();
            let failed = (&mut stream).take(HEAD).read_to_end(&mut head).err();
            let rest = Failing(failed).chain(stream);
            let Some(stored) = Stored::of(&head) else {
                return Ok((None, Box::new(Cursor::new(head).chain(rest))));
            };
            let mut all = head;
            rest.take(SPOOL).read_to_end(&mut all).map_err(|error| {
                Diagnostic::input(format!("cannot read the trace: {error}"))
                    .kind(Kind::File)
                    .note(format!("in {name}"))
            })?;
            if all.len() as u64 >= SPOOL {
                return Err(Diagnostic::input("the stream is too long for its format")
                    .kind(Kind::File)
                    .note(format!("in {name}"))
                    .note("packed traces and Parquet are read at many places; of a stream, 1 GiB is kept for that")
                    .hint("write it to a file first")
                    .into());
            }
            Ok((Some((stored, Arc::new(all))), nothing()))
        }
    }
}

/// Reads a packed trace.
pub(super) fn packed(
    name: &str,
    file: Arc<dyn ReadAt>,
    options: &ReadOptions,
    runs: &mut Runs<'_>,
) -> Result<Trace> {
    if options.format.is_some() || !options.columns.is_empty() {
        return Err(Diagnostic::input("a packed trace has its columns already")
            .note(format!("in {name}"))
            .hint("leave `format` and `columns` out; they are for packing it")
            .into());
    }
    let packed = Packed::open(name, file)?;
    let mut trace = packed.header().about.clone();
    for i in 0..packed.blocks() {
        trace.append(&packed.block(i)?);
        runs.pass(&mut trace)?;
    }
    trace.shrink();
    Ok(trace)
}

/// A file from the beginning.
struct Streamed {
    file: Arc<dyn ReadAt>,
    at: u64,
}

impl Read for Streamed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read_at(self.at, buffer)?;
        self.at += n as u64;
        Ok(n)
    }
}

/// A failure that is told once, where it happened.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
