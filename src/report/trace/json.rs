//! What a trace says about itself, as JSON.

use super::words::{Unit, brief, status};
use crate::report::number::seconds;
use crate::units::{SimDuration, SimTime};
use crate::workload::TimeBase;
use crate::workload::inspect::{Field, FieldValues, Inspection, Labelled, Profile, RANKS};
use chrono::{DateTime, SecondsFormat};
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

const SCHEMA: &str = "ssc/trace/1";

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>(SCHEMA)
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    file: &'a str,
    format: &'static str,
    rows: u64,
    skipped_rows: u64,
    first_skipped: Option<String>,
    out_of_order_rows: u64,
    time_base: &'static str,
    first_arrival: At,
    last_arrival: At,
    span_seconds: String,
    requests_per_second: Option<f64>,
    over_time: Option<Bins<'a>>,
    by_hour: Option<Parts<'a>>,
    by_weekday: Option<Parts<'a>>,
    burstiness: Option<Burstiness>,
    in_flight: Option<InFlight>,
    fields: Vec<Values>,
    tokens_per_second: Option<f64>,
    missing: Vec<Missing<'a>>,
    statuses: BTreeMap<&'static str, u64>,
    models: Labels<'a>,
    workloads: Labels<'a>,
    prompt_caches: Vec<Cache>,
    notes: &'a [String],
}

#[derive(Serialize, JsonSchema)]
struct At {
    seconds: String,
    date: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Bins<'a> {
    bin_seconds: String,
    /// Bins that the trace fills; the one after them is cut short.
    complete: usize,
    requests: &'a [u64],
}

#[derive(Serialize, JsonSchema)]
struct Parts<'a> {
    cycles: u64,
    requests: &'a [u64],
}

#[derive(Serialize, JsonSchema)]
struct Burstiness {
    reading: Option<String>,
    cv: f64,
    instants: u64,
    quantised: bool,
    windows: Vec<Window>,
}

#[derive(Serialize, JsonSchema)]
struct Window {
    seconds: String,
    windows: u64,
    mean: f64,
    peak: u64,
    peak_to_mean: f64,
    dispersion: f64,
}

#[derive(Serialize, JsonSchema)]
struct InFlight {
    rows: u64,
    peak: u64,
    peak_at: At,
    mean: Option<f64>,
}

#[derive(Serialize, JsonSchema)]
struct Values {
    field: &'static str,
    unit: &'static str,
    present: u64,
    zeros: u64,
    ranks: &'static str,
    min: Number,
    #[serde(flatten)]
    at: BTreeMap<String, Number>,
    max: Number,
    mean: f64,
    sum: Option<Number>,
}

/// Counts stay whole, times are in seconds.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
enum Number {
    Whole(u64),
    Part(f64),
}

#[derive(Serialize, JsonSchema)]
struct Missing<'a> {
    field: &'static str,
    instead: &'a str,
}

#[derive(Serialize, JsonSchema)]
struct Labels<'a> {
    labels: Vec<Label<'a>>,
    without: u64,
}

#[derive(Serialize, JsonSchema)]
struct Label<'a> {
    label: &'a str,
    rows: u64,
}

#[derive(Serialize, JsonSchema)]
struct Cache {
    ttl_seconds: Option<String>,
    tokens: Option<u64>,
    requests: u64,
    requests_with_hit: u64,
    prompt_tokens: u64,
    hit_tokens: u64,
    hit_share: Option<f64>,
    most_held: u64,
}

pub(super) fn json(file: &str, found: &Inspection) -> String {
    let at = |at| moment(at, found.time_base);
    crate::report::pretty(&Document {
        schema: SCHEMA,
        file,
        format: found.format,
        rows: found.rows,
        skipped_rows: found.skipped,
        first_skipped: found.first_skipped.as_ref().map(brief),
        out_of_order_rows: found.out_of_order,
        time_base: match found.time_base {
            TimeBase::UnixEpoch => "unix_epoch",
            TimeBase::TraceStart => "trace_start",
        },
        first_arrival: at(found.first),
        last_arrival: at(found.last),
        span_seconds: length(found.span()),
        requests_per_second: found.rate,
        over_time: found.bins.as_ref().map(|b| Bins {
            bin_seconds: length(b.length),
            complete: b.complete,
            requests: &b.counts,
        }),
        by_hour: found.by_hour.as_ref().map(parts),
        by_weekday: found.by_weekday.as_ref().map(parts),
        burstiness: burstiness(found),
        in_flight: found.in_flight.as_ref().map(|f| InFlight {
            rows: f.rows,
            peak: f.peak,
            peak_at: at(f.peak_at),
            mean: f.mean,
        }),
        fields: found.fields.iter().map(values).collect(),
        tokens_per_second: found.tokens_per_second,
        missing: found
            .missing
            .iter()
            .map(|m| Missing { field: Field::Column(m.column).name(), instead: &m.instead })
            .collect(),
        statuses: found.statuses.into_iter().map(|(s, n)| (status(s), n)).collect(),
        models: labels(&found.models),
        workloads: labels(&found.workloads),
        prompt_caches: caches(found),
        notes: &found.notes,
    })
}

fn moment(at: SimTime, base: TimeBase) -> At {
    let date = DateTime::from_timestamp_nanos(at.0).to_rfc3339_opts(SecondsFormat::AutoSi, true);
    At { seconds: seconds(i128::from(at.0)), date: (base == TimeBase::UnixEpoch).then_some(date) }
}

fn length(duration: SimDuration) -> String {
    seconds(i128::from(duration.0))
}

fn parts(profile: &Profile) -> Parts<'_> {
    Parts { cycles: profile.cycles, requests: &profile.counts }
}

fn burstiness(found: &Inspection) -> Option<Burstiness> {
    let b = found.burstiness.as_ref()?;
    let window = |w: &crate::workload::inspect::Windowed| Window {
        seconds: length(w.length),
        windows: w.windows,
        mean: w.mean,
        peak: w.peak,
        peak_to_mean: w.peak_to_mean(),
        dispersion: w.dispersion,
    };
    Some(Burstiness {
        reading: b.reading().map(|r| r.to_string()),
        cv: b.cv,
        instants: b.instants,
        quantised: b.quantised,
        windows: b.windows.iter().map(window).collect(),
    })
}

fn values(values: &FieldValues) -> Values {
    let (q, unit) = (&values.quantiles, Unit::of(values.field));
    let scale = match unit {
        Unit::Tokens | Unit::Bytes => None,
        Unit::Time => Some(1e9),
        Unit::Thousandths => Some(1e3),
    };
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    let number = |value: u64| match scale {
        None => Number::Whole(value),
        Some(scale) => Number::Part(value as f64 / scale),
    };
    #[expect(clippy::cast_precision_loss, reason = "statistics")]
    let sum = match (unit, scale) {
        (Unit::Thousandths, _) => None,
        (_, None) => Some(Number::Whole(u64::try_from(q.sum).unwrap_or(u64::MAX))),
        (_, Some(scale)) => Some(Number::Part(q.sum as f64 / scale)),
    };
    Values {
        field: values.field.name(),
        unit: unit.name(),
        present: q.count,
        zeros: q.zeros,
        ranks: if q.exact { "exact" } else { "within 0.1%" },
        min: number(q.min),
        at: RANKS.iter().zip(q.at).map(|(p, value)| (format!("p{p}"), number(value))).collect(),
        max: number(q.max),
        mean: q.mean() / scale.unwrap_or(1.0),
        sum,
    }
}

fn labels(labelled: &Labelled) -> Labels<'_> {
    let each = labelled.labels.iter();
    let labels = each.map(|l| Label { label: &l.label, rows: l.rows }).collect();
    Labels { labels, without: labelled.without }
}

fn caches(found: &Inspection) -> Vec<Cache> {
    let runs = found.caches.iter().map(|(limits, used)| Cache {
        ttl_seconds: (limits.ttl < SimDuration::MAX).then(|| length(limits.ttl)),
        tokens: (limits.tokens < u64::MAX).then_some(limits.tokens),
        requests: used.requests,
        requests_with_hit: used.requests_with_hit,
        prompt_tokens: used.prompt_tokens,
        hit_tokens: used.hit_tokens,
        hit_share: used.hit_share(),
        most_held: used.largest,
    });
    runs.collect()
}
