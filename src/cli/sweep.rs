//! `ssc compare --sweep`: which values are tried.

use super::factor::factor;
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::estimate::{Estimator, Options, Trial, at_traffic, break_evens, sweep};
use crate::recommend::Change;
use crate::report::comparison::Swept;
use crate::workload::ScenarioFile;
use rust_decimal::Decimal;

/// Most values of one sweep.
const MOST: usize = 64;

pub(super) fn run(
    estimator: &mut Estimator<'_>,
    source: &Source,
    common: &Options,
    platforms: &[String],
    text: &str,
) -> Result<Swept> {
    let (name, values) = text.split_once('=').ok_or_else(|| wrong(text))?;
    let (name, values) = (name.trim(), values.trim());
    let on = |platform: &String| Options { platform: Some(platform.clone()), ..common.clone() };
    let platforms: Vec<Options> = platforms.iter().map(on).collect();
    if name == "traffic" {
        let factors = factors(values)?;
        let trials: Vec<_> = factors.iter().map(|f| at_traffic(source, &platforms, *f)).collect();
        let points = sweep(estimator, &trials)?;
        let points: Vec<_> = factors.into_iter().zip(points).collect();
        let break_evens = break_evens(estimator, source, &platforms, &points)?;
        let points = points.into_iter().map(|(_, point)| point).collect();
        return Ok(Swept { name: name.to_owned(), points, break_evens });
    }
    let values: Vec<&str> = values.split(',').map(str::trim).filter(|v| !v.is_empty()).collect();
    if values.len() < 2 || values.len() > MOST {
        return Err(wrong(text));
    }
    let trial = |value: &&str| trial(source, &platforms, name, value);
    let trials = values.iter().map(trial).collect::<Result<Vec<_>>>()?;
    let points = sweep(estimator, &trials)?;
    Ok(Swept { name: name.to_owned(), points, break_evens: Vec::new() })
}

/// One value: what requests need is written into the scenario, anything else is a setting.
fn trial(source: &Source, platforms: &[Options], name: &str, value: &str) -> Result<Trial> {
    let mut trial =
        Trial { value: value.to_owned(), source: source.clone(), options: platforms.to_vec() };
    if ["output_tokens", "input_tokens", "duration", "time_to_first_token"].contains(&name) {
        let file: ScenarioFile = source.yaml()?;
        let mut change = Change::none();
        for (index, workload) in file.workloads.iter().enumerate() {
            if workload.arrivals.value.trace.is_some() {
                let name = name.replace('_', " ");
                return Err(Box::new(
                    Diagnostic::input(format!("a trace has its own {name}"))
                        .hint("sweep `traffic` or a setting such as `memory`"),
                ));
            }
            change = change.set(index, &format!("requests.{name}"), value);
        }
        trial.source = change.apply(source)?;
    } else {
        for options in &mut trial.options {
            options.settings.push((name.to_owned(), value.to_owned()));
        }
    }
    Ok(trial)
}

fn wrong(text: &str) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::input(format!("`--sweep {text}` is not NAME=VALUE,… or traffic=FROM..TO"))
            .note(format!("expected from 2 to {MOST} values"))
            .hint("for example `--sweep traffic=0.1x..100x` or `--sweep memory=512MiB,1GiB`"),
    )
}

/// Factors as listed, or 1, 2 and 5 times powers of ten between two of them.
fn factors(text: &str) -> Result<Vec<Decimal>> {
    let one = |text: &str| {
        factor(text).map_err(|expected| {
            let message = format!("`{}` is no factor of traffic", text.trim());
            let hint = "for example `--sweep traffic=0.1x..100x`";
            Box::new(Diagnostic::input(message).note(expected).hint(hint))
        })
    };
    let mut factors = match text.split_once("..") {
        Some((from, to)) => {
            let (from, to) = (one(from)?, one(to)?);
            let between = (-6..=4_i32).flat_map(|exponent| {
                let power = if exponent < 0 {
                    Decimal::new(1, exponent.unsigned_abs())
                } else {
                    Decimal::from(10_u64.pow(exponent.unsigned_abs()))
                };
                [1, 2, 5].map(|digit| power * Decimal::from(digit))
            });
            let inside = between.filter(|f| from < *f && *f < to);
            std::iter::once(from).chain(inside).chain([to]).collect()
        }
        None => text.split(',').map(one).collect::<Result<Vec<_>>>()?,
    };
    factors.sort_unstable();
    factors.dedup();
    if factors.len() < 2 || factors.len() > MOST {
        return Err(wrong(&format!("traffic={text}")));
    }
    Ok(factors)
}

#[cfg(test)]
mod tests {
    use super::factors;

    #[test]
    fn a_range_has_round_factors_between_its_ends() {
        let shown = |text: &str| -> Vec<String> {
            factors(text).unwrap().iter().map(ToString::to_string).collect()
        };
        assert_eq!(shown("0.3x..20x"), ["0.3", "0.5", "1", "2", "5", "10", "20"]);
        assert_eq!(shown("4x,1x,4"), ["1", "4"]);
        for wrong in ["", "1x", "2x..2x", "0..3", "1x..", "a,b"] {
            assert!(factors(wrong).is_err(), "{wrong}");
        }
    }
}
