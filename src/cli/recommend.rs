//! `ssc recommend`.

use super::exit::EXIT_OK;
use super::files::{self, Traces};
use super::flags::{Global, ScenarioArgs, percent};
use super::progress::Progress;
use super::{apply, explain, output, scenario};
use crate::diagnostic::{Diagnostic, Result};
use crate::estimate::Estimator;
use crate::recommend::{Goal, RULES, Rule, Session, Settings, recommend};
use crate::report::recommendation::{self, Applied};
use crate::units::parse::duration;
use clap::ValueEnum;
use rust_decimal::Decimal;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// `ssc recommend`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  ssc recommend scenarios/chat.yaml
  ssc recommend scenarios/chat.yaml --apply cheaper.yaml && ssc estimate cheaper.yaml
  ssc recommend scenarios/chat.yaml --objective latency --max-cost-increase 5%
  ssc recommend trace.csv.gz --platform aws-lambda --llm openai/gpt-6-luna --time-limit 30s
  ssc recommend scenarios/chat.yaml --only settings
  ssc explain")]
pub(super) struct RecommendArgs {
    #[command(flatten)]
    scenario: ScenarioArgs,
    /// For a trace: where it runs now
    #[arg(long, value_name = "ID")]
    platform: Option<String>,
    /// Ask only these rules, by code or name
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    only: Vec<String>,
    /// Ask all rules but these
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    except: Vec<String>,
    /// What to look for, among what keeps the scenario's `objectives:`
    #[arg(long, value_enum, default_value_t = Objective::Cost, value_name = "WHAT")]
    objective: Objective,
    /// For latency: how much dearer the bill may become, such as 5%
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    max_cost_increase: Option<Decimal>,
    /// Combine at most so many recommendations
    #[arg(long, alias = "max-changes", value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    max_change: u16,
    /// End the search after this long with the best that was found, such as 30s
    #[arg(long, value_name = "DURATION")]
    time_limit: Option<String>,
    /// Write the scenario of the combined plan to this file
    #[arg(long, value_name = "FILE")]
    apply: Option<PathBuf>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t = RecommendFormat::Table, value_name = "FORMAT")]
    format: RecommendFormat,
    /// Write the result to this file instead of stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What recommendations are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Objective {
    /// The least bill
    Cost,
    /// The earliest first token (P95), then the fewest cold starts, then the least bill
    Latency,
    /// The least bill whose first token (P95) comes at most a tenth later
    Balanced,
}

/// How recommendations are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RecommendFormat {
    /// Cards for people
    Table,
    /// JSON, schema `ssc/recommend/1`
    Json,
    /// A report as one web page
    Html,
}

pub(super) fn run(args: &RecommendArgs, global: &Global) -> Result<u8> {
    let settings =
        Settings { rules: rules(&args.only, &args.except)?, max_changes: args.max_change.into() };
    let goal = goal(args)?;
    let given = &args.scenario;
    if let Some(path) = &args.apply {
        apply::check(path, &[Some(&given.input), given.rates.as_ref(), args.output.as_ref()])?;
    }
    let end = args.time_limit.as_deref().map(until).transpose()?;
    let book = files::book(&args.scenario.pricing)?;
    let (source, folder) = scenario::open(&args.scenario, args.platform.is_some())?;
    let options = scenario::options(&args.scenario, args.platform.clone())?;
    let progress = Progress::new(global.quiet);
    progress.replaying();
    let memory = args.scenario.memory;
    let from = folder.clone();
    let mut traces = Traces { folder, progress: &progress, digest: None, memory };
    let stop = || end.is_some_and(|end| Instant::now() >= end);
    let tell = |rule: &str, estimated: u64| progress.searching(rule, estimated);
    let estimator = Estimator::new(&book, &mut traces);
    let found = Session::new(&source, &options, estimator, &stop, &tell)
        .and_then(|session| recommend(&mut session.with_goal(goal), &settings));
    progress.clear();
    let found = found.map_err(scenario::without_made_up_place)?;
    if let (Some(path), Some(plan)) = (&args.apply, &found.plan) {
        apply::write(path, &plan.trial.source, &from)?;
    }
    let applied = Applied {
        file: args.apply.as_ref().map(|path| path.display().to_string()),
        confirm: apply::confirm(args.apply.as_deref(), &given.pricing, &found.options),
    };
    let (width, color) = output::look(global.color, args.output.is_some());
    let text = match args.format {
        RecommendFormat::Table => recommendation::table(&found, &applied, width, color),
        RecommendFormat::Json => recommendation::json(&found, &applied),
        RecommendFormat::Html => crate::report::html::recommendations(&found, &applied),
    };
    output::result(&text, args.output.as_deref())?;
    Ok(EXIT_OK)
}

/// What is looked for.
fn goal(args: &RecommendArgs) -> Result<Goal> {
    if args.max_cost_increase.is_some() && args.objective != Objective::Latency {
        return Err(Box::new(
            Diagnostic::input("`--max-cost-increase` is for `--objective latency`")
                .hint("no other objective ever takes a dearer bill"),
        ));
    }
    Ok(match args.objective {
        Objective::Cost => Goal::Cost,
        Objective::Balanced => Goal::Balanced,
        Objective::Latency => Goal::Latency {
            dearer: args.max_cost_increase.unwrap_or_default() / Decimal::ONE_HUNDRED,
        },
    })
}

/// The rules to ask.
pub(super) fn rules(only: &[String], except: &[String]) -> Result<Vec<&'static dyn Rule>> {
    let find = |names: &[String]| -> Result<Vec<&'static dyn Rule>> {
        names.iter().map(|name| explain::find(name.trim())).collect()
    };
    let (only, except) = (find(only)?, find(except)?);
    let among = |rules: &[&dyn Rule], r: &dyn Rule| rules.iter().any(|o| o.code() == r.code());
    let asked = RULES.iter().copied().filter(|r| only.is_empty() || among(&only, *r));
    Ok(asked.filter(|r| !among(&except, *r)).collect())
}

/// When a time limit ends.
pub(super) fn until(text: &str) -> Result<Instant> {
    let wrong = || {
        Diagnostic::input(format!("`--time-limit {text}` is not a duration"))
            .hint("for example `--time-limit 30s`")
    };
    let limit = duration(text).map_err(|_| wrong())?;
    Ok(Instant::now() + Duration::from_nanos(u64::try_from(limit.0).map_err(|_| wrong())?))
}
