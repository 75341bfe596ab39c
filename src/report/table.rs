//! An estimate as people like to read it.

use super::number::{count, dollars, hours, latency, money, per_thousand, price, quantity, share};
use super::page::{GAP, Look, Page, Text, columns, left, right};
use super::rates::{commitment, described, savings, when};
use crate::billing::{Category, Charge, CommitmentStatus, Span};
use crate::estimate::{Estimate, Projection, WorkloadEstimate};
use crate::replay::Percentiles;
use crate::units::{Money, SimDuration};
use crate::workload::Origin;

/// From here on notes of assumptions have a column.
const WIDE: usize = 110;
impl Page {
    /// A wrapped line with a sum at the right end.
    pub(super) fn sum(&mut self, label: String, amount: Money, look: Look) {
        let amount = money(amount);
        let last = amount.chars().count() + usize::from(GAP);
        let first = self.width.saturating_sub(last);
        self.grid(&[vec![left(label).look(look), right(amount).look(look)]], &[first, last], false);
    }
}

/// The estimate for a terminal `width` columns wide, styled if `color`.
///
/// No line is wider than `width` for any width of at least 60.
#[must_use]
pub fn table(estimate: &Estimate, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    title(&mut page, estimate);
    charges(&mut page, estimate);
    totals(&mut page, estimate);
    commitments(&mut page, estimate);
    unpriced(&mut page, estimate);
    replay(&mut page, estimate);
    assumptions(&mut page, estimate);
    if !estimate.warnings.is_empty() {
        page.heading("Warnings");
        for warning in &estimate.warnings {
            let first = page.width - 4;
            let row = vec![left("!").look(Look::Yellow), left(warning.as_str())];
            page.grid(&[row], &[3, first], true);
        }
    }
    page.text
}

/// `per month (730 h)`.
pub(super) fn period(period: SimDuration) -> String {
    let hours = hours(period);
    if hours == rust_decimal::Decimal::from(730) {
        return "per month (730 h)".to_owned();
    }
    format!("for {period} ({} h)", super::number::compact(hours, 4))
}

fn title(page: &mut Page, estimate: &Estimate) {
    let period = period(estimate.period);
    let without = if estimate.allowances { "" } else { " · without free tiers and credits" };
    // Later prices come in where they change.
    let changed = |c: &Charge| c.charge_period != estimate.billing_period;
    let prices = if estimate.statement.charges.iter().any(changed) { "from" } else { "of" };
    let (name, date) = (&estimate.name, estimate.pricing_date);
    let text = format!("{name} · {period} · prices {prices} {date}{without}");
    page.line(left(text).look(Look::Bold), false);
}

/// Cost and colour of a charge.
fn cost(charge: &Charge) -> Text {
    let free = charge.allowance.is_some()
        && charge.charge_category == Category::Usage
        && charge.billed_cost.is_zero();
    if free {
        return right("free").look(Look::Green);
    }
    if charge.commitment_status == Some(CommitmentStatus::Used) {
        return right("covered").look(Look::Green);
    }
    let look = if charge.charge_category == Category::Credit { Look::Green } else { Look::Plain };
    right(money(charge.billed_cost)).look(look)
}

fn charge_row(charge: &Charge, billing_period: Span) -> Vec<Text> {
    let description = described(charge, billing_period);
    // What a free or covered line would have cost says more than a price of zero.
    let free = charge.allowance.is_some() || charge.commitment_status.is_some();
    let unit_price = if free { charge.list_unit_price } else { charge.contracted_unit_price };
    vec![
        left(description),
        right(charge.pricing_quantity.map(quantity).unwrap_or_default()),
        left(charge.pricing_unit.clone().unwrap_or_default()),
        right(unit_price.map(price).unwrap_or_default()),
        cost(charge),
    ]
}

fn charges(page: &mut Page, estimate: &Estimate) {
    let statement = &estimate.statement;
    let header = || {
        let titles =
            [left(""), right("Quantity"), left("Unit"), right("Unit price"), right("Cost")];
        titles.map(|t| t.look(Look::Dim)).into_iter().collect::<Vec<_>>()
    };
    let row = |c: &Charge| charge_row(c, estimate.billing_period);
    // What nothing used costs nothing more; it is shown with its commitment.
    let shown = || {
        statement.charges.iter().filter(|c| c.commitment_status != Some(CommitmentStatus::Unused))
    };
    let mut all: Vec<Vec<Text>> = shown().map(row).collect();
    all.push(header());
    let widths = columns(page.width, &all);

    for workload in &estimate.workloads {
        page.heading(workload_heading(workload));
        let of = |c: &&Charge| c.workload.as_deref() == Some(workload.name.as_str());
        let mut rows: Vec<Vec<Text>> = shown().filter(of).map(row).collect();
        if rows.is_empty() {
            page.line(left("no charges").look(Look::Dim), true);
            continue;
        }
        rows.insert(0, header());
        page.grid(&rows, &widths, true);
        let each = per_stream(statement.workload_total(Some(&workload.name)), workload.requests);
        let total = statement.workload_total(Some(&workload.name));
        page.sum(format!("  {}{each}", workload.name), total, Look::Plain);
    }
    // Whatever is not a workload's own: fees and credits of the account, by service.
    let own = |c: &&Charge| {
        estimate.workloads.iter().all(|w| c.workload.as_deref() != Some(w.name.as_str()))
    };
    let mut services: Vec<&str> = Vec::new();
    for charge in shown().filter(own) {
        if !services.contains(&charge.service_name.as_str()) {
            services.push(&charge.service_name);
        }
    }
    for service in services {
        page.heading(format!("Account · {service}"));
        let of = |c: &&Charge| c.service_name == service;
        let rows: Vec<Vec<Text>> = shown().filter(own).filter(of).map(row).collect();
        page.grid(&rows, &widths, true);
    }
}

fn workload_heading(w: &WorkloadEstimate) -> String {
    let models = if w.models.is_empty() { String::new() } else { " · ".to_owned() };
    format!(
        "{} · {} ({}) · {}{models}{}",
        w.name,
        w.platform_name,
        w.platform,
        w.region,
        w.models.join(", ")
    )
}

fn per_stream(total: Money, requests: u64) -> String {
    let Some(each) = per_thousand(total, requests) else { return String::new() };
    let decimals = if each.0.abs() < rust_decimal::Decimal::ONE { 4 } else { 2 };
    format!(" · {} per 1,000 streams", dollars(each, decimals))
}

fn totals(page: &mut Page, estimate: &Estimate) {
    let statement = &estimate.statement;
    page.text.push('\n');
    page.rule();
    let (label, look) = match statement.unpriced.len() {
        0 => ("Total".to_owned(), Look::Bold),
        1 => ("Total (incomplete: 1 line without a price)".to_owned(), Look::Yellow),
        n => (format!("Total (incomplete: {n} lines without a price)"), Look::Yellow),
    };
    page.sum(label, statement.total(), look);
    if let Some(savings) = savings(statement) {
        page.line(left(savings).look(Look::Dim), false);
    }
    let entries = estimate.workloads.iter().filter(|w| w.stage.is_entry());
    let requests: u64 = entries.map(|w| w.requests).sum();
    let each = per_stream(statement.total(), requests);
    if let Some(each) = each.strip_prefix(" · ") {
        page.line(left(format!("{each} · {} streams", count(requests))).look(Look::Dim), false);
    }
}

fn commitments(page: &mut Page, estimate: &Estimate) {
    let used = &estimate.statement.commitments;
    if used.is_empty() {
        return;
    }
    page.heading("Commitments");
    for (name, text) in used.iter().map(commitment) {
        page.line(left(name), true);
        let width = page.width - 4;
        page.grid(&[vec![left(""), left(text)]], &[4, width], false);
    }
}

fn unpriced(page: &mut Page, estimate: &Estimate) {
    let lines = &estimate.statement.unpriced;
    if lines.is_empty() {
        return;
    }
    page.text.push('\n');
    page.line(left("UNPRICED").look(Look::Yellow), false);
    for u in lines {
        let region = u.region_id.as_ref().map(|r| format!(" · {r}")).unwrap_or_default();
        let used = format!("{} {}", quantity(u.quantity), u.pricing_unit);
        let whose = u.workload.as_deref().unwrap_or("account");
        let text = format!("{whose} · {} ({}){region}: {used}", u.name, u.sku_id);
        page.line(left(text).look(Look::Yellow), true);
        let width = page.width - 4;
        let when = when(u.charge_period, estimate.billing_period);
        let reason = match when {
            Some(when) => format!("{when}: {}", u.reason),
            None => u.reason.clone(),
        };
        page.grid(&[vec![left(""), left(reason)]], &[4, width], false);
    }
}

fn replay(page: &mut Page, estimate: &Estimate) {
    for w in &estimate.workloads {
        let f = &w.facts;
        page.heading(format!("Replay · {}", w.name));
        let how = match w.projection {
            Projection::Whole => "the whole period".to_owned(),
            Projection::Repeated(d) => {
                format!("{}, repeated until the period is full", d.readable())
            }
            Projection::Scaled(d) => format!("{}, its usage scaled to the period", d.readable()),
            Projection::None(d) => format!("{}, billed as it is", d.readable()),
        };
        let mut rows = vec![vec![left("window"), left(how)]];
        let mut fact = |name: &str, value: String| rows.push(vec![left(name), left(value)]);
        let part = |n: u64, of: u64| match share(n, of) {
            Some(share) if n > 0 => format!("{} ({share})", count(n)),
            _ => count(n),
        };
        let requests = if w.requests == f.requests {
            count(f.requests)
        } else {
            format!("{} (billed: {})", count(f.requests), count(w.requests))
        };
        fact("requests", requests);
        fact("peak in flight", count(f.peak_in_flight));
        fact("peak instances", count(f.peak_instances));
        fact("instances started", count(f.instances_started));
        fact("cold starts", part(f.cold_starts, f.served));
        for (name, n, of) in [
            ("on provisioned", f.provisioned, f.served),
            ("spillover", f.spillover, f.served),
            ("rejected", f.rejected, f.requests),
            ("queue timeouts", f.queue_timeouts, f.requests),
            ("timed out", f.timed_out, f.served),
            ("stopped by clients", f.stopped, f.served),
            ("abandoned", f.abandoned, f.served),
            ("truncated", f.truncated, f.served),
        ] {
            if n > 0 {
                fact(name, part(n, of));
            }
        }
        let show = |p: Percentiles| {
            format!("P50 {} · P95 {} · P99 {}", latency(p.p50), latency(p.p95), latency(p.p99))
        };
        if let Some(p) = f.time_to_first_token() {
            fact("first token", show(p));
        }
        if let Some(p) = f.time_to_first_token_warm() {
            fact("first token, warm", show(p));
        }
        for row in &mut rows {
            row[0].look = Look::Dim;
        }
        let rest = page.width - 22;
        page.grid(&rows, &[22, rest], true);
    }
}

fn assumptions(page: &mut Page, estimate: &Estimate) {
    let wide = page.width >= WIDE;
    let rows: Vec<Vec<Text>> = estimate
        .assumptions
        .iter()
        .filter(|a| a.origin != Origin::Given)
        .map(|a| {
            let mut row = vec![
                left(a.subject.as_str()),
                left(a.value.as_str()),
                left(a.origin.to_string()).look(Look::Dim),
            ];
            if wide {
                row.push(left(a.note.as_str()).look(Look::Dim));
            }
            row
        })
        .collect();
    if rows.is_empty() {
        return;
    }
    page.heading("Assumptions");
    let widest = |i: usize| {
        rows.iter().map(|r| r[i].text.chars().count()).max().unwrap_or(0) + usize::from(GAP)
    };
    let (share, origin) = if wide { (page.width * 3 / 10, widest(2)) } else { (34, widest(2)) };
    let subject = widest(0).min(share);
    let widths = if wide {
        let value = widest(1).min(page.width / 4);
        vec![subject, value, origin, page.width - subject - value - origin]
    } else {
        // Subjects are read first; the value takes what they leave.
        vec![subject, page.width - subject - origin, origin]
    };
    page.grid(&rows, &widths, true);
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
