//! An estimate against a bill, as text for people and as JSON for programs.

use super::number::{compact, count, hours, money};
use super::page::{Look, Page, columns, left, right};
use crate::reconcile::{Line, Parts, Reconciliation, Side};
use crate::units::Money;
use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Serialize;

const SCHEMA: &str = "ssc/reconcile/1";

/// Money with its sign, also when it is more.
fn signed(amount: Money) -> String {
    if amount.0.is_sign_negative() || amount.is_zero() {
        money(amount)
    } else {
        format!("+{}", money(amount))
    }
}

/// What explains a difference, largest part first: `+12.5 %: quantity +$1.20, price -$0.10`.
fn because(line: &Line) -> String {
    let mut named: Vec<_> = line.parts.named().into_iter().filter(|(_, p)| !p.is_zero()).collect();
    named.sort_by_key(|(_, part)| std::cmp::Reverse(part.0.abs()));
    let texts = named.iter().map(|(name, part)| format!("{name} {}", signed(*part)));
    let text = texts.collect::<Vec<_>>().join(", ");
    match line.percent {
        Some(p) if !text.is_empty() => {
            let sign = if p.is_sign_negative() || p.is_zero() { "" } else { "+" };
            format!("{sign}{} %: {text}", compact(p, 2))
        }
        _ => text,
    }
}

/// The comparison for a terminal `width` columns wide, styled if `color`; `bill` is the file's name.
#[must_use]
pub fn table(r: &Reconciliation, bill: &str, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    let title = format!(
        "{} · estimate against {bill} ({}, {} rows)",
        r.scenario,
        r.format.title(),
        count(r.rows)
    );
    page.line(left(title).look(Look::Bold), false);
    if let Some((start, end)) = r.period.bill {
        let day = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M").to_string();
        let scaled = if r.period.scaled { ", scaled to the bill" } else { "" };
        let estimate = compact(hours(r.period.estimate), 4);
        let text =
            format!("bill: {} to {} UTC · estimate: {estimate} h{scaled}", day(start), day(end));
        page.line(left(text).look(Look::Dim), false);
    }
    lines(&mut page, r);
    page.text.push('\n');
    page.rule();
    page.sum("Estimated".into(), r.estimated, Look::Plain);
    page.sum("Billed for services of the scenario".into(), r.billed, Look::Plain);
    let percent = r.percent.map(|p| format!(" ({} %)", compact(p, 2))).unwrap_or_default();
    page.sum(format!("Difference{percent}"), r.difference, Look::Bold);
    let parts: Vec<_> = r.parts.named().into_iter().filter(|(_, part)| !part.is_zero()).collect();
    if !parts.is_empty() {
        page.heading("What explains it");
        for (name, part) in parts {
            page.sum(format!("  {}", explained(name)), part, Look::Plain);
        }
    }
    if !r.outside.is_empty() || !r.taxes.is_zero() {
        page.heading("On the bill, not compared");
        for o in &r.outside {
            let rows = if o.rows == 1 { "row" } else { "rows" };
            page.sum(format!("  {} ({} {rows})", o.service, count(o.rows)), o.cost, Look::Plain);
        }
        if !r.taxes.is_zero() {
            page.sum("  Taxes".into(), r.taxes, Look::Plain);
        }
    }
    if !r.warnings.is_empty() {
        page.heading("Warnings");
        for warning in &r.warnings {
            let first = page.width - 4;
            page.grid(
                &[vec![left("!").look(Look::Yellow), left(warning.as_str())]],
                &[3, first],
                true,
            );
        }
    }
    page.text
}

/// What a part means, in a few words.
fn explained(name: &str) -> &str {
    match name {
        "price" => "price: another unit price than estimated",
        "quantity" => "quantity: more or less used than estimated",
        "discounts" => "discounts: free tiers, credits, commitments, negotiated rates",
        "unpriced" => "unpriced: billed, but the estimate has no price",
        "missing usage" => "missing usage: billed, but not in the scenario",
        "not billed" => "not billed: in the scenario, but not on the bill",
        _ => "units differ: quantities that cannot be compared",
    }
}

fn lines(page: &mut Page, r: &Reconciliation) {
    let cost = |side: &Option<Side>| side.map(|s| money(s.cost)).unwrap_or_else(|| "–".to_owned());
    let row = |line: &Line| {
        let look = if line.difference.is_zero() { Look::Green } else { Look::Plain };
        let region = line.region.as_ref().map(|r| format!(" · {r}")).unwrap_or_default();
        vec![
            left(format!("{}{region}", line.name)),
            right(cost(&line.estimate)),
            right(cost(&line.bill)),
            right(signed(line.difference)).look(look),
        ]
    };
    let header = ["", "Estimated", "Billed", "Difference"];
    let header: Vec<_> = header.iter().map(|t| right(*t).look(Look::Dim)).collect();
    let mut all: Vec<_> = r.lines.iter().map(row).collect();
    all.push(header);
    let widths = columns(page.width, &all);
    let mut service = None;
    for line in &r.lines {
        if service != Some(&line.service) {
            service = Some(&line.service);
            page.heading(line.service.as_str());
            let header = ["", "Estimated", "Billed", "Difference"];
            let header = header.iter().map(|t| right(*t).look(Look::Dim)).collect();
            page.grid(&[header], &widths, true);
        }
        page.grid(&[row(line)], &widths, true);
        let width = page.width.saturating_sub(4);
        for text in [quantities(line), because(line)] {
            if !text.is_empty() {
                let cells = vec![left(""), left(text).look(Look::Dim)];
                page.grid(&[cells], &[4, width], false);
            }
        }
    }
}

/// `1,000 → 1,200 GB-Seconds`, where there is a quantity.
fn quantities(line: &Line) -> String {
    let shown = |side: &Option<Side>| {
        side.filter(|s| !s.quantity.is_zero()).map(|s| compact(s.quantity, 4))
    };
    let unit = line.unit.clone().unwrap_or_default();
    let (ours, theirs) = (shown(&line.estimate), shown(&line.bill));
    let used = match (&ours, &theirs) {
        (None, None) => String::new(),
        (Some(a), Some(b)) if a == b => format!("{a} {unit}"),
        (a, b) => {
            let text = |side: &Option<String>| side.clone().unwrap_or_else(|| "–".to_owned());
            format!("{} → {} {unit}", text(a), text(b))
        }
    };
    match line.unpriced {
        Some(q) if used.is_empty() => {
            format!("estimated without a price: {} {unit}", compact(q, 4))
        }
        Some(q) => format!("{used} (estimated without a price: {})", compact(q, 4)),
        None => used,
    }
}

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    super::schema::of::<Document<'_>>(SCHEMA)
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    scenario: &'a str,
    bill: BillJson<'a>,
    period: PeriodJson,
    currency: &'static str,
    estimated: String,
    billed: String,
    difference: String,
    difference_percent: Option<String>,
    parts: PartsJson,
    lines: Vec<LineJson<'a>>,
    outside_the_scenario: Vec<OutsideJson<'a>>,
    taxes: String,
    bill_total: String,
    warnings: &'a [String],
}

#[derive(Serialize, JsonSchema)]
struct BillJson<'a> {
    file: &'a str,
    format: &'static str,
    rows: u64,
}

#[derive(Serialize, JsonSchema)]
struct PeriodJson {
    estimate_hours: String,
    bill_hours: Option<String>,
    bill_start: Option<String>,
    bill_end: Option<String>,
    agrees: bool,
    scaled: bool,
}

#[derive(Serialize, JsonSchema)]
struct PartsJson {
    price: String,
    quantity: String,
    discounts: String,
    unpriced: String,
    missing_usage: String,
    not_billed: String,
    not_comparable: String,
}

#[derive(Serialize, JsonSchema)]
struct SideJson {
    quantity: String,
    list_cost: String,
    cost: String,
    rows: u64,
}

#[derive(Serialize, JsonSchema)]
struct LineJson<'a> {
    service_name: &'a str,
    sku_id: Option<&'a str>,
    name: &'a str,
    region_id: Option<&'a str>,
    unit: Option<&'a str>,
    estimate: Option<SideJson>,
    bill: Option<SideJson>,
    unpriced_quantity: Option<String>,
    difference: String,
    difference_percent: Option<String>,
    parts: PartsJson,
}

#[derive(Serialize, JsonSchema)]
struct OutsideJson<'a> {
    service_name: &'a str,
    cost: String,
    rows: u64,
}

/// The whole comparison as indented JSON with a line end.
#[must_use]
pub fn json(r: &Reconciliation, bill: &str) -> String {
    let instant = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%SZ").to_string();
    let document = Document {
        schema: SCHEMA,
        scenario: &r.scenario,
        bill: BillJson { file: bill, format: r.format.name(), rows: r.rows },
        period: PeriodJson {
            estimate_hours: hours(r.period.estimate).to_string(),
            bill_hours: r.period.bill_length().map(|d| hours(d).to_string()),
            bill_start: r.period.bill.map(|(start, _)| instant(start)),
            bill_end: r.period.bill.map(|(_, end)| instant(end)),
            agrees: r.period.agrees(),
            scaled: r.period.scaled,
        },
        currency: "USD",
        estimated: r.estimated.to_string(),
        billed: r.billed.to_string(),
        difference: r.difference.to_string(),
        difference_percent: r.percent.map(|p| p.to_string()),
        parts: parts(&r.parts),
        lines: r.lines.iter().map(line).collect(),
        outside_the_scenario: r
            .outside
            .iter()
            .map(|o| OutsideJson {
                service_name: &o.service,
                cost: o.cost.to_string(),
                rows: o.rows,
            })
            .collect(),
        taxes: r.taxes.to_string(),
        bill_total: r.bill_total.to_string(),
        warnings: &r.warnings,
    };
    crate::report::pretty(&document)
}

fn parts(p: &Parts) -> PartsJson {
    PartsJson {
        price: p.price.to_string(),
        quantity: p.quantity.to_string(),
        discounts: p.discounts.to_string(),
        unpriced: p.unpriced.to_string(),
        missing_usage: p.missing_usage.to_string(),
        not_billed: p.not_billed.to_string(),
        not_comparable: p.not_comparable.to_string(),
    }
}

fn side(s: Side) -> SideJson {
    SideJson {
        quantity: s.quantity.normalize().to_string(),
        list_cost: s.list_cost.to_string(),
        cost: s.cost.to_string(),
        rows: s.rows,
    }
}

fn line(l: &Line) -> LineJson<'_> {
    LineJson {
        service_name: &l.service,
        sku_id: l.sku_id.as_deref(),
        name: &l.name,
        region_id: l.region.as_deref(),
        unit: l.unit.as_deref(),
        estimate: l.estimate.map(side),
        bill: l.bill.map(side),
        unpriced_quantity: l.unpriced.map(|q| q.normalize().to_string()),
        difference: l.difference.to_string(),
        difference_percent: l.percent.map(|p| p.to_string()),
        parts: parts(&l.parts),
    }
}
