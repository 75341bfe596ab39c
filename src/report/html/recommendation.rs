//! Recommendations as cards.

use super::{Section, figure, page, scroll, sources, text, tile};
use crate::recommend::{Artifact, Outcome, Plan, Ranked, Recommendations};
use crate::report::number::{count, dollars, money, per_thousand};
use crate::report::recommendation::words::{self, Words};
use crate::report::recommendation::{Applied, told};
use crate::units::Money;
use maud::{Markup, html};

/// Recommendations as a web page.
#[must_use]
pub fn recommendations(found: &Recommendations, applied: &Applied) -> String {
    let e = &found.before.estimate;
    let estimates = [Some(e), found.plan.as_ref().map(|p| &p.trial.estimate)];
    let mut all = sections(found, applied);
    all.push(Some(sources::section(estimates.into_iter().flatten())));
    page(&e.name, &super::estimate::subtitle(e), all)
}

/// The plan, then what pays by itself, what does not, and what cannot be done.
pub(super) fn sections(found: &Recommendations, applied: &Applied) -> Vec<Option<Section>> {
    let words = Words::of(found);
    let (noise, good): (Vec<_>, Vec<_>) = found.ranked.iter().partition(|r| r.noise);
    let some = |is: bool, id, title, body: &dyn Fn() -> Markup| {
        is.then(|| Section { id, title, body: body() })
    };
    vec![
        Some(Section { id: "plan", title: "The plan", body: plan(found, &words, applied) }),
        some(!good.is_empty(), "each", "Each by itself", &|| {
            html! { @for r in &good { (card(r, &words)) } }
        }),
        some(!noise.is_empty(), "noise", "Within noise", &|| {
            html! { @for r in &noise { (card(r, &words)) } }
        }),
        some(!found.what_if.is_empty(), "what-if", "What if", &|| what_if(found)),
        some(!found.refused.is_empty(), "refused", "Not possible", &|| {
            html! {
                ul { @for (code, r) in &found.refused {
                    li { strong { (text(&r.what)) } ": " (text(&r.why)) " " span.soft { (code) } }
                } }
            }
        }),
    ]
}

fn plan(found: &Recommendations, words: &Words, applied: &Applied) -> Markup {
    let Some(plan) = &found.plan else { return html! { p { (words.nothing(found)) } } };
    html! {
        p { strong { (words.headline(&plan.effect)) } }
        @for broken in &found.broken {
            p.note { "The scenario as it is breaks an objective: " (text(broken)) }
        }
        (figures(plan))
        ol {
            @for step in &plan.steps {
                li { (text(&step.proposal.title)) " " span.soft { (step.code) " · " (words.saving(&step.effect)) } }
            }
        }
        @if let Some(range) = &plan.range {
            p { "Range of the saving: " (words::range(range)) "." }
            p { "By days: " (words::days(range)) "." }
            @if let Some(flips) = words::flips(range) { p { "Break-even: " (flips) "." } }
        }
        details {
            summary { "Edits of the scenario" }
            pre { (text_of_lines(&plan.change.lines().join("\n"))) }
        }
        @if applied.file.is_none() {
            details {
                summary { "The changed scenario" }
                pre { (text_of_lines(plan.trial.source.text())) }
            }
        }
        p.soft { "Confirm with " code { (text(&applied.confirm)) } "." }
    }
}

fn figures(plan: &Plan) -> Markup {
    let (before, after) = (&plan.effect.before, &plan.effect.after);
    let each = |o: &Outcome| per_thousand(o.total, o.streams).unwrap_or(Money::ZERO);
    let cold = |o: &Outcome| count(o.cold_starts);
    let was = |now: String, then: &str| {
        if now == then { "as now".to_owned() } else { format!("now {now}") }
    };
    let both = |name: &str, now: String, then: String| tile(name, &then, &was(now, &then));
    html! {
        dl.tiles {
            (both("Total", money(before.total), money(after.total)))
            (both("Per 1,000 streams", dollars(each(before), 4), dollars(each(after), 4)))
            @for (i, rank) in ["P50", "P95", "P99"].into_iter().enumerate() {
                @let (now, then) = (before.time_to_first_token[i], after.time_to_first_token[i]);
                @if then.is_some() {
                    (both(&format!("TTFT {rank}"), words::time(now), words::time(then)))
                }
            }
            (both("Cold starts", cold(before), cold(after)))
            (both("Failed", count(before.failed), count(after.failed)))
        }
    }
}

fn card(r: &Ranked, words: &Words) -> Markup {
    let good = !r.noise && r.effect.saving() > Money::ZERO;
    html! {
        article.card {
            h3 { (text(&r.proposal.title)) " " span.soft { (r.code) " " (r.rule) } }
            p class=(if good { "good" } else { "warn" }) { strong { (words.saving(&r.effect)) } }
            table {
                tbody {
                    @for (name, fact) in told(r) {
                        tr { th scope="row" { (name) } td { (text(&fact)) } }
                    }
                }
            }
            @for artifact in &r.proposal.artifacts { (drawing(artifact)) }
        }
    }
}

fn drawing(artifact: &Artifact) -> Markup {
    if let Some(figure) = &artifact.figure {
        return figure::draw(&artifact.name, figure);
    }
    let content = scroll(&artifact.name, &html! { pre { (text_of_lines(&artifact.content)) } });
    html! {
        @if artifact.kind == "text" {
            figure { figcaption { (text(&artifact.name)) } (content) }
        } @else {
            details { summary { (text(&artifact.name)) " (" (artifact.kind) ")" } (content) }
        }
    }
}

/// Text of several lines.
fn text_of_lines(lines: &str) -> String {
    crate::report::printable(lines, true)
}

fn what_if(found: &Recommendations) -> Markup {
    html! {
        p.soft { "These pay only if a fact holds that the scenario does not state." }
        @for (code, w) in &found.what_if {
            article.card {
                h3 { (text(&w.title)) " " span.soft { (code) } }
                p { (text(&w.break_even)) }
                @if !w.evidence.is_empty() {
                    ul { @for e in &w.evidence { li { (text(e)) } } }
                }
                p.soft { "State it: " code { (text(&w.state)) } }
            }
        }
    }
}
