//! `ssc estimate`.

use super::digest::Digest;
use super::exit::EXIT_OK;
use super::files::{self, Traces};
use super::flags::{Global, ScenarioArgs};
use super::focus::{self, FocusArgs};
use super::progress::Progress;
use super::{output, scenario};
use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::estimate::{Estimate, estimate};
use crate::pricing::Book;
use crate::report;
use crate::report::focus::Version;
use crate::units::SimDuration;
use clap::ValueEnum;
use std::path::PathBuf;

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table for people
    Table,
    /// JSON, schema `ssc/estimate/1`
    Json,
    /// A report as one web page
    Html,
    /// CSV, FinOps FOCUS 1.4
    #[value(name = "focus-1.4", alias = "focus")]
    Focus1_4,
    /// CSV, FinOps FOCUS 1.2, as providers export it
    #[value(name = "focus-1.2")]
    Focus1_2,
}

/// `ssc estimate`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc estimate scenarios/chat.yaml
  ssc estimate trace.csv.gz --platform aws-lambda --window 1h
  ssc estimate scenarios/chat.yaml --platform vercel-fluid --format json -o estimate.json
  ssc estimate scenarios/chat.yaml --format focus-1.4 -o chat.csv")]
pub(super) struct EstimateArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Run every workload on this platform
    #[arg(long, value_name = "ID")]
    platform: Option<String>,
    /// Fail with exit code 3 when something has no price
    #[arg(long)]
    require_complete: bool,
    /// For JSON: tell what happened and what it cost in spans of this width, such as 1h
    #[arg(long, value_name = "DURATION", value_parser = super::factor::width)]
    timeline: Option<SimDuration>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = Format::Table, value_name = "FORMAT")]
    format: Format,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    focus: FocusArgs,
}

/// What a web report tells apart.
const HOUR: SimDuration = SimDuration::from_hours(1);

pub(super) fn run(args: &EstimateArgs, global: &Global) -> Result<u8> {
    let version = match args.format {
        Format::Focus1_4 => Some(Version::V1_4),
        Format::Focus1_2 => Some(Version::V1_2),
        Format::Table | Format::Json | Format::Html => None,
    };
    if version.is_none() {
        focus::refuse_flags(&args.focus)?;
    }
    let price_files = files::price_files(&args.scenario.pricing)?;
    let book = Book::load(&price_files)?;
    let (source, folder) = scenario::open(&args.scenario, args.platform.is_some())?;
    let progress = Progress::new(global.quiet);
    let mut options = scenario::options(&args.scenario, args.platform.clone())?;
    let timed = [Format::Json, Format::Html].contains(&args.format);
    if args.timeline.is_some() && !timed {
        return Err(Box::new(
            Diagnostic::input("`--timeline` is for JSON and HTML").hint("add `--format json`"),
        ));
    }
    options.timeline = args.timeline.or((args.format == Format::Html).then_some(HOUR));
    progress.replaying();
    let digest = Digest::default();
    digest.part("scenario", source.text());
    let mut traces = Traces {
        folder,
        progress: &progress,
        digest: version.map(|_| digest.clone()),
        memory: args.scenario.memory,
    };
    let result = estimate(&source, &book, &options, &mut traces);
    progress.clear();
    let result = result.map_err(scenario::without_made_up_place)?;
    let output = args.output.as_deref();
    if let Some(version) = version {
        let made_from = focus::MadeFrom { book: &book, price_files: &price_files, digest };
        focus::write(&result, version, &options, made_from, &args.focus, output, global)?;
        return if args.require_complete {
            complete(&result).map(|()| EXIT_OK)
        } else {
            Ok(EXIT_OK)
        };
    }
    let (width, color) = output::look(global.color, args.output.is_some());
    let text = match args.format {
        Format::Table => report::table(&result, width, color),
        Format::Html => report::html::estimate(&result),
        _ => report::json(&result),
    };
    output::result(&text, args.output.as_deref())?;
    if args.require_complete { complete(&result).map(|()| EXIT_OK) } else { Ok(EXIT_OK) }
}

fn complete(estimate: &Estimate) -> Result<()> {
    let unpriced = &estimate.statement.unpriced;
    let Some(first) = unpriced.first() else { return Ok(()) };
    Err(Box::new(
        Diagnostic::input(format!(
            "the estimate is incomplete: {} lines without a price",
            unpriced.len()
        ))
        .kind(Kind::Incomplete)
        .note(format!(
            "first: {} of {}: {}",
            first.name,
            first.workload.as_deref().unwrap_or("the account"),
            first.reason
        ))
        .hint("choose a priced region or date, or add the price with `--pricing DIR`"),
    ))
}
