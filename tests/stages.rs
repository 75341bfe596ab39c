//! Stages of a workload, from the scenario to the bill: worked out by hand, and in whole and in parts.

use crate::cli::fails_with;
use crate::recommended::{NoTraces, estimated};
use rust_decimal::Decimal;
use ssc::estimate::Estimate;
use std::fs;

/// 1,000 requests a second apart, each served for two seconds at 1 GiB.
fn scenario(stages: &str) -> String {
    format!(
        "period: 1000s\npricing_date: 2026-11-01\nworkloads:\n  - name: chat\n    platform: aws-lambda\n\
         \x20   deployment: {{ memory: 1GB, startup_time: 0ms }}\n\
         \x20   arrivals: {{ pattern: steady, rate: 1/s }}\n\
         \x20   requests: {{ duration: 2s, cpu: 10ms, response_bytes: 20kB }}\n{stages}"
    )
}

fn of(stages: &str) -> Estimate {
    estimated(&scenario(stages), &mut NoTraces)
}

fn requests(e: &Estimate, name: &str) -> u64 {
    e.workloads.iter().find(|w| w.name == name).unwrap_or_else(|| panic!("no {name}")).requests
}

/// What a workload used of something, allowances or not.
fn quantity(e: &Estimate, workload: &str, sku: &str) -> Decimal {
    let of = e
        .statement
        .charges
        .iter()
        .filter(|c| c.workload.as_deref() == Some(workload) && c.sku_id.starts_with(sku));
    of.map(|c| c.pricing_quantity.map_or(Decimal::ZERO, |q| q.0)).sum()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

const DURATION: &str = "aws-lambda-duration";

#[test]
fn a_rejected_request_is_served_for_the_time_of_the_check_alone() {
    let plain = of("");
    assert_eq!(quantity(&plain, "chat", DURATION), decimal("2000"));
    let inside = of("    gate: { duration: 40ms, cpu: 5ms, rejects: 10% }\n");
    let outside =
        of("    gate: { duration: 40ms, cpu: 5ms, rejects: 10%, platform: cloudflare-workers }\n");
    let reach = requests(&outside, "chat");
    assert!((850..950).contains(&reach), "{reach}");
    assert_eq!((requests(&inside, "chat"), requests(&outside, "chat/gate")), (1_000, 1_000));
    // 40 ms for every request, and 2 s for those that are not rejected.
    let served = decimal("0.04") * Decimal::from(1_000) + Decimal::from(2 * reach);
    assert_eq!(quantity(&inside, "chat", DURATION), served);
    assert_eq!(quantity(&outside, "chat", DURATION), Decimal::from(2 * reach));
    // 5 ms of CPU for each request at the gate, in millions of milliseconds.
    let cpu = quantity(&outside, "chat/gate", "cloudflare-workers-cpu");
    assert_eq!(cpu, decimal("0.005"));
}

#[test]
fn every_request_is_rejected_answered_or_reaches_the_function_and_what_follows() {
    let e = of("    gate: { duration: 40ms, rejects: 10%, answers: 25%, answer_duration: 300ms, \
                platform: cloudflare-workers }\n    post: { duration: 1500ms, cpu: 30ms, memory: 512MB, \
                platform: aws-lambda, deployment: { startup_time: 0ms } }\n");
    let one = of(
        "    gate: { duration: 40ms, rejects: 10%, answers: 25%, answer_duration: 300ms }\n    \
                  post: { duration: 1500ms, cpu: 30ms }\n",
    );
    let rejected = 1_000
        - requests(
            &of("    gate: { duration: 40ms, rejects: 10%, platform: cloudflare-workers }\n"),
            "chat",
        );
    let reach = requests(&e, "chat");
    let answered = 1_000 - reach - rejected;
    assert!((200..300).contains(&answered), "{answered}");
    assert_eq!(requests(&e, "chat/gate"), 1_000);
    assert_eq!(requests(&e, "chat/post"), reach);
    assert_eq!(quantity(&e, "chat/post", DURATION), Decimal::from(reach) * decimal("0.75"));
    let whole = decimal("40")
        + Decimal::from(answered) * decimal("0.3")
        + Decimal::from(reach) * decimal("3.5");
    assert_eq!(quantity(&one, "chat", DURATION), whole);
    // Streams are counted once, where they arrive.
    let figures = ssc::estimate::Figures::of(&e);
    assert_eq!((figures.streams, figures.served), (1_000, 1_000));
}

#[test]
fn a_cascade_is_billed_as_two_models() {
    let llm = |more: &str| format!("    llm: {{ model: openai/gpt-6-sol{more} }}\n");
    let cascade = |share: &str| {
        llm(&format!(
            ", cascade: {{ first: openai/gpt-6-luna, escalates: {share}, duration: 500ms }}"
        ))
    };
    let (none, all, some) = (of(&cascade("0%")), of(&cascade("100%")), of(&cascade("30%")));
    let light = of("    llm: openai/gpt-6-luna\n");
    let heavy = of(&llm(""));
    assert_eq!(none.statement.total(), light.statement.total());
    // 500 ms more for each request at 1 GB, within the free tier; tokens of both models.
    assert_eq!(quantity(&all, "chat", DURATION), decimal("2500"));
    let tokens = |e: &Estimate| {
        let all = e.statement.charges.iter().filter(|c| c.sku_id.contains("gpt-6"));
        all.map(|c| c.list_cost.0).sum::<Decimal>()
    };
    assert_eq!(tokens(&all), tokens(&light) + tokens(&heavy));
    let escalated = quantity(&some, "chat", DURATION) - Decimal::from(2_000);
    let escalated = escalated / decimal("0.5");
    assert!((Decimal::from(250)..Decimal::from(350)).contains(&escalated), "{escalated}");
    let share = escalated / Decimal::from(1_000);
    let expected = tokens(&light) + tokens(&heavy) * share;
    assert_eq!(tokens(&some), expected);
}

#[test]
fn planned_stages_count_nothing() {
    let gate =
        of("    gate: { planned: true, duration: 40ms, rejects: 10%, platform: aws-lambda }\n");
    let plain = of("");
    assert_eq!(gate.statement.total(), plain.statement.total());
    assert_eq!(gate.workloads.len(), 1);
    assert!(gate.assumptions.iter().any(|a| a.subject == "gate" && a.value == "planned"));
}

#[test]
fn mistakes_in_stages_are_pointed_at() {
    let folder = tempfile::tempdir().unwrap();
    let told: Vec<String> = [
        "    gate: { duration: 40ms, rejects: 60%, answers: 50% }\n",
        "    gate: { duration: 40ms, rejects: 110% }\n",
        "    gate: { duration: 40ms, region: us-east-1 }\n",
        "    gate: { duration: 40ms, platform: cloudflare-worker }\n",
        "    gate: { duration: 40ms, platform: aws-cloudfront }\n",
        "    gate: { duration: 40ms, platform: aws-lambda, forwards: prox }\n",
        "    gate: { duration: 40ms, tries: all }\n",
        "    gate: { duration: 40ms, llm: openai/gpt-6-luna, tries: all }\n",
        "    gate: { duration: 40ms, llm: openai/gpt-6-lunar }\n",
        "    gate: { planned: true, duration: 40, rejects: 1% }\n",
        "    post: { duration: 1s, platform: aws-lambda, memory: 1MB }\n",
        "    llm: { model: openai/gpt-6-sol, cascade: { first: openai/gpt-6-luna, escalates: often } }\n",
        "    gate: { duration: 40ms, platform: aws-lambda }\n  - name: chat/gate\n    platform: aws-lambda\n    \
         arrivals: { rate: 1/s }\n",
    ]
    .iter()
    .map(|stages| {
        fs::write(folder.path().join("s.yaml"), scenario(stages)).unwrap();
        fails_with(&["estimate", "s.yaml"], folder.path())
    })
    .collect();
    insta::assert_snapshot!(told.join("\n"));
}
