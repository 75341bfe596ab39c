//! A file in blocks of whole lines.

use super::super::unread::Unread;
use super::super::window::LONGEST_ROW;
use super::digits::PADDING;
use std::io::Read;

/// Some lines, and room behind them.
#[derive(Default)]
pub(super) struct Block {
    bytes: Vec<u8>,
    len: usize,
}

impl Block {
    /// The lines and what is behind them: a line end, if the last line has none, and padding.
    pub(super) fn padded(&self) -> &[u8] {
        &self.bytes
    }

    /// How many bytes the lines have.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The lines from byte `at` on.
    pub(super) fn from(&self, at: usize) -> &[u8] {
        self.bytes.get(at..self.len).unwrap_or_default()
    }
}

/// Cuts a file into blocks.
pub(super) struct Blocks<'a> {
    unread: Unread<'a>,
    /// The beginning of a line that ends in the next block.
    begun: Vec<u8>,
    size: usize,
    spare: Vec<Block>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    /// The last line may have no end.
    AtEnd,
    /// The line that was begun has to be read some other way.
    Stuck,
}

impl<'a> Blocks<'a> {
    /// Blocks of about `size` bytes.
    pub(super) fn new(unread: Unread<'a>, size: usize) -> Self {
        Self { unread, begun: Vec::new(), size, spare: Vec::new(), state: State::Reading }
    }

    /// Up to `n` blocks; none at the end of the file, at a failure to read it, and at a line that
    /// is longer than a row may be.
    pub(super) fn next(&mut self, n: usize) -> Vec<Block> {
        std::iter::from_fn(|| self.block()).take(n).collect()
    }

    /// Takes a block back that is not needed any more.
    pub(super) fn recycle(&mut self, block: Block) {
        self.spare.push(block);
    }

    /// What is left of the file, behind some bytes of it.
    pub(super) fn into_rest(self, mut bytes: Vec<u8>) -> Unread<'a> {
        let mut unread = self.unread;
        bytes.extend_from_slice(&self.begun);
        unread.give_back(bytes);
        unread
    }

    fn block(&mut self) -> Option<Block> {
        if self.state == State::Stuck || (self.state == State::AtEnd && self.begun.is_empty()) {
            return None;
        }
        let Block { mut bytes, .. } = self.spare.pop().unwrap_or_default();
        let mut filled = self.begun.len();
        let mut wanted = self.size.max(filled);
        loop {
            if bytes.len() < wanted + PADDING {
                bytes.resize(wanted + PADDING, 0);
            }
            bytes.get_mut(..self.begun.len())?.copy_from_slice(&self.begun);
            self.fill(&mut bytes, &mut filled, wanted);
            let line_end = bytes.get(..filled)?.iter().rposition(|b| *b == b'\n');
            let len = match (self.state, line_end) {
                (State::AtEnd, _) => filled,
                (_, Some(i)) => i + 1,
                (State::Reading, None) if filled <= LONGEST_ROW => {
                    wanted *= 2;
                    continue;
                }
                _ => {
                    self.state = State::Stuck;
                    0
                }
            };
            self.begun.clear();
            self.begun.extend_from_slice(bytes.get(len..filled)?);
            *bytes.get_mut(len)? = b'\n';
            return (len > 0).then_some(Block { bytes, len });
        }
    }

    fn fill(&mut self, bytes: &mut [u8], filled: &mut usize, wanted: usize) {
        while self.state == State::Reading && *filled < wanted {
            match self.unread.read(bytes.get_mut(*filled..wanted).unwrap_or_default()) {
                Ok(0) => self.state = State::AtEnd,
                Ok(n) => *filled += n,
                Err(error) => {
                    self.unread.fail_again(error);
                    self.state = State::Stuck;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    /// The blocks of a text, and what is left.
    fn cut(source: impl Read, size: usize) -> (Vec<String>, Result<String, String>) {
        let mut blocks = Blocks::new(Unread::new(Box::new(source)), size);
        let mut found = Vec::new();
        for block in std::iter::from_fn(|| blocks.next(1).pop()) {
            assert!(block.padded().len() >= block.len() + PADDING);
            found.push(String::from_utf8(block.from(0).to_vec()).unwrap());
        }
        let mut rest = String::new();
        let read = blocks.into_rest(b"<".to_vec()).read_to_string(&mut rest);
        (found, read.map(|_| rest).map_err(|e| e.to_string()))
    }

    #[test]
    fn a_block_has_whole_lines() {
        let (blocks, rest) = cut("1,2\n3\n\n4444444444444444\n5,6".as_bytes(), 6);
        assert_eq!(blocks, ["1,2\n3\n", "\n", "4444444444444444\n5,6"]);
        assert_eq!(rest.unwrap(), "<");
        assert_eq!(cut("".as_bytes(), 6).0.len(), 0);
    }

    #[test]
    fn a_failure_is_met_again_behind_the_bytes_that_were_read() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("the cable"))
            }
        }
        let (blocks, rest) = cut("1\n2\n3".as_bytes().chain(Broken), 100);
        assert_eq!(blocks, ["1\n2\n"]);
        assert_eq!(rest.unwrap_err(), "the cable");
    }

    #[test]
    fn a_line_without_end_is_left_alone_in_bounded_memory() {
        let mut blocks = Blocks::new(Unread::new(Box::new(io::repeat(b'7'))), 1 << 18);
        assert_eq!(blocks.next(3).len(), 0);
        assert!(blocks.begun.len() <= 2 * LONGEST_ROW);
    }
}
