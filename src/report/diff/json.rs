//! A difference as JSON.

use super::Compared;
use super::words::notes;
use crate::diff::{Amount, Effects, Ledger, Line};
use crate::report::number::hours;
use crate::report::pretty;
use schemars::JsonSchema;
use serde::Serialize;

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>("ssc/diff/1")
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    currency: &'static str,
    before: SideJson<'a>,
    after: SideJson<'a>,
    change: String,
    causes: Option<Vec<CauseJson>>,
    effects: EffectsJson,
    lines: Vec<LineJson<'a>>,
    unchanged_lines: usize,
    unchanged_cost: String,
    notes: Vec<String>,
}

#[derive(Serialize, JsonSchema)]
struct SideJson<'a> {
    source: &'a str,
    name: &'a str,
    pricing_date: String,
    period_hours: String,
    total: String,
    complete: bool,
    streams: u64,
}

#[derive(Serialize, JsonSchema)]
struct CauseJson {
    kinds: Vec<&'static str>,
    amount: String,
}

#[derive(Serialize, JsonSchema)]
struct EffectsJson {
    quantity: String,
    price: String,
    discounts: String,
    added: String,
    removed: String,
}

#[derive(Serialize, JsonSchema)]
struct AmountJson {
    quantity: String,
    list_cost: String,
    billed_cost: String,
}

#[derive(Serialize, JsonSchema)]
struct LineJson<'a> {
    workload: Option<&'a str>,
    service_name: &'a str,
    sku_id: &'a str,
    name: &'a str,
    pricing_unit: Option<&'a str>,
    before: Option<AmountJson>,
    after: Option<AmountJson>,
    change: String,
    effects: EffectsJson,
}

fn side<'a>(source: &'a str, l: &'a Ledger) -> SideJson<'a> {
    SideJson {
        source,
        name: &l.name,
        pricing_date: l.pricing_date.to_string(),
        period_hours: hours(l.period).to_string(),
        total: l.total.to_string(),
        complete: l.is_complete(),
        streams: l.streams,
    }
}

fn amount(a: Amount) -> AmountJson {
    AmountJson {
        quantity: a.quantity.normalize().to_string(),
        list_cost: a.list.to_string(),
        billed_cost: a.billed.to_string(),
    }
}

fn effects(e: &Effects) -> EffectsJson {
    EffectsJson {
        quantity: e.quantity.to_string(),
        price: e.price.to_string(),
        discounts: e.discounts.to_string(),
        added: e.added.to_string(),
        removed: e.removed.to_string(),
    }
}

fn line(l: &Line) -> LineJson<'_> {
    LineJson {
        workload: l.workload.as_deref(),
        service_name: &l.service,
        sku_id: &l.sku_id,
        name: &l.name,
        pricing_unit: l.unit.as_deref(),
        before: l.before.map(amount),
        after: l.after.map(amount),
        change: l.change().to_string(),
        effects: effects(&l.effects),
    }
}

/// A difference as JSON, schema `ssc/diff/1`. Causes and effects each add up to the change exactly.
#[must_use]
pub fn json(c: &Compared) -> String {
    let [a, b] = &c.names;
    let cause = |cause: &crate::diff::Cause| CauseJson {
        kinds: cause.kinds.iter().map(|k| k.name()).collect(),
        amount: cause.amount.to_string(),
    };
    pretty(&Document {
        schema: "ssc/diff/1",
        currency: "USD",
        before: side(a, &c.before),
        after: side(b, &c.after),
        change: (c.after.total - c.before.total).to_string(),
        causes: c.causes.as_ref().map(|all| all.causes.iter().map(cause).collect()),
        effects: effects(&c.lines.effects),
        lines: c.lines.changed.iter().map(line).collect(),
        unchanged_lines: c.lines.same.len(),
        unchanged_cost: c.lines.same_cost.to_string(),
        notes: notes(c),
    })
}
