//! What an amount saves, against loops over hours and charges.
#![allow(clippy::cast_precision_loss, reason = "numbers are small")]

use super::*;
use crate::billing::{DemandSlice, Need, Span};
use crate::units::SimDuration;
use rust_decimal::prelude::FromPrimitive;

/// Seeded numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// An hour: what a step has to spend, and of each charge what it costs by commitment and on demand.
type Hour = (u64, Vec<(u64, u64)>);

fn demand(hours: &[Hour]) -> Demand {
    let span = Span::from_day("2026-01-01".parse().unwrap(), SimDuration::from_hours(1));
    let money = |n: u64| Money(Decimal::from(n));
    let need = |(line, (committed, usual)): (usize, &(u64, u64))| Need {
        line,
        committed: money(*committed),
        usual: money(*usual),
    };
    let slice = |(budget, needs): &Hour| DemandSlice {
        span,
        budget: money(*budget),
        needs: needs.iter().enumerate().map(need).filter(|n| !n.committed.is_zero()).collect(),
    };
    Demand { skus: Vec::new(), slices: hours.iter().map(slice).collect() }
}

/// Charges alternate between those that a credit pays and those that it does not.
fn savings(hours: &[Hour], paid: u64) -> Savings {
    let demand = demand(hours);
    let owed: u64 = hours.iter().flat_map(|h| h.1.iter().step_by(2)).map(|c| c.1).sum();
    let paid = paid.min(owed);
    let credit = Some((Decimal::from(owed), Decimal::from(paid)));
    let line = |rest, credit| Line { bends: bends(&demand, |line| line % 2 == rest), credit };
    let price = hours.iter().map(|h| Decimal::from(h.0)).sum();
    Savings { lines: vec![line(0, credit), line(1, None)], price, exact: true }
}

/// What is owed with an amount: each hour's budget goes to its charges in order, the credit pays last.
fn owed(hours: &[Hour], paid: u64, amount: u64) -> f64 {
    let (mut bought, mut left) = (0.0, [0.0, 0.0]);
    for (budget, charges) in hours {
        let mut budget = (budget * amount) as f64;
        bought += budget;
        for (i, (committed, usual)) in charges.iter().enumerate().filter(|(_, c)| c.0 > 0) {
            let part = (budget / *committed as f64).min(1.0);
            budget -= part * *committed as f64;
            left[i % 2] += (1.0 - part) * *usual as f64;
        }
    }
    bought + (left[0] - paid as f64).max(0.0) + left[1]
}

#[test]
fn every_amount_saves_what_loops_say_and_none_saves_more_than_the_best() {
    let mut random = Random(11);
    let (mut bought, mut limited) = (0, 0);
    for case in 0..1_500 {
        let charges = 1 + random.below(4);
        let percent = 20 + random.below(90);
        let charge = |random: &mut Random| {
            let committed = random.below(40) * random.below(2) * percent;
            // On demand each charge is dearer by a factor of its own, now and then cheaper.
            (committed, committed * (95 + random.below(120)) / 100)
        };
        let hours: Vec<Hour> = (0..1 + random.below(6))
            .map(|_| {
                (100 + random.below(3) * 50, (0..charges).map(|_| charge(&mut random)).collect())
            })
            .collect();
        let all: u64 = hours.iter().flat_map(|h| h.1.iter().step_by(2)).map(|c| c.1).sum();
        let paid = random.below(2) * random.below(1 + all);
        let savings = savings(&hours, paid);
        let none = owed(&hours, paid, 0);
        let mut most: f64 = 0.0;
        for amount in 0..160 {
            let saved = none - owed(&hours, paid, amount);
            let told = savings.at(amount, Decimal::ONE).0.to_f64().unwrap();
            assert!((told - saved).abs() < 1e-6, "case {case}, {amount}: {told} for {saved}");
            most = most.max(saved);
        }
        let best = savings.best();
        let told = none - owed(&hours, paid, best);
        assert!((told - most).abs() < 1e-6, "case {case}: {best} saves {told}, not {most}");
        bought += u32::from(best > 0);
        limited += u32::from(best > 0 && paid > 0);
    }
    assert!(bought > 300 && limited > 50, "{bought} {limited}");
}

#[test]
fn one_amount_all_along_is_what_the_linear_program_says() {
    let mut random = Random(3);
    for _ in 0..1_000 {
        let levels: Vec<u64> = (0..1 + random.below(50)).map(|_| random.below(9)).collect();
        let (step, usual) = (100, 101 + random.below(150));
        let hours: Vec<Hour> =
            levels.iter().map(|l| (step, vec![(0, 0), (l * step, l * usual)])).collect();
        let savings = savings(&hours, 0);
        let n = levels.len();
        let found = super::super::cover::cover(&levels, n, step * n as u64, usual);
        let none: u64 = levels.iter().map(|l| l * usual).sum();
        let saved = savings.at(savings.best(), Decimal::ONE).0.round_dp(9);
        assert_eq!(saved, Decimal::from(none) - Decimal::from_u128(found.cost).unwrap());
    }
}

#[test]
fn less_traffic_is_less_of_every_hour() {
    let hours = [(100, vec![(400, 800), (200, 300)]), (100, vec![(0, 0), (100, 150)])];
    let half = [(100, vec![(200, 400), (100, 150)]), (100, vec![(0, 0), (50, 75)])];
    let part = Decimal::new(5, 1);
    for amount in 0..8 {
        let told = savings(&hours, 100).at(amount, part);
        assert_eq!(told.0.round_dp(9), savings(&half, 100).at(amount, Decimal::ONE).0.round_dp(9));
    }
}
