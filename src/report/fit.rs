//! How near a fit comes to its trace, and what that means for the bill.

use super::number::{count, latency, money};
use super::page::{Look, Page, Text, columns, left, right};
use crate::estimate::Figures;
use crate::units::Money;
use crate::workload::Unit;
use crate::workload::fit::{Agreement, Fit, off};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Distances up to which a fit is called close, and fair.
const CLOSE: f64 = 0.05;
const FAIR: f64 = 0.15;

/// A fit, and the estimates of the trace and of what was fitted.
pub struct Sides {
    /// The trace.
    pub file: String,
    /// Where both run.
    pub platform: String,
    /// What was fitted.
    pub fit: Fit,
    /// The estimate of the trace itself.
    pub trace: Figures,
    /// The estimate of what was fitted.
    pub fitted: Figures,
}

/// The fit in words and numbers, `width` columns wide, styled if `color`.
#[must_use]
pub fn fit_report(sides: &Sides, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    let fit = &sides.fit;
    let title = format!("{} · fitted to {} requests", sides.file, count(fit.rows));
    page.line(left(title).look(Look::Bold), false);
    page.text.push('\n');
    let mut rows = vec![head(["", "mean", "p50", "p95", "p99", "distance", ""])];
    if let (Some(counts), Some(window)) = (&fit.counts, fit.window) {
        rows.extend(three(&format!("arrivals in {window}"), counts, |v| format!("{v:.1}")));
    }
    for value in &fit.values {
        rows.extend(three(value.key, &value.agreement, |v| figure(value.unit, v)));
    }
    if let Some(duration) = &fit.duration {
        rows.extend(three("duration (follows)", duration, |v| Unit::Seconds.show(v)));
    }
    let widths = columns(page.width, &rows);
    page.grid(&rows, &widths, true);
    page.text.push('\n');
    let legend = "distance: the largest difference between the two shares of values up to some value; \
                  close up to 0.05, fair up to 0.15";
    page.line(left(legend).look(Look::Dim), true);
    bills(&mut page, sides);
    if !fit.notes.is_empty() {
        page.heading("Not in the fit");
        for note in &fit.notes {
            page.line(left(note.as_str()), true);
        }
    }
    page.text.push('\n');
    page.text
}

/// A value whose name says the unit.
fn figure(unit: Unit, value: f64) -> String {
    let shown = unit.show(value);
    shown.trim_end_matches(" tok/s").to_owned()
}

fn head<const N: usize>(names: [&str; N]) -> Vec<Text> {
    let cell = |(i, name): (usize, &str)| if i == 0 { left(name) } else { right(name) };
    names.into_iter().enumerate().map(cell).map(|t| t.look(Look::Dim)).collect()
}

/// The trace, the fit below it, and how far it is off.
fn three(name: &str, a: &Agreement, show: impl Fn(f64) -> String) -> [Vec<Text>; 3] {
    let figures = |f: &crate::workload::fit::Figures| [f.mean, f.p50, f.p95, f.p99];
    let (measured, fitted) = (figures(&a.measured), figures(&a.fitted));
    let row = |name: &str, cells: [String; 4], distance: &str, word: &str| {
        let cells = cells.into_iter().map(right);
        std::iter::once(left(name))
            .chain(cells)
            .chain([right(distance), right(word)])
            .collect::<Vec<Text>>()
    };
    let (word, look) = match a.distance {
        d if d <= CLOSE => ("close", Look::Green),
        d if d <= FAIR => ("fair", Look::Plain),
        _ => ("poor", Look::Yellow),
    };
    let mut errors = [0, 1, 2, 3].map(|i| {
        let pair = measured.get(i).zip(fitted.get(i));
        pair.and_then(|(m, f)| off(*m, *f)).unwrap_or_default()
    });
    errors.iter_mut().filter(|e| e.is_empty()).for_each(|e| "–".clone_into(e));
    let mut last = row("  off by", errors, &format!("{:.3}", a.distance), word);
    if let Some(cell) = last.last_mut() {
        *cell = cell.clone().look(look);
    }
    [row(name, measured.map(&show), "", ""), row("  fitted", fitted.map(&show), "", ""), last]
}

fn bills(page: &mut Page, sides: &Sides) {
    let (a, b) = (&sides.trace, &sides.fitted);
    page.heading(format!("A month on {}", sides.platform));
    let dollars = |name: &str, of: fn(&Figures) -> Money| {
        let percent = off(float(of(a).0), float(of(b).0));
        line(name, money(of(a)), money(of(b)), percent)
    };
    #[expect(clippy::cast_precision_loss, reason = "a difference in percent")]
    let counted = |name: &str, of: fn(&Figures) -> u64| {
        line(name, count(of(a)), count(of(b)), off(of(a) as f64, of(b) as f64))
    };
    let first = |f: &Figures| f.percentiles.map_or("–".into(), |p| latency(p.p95));
    let seconds = |f: &Figures| f.percentiles.map(|p| p.p95.as_secs_f64());
    let ttft = seconds(a).zip(seconds(b)).and_then(|(a, b)| off(a, b));
    let rows = [
        head(["", "trace", "fitted", "off by"]),
        dollars("bill", |f| f.total),
        dollars("  platform", |f| f.platform),
        dollars("  model tokens", |f| f.models),
        counted("requests", |f| f.streams),
        counted("cold starts in the replay", |f| f.cold_starts),
        counted("most instances at once", |f| f.peak_instances),
        line("time to first token, p95", first(a), first(b), ttft),
    ];
    let widths = super::page::natural(&rows);
    page.grid(&rows, &widths, true);
}

fn line(name: &str, trace: String, fitted: String, off: Option<String>) -> Vec<Text> {
    vec![left(name), right(trace), right(fitted), right(off.unwrap_or_else(|| "–".into()))]
}

fn float(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(f64::NAN)
}
