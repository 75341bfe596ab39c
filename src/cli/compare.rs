//! `ssc compare`.

use super::exit::EXIT_OK;
use super::files::{self, Traces};
use super::flags::{Global, ScenarioArgs};
use super::progress::Progress;
use super::{first_look, output, scenario};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::estimate::{
    Alternative, Comparison, Estimate, Estimator, Options, Projection, Spike, Variant,
};
use crate::report::{comparison, html};
use crate::units::SimDuration;
use clap::ValueEnum;
use rust_decimal::Decimal;
use std::path::PathBuf;

/// `ssc compare`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc compare scenarios/chat.yaml
  ssc compare trace.csv.gz --platforms aws-lambda,cloud-run,fly-machines --llm openai/gpt-6-luna
  ssc compare scenarios/chat.yaml --platforms aws-lambda --vary memory=512MiB,1GiB,2GiB
  ssc compare scenarios/chat.yaml --range --spike 10x/1h
  ssc compare scenarios/chat.yaml --sweep traffic=0.1x..100x")]
pub(super) struct CompareArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// Platforms to compare [default: the ones the price book puts forward]
    #[arg(long, value_name = "ID,…", value_delimiter = ',')]
    platforms: Vec<String>,
    /// Values of a deployment setting to try on each platform (can be repeated)
    #[arg(long, value_name = "NAME=VALUE,…")]
    vary: Vec<String>,
    /// Tell the range of the month's bill, P10 to P90, from its days
    #[arg(long)]
    range: bool,
    /// Tell what a spike in the busiest time costs, such as 10x/1h
    #[arg(long, value_name = "FACTOR/TIME", num_args = 0..=1, default_missing_value = "10x/1h", value_parser = super::factor::spike)]
    spike: Option<(Decimal, SimDuration)>,
    /// Try many values: traffic=0.1x..100x, output_tokens=…, duration=…, or a setting
    #[arg(long, value_name = "NAME=VALUES", conflicts_with_all = ["spike", "range", "vary"])]
    sweep: Option<String>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = CompareFormat::Table, value_name = "FORMAT")]
    format: CompareFormat,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How platforms side by side are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CompareFormat {
    /// A table for people
    Table,
    /// JSON, schema `ssc/compare/1`
    Json,
    /// A report as one web page
    Html,
}

pub(super) fn run(args: &CompareArgs, global: &Global) -> Result<u8> {
    let book = files::book(&args.scenario.pricing)?;
    let (source, folder) = scenario::open(&args.scenario, true)?;
    let platforms: Vec<String> = match args.platforms.as_slice() {
        [] => book.featured().map(str::to_owned).collect(),
        chosen => chosen.iter().map(|id| id.trim().to_owned()).collect(),
    };
    let common = scenario::options(&args.scenario, None)?;
    let progress = Progress::new(global.quiet);
    progress.replaying();
    let memory = args.scenario.memory;
    let mut traces = Traces { folder, progress: &progress, digest: None, memory };
    let mut estimator = Estimator::new(&book, &mut traces);
    let (width, color) = output::look(global.color, args.output.is_some());
    let text = if let Some(sweep) = &args.sweep {
        let swept = super::sweep::run(&mut estimator, &source, &common, &platforms, sweep);
        progress.clear();
        let swept = swept.map_err(scenario::without_made_up_place)?;
        match args.format {
            CompareFormat::Table => comparison::sweep_table(&swept, width, color),
            CompareFormat::Json => comparison::sweep_json(&swept),
            CompareFormat::Html => html::sweep(&swept),
        }
    } else {
        let variants = variants(args, &platforms, &common)?;
        if progress.is_visible()
            && let Some(known) = first_look::of(&mut estimator, &source, &variants)
        {
            let (width, color) = output::look_of_messages(global.color);
            progress.first_look(&comparison::first_look(&known, width, color));
        }
        let compared = compare(&mut estimator, &source, variants, args.spike);
        progress.clear();
        let compared = compared.map_err(scenario::without_made_up_place)?;
        match args.format {
            CompareFormat::Table => comparison::table(&compared, width, color),
            CompareFormat::Json => comparison::json(&compared),
            CompareFormat::Html => html::comparison(&compared),
        }
    };
    output::result(&text, args.output.as_deref())?;
    Ok(EXIT_OK)
}

/// Every platform with every combination of settings.
fn variants(args: &CompareArgs, platforms: &[String], common: &Options) -> Result<Vec<Options>> {
    let settings = combinations(&args.vary)?;
    let hour = SimDuration::from_hours(1);
    let timeline = args.spike.map(|s| s.1).or(args.range.then_some(hour));
    let all = platforms.iter().flat_map(|platform| {
        settings.iter().map(|settings| Options {
            platform: Some(platform.clone()),
            settings: settings.clone(),
            timeline,
            ..common.clone()
        })
    });
    Ok(all.collect())
}

fn compare(
    estimator: &mut Estimator<'_>,
    source: &Source,
    variants: Vec<Options>,
    spike: Option<(Decimal, SimDuration)>,
) -> Result<Comparison> {
    let mut run = |options: &[Options]| {
        let all: Vec<_> = options.iter().map(|options| Variant { source, options }).collect();
        estimator.run(&all)
    };
    let results = run(&variants)?;
    let spiked = match spike.zip(results.iter().flatten().next()) {
        Some(((factor, lasts), any)) => {
            let at = busiest(any, lasts)?;
            let spiked = |o: &Options| Options {
                spike: Some(Spike { factor, at, lasts }),
                timeline: None,
                ..o.clone()
            };
            run(&variants.iter().map(spiked).collect::<Vec<_>>())?
        }
        None => Vec::new(),
    };
    let spiked = spiked.into_iter().map(Result::ok).chain(std::iter::repeat_with(|| None));
    let alternatives = variants.into_iter().zip(results).zip(spiked);
    let alternatives = alternatives.map(|((variant, result), spiked)| Alternative {
        platform: variant.platform.unwrap_or_default(),
        settings: variant.settings,
        result: result.map_err(scenario::without_made_up_place),
        spiked,
    });
    Comparison::new(alternatives.collect())
}

/// When the busiest span of this width begins, from the start of the replay.
fn busiest(estimate: &Estimate, width: SimDuration) -> Result<SimDuration> {
    let scaled = |p: &Projection| matches!(p, Projection::Scaled(_));
    if estimate.workloads.iter().any(|w| scaled(&w.projection)) {
        return Err(Box::new(
            Diagnostic::input("a spike cannot be told where a window is scaled to the period")
                .note("it would be scaled, too")
                .hint("set a shorter `period:`, or leave `window:` and `projection:` out"),
        ));
    }
    let mut arrivals: Vec<u64> = Vec::new();
    for timeline in estimate.workloads.iter().filter_map(|w| w.timeline.as_ref()) {
        arrivals.resize(arrivals.len().max(timeline.moments.len()), 0);
        for (sum, moment) in arrivals.iter_mut().zip(&timeline.moments) {
            *sum += moment.arrivals;
        }
    }
    let most = arrivals.iter().max().copied().unwrap_or(0);
    let first = arrivals.iter().position(|n| *n == most).unwrap_or(0);
    Ok(SimDuration(width.0.saturating_mul(i64::try_from(first).unwrap_or(0))))
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
