//! Commitments hour by hour, against plain loops over hours and charges.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "numbers are small"
)]

use crate::example::{load, service, sku, sound};
use crate::warm::{BOOK, Rows};
use ssc::billing::{
    Account, Commitment, CommitmentStatus, Discount, Hours, Kind, Period, Rates, Scope,
    ServiceUsage, Span, Statement, UsageLine, bill_at,
};
use ssc::diagnostic::Source;
use ssc::estimate::{Estimate, Options, estimate};
use ssc::pricing::{Book, Pool};
use ssc::units::{SimDuration, Usage};

/// Seeded numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// SKUs paid by the hour: `rising` at 1 until 11 January, then at 2, `flat` at 1.
fn hours_sold() -> Book {
    let always = "2025-01-01";
    let rows = [(always, "2026-01-11", "unit_price: '1'"), ("2026-01-11", "", "unit_price: '2'")];
    let by_hour = |id: &str, rows: &[(&str, &str, &str)]| {
        sku(id, "tiering: flat", rows)
            .replace("clock: requests", "clock: instance_lifetime")
            .replace("pricing_unit: Requests", "pricing_unit: Instance-Hours")
    };
    let skus = by_hour("rising", &rows) + &by_hour("flat", &[(always, "", "unit_price: '1'")]);
    load(&[service("example", &format!("skus:\n{skus}"))])
}

const HOUR: f64 = 3.6e12;

/// Usage of a SKU: nanoseconds, and a weight for each hour if it is known.
type Line = (usize, i128, Option<Vec<i128>>);

/// How much of each hour of the period there is; the price rises after 24 of them.
fn lengths(hours: usize, half: bool) -> Vec<f64> {
    let mut lengths = vec![1.0; hours];
    lengths.extend(half.then_some(0.5));
    lengths
}

/// Hours of a line, hour by hour: days have their share by length, and hours theirs of it.
fn spread(line: &Line, lengths: &[f64]) -> Vec<f64> {
    let all: f64 = lengths.iter().sum();
    let mut usage = vec![0.0; lengths.len()];
    // What does not change its price is one stretch.
    let bounds: &[usize] = if line.0 == 0 { &[0, 24] } else { &[0] };
    for (i, from) in bounds.iter().enumerate() {
        let to = bounds.get(i + 1).copied().unwrap_or(lengths.len());
        let stretch: f64 = lengths[*from..to].iter().sum();
        let whole = line.1 as f64 / HOUR * stretch / all;
        let weights: Vec<f64> = match &line.2 {
            Some(w) if w[*from..to].iter().any(|w| *w > 0) => {
                w[*from..to].iter().map(|w| *w as f64).collect()
            }
            _ => lengths[*from..to].to_vec(),
        };
        let sum: f64 = weights.iter().sum();
        for (hour, weight) in (*from..to).zip(weights) {
            usage[hour] += whole * weight / sum;
        }
    }
    usage
}

/// What is owed, and of each commitment what is used of it: hour by hour, charge by charge in their order.
fn by_hand(
    lines: &[Line],
    lengths: &[f64],
    reserved: f64,
    per_hour: f64,
    percent: f64,
    discount: f64,
) -> (f64, [f64; 2]) {
    let usage: Vec<Vec<f64>> = lines.iter().map(|l| spread(l, lengths)).collect();
    let (mut owed, mut used) = (0.0, [0.0; 2]);
    for (hour, length) in lengths.iter().enumerate() {
        let mut left: Vec<f64> = usage.iter().map(|u| u[hour]).collect();
        let list = |sku: usize| if sku == 0 && hour >= 24 { 2.0 } else { 1.0 };
        let mut budgets = [reserved * 0.123 * length, per_hour * length];
        owed += budgets[0] + budgets[1];
        // Reserved units of `flat`, then the plan: `flat` first.
        for (which, sku) in [(0, 1), (1, 1), (1, 0)] {
            for (i, line) in lines.iter().enumerate().filter(|(_, l)| l.0 == sku) {
                let _ = line;
                let price = if which == 0 { 0.123 } else { list(sku) * (1.0 - percent / 100.0) };
                let part = if price > 0.0 { left[i].min(budgets[which] / price) } else { left[i] };
                left[i] -= part;
                budgets[which] -= part * price;
                used[which] += part * price;
            }
        }
        let rest = left.iter().zip(lines).map(|(n, l)| n * list(l.0) * (1.0 - discount / 100.0));
        owed += rest.sum::<f64>();
    }
    (owed, used)
}

fn billed(book: &Book, lines: &[Line], period: Period, rates: &Rates) -> Statement {
    let id = |n: usize| if n == 0 { "rising" } else { "flat" };
    let service = &book.services[0];
    let line = |(i, (sku, usage, hours)): (usize, &Line)| UsageLine {
        workload: Some(format!("w{i}")),
        sku: service.skus.iter().position(|s| s.id == id(*sku)).unwrap(),
        region: "one".into(),
        pool: Pool::OnDemand,
        usage: Usage(*usage),
        hours: hours.clone().map(Hours::new),
    };
    let lines = lines.iter().enumerate().map(line).collect();
    let used = ServiceUsage { service, account: Account::new(), lines };
    bill_at(&[used], &[], period, rates)
}

#[test]
fn a_bill_by_the_hour_is_what_plain_loops_say() {
    let book = hours_sold();
    let mut random = Random(5);
    let (mut both, mut unused) = (0, 0);
    for case in 0..1_500 {
        let (count, half) = (25 + random.below(20) as usize, random.below(2) == 1);
        let lengths = lengths(count, half);
        let nanoseconds = SimDuration((lengths.iter().sum::<f64>() * HOUR) as i64);
        let period = Period {
            span: Span::from_day("2026-01-10".parse().unwrap(), nanoseconds),
            month: SimDuration::from_hours(480),
            allowances: true,
            fixed_prices: false,
        };
        let shape = |random: &mut Random| -> Vec<i128> {
            lengths.iter().map(|_| i128::from(random.below(9) * random.below(3))).collect()
        };
        let lines: Vec<Line> = (0..1 + random.below(4))
            .map(|_| {
                let usage = i128::from(random.below(400_000_000)) * 1_000_000;
                let hours = (random.below(4) > 0).then(|| shape(&mut random));
                (random.below(2) as usize, usage, hours)
            })
            .collect();
        let (reserved, cents) = (random.below(4), random.below(400));
        let (percent, discount) = (random.below(100), random.below(60));
        let commitment = |name: &str, kind, skus: &[&str]| Commitment {
            name: name.into(),
            kind,
            skus: skus.iter().map(|s| (*s).to_owned()).collect(),
            regions: Vec::new(),
            source: "a contract".into(),
        };
        let units = u32::try_from(reserved).unwrap();
        let capacity = Kind::Capacity { units, unit_price: "0.123".parse().unwrap() };
        let per_hour = format!("{}.{:02}", cents / 100, cents % 100).parse().unwrap();
        let plan = Kind::Spend { per_hour, percent: percent.into() };
        let all = Discount { scope: Scope::All, regions: vec![], percent: discount.into() };
        let agreed = Rates { discounts: vec![all], ..Rates::default() };
        let rates = Rates {
            commitments: vec![
                commitment("Reserved", capacity, &["flat"]),
                commitment("Plan", plan, &["flat", "rising"]),
            ],
            ..agreed.clone()
        };
        let statement = billed(&book, &lines, period, &rates);
        sound(&statement);
        let (owed, used) = by_hand(
            &lines,
            &lengths,
            reserved as f64,
            cents as f64 / 100.0,
            percent as f64,
            discount as f64,
        );
        let near = |told: ssc::units::Money, expected: f64| {
            let told: f64 = told.to_string().parse().unwrap();
            assert!((told - expected).abs() < 1e-6, "case {case}: {told} for {expected}");
        };
        // What nothing of a SKU uses buys nothing that counts; a plan of a service in use is owed.
        for (name, used) in [("Reserved", used[0]), ("Plan", used[1])] {
            let c = statement.commitments.iter().find(|c| c.name == name).unwrap();
            near(c.used, used);
            assert!(c.used <= c.cost && c.covered <= c.eligible, "{c:?}");
        }
        near(statement.total(), owed);
        // Buying changes who pays, not what was used.
        let plain = billed(&book, &lines, period, &agreed);
        let quantity = |s: &Statement| -> rust_decimal::Decimal {
            let usage = s.charges.iter().filter(|c| c.charge_category.name() == "Usage");
            usage.filter_map(|c| c.pricing_quantity).map(|q| q.0).sum()
        };
        assert_eq!(quantity(&statement), quantity(&plain), "case {case}");
        // One line for the rest and one for each commitment, however many hours there are.
        let lines_of_usage = statement.charges.iter().filter(|c| c.workload.is_some()).count();
        assert!(lines_of_usage <= 3 * plain.charges.len(), "case {case}");
        both += u32::from(statement.commitments.iter().all(|c| !c.used.is_zero()));
        unused += u32::from(statement.commitments.iter().any(|c| !c.unused().is_zero()));
    }
    assert!(both > 300 && unused > 300, "{both} {unused}");
}

/// Monday, 23 November 2026, the day of the prices.
const START: i64 = 1_795_392_000;
const PLAN: &str = "pricing:\n  commitments:\n    - { kind: spend, name: Plan, per_hour: 0.02, \
                    percent: 20, skus: [warm-burst-time] }\n";

fn run(text: &str, rows: &Rows, timeline: Option<SimDuration>) -> Estimate {
    let today = "2026-11-23".parse().unwrap();
    let options = Options { today, timeline, ..Options::default() };
    estimate(&Source::new("s.yaml", text), &BOOK, &options, &mut rows.clone())
        .unwrap_or_else(|e| panic!("{e:?}\n{text}"))
}

/// Requests `(arrival, duration)` in seconds, most of them by day, from `start` on.
fn rows(random: &mut Random, start: i64, days: i64) -> Vec<(i64, i64)> {
    let mut rows = vec![(start, 60)];
    for _ in 0..days * 60 {
        let at = start + random.below(u64::try_from(days).unwrap() * 86_400) as i64;
        if (at / 3_600) % 24 < 9 && random.below(8) > 0 {
            continue;
        }
        rows.push((at, 30 + random.below(5_000) as i64));
    }
    rows.sort_unstable();
    rows
}

/// Busy seconds in each hour of the period, second by second; `place` says when in the period one is.
fn busy(rows: &[(i64, i64)], hours: usize, place: impl Fn(i64) -> i64) -> Vec<f64> {
    let mut busy = vec![0.0; hours];
    for (at, lasts) in rows {
        for second in *at..at + lasts {
            let hour = usize::try_from(place(second) / 3_600).unwrap();
            busy[hour.min(hours - 1)] += 1.0;
        }
    }
    busy
}

#[test]
fn each_projection_puts_usage_into_the_hours_of_its_replay() {
    let mut random = Random(8);
    // A Thursday, at half past ten and a bit.
    let start = START - 11 * 86_400 + 37_835;
    let (price, share, per_hour) = (0.00003, 0.8, 0.02);
    for (projection, days) in [("repeat", 3), ("scale", 1), ("scale", 2), ("none", 2)] {
        let own = rows(&mut random, start, days);
        let window = days * 86_400;
        let text = format!(
            "{PLAN}projection: {projection}\nworkloads:\n  - name: chat\n    platform: warm-burst\n    \
             arrivals: {{ trace: t.csv, window: {}h }}\n",
            days * 24
        );
        let nanoseconds =
            own.iter().map(|(at, lasts)| (at * 1_000_000_000, lasts * 1_000_000_000)).collect();
        let found = run(&text, &Rows(nanoseconds), None);
        let seconds = match projection {
            "repeat" => {
                // Copies of the window until 730 hours are full; the week begins as it does on the bill.
                let copies = (0..).map(|n| n * window).take_while(|n| *n < 730 * 3_600);
                let all = copies.flat_map(|n| own.iter().map(move |(at, d)| (at + n, *d)));
                let all: Vec<_> = all.filter(|(at, _)| *at < start + 730 * 3_600).collect();
                let shift = (START - start).rem_euclid(7 * 86_400);
                busy(&all, 730, |t| (t - start - shift).rem_euclid(730 * 3_600))
            }
            "scale" => {
                // Hours of the day as on the bill; what runs on at the end belongs to the beginning.
                let shift = (START - start).rem_euclid(86_400);
                let hours = usize::try_from(days * 24).unwrap();
                let day = busy(&own, hours, |t| (t - start - shift).rem_euclid(window));
                let all: Vec<f64> = (0..730).map(|h| day[h % hours]).collect();
                let times =
                    730.0 / hours as f64 * day.iter().sum::<f64>() / all.iter().sum::<f64>();
                all.iter().map(|n| n * times).collect()
            }
            _ => busy(&own, 730, |t| t - start),
        };
        let need = |n: &f64| n * price * share;
        let used: f64 = seconds.iter().map(|n| need(n).min(per_hour)).sum();
        let owed: f64 = 730.0 * per_hour
            + seconds.iter().map(|n| (need(n) - per_hour).max(0.0) / share).sum::<f64>();
        let plan = &found.statement.commitments[0];
        let told = |m: ssc::units::Money| m.to_string().parse::<f64>().unwrap();
        let case = format!("{projection} {days}");
        assert!((told(plan.used) - used).abs() < 1e-4 * used, "{case}: {} for {used}", plan.used);
        let total = told(found.statement.total());
        assert!((total - owed).abs() < 1e-4 * owed, "{case}: {total} for {owed}");
        assert!(used < 730.0 * per_hour * 0.9 && used > 0.1, "{case}: nights are not used");
        let assumed = found.assumptions.iter().find(|a| a.subject == "commitments").unwrap();
        assert_eq!(assumed.value, "used hour by hour");
    }
}

#[test]
fn a_timeline_changes_nothing_on_the_bill() {
    let mut random = Random(21);
    let start = START - 3 * 86_400 + 1_234;
    let own = rows(&mut random, start, 2);
    let nanoseconds = own.iter().map(|(at, d)| (at * 1_000_000_000, d * 1_000_000_000)).collect();
    let rows = Rows(nanoseconds);
    let skus = "warm-burst-time, warm-floor-time, warm-floor-idle, warm-pool-held, warm-pool-time";
    let plan = PLAN.replace("warm-burst-time", skus);
    for platform in ["warm-burst", "warm-floor", "warm-pool"] {
        for behind in ["", "    overflow: { platform: warm-burst }\n"] {
            let limit = if behind.is_empty() { "" } else { ", max_instances: 2" };
            let text = format!(
                "{plan}workloads:\n  - name: chat\n    platform: {platform}\n    deployment: {{ memory: \
                 2GiB{limit} }}\n    arrivals: {{ trace: t.csv, window: 48h }}\n{behind}"
            );
            let plain = run(&text, &rows, None);
            let plan = &plain.statement.commitments[0];
            assert!(!plan.used.is_zero() && !plan.unused().is_zero(), "{text}");
            for minutes in [60, 90, 1_440] {
                let timed = run(&text, &rows, Some(SimDuration::from_secs(60 * minutes)));
                assert_eq!(timed.statement, plain.statement, "{minutes} {text}");
            }
            // Who buys nothing pays what was used, hour by hour or not.
            let free = run(&text.replace("per_hour: 0.02", "per_hour: 0"), &rows, None);
            let none =
                run(text.split_once("workloads").map_or("", |t| &text[t.0.len()..]), &rows, None);
            assert_eq!(free.statement.total(), none.statement.total(), "{text}");
        }
    }
}

#[test]
fn stated_usage_is_taken_as_even_and_that_is_said() {
    let text = "usage:\n  - { sku: warm-burst-time, quantity: 2628000 }\n";
    let found = run(&format!("{PLAN}{text}"), &Rows::default(), None);
    // 3,600 GB-seconds an hour are 0.108, 0.0864 at 20 % off: the plan pays 0.02 of it, always.
    let plan = &found.statement.commitments[0];
    assert_eq!((plan.used.to_string(), plan.even), ("14.6".into(), plan.eligible));
    let covered = |c: &&ssc::billing::Charge| c.commitment_status == Some(CommitmentStatus::Used);
    assert_eq!(found.statement.charges.iter().filter(covered).count(), 1);
    let assumed = found.assumptions.iter().find(|a| a.subject == "commitments").unwrap();
    assert_eq!(assumed.value, "used by an even load");
}
