//! Edge first: what can be answered before the function is reached.

use crate::recommended::{NoTraces, asked, estimated, promised, shipped, told};
use ssc::units::Money;

#[test]
fn on_its_scenario_the_promise_is_the_estimate() {
    insta::assert_snapshot!(told(&promised("edge-first", &shipped("edge-first"), &mut NoTraces)));
}

fn scenario(gate: &str) -> String {
    format!(
        "pricing_date: 2026-11-01\nobjectives: {{ platforms: [aws-lambda, cloudflare-workers] }}\n\
         workloads:\n  - name: help\n    platform: aws-lambda\n    deployment: {{ memory: 1024MiB }}\n\
         \x20   arrivals: {{ pattern: poisson, rate: 1M/month, window: 2h }}\n\
         \x20   llm: openai/gpt-6-luna\n{gate}"
    )
}

/// A planned light model in front becomes a proposal, and the facts stay as they were stated.
#[test]
fn a_planned_light_model_in_front_is_put_in_place() {
    let gate = "    gate:\n      planned: true    # measured in a trial\n      duration: 30ms\n      cpu: 3ms\n\
                \x20     answers: 40%\n      llm: openai/gpt-5-nano\n";
    let found = promised("edge-first", &scenario(gate), &mut NoTraces);
    let applied = found.plan.unwrap().trial.source.text().to_owned();
    assert!(!applied.contains("planned") && applied.contains("platform: cloudflare-workers"));
    assert!(applied.contains("answers: 40%"));
}

/// Without a stated share the rule says from when on it would pay, and both sides of it are replayed here.
#[test]
fn the_break_even_of_first_answers_is_where_the_sign_changes() {
    let found = asked("edge-first", &scenario(""), &mut NoTraces);
    assert!(found.ranked.is_empty(), "a fact that nobody stated is no recommendation");
    let words = &found.what_if[0].1.break_even;
    let at: f64 = words.split(['m', '%']).nth(1).unwrap().trim().parse().unwrap();
    let platform = words.split("answered on ").nth(1).unwrap().split(' ').next().unwrap();
    let now = estimated(&scenario(""), &mut NoTraces).statement.total();
    let saving = |share: f64| {
        let gate = format!(
            "    gate: {{ duration: 20ms, cpu: 2ms, answers: {share:.1}%, platform: {platform} }}\n"
        );
        now - estimated(&scenario(&gate), &mut NoTraces).statement.total()
    };
    assert!(at > 0.1 && saving(at) >= Money::ZERO, "{words}");
    assert!(saving(at - 0.1) < Money::ZERO, "{words}");
}
