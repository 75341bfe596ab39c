//! A hash of what an estimate was made from, so that two files can be told apart.

use crate::diagnostic::Source;
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read};
use std::rc::Rc;

/// A SHA-256 over labelled parts.
#[derive(Clone, Default)]
pub(super) struct Digest {
    hash: Rc<RefCell<Sha256>>,
}

impl Digest {
    /// Adds a part; its label and length keep it apart from its neighbours.
    pub(super) fn part(&self, label: &str, text: &str) {
        let mut hash = self.hash.borrow_mut();
        hash.update(format!("\n{label} {}\n", text.len()));
        hash.update(text);
    }

    /// Adds all that is read through the reader.
    pub(super) fn reading<'a>(&self, inner: Box<dyn Read + 'a>) -> Box<dyn Read + 'a> {
        self.part("trace", "");
        Box::new(Hashing { inner, hash: Rc::clone(&self.hash) })
    }

    /// The hash as hexadecimal digits.
    pub(super) fn finish(self) -> String {
        let hash = self.hash.borrow().clone().finalize();
        hash.iter().map(|b| format!("{b:02x}")).collect()
    }
}

/// The hash of the price files that count: the last of each name.
pub(super) fn of_price_files(sources: &[Source]) -> String {
    let mut last = BTreeMap::new();
    for source in sources {
        let mut parts = source.name().rsplit(['/', '\\']);
        let name = parts.next().unwrap_or_default();
        let llm = parts.next().filter(|folder| *folder == "llm");
        last.insert((llm, name), source.text());
    }
    let digest = Digest::default();
    for ((llm, name), text) in last {
        digest.part(&format!("{}/{name}", llm.unwrap_or_default()), text);
    }
    digest.finish()
}

struct Hashing<'a> {
    inner: Box<dyn Read + 'a>,
    hash: Rc<RefCell<Sha256>>,
}

impl Read for Hashing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.hash.borrow_mut().update(buffer.get(..n).unwrap_or_default());
        Ok(n)
    }
}
