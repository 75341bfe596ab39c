//! One recommendation as a card.

use super::super::page::{Look, Page, left, right};
use super::words::{self, Words};
use crate::recommend::{Artifact, Range, Ranked};

/// Columns of the number before a title, and of the name of a fact.
const NUMBER: usize = 4;
const NAME: usize = 13;

/// A line that says most, with the rule's code at its end.
pub(super) fn title(page: &mut Page, number: &str, text: &str, rule: &str, look: Look) {
    let last = rule.chars().count() + 2;
    let first = page.width.saturating_sub(last + NUMBER);
    let number = right(number).look(Look::Dim);
    let row = vec![number, left(text).look(look), right(rule).look(Look::Dim)];
    page.grid(&[row], &[NUMBER - 2, first + 2, last], false);
}

/// Facts with their names, one below the other.
pub(super) fn facts(page: &mut Page, facts: Vec<(&str, String)>) {
    let mut last = "";
    let rows: Vec<_> = facts
        .into_iter()
        .map(|(name, text)| {
            // A name that repeats is said once.
            let shown = if name == last { "" } else { name };
            last = name;
            vec![left(""), left(shown).look(Look::Dim), left(text)]
        })
        .collect();
    let width = page.width;
    page.grid(&rows, &[NUMBER - 2, NAME + 2, width - NUMBER - NAME], false);
}

/// A recommendation.
pub(super) fn card(page: &mut Page, words: &Words, number: usize, ranked: &Ranked) {
    page.text.push('\n');
    let rule = format!("{} {}", ranked.code, ranked.rule);
    let look = if ranked.effect.saving().0.is_sign_positive() { Look::Green } else { Look::Yellow };
    title(page, &number.to_string(), &words.saving(&ranked.effect), &rule, look);
    let width = page.width;
    let name = left(ranked.proposal.title.as_str()).look(Look::Bold);
    page.grid(&[vec![left(""), name]], &[NUMBER - 2, width - NUMBER + 2], false);
    facts(page, told(ranked));
    for artifact in &ranked.proposal.artifacts {
        drawing(page, artifact);
    }
}

/// A recommendation that is none, in short.
pub(super) fn noise(page: &mut Page, words: &Words, ranked: &Ranked) {
    let rule = format!("{} {}", ranked.code, ranked.rule);
    title(page, "~", &ranked.proposal.title, &rule, Look::Dim);
    let mut told = vec![("noise", words::noise(ranked)), ("effect", words.saving(&ranked.effect))];
    told.extend(ranked.range.iter().flat_map(ranges));
    facts(page, told);
}

/// How a saving moves: under other conditions, and with other days.
pub(super) fn ranges(range: &Range) -> [(&'static str, String); 2] {
    [("range", words::range(range)), ("by days", words::days(range))]
}

/// What is said of a recommendation: names and facts.
pub(in crate::report) fn told(ranked: &Ranked) -> Vec<(&'static str, String)> {
    let (effect, p) = (&ranked.effect, &ranked.proposal);
    let mut facts = Vec::new();
    match &ranked.range {
        Some(range) => facts.extend(ranges(range)),
        None => facts.push(("range", "not looked at".into())),
    }
    let flips = ranked.range.as_ref().and_then(words::flips);
    facts.extend(flips.map(|flips| ("break-even", flips)));
    facts.extend(words::each_thousand(effect).map(|each| ("per 1,000", each)));
    facts.extend(words::first_token(effect).map(|first| ("first token", first)));
    facts.push(("cold starts", words::part(effect, |o| o.cold_starts, |o| o.served)));
    for (name, of) in [
        ("failed", (|o| o.failed) as fn(&crate::recommend::Outcome) -> u64),
        ("truncated", |o| o.truncated),
    ] {
        if of(&effect.before) > 0 || of(&effect.after) > 0 {
            facts.push((name, words::part(effect, of, |o| o.requests)));
        }
    }
    facts.push(("effort", p.effort.name().to_owned()));
    facts.push(("certificate", words::certificate(&p.certificate, effect.after.total)));
    facts.extend(p.evidence.iter().map(|e| ("because", e.clone())));
    facts.extend(p.change.lines().into_iter().map(|line| ("edit", line)));
    facts
}

/// What can be drawn is; what is for a provider's tool is named.
fn drawing(page: &mut Page, artifact: &Artifact) {
    let Artifact { name, kind, content, .. } = artifact;
    if *kind != "text" {
        let lines = content.lines().count();
        let text = format!("{name}: {lines} lines of {kind}, in `--format json`");
        facts(page, vec![("export", text)]);
        return;
    }
    facts(page, vec![("drawing", name.clone())]);
    for line in content.lines() {
        page.text.push_str(&format!("    {}\n", crate::report::printable(line, false).trim_end()));
    }
}
