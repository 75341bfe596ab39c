//! The plan: what pays together.

use super::super::number::{compact, count, dollars, money, per_thousand};
use super::super::page::{Look, Page, Text, left, natural, right};
use super::card::{facts, ranges, title};
use super::words::{self, Words};
use crate::recommend::{Outcome, Plan};
use crate::units::Money;
use rust_decimal::Decimal;

/// The plan: its steps, the figures before and after, its range and its edits.
pub(super) fn plan(page: &mut Page, words: &Words, plan: &Plan) {
    if let [step] = plan.steps.as_slice() {
        page.heading(format!("The plan: {}", step.proposal.title));
        figures(page, plan);
        return;
    }
    page.heading(format!("The plan: {} changes, replayed together", plan.steps.len()));
    for (i, step) in plan.steps.iter().enumerate() {
        let saving = words.saving(&step.effect);
        title(page, &(i + 1).to_string(), &step.proposal.title, step.code, Look::Plain);
        facts(page, vec![(if i == 0 { "alone" } else { "on top" }, saving)]);
    }
    page.text.push('\n');
    figures(page, plan);
    page.text.push('\n');
    let mut told = Vec::new();
    if let Some(range) = &plan.range {
        told.extend(ranges(range));
        told.extend(words::flips(range).map(|flips| ("break-even", flips)));
    }
    told.extend(plan.change.lines().into_iter().map(|line| ("edit", line)));
    facts(page, told);
}

fn figures(page: &mut Page, plan: &Plan) {
    let (before, after) = (&plan.effect.before, &plan.effect.after);
    let titles = ["", "now", "plan", "change"];
    let heading = |(i, t): (usize, &str)| if i == 0 { left(t) } else { right(t) }.look(Look::Dim);
    let mut rows: Vec<Vec<Text>> = vec![titles.into_iter().enumerate().map(heading).collect()];
    let mut row = |name: &str, now: String, then: String, change: String| {
        rows.push(vec![left(name).look(Look::Dim), right(now), right(then), right(change)]);
    };
    let percent = |now: Decimal, then: Decimal| {
        let change =
            (then - now).checked_mul(Decimal::ONE_HUNDRED).and_then(|c| c.checked_div(now));
        match change {
            Some(change) if change.is_zero() => "=".to_owned(),
            Some(c) if c.is_sign_positive() => format!("+{}%", compact(c, 1)),
            Some(c) => format!("{}%", compact(c, 1)),
            None => String::new(),
        }
    };
    let total = |o: &Outcome| o.total;
    row("total", money(total(before)), money(total(after)), percent(before.total.0, after.total.0));
    let each = |o: &Outcome| per_thousand(o.total, o.streams).unwrap_or(Money::ZERO);
    if before.streams > 0 && after.streams > 0 {
        let (now, then) = (each(before), each(after));
        row("per 1,000 streams", dollars(now, 4), dollars(then, 4), percent(now.0, then.0));
    }
    let times = before.time_to_first_token.into_iter().zip(after.time_to_first_token);
    for ((now, then), name) in times.zip(["first token P50", "first token P95", "first token P99"])
    {
        let nanos = |t: Option<crate::units::SimDuration>| Decimal::from(t.map_or(0, |t| t.0));
        row(name, words::time(now), words::time(then), percent(nanos(now), nanos(then)));
    }
    for (name, of) in [
        ("cold starts", (|o| o.cold_starts) as fn(&Outcome) -> u64),
        ("failed", |o| o.failed),
        ("truncated", |o| o.truncated),
    ] {
        let (now, then) = (of(before), of(after));
        let change = percent(Decimal::from(now), Decimal::from(then));
        let change = if now == then { "=".to_owned() } else { change };
        row(name, count(now), count(then), change);
    }
    let widths = natural(&rows);
    page.grid(&rows, &widths, true);
}
