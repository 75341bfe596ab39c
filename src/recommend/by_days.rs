//! How far a saving depends on which days a month happens to have.
//!
//! Both scenarios have the same days, so what is resampled is what each day saves.

use super::bootstrap::{REPLICATES, sums};
use super::session::{NoDays, Pair};
use super::{Session, Trial};
use crate::diagnostic::Result;
use crate::estimate::DayCosts;
use crate::units::Money;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use std::sync::Arc;

/// Most replayed requests of a scenario whose days are told apart.
pub const MOST_BY_DAYS: u64 = 4_000_000;

/// A saving's range over days like those that were seen: with 80 % probability it lies between the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByDays {
    /// The 10th percentile.
    pub p10: Money,
    /// The 90th percentile.
    pub p90: Money,
    /// Days that were resampled.
    pub days: usize,
    /// Weekends are told from weekdays.
    pub weekends: bool,
    /// Some arrivals are generated: of those, the range is sampling noise alone.
    pub generated: bool,
}

/// A saving's range over days, or why there is none.
pub type Days = std::result::Result<ByDays, NoDays>;

/// The ranges of what pairs save.
///
/// # Errors
/// When a trace cannot be read to its end.
pub(super) fn by_days(session: &mut Session<'_>, pairs: &[Pair]) -> Result<Vec<Days>> {
    let may = |(before, after): &Pair| [before, after].into_iter().try_for_each(told_apart);
    let trials: Vec<_> = pairs.iter().filter(|pair| may(pair).is_ok()).collect();
    let trials: Vec<_> = trials.into_iter().flat_map(|(a, b)| [a, b]).map(Arc::clone).collect();
    session.tell_days_apart(&trials)?;
    let seed = session.file().seed.as_ref().and_then(|s| s.value.parse().ok()).unwrap_or(1);
    let of = |pair: &Pair| {
        may(pair)?;
        let days = |trial: &Trial| session.day_costs(trial).unwrap_or(Err(NoDays::Unknown));
        let saving = pair.0.outcome.total - pair.1.outcome.total;
        resampled(saving, &*days(&pair.0)?, &*days(&pair.1)?, seed)
    };
    Ok(pairs.iter().map(of).collect())
}

/// Whether a scenario has days to tell apart, and few enough requests.
fn told_apart(trial: &Arc<Trial>) -> std::result::Result<(), NoDays> {
    DayCosts::count(&trial.estimate).map_err(NoDays::NoRange)?;
    if trial.outcome.requests > MOST_BY_DAYS { Err(NoDays::TooLong) } else { Ok(()) }
}

/// The range of a saving, by what each day saves.
fn resampled(saving: Money, before: &DayCosts, after: &DayCosts, seed: u64) -> Days {
    let saved: Vec<f64> =
        before.costs.iter().zip(&after.costs).map(|(b, a)| less(*b, *a)).collect();
    if before.costs.len() != after.costs.len() {
        return Err(NoDays::Unknown);
    }
    let weekends = before.weekends.as_deref();
    let sums = sums(&saved, weekends, before.ahead, (seed, REPLICATES));
    // What is repeated to fill a month need not make up whole weeks: the exact saving stays the middle.
    let at = |sum: f64| {
        let total = if sums.in_proportion {
            saving.0.checked_mul(Decimal::from_f64(sum / sums.expected)?)?
        } else {
            saving.0.checked_add(Decimal::from_f64(sum - sums.expected)?)?
        };
        Some(Money(total.round_dp(6)))
    };
    let (p10, p90) = at(sums.p10).zip(at(sums.p90)).ok_or(NoDays::Unknown)?;
    Ok(ByDays {
        p10,
        p90,
        days: saved.len(),
        weekends: weekends.is_some(),
        generated: before.generated || after.generated,
    })
}

/// What is left of a cost; nothing where the two are alike but for rounding.
fn less(before: f64, after: f64) -> f64 {
    let less = before - after;
    if less.abs() <= 1e-9 * (before.abs() + after.abs()) { 0.0 } else { less }
}
