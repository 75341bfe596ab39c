//! The scenario of a plan, written where it was asked for.

use super::files;
use crate::diagnostic::{Diagnostic, Kind, Result, Source};
use crate::estimate::Options;
use crate::recommend::Change;
use crate::workload::ScenarioFile;
use std::fs;
use std::path::{Component, Path, PathBuf};

/// What to call the file when none is asked for.
const EXAMPLE: &str = "cheaper.yaml";

/// Says before a long search that a file cannot be written.
///
/// # Errors
/// When it is no scenario by its name, its folder is not there, or it is one of the `others`: what is read,
/// or written too.
pub(super) fn check(path: &Path, others: &[Option<&PathBuf>]) -> Result<()> {
    let wrong = |why: String| Diagnostic::input(why).kind(Kind::File);
    let shown = path.display();
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !matches!(ending, "yaml" | "yml") || path.is_dir() {
        return Err(Box::new(
            wrong(format!("`{shown}` is no name for a scenario"))
                .hint(format!("for example `--apply {EXAMPLE}`")),
        ));
    }
    if !folder(path).is_dir() {
        return Err(Box::new(
            wrong(format!("cannot write `{shown}`: its folder is not there"))
                .hint(format!("make it first: `mkdir -p {}`", folder(path).display())),
        ));
    }
    let same = |other: &Path| {
        path == other
            || fs::canonicalize(path).ok().is_some_and(|p| fs::canonicalize(other).ok() == Some(p))
    };
    if others.iter().flatten().any(|other| same(other)) {
        return Err(Box::new(
            wrong(format!("`{shown}` would be overwritten"))
                .hint("write the changed scenario to another file, and compare the two"),
        ));
    }
    Ok(())
}

/// The folder of a file.
fn folder(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// Writes the scenario; its paths, which start at `from`, then start at the file's own folder.
///
/// # Errors
/// When it cannot be changed or written.
pub(super) fn write(path: &Path, source: &Source, from: &Path) -> Result<()> {
    let moved = moved(source, from, &folder(path))?;
    files::write(path, moved.text())
}

/// The scenario with its paths from another folder.
fn moved(source: &Source, from: &Path, to: &Path) -> Result<Source> {
    let file: ScenarioFile = source.yaml()?;
    let mut change = Change::none();
    for (index, w) in file.workloads.iter().enumerate() {
        let curve = w.memory_curve.as_ref().and_then(|c| c.file.as_ref());
        let files =
            [("arrivals.trace", w.arrivals.value.trace.as_ref()), ("memory_curve.file", curve)];
        for (key, field) in files {
            if let Some(field) = field
                && let Some(path) = between(&from.join(&field.value), to)
                && path != field.value
            {
                change = change.set(index, key, path);
            }
        }
    }
    change.apply(source)
}

/// How a file is reached from a folder; nothing for a path that may stay, or cannot be told.
fn between(file: &Path, to: &Path) -> Option<String> {
    let name = file.file_name()?;
    let (from, to) = (fs::canonicalize(folder(file)).ok()?, fs::canonicalize(to).ok()?);
    if file.is_absolute() {
        return None;
    }
    let (from, to): (Vec<_>, Vec<_>) = (from.components().collect(), to.components().collect());
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    if common == 0 {
        return Some(from.iter().collect::<PathBuf>().join(name).to_str()?.to_owned());
    }
    let up = to[common..].iter().map(|_| "..".to_owned());
    let down = from[common..].iter().filter_map(|c| match c {
        Component::Normal(part) => part.to_str().map(str::to_owned),
        _ => None,
    });
    let parts: Vec<_> = up.chain(down).chain([name.to_str()?.to_owned()]).collect();
    Some(parts.join("/"))
}

/// The command that confirms a plan's total, with all that its scenario cannot say.
pub(super) fn confirm(file: Option<&Path>, pricing: &[PathBuf], left: &Options) -> String {
    let mut words = vec!["ssc".to_owned(), "estimate".to_owned()];
    words.push(file.map_or_else(|| EXAMPLE.into(), |p| p.display().to_string()));
    let mut flag = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([name.to_owned(), value]);
        }
    };
    for dir in pricing {
        flag("--pricing", Some(dir.display().to_string()));
    }
    flag("--pricing-date", left.pricing_date.map(|d| d.to_string()));
    flag("--platform", left.platform.clone());
    flag("--region", left.region.clone());
    flag("--llm", left.llm.clone());
    flag("--seed", left.seed.map(|s| s.to_string()));
    flag("--traffic", left.traffic.map(|factor| format!("{factor}x")));
    flag("--rates", left.rates.as_ref().map(|r| r.name().to_owned()));
    for (given, name) in
        [(left.fixed_prices, "--fixed-prices"), (left.no_free_tier, "--no-free-tier")]
    {
        if given {
            words.push(name.to_owned());
        }
    }
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,@%+\\".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
