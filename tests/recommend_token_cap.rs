//! SSC301: caps on output tokens.

use crate::recommended::{NoTraces, asked, estimated, promised, shipped, told};
use rust_decimal::Decimal;
use ssc::diagnostic::Result;
use ssc::estimate::TraceLoader;
use ssc::recommend::Certificate;
use ssc::units::{SimDuration, SimTime};
use ssc::workload::import::ReadOptions;
use ssc::workload::{Recording, Row, Trace};

#[test]
fn on_its_scenario_the_promise_is_the_estimate() {
    let found = promised("token-cap", &shipped("token-cap"), &mut NoTraces);
    let after = crate::recommended::effect(&found).after;
    assert!(after.truncated > 0 && after.truncated_share() <= Decimal::new(2, 2));
    insta::assert_snapshot!(told(&found));
    let r = &found.ranked[0];
    let Some(ssc::recommend::Figure::Frontier(f)) = &r.proposal.artifacts[0].figure else {
        panic!("a frontier is drawn")
    };
    let chosen: Vec<_> = f.choices.iter().filter(|c| c.chosen).collect();
    let share = r.effect.after.truncated_share() * Decimal::ONE_HUNDRED;
    assert_eq!(chosen.len(), 1);
    assert_eq!(
        (chosen[0].up, chosen[0].along.round_dp(9)),
        (r.effect.after.total.0, share.round_dp(9))
    );
    assert!(f.choices.windows(2).all(|p| p[0].along < p[1].along && p[0].up >= p[1].up));
}

#[test]
fn without_an_objective_caps_are_a_what_if() {
    let text = shipped("token-cap").replace("objectives:\n  truncated: 2%\n", "");
    let found = asked("token-cap", &text, &mut NoTraces);
    assert!(found.ranked.is_empty() && found.plan.is_none());
    insta::assert_snapshot!(told(&found));
}

/// A scenario of a thousand answers, one every 2,628 s, on a platform that bills each request by itself.
fn thousand(requests: &str, objectives: &str) -> String {
    format!(
        "{objectives}workloads:\n  - name: a\n    platform: aws-lambda\n    deployment: {{ startup_time: 0ms }}\n    \
         arrivals: {{ pattern: steady, rate: 1000/month }}\n    llm: openai/gpt-6.1-sol\n    \
         requests: {{ input_tokens: 0, time_to_first_token: 1s, tokens_per_second: 100, {requests} }}\n"
    )
}

/// Output tokens cost $10 a million: 1,000 answers of 500 tokens are $5, of 200 tokens $2.
#[test]
fn a_constant_answer_is_cut_to_the_cap() {
    let bill = |requests: &str| {
        let e = estimated(&thousand(requests, ""), &mut NoTraces);
        let facts = &e.workloads[0].facts;
        let tokens = e.statement.charges.iter().filter(|c| c.sku_id.ends_with("/output"));
        let cost: Decimal = tokens.map(|c| c.list_cost.0).sum();
        (cost.normalize(), facts.truncated, facts.service_time / 1_000_000_000)
    };
    assert_eq!(bill("output_tokens: 500"), (5.into(), 0, 6_000));
    assert_eq!(bill("output_tokens: 500, max_output_tokens: 500"), (5.into(), 0, 6_000));
    assert_eq!(bill("output_tokens: 500, max_output_tokens: 200"), (2.into(), 1_000, 3_000));
    // A given length shrinks behind the first token: 1 s + 8 s × 200 ÷ 500.
    let cut = "output_tokens: 500, duration: 9s, max_output_tokens: 200";
    assert_eq!(bill(cut), (2.into(), 1_000, 4_200));
}

#[test]
fn what_is_truncated_is_shown() {
    let text = thousand("output_tokens: 500, max_output_tokens: 200", "");
    let e = estimated(&text, &mut NoTraces);
    let table = ssc::report::table(&e, 100, false);
    assert!(table.contains("truncated             1,000 (100%)"), "{table}");
    assert!(ssc::report::json(&e).contains("\"truncated\": 1000"));
    assert!(e.assumptions.iter().any(|a| a.subject == "truncated answers"));
    let whole = estimated(&thousand("output_tokens: 500", ""), &mut NoTraces);
    assert!(!ssc::report::json(&whole).contains("truncated"));
}

/// Every cap from 1 to the longest answer is estimated; the rule has to be as cheap as the best of them.
#[test]
fn it_is_as_cheap_as_trying_every_cap() {
    for (seed, share) in [(1, "5%"), (2, "20%"), (3, "0.5%"), (4, "50%")] {
        let objectives = format!("seed: {seed}\nobjectives: {{ truncated: {share} }}\n");
        let tokens = "output_tokens: { p50: 12, p95: 30 }";
        let found = promised("token-cap", &thousand(tokens, &objectives), &mut NoTraces);
        let certificate = &found.ranked[0].proposal.certificate;
        assert!(matches!(certificate, Certificate::Optimal(_)), "{certificate:?}");
        let may: Decimal = share.trim_end_matches('%').parse().unwrap();
        let kept = (1..80).filter_map(|cap| {
            let tokens = format!("{tokens}, max_output_tokens: {cap}");
            let e = estimated(&thousand(&tokens, &objectives), &mut NoTraces);
            let cut = Decimal::from(e.workloads[0].facts.truncated * 100);
            (cut <= may * Decimal::from(1_000)).then(|| e.statement.total())
        });
        assert_eq!(Some(crate::recommended::effect(&found).after.total), kept.min());
    }
}

#[test]
fn nothing_is_said_where_answers_have_no_tail() {
    for tokens in ["output_tokens: 500", "output_tokens: 500, max_output_tokens: 100"] {
        let text = thousand(tokens, "objectives: { truncated: 99% }\n");
        assert!(asked("token-cap", &text, &mut NoTraces).ranked.is_empty());
    }
}

/// Caps of labels are the reader's own: one cap would undo them.
#[test]
fn caps_by_label_are_left_alone() {
    let tokens = "output_tokens: { p50: 12, p95: 30 }, max_output_tokens: { default: 100 }";
    let text = thousand(tokens, "objectives: { truncated: 9% }\n");
    let found = asked("token-cap", &text, &mut NoTraces);
    assert!(found.ranked.is_empty() && found.what_if.is_empty());
}

/// Logged answers of 1,000 tokens in 11 s, a second of it before the first; free and pro in turns.
struct Tiers;

impl TraceLoader for Tiers {
    fn load(&mut self, _: &str, _: &ReadOptions) -> Result<Recording> {
        let mut trace = Trace::new("test");
        for i in 0..10_i64 {
            let model = trace.intern_model(if i % 2 == 0 { "free" } else { "pro" });
            trace.push(Row {
                arrival: SimTime(i * 60_000_000_000),
                duration: Some(SimDuration::from_secs(11)),
                time_to_first_token: Some(SimDuration::from_secs(1)),
                output_tokens: Some(1_000),
                response_bytes: Some(50_000),
                model,
                ..Row::default()
            });
        }
        Ok(Recording::Memory(trace))
    }
}

#[test]
fn each_tier_has_its_cap_on_logged_answers() {
    let bill = |cap: &str| {
        let text = format!(
            "projection: none\nworkloads:\n  - name: a\n    platform: aws-lambda\n    deployment: {{ startup_time: 0ms }}\n    \
             arrivals: {{ trace: t }}\n    llm: openai/gpt-6.1-sol\n    requests: {{ {cap} }}\n"
        );
        let e = estimated(&text, &mut Tiers);
        let f = &e.workloads[0].facts;
        let quantity = |end: &str| -> Decimal {
            let lines = e.statement.charges.iter().filter(|c| c.sku_id.ends_with(end));
            lines.filter_map(|c| c.pricing_quantity).map(|q| q.0).sum()
        };
        let output = quantity("/output") * Decimal::from(1_000_000);
        (f.truncated, f.service_time / 1_000_000, output.normalize())
    };
    assert_eq!(bill("input_tokens: 1"), (0, 110_000, 10_000.into()));
    assert_eq!(bill("max_output_tokens: 400"), (10, 50_000, 4_000.into()));
    let tiers = "max_output_tokens: { by_trace_model: { free: 100, pro: 2000 } }";
    assert_eq!(bill(tiers), (5, 5 * 2_000 + 55_000, (500 + 5_000).into()));
    let tiers = "max_output_tokens: { default: 500, by_trace_model: { free: 100 } }";
    assert_eq!(bill(tiers), (10, 5 * 2_000 + 5 * 6_000, (500 + 2_500).into()));
}
