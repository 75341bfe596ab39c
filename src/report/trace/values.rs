//! The values of a trace's columns, and what replaces those it does not have.

use super::rows::{fitted, named};
use super::words::{Unit, number, title};
use crate::report::number::{count, share};
use crate::report::page::{Look, Page, Text, left, right};
use crate::workload::inspect::{Field, FieldValues, Inspection, RANKS};

/// One column for each field, as many beside each other as fit.
pub(super) fn values(page: &mut Page, found: &Inspection) {
    if found.fields.is_empty() {
        return;
    }
    page.heading("Values");
    let names = names();
    let columns: Vec<Vec<Text>> = found.fields.iter().map(|f| column(f, found.rows)).collect();
    let mut rest = columns.as_slice();
    let mut first = true;
    while !rest.is_empty() {
        let (block, others) = rest.split_at(fit(page.width, &names, rest));
        let rows: Vec<Vec<Text>> = names
            .iter()
            .enumerate()
            .map(|(i, name)| {
                let cells = block.iter().filter_map(|column| column.get(i).cloned());
                std::iter::once(name.clone()).chain(cells).collect()
            })
            .collect();
        if !std::mem::take(&mut first) {
            page.text.push('\n');
        }
        let widths = fitted(page, &rows);
        page.grid(&rows, &widths, true);
        rest = others;
    }
    if let Some(speed) = found.tokens_per_second {
        let text = format!("all answers together: {} tokens per second", number(speed));
        page.line(left(text).look(Look::Dim), true);
    }
    if found.fields.iter().any(|f| !f.quantiles.exact) {
        let text = "ranks p25 to p99 of more than a million values are within 0.1%";
        page.line(left(text).look(Look::Dim), true);
    }
}

/// How many of the columns stand beside the names; at least one.
fn fit(width: usize, names: &[Text], columns: &[Vec<Text>]) -> usize {
    let wide = |cells: &[Text]| {
        let widest = cells.iter().map(|t| t.text.chars().count()).max();
        widest.unwrap_or(0) + usize::from(crate::report::page::GAP)
    };
    let mut used = wide(names);
    let fitting = columns.iter().take_while(|column| {
        used += wide(column);
        used <= width
    });
    fitting.count().max(1)
}

fn names() -> Vec<Text> {
    let ranks = RANKS.map(|p| format!("p{p}"));
    let names = ["", "present", "zero", "min"].map(String::from).into_iter().chain(ranks);
    let names = names.chain(["max", "mean", "sum"].map(String::from));
    names.map(|name| left(name).look(Look::Dim)).collect()
}

/// The cells under each other, in the order of [`names`].
fn column(values: &FieldValues, rows: u64) -> Vec<Text> {
    let (q, unit) = (&values.quantiles, Unit::of(values.field));
    let present =
        if q.count == rows { "all".to_owned() } else { share(q.count, rows).unwrap_or_default() };
    let mut texts = vec![present, count(q.zeros), unit.show(q.min)];
    texts.extend(q.at.map(|value| unit.show(value)));
    texts.extend([unit.show(q.max), unit.mean(q.mean()), unit.sum(q.sum)]);
    let cells = texts.into_iter().map(right);
    std::iter::once(right(title(values.field)).look(Look::Dim)).chain(cells).collect()
}

/// What an estimate does about columns without values.
pub(super) fn missing(page: &mut Page, found: &Inspection) {
    if found.missing.is_empty() {
        return;
    }
    page.heading("Not in the trace; an estimate takes, unless `requests:` says otherwise");
    let titles: Vec<String> =
        found.missing.iter().map(|m| title(Field::Column(m.column))).collect();
    let rows = titles.iter().zip(&found.missing);
    named(page, rows.map(|(t, m)| (t.as_str(), m.instead.clone())).collect(), 22);
}
