//! What is known of platforms before the whole period is replayed.

use super::super::page::{Look, Page, left, natural};
use super::table::{rows, titles};
use crate::estimate::{Comparison, Projection};

/// A first look at platforms for a terminal `width` columns wide, styled if `color`: which part of the
/// period it rests on, and what each would cost.
#[must_use]
pub fn first_look(comparison: &Comparison, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    page.line(left(rests_on(comparison)).look(Look::Yellow), false);
    let mut grid = vec![titles(&["", "Total", "/1,000"], 1)];
    grid.extend(rows(comparison).iter().map(|row| [vec![row.name()], row.cost().into()].concat()));
    let widths = natural(&grid);
    page.grid(&grid, &widths, false);
    page.text
}

/// `First look: 1h of 730h, scaled; the rest is being replayed`.
fn rests_on(comparison: &Comparison) -> String {
    let mut windows: Vec<String> = Vec::new();
    for w in comparison.any().iter().flat_map(|e| &e.workloads) {
        if let Projection::Scaled(window) = w.projection {
            let window = window.readable().to_string();
            if !windows.contains(&window) {
                windows.push(window);
            }
        }
    }
    let period = comparison.any().map(|e| e.period.to_string()).unwrap_or_default();
    format!("First look: {} of {period}, scaled; all of it is being replayed", windows.join(" or "))
}
