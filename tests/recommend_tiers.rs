//! Tiers: other models, and a light one before the main one.

use crate::recommended::{NoTraces, asked, estimated, promised, shipped, told};
use ssc::recommend::Certificate;
use ssc::units::Money;

#[test]
fn on_its_scenario_the_promise_is_the_estimate() {
    insta::assert_snapshot!(told(&promised("tiers", &shipped("tiers"), &mut NoTraces)));
}

fn scenario(llm: &str, allowed: &[&str]) -> String {
    format!(
        "pricing_date: 2026-11-01\nobjectives: {{ models: [{}] }}\nworkloads:\n  - name: chat\n\
         \x20   platform: aws-lambda\n    deployment: {{ memory: 1024MiB }}\n\
         \x20   arrivals: {{ pattern: poisson, rate: 500k/month, window: 2h }}\n    llm: {llm}\n",
        allowed.join(", ")
    )
}

const MAIN: &str = "openai/gpt-6-sol";
const ALLOWED: [&str; 5] = [
    "openai/gpt-6-luna",
    "openai/gpt-5-nano",
    "openai/gpt-4o",
    "openai/gpt-6-astra",
    "mistral/none",
];

/// Every allowed model, one by one: none is cheaper than the one proposed.
#[test]
fn no_other_allowed_model_is_cheaper() {
    let allowed = &ALLOWED[..4];
    let total = |llm: &str| estimated(&scenario(llm, allowed), &mut NoTraces).statement.total();
    let least = allowed.iter().map(|m| total(m)).min().unwrap();
    let found = promised("tiers", &scenario(MAIN, allowed), &mut NoTraces);
    let plan = found.plan.unwrap();
    assert_eq!(plan.effect.after.total, least);
    assert_eq!(plan.steps[0].proposal.certificate, Certificate::Exhaustive(4));
}

#[test]
fn without_allowed_models_nothing_is_said() {
    let found = asked("tiers", &scenario(MAIN, &[]), &mut NoTraces);
    assert!(found.ranked.is_empty() && found.what_if.is_empty());
}

/// The rate up to which a cascade pays, replayed again on both of its sides.
#[test]
fn the_break_even_of_escalation_is_where_the_sign_changes() {
    let light = "openai/gpt-6-luna";
    let text = scenario(MAIN, &[light]);
    let found = asked("tiers", &text, &mut NoTraces);
    let words = &found.what_if[0].1.break_even;
    let at: f64 =
        words.split("at most ").nth(1).unwrap().split('%').next().unwrap().parse().unwrap();
    let now = estimated(&text, &mut NoTraces).statement.total();
    let saving = |share: f64| {
        let cascade = format!("first: {light}, escalates: {share:.1}%");
        let llm = format!("{{ model: {MAIN}, cascade: {{ {cascade} }} }}");
        now - estimated(&scenario(&llm, &[light]), &mut NoTraces).statement.total()
    };
    assert!(at > 0.0 && at < 100.0 && saving(at) >= Money::ZERO, "{words}");
    assert!(saving(at + 0.1) < Money::ZERO, "{words}");
}

/// Each label of a trace keeps a model of its own, and a light model that is asked first anyway does not
/// take the main one's place.
#[test]
fn a_stated_cascade_keeps_its_main_model() {
    let llm = "{ model: openai/gpt-6-sol, by_trace_model: { \"gpt-4.1\": openai/gpt-6-astra }, \
               cascade: { first: openai/gpt-6-luna, escalates: 20% } }";
    let found = promised("tiers", &scenario_with_labels(llm), &mut Labelled);
    let applied = found.plan.unwrap().trial.source.text().to_owned();
    assert!(applied.contains("model: openai/gpt-6-sol"), "{applied}");
    assert!(applied.contains("gpt-4.1: openai/gpt-6-luna"), "{applied}");
}

fn scenario_with_labels(llm: &str) -> String {
    let pattern = "{ pattern: poisson, rate: 500k/month, window: 2h }";
    let text = scenario(llm, &["openai/gpt-6-luna"]);
    "projection: none\n".to_owned() + &text.replace(pattern, "{ trace: t.csv, window: 100s }")
}

/// A trace of two models.
struct Labelled;

impl ssc::estimate::TraceLoader for Labelled {
    fn load(
        &mut self,
        path: &str,
        options: &ssc::workload::import::ReadOptions,
    ) -> ssc::diagnostic::Result<ssc::workload::Recording> {
        let rows = (0..100).map(|i| {
            let model = if i % 3 == 0 { "gpt-4.1" } else { "main" };
            format!("{i},2s,{model},900,300\n")
        });
        let text = format!(
            "arrival_s,duration,model,input_tokens,output_tokens\n{}",
            rows.collect::<String>()
        );
        ssc::workload::import::read(path, text.as_bytes(), options)
            .map(ssc::workload::Recording::Memory)
    }
}
