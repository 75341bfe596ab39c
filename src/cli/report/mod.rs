//! `ssc report`: everything about a scenario on one web page.

mod args;
mod target;

use super::exit::EXIT_OK;
use super::files::{self, Traces};
use super::flags::Global;
use super::progress::Progress;
use super::{apply, recommend, scenario, sweep};
use crate::diagnostic::{Result, Source};
use crate::estimate::{Alternative, Comparison, Estimate, Estimator, Options, Variant};
use crate::recommend::{Goal, Recommendations, Session, Settings, recommend as search};
use crate::report::comparison::Swept;
use crate::report::html::{self, Report};
use crate::report::recommendation::Applied;
use crate::units::SimDuration;
pub(super) use args::ReportArgs;
use rust_decimal::Decimal;
use std::time::Instant;
use target::target;

/// Recommendations that a plan combines at most, as `ssc recommend` does unless told.
const MOST_CHANGES: usize = 8;
/// Factors of traffic that are tried if nobody says which, in thousandths.
const FACTORS: [i64; 7] = [100, 200, 500, 1_000, 2_000, 5_000, 10_000];
/// Requests that one of them may replay on each platform.
const MOST_REPLAYED: u64 = 3_000_000;

pub(super) fn run(args: &ReportArgs, global: &Global) -> Result<u8> {
    let given = &args.scenario;
    let target = target(args.output.as_deref(), &given.input)?;
    let settings =
        Settings { rules: recommend::rules(&args.only, &args.except)?, max_changes: MOST_CHANGES };
    let until = || args.time_limit.as_deref().map(recommend::until).transpose();
    until()?;
    let book = files::book(&given.pricing)?;
    let (source, folder) = scenario::open(given, args.platform.is_some())?;
    let options = scenario::options(given, args.platform.clone())?;
    let platforms: Vec<String> = match args.platforms.as_slice() {
        [] => book.featured().map(str::to_owned).collect(),
        chosen => chosen.iter().map(|id| id.trim().to_owned()).collect(),
    };
    let progress = Progress::new(global.quiet);
    progress.replaying();
    let mut traces = Traces { folder, progress: &progress, digest: None, memory: given.memory };
    let mut work = Work {
        estimator: Estimator::new(&book, &mut traces),
        source: &source,
        options: &options,
        left_out: Vec::new(),
    };
    // The limit is the search's: it starts with it.
    let end = std::cell::Cell::new(None);
    let stop = || end.get().is_some_and(|end| Instant::now() >= end);
    let tell = |rule: &str, estimated: u64| progress.searching(rule, estimated);
    let made = work.side_by_side(args, &platforms).and_then(|(now, compared)| {
        let swept = work.swept(args, &platforms, &now, compared.is_some())?;
        let Work { estimator, left_out, .. } = work;
        let found = if args.no_recommend {
            None
        } else {
            end.set(until()?);
            let session = Session::new(&source, &options, estimator, &stop, &tell)?;
            Some(search(&mut session.with_goal(Goal::Cost), &settings)?)
        };
        Ok((now, compared, swept, found, left_out))
    });
    progress.clear();
    let (now, compared, swept, found, mut left_out) =
        made.map_err(scenario::without_made_up_place)?;
    left_out.extend(found.as_ref().and_then(unfinished));
    let found = found.map(|found| {
        let confirm = apply::confirm(None, &given.pricing, &found.options);
        (found, Applied { file: None, confirm })
    });
    let page = html::report(&Report {
        estimate: &now,
        compared: compared.as_ref(),
        swept: swept.as_ref(),
        recommended: found.as_ref().map(|(found, applied)| (found, applied)),
        left_out: &left_out,
    });
    target.write(&page, global.quiet)?;
    Ok(EXIT_OK)
}

/// Factors of the stated traffic that are quickly replayed, where `own` times it is so many requests.
fn quick(requests: u64, own: Decimal) -> Vec<String> {
    let stated = Decimal::from(requests).checked_div(own).unwrap_or(Decimal::MAX);
    let fits = |f: &Decimal| stated.checked_mul(*f).is_some_and(|n| n <= MOST_REPLAYED.into());
    let all = FACTORS.iter().map(|f| Decimal::new(*f, 3).normalize());
    all.filter(fits).map(|f| format!("{f}x")).collect()
}

/// What was not searched to its end.
fn unfinished(found: &Recommendations) -> Option<String> {
    let mut text = "The search for recommendations ended at its time limit".to_owned();
    if !found.not_asked.is_empty() {
        text.push_str(&format!("; not asked: {}", found.not_asked.join(", ")));
    }
    found.out_of_time.then(|| format!("{text}."))
}

/// What goes on the page, piece by piece.
struct Work<'a> {
    estimator: Estimator<'a>,
    source: &'a Source,
    options: &'a Options,
    /// What does not, and why.
    left_out: Vec<String>,
}

impl Work<'_> {
    /// The scenario as it is, and on every platform, replayed together.
    ///
    /// # Errors
    /// When it cannot be estimated as it is, or on none of the platforms that were asked for.
    fn side_by_side(
        &mut self,
        args: &ReportArgs,
        platforms: &[String],
    ) -> Result<(Estimate, Option<Comparison>)> {
        let hourly = Options { timeline: Some(SimDuration::from_hours(1)), ..self.options.clone() };
        let on = |p: &String| Options { platform: Some(p.clone()), ..hourly.clone() };
        let all: Vec<Options> =
            std::iter::once(hourly.clone()).chain(platforms.iter().map(on)).collect();
        let source = self.source;
        let variants: Vec<_> = all.iter().map(|options| Variant { source, options }).collect();
        let mut results = self.estimator.run(&variants)?.into_iter();
        let Some(now) = results.next().transpose()? else {
            return Err(Box::new(crate::diagnostic::Diagnostic::input("nothing to estimate")));
        };
        let alternatives = platforms.iter().zip(results).map(|(platform, result)| Alternative {
            platform: platform.clone(),
            settings: Vec::new(),
            result: result.map_err(scenario::without_made_up_place),
            spiked: None,
        });
        let compared = Comparison::new(alternatives.collect());
        let compared = self.or_left_out(compared, !args.platforms.is_empty(), "Side by side")?;
        Ok((now, compared))
    }

    /// Many values, as asked for; else of traffic, as far as it is quickly replayed.
    fn swept(
        &mut self,
        args: &ReportArgs,
        platforms: &[String],
        now: &Estimate,
        compared: bool,
    ) -> Result<Option<Swept>> {
        let text = match &args.sweep {
            Some(asked) => Some(asked.clone()),
            None if compared => self.traffic(now),
            None => None,
        };
        let Some(text) = text else { return Ok(None) };
        let swept = sweep::run(&mut self.estimator, self.source, self.options, platforms, &text);
        self.or_left_out(swept, args.sweep.is_some(), "Cost by traffic")
    }

    /// The factors of traffic that are quickly replayed, as `--sweep` takes them.
    fn traffic(&mut self, now: &Estimate) -> Option<String> {
        let requests: u64 = now.workloads.iter().map(|w| w.facts.requests).sum();
        let factors = quick(requests, self.options.traffic.unwrap_or(Decimal::ONE));
        let more = "`--sweep traffic=0.1x..10x` goes on, and takes longer";
        if factors.len() < 2 {
            self.left_out.push(format!("Cost by traffic was not looked at: {more}."));
            return None;
        }
        if factors.len() < FACTORS.len() {
            let last = factors.last().map_or("", String::as_str);
            self.left_out.push(format!("Cost by traffic ends at {last}: {more}."));
        }
        Some(format!("traffic={}", factors.join(",")))
    }

    /// What was asked for must be there; what was not may be missing.
    fn or_left_out<T>(&mut self, made: Result<T>, asked: bool, what: &str) -> Result<Option<T>> {
        match made {
            Ok(made) => Ok(Some(made)),
            Err(error) if asked => Err(error),
            Err(error) => {
                self.left_out.push(format!("{what} is left out: {}.", error.message));
                Ok(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::quick;

    #[test]
    fn only_as_much_traffic_is_tried_as_is_quickly_replayed() {
        let tried = |requests: u64, own: &str| quick(requests, own.parse().unwrap()).join(" ");
        assert_eq!(tried(0, "1"), "0.1x 0.2x 0.5x 1x 2x 5x 10x");
        assert_eq!(tried(300_000, "1"), "0.1x 0.2x 0.5x 1x 2x 5x 10x");
        assert_eq!(tried(300_001, "1"), "0.1x 0.2x 0.5x 1x 2x 5x");
        assert_eq!(tried(1_000_000, "1"), "0.1x 0.2x 0.5x 1x 2x");
        // Ten times the stated traffic was replayed; factors are of what is stated.
        assert_eq!(tried(3_000_000, "10"), "0.1x 0.2x 0.5x 1x 2x 5x 10x");
        assert_eq!(tried(u64::MAX, "1"), "");
        assert_eq!(tried(u64::MAX, "0.0000001"), "");
    }
}
