//! Many values of one thing on several platforms, and where the cheapest platform changes.

use super::{Alternative, Comparison, Estimator, Figures, Options, Variant};
use crate::diagnostic::{Result, Source};
use crate::units::Money;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

/// What is estimated together: one value on every platform.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The value, as people write it.
    pub value: String,
    /// The scenario with it.
    pub source: Source,
    /// One of each platform.
    pub options: Vec<Options>,
}

/// One value, and what it comes to.
#[derive(Debug)]
pub struct Point {
    /// The value, as people write it.
    pub value: String,
    /// The platforms.
    pub comparison: Comparison,
}

/// The cheapest of sound alternatives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cheapest {
    /// Its platform.
    pub platform: String,
    /// Its total.
    pub total: Money,
}

/// Where the cheapest platform changes: between two factors of traffic, a thousandth apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BreakEven {
    /// The factor where another one is the cheapest.
    pub factor: Decimal,
    /// Streams per second there, over the period.
    pub streams_per_second: Decimal,
    /// The cheapest a thousandth below.
    pub below: Cheapest,
    /// The cheapest at the factor.
    pub above: Cheapest,
    /// What the one that was the cheapest below costs at the factor, if it is sound there.
    pub below_at_factor: Option<Money>,
}

impl Point {
    /// The cheapest sound alternative, the first in order of several.
    #[must_use]
    pub fn cheapest(&self) -> Option<Cheapest> {
        let first = self.comparison.cheapest().next()?;
        let total = first.result.as_ref().ok()?.statement.total();
        Some(Cheapest { platform: first.platform.clone(), total })
    }

    /// What a platform comes to, if it has an estimate.
    #[must_use]
    pub fn figures(&self, platform: &str) -> Option<Figures> {
        let all = self.comparison.alternatives().iter();
        let own = all.filter(|a| a.platform == platform).find_map(|a| a.result.as_ref().ok());
        own.map(Figures::of)
    }
}

/// Estimates all trials together.
///
/// # Errors
/// When a trace cannot be read, or a value has no estimate on any platform.
pub fn sweep(estimator: &mut Estimator<'_>, trials: &[Trial]) -> Result<Vec<Point>> {
    let variants: Vec<_> = trials
        .iter()
        .flat_map(|t| t.options.iter().map(|options| Variant { source: &t.source, options }))
        .collect();
    let mut results = estimator.run(&variants)?.into_iter();
    let point = |trial: &Trial| {
        let results = results.by_ref().take(trial.options.len());
        let alternatives = trial.options.iter().zip(results).map(|(options, result)| Alternative {
            platform: options.platform.clone().unwrap_or_default(),
            settings: options.settings.clone(),
            result,
            spiked: None,
        });
        let comparison = Comparison::new(alternatives.collect())?;
        Ok(Point { value: trial.value.clone(), comparison })
    };
    trials.iter().map(point).collect()
}

/// A factor of traffic on every platform.
#[must_use]
pub fn at_traffic(source: &Source, platforms: &[Options], factor: Decimal) -> Trial {
    let at = |options: &Options| Options { traffic: Some(factor), ..options.clone() };
    Trial {
        value: format!("{}x", factor.normalize()),
        source: source.clone(),
        options: platforms.iter().map(at).collect(),
    }
}

/// How close the two sides of a break-even are.
const CLOSE: Decimal = Decimal::from_parts(1_001, 0, 0, false, 3);

/// Where the cheapest platform changes between neighbouring factors: by halving, and both sides
/// estimated. Changes that come and go between two neighbours are not seen.
///
/// # Errors
/// As [`sweep`].
pub fn break_evens(
    estimator: &mut Estimator<'_>,
    source: &Source,
    platforms: &[Options],
    points: &[(Decimal, Point)],
) -> Result<Vec<BreakEven>> {
    let mut found = Vec::new();
    let mut sides: Vec<(Side, Side)> = points
        .windows(2)
        .rev()
        .filter_map(|pair| Some((Side::of(&pair[0])?, Side::of(&pair[1])?)))
        .collect();
    while let Some((low, high)) = sides.pop() {
        if low.cheapest.platform == high.cheapest.platform {
            continue;
        }
        let middle = middle(low.factor, high.factor);
        let close = low.factor * CLOSE >= high.factor;
        if close || middle <= low.factor || middle >= high.factor {
            found.push(BreakEven {
                factor: high.factor,
                streams_per_second: high.rate,
                below_at_factor: high.sound(&low.cheapest.platform),
                below: low.cheapest,
                above: high.cheapest,
            });
            continue;
        }
        let trial = at_traffic(source, platforms, middle);
        let Some(point) = sweep(estimator, &[trial])?.pop() else { continue };
        if let Some(side) = Side::of(&(middle, point)) {
            sides.push((side.clone(), high));
            sides.push((low, side));
        }
    }
    Ok(found)
}

/// One side of a change.
#[derive(Clone)]
struct Side {
    factor: Decimal,
    rate: Decimal,
    cheapest: Cheapest,
    sound: Vec<Cheapest>,
}

impl Side {
    fn of((factor, point): &(Decimal, Point)) -> Option<Self> {
        let any = point.comparison.any()?;
        let seconds = Decimal::from_f64(any.period.as_secs_f64())?;
        let streams = Decimal::from(Figures::of(any).streams);
        let all = point.comparison.alternatives().iter();
        let sound = all.filter(|a| a.standing() == super::Standing::Sound).filter_map(|a| {
            let total = a.result.as_ref().ok()?.statement.total();
            Some(Cheapest { platform: a.platform.clone(), total })
        });
        Some(Self {
            factor: *factor,
            rate: streams.checked_div(seconds)?,
            cheapest: point.cheapest()?,
            sound: sound.collect(),
        })
    }

    fn sound(&self, platform: &str) -> Option<Money> {
        self.sound.iter().find(|c| c.platform == platform).map(|c| c.total)
    }
}

/// The geometric mean to six digits.
fn middle(low: Decimal, high: Decimal) -> Decimal {
    let product = low.checked_mul(high).and_then(|p| p.to_f64()).unwrap_or(0.0);
    Decimal::from_f64(libm::sqrt(product)).and_then(|m| m.round_sf(6)).unwrap_or(low)
}
