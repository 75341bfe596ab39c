//! A scenario from a trace: the trace itself, or what was fitted to it.

use super::super::flags::{Global, column};
use super::super::{files, progress::Progress};
use super::args::InitArgs;
use super::made::{Made, estimated};
use super::wish;
use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::estimate::Figures;
use crate::init::{Logged, fitted, traced};
use crate::pricing::Book;
use crate::report::fit::{Sides, fit_report};
use crate::workload::fit::Fit;
use crate::workload::import::ReadOptions;
use crate::workload::inspect::Inspection;
use std::path::{Component, Path};

/// Seed of what is drawn to judge a fit.
const SEED: u64 = 1;

pub(super) fn make(args: &InitArgs, path: &Path, book: &Book, global: &Global) -> Result<Made> {
    let shown = path.to_str().ok_or_else(|| {
        Diagnostic::input("the path of a trace must be UTF-8 text").kind(Kind::File)
    })?;
    files::readable(path)?;
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if matches!(ending, "yaml" | "yml") {
        return Err(Box::new(
            Diagnostic::input(format!("`{shown}` is a scenario, not a trace")).hint(format!(
                "copy it and change it, or `ssc estimate {}`",
                super::next::word(path)
            )),
        ));
    }
    let pairs = args.column.iter().map(|pair| column(pair));
    let columns = pairs
        .map(|pair| pair.map(|(name, header)| (name.to_owned(), header.to_owned())))
        .collect::<Result<Vec<_>>>()?;
    let options = ReadOptions {
        columns: columns.iter().cloned().collect(),
        skip_bad_rows: args.skip_bad_rows,
        ..ReadOptions::default()
    };
    let progress = Progress::new(global.quiet);
    let trace = files::trace(path, &options, &progress, None, None);
    progress.clear();
    let trace = trace?;
    let target = wish::of_trace(args, book, path, trace.has_tokens())?;
    let found = Inspection::of(&trace, 0, &[])?;
    let from_folder = seen_from(path, &args.folder())?;
    let logged = Logged {
        path: &from_folder,
        found: &found,
        columns: &columns,
        skip_bad_rows: args.skip_bad_rows,
        window: args.window.as_deref(),
    };
    let itself = traced(&target, &logged);
    let fit = if args.fit { Fit::of(&trace, SEED)? } else { None };
    drop(trace);
    progress.replaying();
    let estimate = |text: &str| estimated(text, &args.file, args.folder(), book, &progress);
    let measured = estimate(&itself);
    let results = match &fit {
        None => measured.map(|m| (None, m)),
        Some(fit) => {
            let text = fitted(&target, &logged, fit);
            measured.and_then(|m| estimate(&text).map(|f| (Some((text, m)), f)))
        }
    };
    progress.clear();
    let what = format!("{shown} on {}", target.platform);
    match (results?, fit) {
        ((Some((text, measured)), estimate), Some(fit)) => {
            let sides = Sides {
                file: shown.to_owned(),
                platform: target.platform,
                fit,
                trace: Figures::of(&measured),
                fitted: Figures::of(&estimate),
            };
            let report = move |width, color| fit_report(&sides, width, color);
            let what = format!("fitted to {what}");
            Ok(Made { text, estimate, report: Some(Box::new(report)), what })
        }
        ((_, estimate), _) => Ok(Made { text: itself, estimate, report: None, what }),
    }
}

/// The path of a trace as a scenario in `folder` names it.
fn seen_from(path: &Path, folder: &Path) -> Result<String> {
    let text = |p: &Path| p.to_str().map(str::to_owned);
    let plain = |p: &Path| p.components().all(|c| matches!(c, Component::Normal(_)));
    let relative = if folder.as_os_str().is_empty() || path.is_absolute() {
        text(path)
    } else if let Ok(inside) = path.strip_prefix(folder) {
        text(inside)
    } else if plain(folder) && !path.is_absolute() {
        // One step up for each folder down; forward slashes are read everywhere.
        let up = "../".repeat(folder.components().count());
        text(path).map(|p| format!("{up}{p}"))
    } else {
        std::path::absolute(path).ok().as_deref().and_then(text)
    };
    relative.ok_or_else(|| {
        Box::new(Diagnostic::input("the path of a trace must be UTF-8 text").kind(Kind::File))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_named_from_the_folder_of_the_scenario() {
        let seen =
            |path: &str, folder: &str| seen_from(Path::new(path), Path::new(folder)).unwrap();
        assert_eq!(seen("logs/day.csv", ""), "logs/day.csv");
        assert_eq!(seen("logs/day.csv", "logs"), "day.csv");
        assert_eq!(seen("day.csv", "out/costs"), "../../day.csv");
        assert_eq!(seen("../day.csv", "out"), "../../day.csv");
        if cfg!(unix) {
            assert_eq!(seen("/data/day.csv", "out"), "/data/day.csv");
            assert!(seen("day.csv", "../out").starts_with('/'));
        }
    }
}
