//! Pipelines: a gate before the streaming function and a worker after it.

use crate::recommended::{BOOK, NoTraces, asked, estimated, promised, shipped, told};
use ssc::estimate::Estimate;
use ssc::recommend::Certificate;
use ssc::units::Money;

#[test]
fn on_its_scenario_the_promise_is_the_estimate() {
    insta::assert_snapshot!(told(&promised("pipeline", &shipped("pipeline"), &mut NoTraces)));
}

/// One workload with facts of either stage; `stages` in YAML.
fn scenario(rate: &str, stages: &str) -> String {
    format!(
        "pricing_date: 2026-11-01\nworkloads:\n  - name: chat\n    platform: aws-lambda\n\
         \x20   deployment: {{ memory: 2048MiB }}\n\
         \x20   arrivals: {{ pattern: poisson, rate: {rate}, window: 2h }}\n\
         \x20   requests: {{ duration: 2s, cpu: 10ms, response_bytes: 20kB }}\n{stages}"
    )
}

const ALLOWED: [&str; 5] = [
    "aws-lambda",
    "azure-functions-flex",
    "cloud-run",
    "cloudflare-workers",
    "cloud-run-functions-gen1",
];

fn objectives() -> String {
    format!("objectives: {{ platforms: [{}] }}\n", ALLOWED.join(", "))
}

fn sound(e: &Estimate) -> bool {
    e.statement.unpriced.is_empty() && ssc::estimate::Figures::of(e).broken == 0
}

/// Exhaustive means exhaustive: written out one by one as text, no place of a stage is cheaper.
#[test]
fn no_other_place_of_a_stage_is_cheaper() {
    assert!(ALLOWED.iter().all(|id| BOOK.platform(id).is_some()));
    let cases = [
        ("gate", "duration: 150ms, cpu: 4ms, rejects: 30%", "9M/month"),
        ("gate", "duration: 20ms, cpu: 15ms, rejects: 2%, forwards: redirect", "1M/month"),
        ("post", "duration: 3s, cpu: 40ms, memory: 512MiB", "2M/month"),
        ("post", "duration: 50ms", "100k/month"),
    ];
    let mut moved = 0;
    for (stage, facts, rate) in cases {
        let text = |place: &str| {
            // Where a gate forwards is a fact of one apart.
            let facts = if place.is_empty() {
                facts.replace(", forwards: redirect", "")
            } else {
                facts.into()
            };
            scenario(rate, &format!("    {stage}: {{ {facts}{place} }}\n")) + &objectives()
        };
        let inside = estimated(&text(""), &mut NoTraces).statement.total();
        let all = ALLOWED.map(|id| estimated(&text(&format!(", platform: {id}")), &mut NoTraces));
        let least = all.iter().filter(|e| sound(e)).map(|e| e.statement.total()).min().unwrap();
        let stated = scenario(rate, &format!("    {stage}: {{ {facts} }}\n")) + &objectives();
        let found = asked("pipeline", &stated, &mut NoTraces);
        match found.plan {
            Some(plan) => {
                moved += 1;
                assert_eq!(plan.effect.after.total, least);
                assert_eq!(plan.steps[0].proposal.certificate, Certificate::Exhaustive(5));
            }
            None => assert!(least >= inside, "{stage}: {facts}"),
        }
    }
    assert!((1..4).contains(&moved), "some pay and some do not: {moved}");
}

/// The share at which a gate pays, replayed again on both of its sides.
#[test]
fn the_break_even_of_rejections_is_where_the_sign_changes() {
    let scenario = |stages: &str| {
        let allowed = "objectives: { platforms: [aws-lambda, cloudflare-workers] }\n";
        scenario("15M/month", stages).replace("2048MiB", "704MiB") + allowed
    };
    let text = scenario("");
    let found = asked("pipeline", &text, &mut NoTraces);
    assert!(found.ranked.is_empty());
    let words = &found.what_if[0].1.break_even;
    let at: f64 = words.split(['m', '%']).nth(1).unwrap().trim().parse().unwrap();
    let platform = words.split("gate on ").nth(1).unwrap().split(' ').next().unwrap();
    let saving = |share: f64| {
        let gate = |more: &str| {
            let gate =
                format!("    gate: {{ duration: 40ms, cpu: 5ms, rejects: {share:.1}%{more} }}\n");
            estimated(&scenario(&gate), &mut NoTraces).statement.total()
        };
        gate("") - gate(&format!(", platform: {platform}"))
    };
    assert!(at > 0.1 && saving(at) >= Money::ZERO, "{words}");
    assert!(saving(at - 0.1) < Money::ZERO, "{words}");
}

#[test]
fn a_platform_that_is_not_allowed_is_not_proposed() {
    let stages = "    gate: { duration: 150ms, cpu: 4ms, rejects: 30% }\n";
    let only = "objectives: { platforms: [cloud-run] }\n";
    let found = asked("pipeline", &(scenario("9M/month", stages) + only), &mut NoTraces);
    assert!(found.ranked.iter().all(|r| !r.proposal.title.contains("workers")));
}
