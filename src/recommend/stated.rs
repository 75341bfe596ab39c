//! What the command line decides, written into the scenario, so that the scenario alone says it all.

use super::{Change, Edit, Trial};
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::estimate::{Estimator, Options, Variant};
use crate::pricing::Book;
use crate::workload::{ScenarioFile, TextOr, WorkloadFile};

/// A scenario that says what was on the command line, and what no scenario can say.
struct Stated {
    source: Source,
    options: Options,
}

/// The scenario with everything said in it: the day of the prices, the seed, the model, where workloads
/// run, the rates. Leaving free tiers out and other
/// traffic cannot be said.
///
/// # Errors
/// When the text cannot be changed.
fn stated(source: &Source, file: &ScenarioFile, options: &Options, book: &Book) -> Result<Stated> {
    let mut change = Change::none();
    let set =
        |change: Change, path: &str, value: &str| change.and(Edit::Set(path.into(), value.into()));
    if options.pricing_date.is_some() || file.pricing_date.is_none() {
        let date = options.pricing_date.unwrap_or(options.today).to_string();
        change = set(change, "pricing_date", &date);
    }
    if let Some(seed) = options.seed {
        change = set(change, "seed", &seed.to_string());
    }
    if options.fixed_prices {
        change = set(change, "price_changes", "ignore");
    }
    for (index, w) in file.workloads.iter().enumerate() {
        if options.seed.is_some() && w.arrivals.value.seed.is_some() {
            change = change.remove(index, "arrivals.seed");
        }
        change = placed(change, index, w, options, book);
        if let Some(llm) = &options.llm {
            change = change.set(index, "llm", llm.as_str());
        }
        for (name, value) in &options.settings {
            change = change.set(index, &format!("deployment.{name}"), value.as_str());
        }
    }
    if options.rates.is_some() {
        change = change.and(Edit::Remove("pricing".into()));
    }
    let mut changed = change.apply(source)?;
    if let Some(rates) = &options.rates {
        changed = with_rates(&changed, rates);
    }
    let options = Options {
        today: options.today,
        no_free_tier: options.no_free_tier,
        traffic: options.traffic,
        spike: options.spike,
        ..Options::default()
    };
    Ok(Stated { source: changed, options })
}

/// Where a workload runs: another platform keeps none of the region and the settings it does not have.
fn placed(
    mut change: Change,
    index: usize,
    w: &WorkloadFile,
    options: &Options,
    book: &Book,
) -> Change {
    if let Some(id) = &options.platform {
        change = change.set(index, "platform", id.as_str());
        if options.region.is_none() && w.region.is_some() {
            change = change.remove(index, "region");
        }
        let settings = book.platform(id).map(|place| &place.platform.settings);
        let fits = |name: &str, value: &TextOr<_>| {
            settings.and_then(|s| s.get(name)).is_some_and(|spec| match value {
                TextOr::Text(text) => spec.check(text).is_ok(),
                TextOr::More(_) => true,
            })
        };
        let unfit = w.deployment.iter().filter(|(name, v)| !fits(name, &v.value));
        let unfit: Vec<_> = unfit.map(|(name, _)| name).collect();
        if unfit.len() == w.deployment.len() && !unfit.is_empty() {
            change = change.remove(index, "deployment");
        } else {
            for name in unfit {
                change = change.remove(index, &format!("deployment.{name}"));
            }
        }
    }
    if let Some(region) = &options.region {
        change = change.set(index, "region", region.as_str());
    }
    change
}

/// The file of rates as the scenario's `pricing:`, comments and all.
fn with_rates(source: &Source, rates: &Source) -> Source {
    let mut text = source.text().trim_end().to_owned();
    text.push_str("\npricing:\n");
    for line in rates.text().lines().filter(|line| !line.starts_with("---")) {
        let indent = if line.trim().is_empty() { "" } else { "  " };
        text.push_str(&format!("{indent}{line}\n"));
    }
    Source::new(source.name(), text)
}

/// The scenario that says everything itself, and what it cannot say; the scenario as it is with all of
/// the command line where that would be another estimate.
///
/// # Errors
/// When the scenario has a mistake.
pub(super) fn said(
    source: &Source,
    file: &ScenarioFile,
    options: &Options,
    estimator: &mut Estimator<'_>,
) -> Result<(Trial, Options)> {
    let said = stated(source, file, options, estimator.book());
    let mut variants = vec![Variant { source, options }];
    let other = said.iter().filter(|s| s.source.text() != source.text());
    variants.extend(other.map(|s| Variant { source: &s.source, options: &s.options }));
    let mut estimates = estimator.run(&variants)?.into_iter();
    let nothing = || Box::new(Diagnostic::input("there is nothing to estimate"));
    let given = Trial::new(source, estimates.next().ok_or_else(nothing)??);
    match (estimates.next(), said) {
        (None, Ok(said)) => return Ok((given, said.options)),
        (Some(Ok(estimate)), Ok(said)) => {
            let trial = Trial::new(&said.source, estimate);
            if trial.outcome == given.outcome {
                return Ok((trial, said.options));
            }
        }
        _ => {}
    }
    let date = Some(given.estimate.pricing_date);
    Ok((given, Options { pricing_date: date, ..options.clone() }))
}
