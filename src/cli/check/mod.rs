//! `ssc check`.

mod args;
mod baseline;
mod git;

pub(super) use args::CheckArgs;

use super::exit::{EXIT_DIFFERENT, EXIT_INCOMPLETE, EXIT_OK};
use super::files::{self, Traces};
use super::flags::Global;
use super::progress::Progress;
use super::{output, scenario};
use crate::check::{Check, Policies, Verdict, check};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::estimate::Options;
use crate::report::check as report;
use crate::workload::ScenarioFile;
use args::Format;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &CheckArgs, global: &Global) -> Result<u8> {
    let reports = reports(&args.report)?;
    let ending = args.scenario.input.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if !matches!(ending, "yaml" | "yml") && !args.scenario.input.is_dir() {
        return Err(Box::new(
            Diagnostic::input("a check needs a scenario, which has the budgets")
                .note(format!("`{}` does not end in .yaml", args.scenario.input.display()))
                .hint("name the trace in a scenario, under `arrivals:`"),
        ));
    }
    let book = files::book(&args.scenario.pricing)?;
    let (source, folder) = scenario::open(&args.scenario, false)?;
    let file: ScenarioFile = source.yaml()?;
    let policies = policies(args, &source, &file, &book)?;
    let options = scenario::options(&args.scenario, None)?;
    let options = Options { timeline: policies.timeline(), ..options };
    let progress = Progress::new(global.quiet);
    progress.replaying();
    let mut traces = Traces {
        folder: PathBuf::new(),
        progress: &progress,
        digest: None,
        memory: args.scenario.memory,
    };
    let given = baseline::Given { args, book: &book, source: &source, folder: &folder };
    let result = given.estimated(&options, &mut traces);
    progress.clear();
    let (estimate, baseline) = result.map_err(scenario::without_made_up_place)?;
    let checked = check(&source, &file, &estimate, policies, baseline, args.strict)?;
    let shown = relative(&args.scenario.input);
    let write = |format: Format, path: Option<&Path>| {
        let (width, color) = output::look(global.color, path.is_some());
        let text = match format {
            Format::Table => report::table(&checked, width, color),
            Format::Json => report::json(&checked),
            Format::Markdown => report::markdown(&checked),
            Format::Junit => report::junit(&checked),
            Format::Sarif => report::sarif(&checked, &shown),
            Format::Github => report::github(&checked, &shown),
        };
        output::result(&text, path)
    };
    write(args.format, args.output.as_deref())?;
    for (format, path) in reports {
        write(format, Some(&path))?;
    }
    Ok(exit_code(&checked))
}

fn exit_code(checked: &Check) -> u8 {
    match checked.verdict() {
        Verdict::Passed => EXIT_OK,
        Verdict::Failed => EXIT_DIFFERENT,
        Verdict::Incomplete => EXIT_INCOMPLETE,
    }
}

/// What is limited; nothing at all is a mistake, not a success.
fn policies(
    args: &CheckArgs,
    source: &Source,
    file: &ScenarioFile,
    book: &crate::pricing::Book,
) -> Result<Policies> {
    let mut policies = Policies::of(source, file, book)?;
    let flags = [
        (args.max_increase.is_some(), "--max-increase"),
        (args.max_increase_usd.is_some(), "--max-increase-usd"),
        (!args.baseline_pricing.is_empty(), "--baseline-pricing"),
        (args.baseline_pricing_date.is_some(), "--baseline-pricing-date"),
    ];
    if args.baseline.is_none()
        && let Some((_, flag)) = flags.into_iter().find(|(given, _)| *given)
    {
        return Err(Box::new(
            Diagnostic::input(format!("`{flag}` needs a baseline"))
                .hint("add `--baseline FILE` or `--baseline git:REF`"),
        ));
    }
    if let Some(limit) = &args.max_increase {
        policies.limit_increase(limit.amount, &limit.text);
    }
    if let Some(limit) = &args.max_increase_usd {
        policies.limit_increase_usd(limit.amount, &limit.text);
    }
    if policies.all.is_empty() && args.baseline.is_none() {
        return Err(Box::new(
            Diagnostic::input(format!(
                "there is nothing to check: {} has no budgets",
                source.name()
            ))
            .note("for example:\nbudgets:\n  monthly: 1200 USD\n  cold_starts: 1%")
            .hint("add `budgets:` to the scenario, or compare it with `--baseline FILE`"),
        ));
    }
    Ok(policies)
}

/// The pairs of `--report FORMAT=FILE`.
fn reports(written: &[String]) -> Result<Vec<(Format, PathBuf)>> {
    let pair = |text: &String| {
        let wrong = || {
            Box::new(
                Diagnostic::input(format!("`--report {text}` is not FORMAT=FILE"))
                    .note("formats: `table`, `json`, `markdown`, `junit`, `sarif`, `github`")
                    .hint("for example `--report junit=check.xml`"),
            )
        };
        let (format, path) = text.split_once('=').ok_or_else(wrong)?;
        let format = <Format as clap::ValueEnum>::from_str(format.trim(), false);
        let path = Some(path).filter(|p| !p.is_empty()).ok_or_else(wrong)?;
        Ok((format.map_err(|_| wrong())?, PathBuf::from(path)))
    };
    written.iter().map(pair).collect()
}

/// The path from the working directory, with forward slashes, as machines that annotate files want it.
fn relative(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    let path = path.strip_prefix(&here).unwrap_or(path);
    let text = path.to_string_lossy().replace('\\', "/");
    text.trim_start_matches("./").to_owned()
}
