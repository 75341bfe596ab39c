//! Packs traces of any size: rows come in sorted runs, and are merged if the runs overlap.

use super::merge::merge;
use super::slice::Slice;
use super::{FORMAT, Packed, Writer};
use crate::diagnostic::{Diagnostic, Result};
use crate::units::{SimTime, thousands};
use crate::workload::import::RunSink;
use crate::workload::{ReadAt, TimeBase, Trace};
use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

/// Sorted parts that are merged at once; each has a block in memory.
const FAN_IN: usize = 32;

/// What a file is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// It may become the result; the last one made for this is.
    Result,
    /// It is read once more and thrown away.
    Part,
}

/// Makes the files that packing needs.
pub trait Files {
    /// A new empty file.
    ///
    /// # Errors
    /// When it cannot be made.
    fn make(&mut self, purpose: Purpose) -> Result<Box<dyn PackFile>>;

    /// The error for a file that was made and cannot be written.
    fn failure(&self, purpose: Purpose, error: &io::Error) -> Box<Diagnostic>;
}

/// A file that is written from the beginning and then read.
pub trait PackFile: Write {
    /// What was written.
    ///
    /// # Errors
    /// When it cannot be read.
    fn written(self: Box<Self>) -> io::Result<Arc<dyn ReadAt>>;
}

/// What was packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Requests in the result.
    pub rows: u64,
    /// Requests in all inputs.
    pub rows_read: u64,
    /// The first and the last arrival of the result.
    pub arrivals: (SimTime, SimTime),
    /// What they count from.
    pub base: TimeBase,
    /// Rows that could not be read.
    pub skipped: u64,
    /// What was noticed.
    pub notes: Vec<String>,
    /// Size of the result in bytes.
    pub bytes: u64,
    /// How many sorted parts there were; more than one were merged.
    pub parts: usize,
}

/// Takes the rows of one trace after the other and writes them sorted into one file.
pub struct Packer<'a> {
    files: &'a mut dyn Files,
    slice: Slice,
    run_bytes: usize,
    /// Labels and whatever there is to say about the result.
    about: Trace,
    base: Option<TimeBase>,
    inputs: usize,
    rows: u64,
    rows_read: u64,
    open: Option<(Writer<Box<dyn PackFile>>, Purpose)>,
    parts: Vec<Packed>,
}

impl<'a> Packer<'a> {
    /// Packs what `slice` keeps. Rows are sorted in runs that take about half of `memory` bytes, the
    /// other half is for sorting.
    pub fn new(files: &'a mut dyn Files, slice: Slice, memory: u64) -> Self {
        Self {
            files,
            slice,
            run_bytes: usize::try_from(memory / 2).unwrap_or(usize::MAX),
            about: Trace::default(),
            base: None,
            inputs: 0,
            rows: 0,
            rows_read: 0,
            open: None,
            parts: Vec::new(),
        }
    }

    /// Whether no rows have come yet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows_read == 0
    }

    /// Ends one of `all` inputs: takes its last rows, and what there is to say about it.
    ///
    /// # Errors
    /// Those of [`RunSink::take`].
    pub fn end_of(&mut self, name: &str, trace: &Trace, all: usize) -> Result<()> {
        self.take(trace)?;
        let about = &mut self.about;
        about.format = match self.inputs {
            0 => trace.format,
            _ if about.format == trace.format => trace.format,
            _ => FORMAT,
        };
        self.inputs += 1;
        about.skipped += trace.skipped;
        about.out_of_order += trace.out_of_order;
        if about.first_skipped.is_none() {
            about.first_skipped.clone_from(&trace.first_skipped);
        }
        let named = |note: &String| if all > 1 { format!("{name}: {note}") } else { note.clone() };
        about.notes.extend(trace.notes.iter().map(named));
        Ok(())
    }

    /// Writes the result into the last file made for it.
    ///
    /// # Errors
    /// When no request is left, and when files cannot be read or written.
    pub fn finish(mut self) -> Result<Summary> {
        if self.rows == 0 {
            return Err(self.nothing_left());
        }
        if self.rows < self.rows_read {
            let (rows, all) = (thousands(self.rows), thousands(self.rows_read));
            self.about.notes.push(format!("{rows} of {all} requests were kept"));
        }
        self.about.time_base = self.base.unwrap_or_default();
        let about = std::mem::take(&mut self.about);
        let mut parts = self.parts.len() + usize::from(self.open.is_some());
        let all_parts = parts;
        if !self.parts.is_empty() {
            self.end_part()?;
            while parts > FAN_IN {
                self.merge_groups()?;
                parts = self.parts.len();
            }
            let parts = std::mem::take(&mut self.parts);
            self.open = Some(self.merged(&parts, Purpose::Result)?);
        }
        let Some((writer, purpose)) = self.open.take() else { return Err(self.nothing_left()) };
        let written = writer.finish(&about).and_then(|file| file.written());
        let file = written.map_err(|e| self.files.failure(purpose, &e))?;
        let bytes = file.size();
        let packed = Packed::open("the result", file)?;
        let header = packed.header();
        Ok(Summary {
            rows: header.rows,
            rows_read: self.rows_read,
            arrivals: (header.first, header.last),
            base: about.time_base,
            skipped: about.skipped,
            notes: about.notes,
            bytes,
            parts: all_parts,
        })
    }

    /// Adds rows behind the last part, or begins another.
    fn write(&mut self, rows: &Trace) -> Result<()> {
        let Some(&first) = rows.arrivals().first() else { return Ok(()) };
        self.rows += rows.len() as u64;
        if self.open.as_ref().is_some_and(|(w, _)| w.last().is_some_and(|last| last > first)) {
            self.end_part()?;
        }
        let (mut writer, purpose) = match self.open.take() {
            Some(open) => open,
            // If it stays the only one, it is the result.
            None if self.parts.is_empty() => self.begin(Purpose::Result)?,
            None => self.begin(Purpose::Part)?,
        };
        writer.append(rows).map_err(|e| self.files.failure(purpose, &e))?;
        self.open = Some((writer, purpose));
        Ok(())
    }

    fn begin(&mut self, purpose: Purpose) -> Result<(Writer<Box<dyn PackFile>>, Purpose)> {
        let file = self.files.make(purpose)?;
        let writer = Writer::new(file).map_err(|e| self.files.failure(purpose, &e))?;
        Ok((writer, purpose))
    }

    fn end_part(&mut self) -> Result<()> {
        if let Some((writer, purpose)) = self.open.take() {
            let written = writer.finish(&Trace::default()).and_then(|file| file.written());
            let file = written.map_err(|e| self.files.failure(purpose, &e))?;
            self.parts.push(Packed::open("a sorted part", file)?);
        }
        Ok(())
    }

    /// Merges neighbours, so that there are fewer parts.
    fn merge_groups(&mut self) -> Result<()> {
        let mut parts = std::mem::take(&mut self.parts).into_iter();
        let mut merged = Vec::new();
        loop {
            let group: Vec<_> = parts.by_ref().take(FAN_IN).collect();
            if group.is_empty() {
                break;
            }
            self.open = Some(self.merged(&group, Purpose::Part)?);
            self.end_part()?;
            merged.append(&mut self.parts);
        }
        self.parts = merged;
        Ok(())
    }

    fn merged(
        &mut self,
        parts: &[Packed],
        purpose: Purpose,
    ) -> Result<(Writer<Box<dyn PackFile>>, Purpose)> {
        let (mut writer, purpose) = self.begin(purpose)?;
        let files = &self.files;
        merge(parts, |rows| writer.append(rows).map_err(|e| files.failure(purpose, &e)))?;
        Ok((writer, purpose))
    }

    fn nothing_left(&self) -> Box<Diagnostic> {
        let all = thousands(self.rows_read);
        Diagnostic::input("no request is left")
            .note(format!("{all} requests were read, none is between `--from` and `--until` and of the `--workload`"))
            .hint("look at the trace with `ssc trace inspect`")
            .into()
    }

    fn check(&mut self, run: &Trace) -> Result<()> {
        self.slice.check(run.time_base)?;
        if *self.base.get_or_insert(run.time_base) != run.time_base {
            return Err(Diagnostic::input("the traces do not count from the same start")
                .note("one has dates, another counts from its start")
                .hint("pack them one by one")
                .into());
        }
        Ok(())
    }
}

impl RunSink for Packer<'_> {
    fn run_bytes(&self) -> usize {
        self.run_bytes
    }

    fn take(&mut self, run: &Trace) -> Result<()> {
        if run.is_empty() {
            return Ok(());
        }
        self.check(run)?;
        self.rows_read += run.len() as u64;
        let rows = kept(run, &self.slice, &mut self.about)?;
        self.write(&rows)
    }
}

/// The rows that are kept, with label indices of `about`.
fn kept<'t>(run: &'t Trace, slice: &Slice, about: &mut Trace) -> Result<Cow<'t, Trace>> {
    let full = || Diagnostic::input("the traces have more than 65,535 different labels together");
    let index = |label: Option<u16>| label.ok_or_else(|| Box::new(full()));
    let workloads = run.workload_labels().iter().map(|l| index(about.intern_workload(l)));
    let workloads = workloads.collect::<Result<Vec<_>>>()?;
    let models = run.model_labels().iter().map(|l| index(about.intern_model(l)));
    let models = models.collect::<Result<Vec<_>>>()?;
    let same = |map: &[u16]| map.iter().enumerate().all(|(i, to)| i == usize::from(*to));
    if slice.is_all() && same(&workloads) && same(&models) {
        return Ok(Cow::Borrowed(run));
    }
    let to = |map: &[u16], from: Option<u16>| from.and_then(|i| map.get(usize::from(i)).copied());
    let mut rows = Trace::default();
    for (i, mut row) in run.iter().enumerate() {
        if slice.keeps(run, &row) {
            row.workload = to(&workloads, row.workload);
            row.model = to(&models, row.model);
            rows.push(row);
            rows.push_prefix(run.prefixes().of(i));
        }
    }
    Ok(Cow::Owned(rows))
}

#[cfg(test)]
#[path = "packer_tests.rs"]
mod tests;
