//! SSC204: what to buy in advance.

use crate::recommended::{BOOK, NoTraces, asked, estimated, options, promised, shipped, told};
use rust_decimal::Decimal;
use ssc::diagnostic::Source;
use ssc::estimate::{Estimator, Options, Variant};
use ssc::recommend::{Certificate, Change, Session, Settings, recommend, rule};

#[test]
fn on_its_scenario_the_promise_is_the_estimate() {
    let found = promised("commitments", &shipped("commitments"), &mut NoTraces);
    insta::assert_snapshot!(told(&found));
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// One vCPU all month: 2,628,000 vCPU-seconds at 0.000018, $47.304, of which a credit pays 4.32. The rest
/// at 46 % off is 23.21136, or 0.031796 an hour. 0.032 an hour for 730 hours is 23.36, and leaves to the
/// credit what it can pay.
#[test]
fn even_usage_is_covered_whole() {
    let text = "usage:\n  - { sku: cloud-run-instance-cpu, quantity: 2628000 }\n";
    let found = promised("commitments", text, &mut NoTraces);
    let first = &found.ranked[0];
    assert_eq!(
        first.proposal.title,
        "Buy $0.032 an hour of Compute flexible committed use 3 years, instance-based"
    );
    assert_eq!(first.effect.saving().0, decimal("42.984") - decimal("23.36"));
    // What the credit would have paid is covered with the rest of the last step.
    let bought = "hour by hour 100 % of it is used";
    assert!(first.proposal.evidence.iter().any(|e| e.starts_with(bought)), "{}", told(&found));
    // The next one takes 28 % off, and the one that is no longer sold is not told.
    assert_eq!(found.ranked.len(), 2);
}

/// A busy hour a day: by an even load a commitment would be cheaper; by the hour it is not.
#[test]
fn what_sleeps_most_of_the_day_is_not_covered() {
    let text = "workloads:
  - name: batch
    platform: aws-lambda
    deployment: { memory: 10GiB }
    arrivals: { pattern: spike, rate: 1/h, spike_at: 9h, spike_every: 24h, spike_lasts: 30min, spike_factor: 3000 }
    requests: { duration: 60s }
";
    let found = asked("commitments", text, &mut NoTraces);
    assert!(found.ranked.is_empty(), "{}", told(&found));
    let plan = "pricing:
  commitments:
    - { kind: spend, name: Plan, per_hour: 0.05, percent: 12, skus: [aws-lambda-duration-x86] }
";
    let total = |text: &str| estimated(text, &mut NoTraces).statement.total();
    assert!(total(&format!("{plan}{text}")) > total(text));
}

/// Every amount bought, each with an estimate of its own: none costs less than the one that is proposed.
/// Cloud Run's credits, one for CPU and one for memory, pay what is left.
#[test]
fn no_other_amount_costs_less() {
    let workload = "workloads:
  - name: voice
    platform: cloud-run-instance
    deployment: { concurrency: 2, vcpu: 2, memory: 4GiB, timeout: 1h }
    arrivals: { pattern: diurnal, rate: RATE/month, window: 24h }
    requests: { duration: 90s }
";
    for rate in ["4k", "9k"] {
        let text = workload.replace("RATE", rate);
        let found = promised("commitments", &text, &mut NoTraces);
        for ranked in &found.ranked {
            assert!(
                matches!(&ranked.proposal.certificate, Certificate::Optimal(_)),
                "{}",
                told(&found)
            );
            let bought = ranked.trial.source.text();
            let at = bought.find("per_hour: ").unwrap() + "per_hour: ".len();
            let end = at + bought[at..].find(',').unwrap();
            let best = decimal(&bought[at..end]);
            // In steps of a tenth of a cent near it, and in wider ones up to twice as much.
            let near = (-6..=6).map(|n| best + Decimal::new(n, 3));
            let far = (0..=20).map(|n| (best * Decimal::new(n, 1)).round_dp(3));
            let amounts: Vec<Decimal> = near.chain(far).filter(|a| !a.is_sign_negative()).collect();
            let sources: Vec<Source> = amounts
                .iter()
                .map(|a| Source::new("s.yaml", format!("{}{a}{}", &bought[..at], &bought[end..])))
                .collect();
            let options = options();
            let variants: Vec<_> =
                sources.iter().map(|source| Variant { source, options: &options }).collect();
            let mut none = NoTraces;
            let all = Estimator::new(&BOOK, &mut none).run(&variants).unwrap();
            let least = ranked.effect.after.total;
            for (amount, one) in amounts.iter().zip(all) {
                let total = one.unwrap().statement.total();
                let rounding = ssc::units::Money(Decimal::new(1, 6));
                assert!(total + rounding >= least, "{amount} costs {total}, {best} {least}");
                assert!(*amount != best || total == least);
            }
        }
    }
}

const NEGOTIATED: &str = "pricing:
  commitments:
    - { kind: spend, name: Plan, per_hour: 0.001, percent: 12, skus: [aws-lambda-duration-x86] }
workloads:
  - name: chat
    platform: aws-lambda
    arrivals: { pattern: steady, rate: 100/h }
    requests: { duration: 90s }
";

/// 100 × 90 s an hour at 1 GiB: 9,000 GB-s less 400,000 free ones a month, steady. At 12 % off 0.0000166667.
#[test]
fn a_plan_that_is_too_small_is_raised() {
    let found = promised("commitments", NEGOTIATED, &mut NoTraces);
    assert_eq!(found.ranked.len(), 1);
    let gb_seconds = decimal("9000") - decimal("400000") / decimal("730");
    let per_hour = gb_seconds * decimal("0.0000166667") * decimal("0.88");
    let title = format!("Raise Plan to ${} an hour", per_hour.round_dp(3));
    assert_eq!(found.ranked[0].proposal.title, title);
    let change = found.ranked[0].proposal.change.lines();
    assert!(change[0].starts_with("pricing.commitments[0].per_hour: 0.1"), "{change:?}");
    // One that is large enough cannot be given back.
    let large = NEGOTIATED.replace("per_hour: 0.001", "per_hour: 5");
    assert!(asked("commitments", &large, &mut NoTraces).ranked.is_empty());
}

/// Three instances all month at $25, one reserved at $20: two more save 2 × 5.
#[test]
fn reserved_units_are_bought_whole() {
    let sku = BOOK.services.iter().find_map(|s| s.sku("render-1c-2g")).unwrap();
    let text = "pricing:
  commitments:
    - { kind: capacity, name: Reserved, sku: render-1c-2g, units: 1, unit_price: 20 }
usage:
  - { sku: render-1c-2g, quantity: 3 }
";
    let found = promised("commitments", text, &mut NoTraces);
    assert_eq!(found.ranked[0].proposal.title, "Raise Reserved to 3 units", "{}", sku.unit.name);
    assert_eq!(found.ranked[0].effect.saving().0.round_dp(9), decimal("10"));
}

#[test]
fn what_nobody_is_sure_of_or_could_change_is_not_proposed() {
    let text = "usage:\n  - { sku: fly-shared-vcpu, quantity: 100000000, region: iad }\n";
    let found = asked("commitments", text, &mut NoTraces);
    assert!(found.ranked.iter().all(|r| !r.proposal.title.contains("40 %")), "{}", told(&found));
    // Rates of the command line stand instead of the scenario's.
    let source = Source::new("s.yaml", NEGOTIATED);
    let rates = Some(Source::new("rates.yaml", "discounts: []\n"));
    let options = Options { rates, ..options() };
    let (stop, tell, mut none) = (|| false, |_: &str, _: u64| {}, NoTraces);
    let estimator = Estimator::new(&BOOK, &mut none);
    let mut session = Session::new(&source, &options, estimator, &stop, &tell).unwrap();
    let settings = Settings { rules: vec![rule("commitments").unwrap()], max_changes: 9 };
    let found = recommend(&mut session, &settings).unwrap();
    assert!(found.ranked.iter().all(|r| r.noise), "{:#?}", found.ranked);
}

/// An account whose prices are lowered already has nothing left to cover.
#[test]
fn a_chosen_plan_is_not_bought_twice() {
    let text = "accounts: { cloud-run: { commitment: flexible-3y } }\nusage:\n  \
                - { sku: cloud-run-instance-cpu, quantity: 2628000 }\n";
    assert!(asked("commitments", text, &mut NoTraces).ranked.is_empty());
}

/// The bill of another platform says nothing of a plan that only the first one uses; it is owed all the same.
#[test]
fn what_was_bought_is_not_saved_by_moving_away() {
    let source = Source::new("s.yaml", NEGOTIATED.replace("0.001", "5"));
    let (stop, tell, mut none, options) = (|| false, |_: &str, _: u64| {}, NoTraces, options());
    let estimator = Estimator::new(&BOOK, &mut none);
    let mut session = Session::new(&source, &options, estimator, &stop, &tell).unwrap();
    let moved = |platform: &str| Change::none().set(0, "platform", platform);
    let away = session.try_one(&moved("cloud-run")).unwrap();
    assert!(away.outcome.total < session.now().outcome.total);
    assert!(!session.keeps(&away) && !session.improves(&away));
    let here = session.try_one(&Change::none().set(0, "deployment.memory", "512MiB")).unwrap();
    assert!(session.keeps(&here));
}
