//! An estimate as JSON, with FOCUS names and exact decimals in strings.

use super::number::{hours, seconds};
use super::timeline::{self, Span};
use crate::billing::{Charge, CommitmentStatus, CommitmentUse, Unpriced};
use crate::estimate::{Estimate, Projection, WorkloadEstimate};
use crate::replay::{Facts, Percentiles};
use crate::units::SimDuration;
use crate::workload::Assumption;
use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::Serialize;

const SCHEMA: &str = "ssc/estimate/1";
const CURRENCY: &str = "USD";

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    super::schema::of::<Document<'_>>(SCHEMA)
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    name: &'a str,
    pricing_date: String,
    period: Period,
    currency: &'static str,
    allowances_applied: bool,
    total: Total,
    list_total: String,
    savings: String,
    commitments: Vec<CommitmentLine<'a>>,
    workloads: Vec<Workload<'a>>,
    replay: Vec<NamedReplay<'a>>,
    charges: Vec<ChargeLine<'a>>,
    assumptions: Vec<AssumptionLine<'a>>,
    unpriced: Vec<UnpricedLine<'a>>,
    warnings: &'a [String],
}

#[derive(Serialize, JsonSchema)]
struct Period {
    hours: String,
    seconds: String,
    start: String,
    end: String,
}

#[derive(Serialize, JsonSchema)]
struct Total {
    amount: String,
    complete: bool,
}

#[derive(Serialize, JsonSchema)]
struct Workload<'a> {
    name: &'a str,
    platform: &'a str,
    platform_name: &'a str,
    region: &'a str,
    models: &'a [String],
    requests: u64,
    projection: Projected,
    total: Total,
    replay: Replay,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeline: Option<Vec<Span>>,
}

#[derive(Serialize, JsonSchema)]
struct Projected {
    method: &'static str,
    window_seconds: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct NamedReplay<'a> {
    workload: &'a str,
    #[serde(flatten)]
    replay: Replay,
}

#[derive(Serialize, JsonSchema)]
struct Replay {
    requests: u64,
    served: u64,
    rejected: u64,
    queue_timeouts: u64,
    timed_out: u64,
    stopped: u64,
    abandoned: u64,
    #[serde(skip_serializing_if = "is_zero")]
    truncated: u64,
    cold_starts: u64,
    provisioned: u64,
    spillover: u64,
    instances_started: u64,
    peak_in_flight: u32,
    peak_instances: u32,
    service_seconds: String,
    in_flight_seconds: String,
    instance_seconds: String,
    startup_wait_seconds: String,
    time_to_first_token_ms: FirstToken,
}

#[derive(Serialize, JsonSchema)]
struct FirstToken {
    with_cold_starts: Option<Quantiles>,
    warm: Option<Quantiles>,
}

#[derive(Serialize, JsonSchema)]
struct Quantiles {
    p50: f64,
    p95: f64,
    p99: f64,
}

#[derive(Serialize, JsonSchema)]
struct ChargeLine<'a> {
    workload: Option<&'a str>,
    service_provider_name: &'a str,
    service_name: &'a str,
    service_category: &'a str,
    region_id: Option<&'a str>,
    sku_id: &'a str,
    sku_price_id: &'a str,
    charge_description: &'a str,
    charge_category: &'static str,
    charge_class: Option<&'static str>,
    component: &'static str,
    allowance: Option<&'a str>,
    commitment: Option<&'a str>,
    commitment_discount_status: Option<&'static str>,
    negotiated: Option<&'a str>,
    charge_period_start: String,
    charge_period_end: String,
    pricing_unit: Option<&'a str>,
    pricing_quantity: Option<String>,
    list_unit_price: Option<String>,
    contracted_unit_price: Option<String>,
    list_cost: String,
    billed_cost: String,
    effective_cost: String,
    billing_currency: &'static str,
    price: PriceLine<'a>,
}

/// Money as exact text; `covered` and `eligible` at on-demand prices.
#[derive(Serialize, JsonSchema)]
struct CommitmentLine<'a> {
    name: &'a str,
    cost: String,
    used: String,
    unused: String,
    covered: String,
    eligible: String,
}

#[derive(Serialize, JsonSchema)]
struct PriceLine<'a> {
    effective_from: Option<String>,
    source: &'a str,
    checked_on: String,
    confidence: &'static str,
    note: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct AssumptionLine<'a> {
    subject: &'a str,
    value: &'a str,
    origin: String,
    note: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
struct UnpricedLine<'a> {
    workload: Option<&'a str>,
    sku_id: &'a str,
    name: &'a str,
    region_id: Option<&'a str>,
    pricing_quantity: String,
    pricing_unit: &'a str,
    charge_period_start: String,
    charge_period_end: String,
    reason: &'a str,
}

/// The whole estimate as indented JSON with a line end; the same estimate gives the same bytes.
#[must_use]
pub fn json(estimate: &Estimate) -> String {
    let statement = &estimate.statement;
    let document = Document {
        schema: SCHEMA,
        name: &estimate.name,
        pricing_date: estimate.pricing_date.to_string(),
        period: Period {
            hours: hours(estimate.period).to_string(),
            seconds: seconds(estimate.period.0.into()),
            start: instant(estimate.billing_period.start),
            end: instant(estimate.billing_period.end),
        },
        currency: CURRENCY,
        allowances_applied: estimate.allowances,
        total: Total {
            amount: statement.total().to_string(),
            complete: statement.unpriced.is_empty(),
        },
        list_total: statement.at_list().to_string(),
        savings: statement.savings().to_string(),
        commitments: statement.commitments.iter().map(commitment).collect(),
        workloads: estimate.workloads.iter().map(|w| workload(estimate, w)).collect(),
        replay: estimate
            .workloads
            .iter()
            .map(|w| NamedReplay { workload: &w.name, replay: replay(&w.facts) })
            .collect(),
        charges: statement.charges.iter().map(charge).collect(),
        assumptions: estimate.assumptions.iter().map(assumption).collect(),
        unpriced: statement.unpriced.iter().map(unpriced).collect(),
        warnings: &estimate.warnings,
    };
    crate::report::pretty(&document)
}

fn workload<'a>(estimate: &Estimate, w: &'a WorkloadEstimate) -> Workload<'a> {
    let window = |d: SimDuration| Some(seconds(d.0.into()));
    let (method, window_seconds) = match w.projection {
        Projection::Whole => ("whole", None),
        Projection::Repeated(d) => ("repeated", window(d)),
        Projection::Scaled(d) => ("scaled", window(d)),
        Projection::None(d) => ("none", window(d)),
    };
    Workload {
        name: &w.name,
        platform: &w.platform,
        platform_name: &w.platform_name,
        region: &w.region,
        models: &w.models,
        requests: w.requests,
        projection: Projected { method, window_seconds },
        total: Total {
            amount: estimate.statement.workload_total(Some(&w.name)).to_string(),
            complete: !estimate
                .statement
                .unpriced
                .iter()
                .any(|u| u.workload.as_deref() == Some(&*w.name)),
        },
        replay: replay(&w.facts),
        timeline: w.timeline.as_ref().map(timeline::spans),
    }
}

fn replay(facts: &Facts) -> Replay {
    Replay {
        requests: facts.requests,
        served: facts.served,
        rejected: facts.rejected,
        queue_timeouts: facts.queue_timeouts,
        timed_out: facts.timed_out,
        stopped: facts.stopped,
        abandoned: facts.abandoned,
        truncated: facts.truncated,
        cold_starts: facts.cold_starts,
        provisioned: facts.provisioned,
        spillover: facts.spillover,
        instances_started: facts.instances_started,
        peak_in_flight: facts.peak_in_flight,
        peak_instances: facts.peak_instances,
        service_seconds: seconds(facts.service_time),
        in_flight_seconds: seconds(facts.in_flight_time),
        instance_seconds: seconds(facts.instance_time),
        startup_wait_seconds: seconds(facts.startup_wait),
        time_to_first_token_ms: FirstToken {
            with_cold_starts: facts.time_to_first_token().map(quantiles),
            warm: facts.time_to_first_token_warm().map(quantiles),
        },
    }
}

const fn is_zero(n: &u64) -> bool {
    *n == 0
}

fn quantiles(p: Percentiles) -> Quantiles {
    // Whole microseconds, divided once, print without a tail of binary digits.
    let millis = |d: SimDuration| (d.0 / 1_000) as f64 / 1_000.0;
    Quantiles { p50: millis(p.p50), p95: millis(p.p95), p99: millis(p.p99) }
}

fn charge(c: &Charge) -> ChargeLine<'_> {
    ChargeLine {
        workload: c.workload.as_deref(),
        service_provider_name: &c.service_provider_name,
        service_name: &c.service_name,
        service_category: &c.service_category,
        region_id: c.region_id.as_deref(),
        sku_id: &c.sku_id,
        sku_price_id: &c.sku_price_id,
        charge_description: &c.charge_description,
        charge_category: c.charge_category.name(),
        charge_class: None,
        component: c.component.name(),
        allowance: c.allowance.as_deref(),
        commitment: c.commitment.as_deref(),
        commitment_discount_status: c.commitment_status.map(CommitmentStatus::name),
        negotiated: c.negotiated.as_deref(),
        charge_period_start: instant(c.charge_period.start),
        charge_period_end: instant(c.charge_period.end),
        pricing_unit: c.pricing_unit.as_deref(),
        pricing_quantity: c.pricing_quantity.map(|q| q.to_string()),
        list_unit_price: c.list_unit_price.map(|p| p.to_string()),
        contracted_unit_price: c.contracted_unit_price.map(|p| p.to_string()),
        list_cost: c.list_cost.to_string(),
        billed_cost: c.billed_cost.to_string(),
        effective_cost: c.effective_cost.to_string(),
        billing_currency: CURRENCY,
        price: PriceLine {
            effective_from: c.evidence.effective_from.map(|d| d.to_string()),
            source: &c.evidence.source,
            checked_on: c.evidence.checked_on.to_string(),
            confidence: c.evidence.confidence.name(),
            note: c.evidence.note.as_deref(),
        },
    }
}

/// An instant as FOCUS writes it: `2026-11-23T00:00:00Z`, with a fraction only where there is one.
fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn assumption(a: &Assumption) -> AssumptionLine<'_> {
    AssumptionLine {
        subject: &a.subject,
        value: &a.value,
        origin: a.origin.to_string(),
        note: (!a.note.is_empty()).then_some(a.note.as_str()),
    }
}

fn commitment(c: &CommitmentUse) -> CommitmentLine<'_> {
    CommitmentLine {
        name: &c.name,
        cost: c.cost.to_string(),
        used: c.used.to_string(),
        unused: c.unused().to_string(),
        covered: c.covered.to_string(),
        eligible: c.eligible.to_string(),
    }
}

fn unpriced(u: &Unpriced) -> UnpricedLine<'_> {
    UnpricedLine {
        workload: u.workload.as_deref(),
        sku_id: &u.sku_id,
        name: &u.name,
        region_id: u.region_id.as_deref(),
        pricing_quantity: u.quantity.to_string(),
        pricing_unit: &u.pricing_unit,
        charge_period_start: instant(u.charge_period.start),
        charge_period_end: instant(u.charge_period.end),
        reason: &u.reason,
    }
}
