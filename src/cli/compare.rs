//! `ssc compare`.

use super::args::{CompareArgs, CompareFormat, Global};
use super::files::{self, Traces};
use super::progress::Progress;
use super::{EXIT_OK, output, scenario};
use crate::diagnostic::{Diagnostic, Result};
use crate::estimate::{Alternative, Comparison, Options, estimates};
use crate::report::comparison;

pub(super) fn run(args: &CompareArgs, global: &Global) -> Result<u8> {
    let book = files::book(&args.scenario.pricing)?;
    let (source, folder) = scenario::open(&args.scenario, true)?;
    let platforms: Vec<String> = match args.platforms.as_slice() {
        [] => book.featured().map(str::to_owned).collect(),
        chosen => chosen.iter().map(|id| id.trim().to_owned()).collect(),
    };
    let common = scenario::options(&args.scenario, None)?;
    let settings = combinations(&args.vary)?;
    let variants: Vec<Options> = platforms
        .iter()
        .flat_map(|platform| {
            settings.iter().map(|settings| Options {
                platform: Some(platform.clone()),
                settings: settings.clone(),
                ..common.clone()
            })
        })
        .collect();
    let progress = Progress::new(global.quiet);
    progress.replaying();
    let memory = args.scenario.memory;
    let mut traces = Traces { folder, progress: &progress, digest: None, memory };
    let results = estimates(&source, &book, &variants, &mut traces);
    progress.clear();
    let results = results.map_err(scenario::without_made_up_place)?;
    let alternatives = variants.into_iter().zip(results).map(|(variant, result)| Alternative {
        platform: variant.platform.unwrap_or_default(),
        settings: variant.settings,
        result: result.map_err(scenario::without_made_up_place),
    });
    let comparison = Comparison::new(alternatives.collect())?;
    let (width, color) = output::look(global.color, args.output.is_some());
    let text = match args.format {
        CompareFormat::Table => comparison::table(&comparison, width, color),
        CompareFormat::Json => comparison::json(&comparison),
        CompareFormat::Html => crate::report::html::comparison(&comparison),
    };
    output::result(&text, args.output.as_deref())?;
    Ok(EXIT_OK)
}

/// Every combination of the values, in the order they are written.
fn combinations(vary: &[String]) -> Result<Vec<Vec<(String, String)>>> {
    let mut all = vec![Vec::new()];
    for text in vary {
        let (name, values) = text.split_once('=').ok_or_else(|| {
            Diagnostic::input(format!("`--vary {text}` is not NAME=VALUE,…"))
                .hint("for example `--vary memory=512MiB,1GiB`")
        })?;
        let value = |value: &str| (name.trim().to_owned(), value.trim().to_owned());
        all = all
            .iter()
            .flat_map(|before| {
                values.split(',').map(|v| before.iter().cloned().chain([value(v)]).collect())
            })
            .collect();
    }
    Ok(all)
}
