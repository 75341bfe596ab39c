//! Recommendations as JSON, money as exact text.

use super::super::{number::hours, pretty};
use super::{Applied, words};
use crate::recommend::{
    Artifact, Certificate, Effect, Goal, Outcome, Plan, Range, Ranked, Recommendations,
};
use crate::units::{Money, SimDuration};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    name: &'a str,
    pricing_date: String,
    period_hours: String,
    currency: &'static str,
    objective: &'static str,
    max_cost_increase: Option<String>,
    broken_objectives: &'a [String],
    now: Figures,
    recommendations: Vec<Recommendation<'a>>,
    what_if: Vec<WhatIf<'a>>,
    refused: Vec<Refused<'a>>,
    plan: Option<PlanEntry<'a>>,
    applied_to: Option<&'a str>,
    confirm: Option<&'a str>,
    rules_asked: &'a [&'static str],
    rules_not_asked: &'a [&'static str],
    estimated: u64,
    out_of_time: bool,
}

#[derive(Serialize)]
struct Figures {
    total: String,
    complete: bool,
    streams: u64,
    requests: u64,
    served: u64,
    failed: u64,
    truncated: u64,
    cold_starts: u64,
    time_to_first_token_ms: Quantiles,
}

#[derive(Serialize)]
struct Quantiles {
    p50: Option<f64>,
    p95: Option<f64>,
    p99: Option<f64>,
}

#[derive(Serialize)]
struct EffectEntry {
    saving: String,
    saving_percent: Option<String>,
    saving_per_1000_streams: Option<String>,
    before: Figures,
    after: Figures,
}

#[derive(Serialize)]
struct Recommendation<'a> {
    code: &'static str,
    rule: &'static str,
    title: &'a str,
    within_noise: bool,
    effect: EffectEntry,
    range: Option<RangeEntry<'a>>,
    effort: &'static str,
    evidence: &'a [String],
    certificate: CertificateEntry<'a>,
    edits: Vec<String>,
    artifacts: Vec<ArtifactEntry<'a>>,
}

#[derive(Serialize)]
struct RangeEntry<'a> {
    least: String,
    most: String,
    varied: Vec<VariedEntry>,
    by_days: DaysEntry,
    break_even_traffic: Option<Vec<String>>,
    break_even_looked_for: Option<[String; 2]>,
    fixed: &'a [String],
}

#[derive(Serialize)]
struct VariedEntry {
    what: &'static str,
    value: String,
    saving: Option<String>,
}

#[derive(Serialize)]
struct DaysEntry {
    p10: Option<String>,
    p90: Option<String>,
    days: Option<usize>,
    weekends_apart: bool,
    sampling_noise_alone: bool,
    why_not: Option<String>,
}

#[derive(Serialize)]
struct CertificateEntry<'a> {
    kind: &'static str,
    words: String,
    reason: Option<&'a str>,
    tried: Option<u64>,
    bound: Option<String>,
    gap_percent: Option<String>,
}

#[derive(Serialize)]
struct ArtifactEntry<'a> {
    name: &'a str,
    kind: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct WhatIf<'a> {
    code: &'static str,
    title: &'a str,
    break_even: &'a str,
    state: &'a str,
    evidence: &'a [String],
}

#[derive(Serialize)]
struct Refused<'a> {
    code: &'static str,
    what: &'a str,
    why: &'a str,
}

#[derive(Serialize)]
struct PlanEntry<'a> {
    promised_total: String,
    effect: EffectEntry,
    range: Option<RangeEntry<'a>>,
    steps: Vec<Recommendation<'a>>,
    edits: Vec<String>,
    scenario: &'a str,
}

fn exact(money: Money) -> String {
    money.0.normalize().to_string()
}

fn figures(o: &Outcome) -> Figures {
    let ms = |t: Option<SimDuration>| t.map(|t| t.as_secs_f64() * 1_000.0);
    let [p50, p95, p99] = o.time_to_first_token.map(ms);
    Figures {
        total: exact(o.total),
        complete: o.unpriced == 0,
        streams: o.streams,
        requests: o.requests,
        served: o.served,
        failed: o.failed,
        truncated: o.truncated,
        cold_starts: o.cold_starts,
        time_to_first_token_ms: Quantiles { p50, p95, p99 },
    }
}

fn effect(effect: &Effect) -> EffectEntry {
    use super::super::number::per_thousand;
    let each = |o: &Outcome| per_thousand(o.total, o.streams);
    let saving = effect.saving();
    let percent = saving.0.checked_mul(rust_decimal::Decimal::ONE_HUNDRED);
    let percent = percent.and_then(|p| p.checked_div(effect.before.total.0));
    EffectEntry {
        saving: exact(saving),
        saving_percent: percent.map(|p| p.round_dp(4).normalize().to_string()),
        saving_per_1000_streams: each(&effect.before)
            .zip(each(&effect.after))
            .map(|(before, after)| exact(before - after)),
        before: figures(&effect.before),
        after: figures(&effect.after),
    }
}

fn by_days(range: &Range) -> DaysEntry {
    let known = range.days.ok();
    DaysEntry {
        p10: known.map(|d| exact(d.p10)),
        p90: known.map(|d| exact(d.p90)),
        days: known.map(|d| d.days),
        weekends_apart: known.is_some_and(|d| d.weekends),
        sampling_noise_alone: known.is_some_and(|d| d.generated),
        why_not: range.days.err().map(words::no_days),
    }
}

fn range(range: &Range) -> RangeEntry<'_> {
    let factor = |f: rust_decimal::Decimal| f.normalize().to_string();
    let varied = range.varied.iter().map(|v| {
        let (what, value) = words::condition(&v.condition);
        VariedEntry { what, value, saving: v.saving.map(exact) }
    });
    RangeEntry {
        least: exact(range.least()),
        most: exact(range.most()),
        varied: varied.collect(),
        by_days: by_days(range),
        break_even_traffic: range.flips.as_ref().map(|f| f.iter().map(|f| factor(*f)).collect()),
        break_even_looked_for: range.looked.map(|(a, b)| [factor(a), factor(b)]),
        fixed: &range.fixed,
    }
}

fn certificate(c: &Certificate, total: Money) -> CertificateEntry<'_> {
    let words = words::certificate(c, total);
    let entry = |kind, reason| CertificateEntry {
        kind,
        words: words.clone(),
        reason,
        tried: None,
        bound: None,
        gap_percent: None,
    };
    match c {
        Certificate::Optimal(why) => entry("optimal", Some(why.as_str())),
        Certificate::Exhaustive(n) => {
            CertificateEntry { tried: Some(*n), ..entry("exhaustive", None) }
        }
        Certificate::Bound { bound, of } => CertificateEntry {
            bound: Some(exact(*bound)),
            gap_percent: words::gap(*bound, total).map(|g| g.round_dp(4).normalize().to_string()),
            ..entry("bound", Some(of.as_str()))
        },
        Certificate::BestFound(why) => entry("best_found", Some(why.as_str())),
    }
}

fn artifact(a: &Artifact) -> ArtifactEntry<'_> {
    ArtifactEntry { name: &a.name, kind: a.kind, content: &a.content }
}

fn recommendation(r: &Ranked) -> Recommendation<'_> {
    Recommendation {
        code: r.code,
        rule: r.rule,
        title: &r.proposal.title,
        within_noise: r.noise,
        effect: effect(&r.effect),
        range: r.range.as_ref().map(range),
        effort: r.proposal.effort.name(),
        evidence: &r.proposal.evidence,
        certificate: certificate(&r.proposal.certificate, r.effect.after.total),
        edits: r.proposal.change.lines(),
        artifacts: r.proposal.artifacts.iter().map(artifact).collect(),
    }
}

fn plan(p: &Plan) -> PlanEntry<'_> {
    PlanEntry {
        promised_total: exact(p.effect.after.total),
        effect: effect(&p.effect),
        range: p.range.as_ref().map(range),
        steps: p.steps.iter().map(recommendation).collect(),
        edits: p.change.lines(),
        scenario: p.trial.source.text(),
    }
}

/// Recommendations as JSON, schema `ssc/recommend/1`.
#[must_use]
pub fn json(found: &Recommendations, applied: &Applied) -> String {
    let e = &found.before.estimate;
    let planned = found.plan.is_some();
    pretty(&Document {
        schema: "ssc/recommend/1",
        name: &e.name,
        pricing_date: e.pricing_date.to_string(),
        period_hours: hours(e.period).to_string(),
        currency: "USD",
        objective: found.goal.name(),
        max_cost_increase: match found.goal {
            Goal::Latency { dearer } => Some(dearer.normalize().to_string()),
            _ => None,
        },
        broken_objectives: &found.broken,
        now: figures(&found.before.outcome),
        recommendations: found.ranked.iter().map(recommendation).collect(),
        what_if: found
            .what_if
            .iter()
            .map(|(code, w)| WhatIf {
                code,
                title: &w.title,
                break_even: &w.break_even,
                state: &w.state,
                evidence: &w.evidence,
            })
            .collect(),
        refused: found
            .refused
            .iter()
            .map(|(code, r)| Refused { code, what: &r.what, why: &r.why })
            .collect(),
        plan: found.plan.as_ref().map(plan),
        applied_to: applied.file.as_deref().filter(|_| planned),
        confirm: planned.then_some(applied.confirm.as_str()),
        rules_asked: &found.asked,
        rules_not_asked: &found.not_asked,
        estimated: found.estimated,
        out_of_time: found.out_of_time,
    })
}
