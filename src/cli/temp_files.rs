//! Files for a trace that does not fit in memory; the system takes them away whatever happens to the
//! program.

use super::file_at::FileAt;
use super::file_error::failure;
use super::made_file::Made;
use crate::diagnostic::{Diagnostic, Result};
use crate::workload::ReadAt;
use crate::workload::pack::{Files, PackFile, Purpose};
use std::env;
use std::fs::File;
use std::io;
use std::sync::Arc;

/// Makes nameless files in the system's folder for them.
#[derive(Default)]
pub(super) struct TempFiles {
    /// What may be the result; the last one is.
    result: Option<File>,
}

impl TempFiles {
    /// What was packed.
    pub(super) fn result(self) -> Result<Arc<dyn ReadAt>> {
        let none = || io::Error::other("nothing was packed");
        let file = self.result.ok_or_else(none).and_then(FileAt::of);
        match file.and_then(|file| file.ok_or_else(none)) {
            Ok(file) => Ok(Arc::new(file)),
            Err(e) => Err(failure("read temporary files in", &env::temp_dir(), &e)),
        }
    }
}

impl Files for TempFiles {
    fn make(&mut self, purpose: Purpose) -> Result<Box<dyn PackFile>> {
        let file = tempfile::tempfile().and_then(|file| {
            if purpose == Purpose::Result {
                self.result = Some(file.try_clone()?);
            }
            Ok(file)
        });
        Ok(Box::new(Made(file.map_err(|e| self.failure(purpose, &e))?)))
    }

    fn failure(&self, _: Purpose, error: &io::Error) -> Box<Diagnostic> {
        let mut diagnostic = failure("write temporary files in", &env::temp_dir(), error);
        diagnostic.hint = Some(
            "give the trace more memory with `--memory`, or sort it elsewhere with `ssc trace pack`"
                .into(),
        );
        diagnostic
    }
}
