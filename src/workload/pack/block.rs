//! One block of rows as bytes: the arrivals as gaps, then every column that has entries.

use super::integers::{Decoder, MISSING, SLACK, encode};
use crate::diagnostic::{Diagnostic, Result};
use crate::workload::column::Cell;
use crate::workload::trace::raw::{Give, Show};
use crate::workload::{PrefixBlock, Prefixes, Trace, TraceColumn};
use std::ops::Range;

/// The columns by their bit in a block. The order is part of the format: new ones go to the end.
pub(super) const COLUMNS: [TraceColumn; 13] = [
    TraceColumn::Duration,
    TraceColumn::TimeToFirstToken,
    TraceColumn::InputTokens,
    TraceColumn::CachedTokens,
    TraceColumn::CacheWriteTokens,
    TraceColumn::OutputTokens,
    TraceColumn::Cpu,
    TraceColumn::ResponseBytes,
    TraceColumn::RequestBytes,
    TraceColumn::Status,
    TraceColumn::DisconnectAfter,
    TraceColumn::Workload,
    TraceColumn::Model,
];

/// The bit of prompt prefixes.
const PREFIXES: u32 = 31;

/// The most prompt blocks that the requests of a block may have together.
pub(super) const MOST_PREFIX_BLOCKS: usize = 1 << 24;

fn bit(column: TraceColumn) -> u32 {
    let at = COLUMNS.iter().position(|c| *c == column).unwrap_or_default();
    1 << at
}

/// Rows of `trace`, in order of arrival, as bytes. Their entries are added to those `present`.
pub(super) fn to_bytes(trace: &Trace, rows: &Range<usize>, present: &mut [u64]) -> Vec<u8> {
    let arrivals = trace.arrivals().get(rows.clone()).unwrap_or_default();
    let mut writer = Writer { rows: arrivals.len(), columns: 0, bytes: vec![0; 4], present };
    let mut previous = arrivals.first().copied().unwrap_or_default();
    writer.bytes.extend_from_slice(&previous.to_le_bytes());
    let gap = |arrival: &i64| {
        let gap = arrival.wrapping_sub(previous).cast_unsigned();
        previous = *arrival;
        gap
    };
    encode(&arrivals.iter().map(gap).collect::<Vec<_>>(), false, &mut writer.bytes);
    trace.show(rows, &mut writer);
    writer.prefixes(trace.prefixes(), rows);
    let Writer { columns, mut bytes, .. } = writer;
    if let Some(head) = bytes.first_chunk_mut() {
        *head = columns.to_le_bytes();
    }
    bytes
}

struct Writer<'a> {
    rows: usize,
    columns: u32,
    bytes: Vec<u8>,
    present: &'a mut [u64],
}

impl Show for Writer<'_> {
    fn column<T: Cell>(&mut self, column: TraceColumn, cells: &[T]) {
        let entries: u64 = cells.iter().map(|c| u64::from(*c != T::MISSING)).sum();
        if entries > 0 {
            self.columns |= bit(column);
            if let Some(sum) = self.present.get_mut(bit(column).trailing_zeros() as usize) {
                *sum += entries;
            }
            let mut codes: Vec<_> = cells.iter().map(|c| c.code()).collect();
            codes.resize(self.rows, MISSING);
            encode(&codes, true, &mut self.bytes);
        }
    }
}

impl Writer<'_> {
    /// How many blocks each request has, then all ids, then all lengths.
    fn prefixes(&mut self, prefixes: &Prefixes, rows: &Range<usize>) {
        let counts: Vec<_> = rows.clone().map(|i| prefixes.of(i).len() as u64).collect();
        if counts.iter().any(|n| *n > 0) {
            self.columns |= 1 << PREFIXES;
            let all = || rows.clone().flat_map(|i| prefixes.of(i));
            encode(&counts, false, &mut self.bytes);
            encode(&all().map(|b| b.id).collect::<Vec<_>>(), false, &mut self.bytes);
            encode(&all().map(|b| b.tokens.into()).collect::<Vec<_>>(), false, &mut self.bytes);
        }
    }
}

/// Puts the `rows` rows of `bytes` into `trace`.
///
/// # Errors
/// When the bytes are no block of so many rows.
pub(super) fn of_bytes(mut bytes: Vec<u8>, rows: usize, trace: &mut Trace) -> Result<()> {
    bytes.resize(bytes.len() + SLACK, 0);
    let mut reader = Reader { rows, columns: 0, decoder: Decoder::new(&bytes) };
    reader.columns = u32::from_le_bytes(reader.decoder.array().ok_or_else(ends_early)?);
    let mut arrival = i64::from_le_bytes(reader.decoder.array().ok_or_else(ends_early)?);
    let mut arrivals = reader.decoder.values(rows, u64::cast_signed).ok_or_else(ends_early)?;
    for gap in &mut arrivals {
        arrival = arrival.wrapping_add(*gap);
        *gap = arrival;
    }
    trace.take_rows(arrivals, &mut reader)?;
    trace.take_prefixes(reader.prefixes()?);
    let known = COLUMNS.iter().fold(1 << PREFIXES, |known, c| known | bit(*c));
    if reader.columns & !known != 0 {
        return Err(damaged("it has a column this version does not know"));
    }
    if !reader.decoder.is_done() {
        return Err(damaged("it has bytes left over"));
    }
    Ok(())
}

struct Reader<'a> {
    rows: usize,
    columns: u32,
    decoder: Decoder<'a>,
}

impl Give for Reader<'_> {
    fn column<T: Cell>(&mut self, column: TraceColumn) -> Result<Vec<T>> {
        if self.columns & bit(column) == 0 {
            return Ok(Vec::new());
        }
        self.decoder.values(self.rows, T::of_code).ok_or_else(ends_early)
    }
}

impl Reader<'_> {
    fn prefixes(&mut self) -> Result<Prefixes> {
        let mut prefixes = Prefixes::default();
        if self.columns & (1 << PREFIXES) == 0 {
            return Ok(prefixes);
        }
        let count = |n| usize::try_from(n).unwrap_or(usize::MAX);
        let counts = self.decoder.values(self.rows, count).ok_or_else(ends_early)?;
        let all = counts.iter().fold(0_usize, |sum, n| sum.saturating_add(*n));
        if all > MOST_PREFIX_BLOCKS {
            return Err(damaged("it has more prompt blocks than a block may have"));
        }
        let ids = self.decoder.values(all, |id| id).ok_or_else(ends_early)?;
        let tokens = |n| u32::try_from(n).unwrap_or(u32::MAX);
        let tokens = self.decoder.values(all, tokens).ok_or_else(ends_early)?;
        let mut blocks = ids.into_iter().zip(tokens).map(|(id, tokens)| PrefixBlock { id, tokens });
        for (row, n) in counts.into_iter().enumerate() {
            prefixes.put(row, &blocks.by_ref().take(n).collect::<Vec<_>>());
        }
        Ok(prefixes)
    }
}

fn ends_early() -> Box<Diagnostic> {
    damaged("it ends too early")
}

fn damaged(why: &str) -> Box<Diagnostic> {
    Diagnostic::input(why).into()
}
