//! `ssc estimate`.

use super::args::{EstimateArgs, Format, Global};
use super::digest::Digest;
use super::files::{self, Traces};
use super::progress::Progress;
use super::{EXIT_OK, focus, output};
use crate::diagnostic::{Diagnostic, Kind, Result, Source};
use crate::estimate::{Estimate, Options, estimate};
use crate::pricing::Book;
use crate::report;
use crate::report::focus::Version;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &EstimateArgs, global: &Global) -> Result<u8> {
    let version = match args.format {
        Format::Focus1_4 => Some(Version::V1_4),
        Format::Focus1_2 => Some(Version::V1_2),
        Format::Table | Format::Json => None,
    };
    if version.is_none() {
        focus::refuse_flags(args)?;
    }
    let price_files = files::price_files(&args.pricing)?;
    let book = Book::load(&price_files)?;
    let (source, folder) = scenario(args)?;
    let progress = Progress::new(global.quiet);
    let options = Options {
        pricing_date: args.pricing_date,
        today: chrono::Utc::now().date_naive(),
        platform: args.platform.clone(),
        region: args.region.clone(),
        llm: args.llm.clone(),
        seed: args.seed,
        no_free_tier: args.no_free_tier,
        fixed_prices: args.fixed_prices,
        rates: args.rates.as_deref().map(files::text).transpose()?,
    };
    progress.replaying();
    let digest = Digest::default();
    digest.part("scenario", source.text());
    let mut traces =
        Traces { folder, progress: &progress, digest: version.map(|_| digest.clone()) };
    let result = estimate(&source, &book, &options, &mut traces);
    progress.clear();
    let result = result.map_err(without_made_up_place)?;
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

/// The scenario, or one made up around a trace; with the folder its paths start from.
fn scenario(args: &EstimateArgs) -> Result<(Source, PathBuf)> {
    let ending = args.input.extension().and_then(|e| e.to_str()).unwrap_or_default();
    if matches!(ending, "yaml" | "yml") || args.input.is_dir() {
        let folder = args.input.parent().unwrap_or(Path::new("")).to_path_buf();
        for (given, flag) in [
            (args.window.is_some(), "--window"),
            (args.projection.is_some(), "--projection"),
            (!args.column.is_empty(), "--column"),
            (args.skip_bad_rows, "--skip-bad-rows"),
        ] {
            if given {
                return Err(Box::new(
                    Diagnostic::input(format!("`{flag}` is for a trace"))
                        .hint("set it in the scenario instead"),
                ));
            }
        }
        return Ok((files::text(&args.input)?, folder));
    }
    Ok((around_trace(args)?, PathBuf::new()))
}

/// The name of the scenario that stands for a trace on the command line.
const MADE_UP: &str = "(command line)";

/// An error in the scenario made up around a trace has no place the user could look at.
fn without_made_up_place(mut diagnostic: Box<Diagnostic>) -> Box<Diagnostic> {
    if diagnostic.place.as_ref().is_some_and(|p| p.file == MADE_UP) {
        diagnostic.place = None;
        diagnostic.label.clear();
        if let Some(hint) = &mut diagnostic.hint {
            *hint = hint.replace("`window: 1h` under `arrivals:`", "`--window 1h`");
        }
    }
    diagnostic
}

/// A scenario with one workload that replays a trace.
fn around_trace(args: &EstimateArgs) -> Result<Source> {
    let path = args.input.to_str().ok_or_else(|| {
        Diagnostic::input("the path of a trace must be UTF-8 text").kind(Kind::File)
    })?;
    files::readable(&args.input)?;
    if args.platform.is_none() {
        return Err(Box::new(
            Diagnostic::input(format!("nothing says where `{path}` should run"))
                .hint("add `--platform ID`, for example `--platform aws-lambda`"),
        ));
    }
    let quote = |text: &str| serde_json::Value::from(text).to_string();
    let stem = Path::new(path).file_name().and_then(|n| n.to_str()).unwrap_or("trace");
    let name = stem.split('.').next().unwrap_or(stem);
    let mut yaml = format!("name: {}\n", quote(name));
    if let Some(how) = &args.projection {
        yaml.push_str(&format!("projection: {}\n", quote(how)));
    }
    let workload = format!("workloads:\n  - name: {}\n    arrivals:\n", quote(name));
    yaml.push_str(&workload);
    yaml.push_str(&format!("      trace: {}\n", quote(path)));
    if let Some(window) = &args.window {
        yaml.push_str(&format!("      window: {}\n", quote(window)));
    }
    if args.skip_bad_rows {
        yaml.push_str("      skip_bad_rows: true\n");
    }
    if !args.column.is_empty() {
        yaml.push_str("      columns:\n");
    }
    for pair in &args.column {
        let (name, header) = pair.split_once('=').ok_or_else(|| {
            Diagnostic::input(format!("`--column {pair}` is not NAME=HEADER"))
                .hint("for example `--column timestamp=When`")
        })?;
        yaml.push_str(&format!("        {}: {}\n", quote(name), quote(header)));
    }
    Ok(Source::new(MADE_UP, yaml))
}
