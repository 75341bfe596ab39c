//! The traces of an estimate, each read once however many workloads and variants use it.

use super::TraceLoader;
use crate::diagnostic::{Result, Source};
use crate::workload::Recording;
use crate::workload::import::ReadOptions;
use crate::workload::prefix_cache::{self, CachePlan};
use std::path::PathBuf;
use std::sync::Arc;

/// Which trace is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// The path, as the scenario writes it or from where the loader starts.
    pub(super) path: String,
    /// How it is read.
    pub(super) options: ReadOptions,
    /// The prompt cache whose hits are the cached tokens, instead of what was logged.
    pub(super) cache: Option<CachePlan>,
}

/// What was read: a trace, and the workload label of all its rows if it is not the whole.
type Known = (Wanted, Option<String>, Arc<Recording>);

/// Reads traces and keeps them.
pub(super) struct Traces<'l> {
    loader: &'l mut dyn TraceLoader,
    /// Where paths start.
    folder: PathBuf,
    known: Vec<Known>,
    /// Rows by workload label of whole traces, once someone has asked.
    rows: Vec<(Arc<Recording>, Arc<[u64]>)>,
}

impl<'l> Traces<'l> {
    pub(super) fn new(loader: &'l mut dyn TraceLoader) -> Self {
        Self { loader, folder: PathBuf::new(), known: Vec::new(), rows: Vec::new() }
    }

    /// Paths start at this folder from now on.
    pub(super) fn enter(&mut self, folder: &str) {
        self.folder = PathBuf::from(folder);
    }

    /// The path from where the loader starts.
    fn placed(&self, path: &str) -> String {
        self.folder.join(path).to_string_lossy().into_owned()
    }

    /// The whole trace.
    pub(super) fn load(&mut self, wanted: &Wanted) -> Result<Arc<Recording>> {
        self.whole(&Wanted { path: self.placed(&wanted.path), ..wanted.clone() })
    }

    fn whole(&mut self, wanted: &Wanted) -> Result<Arc<Recording>> {
        if let Some(known) = self.find(wanted, None) {
            return Ok(known);
        }
        let trace = match &wanted.cache {
            None => self.loader.load(&wanted.path, &wanted.options)?,
            Some(plan) => {
                let logged = self.whole(&Wanted { cache: None, ..wanted.clone() })?;
                let mut trace = logged.to_memory()?.into_owned();
                prefix_cache::measure(&mut trace, plan);
                Recording::Memory(trace)
            }
        };
        let trace = Arc::new(trace);
        self.known.push((wanted.clone(), None, Arc::clone(&trace)));
        Ok(trace)
    }

    /// A text file.
    pub(super) fn text(&mut self, path: &str) -> Result<Source> {
        let path = self.placed(path);
        self.loader.text(&path)
    }

    /// The rows of one workload; none if no row has that label. All workloads of a trace use the same
    /// prompt cache.
    pub(super) fn part(&mut self, wanted: &Wanted, label: &str) -> Result<Option<Arc<Recording>>> {
        let wanted = &Wanted { path: self.placed(&wanted.path), ..wanted.clone() };
        if let Some(known) = self.find(wanted, Some(label)) {
            return Ok(Some(known));
        }
        let whole = self.whole(wanted)?;
        let part = whole.to_memory()?.select_workload(label);
        let part = part.map(|part| Arc::new(Recording::Memory(part)));
        if let Some(part) = &part {
            self.known.push((wanted.clone(), Some(label.to_owned()), Arc::clone(part)));
        }
        Ok(part)
    }

    /// How many rows of a trace each workload label has, and last how many have none.
    pub(super) fn rows(&mut self, trace: &Arc<Recording>) -> Result<Arc<[u64]>> {
        let same = |(known, _): &&(Arc<Recording>, _)| Arc::ptr_eq(known, trace);
        if let Some((_, rows)) = self.rows.iter().find(same) {
            return Ok(Arc::clone(rows));
        }
        let rows: Arc<[u64]> = trace.label_rows()?.into();
        self.rows.push((Arc::clone(trace), Arc::clone(&rows)));
        Ok(rows)
    }

    fn find(&self, wanted: &Wanted, label: Option<&str>) -> Option<Arc<Recording>> {
        let same = |k: &&Known| k.0 == *wanted && k.1.as_deref() == label;
        self.known.iter().find(same).map(|k| Arc::clone(&k.2))
    }
}
