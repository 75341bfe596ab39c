//! The traces of an estimate, each read once however many workloads and variants use it.

use super::TraceLoader;
use crate::diagnostic::Result;
use crate::workload::Trace;
use crate::workload::import::ReadOptions;
use std::sync::Arc;

/// What was read: path, options and workload label, and the rows.
type Known = (String, ReadOptions, Option<String>, Arc<Trace>);

/// Reads traces and keeps them.
pub(super) struct Traces<'l> {
    loader: &'l mut dyn TraceLoader,
    known: Vec<Known>,
}

impl<'l> Traces<'l> {
    pub(super) fn new(loader: &'l mut dyn TraceLoader) -> Self {
        Self { loader, known: Vec::new() }
    }

    /// The whole trace.
    pub(super) fn load(&mut self, path: &str, options: &ReadOptions) -> Result<Arc<Trace>> {
        if let Some(known) = self.find(path, options, None) {
            return Ok(known);
        }
        let trace = Arc::new(self.loader.load(path, options)?);
        self.known.push((path.to_owned(), options.clone(), None, Arc::clone(&trace)));
        Ok(trace)
    }

    /// The rows of one workload; none if no row has that label.
    pub(super) fn part(
        &mut self,
        path: &str,
        options: &ReadOptions,
        label: &str,
    ) -> Result<Option<Arc<Trace>>> {
        if let Some(known) = self.find(path, options, Some(label)) {
            return Ok(Some(known));
        }
        let part = self.load(path, options)?.select_workload(label).map(Arc::new);
        if let Some(part) = &part {
            let label = Some(label.to_owned());
            self.known.push((path.to_owned(), options.clone(), label, Arc::clone(part)));
        }
        Ok(part)
    }

    fn find(&self, path: &str, options: &ReadOptions, label: Option<&str>) -> Option<Arc<Trace>> {
        let same = |k: &&Known| k.0 == path && k.1 == *options && k.2.as_deref() == label;
        self.known.iter().find(same).map(|k| Arc::clone(&k.3))
    }
}
