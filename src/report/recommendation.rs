//! Recommendations.

use super::number::money;
use super::page::{Look, Page, left, right};
use super::pretty;
use crate::recommend::{Recommendations, Rule};
use serde::Serialize;

/// Recommendations for a terminal `width` columns wide, styled if `color`.
#[must_use]
pub fn table(found: &Recommendations, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    for r in &found.ranked {
        page.line(left(format!("{} {}", r.code, r.proposal.title)), true);
        page.line(right(money(r.effect.saving())), false);
    }
    if let Some(plan) = &found.plan {
        let (before, after) = (plan.effect.before.total, plan.effect.after.total);
        let line = format!("together: {} instead of {}", money(after), money(before));
        page.line(left(line).look(Look::Bold), false);
    }
    page.text
}

/// The rules in a list.
#[must_use]
pub fn rules(rules: &[&dyn Rule], width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    let row = |r: &&dyn Rule| vec![left(r.code()), left(r.name()), left(r.summary())];
    let rows: Vec<_> = rules.iter().map(row).collect();
    let widths = super::page::natural(&rows);
    page.grid(&rows, &widths, false);
    page.text
}

/// What a rule does.
#[must_use]
pub fn explanation(rule: &dyn Rule, _width: usize, _color: bool) -> String {
    rule.explanation().to_owned()
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    name: &'a str,
    currency: &'static str,
    total: String,
    promised_total: Option<String>,
    estimated: u64,
    out_of_time: bool,
}

/// Recommendations as JSON, schema `ssc/recommend/1`.
#[must_use]
pub fn json(found: &Recommendations) -> String {
    pretty(&Document {
        schema: "ssc/recommend/1",
        name: &found.before.estimate.name,
        currency: "USD",
        total: found.before.outcome.total.to_string(),
        promised_total: found.plan.as_ref().map(|p| p.effect.after.total.to_string()),
        estimated: found.estimated,
        out_of_time: found.out_of_time,
    })
}
