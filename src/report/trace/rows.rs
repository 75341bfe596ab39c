//! Rows that fit a page.

use crate::report::page::{GAP, Look, Page, Text, columns, left};

/// Rows of a name and a sentence.
pub(super) fn named(page: &mut Page, rows: Vec<(&str, String)>, names: usize) {
    let rows: Vec<Vec<Text>> =
        rows.into_iter().map(|(name, text)| vec![left(name).look(Look::Dim), left(text)]).collect();
    let rest = page.width.saturating_sub(names);
    page.grid(&rows, &[names, rest], true);
}

/// Widths that just hold every cell, or those that fit the page if these do not.
pub(super) fn fitted(page: &Page, rows: &[Vec<Text>]) -> Vec<usize> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |i: usize| {
        let cells = rows.iter().filter_map(|row| row.get(i));
        cells.map(|t| t.text.chars().count()).max().unwrap_or(0) + usize::from(GAP)
    };
    let widths: Vec<usize> = (0..count).map(widest).collect();
    if widths.iter().sum::<usize>() <= page.width { widths } else { columns(page.width, rows) }
}
