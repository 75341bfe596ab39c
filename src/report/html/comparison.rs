//! Alternatives side by side.

use super::chart::{bar, legend};
use super::drawn::{color, near};
use super::estimate::subtitle;
use super::{Section, page, scroll, sources, text};
use crate::estimate::{Alternative, Comparison, Estimate, Figures, Range, Standing};
use crate::pricing::Component;
use crate::report::comparison::words::{self, named, regions};
use crate::report::number::{count, dollars, latency, money, per_thousand, share};
use maud::{Markup, html};

/// A comparison as a web page.
#[must_use]
pub fn comparison(comparison: &Comparison) -> String {
    let name = comparison.any().map_or("Comparison", |e| e.name.as_str());
    let about = comparison.any().map(subtitle).unwrap_or_default();
    let estimates = || comparison.alternatives().iter().filter_map(|a| a.result.as_ref().ok());
    let mut all = sections(comparison);
    all.push(Some(sources::section(estimates())));
    page(name, &about, all)
}

/// The alternatives, and why some are not compared like for like.
pub(super) fn sections(comparison: &Comparison) -> Vec<Option<Section>> {
    vec![
        Some(Section { id: "compared", title: "Side by side", body: table(comparison) }),
        reasons(comparison),
    ]
}

fn table(comparison: &Comparison) -> Markup {
    let all = || {
        let each = comparison.alternatives().iter();
        each.filter_map(|a| Some((a, a.result.as_ref().ok()?)))
    };
    let whole = all().map(|(_, e)| near(e.statement.total())).fold(0.0, f64::max);
    let cheapest: Vec<String> = comparison.cheapest().map(named).collect();
    let spiked = all().any(|(a, _)| a.spiked.is_some());
    let ranges = all().any(|(_, e)| Range::of(e).is_ok());
    let used = |i: &usize| all().any(|(_, e)| !Figures::of(e).parts[*i].is_zero());
    let parts: Vec<usize> = (0..Component::ALL.len()).filter(used).collect();
    html! {
        (legend(parts.iter().map(|i| (color(Component::ALL[*i]), Component::ALL[*i].name()))))
        (scroll("Side by side", &html! {
            table {
                thead { tr {
                    th scope="col" { "" } th scope="col" { "" }
                    th.n scope="col" { "Total" } th.n scope="col" { "Per 1,000" }
                    @if ranges { th.n scope="col" { "P10–P90" } }
                    @for i in &parts { th.n scope="col" { (Component::ALL[*i].name()) } }
                    th.n scope="col" { "Cold starts" }
                    th.n scope="col" { "TTFT P50" } th.n scope="col" { "P95" } th.n scope="col" { "P99" }
                    th.n scope="col" { "Peak instances" }
                    @if spiked { th.n scope="col" { "Spike adds" } }
                } }
                tbody {
                    @for (a, e) in all() {
                        @let best = cheapest.contains(&named(a));
                        @let f = Figures::of(e);
                        tr.best[best] {
                            th scope="row" {
                                (text(&named(a))) br;
                                span.soft { (text(&regions(e))) }
                                (standing(a, best))
                            }
                            td { (bar(&parts.iter().map(|i| (color(Component::ALL[*i]), near(f.parts[*i]))).collect::<Vec<_>>(), whole)) }
                            td.n { @if f.unpriced > 0 { "≥ " } (money(f.total)) }
                            td.n { (per_thousand(f.total, f.streams).map(|m| dollars(m, 4)).unwrap_or_default()) }
                            @if ranges { td.n { (range(e)) } }
                            @for i in &parts { td.n { @if !f.parts[*i].is_zero() { (money(f.parts[*i])) } } }
                            td.n { (share(f.cold_starts, f.served).unwrap_or_default()) }
                            @for wait in waits(&f) { td.n { (wait) } }
                            td.n { (count(f.peak_instances)) }
                            @if spiked { td.n { (spike(a, &f)) } }
                        }
                    }
                }
            }
        }))
        @if let Some(Ok(range)) = all().map(|(_, e)| Range::of(e)).next() {
            p.soft { "P10–P90: " (words::rests_on(&range)) "." }
        }
    }
}

fn waits(f: &Figures) -> [String; 3] {
    f.percentiles.map_or_else(Default::default, |p| [p.p50, p.p95, p.p99].map(latency))
}

fn range(e: &Estimate) -> String {
    Range::of(e).map_or_else(|_| String::new(), |r| format!("{}–{}", money(r.p10), money(r.p90)))
}

fn spike(a: &Alternative, f: &Figures) -> String {
    a.spiked.as_ref().map(|e| money(e.statement.total() - f.total)).unwrap_or_default()
}

fn standing(a: &Alternative, best: bool) -> Markup {
    let (word, look) = match a.standing() {
        Standing::Sound if best => ("cheapest", "good"),
        Standing::Sound => return html! {},
        Standing::LimitsBroken => ("limits broken", "bad"),
        Standing::Incomplete => ("incomplete", "warn"),
        Standing::Impossible => ("impossible", "bad"),
    };
    html! { " " span class=(look) { (word) } }
}

/// Why some are not compared like for like.
fn reasons(comparison: &Comparison) -> Option<Section> {
    let mut reasons = words::reasons(comparison);
    // Workloads may have the same.
    reasons.dedup();
    let body = html! {
        ul { @for (name, reason) in &reasons { li { strong { (text(name)) } ": " (text(reason)) } } }
    };
    (!reasons.is_empty()).then_some(Section {
        id: "reasons",
        title: "Not compared like for like",
        body,
    })
}
