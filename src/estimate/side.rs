//! What is estimated beside others that may use other prices and other folders.

use super::Options;
use crate::diagnostic::Source;
use crate::pricing::Book;

/// A scenario and how it is estimated.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The scenario.
    pub source: &'a Source,
    /// Where the paths of its files start.
    pub folder: &'a str,
    /// The price book.
    pub book: &'a Book,
    /// What the caller decides.
    pub options: &'a Options,
}
