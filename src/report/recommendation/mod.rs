//! Recommendations, for people and for programs.

mod card;
mod explain;
mod json;
mod plan;
pub(in crate::report) mod words;

pub(in crate::report) use card::told;
pub use explain::{explanation, rules};
pub use json::json;

/// The JSON Schema of it, written by hand: it says more than types do.
pub const SCHEMA: &str = include_str!("schema.json");

use super::number::count;
use super::page::{Look, Page, left};
use super::table::period;
use crate::recommend::{MOST_FOR_WHAT_IFS, Recommendations, Refused, WhatIf};
use words::Words;

/// What the command line did with the plan.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// The file that was asked for, as typed.
    pub file: Option<String>,
    /// The command that confirms the promised total.
    pub confirm: String,
}

/// Recommendations for a terminal `width` columns wide, styled if `color`.
///
/// No line but those of drawings is wider than `width` for any width of at least 60.
#[must_use]
pub fn table(found: &Recommendations, applied: &Applied, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    let words = Words::of(found);
    headline(&mut page, found, &words);
    let good: Vec<_> = found.ranked.iter().filter(|r| !r.noise).collect();
    if good.len() > 1 {
        page.heading(format!("{} recommendations, each by itself", good.len()));
    }
    for (i, ranked) in good.iter().enumerate() {
        card::card(&mut page, &words, i + 1, ranked);
    }
    let noise: Vec<_> = found.ranked.iter().filter(|r| r.noise).collect();
    if !noise.is_empty() {
        page.heading("Within noise, and in no plan");
        for ranked in noise {
            card::noise(&mut page, &words, ranked);
        }
    }
    what_if(&mut page, &found.what_if);
    refused(&mut page, &found.refused);
    if let Some(plan) = &found.plan {
        plan::plan(&mut page, &words, plan);
    }
    page.text.push('\n');
    apply(&mut page, &words, found, applied);
    searched(&mut page, found);
    page.text
}

fn headline(page: &mut Page, found: &Recommendations, words: &Words) {
    let e = &found.before.estimate;
    let text = format!("{} · {} · prices of {}", e.name, period(e.period), e.pricing_date);
    page.line(left(text).look(Look::Bold), false);
    page.text.push('\n');
    let (text, look) = match &found.plan {
        Some(plan) => (words.headline(&plan.effect), Look::Green),
        None => (words.nothing(found), Look::Bold),
    };
    page.line(left(text).look(look), false);
    for broken in &found.broken {
        let text = format!("! the scenario as it is breaks an objective: {broken}");
        page.line(left(text).look(Look::Yellow), false);
    }
    let unpriced = found.before.outcome.unpriced;
    if unpriced > 0 {
        let lines = if unpriced == 1 { "1 line has" } else { "some lines have" };
        let text = format!(
            "! {lines} no price in the scenario as it is: its total is too low, and so are savings"
        );
        page.line(left(text).look(Look::Yellow), false);
    }
}

fn what_if(page: &mut Page, all: &[(&'static str, WhatIf)]) {
    if all.is_empty() {
        return;
    }
    page.heading("What if: pays only if a fact holds that the scenario does not state");
    for (code, w) in all {
        card::title(page, "?", &w.title, code, Look::Plain);
        let mut facts = vec![("break-even", w.break_even.clone())];
        facts.extend(w.evidence.iter().map(|e| ("because", e.clone())));
        facts.push(("state it", w.state.clone()));
        card::facts(page, facts);
    }
}

fn refused(page: &mut Page, all: &[(&'static str, Refused)]) {
    if all.is_empty() {
        return;
    }
    page.heading("Not possible");
    for (code, r) in all {
        card::title(page, "×", &format!("{}: {}", r.what, r.why), code, Look::Dim);
    }
}

/// What to do next.
fn apply(page: &mut Page, words: &Words, found: &Recommendations, applied: &Applied) {
    let text = match (&found.plan, &applied.file) {
        (Some(plan), Some(file)) => format!(
            "Written to {file}. `{}` confirms {}.",
            applied.confirm,
            words.total(plan.effect.after.total)
        ),
        (Some(plan), None) => format!(
            "Add `--apply cheaper.yaml` to write this scenario; `{}` then confirms {}.",
            applied.confirm,
            words.total(plan.effect.after.total)
        ),
        (None, Some(file)) => format!("There is no plan: {file} was not written."),
        (None, None) => return,
    };
    page.line(left(text), false);
}

/// How much was searched, and what was not.
fn searched(page: &mut Page, found: &Recommendations) {
    let scenarios = match found.estimated {
        1 => "1 scenario".to_owned(),
        n => format!("{} scenarios", count(n)),
    };
    let mut text = format!("{scenarios} estimated for {}", found.goal.name());
    if !found.asked.is_empty() {
        text.push_str(&format!(" · rules asked: {}", found.asked.join(", ")));
    }
    page.line(left(text).look(Look::Dim), false);
    if found.before.outcome.requests > MOST_FOR_WHAT_IFS {
        let most = count(MOST_FOR_WHAT_IFS);
        let text = format!(
            "What would pay under other facts was not looked for: more than {most} requests are \
             replayed. `--projection scale` or a shorter `--window` replays fewer."
        );
        page.line(left(text).look(Look::Dim), false);
    }
    if found.out_of_time {
        let mut text = "! the time was up: there may be better".to_owned();
        if !found.not_asked.is_empty() {
            text.push_str(&format!("; not asked: {}", found.not_asked.join(", ")));
        }
        page.line(left(text).look(Look::Yellow), false);
    }
}
