//! Overflow: what one platform turns away, another serves; and how much always-on capacity pays.

use crate::warm::{BOOK, Dice, Rows, advise, bound, estimate, session, shipped, told};
use ssc::units::Money;

const SECOND: i64 = 1_000_000_000;

fn scenario(platform: &str, limit: u32, overflow: &str) -> String {
    format!(
        "projection: none\nworkloads:\n  - name: chat\n    platform: {platform}\n\
         \x20   deployment: {{ max_instances: {limit}, min_instances: {limit} }}\n{overflow}\
         \x20   arrivals: {{ trace: t.csv, window: 600s }}\n"
    )
}

const BEHIND: &str = "    overflow: { platform: warm-burst }\n";

/// Sorted arrivals with durations; equal instants happen.
fn traffic(dice: &mut Dice, n: u64) -> Rows {
    let mut at = 0;
    let row = |_| {
        at += dice.below(4) * SECOND;
        (at, (1 + dice.below(9)) * SECOND)
    };
    Rows((0..n).map(row).collect())
}

/// Which requests find one of so many places free, by looking at every one before it.
fn by_hand(rows: &Rows, places: usize) -> (Rows, Rows) {
    let (mut first, mut second) = (Vec::new(), Vec::new());
    for row in &rows.0 {
        let busy = first.iter().filter(|(at, length): &&(i64, i64)| at + length > row.0).count();
        if busy < places { &mut first } else { &mut second }.push(*row);
    }
    (Rows(first), Rows(second))
}

fn total(e: &ssc::estimate::Estimate) -> Money {
    assert!(e.statement.unpriced.is_empty());
    e.statement.total()
}

#[test]
fn two_stages_are_what_two_replays_by_hand_are() {
    let mut dice = Dice(7);
    let mut spilled = 0;
    for case in 0..120 {
        let rows = traffic(&mut dice, 3 + case % 40);
        let places = 1 + u32::try_from(dice.below(4)).unwrap();
        let (first, second) = by_hand(&rows, places as usize);
        for platform in ["warm-base", "warm-floor"] {
            let e = estimate(&scenario(platform, places, BEHIND), &rows);
            let [own, behind] = &e.workloads[..] else { panic!("{:?}", e.workloads) };
            assert_eq!((own.name.as_str(), behind.name.as_str()), ("chat", "chat/overflow"));
            assert_eq!(own.facts.served, first.0.len() as u64);
            assert_eq!(behind.facts.served, second.0.len() as u64);
            assert_eq!(own.requests + behind.requests, rows.0.len() as u64);
            assert_eq!((own.facts.rejected, behind.facts.rejected), (0, 0));
            assert!(own.facts.identities_hold() && behind.facts.identities_hold());
            // Each stage is a workload of its own, on the requests that reach it.
            let alone = estimate(&scenario(platform, places, ""), &first);
            assert_eq!(own.facts, alone.workloads[0].facts);
            let mut expected = total(&alone);
            if !second.0.is_empty() {
                let text = scenario("warm-burst", 1_000, "")
                    .replace("min_instances: 1000", "memory: 1GiB");
                let alone = estimate(&text, &second);
                assert_eq!(behind.facts, alone.workloads[0].facts);
                expected += total(&alone);
            }
            assert_eq!(total(&e), expected, "{rows:?}");
        }
        spilled += second.0.len();
    }
    assert!(spilled > 200, "{spilled}");
}

#[test]
fn only_what_the_second_turns_away_has_failed() {
    let rows = Rows((0..10).map(|i| (i, 100 * SECOND)).collect());
    let behind = "    overflow: { platform: warm-burst, deployment: { max_instances: 3 } }\n";
    let e = estimate(&scenario("warm-base", 2, behind), &rows);
    assert_eq!(e.workloads[0].facts.served, 2);
    let behind = &e.workloads[1].facts;
    assert_eq!((behind.requests, behind.served, behind.rejected), (8, 3, 5));
    assert!(
        e.warnings.iter().any(|w| w.starts_with("chat/overflow: 5 of 8 requests were rejected"))
    );
    assert!(e.assumptions.iter().any(|a| a.subject == "chat/overflow.platform"));
}

#[test]
fn any_number_of_threads_gives_the_same_bill() {
    let rows = traffic(&mut Dice(3), 60_000);
    let text = scenario("warm-base", 4, BEHIND).replace("window: 600s", "window: 100h");
    let with = |n| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        pool.install(|| estimate(&text, &rows))
    };
    let (one, three) = (with(1), with(3));
    assert_eq!(one.statement.charges, three.statement.charges);
    assert_eq!(one.workloads[1].facts, three.workloads[1].facts);
    assert!(one.workloads[1].facts.served > 1_000);
}

/// What is lost of Poisson arrivals is Erlang's formula, whatever the law of the durations.
#[test]
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a statistic")]
fn what_spills_is_erlang_b() {
    let (load, places) = (4.0_f64, 5);
    let inverse = (1..=places).fold(1.0, |inverse, m| 1.0 + inverse * f64::from(m) / load);
    let (mut shares, seeds) = (Vec::new(), 8);
    for seed in 0..seeds {
        let mut dice = Dice(1_000 + seed);
        let mut at = 0.0;
        let row = |_| {
            at -= dice.uniform().ln();
            ((at * 1e9) as i64, (-load * dice.uniform().ln() * 1e9) as i64)
        };
        let rows = Rows((0..20_000).map(row).collect());
        let text = scenario("warm-base", places, BEHIND).replace("window: 600s", "window: 10h");
        let e = estimate(&text, &rows);
        shares.push(e.workloads[1].facts.served as f64 / 20_000.0);
    }
    let n = shares.len() as f64;
    let mean = shares.iter().sum::<f64>() / n;
    let variance = shares.iter().map(|s| (s - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = 4.0 * (variance / n).sqrt();
    assert!((mean - 1.0 / inverse).abs() < error, "{mean} ± {error}, {}", 1.0 / inverse);
    assert!(error < 0.02);
}

#[test]
fn mistakes_are_told_where_they_stand() {
    let rows = Rows(vec![(0, SECOND), (9 * SECOND, SECOND)]);
    for (behind, expected) in [
        ("    overflow: { platform: warm-bust }\n", "unknown platform `warm-bust`"),
        ("    overflow: { platform: warm-burst, region: there }\n", "unknown region `there`"),
        (
            "    overflow: { platform: warm-burst, deployment: { memry: 1GiB } }\n",
            "`memry` is not a setting",
        ),
    ] {
        let source = ssc::diagnostic::Source::new("s.yaml", scenario("warm-base", 1, behind));
        let error = ssc::estimate::estimate(
            &source,
            &crate::warm::BOOK,
            &crate::warm::options(),
            &mut rows.clone(),
        );
        let text = format!("{:?}", error.unwrap_err());
        assert!(text.contains(expected), "{text}");
    }
}

/// Steady load with bursts.
fn bursts(dice: &mut Dice) -> Rows {
    let mut rows = Vec::new();
    for minute in 0..600 {
        let busy = if minute % 60 < 10 { 6 } else { 2 };
        for _ in 0..busy {
            rows.push(((minute * 60 + dice.below(60)) * SECOND, (10 + dice.below(60)) * SECOND));
        }
    }
    rows.sort_unstable();
    Rows(rows)
}

/// Every number of machines, estimated: the rule's is the best of them, and none undercuts the bound.
#[test]
fn the_number_of_machines_is_the_best_there_is() {
    for seed in 0..5 {
        let rows = bursts(&mut Dice(seed));
        let text = "projection: none\nobjectives: { platforms: [warm-base, warm-burst] }\nworkloads:\n  - name: chat\n    platform: warm-burst\n\
                    \x20   arrivals: { trace: t.csv, window: 10h }\n";
        let found = advise(text, &rows, &BOOK, "overflow");
        let plan = found.plan.as_ref().expect("base load is cheaper on machines");
        let bound = bound(&found).expect("flat prices have a bound");
        session(text, &rows, &BOOK, |s| {
            let all: Vec<ssc::recommend::Change> = (1..=20_u32)
                .map(|n| {
                    let mut change = plan.change.clone();
                    for edit in &mut change.edits {
                        if let ssc::recommend::Edit::Set(path, value) = edit
                            && path.ends_with(".deployment")
                        {
                            let ssc::recommend::Value::Map(entries) = value else { continue };
                            for (key, value) in
                                entries.iter_mut().filter(|e| e.0.ends_with("_instances"))
                            {
                                let _ = key;
                                *value = ssc::recommend::Value::text(n.to_string());
                            }
                        }
                    }
                    change
                })
                .collect();
            let totals: Vec<Money> =
                s.try_all(&all).unwrap().into_iter().map(|t| t.unwrap().outcome.total).collect();
            let best = *totals.iter().min().unwrap();
            assert_eq!(plan.effect.after.total, best);
            assert!(totals.iter().any(|t| *t > best));
            assert!(
                bound <= best && bound.0 > best.0 / rust_decimal::Decimal::TWO,
                "{bound:?} {best:?}"
            );
        });
        let again = advise(plan.trial.source.text(), &rows, &BOOK, "overflow");
        assert!(again.ranked.is_empty());
    }
}

/// How many requests a machine takes is an assumption here, so the advice is a break-even.
#[test]
fn what_is_not_stated_is_a_question() {
    let rows = bursts(&mut Dice(1));
    let text = "projection: none\nobjectives: { platforms: [warm-guess, warm-burst] }\nworkloads:\n  - name: chat\n    platform: warm-burst\n\
                \x20   arrivals: { trace: t.csv, window: 10h }\n";
    let found = advise(text, &rows, &BOOK, "overflow");
    assert!(found.plan.is_none());
    let (_, what_if) = found.what_if.first().expect("it would pay");
    insta::assert_snapshot!(format!(
        "{}\n{}\n{}\n{}",
        what_if.title,
        what_if.break_even,
        what_if.state,
        what_if.evidence.join("\n")
    ));
}

#[test]
fn the_shipped_scenario_keeps_its_promise() {
    if let Some(found) = shipped("overflow") {
        insta::assert_snapshot!(told(&found));
    }
}
