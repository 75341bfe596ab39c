//! What a bill has of what is limited.

use super::baseline::Baseline;
use super::outcome::Status;
use super::policy::Measure;
use super::value::Value;
use crate::estimate::{Estimate, FEWEST_DAYS, Figures, NoRange, Range};
use crate::pricing::Component;
use crate::replay::{Facts, Percentiles};
use crate::units::{Dimension, PricingUnit, SimDuration};
use rust_decimal::Decimal;

/// What policies are held to.
pub(super) struct Seen<'a> {
    pub(super) estimate: &'a Estimate,
    /// Its range, if a policy asks.
    pub(super) range: Option<std::result::Result<Range, NoRange>>,
    pub(super) baseline: Option<&'a Baseline>,
}

impl Seen<'_> {
    /// Why a cost is a lower bound, if it is: it may be above its limit after all.
    pub(super) fn open(&self, measure: &Measure) -> Option<String> {
        let mut unpriced = self.estimate.statement.unpriced.iter();
        let lacks_price = match measure {
            Measure::Workload(name) => unpriced.any(|u| u.workload.as_ref() == Some(name)),
            Measure::Tokens
            | Measure::ColdStarts
            | Measure::Failed
            | Measure::TimeToFirstToken(_) => false,
            _ => unpriced.next().is_some(),
        };
        if lacks_price {
            return Some("something has no price".to_owned());
        }
        let none = self.range.and_then(std::result::Result::err);
        none.filter(|_| *measure == Measure::MonthlyP90).map(unknown_days)
    }

    /// What the estimate has of a measure, or why that is not known.
    pub(super) fn measured(&self, measure: &Measure) -> std::result::Result<Value, Status> {
        let estimate = self.estimate;
        let figures = Figures::of(estimate);
        let statement = &estimate.statement;
        let unknown = |why: &str| Err(Status::Unknown(why.to_owned()));
        Ok(match measure {
            Measure::Monthly => Value::Money(figures.total),
            // Without a range it is no less than the bill itself.
            Measure::MonthlyP90 => match self.range {
                Some(Ok(range)) => Value::Money(range.p90),
                _ => Value::Money(figures.total),
            },
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
                let Some(baseline) = self.baseline else {
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
}

/// Why days do not tell a percentile.
fn unknown_days(none: NoRange) -> String {
    let needed = format!("at least {FEWEST_DAYS} are needed");
    match none {
        NoRange::FewDays(0) => format!("there is no whole day of arrivals, {needed}"),
        NoRange::FewDays(1) => format!("there is 1 day of arrivals, {needed}"),
        NoRange::FewDays(n) => format!("there are {n} days of arrivals, {needed}"),
        NoRange::Sample => "a sample tells nothing about a month".to_owned(),
        NoRange::NoTimeline => "there are no arrivals by day".to_owned(),
    }
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
