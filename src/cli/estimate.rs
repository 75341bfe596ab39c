//! `ssc estimate`.

use super::args::{EstimateArgs, Format, Global};
use super::digest::Digest;
use super::files::{self, Traces};
use super::progress::Progress;
use super::{EXIT_OK, focus, output, scenario};
use crate::diagnostic::{Diagnostic, Kind, Result};
use crate::estimate::{Estimate, estimate};
use crate::pricing::Book;
use crate::report;
use crate::report::focus::Version;
use crate::units::SimDuration;

/// What a web report tells apart.
const HOUR: SimDuration = SimDuration::from_hours(1);

pub(super) fn run(args: &EstimateArgs, global: &Global) -> Result<u8> {
    let version = match args.format {
        Format::Focus1_4 => Some(Version::V1_4),
        Format::Focus1_2 => Some(Version::V1_2),
        Format::Table | Format::Json | Format::Html => None,
    };
    if version.is_none() {
        focus::refuse_flags(args)?;
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
    if let Some(version) = version {
        let made_from = focus::MadeFrom { book: &book, price_files: &price_files, digest };
        focus::write(&result, version, &options, made_from, args, global)?;
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
