//! What is left of a file: bytes taken from it already, then the rest.

use std::io::{self, Read};

/// The part of a file nobody has used yet.
pub(super) struct Unread<'a> {
    ahead: Vec<u8>,
    at: usize,
    error: Option<io::Error>,
    source: Box<dyn Read + 'a>,
}

impl<'a> Unread<'a> {
    pub(super) fn new(source: Box<dyn Read + 'a>) -> Self {
        Self { ahead: Vec::new(), at: 0, error: None, source }
    }

    /// Gives back bytes that were read and not used.
    pub(super) fn give_back(&mut self, mut bytes: Vec<u8>) {
        bytes.extend_from_slice(self.ahead.get(self.at..).unwrap_or_default());
        (self.ahead, self.at) = (bytes, 0);
    }

    /// Gives back a failure, which is met again behind the bytes.
    pub(super) fn fail_again(&mut self, error: io::Error) {
        self.error = Some(error);
    }
}

impl Read for Unread<'_> {
    /// Is not interrupted.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut ahead = self.ahead.get(self.at..).unwrap_or_default();
        if !ahead.is_empty() {
            let n = ahead.read(buffer)?;
            self.at += n;
            return Ok(n);
        }
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        self.ahead = Vec::new();
        self.at = 0;
        loop {
            match self.source.read(buffer) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }
}
