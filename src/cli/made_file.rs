//! A file that is written first and read afterwards.

use super::file_at::FileAt;
use crate::workload::ReadAt;
use crate::workload::pack::PackFile;
use std::fs::File;
use std::io::{self, Write};
use std::sync::Arc;

/// A file being made.
pub(super) struct Made(pub(super) File);

impl Write for Made {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl PackFile for Made {
    fn written(self: Box<Self>) -> io::Result<Arc<dyn ReadAt>> {
        let file = FileAt::of(self.0)?;
        let file = file.ok_or_else(|| io::Error::other("it is no regular file"))?;
        Ok(Arc::new(file))
    }
}
