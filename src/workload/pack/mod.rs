//! Packed traces: sorted rows in compact columns, in blocks that are read in any order.
//!
//! The layout is described in `docs/trace-pack.md`.

mod about;
mod block;
mod index;
mod integers;
mod merge;
mod packer;
mod reader;
mod slice;
#[cfg(test)]
mod tests;
mod writer;

pub use about::Header;
pub use packer::{Files, PackFile, Packer, Purpose, Summary};
pub use reader::Packed;
pub use slice::{Moment, Slice};
pub use writer::Writer;

/// Begins every file: no text, and damaged by anything that takes it for text.
const MAGIC: [u8; 8] = *b"\x89ssct\r\n\x1a";
/// The version of the format.
const VERSION: u32 = 1;
/// Rows of a block, at most.
pub const BLOCK_ROWS: usize = 65_536;
/// What a trace is called whose importer is not known, or that has several.
pub(crate) const FORMAT: &str = "packed";
