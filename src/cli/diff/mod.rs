//! `ssc diff`.

mod args;

pub(super) use args::DiffArgs;

use super::exit::EXIT_OK;
use super::files::{self, Traces};
use super::flags::Global;
use super::output;
use super::progress::Progress;
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::diff::{Ledger, Side, causes, lines};
use crate::estimate::Options;
use crate::report::diff as report;
use args::Format;
use std::path::{Path, PathBuf};

/// What was named on the command line.
enum Found {
    Scenario(Source, PathBuf),
    Result(Ledger),
}

pub(super) fn run(args: &DiffArgs, global: &Global) -> Result<u8> {
    let second = second(args)?;
    let (a, b) = (find(&args.a)?, find(second)?);
    let names = [label(&args.a, args, true), label(second, args, false)];
    let compared = match (a, b) {
        (Found::Scenario(a, folder_a), Found::Scenario(b, folder_b)) => {
            scenarios(args, global, (&a, &folder_a), (&b, &folder_b), names)?
        }
        (Found::Result(before), Found::Result(after)) => {
            refuse_scenario_flags(args)?;
            let lines = lines(&before, &after);
            report::Compared { names, before, after, causes: None, lines }
        }
        _ => {
            return Err(Box::new(
                Diagnostic::input("a scenario cannot be compared with a result")
                    .note("compare two scenarios (.yaml) or two results (.json)")
                    .hint("make a result with `ssc estimate SCENARIO --format json -o FILE`"),
            ));
        }
    };
    let (width, color) = output::look(global.color, args.output.is_some());
    let text = match args.format {
        Format::Table => report::table(&compared, width, color),
        Format::Json => report::json(&compared),
        Format::Markdown => report::markdown(&compared),
    };
    output::result(&text, args.output.as_deref())?;
    Ok(EXIT_OK)
}

/// The other side: a second file, or the first one at other prices.
fn second(args: &DiffArgs) -> Result<&Path> {
    let prices = args.pricing_date_a.is_some()
        || args.pricing_date_b.is_some()
        || !args.pricing_a.is_empty()
        || !args.pricing_b.is_empty();
    match &args.b {
        Some(b) => Ok(b),
        None if prices => Ok(&args.a),
        None => Err(Box::new(
            Diagnostic::input("nothing to compare with")
                .note("two scenarios or results: `ssc diff before.yaml after.yaml`")
                .note("two days: `ssc diff chat.yaml --pricing-date-a 2026-06-01`")
                .note("two books: `ssc diff chat.yaml --pricing-b DIR`")
                .hint("see `ssc diff --help`"),
        )),
    }
}

fn find(path: &Path) -> Result<Found> {
    match path.extension().and_then(|e| e.to_str()) {
        Some("yaml" | "yml") => {
            let folder = path.parent().unwrap_or(Path::new("")).to_path_buf();
            Ok(Found::Scenario(files::text(path)?, folder))
        }
        _ => Ledger::read(&files::text(path)?).map(Found::Result),
    }
}

/// What a side is called: its file, and what makes it different from the same file.
fn label(path: &Path, args: &DiffArgs, first: bool) -> String {
    let (date, books) = if first {
        (args.pricing_date_a, &args.pricing_a)
    } else {
        (args.pricing_date_b, &args.pricing_b)
    };
    let mut text = path.display().to_string();
    if let Some(date) = date {
        text += &format!(" on {date}");
    }
    for book in books {
        text += &format!(" with {}", book.display());
    }
    text
}

fn scenarios(
    args: &DiffArgs,
    global: &Global,
    (a, folder_a): (&Source, &Path),
    (b, folder_b): (&Source, &Path),
    names: [String; 2],
) -> Result<report::Compared> {
    let with = |own: &[PathBuf]| [&args.pricing[..], own].concat();
    let book_a = files::book(&with(&args.pricing_a))?;
    let other = args.pricing_a != args.pricing_b;
    let own_b = if other { Some(files::book(&with(&args.pricing_b))?) } else { None };
    let common = Options {
        today: chrono::Utc::now().date_naive(),
        seed: args.seed,
        no_free_tier: args.no_free_tier,
        ..Options::default()
    };
    let date = |own: Option<chrono::NaiveDate>| own.or(args.pricing_date);
    let options_a = Options { pricing_date: date(args.pricing_date_a), ..common.clone() };
    let options_b = Options { pricing_date: date(args.pricing_date_b), ..common };
    let progress = Progress::new(global.quiet);
    progress.replaying();
    let folder = PathBuf::new();
    let mut traces = Traces { folder, progress: &progress, digest: None, memory: args.memory };
    let (folder_a, folder_b) = (folder_a.to_string_lossy(), folder_b.to_string_lossy());
    let book_b = own_b.as_ref().unwrap_or(&book_a);
    let old = Side { source: a, folder: &folder_a, book: &book_a, options: &options_a };
    let new = Side { source: b, folder: &folder_b, book: book_b, options: &options_b };
    let sides = causes(old, new, &mut traces);
    progress.clear();
    let sides = sides?;
    let (before, after) = (Ledger::from(&sides.before), Ledger::from(&sides.after));
    let lines = lines(&before, &after);
    Ok(report::Compared { names, before, after, causes: Some(sides.causes), lines })
}

/// Options of an estimate mean nothing for results.
fn refuse_scenario_flags(args: &DiffArgs) -> Result<()> {
    let flags = [
        (args.pricing_date.is_some(), "--pricing-date"),
        (args.pricing_date_a.is_some(), "--pricing-date-a"),
        (args.pricing_date_b.is_some(), "--pricing-date-b"),
        (!args.pricing_a.is_empty(), "--pricing-a"),
        (!args.pricing_b.is_empty(), "--pricing-b"),
        (args.seed.is_some(), "--seed"),
        (args.no_free_tier, "--no-free-tier"),
    ];
    match flags.into_iter().find(|(given, _)| *given) {
        Some((_, flag)) => Err(Box::new(
            Diagnostic::input(format!("`{flag}` is for scenarios"))
                .note("a result has been estimated already")
                .hint("leave it out, or compare the scenarios"),
        )),
        None => Ok(()),
    }
}
