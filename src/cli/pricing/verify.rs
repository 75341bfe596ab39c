//! `ssc pricing verify`.

use super::super::args::Global;
use super::super::{EXIT_INPUT, EXIT_OK, files, output, render};
use super::args::{Format, VerifyArgs};
use crate::diagnostic::{Diagnostic, Kind, Result, Source};
use crate::pricing::{Reading, Severity, embedded_sources};
use crate::report::pricing::{verification_json, verification_summary};

pub(super) fn run(args: &VerifyArgs, global: &Global) -> Result<u8> {
    let reading = Reading::of(&sources(args)?, chrono::Utc::now().date_naive());
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

fn sources(args: &VerifyArgs) -> Result<Vec<Source>> {
    if args.paths.is_empty() {
        return Ok(embedded_sources());
    }
    let mut sources = Vec::new();
    for path in &args.paths {
        if !path.is_dir() {
            sources.push(files::text(path)?);
            continue;
        }
        let found = files::price_folder(path)?;
        if found.is_empty() {
            return Err(Box::new(
                Diagnostic::input(format!("no price files in `{}`", path.display()))
                    .kind(Kind::File)
                    .hint("price files end in `.yaml`; LLM providers are in a folder `llm` in it"),
            ));
        }
        sources.extend(found);
    }
    Ok(sources)
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
