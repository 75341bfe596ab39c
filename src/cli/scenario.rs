//! The scenario of a command: a file, or one made up around a trace.

use super::files;
use super::flags::{ScenarioArgs, column};
use crate::diagnostic::{Diagnostic, Kind, Result, Source};
use crate::estimate::Options;
use std::path::{Path, PathBuf};

/// What the command line decides over and above the scenario.
pub(super) fn options(args: &ScenarioArgs, platform: Option<String>) -> Result<Options> {
    Ok(Options {
        pricing_date: args.pricing_date,
        today: chrono::Utc::now().date_naive(),
        platform,
        settings: Vec::new(),
        region: args.region.clone(),
        llm: args.llm.clone(),
        seed: args.seed,
        no_free_tier: args.no_free_tier,
        fixed_prices: args.fixed_prices,
        rates: args.rates.as_deref().map(files::text).transpose()?,
        traffic: args.traffic,
        spike: None,
        timeline: None,
        first_look: false,
    })
}

/// The scenario, or one made up around a trace; with the folder its paths start from.
///
/// `placed` says that the command line says where a trace runs.
pub(super) fn open(args: &ScenarioArgs, placed: bool) -> Result<(Source, PathBuf)> {
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
    Ok((around_trace(args, placed)?, PathBuf::new()))
}

/// The name of the scenario that stands for a trace on the command line.
const MADE_UP: &str = "(command line)";

/// An error in the scenario made up around a trace has no place the user could look at.
pub(super) fn without_made_up_place(mut diagnostic: Box<Diagnostic>) -> Box<Diagnostic> {
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
fn around_trace(args: &ScenarioArgs, placed: bool) -> Result<Source> {
    let path = args.input.to_str().ok_or_else(|| {
        Diagnostic::input("the path of a trace must be UTF-8 text").kind(Kind::File)
    })?;
    files::readable(&args.input)?;
    if !placed {
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
        let (name, header) = column(pair)?;
        yaml.push_str(&format!("        {}: {}\n", quote(name), quote(header)));
    }
    Ok(Source::new(MADE_UP, yaml))
}
