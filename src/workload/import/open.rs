//! The one way in: finds out what a file is and lets the right importer read it.

use super::formats::{FREE, IMPORTERS, choose};
use super::importer::{Alone, Beside, Head, Importer, Opened, ReadOptions};
use super::input::{Input, TRACE};
use super::runs::{RunSink, Runs};
use super::stored;
use crate::diagnostic::{Diagnostic, Result, suggest};
use crate::workload::{ReadAt, Trace};
use std::io::Read;
use std::sync::Arc;

/// A trace that is to be read.
pub struct TraceFile<'a> {
    /// What errors call it.
    pub name: &'a str,
    /// What is in it.
    pub bytes: Bytes<'a>,
    /// The other files of its folder.
    pub beside: &'a dyn Beside,
}

/// The bytes of a file.
pub enum Bytes<'a> {
    /// From the beginning to the end, once.
    Stream(Box<dyn Read + 'a>),
    /// At any place.
    File(Arc<dyn ReadAt>),
}

/// Whether a file that begins like this has to be read at any place: a packed trace or Parquet.
/// Others can be, too.
#[must_use]
pub fn needs_file(head: &[u8]) -> bool {
    stored::Stored::of(head).is_some()
}

/// Reads a trace from `input`; `name` is what errors call the file.
///
/// Compression is recognised, a byte-order mark is dropped, the format is recognised by the header
/// line unless `options` names it. Rows come out sorted by arrival.
///
/// # Errors
/// An unknown format or column, a file that is empty, cut off or not text, and the first bad row
/// unless bad rows are skipped; each with its place and, for a row, its number.
pub fn read<'a>(name: &str, input: impl Read + 'a, options: &ReadOptions) -> Result<Trace> {
    read_beside(name, input, options, &Alone)
}

/// Reads a trace that may need other files of its folder, like [`read`].
///
/// # Errors
/// Those of [`read`], and a file that is needed and not there.
pub fn read_beside<'a>(
    name: &str,
    input: impl Read + 'a,
    options: &ReadOptions,
    beside: &dyn Beside,
) -> Result<Trace> {
    let bytes = Bytes::Stream(Box::new(input));
    read_file(TraceFile { name, bytes, beside }, options, None)
}

/// Reads a trace, like [`read`]. If its rows go into `runs`, the trace that is returned has the last
/// of them only, and all there is to say about the whole.
///
/// # Errors
/// Those of [`read_beside`], and those of where the rows go.
pub fn read_file(
    file: TraceFile<'_>,
    options: &ReadOptions,
    runs: Option<&mut dyn RunSink>,
) -> Result<Trace> {
    let TraceFile { name, bytes, beside } = file;
    let asked = asked(options)?;
    let mut runs = Runs::new(runs);
    let (stored, bytes) = stored::look(name, bytes)?;
    match stored {
        Some((stored::Stored::Packed, file)) => stored::packed(name, file, options, &mut runs),
        Some((stored::Stored::Parquet, file)) => {
            super::parquet::read(name, file, asked, options, &mut runs)
        }
        None => {
            let mut input = Input::open(name, bytes, &TRACE)?;
            input.runs = runs.lend();
            let first_line = input.first_line();
            let head = Head { name, first_line: &first_line, text: input.head() };
            let importer = choose(asked, options, &head)?;
            (importer.read)(Opened { input, options, beside })
        }
    }
}

/// The importer the options ask for, if they do.
fn asked(options: &ReadOptions) -> Result<Option<&'static Importer>> {
    let names = || IMPORTERS.iter().map(|i| i.name);
    let Some(format) = &options.format else { return Ok(None) };
    let Some(importer) = IMPORTERS.iter().find(|i| i.name == format) else {
        return Err(Diagnostic::input(format!("unknown trace format `{format}`"))
            .note(format!("known formats: {}", suggest::list(names())))
            .maybe_hint(suggest::did_you_mean(format, names()))
            .into());
    };
    if !options.columns.is_empty() && FREE.iter().all(|free| free.name != importer.name) {
        let message = format!("the columns of a `{format}` trace are fixed");
        return Err(Diagnostic::input(message)
            .hint("leave `columns` out, or use `format: native` or `format: json`")
            .into());
    }
    Ok(Some(importer))
}
