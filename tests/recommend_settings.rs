//! SSC203: combinations against trying each, curves, and what is only said as a condition.

use crate::placing::{advised, estimated, kept, shipped, told, total};
use ssc::diagnostic::Source;
use ssc::estimate::Service;
use ssc::pricing::Book;
use ssc::recommend::{Change, Value};
use ssc::units::SimDuration;

const RULE: &[&str] = &["settings"];

#[test]
fn the_shipped_scenario_gets_better_settings() {
    let book = Book::embedded().unwrap();
    let source = shipped("settings");
    let found = advised(&book, &source, RULE);
    insta::assert_snapshot!(told(&found));
    kept(&book, &found, RULE);
    // Each measured size with each architecture, as a scenario of its own.
    let tools = found.ranked.iter().find(|r| r.proposal.title.contains("tools")).unwrap();
    let mut totals = Vec::new();
    for architecture in ["x86_64", "arm64"] {
        for memory in ["256MiB", "512MiB", "1024MiB", "2048MiB"] {
            let change = Change::none().set(1, "deployment.memory", memory).set(
                1,
                "deployment.architecture",
                architecture,
            );
            let tried = estimated(&book, &change.apply(&source).unwrap());
            let first = Service::of(&tried.workloads).time_to_first_token.unwrap().p95;
            // The scenario's objective.
            if first <= SimDuration::from_secs(3) {
                totals.push(tried.statement.total());
            }
        }
    }
    assert_eq!(totals.iter().min(), Some(&tools.effect.after.total));
    assert!(totals.len() < 8 && totals.iter().min() != totals.iter().max());
}

const PLAIN: &str = "
pricing_date: 2026-11-23
workloads:
  - name: f
    platform: aws-lambda
    deployment: { memory: 1024MiB, architecture: arm64 }
    arrivals: { pattern: poisson, rate: 30k/month }
    requests: { duration: 40s, cpu: 8s, response_bytes: 1kB }
";

/// A smaller size is never advice without a measurement, and its break-even is that of the bill.
#[test]
fn a_size_nobody_measured_is_a_condition() {
    let book = Book::embedded().unwrap();
    let source = Source::new("plain.yaml", PLAIN);
    let found = advised(&book, &source, RULE);
    assert!(found.ranked.is_empty(), "{}", told(&found));
    let (_, what_if) = &found.what_if[0];
    insta::assert_snapshot!(told(&found));
    let fold = what_if.break_even.rsplit(' ').next().unwrap().trim_end_matches("-fold");
    let percent: f64 = fold.parse::<f64>().unwrap() * 100.0;
    let slower = |percent: f64| {
        let point = |power: &str, percent: f64| {
            Value::Map(vec![
                ("power".into(), Value::text(power)),
                ("averageDuration".into(), Value::text(format!("{percent:.0}"))),
            ])
        };
        let stats = Value::List(vec![point("1024", 100.0), point("768", percent)]);
        let curve =
            Value::Map(vec![("measured_at".into(), "1024".into()), ("stats".into(), stats)]);
        let change =
            Change::none().set(0, "memory_curve", curve).set(0, "deployment.memory", "768MiB");
        total(&book, &change.apply(&source).unwrap())
    };
    let now = total(&book, &source);
    assert!(slower(percent) < now);
    assert!(slower(percent * 1.02 + 1.0) >= now);
}

/// More streams on an instance need a stated processor time; until then its break-even is told.
#[test]
fn sharing_needs_a_processor_time() {
    let book = Book::embedded().unwrap();
    let text = |cpu: &str| {
        format!(
            "
pricing_date: 2026-11-23
workloads:
  - name: s
    platform: cloud-run
    deployment: {{ memory: 1GiB, vcpu: 1, concurrency: 2 }}
    arrivals: {{ pattern: poisson, rate: 30k/month }}
    requests: {{ duration: 50s, {cpu} response_bytes: 1kB }}
"
        )
    };
    let unknown = advised(&book, &Source::new("s.yaml", text("")), RULE);
    assert!(unknown.ranked.is_empty(), "{}", told(&unknown));
    assert!(unknown.what_if.iter().any(|w| w.1.title.contains("concurrency")));
    let known = advised(&book, &Source::new("s.yaml", text("cpu: 100ms,")), RULE);
    kept(&book, &known, RULE);
    // A stream that computes all the time leaves no room for a second one.
    let busy = advised(&book, &Source::new("s.yaml", text("cpu: 49s,")), RULE);
    assert!(busy.ranked.is_empty(), "{}", told(&busy));
}
