//! How far a saving depends on what the scenario only assumes.
//!
//! Every saving is the difference of two estimates under the same condition, so that luck is the same on
//! both sides.

use super::by_days::{Days, by_days};
use super::condition::{Condition, conditions, fixed, holds, under};
use super::session::{Asked, NoDays, Pair};
use super::{Session, Trial};
use crate::diagnostic::Result;
use crate::units::Money;
use crate::workload::ScenarioFile;
use rust_decimal::Decimal;
use std::sync::Arc;

/// A saving under a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Varied {
    /// What was otherwise.
    pub condition: Condition,
    /// The saving then; nothing where one of the two scenarios has no complete estimate.
    pub saving: Option<Money>,
}

/// How a saving moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The saving as it is.
    pub saving: Money,
    /// What was tried.
    pub varied: Vec<Varied>,
    /// Which days a month happens to have.
    pub days: Days,
    /// Multiples of the traffic at which the saving ends or begins, the nearest below and above, within a
    /// tenth and ten times; found to a few percent. Nothing if it was not looked for.
    pub flips: Option<Vec<Decimal>>,
    /// The multiples between which it was looked for.
    pub looked: Option<(Decimal, Decimal)>,
    /// What could not be varied, and why.
    pub fixed: Vec<String>,
}

impl Range {
    fn savings(&self) -> impl Iterator<Item = Money> + '_ {
        self.varied.iter().filter_map(|v| v.saving).chain([self.saving])
    }

    /// The least saving.
    #[must_use]
    pub fn least(&self) -> Money {
        self.savings().min().unwrap_or(self.saving)
    }

    /// The largest saving.
    #[must_use]
    pub fn most(&self) -> Money {
        self.savings().max().unwrap_or(self.saving)
    }

    /// Whether a saving is gone under one of the conditions, or in one of ten months with days like those
    /// that were seen.
    #[must_use]
    pub fn is_noise(&self) -> bool {
        let in_some_months = self.days.is_ok_and(|days| days.p10 <= Money::ZERO);
        self.saving > Money::ZERO && (self.least() <= Money::ZERO || in_some_months)
    }
}

/// How the savings of pairs move under every condition that applies, and with other days; nothing for
/// all if time is up.
///
/// # Errors
/// When a trace cannot be read to its end.
pub(super) fn ranges(session: &mut Session<'_>, pairs: &[Pair]) -> Result<Vec<Option<Range>>> {
    let mut ranges = Vec::new();
    let mut asked = Vec::new();
    for (before, after) in pairs {
        let files: (ScenarioFile, ScenarioFile) = (before.source.yaml()?, after.source.yaml()?);
        let mut conditions = conditions(session.book(), &[&files.0, &files.1]);
        conditions.retain(|condition| !holds(condition, &[before, after]));
        for condition in &conditions {
            asked.push(under(condition, &before.source, &files.0, session.book())?);
            asked.push(under(condition, &after.source, &files.1, session.book())?);
        }
        let saving = before.outcome.total - after.outcome.total;
        let range = Range {
            saving,
            varied: conditions
                .into_iter()
                .map(|condition| Varied { condition, saving: None })
                .collect(),
            days: Err(NoDays::Unknown),
            flips: None,
            looked: None,
            fixed: fixed(&files.1),
        };
        ranges.push(Some(range));
    }
    let totals = totals(session, asked)?;
    let mut rest = totals.chunks(2);
    for range in &mut ranges {
        let Some(r) = range else { continue };
        for varied in &mut r.varied {
            match rest.next() {
                Some([before, after]) => varied.saving = saved(*before, *after),
                _ => {
                    *range = None;
                    break;
                }
            }
        }
    }
    for (range, days) in ranges.iter_mut().zip(by_days(session, pairs)?) {
        if let Some(range) = range {
            range.days = days;
        }
    }
    Ok(ranges)
}

/// The total of each scenario, if it has a complete one; fewer when time is up.
pub(super) fn totals(session: &mut Session<'_>, asked: Vec<Asked>) -> Result<Vec<Option<Money>>> {
    let known = session.estimates(asked.into_iter().map(Ok).collect())?;
    let total = |trial: Arc<Trial>| (trial.outcome.unpriced == 0).then_some(trial.outcome.total);
    Ok(known.into_iter().map(|k| k.ok().and_then(total)).collect())
}

/// What is saved, if both totals are known.
pub(super) fn saved(before: Option<Money>, after: Option<Money>) -> Option<Money> {
    Some(before? - after?)
}

#[cfg(test)]
mod tests {
    use super::super::by_days::ByDays;
    use super::*;

    fn money(text: &str) -> Money {
        Money(text.parse().unwrap())
    }

    #[test]
    fn a_saving_that_is_gone_somewhere_or_on_other_days_is_noise() {
        let range = |saving, others: &[&str]| Range {
            saving: money(saving),
            varied: others
                .iter()
                .map(|s| Varied { condition: Condition::Seed(1), saving: Some(money(s)) })
                .collect(),
            days: Err(NoDays::Unknown),
            flips: None,
            looked: None,
            fixed: Vec::new(),
        };
        assert!(!range("3", &["1", "4"]).is_noise());
        assert!(range("3", &["0", "4"]).is_noise());
        assert!(range("3", &["5", "-1"]).is_noise());
        assert!(!range("-3", &["-5"]).is_noise(), "what costs something pays for something else");
        let resampled = |saving, p10: &str| {
            let (p10, p90) = (money(p10), money("9"));
            let days = Ok(ByDays { p10, p90, days: 7, weekends: true, generated: false });
            Range { days, ..range(saving, &[]) }
        };
        assert!(!resampled("3", "0.000001").is_noise());
        assert!(resampled("3", "0").is_noise() && resampled("3", "-1").is_noise());
        assert!(!resampled("-3", "-5").is_noise());
        let r = range("3", &["1", "4"]);
        assert_eq!((r.least(), r.most()), (money("1"), money("4")));
    }
}
