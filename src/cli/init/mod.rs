//! `ssc init`: the first scenario, from a few answers or from a trace.

mod args;
mod ask;
mod made;
mod next;
mod trace;
mod wish;

pub(super) use args::InitArgs;
pub(super) use next::word;

use super::exit::EXIT_OK;
use super::files;
use super::flags::Global;
use super::output;
use super::progress::Progress;
use crate::diagnostic::{Diagnostic, Kind as Fault, Result};
use crate::init::{Kind, scenario};
use crate::pricing::Book;
use made::{Made, estimated};

pub(super) fn run(args: &InitArgs, global: &Global) -> Result<u8> {
    may_write(args)?;
    let book = files::book(&args.pricing)?;
    let made = match &args.from {
        Some(path) => trace::make(args, path, &book, global)?,
        None => of_kind(args, &book, global)?,
    };
    if args.to_stdout() {
        output::result(&made.text, None)?;
    } else {
        files::write(&args.file, &made.text)?;
    }
    if !global.quiet {
        let (width, color) = output::look(global.color, false);
        let report = made.report.as_ref().map(|r| r(width, color && !args.to_stdout()));
        let next = next::steps(args, &made);
        if let Some(report) = report {
            // The scenario itself is the result where it goes to stdout.
            if args.to_stdout() {
                output::message(&report)?
            } else {
                output::result(&report, None)?
            }
        }
        output::message(&next)?;
    }
    Ok(EXIT_OK)
}

fn of_kind(args: &InitArgs, book: &Book, global: &Global) -> Result<Made> {
    let wish = wish::of_kind(args, book)?;
    let gateway = (wish.kind == Kind::Voice).then(|| wish::gateway(book, &wish.target.platform));
    let text = scenario(wish.kind, &wish.target, &wish.rate, gateway.flatten());
    let progress = Progress::new(global.quiet);
    progress.replaying();
    let result = estimated(&text, &args.file, args.folder(), book, &progress);
    progress.clear();
    let what = format!("{} on {}, {}", wish.kind.name(), wish.target.platform, wish.rate);
    Ok(Made { estimate: result?, text, report: None, what })
}

/// A file that is there is not overwritten, and a folder is no file.
fn may_write(args: &InitArgs) -> Result<()> {
    let (file, shown) = (&args.file, args.file.display());
    if args.to_stdout() {
        return Ok(());
    }
    let error = |message: String| Diagnostic::input(message).kind(Fault::File);
    if file.is_dir() {
        let inside = file.join("scenario.yaml");
        return Err(Box::new(
            error(format!("`{shown}` is a directory"))
                .hint(format!("name the file to write in it: `ssc init {}`", next::word(&inside))),
        ));
    }
    let ending = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !matches!(ending, "yaml" | "yml") {
        return Err(Box::new(
            error(format!("`{shown}` does not end in .yaml, so `ssc` would take it for a trace"))
                .hint(match &args.from {
                    None => {
                        format!("to start from a trace: `ssc init --from {}`", next::word(file))
                    }
                    Some(_) => {
                        "the trace follows `--from`, the scenario to write ends in .yaml".into()
                    }
                }),
        ));
    }
    if file.exists() && !args.force {
        return Err(Box::new(
            error(format!("`{shown}` is there already"))
                .hint("name another file, or overwrite it with `--force`"),
        ));
    }
    Ok(())
}
