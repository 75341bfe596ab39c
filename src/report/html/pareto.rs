//! The bill against how it serves: platforms and recommendations in one chart.

use super::Section;
use super::scatter::{Point, Scatter};
use crate::estimate::{Comparison, Estimate, Standing};
use crate::recommend::{Outcome, Ranked, Recommendations};
use crate::report::comparison::words::named;
use crate::report::number::{compact, latency, money};
use maud::html;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// What the colours stand for.
const KINDS: [(usize, &str); 3] = [(1, "as it is"), (0, "platform"), (2, "recommendation")];

/// Something with an outcome.
struct Way {
    name: String,
    full: String,
    color: usize,
    outcome: Outcome,
}

/// Cost against the 95th percentile of time to first token; against cold starts where there is none.
pub(super) fn section(
    now: &Estimate,
    compared: Option<&Comparison>,
    found: Option<&Recommendations>,
) -> Option<Section> {
    let here = Outcome::of(now);
    let mut ways =
        vec![Way { name: "as it is".into(), full: "as it is".into(), color: 1, outcome: here }];
    let alternatives = compared.iter().flat_map(|c| c.alternatives());
    let sound = alternatives.filter(|a| a.standing() == Standing::Sound);
    let platforms = sound.filter_map(|a| Some((named(a), Outcome::of(a.result.as_ref().ok()?))));
    // The platform that the scenario is on is there already.
    let platforms = platforms.filter(|(_, outcome)| *outcome != here);
    ways.extend(platforms.map(|(name, outcome)| Way {
        full: name.clone(),
        name,
        color: 0,
        outcome,
    }));
    if let Some(found) = found {
        ways.extend(recommended(&found.ranked));
        ways.extend(found.plan.as_ref().map(|plan| Way {
            name: "the plan".into(),
            full: "the plan".into(),
            color: 2,
            outcome: plan.effect.after,
        }));
    }
    if ways.len() < 2 {
        return None;
    }
    let timed = ways.iter().all(|w| w.outcome.time_to_first_token[1].is_some());
    let points: Vec<Point> = ways.into_iter().map(|w| point(w, timed)).collect();
    let (title, along) = if timed {
        ("Cost against time to first token", "time to first token, P95, s")
    } else {
        ("Cost against cold starts", "cold starts, % of served requests")
    };
    let body = html! {
        p.soft { "The line joins what nothing else beats in both; what breaks limits or has no price is left out." }
        (Scatter { title, of: "what", along, up: "bill, $", kinds: &KINDS }.draw(&points))
    };
    Some(Section { id: "pareto", title: "Cost against service", body })
}

/// What pays alone, by the name of its rule, numbered where a rule has several.
fn recommended(ranked: &[Ranked]) -> Vec<Way> {
    let good = || ranked.iter().filter(|r| !r.noise);
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    good()
        .map(|r| {
            let number = seen.entry(r.rule).and_modify(|n| *n += 1).or_insert(1);
            let several = good().filter(|o| o.rule == r.rule).count() > 1;
            let name = if several { format!("{} {number}", r.rule) } else { r.rule.to_owned() };
            let full = format!("{name}: {}", r.proposal.title);
            Way { name, full, color: 2, outcome: r.effect.after }
        })
        .collect()
}

fn point(way: Way, timed: bool) -> Point {
    let Way { name, full, color, outcome } = way;
    let cold = outcome.cold_start_share() * Decimal::ONE_HUNDRED;
    let wait = outcome.time_to_first_token[1].filter(|_| timed);
    let near = |d: Decimal| d.to_f64().unwrap_or_default();
    Point {
        name,
        full,
        color,
        along: wait.map_or_else(|| near(cold), |wait| wait.as_secs_f64()),
        up: near(outcome.total.0),
        shown: [wait.map_or_else(|| compact(cold, 2), latency), money(outcome.total)],
        least: None,
    }
}
