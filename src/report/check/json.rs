//! A check as JSON.

use super::words::{drift, notes, sentence, status_id};
use crate::check::{Amount, Baseline, Check, Level, Outcome, Status, Verdict};
use crate::report::comparison::{Bounds, bounds};
use crate::report::number::{hours, seconds};
use crate::report::pretty;
use schemars::JsonSchema;
use serde::Serialize;

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>("ssc/check/1")
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    name: &'a str,
    pricing_date: String,
    period_hours: String,
    currency: &'static str,
    verdict: &'static str,
    strict: bool,
    total: String,
    /// If a budget asks.
    range: Option<Bounds>,
    complete: bool,
    streams: u64,
    policies: Vec<PolicyJson<'a>>,
    unpriced: Vec<UnpricedJson<'a>>,
    baseline: Option<BaselineJson<'a>>,
    notes: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct PolicyJson<'a> {
    id: &'a str,
    status: &'static str,
    unit: Option<&'static str>,
    value: Option<String>,
    warn: Option<LimitJson<'a>>,
    fail: Option<LimitJson<'a>>,
    reason: Option<&'a str>,
    message: String,
}

#[derive(Serialize, JsonSchema)]
struct LimitJson<'a> {
    written: &'a str,
    value: String,
    line: Option<usize>,
    column: Option<usize>,
}

#[derive(Serialize, JsonSchema)]
struct UnpricedJson<'a> {
    workload: Option<&'a str>,
    sku_id: &'a str,
    name: &'a str,
    reason: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct BaselineJson<'a> {
    name: &'a str,
    pricing_date: String,
    total: String,
    complete: bool,
    change: String,
    /// None if it cannot be told from the rest.
    price_drift: Option<String>,
    workload_drift: Option<String>,
    causes: Vec<CauseJson>,
}

#[derive(Serialize, JsonSchema)]
struct CauseJson {
    cause: String,
    amount: String,
}

fn unit(amount: &Amount) -> &'static str {
    match amount {
        Amount::Money(_) => "USD",
        Amount::Count(_) => "count",
        Amount::Share(_) => "share",
        Amount::Time(_) => "seconds",
    }
}

fn number(amount: &Amount) -> String {
    match amount {
        Amount::Money(m) => m.0.normalize().to_string(),
        Amount::Count(n) | Amount::Share(n) => n.normalize().to_string(),
        Amount::Time(t) => seconds(t.0.into()),
    }
}

fn level(level: &Level) -> LimitJson<'_> {
    LimitJson {
        written: &level.text,
        value: number(&level.amount),
        line: level.place.as_ref().map(|p| p.line),
        column: level.place.as_ref().map(|p| p.column),
    }
}

fn policy(outcome: &Outcome) -> PolicyJson<'_> {
    let reason = match &outcome.status {
        Status::Unknown(why) | Status::Skipped(why) => Some(why.as_str()),
        _ => None,
    };
    let limits = &outcome.policy.limits;
    PolicyJson {
        id: &outcome.policy.id,
        status: status_id(&outcome.status),
        unit: outcome.level().map(|l| unit(&l.amount)),
        value: outcome.value.as_ref().and_then(|v| v.rounded()).map(|v| number(&v)),
        warn: limits.warn.as_ref().map(level),
        fail: limits.fail.as_ref().map(level),
        reason,
        message: sentence(outcome),
    }
}

fn baseline<'a>(check: &Check, b: &'a Baseline) -> BaselineJson<'a> {
    let change = check.total - b.total;
    let prices = b.price_drift();
    BaselineJson {
        name: &b.name,
        pricing_date: b.pricing_date.to_string(),
        total: b.total.to_string(),
        complete: b.complete,
        change: change.to_string(),
        price_drift: prices.map(|p| p.to_string()),
        workload_drift: prices.map(|p| (change - p).to_string()),
        causes: drift(check, b)
            .into_iter()
            .map(|(cause, amount)| CauseJson { cause, amount: amount.to_string() })
            .collect(),
    }
}

/// A check as JSON, schema `ssc/check/1`.
#[must_use]
pub fn json(check: &Check) -> String {
    pretty(&Document {
        schema: "ssc/check/1",
        name: &check.name,
        pricing_date: check.pricing_date.to_string(),
        period_hours: hours(check.period).to_string(),
        currency: "USD",
        verdict: match check.verdict() {
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::Incomplete => "incomplete",
        },
        strict: check.strict,
        total: check.total.to_string(),
        range: check.range.map(bounds),
        complete: check.unpriced.is_empty(),
        streams: check.streams,
        policies: check.outcomes.iter().map(policy).collect(),
        unpriced: check
            .unpriced
            .iter()
            .map(|(m, _)| UnpricedJson {
                workload: m.workload.as_deref(),
                sku_id: &m.sku_id,
                name: &m.name,
                reason: &m.reason,
            })
            .collect(),
        baseline: check.baseline.as_ref().map(|b| baseline(check, b)),
        notes: notes(check),
    })
}
