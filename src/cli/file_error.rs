//! What is said of a path that cannot be used.

use crate::diagnostic::{Diagnostic, Kind, suggest};
use std::fs;
use std::io;
use std::path::Path;

/// An error about a path.
pub(super) fn failure(doing: &str, path: &Path, error: &io::Error) -> Box<Diagnostic> {
    let mut d = Diagnostic::input(format!("cannot {doing} `{}`: {}", path.display(), plain(error)))
        .kind(Kind::File);
    if error.kind() == io::ErrorKind::NotFound {
        let near = doing == "read" && path.parent().is_some();
        let near = near.then(|| beside(path)).flatten();
        let near =
            near.map(|name| format!("did you mean `{}`?", path.with_file_name(name).display()));
        let path = match doing {
            "read" => "check the path; relative paths of a scenario start at its own folder",
            _ => "make its folder first",
        };
        d = d.hint(near.unwrap_or_else(|| path.into()));
    }
    Box::new(d)
}

/// The file beside a path that has nearly its name.
fn beside(path: &Path) -> Option<String> {
    let names = names(path.parent()?);
    let wanted = path.file_name()?.to_str()?;
    suggest::closest(wanted, names.iter().map(String::as_str)).map(str::to_owned)
}

/// What to do instead of naming a folder.
pub(super) fn instead_of(folder: &Path) -> String {
    const KNOWN: [&str; 9] =
        ["yaml", "yml", "csv", "jsonl", "parquet", "ssct", "csv.gz", "csv.zst", "jsonl.gz"];
    let names = names(folder);
    let known = |n: &&String| KNOWN.iter().any(|e| n.ends_with(&format!(".{e}")));
    let shown: Vec<_> = names.iter().filter(known).map(|n| folder.join(n)).collect();
    match shown.as_slice() {
        [] => "name a scenario or a trace; `ssc init` writes a first scenario".into(),
        [one] => format!("name a file in it: `{}`", one.display()),
        [first, ..] => {
            format!("name a file in it, such as `{}` ({} in all)", first.display(), shown.len())
        }
    }
}

/// The system's words without the error number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string().to_lowercase();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// What is in a folder, sorted; nothing if it cannot be read.
pub(super) fn names(folder: &Path) -> Vec<String> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(here) else { return Vec::new() };
    let names = entries.filter_map(|e| e.ok()?.file_name().into_string().ok());
    let mut names: Vec<_> = names.collect();
    names.sort();
    names
}
