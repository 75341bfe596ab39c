//! Reading a table in blocks, on all threads, for files where nearly every row is plain.
//!
//! One thread reads blocks of whole lines and puts the results together in order, the others read
//! the rows of a block each. A plain row goes straight from digits to columns; any other is read by
//! the rules for single rows. Nothing is judged here: at the first row that is bad, or that changes
//! what the rows above settled, the rest of the file goes back unread, and the reader of single rows
//! has the word, with its errors.

mod blocks;
mod dates;
mod digits;
mod part;
mod plan;
mod rows;
#[cfg(test)]
mod tests;

pub(super) use part::{Job, Part};

use super::unread::Unread;
use blocks::{Block, Blocks};

/// In what pieces a file is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    /// Bytes of a block.
    pub block: usize,
    /// Blocks that are read in parallel, before the next ones are.
    pub batch: usize,
    /// Rows read one by one before the next attempt to read many.
    pub rows_between: u64,
}

/// A block fits the second cache, three batches take some megabytes, and rows in between outweigh a
/// vain attempt.
pub(super) const PACE: Pace = Pace { block: 256 << 10, batch: 16, rows_between: 50_000 };

/// Whether a part became part of the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// It did.
    Yes,
    /// There is no room: its rows are read one by one.
    No,
}

/// A block and what it came to.
#[derive(Default)]
struct Work {
    block: Block,
    part: Part,
}

/// Reads rows and gives them to `take` in the order of the file, a part at a time. Gives back what
/// is not read: from the row on that is not like the others, or nothing.
pub(super) fn read<'a>(
    unread: Unread<'a>,
    job: &Job,
    pace: Pace,
    mut take: impl FnMut(&mut Part) -> Taken,
) -> Unread<'a> {
    let mut blocks = Blocks::new(unread, pace.block);
    let (mut done, mut spare) = (Vec::<Work>::new(), Vec::new());
    let mut doing = works(blocks.next(pace.batch));
    while !done.is_empty() || !doing.is_empty() {
        let (mut next, mut left) = (Vec::new(), None);
        rayon::in_place_scope(|scope| {
            for work in &mut doing {
                let room = spare.pop().unwrap_or_default();
                scope.spawn(|_| work.part = Part::read(&work.block, job, room));
            }
            left = hand_over(&mut done, &mut take);
            if left.is_none() {
                for Work { block, part } in done.drain(..) {
                    blocks.recycle(block);
                    spare.push(part.trace);
                }
                next = works(blocks.next(pace.batch));
            }
        });
        if let Some(mut left) = left {
            doing.iter().for_each(|work| left.extend_from_slice(work.block.from(0)));
            return blocks.into_rest(left);
        }
        done = std::mem::replace(&mut doing, next);
    }
    blocks.into_rest(Vec::new())
}

fn works(blocks: Vec<Block>) -> Vec<Work> {
    blocks.into_iter().map(|block| Work { block, part: Part::default() }).collect()
}

/// Gives parts to `take` until one is not whole; then gives the text that is left of them.
fn hand_over(works: &mut [Work], take: &mut impl FnMut(&mut Part) -> Taken) -> Option<Vec<u8>> {
    for (i, work) in works.iter_mut().enumerate() {
        let from = match (take(&mut work.part), work.part.stop) {
            (Taken::Yes, None) => continue,
            (Taken::Yes, Some(stop)) => stop,
            (Taken::No, _) => 0,
        };
        let mut left = work.block.from(from).to_vec();
        works.iter().skip(i + 1).for_each(|work| left.extend_from_slice(work.block.from(0)));
        return Some(left);
    }
    None
}
