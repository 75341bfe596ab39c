//! Files beside a trace that belong to it.

use super::importer::Beside;
use super::input::{Input, TRACE};
use crate::diagnostic::Result;

/// The file's name without its folder.
pub(super) fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The first of these names that lies beside the trace at `path`, which may be compressed or not
/// whatever the trace is, and its path as an error should show it.
pub(super) fn find(beside: &dyn Beside, path: &str, wanted: &[String]) -> Option<(String, String)> {
    let names = beside.names();
    let plain = |name: &str| {
        let packed = [".gz", ".zst"].iter().find_map(|ending| name.strip_suffix(ending));
        packed.unwrap_or(name).to_owned()
    };
    let found = wanted.iter().find_map(|name| {
        let stem = plain(name);
        names.iter().find(|n| *n == name).or_else(|| names.iter().find(|n| plain(n) == stem))
    })?;
    let folder = path.len() - base_name(path).len();
    let shown = format!("{}{found}", path.get(..folder).unwrap_or_default());
    Some((found.clone(), shown))
}

/// Opens a file found beside a trace; errors call it `shown`.
///
/// # Errors
/// When it cannot be read or is not text.
pub(super) fn open<'a>(beside: &'a dyn Beside, name: &str, shown: &str) -> Result<Input<'a>> {
    Input::open(shown, beside.open(name)?, &TRACE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    struct Folder(&'static [&'static str]);

    impl Beside for Folder {
        fn names(&self) -> Vec<String> {
            self.0.iter().map(|name| (*name).to_owned()).collect()
        }
        fn open(&self, _: &str) -> Result<Box<dyn io::Read + '_>> {
            Ok(Box::new(io::empty()))
        }
    }

    #[test]
    fn a_file_is_found_packed_or_not() {
        let folder = Folder(&["a.csv.gz", "b.csv", "c.csv", "c.csv.gz"]);
        let find = |name: &str| find(&folder, "x/y/trace.csv", &[name.to_owned()]);
        let found = |name: &str| Some((name.to_owned(), format!("x/y/{name}")));
        assert_eq!(find("a.csv"), found("a.csv.gz"));
        assert_eq!(find("b.csv.gz"), found("b.csv"));
        assert_eq!(find("c.csv"), found("c.csv"));
        assert_eq!(find("d.csv"), None);
    }
}
