//! A check for the terminal.

use super::words::{
    drift, limit, notes, relative, signed, status, streams, subject, total, value, verdict,
};
use crate::check::{Check, Status, Verdict};
use crate::report::number::money;
use crate::report::page::{Look, Page, columns, left, right};
use crate::report::table::period;

/// A check for a terminal `width` columns wide, styled if `color`.
#[must_use]
pub fn table(check: &Check, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    let title =
        format!("{} · {} · prices of {}", check.name, period(check.period), check.pricing_date);
    page.line(left(title).look(Look::Bold), false);
    page.line(left(format!("{} · {}", total(check), streams(check))), false);
    outcomes(&mut page, check);
    baseline(&mut page, check);
    if !check.unpriced.is_empty() {
        page.heading("Without a price");
        for (missing, _) in &check.unpriced {
            let whose = missing.workload.as_deref().unwrap_or("account");
            let text =
                format!("{whose} · {} ({}): {}", missing.name, missing.sku_id, missing.reason);
            page.line(left(text).look(Look::Yellow), true);
        }
    }
    page.text.push('\n');
    for note in notes(check) {
        page.line(left(note).look(Look::Dim), false);
    }
    let look = match check.verdict() {
        Verdict::Passed => Look::Green,
        _ => Look::Yellow,
    };
    page.line(left(verdict(check)).look(look), false);
    page.text
}

fn outcomes(page: &mut Page, check: &Check) {
    if check.outcomes.is_empty() {
        return;
    }
    let heading = ["", "Budget", "Bill", "Limit"];
    let mut rows = vec![
        heading
            .iter()
            .enumerate()
            .map(|(i, t)| if i < 2 { left(*t) } else { right(*t) }.look(Look::Dim))
            .collect::<Vec<_>>(),
    ];
    for outcome in &check.outcomes {
        let look = match outcome.status {
            Status::Kept => Look::Green,
            Status::Skipped(_) => Look::Dim,
            _ => Look::Yellow,
        };
        let mut text = subject(&outcome.policy.measure);
        if let Status::Unknown(why) | Status::Skipped(why) = &outcome.status {
            text += &format!(": {why}");
        }
        rows.push(vec![
            left(status(&outcome.status)).look(look),
            left(text),
            right(value(outcome).unwrap_or_default()),
            right(outcome.level().map(limit).unwrap_or_default()),
        ]);
    }
    page.text.push('\n');
    // The description takes what the other columns leave.
    let order = |row: &Vec<_>, at: [usize; 4]| at.map(|i: usize| row.get(i).cloned());
    let turned: Vec<Vec<_>> =
        rows.iter().map(|r| order(r, [1, 0, 2, 3]).into_iter().flatten().collect()).collect();
    let widths = columns(page.width, &turned);
    // Gaps come before every column but the first.
    let gap = usize::from(crate::report::page::GAP);
    let first = widths[1].saturating_sub(gap);
    page.grid(&rows, &[first, widths[0] + gap, widths[2], widths[3]], false);
}

fn baseline(page: &mut Page, check: &Check) {
    let Some(baseline) = &check.baseline else { return };
    page.heading(format!("Against {} (prices of {})", baseline.name, baseline.pricing_date));
    let change = check.total - baseline.total;
    let mut rows = vec![
        vec![left("before"), right(money(baseline.total)), right("")],
        vec![left("now"), right(money(check.total)), right("")],
        vec![left("change"), right(signed(change)), right(relative(change, baseline.total))],
    ];
    for (name, amount) in drift(check, baseline) {
        let share = relative(amount, baseline.total);
        rows.push(vec![left(format!("  from {name}")), right(signed(amount)), right(share)]);
    }
    let widths = columns(page.width, &rows);
    page.grid(&rows, &widths, true);
    let top = baseline.lines.changed.iter().filter(|l| !l.change().is_zero()).take(5);
    let rows: Vec<_> = top
        .map(|line| {
            let name = crate::report::diff::line_name(line);
            vec![left(name).look(Look::Dim), right(signed(line.change())).look(Look::Dim)]
        })
        .collect();
    if !rows.is_empty() {
        page.heading("Largest changes");
        let widths = columns(page.width, &rows);
        page.grid(&rows, &widths, true);
    }
}
