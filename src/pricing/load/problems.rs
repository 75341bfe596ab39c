//! What is wrong with price files, collected while they are read.

use crate::diagnostic::{Diagnostic, Field, Result, Source};
use crate::units::parse::ParseError;
use chrono::NaiveDate;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A doubt: the file can be used.
    Warning,
    /// A mistake: the file is refused.
    Error,
}

/// One thing that is wrong with a price file.
#[derive(Clone, Debug)]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// What and where.
    pub diagnostic: Diagnostic,
}

/// The problems of one file.
pub(super) struct Problems<'a> {
    /// The file.
    pub(super) source: &'a Source,
    /// Today, where the age of evidence matters.
    pub(super) today: Option<NaiveDate>,
    found: Vec<Problem>,
}

impl<'a> Problems<'a> {
    pub(super) const fn new(source: &'a Source, today: Option<NaiveDate>) -> Self {
        Self { source, today, found: Vec::new() }
    }

    /// Notes a mistake.
    pub(super) fn error(&mut self, diagnostic: Diagnostic) {
        self.found.push(Problem { severity: Severity::Error, diagnostic });
    }

    /// Notes a doubt.
    pub(super) fn warning(&mut self, diagnostic: Diagnostic) {
        self.found.push(Problem { severity: Severity::Warning, diagnostic });
    }

    /// The value, or nothing after noting why there is none.
    pub(super) fn keep<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|diagnostic| self.error(*diagnostic)).ok()
    }

    /// A field's value, or nothing after noting what is wrong with it.
    pub(super) fn parse<T>(
        &mut self,
        field: &Field,
        parse: impl FnOnce(&str) -> std::result::Result<T, ParseError>,
    ) -> Option<T> {
        self.keep(self.source.parse(field, parse))
    }

    /// The same for a key that may be left out: nothing only when it is there and wrong.
    pub(super) fn maybe<T>(
        &mut self,
        field: Option<&Field>,
        parse: impl FnOnce(&str) -> std::result::Result<T, ParseError>,
    ) -> Option<Option<T>> {
        field.map_or(Some(None), |f| self.parse(f, parse).map(Some))
    }

    /// The items that could be converted.
    pub(super) fn each<T, U>(
        &mut self,
        items: &[T],
        mut convert: impl FnMut(&mut Self, &T) -> Option<U>,
    ) -> Vec<U> {
        items.iter().filter_map(|item| convert(self, item)).collect()
    }

    /// Everything noted, in the order of the file.
    pub(super) fn finish(mut self) -> Vec<Problem> {
        let place = |p: &Problem| p.diagnostic.place.as_ref().map(|at| (at.line, at.column));
        self.found.sort_by_key(place);
        self.found
    }
}
