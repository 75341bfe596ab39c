//! The end of a packed trace: where its blocks are, what it is about, and a checksum of both.

use std::io;

/// Ends every file.
pub(super) const END: [u8; 4] = *b"ssct";
/// Length and checksum of the rest of the end, and [`END`].
pub(super) const TRAILER: usize = 8 + 4 + END.len();
const ENTRY: usize = 4 + 4 + 4 + 8 + 8;

/// One block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Its length in bytes.
    pub bytes: u32,
    /// Its rows.
    pub rows: u32,
    /// Its CRC-32.
    pub checksum: u32,
    /// Its first arrival, nanoseconds.
    pub first: i64,
    /// Its last arrival, nanoseconds.
    pub last: i64,
}

impl Entry {
    /// The entry of a block with these bytes and arrivals.
    pub(super) fn of(bytes: &[u8], arrivals: Option<&[i64]>) -> io::Result<Self> {
        let arrivals = arrivals.unwrap_or_default();
        let length = |n: usize| u32::try_from(n).map_err(io::Error::other);
        Ok(Self {
            bytes: length(bytes.len())?,
            rows: length(arrivals.len())?,
            checksum: crc32fast::hash(bytes),
            first: arrivals.first().copied().unwrap_or_default(),
            last: arrivals.last().copied().unwrap_or_default(),
        })
    }

    fn to_bytes(self) -> impl Iterator<Item = u8> {
        let numbers = [self.bytes, self.rows, self.checksum].map(u32::to_le_bytes);
        let arrivals = [self.first, self.last].map(i64::to_le_bytes);
        numbers.into_iter().flatten().chain(arrivals.into_iter().flatten())
    }

    fn of_bytes(bytes: &[u8; ENTRY]) -> Option<Self> {
        let number = |at| bytes.get(at..)?.first_chunk().map(|b| u32::from_le_bytes(*b));
        let arrival = |at| bytes.get(at..)?.first_chunk().map(|b| i64::from_le_bytes(*b));
        Some(Self {
            bytes: number(0)?,
            rows: number(4)?,
            checksum: number(8)?,
            first: arrival(12)?,
            last: arrival(20)?,
        })
    }
}

/// The end of a file with these blocks.
pub(super) fn trailer(index: &[Entry], about: &[u8]) -> Vec<u8> {
    let mut bytes = (index.len() as u64).to_le_bytes().to_vec();
    bytes.extend(index.iter().flat_map(|entry| entry.to_bytes()));
    bytes.extend_from_slice(about);
    let length = bytes.len() as u64;
    bytes.extend(length.to_le_bytes());
    // The length is in the checksum: a flipped bit in it shows.
    let checksum = crc32fast::hash(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes.extend(END);
    bytes
}

/// Length of the part before the [`TRAILER`], and its checksum; none if it does not end as it should.
pub(super) fn read_trailer(bytes: &[u8; TRAILER]) -> Option<(u64, u32)> {
    let length = bytes.first_chunk().map(|b| u64::from_le_bytes(*b))?;
    let checksum = bytes.get(8..)?.first_chunk().map(|b| u32::from_le_bytes(*b))?;
    bytes.ends_with(&END).then_some((length, checksum))
}

/// Reads what [`trailer`] wrote before its length; none if it is something else.
pub(super) fn read_index(bytes: &[u8]) -> Option<(Vec<Entry>, &[u8])> {
    let (count, rest) = bytes.split_first_chunk()?;
    let count = usize::try_from(u64::from_le_bytes(*count)).ok()?;
    let (entries, about) = rest.split_at_checked(count.checked_mul(ENTRY)?)?;
    let entries = entries.as_chunks().0.iter().map(Entry::of_bytes).collect::<Option<_>>()?;
    Some((entries, about))
}
