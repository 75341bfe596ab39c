//! Objects in lists, in lists inside an object, and one after another.

use super::super::shape::{Shape, Token, Walk};
use super::{JsonRows, LONGEST, newlines};
use crate::diagnostic::Result;
use std::io::BufRead;

/// So much of a line is kept before an object, to show where it begins.
const BEFORE: usize = 1_024;

impl JsonRows<'_> {
    /// Goes to the next value; false at the end.
    pub(super) fn next_value(&mut self) -> Result<bool> {
        self.forget();
        while let Some(byte) = self.peek()? {
            match byte {
                b'{' => {
                    if self.object()? {
                        return Ok(true);
                    }
                }
                b'[' if !self.in_list => {
                    self.take(byte);
                    self.in_list = true;
                }
                b']' if self.in_list => {
                    self.take(byte);
                    self.in_list = false;
                    if std::mem::take(&mut self.in_wrapper) {
                        self.skip_wrapper()?;
                    }
                }
                b',' if self.in_list => self.take(byte),
                _ if byte.is_ascii_whitespace() => self.take(byte),
                _ => {
                    self.other()?;
                    return Ok(true);
                }
            }
            self.tidy(byte);
        }
        if self.in_list {
            return Err(self.cut("the list of rows"));
        }
        Ok(false)
    }

    /// Reads an object; false if it turns out to be around the list of rows.
    fn object(&mut self) -> Result<bool> {
        let start = self.buffer.len();
        let mut walk = Walk::default();
        while let Some(byte) = self.peek()? {
            self.take(byte);
            self.record = start..self.buffer.len();
            match walk.step(byte) {
                Token::Close if walk.depth == 0 => return Ok(true),
                Token::Open if walk.depth == 2 && byte == b'[' && !self.in_list => {
                    let Shape::Values(Some(list)) = &self.shape else { continue };
                    if walk.key(self.record()) == *list {
                        (self.in_list, self.in_wrapper) = (true, true);
                        return Ok(false);
                    }
                }
                _ => {}
            }
            if self.record.len() > LONGEST {
                return Err(self.endless("an object is"));
            }
        }
        Err(self.cut("an object"))
    }

    /// Reads what is no object: the rest of the line, or of the member of a list.
    fn other(&mut self) -> Result<()> {
        let start = self.buffer.len();
        let mut walk = Walk::default();
        while let Some(byte) = self.peek()? {
            let ends = match byte {
                b'\n' => !self.in_list,
                b',' | b']' => self.in_list && walk.is_outside(),
                _ => false,
            };
            if ends {
                break;
            }
            let _ = walk.step(byte);
            self.take(byte);
            self.record = start..self.buffer.len();
            if self.record.len() > LONGEST {
                return Err(self.endless("a value is"));
            }
        }
        Ok(())
    }

    /// Passes what follows the list in the object around it.
    fn skip_wrapper(&mut self) -> Result<()> {
        let mut walk = Walk::within();
        while let Some(byte) = self.peek()? {
            self.take(byte);
            self.tidy(byte);
            if walk.step(byte) == Token::Close && walk.depth == 0 {
                return Ok(());
            }
        }
        self.record = 0..0;
        Err(self.cut("the object around the rows"))
    }

    fn peek(&mut self) -> Result<Option<u8>> {
        match self.bytes.fill_buf() {
            Ok(bytes) => Ok(bytes.first().copied()),
            Err(error) => Err(self.failed(&error)),
        }
    }

    fn take(&mut self, byte: u8) {
        self.bytes.consume(1);
        self.buffer.push(byte);
    }

    /// Keeps what stands between objects short.
    fn tidy(&mut self, last: u8) {
        if last == b'\n' || self.buffer.len() > BEFORE {
            self.forget();
        }
    }

    /// Drops what is done with, but not the beginning of the line that comes next.
    fn forget(&mut self) {
        if let Some(end) = self.buffer.iter().rposition(|b| *b == b'\n') {
            self.line += newlines(&self.buffer);
            self.buffer.drain(..=end);
        }
        if self.buffer.len() > BEFORE {
            self.buffer.clear();
        }
        self.record = self.buffer.len()..self.buffer.len();
    }
}
