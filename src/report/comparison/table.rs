//! Platforms side by side, for people.

use super::super::number::{count, dollars, latency, money, money_share, per_thousand, share};
use super::super::page::{Look, Page, Text, left, natural, right};
use super::super::table::period;
use super::words::{named, reasons, regions, rests_on};
use crate::estimate::{Alternative, Comparison, Estimate, Figures, Range, Standing};
use crate::pricing::Component;
use crate::units::Money;

/// An alternative with an estimate.
pub(super) struct Row<'a> {
    alternative: &'a Alternative,
    estimate: &'a Estimate,
    figures: Figures,
    cheapest: bool,
}

impl Row<'_> {
    fn look(&self) -> Look {
        match self.alternative.standing() {
            Standing::Sound if self.cheapest => Look::Green,
            Standing::Sound => Look::Plain,
            _ => Look::Yellow,
        }
    }

    pub(super) fn name(&self) -> Text {
        let mark = if self.cheapest { " ✓" } else { "" };
        left(format!("{}{mark}", named(self.alternative))).look(self.look())
    }

    /// What it costs: in all, and for 1,000 streams.
    pub(super) fn cost(&self) -> [Text; 2] {
        let f = &self.figures;
        let incomplete = if f.unpriced > 0 { "≥ " } else { "" };
        let each = per_thousand(f.total, f.streams).map(|each| dollars(each, 4));
        let total = right(format!("{incomplete}{}", money(f.total))).look(self.look());
        [total, right(each.unwrap_or_default())]
    }

    /// The bill, and how it serves.
    fn service(&self) -> Vec<Text> {
        let f = &self.figures;
        let [total, each] = self.cost();
        let waits = f.percentiles.map(|p| [p.p50, p.p95, p.p99].map(latency));
        let [p50, p95, p99] = waits.unwrap_or_default().map(right);
        let cold = share(f.cold_starts, f.served).unwrap_or_default();
        vec![
            self.name(),
            left(regions(self.estimate)).look(Look::Dim),
            total,
            each,
            p50,
            p95,
            p99,
            right(cold),
            right(count(f.peak_instances)),
        ]
    }

    /// What the bill is made of.
    fn parts(&self, kinds: &[(&str, &[Component])]) -> Vec<Text> {
        let f = &self.figures;
        let part = |component: &Component| {
            Component::ALL.iter().position(|p| p == component).map_or(Money::ZERO, |i| f.parts[i])
        };
        let amount = |part: Money| right(if part.is_zero() { "–".into() } else { money(part) });
        let free = money_share(f.free, f.list).filter(|_| !f.free.is_zero());
        let parts = kinds.iter().map(|(_, of)| amount(of.iter().map(part).sum()));
        std::iter::once(self.name())
            .chain(parts)
            .chain([right(free.unwrap_or_else(|| "–".into()))])
            .collect()
    }

    /// The bounds of the bill.
    fn range(&self) -> Option<Vec<Text>> {
        let range = Range::of(self.estimate).ok()?;
        let total = right(money(self.figures.total)).look(self.look());
        Some(vec![self.name(), right(money(range.p10)), total, right(money(range.p90))])
    }

    /// What a spike adds.
    fn spike(&self) -> Option<Vec<Text>> {
        let spiked = Figures::of(self.alternative.spiked.as_ref()?);
        let f = &self.figures;
        let waits = spiked.percentiles.map(|p| [p.p95, p.p99].map(latency));
        let [p95, p99] = waits.unwrap_or_default().map(right);
        let more = |now: u64, before: u64| right(count(i128::from(now) - i128::from(before)));
        Some(vec![
            self.name(),
            right(money(spiked.total - f.total)),
            right(money(spiked.total)),
            more(spiked.cold_starts, f.cold_starts),
            more(spiked.broken, f.broken),
            p95,
            p99,
            right(count(spiked.peak_instances)),
        ])
    }
}

const SERVICE: [&str; 9] =
    ["", "Region", "Total", "/1,000", "TTFT P50", "P95", "P99", "Cold", "Peak"];

/// A comparison for a terminal `width` columns wide, styled if `color`.
#[must_use]
pub fn table(comparison: &Comparison, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    if let Some(e) = comparison.any() {
        let title = format!("{} · {} · prices of {}", e.name, period(e.period), e.pricing_date);
        page.line(left(title).look(Look::Bold), false);
        page.text.push('\n');
    }
    let rows = rows(comparison);
    service(&mut page, &rows);
    parts(&mut page, &rows);
    ranges(&mut page, &rows);
    spikes(&mut page, &rows);
    notes(&mut page, comparison);
    page.text
}

/// What has an estimate, in order.
pub(super) fn rows(comparison: &Comparison) -> Vec<Row<'_>> {
    let cheapest: Vec<_> = comparison.cheapest().map(std::ptr::from_ref).collect();
    let rows = comparison.alternatives().iter().filter_map(|alternative| {
        let estimate = alternative.result.as_ref().ok()?;
        let figures = Figures::of(estimate);
        let cheapest = cheapest.contains(&std::ptr::from_ref(alternative));
        Some(Row { alternative, estimate, figures, cheapest })
    });
    rows.collect()
}

pub(super) fn titles(titles: &[&str], lefts: usize) -> Vec<Text> {
    let title = |(i, title): (usize, &&str)| {
        if i < lefts { left(*title) } else { right(*title) }.look(Look::Dim)
    };
    titles.iter().enumerate().map(title).collect()
}

/// Leaves columns out until the rest fits, the first ones named first.
fn fit(page: &Page, rows: &mut [Vec<Text>], less_wanted: &[&str]) {
    for title in less_wanted {
        if natural(rows).iter().sum::<usize>() <= page.width {
            return;
        }
        if let Some(at) = rows.first().and_then(|row| row.iter().position(|t| t.text == *title)) {
            for row in rows.iter_mut() {
                row.remove(at);
            }
        }
    }
}

/// Sound alternatives, then the others by what is wrong with them.
fn service(page: &mut Page, rows: &[Row<'_>]) {
    let mut grid: Vec<Vec<Text>> = vec![titles(&SERVICE, 2)];
    grid.extend(rows.iter().map(Row::service));
    fit(page, &mut grid, &["Region", "Peak", "TTFT P50", "P99", "/1,000"]);
    let widths = natural(&grid);
    let heading = grid.remove(0);
    let sections = [
        (Standing::Sound, ""),
        (Standing::LimitsBroken, "Breaks limits: requests were cut or rejected"),
        (Standing::Incomplete, "Not fully priced: at least"),
    ];
    page.grid(&[heading], &widths, false);
    for (standing, title) in sections {
        let of = |row: &&Row<'_>| row.alternative.standing() == standing;
        let start = rows.iter().take_while(|row| row.alternative.standing() < standing).count();
        let own = &grid[start..start + rows.iter().filter(of).count()];
        if !own.is_empty() && !title.is_empty() {
            page.heading(title);
        }
        page.grid(own, &widths, false);
    }
}

fn parts(page: &mut Page, rows: &[Row<'_>]) {
    if rows.is_empty() {
        return;
    }
    let mut grid = part_grid(rows, &KINDS);
    if natural(&grid).iter().sum::<usize>() > page.width {
        grid = part_grid(rows, &FEWER_KINDS);
    }
    page.heading("What it is made of");
    fit(page, &mut grid, &["Free"]);
    let widths = natural(&grid);
    page.grid(&grid, &widths, false);
}

type Kind = (&'static str, &'static [Component]);

/// What parts of a bill are called.
const KINDS: [Kind; 7] = [
    ("Compute", &[Component::Compute]),
    ("Requests", &[Component::Requests]),
    ("Idle", &[Component::Idle]),
    ("Storage", &[Component::Storage]),
    ("Egress", &[Component::Egress]),
    ("Tokens", &[Component::Tokens]),
    ("Fees", &[Component::Fees]),
];

/// The same where there is less room.
const FEWER_KINDS: [Kind; 6] = [
    KINDS[0],
    KINDS[1],
    KINDS[2],
    KINDS[4],
    KINDS[5],
    ("Other", &[Component::Storage, Component::Fees]),
];

/// The parts of every bill; what nobody pays needs no column.
fn part_grid(rows: &[Row<'_>], kinds: &[Kind]) -> Vec<Vec<Text>> {
    let names = kinds.iter().map(|(name, _)| *name);
    let names: Vec<&str> = std::iter::once("").chain(names).chain(["Free"]).collect();
    let mut grid = vec![titles(&names, 1)];
    grid.extend(rows.iter().map(|row| row.parts(kinds)));
    for column in (1..names.len()).rev() {
        if grid[1..].iter().all(|row| row[column].text == "–") {
            for row in &mut grid {
                row.remove(column);
            }
        }
    }
    grid
}

fn ranges(page: &mut Page, rows: &[Row<'_>]) {
    let ranges: Vec<_> = rows.iter().filter_map(Row::range).collect();
    let timed = rows.iter().find(|r| r.estimate.workloads.iter().any(|w| w.timeline.is_some()));
    let Some(first) = timed else { return };
    page.heading("Range of the bill, P10 to P90");
    if ranges.is_empty() {
        if let Err(none) = Range::of(first.estimate) {
            page.line(left(none.why()).look(Look::Yellow), true);
        }
        return;
    }
    let grid: Vec<_> =
        std::iter::once(titles(&["", "P10", "Total", "P90"], 1)).chain(ranges).collect();
    let widths = natural(&grid);
    page.grid(&grid, &widths, false);
    if let Ok(range) = Range::of(first.estimate) {
        page.line(left(rests_on(&range)).look(Look::Dim), true);
    }
}

fn spikes(page: &mut Page, rows: &[Row<'_>]) {
    let spikes: Vec<_> = rows.iter().filter_map(Row::spike).collect();
    let Some(spiked) = rows.iter().find_map(|r| r.alternative.spiked.as_ref()) else { return };
    let words = spiked.assumptions.iter().find(|a| a.subject == "spike");
    page.heading(format!("A spike: {}", words.map_or("", |a| a.value.as_str())));
    let names = ["", "Extra", "Total", "Cold +", "Failed +", "TTFT P95", "P99", "Peak"];
    let mut grid = vec![titles(&names, 1)];
    grid.extend(spikes);
    fit(page, &mut grid, &["Total", "TTFT P95", "Peak"]);
    let widths = natural(&grid);
    page.grid(&grid, &widths, false);
}

fn notes(page: &mut Page, comparison: &Comparison) {
    let notes = reasons(comparison);
    if !notes.is_empty() {
        page.heading("Not compared like for like");
        for (name, note) in notes {
            page.line(left(format!("{name}: {note}")).look(Look::Yellow), true);
        }
    }
}
