//! What happened when: a workload's replay span by span, with what each span costs.

use crate::billing::{Charge, Statement, TokenUsage};
use crate::metering::Readings;
use crate::pricing::{Component, Service};
use crate::replay::Moment;
use crate::units::{Bins, Money, SimTime, Usage};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;

/// Costs by part of the bill.
pub type Costs = BTreeMap<Component, Money>;

/// A workload's replay over time.
///
/// A charge is spread as the usage it is for was: each span pays its usage at the charge's effective price,
/// rounded to 12 decimals so that the spans of a charge add up to its billed cost. What is not metered is
/// spread evenly. Where a window is scaled to the period, a span's cost stands for all its likes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// The spans.
    pub bins: Bins,
    /// What happened in each.
    pub moments: Vec<Moment>,
    /// What each costs.
    pub costs: Vec<Costs>,
    /// What its days are.
    pub days: Days,
}

/// What the days of a replay are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// Whether weekdays mean something.
    pub calendar: bool,
    /// Whether arrivals were generated, not recorded.
    pub generated: bool,
}

impl Timeline {
    /// When span `i` starts and ends.
    #[must_use]
    pub fn span(&self, i: usize) -> (SimTime, SimTime) {
        self.bins.span(i)
    }

    /// What span `i` costs.
    #[must_use]
    pub fn cost(&self, i: usize) -> Money {
        self.costs[i].values().copied().sum()
    }
}

/// How a workload's usage is spread over time, SKU by SKU.
pub(super) struct Shapes {
    activity: Option<(Bins, Vec<Moment>)>,
    by_sku: BTreeMap<String, Vec<i128>>,
}

impl Shapes {
    pub(super) const fn new(activity: Option<(Bins, Vec<Moment>)>) -> Self {
        Self { activity, by_sku: BTreeMap::new() }
    }

    pub(super) fn add(&mut self, service: &Service, readings: &Readings) {
        for (reading, shape) in readings.usage.iter().zip(&readings.over_time) {
            self.add_usage(service.skus[reading.sku].id.clone(), shape);
        }
    }

    pub(super) fn add_tokens(&mut self, tokens: &[TokenUsage<'_>], over_time: &[Vec<Usage>]) {
        for (usage, shape) in tokens.iter().zip(over_time) {
            self.add_usage(usage.sku_id(), shape);
        }
    }

    fn add_usage(&mut self, sku: String, shape: &[Usage]) {
        let total = self.by_sku.entry(sku).or_insert_with(|| vec![0; shape.len()]);
        for (total, usage) in total.iter_mut().zip(shape) {
            *total += usage.0;
        }
    }

    /// The timeline with what the workload was charged.
    pub(super) fn timeline(
        self,
        workload: &str,
        statement: &Statement,
        days: Days,
    ) -> Option<Timeline> {
        let (bins, moments) = self.activity?;
        let even: Vec<i128> = (0..bins.count())
            .map(|i| bins.span(i))
            .map(|(from, to)| i128::from(to.since(from).0))
            .collect();
        let mut costs = vec![Costs::new(); bins.count()];
        let own = |c: &&Charge| c.workload.as_deref() == Some(workload);
        for charge in statement.charges.iter().filter(own) {
            let shape = self.by_sku.get(&charge.sku_id).unwrap_or(&even);
            let shape = if shape.iter().sum::<i128>() > 0 { shape } else { &even };
            for (costs, part) in costs.iter_mut().zip(shares(charge.billed_cost, shape)) {
                if !part.is_zero() {
                    let cost = costs.entry(charge.component).or_insert(Money::ZERO);
                    *cost += part;
                }
            }
        }
        Some(Timeline { bins, moments, costs, days })
    }
}

/// Decimals of a span's cost.
const DECIMALS: u32 = 12;

/// Money over spans by weights of which one is above zero: parts that add up to it.
pub(super) fn shares(money: Money, weights: &[i128]) -> Vec<Money> {
    let whole: i128 = weights.iter().sum();
    // A share of 28 digits needs no more of its weights.
    let shift = 127_u32.saturating_sub(whole.max(1).leading_zeros()).saturating_sub(90);
    let decimal = |n: i128| Decimal::try_from_i128_with_scale(n >> shift, 0).unwrap_or_default();
    let (mut passed, mut done) = (0, Money::ZERO);
    let part = |weight: &i128| {
        passed += weight;
        let sum = if passed == whole {
            money
        } else {
            let share = decimal(passed).checked_div(decimal(whole)).unwrap_or_default();
            let strategy = RoundingStrategy::MidpointNearestEven;
            Money((money.0 * share).round_dp_with_strategy(DECIMALS, strategy))
        };
        let part = sum - done;
        done = sum;
        part
    };
    weights.iter().map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_of_money_add_up(
            cents in -1_000_000_000..1_000_000_000_i64, scale in 0..15_u32,
            weights in proptest::collection::vec(0..i128::MAX / 1_000, 1..40),
        ) {
            let money = Money(Decimal::new(cents, scale));
            let weights = [weights, vec![1]].concat();
            let parts = shares(money, &weights);
            prop_assert_eq!(parts.iter().copied().sum::<Money>(), money);
            let whole: i128 = weights.iter().sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let f64 = |m: Money| rust_decimal::prelude::ToPrimitive::to_f64(&m.0).unwrap();
                #[expect(clippy::cast_precision_loss, reason = "compared roughly")]
                let expected = f64(money) * (*weight as f64 / whole as f64);
                prop_assert!((f64(*part) - expected).abs() < 1e-6 * (1.0 + expected.abs()));
            }
        }
    }
}
