//! SSC401: limits that are broken, here and elsewhere, with the numbers of an estimate.

use crate::placing::{Beside, advised, options, shipped, told};
use ssc::estimate::{Options, estimate};
use ssc::pricing::Book;
use ssc::units::thousands;

#[test]
fn the_shipped_scenario_breaks_a_limit() {
    let book = Book::embedded().unwrap();
    let source = shipped("feasibility");
    let found = advised(&book, &source, &["feasibility"]);
    insta::assert_snapshot!(told(&found));
    assert!(found.ranked.is_empty());
    let run = |options: &Options| estimate(&source, &book, options, &mut Beside).unwrap();
    let said = |what: &str, n: u64, of: u64| {
        let (n, of) = (thousands(n), thousands(of));
        let refused = found.refused.iter().find(|r| r.1.what == what).unwrap();
        assert!(refused.1.why.contains(&format!("{n} of {of} requests")), "{}", refused.1.why);
    };
    let now = run(&options());
    let facts = &now.workloads[0].facts;
    assert!(facts.timed_out > 0);
    said("reports as it is", facts.timed_out, facts.requests);
    // Elsewhere: the same numbers as an estimate on that platform gives.
    let there = run(&Options { platform: Some("aws-lambda".into()), ..options() });
    let facts = &there.workloads[0].facts;
    said("reports on aws-lambda", facts.timed_out, facts.requests);
    // A way out is told, and nothing fails on it.
    assert_eq!(found.what_if.len(), 1);
}

#[test]
fn a_place_outside_the_objectives_is_said() {
    let book = Book::embedded().unwrap();
    let text = "
pricing_date: 2026-11-23
workloads:
  - name: chat
    platform: cloud-run
    region: us-central1
    arrivals: { pattern: poisson, rate: 5k/month }
    requests: { duration: 5s, cpu: 50ms }
objectives: { platforms: [aws-lambda], regions: [eu-west-1, europe-west1] }
";
    let source = ssc::diagnostic::Source::new("x.yaml", text);
    insta::assert_snapshot!(told(&advised(&book, &source, &["feasibility"])));
}
