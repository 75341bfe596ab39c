//! A scenario as it was made.

use super::super::files::Traces;
use super::super::progress::Progress;
use crate::diagnostic::{Result, Source};
use crate::estimate::{Estimate, Options, estimate};
use crate::pricing::Book;
use std::path::{Path, PathBuf};

/// Memory that a trace may take, as for the other commands.
const MEMORY: u64 = 4 << 30;

/// How a report is laid out: width and colour.
type Report = Box<dyn Fn(usize, bool) -> String>;

/// A scenario that was made and estimated.
pub(super) struct Made {
    pub(super) text: String,
    pub(super) estimate: Estimate,
    /// What was found out about the trace.
    pub(super) report: Option<Report>,
    /// Where the requests come from, in a few words.
    pub(super) what: String,
}

/// What the scenario comes to today. A scenario that cannot be estimated is not written.
pub(super) fn estimated(
    text: &str,
    file: &Path,
    folder: PathBuf,
    book: &Book,
    progress: &Progress,
) -> Result<Estimate> {
    let source = Source::new(file.display().to_string(), text);
    let options = Options { today: chrono::Utc::now().date_naive(), ..Options::default() };
    let mut traces = Traces { folder, progress, digest: None, memory: MEMORY };
    // The file is not there, so a place in it would lead nowhere.
    estimate(&source, book, &options, &mut traces).map_err(|mut error| {
        error.place = None;
        error.label.clear();
        let hint = error.hint.take().unwrap_or_else(|| "nothing was written".into());
        error.hint = Some(hint.replace("`window: 1h` under `arrivals:`", "`--window 1h`"));
        error
    })
}
