//! SSC101: the bill put together from single workloads, the search, and its scenario.

use crate::placing::{Beside, advised, kept, options, shipped, told, total};
use ssc::diagnostic::Source;
use ssc::estimate::{Estimator, Variant};
use ssc::pricing::Book;
use ssc::recommend::{Certificate, Change};

const RULE: &[&str] = &["hybrid-split"];

#[test]
fn the_shipped_scenario_is_split() {
    let book = Book::embedded().unwrap();
    let source = shipped("hybrid-split");
    let found = advised(&book, &source, RULE);
    insta::assert_snapshot!(told(&found));
    let plan = kept(&book, &found, RULE);
    assert!(matches!(plan.steps[0].proposal.certificate, Certificate::Optimal(_)));
    // Every assignment of routes to these two, each as a scenario of its own, costs no less.
    let best = plan.steps[0].effect.after.total;
    for places in 0..8 {
        let mut change = Change::none();
        for w in (0..3).filter(|w| places >> w & 1 == 1) {
            change = change.set(w, "platform", "cloud-run").set(w, "region", "us-central1").set(
                w,
                "deployment.concurrency",
                "1",
            );
        }
        let cost = total(&book, &change.apply(&source).unwrap());
        assert!(best <= cost, "{best} > {cost} with {places:b}");
    }
}

/// Workloads that are played one by one and billed together make the bill of the whole.
#[test]
fn single_workloads_add_up_to_the_bill() {
    let book = Book::embedded().unwrap();
    let root = env!("CARGO_MANIFEST_DIR");
    let main = ["negotiated", "voice-mixed", "kinesis-pipeline", "durable-object-sockets"];
    let main = main.map(|n| (n, format!("{root}/scenarios/{n}.yaml")));
    let own = ["hybrid-split", "settings", "protocol", "feasibility"];
    let own = own.map(|n| (n, format!("{root}/scenarios/recommend/{n}.yaml")));
    let mut several = 0;
    for (name, path) in main.into_iter().chain(own) {
        let text = std::fs::read_to_string(path).unwrap();
        // An hour of arrivals is enough: what is billed is the same.
        let text = text.replace("pricing_date: 2026-11-23\n", "");
        let text = format!("{text}\nperiod: 24h\npricing_date: 2026-11-23\n");
        let source = Source::new(format!("{name}.yaml"), text);
        let (options, mut loader) = (options(), Beside);
        let mut estimator = Estimator::new(&book, &mut loader);
        let variant = Variant { source: &source, options: &options };
        let whole = estimator.run(&[variant]).unwrap().pop().unwrap().unwrap();
        let wanted: Vec<_> = (0..whole.workloads.len()).map(|w| (variant, w)).collect();
        let played = estimator.play(&wanted).unwrap();
        let played: Vec<_> = played.into_iter().map(|p| p.unwrap()).collect();
        let terms = estimator.terms(variant).unwrap();
        let used: Vec<_> = played.iter().map(|p| &p.used).collect();
        assert_eq!(terms.bill(&used), whole.statement, "{name}");
        for (played, w) in played.iter().zip(&whole.workloads) {
            assert_eq!(played.estimate.facts, w.facts, "{name}");
        }
        several += usize::from(played.len() > 1);
    }
    assert!(several >= 3);
}

/// Without objectives a workload stays in its part of the world.
#[test]
fn nothing_moves_to_another_part_of_the_world_unasked() {
    let book = Book::embedded().unwrap();
    let text = "
pricing_date: 2026-11-23
workloads:
  - name: chat
    platform: aws-lambda
    region: eu-west-1
    deployment: { memory: 1GiB }
    arrivals: { pattern: poisson, rate: 20k/month }
    requests: { duration: 60s, cpu: 50ms, response_bytes: 10kB }
";
    let found = advised(&book, &Source::new("eu.yaml", text), RULE);
    let plan = kept(&book, &found, RULE);
    let now = &plan.trial.estimate.workloads[0];
    let service = book.platform(&now.platform).unwrap().service;
    let area = service.regions[&now.region].area;
    assert!(area.is_none() || area == Some(ssc::pricing::Area::Europe), "{}", now.region);
    assert_ne!(now.platform, "aws-lambda");
}

/// What is tied to a vendor stays there: a gateway in the path, a SKU of the service.
#[test]
fn what_is_tied_to_its_vendor_stays() {
    let book = Book::embedded().unwrap();
    for tie in [
        "path: [aws-lambda-function-url]",
        "usage: [{ sku: aws-lambda-durable-operations, per_request: 1 }]",
    ] {
        let text = format!(
            "
pricing_date: 2026-11-23
workloads:
  - name: chat
    platform: aws-lambda
    {tie}
    arrivals: {{ pattern: poisson, rate: 20k/month }}
    requests: {{ duration: 60s, cpu: 50ms, response_bytes: 10kB }}
"
        );
        let found = advised(&book, &Source::new("tied.yaml", text), RULE);
        assert!(found.ranked.is_empty(), "{}", told(&found));
    }
}
