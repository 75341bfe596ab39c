//! Where every price comes from.

use super::{Section, scroll, text};
use crate::billing::Charge;
use crate::estimate::Estimate;
use crate::report::number;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The prices of some estimates, each once.
pub(super) fn section<'a>(estimates: impl Iterator<Item = &'a Estimate>) -> Section {
    let mut prices: BTreeMap<(&str, &str), &Charge> = BTreeMap::new();
    for charge in estimates.flat_map(|e| &e.statement.charges) {
        prices.entry((&charge.service_name, &charge.sku_price_id)).or_insert(charge);
    }
    let body = html! {
        table {
            thead { tr {
                th scope="col" { "Price" } th.n scope="col" { "List" } th scope="col" { "Since" }
                th scope="col" { "Checked" } th scope="col" { "Confidence" } th scope="col" { "Source" }
            } }
            tbody { @for charge in prices.values() { (row(charge)) } }
        }
    };
    Section { id: "sources", title: "Sources of prices", body: scroll("Sources of prices", &body) }
}

fn row(charge: &Charge) -> Markup {
    let e = &charge.evidence;
    let unit = charge.pricing_unit.as_deref().unwrap_or_default();
    html! {
        tr {
            th scope="row" { code { (text(&charge.sku_price_id)) } }
            td.n {
                @if let Some(price) = charge.list_unit_price { (number::price(price)) " / " (text(unit)) }
            }
            td.date { (e.effective_from.map(|d| d.to_string()).unwrap_or_default()) }
            td.date { (e.checked_on) }
            td class=(if e.confidence == crate::pricing::Confidence::High { "soft" } else { "warn" }) {
                (e.confidence.name())
            }
            td {
                @if e.source.starts_with("https://") {
                    a href=(e.source) rel="noreferrer" { (text(e.source.trim_start_matches("https://"))) }
                } @else { (text(&e.source)) }
                @if let Some(note) = &e.note { br; span.soft { (text(note)) } }
            }
        }
    }
}
