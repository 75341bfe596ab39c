//! Platforms side by side, as JSON.

use super::super::number::per_thousand;
use super::super::pretty;
use crate::estimate::{Alternative, Comparison, Estimate, Figures, NoRange, Range, Standing};
use crate::pricing::Component;
use crate::replay::Percentiles;
use crate::units::{Money, SimDuration};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>("ssc/compare/1")
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    name: Option<&'a str>,
    pricing_date: Option<String>,
    currency: &'static str,
    alternatives: Vec<Entry<'a>>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Entry<'a> {
    platform: &'a str,
    settings: BTreeMap<&'a str, &'a str>,
    standing: &'static str,
    cheapest: bool,
    error: Option<&'a str>,
    #[serde(flatten)]
    figures: Option<Numbers>,
    range: Option<Bounds>,
    spike: Option<Numbers>,
}

/// What is compared of an estimate.
#[derive(Serialize, JsonSchema)]
struct Numbers {
    total: String,
    per_thousand_streams: Option<String>,
    parts: BTreeMap<&'static str, String>,
    models: String,
    free_tier: String,
    list_cost: String,
    streams: u64,
    cold_starts: u64,
    served: u64,
    peak_instances: u64,
    limits_broken: u64,
    unpriced: usize,
    time_to_first_token_p95_ms: Option<f64>,
    time_to_first_token_ms: Option<Waits>,
}

#[derive(Serialize, JsonSchema)]
struct Waits {
    p50: f64,
    p95: f64,
    p99: f64,
}

#[derive(Serialize, JsonSchema)]
pub(in crate::report) struct Bounds {
    p10: Option<String>,
    p90: Option<String>,
    days: Option<usize>,
    model: &'static str,
    sampling_noise_alone: bool,
    why_not: Option<String>,
}

pub(super) fn amount(money: Money) -> String {
    money.0.normalize().to_string()
}

fn millis(duration: SimDuration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn numbers(f: &Figures) -> Numbers {
    let waits =
        |p: Percentiles| Waits { p50: millis(p.p50), p95: millis(p.p95), p99: millis(p.p99) };
    let parts = Component::ALL.iter().zip(&f.parts);
    Numbers {
        total: amount(f.total),
        per_thousand_streams: per_thousand(f.total, f.streams).map(amount),
        parts: parts.map(|(part, cost)| (part.name(), amount(*cost))).collect(),
        models: amount(f.models),
        free_tier: amount(f.free),
        list_cost: amount(f.list),
        streams: f.streams,
        cold_starts: f.cold_starts,
        served: f.served,
        peak_instances: f.peak_instances,
        limits_broken: f.broken,
        unpriced: f.unpriced,
        time_to_first_token_p95_ms: f.percentiles.map(|p| millis(p.p95)),
        time_to_first_token_ms: f.percentiles.map(waits),
    }
}

/// The range, if days were told apart.
fn range(estimate: &Estimate) -> Option<Bounds> {
    estimate.workloads.iter().find(|w| w.timeline.is_some())?;
    Some(bounds(Range::of(estimate)))
}

/// A range, or why there is none.
pub(in crate::report) fn bounds(range: Result<Range, NoRange>) -> Bounds {
    let known = range.ok();
    Bounds {
        p10: known.map(|r| amount(r.p10)),
        p90: known.map(|r| amount(r.p90)),
        days: known.map(|r| r.days),
        model: "stationary, no trend",
        sampling_noise_alone: known.is_some_and(|r| r.generated),
        why_not: range.err().map(|none| none.why()),
    }
}

pub(super) fn entry(alternative: &Alternative, cheapest: bool) -> Entry<'_> {
    let estimate = alternative.result.as_ref().ok();
    Entry {
        platform: &alternative.platform,
        settings: alternative.settings.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
        standing: match alternative.standing() {
            Standing::Sound => "sound",
            Standing::LimitsBroken => "limits-broken",
            Standing::Incomplete => "incomplete",
            Standing::Impossible => "impossible",
        },
        cheapest,
        error: alternative.result.as_ref().err().map(|e| e.message.as_str()),
        figures: estimate.map(Figures::of).as_ref().map(numbers),
        range: estimate.and_then(range),
        spike: alternative.spiked.as_ref().map(Figures::of).as_ref().map(numbers),
    }
}

/// A comparison as JSON, schema `ssc/compare/1`.
#[must_use]
pub fn json(comparison: &Comparison) -> String {
    let any = comparison.any();
    let cheapest: Vec<_> = comparison.cheapest().map(std::ptr::from_ref).collect();
    let entries = comparison.alternatives().iter();
    pretty(&Document {
        schema: "ssc/compare/1",
        name: any.map(|e| e.name.as_str()),
        pricing_date: any.map(|e| e.pricing_date.to_string()),
        currency: "USD",
        alternatives: entries
            .map(|a| entry(a, cheapest.contains(&std::ptr::from_ref(a))))
            .collect(),
    })
}
