//! The search against every assignment there is, billed by the billing code; floors against bills.

use super::*;
use crate::billing::{Account, Period, Rates, UsageLine};
use crate::diagnostic::Source;
use crate::estimate::{Consumption, Terms};
use crate::pricing::{Book, Pool, Service};
use crate::units::{SimDuration, Usage};
use std::fmt::Write;

/// A generator of its own, so that nothing is shared with what is tested.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }
}

const CITED: &str = "source: made up for a test, checked_on: 2026-11-23, confidence: high";

/// A service with three SKUs: flat, tiered, and cliff or rounded up; free quantities over one or two of
/// them, a credit, a fee that other services may share.
fn service(dice: &mut Dice, id: &str) -> Source {
    let mut t = format!(
        "schema: 1\nservice: {id}\nservice_provider_name: P\nservice_name: {id}\nservice_category: Compute\nbilling_currency: USD\ndefault_region: r\nregions: {{ r: {{ name: R }} }}\nskus:\n"
    );
    for n in 0..3 {
        let tiering = match n {
            0 => "flat",
            1 => "graduated",
            _ => "cliff",
        };
        let price = 10 + dice.roll(90);
        let _ = write!(
            t,
            "  - {{ sku_id: {id}-{n}, name: S{n}, component: requests, meter: {{ clock: requests }}, pricing_unit: Requests, tiering: {tiering}, prices: [{{ all_regions: true, effective_from: 2026-01-01, {CITED}, "
        );
        if n == 0 {
            let _ = write!(t, "unit_price: \"0.{price:03}\"");
        } else {
            let (from, lower) = (20 + dice.roll(200), price / (1 + dice.roll(4)));
            let _ = write!(
                t,
                "tiers: [{{ from: \"0\", unit_price: \"0.{price:03}\" }}, {{ from: \"{from}\", unit_price: \"0.{lower:03}\" }}]"
            );
        }
        t.push_str(" }]");
        if n == 0 && dice.roll(3) == 0 {
            t.push_str(", billable_round_up: { to: \"50\" }");
        }
        t.push_str(" }\n");
    }
    t.push_str("allowances:\n");
    let _ = writeln!(
        t,
        "  - {{ id: {id}-a, name: A, skus: [{id}-1, {id}-0], quantity: \"{}\", {CITED} }}",
        1 + dice.roll(150)
    );
    let _ = writeln!(
        t,
        "  - {{ id: {id}-b, name: B, skus: [{id}-2, {id}-1], money: \"{}\", {CITED} }}",
        1 + dice.roll(8)
    );
    if dice.roll(3) == 0 {
        let _ = writeln!(
            t,
            "  - {{ id: {id}-c, name: C, skus: [{id}-0], per: {{ sku: {id}-2, quantity: \"0.5\" }}, {CITED} }}"
        );
    }
    if dice.roll(2) == 0 {
        let shared = if dice.roll(2) == 0 { ", shared_as: plan" } else { "" };
        let price = if shared.is_empty() { 1 + dice.roll(20) } else { 7 };
        let _ = writeln!(
            t,
            "fees:\n  - {{ id: {id}-f, name: F, unit_price: \"{price}\", effective_from: 2026-01-01{shared}, {CITED} }}"
        );
    }
    Source::new(format!("{id}.yaml"), t)
}

fn used<'a>(dice: &mut Dice, service: &'a Service, workload: &str) -> Consumption<'a> {
    let mut lines = Vec::new();
    for sku in 0..3 {
        if dice.roll(3) > 0 {
            lines.push((
                service,
                UsageLine {
                    workload: Some(workload.to_owned()),
                    sku,
                    region: "r".into(),
                    pool: Pool::OnDemand,
                    usage: Usage(i128::from(dice.roll(300))),
                    hours: None,
                },
            ));
        }
    }
    Consumption { services: vec![(service, Account::new())], lines, tokens: Vec::new() }
}

/// Options that do not ask for each other.
fn anything(_: Chosen, _: Chosen) -> bool {
    true
}

/// Every assignment, one by one.
fn brute(counts: &[usize], cost: &mut dyn FnMut(&[usize]) -> Money) -> Money {
    let mut choice = vec![0; counts.len()];
    let mut best = cost(&choice);
    loop {
        let Some(w) = (0..counts.len()).find(|w| choice[*w] + 1 < counts[*w]) else { return best };
        choice[..w].fill(0);
        choice[w] += 1;
        best = best.min(cost(&choice));
    }
}

#[test]
fn the_search_finds_what_trying_everything_finds() {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let (mut pruned, mut cut) = (0_u64, 0_u64);
    for seed in 1..=1_200_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let sources: Vec<_> = ["a", "b", "c"].map(|id| service(&mut dice, id)).into();
        let book = Book::load(&sources).unwrap();
        let terms = Terms {
            period: Period::month(day, SimDuration::from_hours(730), true),
            rates: Rates::default(),
            stated: if dice.roll(2) == 0 {
                used(&mut dice, &book.services[0], "stated")
            } else {
                Consumption::default()
            },
        };
        let workloads = 2 + dice.roll(3);
        let parts: Vec<Vec<Consumption<'_>>> = (0..workloads)
            .map(|w| {
                let options = 2 + dice.roll(2);
                let service =
                    |dice: &mut Dice| &book.services[usize::try_from(dice.roll(3)).unwrap()];
                (0..options)
                    .map(|_| {
                        let service = service(&mut dice);
                        used(&mut dice, service, &format!("w{w}"))
                    })
                    .collect()
            })
            .collect();
        let floors: Vec<Vec<Floor>> =
            parts.iter().map(|w| w.iter().map(|p| terms.floor(p).unwrap()).collect()).collect();
        let base = terms.floor(&terms.stated).unwrap();
        let mut bill = |choice: &[usize]| {
            let chosen: Vec<_> = parts.iter().zip(choice).map(|(w, i)| &w[*i]).collect();
            let total = terms.bill(&chosen).total();
            // The bound of a finished assignment must not lie above its bill.
            let own = || floors.iter().zip(choice).map(|(w, i)| &w[*i]).chain([&base]);
            let mut fees = BTreeMap::new();
            own().for_each(|f| fees.extend(f.fees.clone()));
            let bound: Money = own().map(|f| f.usage).chain(fees.into_values()).sum();
            assert!(bound <= total, "seed {seed}: {bound} > {total}");
            total
        };
        let counts: Vec<_> = parts.iter().map(Vec::len).collect();
        let best = brute(&counts, &mut bill);
        let start = vec![0; parts.len()];
        let mut cost = |choice: &[usize]| Some(bill(choice));
        let choices = Choices { options: &floors, base: &base, fits: &anything, start: &[start] };
        let found = cheapest(&choices, &mut cost, u64::MAX);
        assert!(found.complete);
        assert_eq!(found.best.as_ref().unwrap().1, best, "seed {seed}");
        assert_eq!(found.bound, best);
        let all: usize = counts.iter().product();
        pruned += u64::from(found.billed < all as u64);
        // Cut short, it says how low the best can be.
        let short = cheapest(&choices, &mut cost, 3);
        assert!(short.bound <= best, "seed {seed}");
        assert!(short.complete || short.billed >= 3);
        if short.complete {
            assert_eq!(short.best.unwrap().1, best);
        } else {
            cut += 1;
        }
    }
    // Both ways were taken: branches left out, and searches cut short.
    assert!(pruned > 300 && cut > 300, "{pruned} {cut}");
}

#[test]
fn what_may_not_be_chosen_is_not() {
    let floor = |usd: i64| Floor { usage: Money(usd.into()), ..Floor::default() };
    let floors = vec![vec![floor(5), floor(1)], vec![floor(5), floor(2)]];
    let mut cost = |c: &[usize]| {
        let total = [5, 1][c[0]] + [5, 2][c[1]];
        (c != [1, 1]).then_some(Money(total.into()))
    };
    let base = Floor::default();
    let choices = Choices { options: &floors, base: &base, fits: &anything, start: &[vec![0, 0]] };
    let found = cheapest(&choices, &mut cost, 100);
    assert_eq!(found.best, Some((vec![1, 0], Money(6.into()))));
    assert!(found.complete);
}

/// Options that only some others of another item go with, as a function goes with its stages.
#[test]
fn only_what_fits_together_is_chosen_and_nothing_cheaper_is_missed() {
    let (mut narrowed, mut cut) = (0, 0);
    for seed in 1..=1_500_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let items = 2 + usize::try_from(dice.roll(3)).unwrap();
        let counts: Vec<usize> =
            (0..items).map(|_| 2 + usize::try_from(dice.roll(4)).unwrap()).collect();
        let floors: Vec<Vec<Floor>> = counts
            .iter()
            .map(|n| {
                let mut fees = BTreeMap::new();
                if dice.roll(3) == 0 {
                    fees.insert("plan".to_owned(), Money(5.into()));
                }
                let usage = |dice: &mut Dice| Money((dice.roll(40)).into());
                (0..*n)
                    .map(|_| Floor { usage: usage(&mut dice), fees: fees.clone(), unpriced: 0 })
                    .collect()
            })
            .collect();
        // What is as it is always fits; the tables are symmetric.
        let table: Vec<bool> = (0..10_000).map(|_| dice.roll(3) > 0).collect();
        let fits = |a: Chosen, b: Chosen| {
            let (a, b) = (a.min(b), a.max(b));
            (a.1 == 0 && b.1 == 0) || table[((a.0 * 10 + a.1) * 10 + b.0) * 10 + b.1]
        };
        // A bill is its floors, fees once, and something on top that nobody foresees.
        let bill = |choice: &[usize]| -> Money {
            let chosen = || floors.iter().zip(choice).map(|(w, i)| &w[*i]);
            let fees: BTreeMap<_, _> = chosen().flat_map(|f| f.fees.clone()).collect();
            let seen = choice.iter().fold(seed, |h, i| h.wrapping_mul(31).wrapping_add(*i as u64));
            let usage: Money = chosen().map(|f| f.usage).chain(fees.into_values()).sum();
            usage + Money((seen % 7).into())
        };
        let together = |choice: &[usize]| {
            let each = || choice.iter().copied().enumerate();
            each().all(|a| each().all(|b| a.0 == b.0 || fits(a, b)))
        };
        let dear = Money(1_000_000.into());
        let mut all = 0;
        let best = brute(&counts, &mut |choice| {
            all += 1;
            if together(choice) { bill(choice) } else { dear }
        });
        let mut cost = |choice: &[usize]| {
            assert!(together(choice), "seed {seed}: {choice:?}");
            Some(bill(choice))
        };
        let (base, start) = (Floor::default(), vec![0; items]);
        let start = [start];
        let choices = Choices { options: &floors, base: &base, fits: &fits, start: &start };
        let found = cheapest(&choices, &mut cost, u64::MAX);
        assert!(found.complete);
        assert_eq!((found.best.unwrap().1, found.bound), (best, best), "seed {seed}");
        narrowed += u64::from(found.billed < all);
        let short = cheapest(&choices, &mut cost, 2);
        assert!(short.bound <= best, "seed {seed}");
        cut += u64::from(!short.complete);
    }
    assert!(narrowed > 1_000 && cut > 500, "{narrowed} {cut}");
}
