//! `ssc pricing verify`.

use super::super::exit::{EXIT_INPUT, EXIT_OK};
use super::super::flags::Global;
use super::super::{files, output, render};
use super::args::{Format, VerifyArgs};
use super::form;
use crate::diagnostic::{Diagnostic, Kind, Result, Source};
use crate::pricing::{Problem, Reading, Severity, embedded_sources};
use crate::report::pricing::{verification_json, verification_summary};

pub(super) fn run(args: &VerifyArgs, global: &Global) -> Result<u8> {
    let (sources, unreadable) = sources(args)?;
    let mut reading = Reading::of(&sources, form::today());
    reading.files += unreadable.len();
    let error = |diagnostic| Problem { severity: Severity::Error, diagnostic };
    reading.problems.extend(unreadable.into_iter().map(error));
    let file = args.writing.output.as_deref();
    let (_, color) = output::look(global.color, file.is_some());
    let text = match args.writing.format {
        Format::Table => table(&reading, color),
        Format::Json => verification_json(&reading),
    };
    output::result(&text, file)?;
    let failed =
        reading.count(Severity::Error) > 0 || (args.strict && !reading.problems.is_empty());
    Ok(if failed { EXIT_INPUT } else { EXIT_OK })
}

/// The files to check, and those that are no text.
fn sources(args: &VerifyArgs) -> Result<(Vec<Source>, Vec<Diagnostic>)> {
    if args.paths.is_empty() {
        return Ok((embedded_sources(), Vec::new()));
    }
    let mut paths = Vec::new();
    for path in &args.paths {
        if !path.is_dir() {
            paths.push(path.clone());
            continue;
        }
        let found = files::price_paths(path)?;
        if found.is_empty() {
            return Err(Box::new(
                Diagnostic::input(format!("no price files in `{}`", path.display()))
                    .kind(Kind::File)
                    .hint("price files end in `.yaml`; LLM providers are in a folder `llm` in it"),
            ));
        }
        paths.extend(found);
    }
    let (mut sources, mut unreadable) = (Vec::new(), Vec::new());
    for path in &paths {
        match files::text(path) {
            Ok(source) => sources.push(source),
            Err(diagnostic) if !path.exists() => return Err(diagnostic),
            Err(diagnostic) => unreadable.push(*diagnostic),
        }
    }
    Ok((sources, unreadable))
}

fn table(reading: &Reading, color: bool) -> String {
    let mut text = String::new();
    for problem in &reading.problems {
        text.push_str(&match problem.severity {
            Severity::Error => render::diagnostic(&problem.diagnostic, color),
            Severity::Warning => render::warning(&problem.diagnostic, color),
        });
        text.push('\n');
    }
    text.push_str(&verification_summary(reading));
    text.push('\n');
    text
}
