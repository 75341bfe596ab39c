//! Whether a bill keeps its policies.

use super::baseline::Baseline;
use super::policy::{Level, Limits, Measure, Policies, Policy};
use super::value::{Amount, Value};
use crate::diagnostic::{Diagnostic, Place, Result, Source};
use crate::diff::{Ledger, Missing};
use crate::estimate::{Estimate, Figures, Projection};
use crate::pricing::Component;
use crate::replay::{Facts, Percentiles};
use crate::units::{Dimension, Money, PricingUnit, SimDuration};
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

/// How a policy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Within its limits.
    Kept,
    /// Above the level that warns.
    Warned,
    /// Above the level that fails.
    Exceeded,
    /// It cannot be told, because of this.
    Unknown(String),
    /// Not looked at, because of this.
    Skipped(String),
}

/// A policy and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The policy; its limits are in proportion to the period.
    pub policy: Policy,
    /// What the bill has.
    pub value: Option<Value>,
    /// How it stands.
    pub status: Status,
}

impl Outcome {
    /// The level that decides: the one that is exceeded, otherwise the next one.
    #[must_use]
    pub fn level(&self) -> Option<&Level> {
        let Limits { warn, fail } = &self.policy.limits;
        match self.status {
            Status::Warned => warn.as_ref(),
            _ => fail.as_ref().or(warn.as_ref()),
        }
    }
}

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
    let mut outcomes = Vec::new();
    for mut policy in policies.all {
        if policy.measure.is_of_a_month() {
            refuse_sample(estimate, &policy)?;
            if prorated {
                prorate(&mut policy.limits, period);
            }
        }
        outcomes.push(outcome(policy, estimate, baseline.as_ref()));
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

fn outcome(policy: Policy, estimate: &Estimate, baseline: Option<&Baseline>) -> Outcome {
    let value = match measured(&policy.measure, estimate, baseline) {
        Ok(value) => value,
        Err(status) => return Outcome { policy, value: None, status },
    };
    let above = |level: &Option<Level>| level.as_ref().is_some_and(|l| value.is_above(&l.amount));
    let status = if above(&policy.limits.fail) {
        Status::Exceeded
    } else if is_open(&policy.measure, estimate) {
        Status::Unknown("something has no price".to_owned())
    } else if above(&policy.limits.warn) {
        Status::Warned
    } else {
        Status::Kept
    };
    Outcome { policy, value: Some(value), status }
}

/// Whether something without a price makes a cost a lower bound: it may be above its limit after all.
fn is_open(measure: &Measure, estimate: &Estimate) -> bool {
    let mut unpriced = estimate.statement.unpriced.iter();
    match measure {
        Measure::Workload(name) => unpriced.any(|u| u.workload.as_ref() == Some(name)),
        Measure::Tokens | Measure::ColdStarts | Measure::Failed | Measure::TimeToFirstToken(_) => {
            false
        }
        _ => unpriced.next().is_some(),
    }
}

/// What the estimate has of a measure, or why that is not known.
fn measured(
    measure: &Measure,
    estimate: &Estimate,
    baseline: Option<&Baseline>,
) -> std::result::Result<Value, Status> {
    let figures = Figures::of(estimate);
    let statement = &estimate.statement;
    let unknown = |why: &str| Err(Status::Unknown(why.to_owned()));
    Ok(match measure {
        Measure::Monthly => Value::Money(figures.total),
        Measure::PerThousandStreams if figures.streams == 0 => {
            return unknown("there are no streams");
        }
        Measure::PerThousandStreams => Value::PerThousand(figures.total, figures.streams),
        Measure::Tokens => Value::Count(tokens(estimate)),
        Measure::ColdStarts if figures.served == 0 => return unknown("no request was served"),
        Measure::ColdStarts => Value::Part(figures.cold_starts, figures.served),
        Measure::Failed => {
            let requests = estimate.workloads.iter().map(|w| w.facts.requests).sum();
            if requests == 0 {
                return unknown("there are no requests");
            }
            Value::Part(figures.broken, requests)
        }
        Measure::TimeToFirstToken(rank) => match slowest(estimate, *rank) {
            Some(time) => Value::Time(time),
            None => return unknown("no request was served"),
        },
        Measure::Workload(name) => Value::Money(statement.workload_total(Some(name))),
        Measure::Platform(_, service) => {
            let own = statement.charges.iter().filter(|c| c.service_name == *service);
            Value::Money(own.map(|c| c.billed_cost).sum())
        }
        Measure::Increase | Measure::IncreaseUsd => {
            let Some(baseline) = baseline else {
                return Err(Status::Skipped("there is no baseline".to_owned()));
            };
            if !baseline.complete {
                return unknown("something in the baseline has no price");
            }
            let by = figures.total - baseline.total;
            match measure {
                Measure::Increase => Value::Increase(by, baseline.total),
                _ => Value::Money(by),
            }
        }
    })
}

/// Tokens of the period, priced or not.
fn tokens(estimate: &Estimate) -> Decimal {
    let of = |unit: &str, quantity: Decimal| {
        let unit = PricingUnit::named(unit).filter(|u| u.dimension == Dimension::Tokens);
        let size = unit.map_or(0, |u| u.base_units(estimate.period));
        quantity * Decimal::try_from_i128_with_scale(size, 0).unwrap_or_default()
    };
    let statement = &estimate.statement;
    let charged = statement.charges.iter().filter(|c| c.component == Component::Tokens);
    let charged =
        charged.filter_map(|c| Some(of(c.pricing_unit.as_deref()?, c.pricing_quantity?.0)));
    let unpriced = statement.unpriced.iter().map(|u| of(&u.pricing_unit, u.quantity.0));
    charged.chain(unpriced).sum::<Decimal>().normalize()
}

/// A percentile of time to first token of the slowest workload.
fn slowest(estimate: &Estimate, rank: u8) -> Option<SimDuration> {
    let at = |p: Percentiles| match rank {
        50 => p.p50,
        95 => p.p95,
        _ => p.p99,
    };
    let seen = estimate.workloads.iter().map(|w| &w.facts).filter_map(Facts::time_to_first_token);
    seen.map(at).max()
}
