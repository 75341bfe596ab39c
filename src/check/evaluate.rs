//! Whether a bill keeps its policies.

use super::baseline::Baseline;
use super::outcome::{Outcome, Status};
use super::policy::{Level, Limits, Policies, Policy};
use super::seen::Seen;
use super::value::Amount;
use crate::diagnostic::{Diagnostic, Place, Result, Source};
use crate::diff::{Ledger, Missing};
use crate::estimate::{Estimate, NoRange, Projection, Range};
use crate::units::{Money, SimDuration};
use crate::workload::ScenarioFile;
use chrono::NaiveDate;
use rust_decimal::{Decimal, RoundingStrategy};

/// The month that limits are for, if the period is not one itself.
const MONTH: SimDuration = SimDuration::from_hours(730);
/// Periods from 28 to 31 days are months.
const MONTHS: [SimDuration; 2] =
    [SimDuration::from_hours(24 * 28), SimDuration::from_hours(24 * 31)];
/// Decimals of a limit in proportion.
const DECIMALS: u32 = 12;

/// What a check says as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything is kept and priced.
    Passed,
    /// Something is exceeded.
    Failed,
    /// Nothing is exceeded, but something has no price or cannot be told.
    Incomplete,
}

/// A checked bill.
#[derive(Clone, Debug)]
pub struct Check {
    /// The scenario.
    pub name: String,
    /// The day whose prices hold.
    pub pricing_date: NaiveDate,
    /// The billed period.
    pub period: SimDuration,
    /// What it costs.
    pub total: Money,
    /// Streams of the period.
    pub streams: u64,
    /// Whether limits for a month are in proportion to another period.
    pub prorated: bool,
    /// Whether a warning fails the check.
    pub strict: bool,
    /// The policies, in order.
    pub outcomes: Vec<Outcome>,
    /// What has no price, and the workload's place in the scenario.
    pub unpriced: Vec<(Missing, Option<Place>)>,
    /// Between which bounds the bill lies, or why that is not known; none if no policy asks.
    pub range: Option<std::result::Result<Range, NoRange>>,
    /// What it is compared with.
    pub baseline: Option<Baseline>,
}

impl Check {
    /// How many policies stand like this.
    #[must_use]
    pub fn count(&self, like: fn(&Status) -> bool) -> usize {
        self.outcomes.iter().filter(|o| like(&o.status)).count()
    }

    /// What it says as a whole.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let exceeded = self.count(|s| matches!(s, Status::Exceeded));
        let warned = self.count(|s| matches!(s, Status::Warned));
        if exceeded > 0 || (self.strict && warned > 0) {
            return Verdict::Failed;
        }
        let unknown = self.count(|s| matches!(s, Status::Unknown(_)));
        if unknown > 0 || !self.unpriced.is_empty() {
            return Verdict::Incomplete;
        }
        Verdict::Passed
    }
}

/// Holds an estimate to policies.
///
/// # Errors
/// When a limit is for a month and the estimate bills a sample that stands for none.
pub fn check(
    source: &Source,
    file: &ScenarioFile,
    estimate: &Estimate,
    policies: Policies,
    baseline: Option<Baseline>,
    strict: bool,
) -> Result<Check> {
    let period = estimate.period;
    let [shortest, longest] = MONTHS;
    let prorated = period < shortest || period > longest;
    let range = policies.timeline().map(|_| Range::of(estimate));
    let mut outcomes = Vec::new();
    for mut policy in policies.all {
        if policy.measure.is_of_a_month() {
            refuse_sample(estimate, &policy)?;
            if prorated {
                prorate(&mut policy.limits, period);
            }
        }
        outcomes.push(outcome(policy, &Seen { estimate, range, baseline: baseline.as_ref() }));
    }
    let place = |name: &Option<String>| {
        let of = |w: &&crate::workload::WorkloadFile| Some(&w.name.value) == name.as_ref();
        file.workloads.iter().find(of).map(|w| source.place(&w.name))
    };
    let ledger = Ledger::from(estimate);
    let prorated = prorated && outcomes.iter().any(|o| o.policy.measure.is_of_a_month());
    Ok(Check {
        name: ledger.name,
        pricing_date: ledger.pricing_date,
        period,
        total: ledger.total,
        streams: ledger.streams,
        prorated,
        strict,
        outcomes,
        range,
        unpriced: ledger.missing.into_iter().map(|m| (m.clone(), place(&m.workload))).collect(),
        baseline,
    })
}

fn refuse_sample(estimate: &Estimate, policy: &Policy) -> Result<()> {
    let sample = |p: &Projection| match p {
        Projection::None(window) => Some(*window),
        _ => None,
    };
    let Some(window) = estimate.workloads.iter().find_map(|w| sample(&w.projection)) else {
        return Ok(());
    };
    let message = format!(
        "the budget `{}` is for a month, and the scenario bills a sample of {window}",
        policy.id
    );
    let levels = [&policy.limits.fail, &policy.limits.warn];
    let place = levels.into_iter().flatten().find_map(|l| l.place.clone());
    let diagnostic = Diagnostic::input(message).hint("leave out `projection: none`");
    Err(Box::new(match place {
        Some(place) => diagnostic.at(place, "of a month"),
        None => diagnostic,
    }))
}

/// Limits of a month in proportion to another period.
fn prorate(limits: &mut Limits, period: SimDuration) {
    let part = |n: Decimal| {
        let scaled = n.checked_mul(Decimal::from(period.0));
        let whole = scaled.and_then(|s| s.checked_div(Decimal::from(MONTH.0)));
        let rounding = RoundingStrategy::MidpointNearestEven;
        whole.map_or(Decimal::ZERO, |n| n.round_dp_with_strategy(DECIMALS, rounding).normalize())
    };
    for level in [&mut limits.warn, &mut limits.fail].into_iter().flatten() {
        level.amount = match level.amount {
            Amount::Money(m) => Amount::Money(Money(part(m.0))),
            Amount::Count(n) => Amount::Count(part(n)),
            other => other,
        };
    }
}

fn outcome(policy: Policy, seen: &Seen<'_>) -> Outcome {
    let value = match seen.measured(&policy.measure) {
        Ok(value) => value,
        Err(status) => return Outcome { policy, value: None, status },
    };
    let above = |level: &Option<Level>| level.as_ref().is_some_and(|l| value.is_above(&l.amount));
    let status = if above(&policy.limits.fail) {
        Status::Exceeded
    } else if let Some(why) = seen.open(&policy.measure) {
        Status::Unknown(why)
    } else if above(&policy.limits.warn) {
        Status::Warned
    } else {
        Status::Kept
    };
    Outcome { policy, value: Some(value), status }
}
