//! Where the page goes.

use crate::cli::file_error::failure;
use crate::cli::{files, output};
use crate::diagnostic::{Diagnostic, Kind, Result};
use std::fs;
use std::path::{Path, PathBuf};

/// What every page of this program has in it.
const OURS: &str = "Made by ssc ";

/// Where the page goes: a file, or stdout.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Target {
    File(PathBuf),
    Stdout,
}

/// Where it was asked for, else beside nobody's file: the input's name in the current folder.
///
/// # Errors
/// Before the work starts: where the folder is not there, the input would be overwritten, or something that
/// is no such page has the name that nobody asked for.
pub(super) fn target(asked: Option<&Path>, input: &Path) -> Result<Target> {
    let wrong =
        |why: String, hint: String| Box::new(Diagnostic::input(why).kind(Kind::File).hint(hint));
    if asked == Some(Path::new("-")) {
        return Ok(Target::Stdout);
    }
    let path = asked.map_or_else(|| named(input), Path::to_path_buf);
    let shown = path.display();
    let real = |path: &Path| fs::canonicalize(path).ok();
    if real(&path).is_some_and(|p| real(input) == Some(p)) {
        let why = format!("`{shown}` would be overwritten: it is what is read");
        return Err(wrong(why, "write the page to another file".into()));
    }
    let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|f| !f.is_dir()) {
        let hint = format!("make it first: `mkdir -p {}`", folder.display());
        return Err(wrong(format!("cannot write `{shown}`: its folder is not there"), hint));
    }
    if asked.is_none() && path.exists() {
        let text = fs::read(&path).map_err(|e| failure("read", &path, &e))?;
        if !String::from_utf8_lossy(&text).contains(OURS) {
            let why = format!("`{shown}` is there and was not made by `ssc report`");
            return Err(wrong(why, "say where the page goes with `-o FILE`".into()));
        }
    }
    Ok(Target::File(path))
}

/// `chat.html` of `scenarios/chat.yaml` or `chat.csv.gz`.
fn named(input: &Path) -> PathBuf {
    let name = input.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.split('.').find(|part| !part.is_empty()).unwrap_or("report");
    PathBuf::from(format!("{stem}.html"))
}

impl Target {
    /// Writes the page, and says where it is unless `quiet`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(super) fn write(&self, page: &str, quiet: bool) -> Result<()> {
        match self {
            Self::Stdout => output::result(page, None),
            Self::File(path) => {
                files::write(path, page)?;
                if quiet {
                    return Ok(());
                }
                let size = page.len().div_ceil(1_000);
                let shown = path.display();
                output::message(&format!("wrote {shown} ({size} kB): open it in a browser\n"))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_that_of_the_input() {
        for (input, page) in [
            ("scenarios/chat.yaml", "chat.html"),
            ("a/requests.csv.gz", "requests.html"),
            (".hidden", "hidden.html"),
            ("..", "report.html"),
        ] {
            assert_eq!(named(Path::new(input)), Path::new(page));
        }
    }

    #[test]
    fn nothing_of_others_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("a.yaml");
        fs::write(&input, "").unwrap();
        let error = |asked: &Path| target(Some(asked), &input).unwrap_err().message;
        assert!(error(&input).contains("it is what is read"));
        assert!(error(&folder.path().join("no/a.html")).contains("folder is not there"));
        assert_eq!(target(Some(Path::new("-")), &input).unwrap(), Target::Stdout);
        let fine = folder.path().join("b.html");
        fs::write(&fine, "mine").unwrap();
        assert_eq!(target(Some(&fine), &input).unwrap(), Target::File(fine));
    }
}
