//! A file on disk that is read at any place.

use crate::workload::ReadAt;
use std::fs::File;
use std::io;

/// An open file of a known size.
pub(super) struct FileAt {
    file: File,
    size: u64,
}

impl FileAt {
    /// A regular file; none for a pipe or a device, which are read from the beginning only.
    pub(super) fn of(file: File) -> io::Result<Option<Self>> {
        let meta = file.metadata()?;
        Ok(meta.is_file().then(|| Self { file, size: meta.len() }))
    }
}

impl ReadAt for FileAt {
    fn size(&self) -> u64 {
        self.size
    }

    #[cfg(unix)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset)
    }
}
