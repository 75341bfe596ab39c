//! `ssc recommend`.

use super::args::{Global, Objective, RecommendArgs, RecommendFormat};
use super::files::{self, Traces};
use super::progress::Progress;
use super::{EXIT_OK, apply, explain, output, scenario};
use crate::diagnostic::{Diagnostic, Result};
use crate::estimate::Estimator;
use crate::recommend::{Goal, RULES, Rule, Session, Settings, recommend};
use crate::report::recommendation::{self, Applied};
use crate::units::parse::duration;
use rust_decimal::Decimal;
use std::time::{Duration, Instant};

pub(super) fn run(args: &RecommendArgs, global: &Global) -> Result<u8> {
    let settings = Settings { rules: rules(args)?, max_changes: args.max_change.into() };
    let goal = goal(args)?;
    apply::check(args)?;
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
        confirm: apply::confirm(args, &found.options),
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
fn rules(args: &RecommendArgs) -> Result<Vec<&'static dyn Rule>> {
    let find = |names: &[String]| -> Result<Vec<&'static dyn Rule>> {
        names.iter().map(|name| explain::find(name.trim())).collect()
    };
    let (only, except) = (find(&args.only)?, find(&args.except)?);
    let among = |rules: &[&dyn Rule], r: &dyn Rule| rules.iter().any(|o| o.code() == r.code());
    let asked = RULES.iter().copied().filter(|r| only.is_empty() || among(&only, *r));
    Ok(asked.filter(|r| !among(&except, *r)).collect())
}

/// When a time limit ends.
fn until(text: &str) -> Result<Instant> {
    let wrong = || {
        Diagnostic::input(format!("`--time-limit {text}` is not a duration"))
            .hint("for example `--time-limit 30s`")
    };
    let limit = duration(text).map_err(|_| wrong())?;
    Ok(Instant::now() + Duration::from_nanos(u64::try_from(limit.0).map_err(|_| wrong())?))
}
