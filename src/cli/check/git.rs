//! A scenario as it stands at a git revision.

use crate::diagnostic::{Diagnostic, Kind, Result, Source};
use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// Reads the file at `path` as it is at `revision`, without touching the working tree.
///
/// # Errors
/// When git is not installed, the folder is in no repository, the revision is unknown, or it does not have
/// the file.
pub(super) fn show(revision: &str, path: &Path) -> Result<Source> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let shown = path.display();
    if revision.is_empty() || revision.starts_with('-') || revision.contains(':') {
        return Err(Box::new(
            Diagnostic::input(format!("`git:{revision}` names no revision"))
                .hint("for example `--baseline git:main` or `--baseline git:HEAD~1`"),
        ));
    }
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let git = |arguments: &[&str]| {
        let run =
            Command::new("git").arg("-C").arg(folder).args(arguments).env("LC_ALL", "C").output();
        run.map_err(|error| {
            let what = match error.kind() {
                ErrorKind::NotFound => "git is not installed, or not on the PATH".to_owned(),
                _ => format!("git cannot be started: {error}"),
            };
            let message = format!("cannot read the baseline: {what}");
            Box::new(failed(message).hint("install git, or give a file as the baseline"))
        })
    };
    let inside = git(&["rev-parse", "--is-inside-work-tree"])?;
    if !inside.status.success() {
        let message = format!("cannot read the baseline: `{shown}` is in no git repository");
        return Err(Box::new(
            failed(message)
                .note(first_line(&inside.stderr))
                .hint("give a file as the baseline: `--baseline before.json`"),
        ));
    }
    let commit = format!("{revision}^{{commit}}");
    if !git(&["rev-parse", "--verify", "--quiet", &commit])?.status.success() {
        let message = format!("cannot read the baseline: git knows no revision `{revision}`");
        let hint = "a shallow clone has few of them: fetch it first, as in `git fetch origin main`";
        return Err(Box::new(failed(message).hint(hint)));
    }
    let found = git(&["cat-file", "blob", &format!("{revision}:./{name}")])?;
    if !found.status.success() {
        let message = format!("cannot read the baseline: `{shown}` is not there at `{revision}`");
        return Err(Box::new(
            failed(message).hint("a new scenario has no baseline yet: leave `--baseline` out"),
        ));
    }
    let text = String::from_utf8(found.stdout).map_err(|_| {
        failed(format!("cannot read the baseline: `{shown}` at `{revision}` is not UTF-8 text"))
    })?;
    Ok(Source::new(format!("{shown} at {revision}"), text))
}

fn failed(message: String) -> Diagnostic {
    Diagnostic::input(message).kind(Kind::File)
}

fn first_line(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    text.lines().next().unwrap_or_default().to_owned()
}
