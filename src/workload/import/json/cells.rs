//! The fields of a JSON object as cells, found by their path.

use super::paths::{Paths, Values};
use super::rows::JsonRows;
use crate::diagnostic::{Diagnostic, Place, Result};
use crate::units::thousands;
use crate::workload::import::cell::{Refusal, shown};
use crate::workload::import::row::{Cells, Rows, Step, Texts};

/// Reads one object at a time and keeps the fields asked for.
pub(crate) struct JsonCells<'a> {
    rows: JsonRows<'a>,
    paths: Paths,
    values: Values,
}

impl<'a> JsonCells<'a> {
    /// Keeps the fields of these paths, such as `usage.prompt_tokens`; a path may have
    /// alternatives, as in `endTime|end_time`, the first of which that has a value counts.
    pub(crate) fn fixed<'p>(rows: JsonRows<'a>, paths: impl IntoIterator<Item = &'p str>) -> Self {
        let mut cells = Self { rows, paths: Paths::default(), values: Values::default() };
        for path in paths {
            cells.paths.add(path);
        }
        cells.paths.asked = cells.paths.headers.len();
        cells
    }

    /// Keeps these fields, and every field of the outermost object.
    pub(crate) fn learning<'p>(
        rows: JsonRows<'a>,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Self {
        let mut cells = Self::fixed(rows, paths);
        cells.paths.learn = true;
        cells
    }

    /// The first path asked for that no row had.
    pub(crate) fn unseen(&self) -> Option<&str> {
        let index = (0..self.paths.asked).find(|index| !self.values.has_been(*index))?;
        self.paths.headers.get(index).map(String::as_str)
    }
}

impl Texts for JsonCells<'_> {
    fn cell(&self, index: usize) -> &[u8] {
        self.values.text(self.rows.record(), index).trim_ascii()
    }
}

impl Cells for JsonCells<'_> {
    fn headers(&self) -> &[String] {
        &self.paths.headers
    }

    fn place(&self, index: Option<usize>) -> Place {
        let whole = 0..self.rows.record().len();
        self.rows.place(index.and_then(|i| self.values.place(i)).unwrap_or(whole))
    }
}

impl Rows for JsonCells<'_> {
    fn next(&mut self) -> Result<Step> {
        if !self.rows.next()? {
            return Ok(Step::End);
        }
        match self.paths.find(self.rows.record(), &mut self.values) {
            Ok(()) => Ok(Step::Row),
            Err(error) => Ok(Step::Misshapen(self.rows.broken(&error))),
        }
    }

    fn refuse(&self, index: usize, refusal: Refusal) -> Box<Diagnostic> {
        let path = self.paths.headers.get(index).map_or("", String::as_str);
        let whose = format!("row {}", thousands(self.rows.rows()));
        let field = format!("in field `{}`", shown(path.as_bytes()));
        let place = |diagnostic: Diagnostic| diagnostic.at(self.place(Some(index)), field);
        refusal.into_diagnostic(&whose, place, self.rows.words().skipping("rows"))
    }

    fn rows(&self) -> u64 {
        self.rows.rows()
    }

    fn stray_count(&self) -> u64 {
        self.rows.stray_count()
    }

    fn learnt(&self) -> bool {
        self.paths.learnt
    }
}
