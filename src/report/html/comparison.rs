//! Alternatives side by side.

use super::chart::{bar, legend};
use super::estimate::{near, subtitle};
use super::{Section, page, scroll, sources, text};
use crate::estimate::{Alternative, Comparison, Estimate, Figures, Standing};
use crate::report::number::{count, dollars, latency, money, per_thousand, share};
use maud::{Markup, html};

/// A comparison as a web page.
#[must_use]
pub fn comparison(comparison: &Comparison) -> String {
    let name = comparison.any().map_or("Comparison", |e| e.name.as_str());
    let about = comparison.any().map(subtitle).unwrap_or_default();
    let estimates = || comparison.alternatives().iter().filter_map(|a| a.result.as_ref().ok());
    page(
        name,
        &about,
        vec![
            Some(Section { id: "compared", title: "Side by side", body: table(comparison) }),
            reasons(comparison),
            Some(sources::section(estimates())),
        ],
    )
}

fn named(a: &Alternative) -> String {
    let settings = a.settings.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("{}{}", a.platform, settings.collect::<String>())
}

fn table(comparison: &Comparison) -> Markup {
    let all = || {
        let each = comparison.alternatives().iter();
        each.filter_map(|a| Some((a, a.result.as_ref().ok()?)))
    };
    let whole = all().map(|(_, e)| near(e.statement.total())).fold(0.0, f64::max);
    html! {
        (legend([(0, "platform"), (5, "models")].into_iter()))
        (scroll("Side by side", &html! {
            table {
                thead { tr {
                    th scope="col" { "" } th scope="col" { "" } th.n scope="col" { "Platform" }
                    th.n scope="col" { "Models" } th.n scope="col" { "Total" } th.n scope="col" { "Per 1,000" }
                    th.n scope="col" { "Cold starts" } th.n scope="col" { "TTFT P95" }
                    th.n scope="col" { "Peak instances" } th scope="col" { "Standing" }
                } }
                tbody {
                    @for (index, (a, e)) in all().enumerate() { (row(a, e, whole, index == 0)) }
                }
            }
        }))
    }
}

fn row(a: &Alternative, e: &Estimate, whole: f64, first: bool) -> Markup {
    let f = Figures::of(e);
    let best = first && a.standing() == Standing::Sound;
    let (word, look) = match a.standing() {
        Standing::Sound if best => ("cheapest", "good"),
        Standing::Sound => ("", ""),
        Standing::LimitsBroken => ("limits broken", "bad"),
        Standing::Incomplete => ("incomplete", "warn"),
        Standing::Impossible => ("impossible", "bad"),
    };
    let regions: Vec<&str> = e.workloads.iter().map(|w| w.region.as_str()).collect();
    html! {
        tr.best[best] {
            th scope="row" { (text(&named(a))) br; span.soft { (text(&regions.join(", "))) } }
            td { (bar(&[(0, near(f.platform)), (5, near(f.models))], whole)) }
            td.n { (money(f.platform)) }
            td.n { (money(f.models)) }
            td.n { @if f.unpriced > 0 { "≥ " } (money(f.total)) }
            td.n { (per_thousand(f.total, f.streams).map(|m| dollars(m, 4)).unwrap_or_default()) }
            td.n { (share(f.cold_starts, f.served).unwrap_or_default()) }
            td.n { (f.time_to_first_token.map(latency).unwrap_or_default()) }
            td.n { (count(f.peak_instances)) }
            td class=(look) { (word) }
        }
    }
}

/// Why some are not compared like for like.
fn reasons(comparison: &Comparison) -> Option<Section> {
    let mut reasons = Vec::new();
    for a in comparison.alternatives() {
        let name = named(a);
        match &a.result {
            Err(error) => reasons.push((name, error.message.clone())),
            Ok(e) => {
                let f = Figures::of(e);
                if f.broken > 0 {
                    let words = format!("{} requests were cut or rejected", count(f.broken));
                    reasons.push((name.clone(), words));
                }
                for u in &e.statement.unpriced {
                    reasons.push((name.clone(), format!("no price for {}: {}", u.name, u.reason)));
                }
            }
        }
    }
    let body = html! {
        ul { @for (name, reason) in &reasons { li { strong { (text(name)) } ": " (text(reason)) } } }
    };
    (!reasons.is_empty()).then_some(Section {
        id: "reasons",
        title: "Not compared like for like",
        body,
    })
}
