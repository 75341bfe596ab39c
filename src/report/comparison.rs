//! Platforms and settings side by side.

use super::number::{count, dollars, latency, money, per_thousand, share};
use super::page::{Look, Page, Text, left, right};
use super::pretty;
use super::table::period;
use crate::estimate::{Alternative, Comparison, Estimate, Figures, Standing};
use serde::Serialize;

fn named(alternative: &Alternative) -> String {
    let settings = alternative.settings.iter().map(|(name, value)| format!(" {name}={value}"));
    format!("{}{}", alternative.platform, settings.collect::<String>())
}

fn row(alternative: &Alternative, estimate: &Estimate, cheapest: bool) -> Vec<Text> {
    let f = Figures::of(estimate);
    let regions = estimate.workloads.iter().map(|w| w.region.as_str());
    let mut regions: Vec<_> = regions.collect();
    regions.dedup();
    let look = match alternative.standing() {
        Standing::Sound if cheapest => Look::Green,
        Standing::Sound => Look::Plain,
        _ => Look::Yellow,
    };
    let each = per_thousand(f.total, f.streams).map(|each| dollars(each, 4));
    let incomplete = if f.unpriced > 0 { "≥ " } else { "" };
    vec![
        left(named(alternative)).look(look),
        left(regions.join(", ")).look(Look::Dim),
        right(money(f.platform)),
        right(money(f.models)),
        right(format!("{incomplete}{}", money(f.total))).look(look),
        right(each.unwrap_or_default()),
        right(share(f.cold_starts, f.served).unwrap_or_default()),
        right(f.time_to_first_token.map(latency).unwrap_or_default()),
        right(count(f.peak_instances)),
    ]
}

const TITLES: [&str; 9] =
    ["", "Region", "Platform", "Models", "Total", "/1,000", "Cold", "TTFT P95", "Peak"];

/// A comparison for a terminal `width` columns wide, styled if `color`.
#[must_use]
pub fn table(comparison: &Comparison, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    if let Some(e) = comparison.any() {
        let title = format!("{} · {} · prices of {}", e.name, period(e.period), e.pricing_date);
        page.line(left(title).look(Look::Bold), false);
        page.text.push('\n');
    }
    let heading =
        |(i, title): (usize, &str)| if i < 2 { left(title) } else { right(title) }.look(Look::Dim);
    let mut rows: Vec<Vec<Text>> = vec![TITLES.into_iter().enumerate().map(heading).collect()];
    for (i, alternative) in comparison.alternatives().iter().enumerate() {
        if let Ok(estimate) = &alternative.result {
            rows.push(row(alternative, estimate, i == 0));
        }
    }
    // Where there is no room, what can be looked up elsewhere goes first.
    for column in [1, 8, 5, 6] {
        let needs = |rows: &[Vec<Text>]| super::page::natural(rows).iter().sum::<usize>();
        if needs(&rows) > page.width {
            let at = rows[0].iter().position(|t| t.text == TITLES[column]);
            for row in &mut rows {
                at.map(|at| row.remove(at));
            }
        }
    }
    let widths = super::page::natural(&rows);
    page.grid(&rows, &widths, false);
    notes(&mut page, comparison);
    page.text
}

fn notes(page: &mut Page, comparison: &Comparison) {
    let mut notes = Vec::new();
    for alternative in comparison.alternatives() {
        let name = named(alternative);
        match &alternative.result {
            Ok(estimate) => {
                let f = Figures::of(estimate);
                if f.broken > 0 {
                    let n = count(f.broken);
                    notes.push((name.clone(), format!("{n} requests were cut or rejected")));
                }
                for u in &estimate.statement.unpriced {
                    notes.push((name.clone(), format!("no price for {}: {}", u.name, u.reason)));
                }
            }
            Err(error) => notes.push((name, error.message.clone())),
        }
    }
    if !notes.is_empty() {
        page.heading("Not compared like for like");
        for (name, note) in notes {
            page.line(left(format!("{name}: {note}")).look(Look::Yellow), true);
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    name: Option<&'a str>,
    pricing_date: Option<String>,
    currency: &'static str,
    alternatives: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    platform: &'a str,
    settings: std::collections::BTreeMap<&'a str, &'a str>,
    standing: &'static str,
    error: Option<&'a str>,
    total: Option<String>,
    models: Option<String>,
    streams: Option<u64>,
    cold_starts: Option<u64>,
    served: Option<u64>,
    peak_instances: Option<u64>,
    limits_broken: Option<u64>,
    unpriced: Option<usize>,
    time_to_first_token_p95_ms: Option<f64>,
}

fn entry(alternative: &Alternative) -> Entry<'_> {
    let estimate = alternative.result.as_ref().ok();
    let f = estimate.map(Figures::of);
    let of = |get: fn(&Figures) -> u64| f.as_ref().map(get);
    Entry {
        platform: &alternative.platform,
        settings: alternative.settings.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect(),
        standing: match alternative.standing() {
            Standing::Sound => "sound",
            Standing::LimitsBroken => "limits-broken",
            Standing::Incomplete => "incomplete",
            Standing::Impossible => "impossible",
        },
        error: alternative.result.as_ref().err().map(|e| e.message.as_str()),
        total: f.as_ref().map(|f| f.total.0.normalize().to_string()),
        models: f.as_ref().map(|f| f.models.0.normalize().to_string()),
        streams: of(|f| f.streams),
        cold_starts: of(|f| f.cold_starts),
        served: of(|f| f.served),
        peak_instances: of(|f| f.peak_instances),
        limits_broken: of(|f| f.broken),
        unpriced: f.as_ref().map(|f| f.unpriced),
        time_to_first_token_p95_ms: f
            .as_ref()
            .and_then(|f| f.time_to_first_token)
            .map(|d| d.as_secs_f64() * 1_000.0),
    }
}

/// A comparison as JSON, schema `ssc/compare/1`.
#[must_use]
pub fn json(comparison: &Comparison) -> String {
    let any = comparison.any();
    pretty(&Document {
        schema: "ssc/compare/1",
        name: any.map(|e| e.name.as_str()),
        pricing_date: any.map(|e| e.pricing_date.to_string()),
        currency: "USD",
        alternatives: comparison.alternatives().iter().map(entry).collect(),
    })
}
