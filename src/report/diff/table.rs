//! A difference for the terminal.

use super::Compared;
use super::words::{because, cause_rows, line_name, notes, relative, signed};
use crate::report::number::{count, money};
use crate::report::page::{Look, Page, columns, left, right};
use crate::report::table::period;

/// A difference for a terminal `width` columns wide, styled if `color`.
#[must_use]
pub fn table(c: &Compared, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    let [a, b] = &c.names;
    page.line(left(format!("{a} → {b}")).look(Look::Bold), false);
    let dates = if c.before.pricing_date == c.after.pricing_date {
        c.after.pricing_date.to_string()
    } else {
        format!("{} → {}", c.before.pricing_date, c.after.pricing_date)
    };
    let text = format!("{} · prices of {dates}", period(c.after.period));
    page.line(left(text).look(Look::Dim), false);
    page.text.push('\n');
    let change = c.after.total - c.before.total;
    let heading = ["", "Before", "After", "Change", ""];
    let incomplete = |whole: bool| if whole { "" } else { "≥ " };
    let mut rows = vec![
        heading.map(|t| right(t).look(Look::Dim)).to_vec(),
        vec![
            left("Total").look(Look::Bold),
            right(format!("{}{}", incomplete(c.before.is_complete()), money(c.before.total))),
            right(format!("{}{}", incomplete(c.after.is_complete()), money(c.after.total))),
            right(signed(change)).look(Look::Bold),
            right(relative(change, c.before.total)),
        ],
    ];
    rows.push(vec![
        left("Streams"),
        right(count(c.before.streams)),
        right(count(c.after.streams)),
        right(""),
        right(""),
    ]);
    let widths = columns(page.width, &rows);
    page.grid(&rows, &widths, false);
    causes(&mut page, c);
    lines(&mut page, c);
    let notes = notes(c);
    if !notes.is_empty() {
        page.heading("Notes");
        for note in notes {
            page.line(left(note).look(Look::Dim), true);
        }
    }
    page.text
}

fn causes(page: &mut Page, c: &Compared) {
    let Some(causes) = &c.causes else { return };
    page.heading("Why");
    let rows: Vec<_> = cause_rows(causes)
        .into_iter()
        .map(|(name, amount)| {
            let share = relative(amount, c.before.total);
            vec![left(name), right(signed(amount)), right(share)]
        })
        .collect();
    if rows.is_empty() {
        page.line(left("nothing that costs is different"), true);
    }
    let widths = columns(page.width, &rows);
    page.grid(&rows, &widths, true);
}

fn lines(page: &mut Page, c: &Compared) {
    let cost = |side: Option<crate::diff::Amount>| {
        side.map_or_else(|| "–".to_owned(), |a| money(a.billed))
    };
    let rows: Vec<Vec<_>> = c
        .lines
        .changed
        .iter()
        .map(|line| {
            vec![
                left(line_name(line)),
                right(cost(line.before)),
                right(cost(line.after)),
                right(signed(line.change())),
            ]
        })
        .collect();
    if !rows.is_empty() {
        page.heading("Line by line");
        let widths = columns(page.width, &rows);
        for (row, line) in rows.into_iter().zip(&c.lines.changed) {
            page.grid(&[row], &widths, true);
            let text = because(line);
            if !text.is_empty() {
                let rest = page.width - 4;
                page.grid(&[vec![left(""), left(text).look(Look::Dim)]], &[4, rest], false);
            }
        }
    }
    let same = c.lines.same.len();
    if same > 0 {
        let word = if same == 1 { "1 line" } else { &format!("{} lines", count(same as u64)) };
        let text = format!("{word} as before: {}", money(c.lines.same_cost));
        page.text.push('\n');
        page.line(left(text).look(Look::Dim), true);
    }
}
