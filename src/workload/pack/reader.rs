//! Reads a packed trace: its end first, then any block.

use super::about::{About, Header};
use super::index::{Entry, TRAILER, read_index, read_trailer};
use super::{BLOCK_ROWS, MAGIC, VERSION, block};
use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::units::{SimTime, thousands};
use crate::workload::{ReadAt, Trace};
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Bytes before the first block.
const HEAD: usize = MAGIC.len() + size_of::<u32>();
const START: u64 = HEAD as u64;

/// A packed trace whose blocks are read one by one, in any order and by several threads.
pub struct Packed {
    name: String,
    file: Arc<dyn ReadAt>,
    header: Header,
    /// Each block, where it starts and the rows before it.
    blocks: Vec<(Entry, u64, u64)>,
}

impl Packed {
    /// Whether a file that begins like this is a packed trace.
    #[must_use]
    pub fn recognises(head: &[u8]) -> bool {
        head.starts_with(&MAGIC)
    }

    /// Opens a packed trace; `name` is what errors call it. Only its two ends are read.
    ///
    /// # Errors
    /// When it cannot be read, is no packed trace or of another version, is cut off or damaged.
    pub fn open(name: &str, file: Arc<dyn ReadAt>) -> Result<Self> {
        let fail = |why: Why| why.of(name);
        let mut start = [0; HEAD];
        file.read_exact_at(0, &mut start).map_err(|e| fail(Why::of_io(e)))?;
        let Some(version) = start.strip_prefix(&MAGIC).and_then(|rest| rest.first_chunk()) else {
            return Err(fail(Why::Stranger));
        };
        match u32::from_le_bytes(*version) {
            VERSION => {}
            other => return Err(fail(Why::Version(other))),
        }
        let (index, about) = read_end(&*file).map_err(fail)?;
        let broken = || fail(Why::Damaged("its index does not fit its blocks".into()));
        let mut header = serde_json::from_slice(&about)
            .ok()
            .and_then(About::header)
            .ok_or_else(|| fail(Why::Damaged("its description cannot be read".into())))?;
        let (mut at, mut rows, mut last) = (START, 0, i64::MIN);
        let mut blocks = Vec::with_capacity(index.len());
        for entry in index {
            let in_order = last <= entry.first && entry.first <= entry.last;
            if !in_order || entry.rows == 0 || entry.rows as usize > BLOCK_ROWS {
                return Err(broken());
            }
            blocks.push((entry, at, rows));
            at += u64::from(entry.bytes);
            rows += u64::from(entry.rows);
            last = entry.last;
        }
        let end = (8 + 28 * blocks.len() + about.len() + TRAILER) as u64;
        if at + end != file.size() {
            return Err(broken());
        }
        header.rows = rows;
        if let (Some((first, ..)), Some((last, ..))) = (blocks.first(), blocks.last()) {
            header.first = SimTime(first.first);
            header.last = SimTime(last.last);
        }
        Ok(Self { name: name.to_owned(), file, header, blocks })
    }

    /// What the trace holds.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The number of blocks. Their rows, one block after the other, are in order of arrival.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// The numbers of the rows of block `i`, from 0; empty past the end.
    #[must_use]
    pub fn rows_of(&self, i: usize) -> Range<u64> {
        let rows =
            |(entry, _, before): &(Entry, u64, u64)| *before..*before + u64::from(entry.rows);
        self.blocks.get(i).map_or(0..0, rows)
    }

    /// The first and the last arrival of block `i`.
    #[must_use]
    pub fn arrivals_of(&self, i: usize) -> Option<(SimTime, SimTime)> {
        self.blocks.get(i).map(|(entry, ..)| (SimTime(entry.first), SimTime(entry.last)))
    }

    /// The rows of block `i`, with label indices as in the [`Header`] but no labels; no row past the
    /// end.
    ///
    /// # Errors
    /// When the block cannot be read or is damaged.
    pub fn block(&self, i: usize) -> Result<Trace> {
        let trace = self.sorted_block(i)?;
        if !trace.labels_are_known(&self.header.about) {
            return Err(self.damaged(i, "they have labels that the description does not have"));
        }
        Ok(trace)
    }

    /// As [`Packed::block`], in a file whose labels are kept elsewhere.
    pub(super) fn sorted_block(&self, i: usize) -> Result<Trace> {
        let mut trace = Trace::new(self.header.about.format);
        trace.time_base = self.header.about.time_base;
        let Some((entry, at, _)) = self.blocks.get(i) else { return Ok(trace) };
        let damaged = |why: &str| self.damaged(i, why);
        let mut bytes = vec![0; entry.bytes as usize];
        self.file.read_exact_at(*at, &mut bytes).map_err(|e| Why::of_io(e).of(&self.name))?;
        if crc32fast::hash(&bytes) != entry.checksum {
            return Err(damaged("their checksum is wrong"));
        }
        block::of_bytes(bytes, entry.rows as usize, &mut trace)
            .map_err(|why| damaged(&why.message))?;
        let arrivals = trace.arrivals();
        let ends = (arrivals.first().copied(), arrivals.last().copied());
        if ends != (Some(entry.first), Some(entry.last)) || !arrivals.is_sorted() {
            return Err(damaged("their arrivals are not those of the index"));
        }
        Ok(trace)
    }

    fn damaged(&self, i: usize, why: &str) -> Box<Diagnostic> {
        let rows = self.rows_of(i);
        let (from, to) = (thousands(rows.start + 1), thousands(rows.end));
        Why::Damaged(format!("rows {from} to {to}: {why}")).of(&self.name)
    }

    /// The whole trace in memory.
    ///
    /// # Errors
    /// Those of [`Packed::block`].
    pub fn read(&self) -> Result<Trace> {
        let mut trace = self.header.about.clone();
        for i in 0..self.blocks() {
            let block = self.block(i)?;
            trace.append(&block);
        }
        trace.shrink();
        Ok(trace)
    }
}

/// The index and the description.
fn read_end(file: &dyn ReadAt) -> std::result::Result<(Vec<Entry>, Vec<u8>), Why> {
    let mut trailer = [0; TRAILER];
    let size = file.size();
    let at = size.checked_sub(TRAILER as u64).filter(|at| *at >= START).ok_or(Why::Cut)?;
    file.read_exact_at(at, &mut trailer).map_err(Why::of_io)?;
    let (length, checksum) = read_trailer(&trailer).ok_or(Why::Cut)?;
    let damaged = || Why::Damaged("the checksum of its index is wrong".into());
    // The length is believed no further than the file goes.
    let start = at.checked_sub(length).filter(|start| *start >= START).ok_or_else(damaged)?;
    let mut end = vec![0; usize::try_from(length).map_err(|_| damaged())?];
    file.read_exact_at(start, &mut end).map_err(Why::of_io)?;
    let mut hash = crc32fast::Hasher::new();
    hash.update(&end);
    hash.update(&length.to_le_bytes());
    if hash.finalize() != checksum {
        return Err(damaged());
    }
    let (index, about) = read_index(&end).ok_or_else(damaged)?;
    Ok((index, about.to_vec()))
}

/// Why a packed trace cannot be read.
enum Why {
    Stranger,
    Version(u32),
    Cut,
    Damaged(String),
    Io(io::Error),
}

impl Why {
    fn of_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            _ => Self::Io(error),
        }
    }

    fn of(self, name: &str) -> Box<Diagnostic> {
        const AGAIN: &str = "copy the file again, or make it again with `ssc trace pack`";
        let diagnostic = match self {
            Self::Stranger => Diagnostic::input("this is not a packed trace"),
            Self::Version(0) => {
                Diagnostic::input("the packed trace is damaged: its version is 0").hint(AGAIN)
            }
            Self::Version(version) => Diagnostic::input("the packed trace was made by a newer ssc")
                .note(format!("its format has version {version}, this ssc reads {VERSION}"))
                .hint("install the newer ssc, or pack the trace again with this one"),
            Self::Cut => Diagnostic::input("the packed trace is cut off").hint(AGAIN),
            Self::Damaged(what) => {
                Diagnostic::input(format!("the packed trace is damaged: {what}")).hint(AGAIN)
            }
            Self::Io(error) => Diagnostic::input(format!("cannot read the packed trace: {error}")),
        };
        Box::new(diagnostic.kind(Kind::File).note(format!("in {name}")))
    }
}
