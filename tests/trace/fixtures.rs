//! Small files in the shape of published traces and logs.

use super::render;
use ssc::diagnostic::Result;
use ssc::workload::import::{Beside, ReadOptions, read_beside};
use ssc::workload::{Row, Trace};
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A folder on disk.
pub(super) struct Folder(pub(super) PathBuf);

impl Beside for Folder {
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn open(&self, name: &str) -> Result<Box<dyn Read + '_>> {
        Ok(Box::new(File::open(self.0.join(name)).unwrap()))
    }
}

/// A file and what lies beside it; errors call it by its name alone.
pub(super) fn try_load(path: &Path, options: &ReadOptions) -> Result<Trace> {
    let folder = Folder(path.parent().unwrap().to_path_buf());
    let name = path.file_name().unwrap().to_str().unwrap();
    read_beside(name, File::open(path).unwrap(), options, &folder)
}

pub(super) fn load(path: &Path, options: &ReadOptions) -> Trace {
    try_load(path, options).unwrap_or_else(|e| panic!("{}", render(&e)))
}

/// A path below `tests/fixtures/traces`.
pub(super) fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/traces").join(path)
}

/// A row's label; empty without.
pub(super) fn label(trace: &Trace, row: &Row) -> String {
    row.workload.map_or(String::new(), |i| trace.workload_labels()[usize::from(i)].clone())
}

/// One line a request: arrival and duration in milliseconds, label, status.
pub(super) fn listing(trace: &Trace) -> Vec<String> {
    let line = |row: Row| {
        let arrival = row.arrival.0 / 1_000_000;
        let duration = row.duration.map_or("-".into(), |d| d.to_string());
        format!("{arrival} {duration} {} {:?}", label(trace, &row), row.status)
    };
    trace.iter().map(line).collect()
}
