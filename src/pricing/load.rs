//! From price files to a [`Book`], with every mistake shown at its place.

mod check;
mod check_llm;
mod check_meter;
mod convert;
mod convert_llm;
mod evidence;
mod history;
mod number;
mod problems;

pub use problems::{Problem, Severity};

use super::file::ServiceFile;
use super::llm_file::LlmFile;
use super::{Book, embedded_sources};
use crate::diagnostic::{Diagnostic, Result, Source};
use check::Seen;
use chrono::NaiveDate;
use problems::Problems;
use std::collections::BTreeMap;

/// What was read from price files, and everything that is wrong with them.
#[derive(Clone, Debug, Default)]
pub struct Reading {
    /// What could be read; complete if no problem is an error.
    pub book: Book,
    /// File by file, each in the order of its lines.
    pub problems: Vec<Problem>,
    /// How many files were read.
    pub files: usize,
}

impl Book {
    /// The book compiled into this program.
    ///
    /// # Errors
    /// When an embedded file is broken, which the tests exclude.
    pub fn embedded() -> Result<Self> {
        Self::load(&embedded_sources())
    }

    /// Reads a book from price files. A file in a folder called `llm` is an LLM provider.
    /// Later files replace earlier ones of the same service.
    ///
    /// # Errors
    /// The first mistake in any file, with its place and the number of others.
    pub fn load(sources: &[Source]) -> Result<Self> {
        let mut latest: BTreeMap<(bool, &str), &Source> = BTreeMap::new();
        for source in sources {
            latest.insert((is_llm(source), source.stem()), source);
        }
        read(latest.into_values(), None).book()
    }
}

impl Reading {
    /// Reads price files that stand side by side and checks everything about them;
    /// the age of evidence as of `today`.
    #[must_use]
    pub fn of(sources: &[Source], today: NaiveDate) -> Self {
        read(sources, Some(today))
    }

    /// How many problems are as bad as this.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.problems.iter().filter(|p| p.severity == severity).count()
    }

    /// The book, if no file has a mistake.
    ///
    /// # Errors
    /// The first mistake, with the number of others.
    pub fn book(self) -> Result<Book> {
        let mut errors = self.problems.into_iter().filter(|p| p.severity == Severity::Error);
        let Some(Problem { diagnostic, .. }) = errors.next() else { return Ok(self.book) };
        let others = match errors.count() {
            0 => return Err(Box::new(diagnostic)),
            1 => "there is 1 more error".to_owned(),
            n => format!("there are {n} more errors"),
        };
        let note = format!("{others} in the price files; `ssc pricing verify` shows them all");
        Err(Box::new(diagnostic.note(note)))
    }
}

/// Whether a file describes an LLM provider: by its folder, or by its keys where there is no folder to tell.
fn is_llm(source: &Source) -> bool {
    let folder = source.name().rsplit(['/', '\\']).nth(1);
    folder == Some("llm") || source.text().lines().any(|line| line.starts_with("models:"))
}

fn read<'a>(sources: impl IntoIterator<Item = &'a Source>, today: Option<NaiveDate>) -> Reading {
    let mut reading = Reading::default();
    let mut seen = Seen::default();
    let mut names: BTreeMap<(bool, &str), &str> = BTreeMap::new();
    for source in sources {
        let mut p = Problems::new(source, today);
        reading.files += 1;
        let llm = is_llm(source);
        if let Some(other) = names.insert((llm, source.stem()), source.name()) {
            let message =
                format!("`{}` and `{other}` are files of the same service", source.name());
            p.error(Diagnostic::input(message).hint("a service has one file in a book"));
        } else if llm {
            llm_provider(&mut p, &mut reading.book);
        } else {
            service(&mut p, &mut reading.book, &mut seen);
        }
        reading.problems.extend(p.finish());
    }
    reading.book.services.sort_by(|a, b| a.id.cmp(&b.id));
    reading.book.llm_providers.sort_by(|a, b| a.id.cmp(&b.id));
    reading
}

fn service(p: &mut Problems<'_>, book: &mut Book, seen: &mut Seen) {
    let file = p.source.yaml::<ServiceFile>();
    let Some(file) = p.keep(file) else { return };
    let service = convert::service(p, &file);
    check::service(p, &file, &service, seen);
    book.services.push(service);
}

fn llm_provider(p: &mut Problems<'_>, book: &mut Book) {
    let file = p.source.yaml::<LlmFile>();
    let Some(file) = p.keep(file) else { return };
    let provider = convert_llm::provider(p, &file);
    check_llm::provider(p, &file);
    book.llm_providers.extend(provider);
}
