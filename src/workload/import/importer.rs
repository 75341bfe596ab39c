//! What an importer is, and what it is given.

use super::input::Input;
use crate::diagnostic::{Diagnostic, Result};
use crate::workload::Trace;
use std::collections::BTreeMap;
use std::io::Read;

/// Reads one format of trace.
pub struct Importer {
    /// The name users give, such as `native`.
    pub name: &'static str,
    /// What it reads, one line.
    pub about: &'static str,
    /// Whether a file that begins like this has the format.
    pub(super) detect: fn(&Head<'_>) -> bool,
    pub(super) read: fn(Opened<'_>) -> Result<Trace>,
}

/// What a format is recognised by.
pub(super) struct Head<'a> {
    /// The file's name as the user gave it.
    pub(super) name: &'a str,
    /// The first line that is not blank.
    pub(super) first_line: &'a str,
    /// The beginning of the file, some of its lines, decompressed.
    pub(super) text: &'a [u8],
}

/// A trace to be read.
pub(super) struct Opened<'a> {
    pub(super) input: Input<'a>,
    pub(super) options: &'a ReadOptions,
    /// Files that belong to it.
    pub(super) beside: &'a dyn Beside,
}

/// The files in the folder of a trace, for formats that spread over several.
pub trait Beside {
    /// Their names, without folder, sorted.
    fn names(&self) -> Vec<String>;
    /// Opens one of them.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>>;
}

/// A trace without other files.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Beside for Alone {
    fn names(&self) -> Vec<String> {
        Vec::new()
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>> {
        Err(Diagnostic::input(format!("there is no file `{name}` beside the trace")).into())
    }
}

/// How to read a trace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadOptions {
    /// Which header of the file holds which field, such as `timestamp` → `when`. Field names take a
    /// unit suffix: `duration_ms`. For the native formats, CSV and JSON, which a non-empty map implies;
    /// in JSON, a field in a field has a dot: `usage.prompt_tokens`.
    pub columns: BTreeMap<String, String>,
    /// The importer's name; recognised by the header line if not given.
    pub format: Option<String>,
    /// Leave bad rows out and count them, instead of stopping at the first.
    pub skip_bad_rows: bool,
    /// Seed of what a format leaves open, such as the instants within a minute that was only counted.
    pub seed: u64,
    /// The one workload label that is wanted. Formats that make requests from counts or rates leave
    /// the others out before that; the rows of all formats may still hold others.
    pub workload: Option<String>,
}
