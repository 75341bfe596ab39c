//! Every fixture is recognised by one format, and by no other.

use super::*;
use crate::workload::import::input::Input;
use crate::workload::import::input::TRACE;
use std::fs;
use std::path::Path;

/// The formats that want to read a file, those with free columns left out.
fn takers(name: &str, bytes: &[u8]) -> Vec<&'static str> {
    let input = Input::open(name, Box::new(bytes), &TRACE).unwrap();
    let first_line = input.first_line();
    let head = Head { name, first_line: &first_line, text: input.head() };
    let sharp = IMPORTERS.iter().filter(|i| FREE.iter().all(|free| free.name != i.name));
    sharp.filter(|i| (i.detect)(&head)).map(|i| i.name).collect()
}

/// Files and folders of fixtures begin with the name of their format.
#[test]
fn fixtures_are_recognised_by_their_format_alone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/traces");
    let mut checked = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_name().unwrap().to_str().unwrap().replace('_', "-");
        // The first file of a folder is the trace; the others belong to it.
        let file = if path.is_dir() {
            fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()).min().unwrap()
        } else {
            path
        };
        let format = IMPORTERS.iter().map(|i| i.name).filter(|n| stem.starts_with(n));
        let format = format.max_by_key(|n| n.len());
        let format = format.unwrap_or_else(|| panic!("no format is called like {stem}"));
        let takers = takers(&stem, &fs::read(&file).unwrap());
        let free = FREE.iter().any(|free| free.name == format);
        assert_eq!(takers, if free { vec![] } else { vec![format] }, "{stem}");
        checked += 1;
    }
    assert!(checked >= 14, "{checked} fixtures");
}
