//! The report of one estimate.

use super::chart::{bar, legend};
use super::drawn::{color, near};
use super::{Section, page, scroll, sources, text, tile};
use crate::billing::Charge;
use crate::estimate::{Estimate, Figures, Range, WorkloadEstimate};
use crate::pricing::Component;
use crate::report::comparison::words::rests_on;
use crate::report::number::{count, dollars, latency, money, per_thousand, price, quantity, share};
use crate::report::rates::{commitment, described, savings, when};
use crate::report::table::period;
use crate::units::Money;
use maud::{Markup, html};

/// An estimate as a web page.
#[must_use]
pub fn estimate(estimate: &Estimate) -> String {
    let subtitle = subtitle(estimate);
    let total = Section { id: "total", title: "Total", body: headline(estimate) };
    let mut all = vec![Some(total)];
    all.extend(spent(estimate));
    all.extend(details(estimate));
    all.push(Some(assumed(estimate)));
    all.push(Some(sources::section(std::iter::once(estimate))));
    page(&estimate.name, &subtitle, all)
}

/// `per month (730 h) · prices of 2026-11-23`.
pub(super) fn subtitle(e: &Estimate) -> String {
    let without = if e.allowances { "" } else { " · without free tiers and credits" };
    format!("{} · prices of {}{without}", period(e.period), e.pricing_date)
}

/// On what the money is spent, and when.
pub(super) fn spent(e: &Estimate) -> Vec<Option<Section>> {
    vec![
        Some(Section { id: "components", title: "Where the money goes", body: components(e) }),
        super::timeline::section(e),
    ]
}

/// Line by line, and what the replay saw.
pub(super) fn details(e: &Estimate) -> Vec<Option<Section>> {
    vec![
        Some(Section { id: "charges", title: "Charges", body: charges(e) }),
        Some(Section { id: "replay", title: "What the replay saw", body: replay(e) }),
        (!e.statement.commitments.is_empty()).then(|| Section {
            id: "commitments",
            title: "Commitments",
            body: commitments(e),
        }),
    ]
}

/// What the estimate rests on.
pub(super) fn assumed(e: &Estimate) -> Section {
    Section { id: "assumptions", title: "Assumptions", body: assumptions(e) }
}

/// The bill in a few numbers, what of it has no price, and what the reader should know.
pub(super) fn headline(e: &Estimate) -> Markup {
    let f = Figures::of(e);
    let each = per_thousand(f.total, f.streams).map(|each| dollars(each, 4)).unwrap_or_default();
    let cold = share(f.cold_starts, f.served).unwrap_or_default();
    let range = Range::of(e);
    html! {
        dl.tiles {
            (tile("Total", &money(f.total), &period(e.period)))
            @if let Ok(r) = &range {
                (tile("P10–P90", &format!("{}–{}", money(r.p10), money(r.p90)), &format!("{} days behind it", r.days)))
            }
            (tile("Per 1,000 streams", &each, &format!("{} streams", count(f.streams))))
            (tile("Platform", &money(f.platform), ""))
            (tile("Models", &money(f.models), ""))
            (tile("Cold starts", &count(f.cold_starts), &cold))
            @if let Some(p95) = f.percentiles.map(|p| p.p95) {
                (tile("Time to first token, P95", &latency(p95), "cold starts included"))
            }
            (tile("Peak instances", &count(f.peak_instances), ""))
        }
        @if f.unpriced > 0 {
            div.note.bad role="alert" {
                strong { "The total is incomplete. " } (count(f.unpriced as u64)) " lines have no price:"
                ul {
                    @for u in &e.statement.unpriced {
                        li {
                            (text(u.workload.as_deref().unwrap_or("account"))) " · " (text(&u.name)) ": "
                            (quantity(u.quantity)) " " (text(&u.pricing_unit)) " · " (text(&u.reason))
                        }
                    }
                }
            }
        }
        @match &range {
            Ok(range) => p.soft { "P10–P90: " (rests_on(range)) "." },
            Err(none) => p.soft { (capital(&none.why())) "." },
        }
        @if let Some(savings) = savings(&e.statement) { p.soft { (savings) } }
        @if !e.warnings.is_empty() {
            div.note {
                strong { "Warnings" }
                ul { @for warning in &e.warnings { li { (text(warning)) } } }
            }
        }
    }
}

/// A sentence's first letter.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Cost of a component of a workload, or of the account.
fn part(e: &Estimate, component: Component, workload: Option<&str>) -> Money {
    let of = |c: &&Charge| c.component == component && c.workload.as_deref() == workload;
    e.statement.charges.iter().filter(of).map(|c| c.billed_cost).sum()
}

fn components(e: &Estimate) -> Markup {
    let rows: Vec<Option<&str>> =
        e.workloads.iter().map(|w| Some(w.name.as_str())).chain([None]).collect();
    let used = |c: &&Component| e.statement.charges.iter().any(|charge| charge.component == **c);
    let used: Vec<Component> = Component::ALL.iter().filter(used).copied().collect();
    let whole = rows.iter().map(|w| near(e.statement.workload_total(*w))).fold(0.0, f64::max);
    html! {
        (legend(used.iter().map(|c| (color(*c), c.name()))))
        (scroll("Cost by workload and component", &html! {
            table {
                thead { tr {
                    th scope="col" { "" } th scope="col" { "" }
                    @for c in &used { th.n scope="col" { (c.name()) } }
                    th.n scope="col" { "Total" }
                } }
                tbody {
                    @for workload in &rows {
                        @let total = e.statement.workload_total(*workload);
                        @if workload.is_some() || !total.is_zero() {
                            tr {
                                th scope="row" { (text(workload.unwrap_or("account"))) }
                                td {
                                    (bar(&used.iter().map(|c| (color(*c), near(part(e, *c, *workload)))).collect::<Vec<_>>(), whole))
                                }
                                @for c in &used {
                                    @let cost = part(e, *c, *workload);
                                    td.n { @if !cost.is_zero() { (money(cost)) } }
                                }
                                td.n { (money(total)) }
                            }
                        }
                    }
                }
                tfoot { tr {
                    th scope="row" { "Total" } td {}
                    @for c in &used {
                        td.n { (money(rows.iter().map(|w| part(e, *c, *w)).sum())) }
                    }
                    td.n { (money(e.statement.total())) }
                } }
            }
        }))
    }
}

fn charges(e: &Estimate) -> Markup {
    let names = e.workloads.iter().map(|w| Some(w.name.as_str())).chain([None]);
    html! {
        @for name in names {
            @let own: Vec<&Charge> =
                e.statement.charges.iter().filter(|c| c.workload.as_deref() == name).collect();
            @if !own.is_empty() {
                h3 { (text(name.unwrap_or("Account"))) }
                (scroll(name.unwrap_or("Account"), &html! {
                    table {
                        thead { tr {
                            th scope="col" { "Charge" } th.n scope="col" { "Quantity" } th scope="col" { "Unit" }
                            th.n scope="col" { "Unit price" } th.n scope="col" { "Cost" }
                        } }
                        tbody { @for charge in &own { (charge_row(e, charge)) } }
                        tfoot { tr {
                            th scope="row" { "Sum" } td {} td {} td {}
                            td.n { (money(e.statement.workload_total(name))) }
                        } }
                    }
                }))
            }
        }
    }
}

fn charge_row(e: &Estimate, c: &Charge) -> Markup {
    html! {
        tr {
            th scope="row" {
                (text(&described(c, e.billing_period))) br;
                span.soft { (text(&c.service_name)) @if let Some(region) = &c.region_id { " · " (text(region)) } }
            }
            td.n { (c.pricing_quantity.map(quantity).unwrap_or_default()) }
            td { (text(c.pricing_unit.as_deref().unwrap_or_default())) }
            td.n { (c.contracted_unit_price.or(c.list_unit_price).map(price).unwrap_or_default()) }
            td.n { (money(c.billed_cost)) }
        }
    }
}

fn replay(e: &Estimate) -> Markup {
    html! { @for w in &e.workloads { (workload(w)) } }
}

fn workload(w: &WorkloadEstimate) -> Markup {
    let f = &w.facts;
    let of = |n: u64, whole: u64| share(n, whole).unwrap_or_default();
    let failed = f.timed_out + f.rejected + f.queue_timeouts;
    html! {
        h3 { (text(&w.name)) " · " (text(&w.platform_name)) " · " (text(&w.region)) }
        dl.tiles {
            (tile("Requests replayed", &count(f.requests), &format!("{} billed", count(w.requests))))
            (tile("Peak in flight", &count(f.peak_in_flight), ""))
            (tile("Peak instances", &count(f.peak_instances), &format!("{} started", count(f.instances_started))))
            (tile("Cold starts", &count(f.cold_starts), &of(f.cold_starts, f.served)))
            (tile("Failed", &count(failed), &of(failed, f.requests)))
            @if let (Some(p), Some(warm)) = (f.time_to_first_token(), f.time_to_first_token_warm()) {
                (tile("TTFT P50", &latency(p.p50), &format!("warm {}", latency(warm.p50))))
                (tile("TTFT P95", &latency(p.p95), &format!("warm {}", latency(warm.p95))))
                (tile("TTFT P99", &latency(p.p99), &format!("warm {}", latency(warm.p99))))
            }
        }
    }
}

fn commitments(e: &Estimate) -> Markup {
    html! {
        ul {
            @for (name, use_of) in e.statement.commitments.iter().map(commitment) {
                li { strong { (text(&name)) } ": " (text(&use_of)) }
            }
        }
        @for c in &e.statement.charges {
            @if let (Some(name), Some(span)) = (&c.commitment, when(c.charge_period, e.billing_period)) {
                p.soft { (text(name)) ": " (span) }
            }
        }
    }
}

fn assumptions(e: &Estimate) -> Markup {
    scroll(
        "Assumptions",
        &html! {
            table {
                thead { tr {
                    th scope="col" { "What" } th scope="col" { "Value" } th scope="col" { "Origin" }
                    th scope="col" { "Note" }
                } }
                tbody {
                    @for a in &e.assumptions {
                        tr {
                            th scope="row" { code { (text(&a.subject)) } }
                            td { (text(&a.value)) }
                            td { (a.origin.to_string()) }
                            td.soft { (text(&a.note)) }
                        }
                    }
                }
            }
        },
    )
}
