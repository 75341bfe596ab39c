//! Response caches: answers that are kept and given again.

use crate::recommended::{NoTraces, asked, estimated, promised, shipped, told};
use ssc::units::Money;

#[test]
fn on_its_scenario_the_promise_is_the_estimate() {
    let text = shipped("response-cache");
    let found = promised("response-cache", &text, &mut NoTraces);
    insta::assert_snapshot!(told(&found));
    // The only edit is that the facts are in force.
    let applied = found.plan.unwrap().trial.source.text().to_owned();
    assert_eq!(
        estimated(&text.replace("      planned: true\n", ""), &mut NoTraces).statement.total(),
        estimated(&applied, &mut NoTraces).statement.total()
    );
}

fn scenario(gate: &str) -> String {
    format!(
        "pricing_date: 2026-11-01\nworkloads:\n  - name: search\n    platform: aws-lambda\n\
         \x20   deployment: {{ memory: 1024MiB }}\n\
         \x20   arrivals: {{ pattern: poisson, rate: 1M/month, window: 2h }}\n\
         \x20   llm: openai/gpt-6-luna\n{gate}"
    )
}

/// A store that costs more than its hits save is not recommended.
#[test]
fn a_cache_that_costs_more_than_it_saves_is_not_proposed() {
    let gate = |price: &str| {
        format!(
            "    gate:\n      planned: true\n      duration: 5ms\n      answers: 30%\n      usage:\n\
             \x20       - {{ sku: cloudflare-r2-class-a, per_request: {price} }}\n"
        )
    };
    let asked = |price| asked("response-cache", &scenario(&gate(price)), &mut NoTraces);
    assert!(asked("0.0000001").plan.is_some());
    assert!(asked("0.001").plan.is_none());
}

#[test]
fn the_break_even_of_hits_is_where_the_sign_changes() {
    let found = asked("response-cache", &scenario(""), &mut NoTraces);
    let words = &found.what_if[0].1.break_even;
    let at: f64 = words.split([' ', '%']).nth(1).unwrap().parse().unwrap();
    let now = estimated(&scenario(""), &mut NoTraces).statement.total();
    let saving = |share: f64| {
        let gate = format!("    gate: {{ duration: 5ms, cpu: 1ms, answers: {share:.1}% }}\n");
        now - estimated(&scenario(&gate), &mut NoTraces).statement.total()
    };
    assert!(at > 0.0 && saving(at) >= Money::ZERO && saving(at - 0.1) < Money::ZERO, "{words}");
}
