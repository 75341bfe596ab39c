//! Files that parsers read, to begin with.

use crate::cli::{LAB, root};
use crate::focus::bill_of_the_lab;
use flate2::{Compression, write::GzEncoder};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// A file, and for a trace what belongs to it.
pub(crate) struct Seed {
    pub(crate) name: String,
    /// The format it is read as when nobody says.
    pub(crate) format: Option<&'static str>,
    pub(crate) bytes: Vec<u8>,
    pub(crate) beside: Vec<(String, Vec<u8>)>,
}

impl Seed {
    fn new(name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name: name.to_owned(), format: None, bytes: bytes.into(), beside: Vec::new() }
    }
}

/// Every file below a folder, sorted.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let each = paths.into_iter();
    each.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn of(path: &Path) -> Seed {
    Seed::new(&file_name(path), fs::read(path).unwrap())
}
