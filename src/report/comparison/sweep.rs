//! Many values of one thing: the cheapest of each, a chart, and where the cheapest changes.

use super::super::number::{compact, count, dollars, money, per_thousand};
use super::super::page::{Look, Page, Text, left, natural, right};
use super::super::pretty;
use super::super::table::period;
use super::json::{Entry, amount, entry};
use crate::estimate::{BreakEven, Figures, Point, Standing};
use crate::units::Money;
use rust_decimal::prelude::ToPrimitive;
use schemars::JsonSchema;
use serde::Serialize;

/// What a sweep found.
#[derive(Debug)]
pub struct Swept {
    /// What is varied.
    pub name: String,
    /// Value by value, in order.
    pub points: Vec<Point>,
    /// Where the cheapest platform changes.
    pub break_evens: Vec<BreakEven>,
}

impl Swept {
    /// Platforms with any estimate, in alphabetical order.
    pub(in crate::report) fn platforms(&self) -> Vec<&str> {
        let all = self.points.iter().flat_map(|p| p.comparison.alternatives());
        let with = all.filter(|a| a.result.is_ok()).map(|a| a.platform.as_str());
        let mut names: Vec<&str> = with.collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

/// A sweep for a terminal `width` columns wide, styled if `color`.
#[must_use]
pub fn sweep_table(swept: &Swept, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    if let Some(e) = swept.points.iter().find_map(|p| p.comparison.any()) {
        let title = format!("{} · {} · prices of {}", e.name, period(e.period), e.pricing_date);
        page.line(left(title).look(Look::Bold), false);
        page.text.push('\n');
    }
    let titles = [swept.name.as_str(), "Streams", "Cheapest", "Total", "/1,000", "Next", "Total"];
    let title = |(i, t): (usize, &&str)| {
        if [2, 5].contains(&i) { left(*t) } else { right(*t) }.look(Look::Dim)
    };
    let mut grid: Vec<Vec<Text>> = vec![titles.iter().enumerate().map(title).collect()];
    grid.extend(swept.points.iter().map(row));
    if natural(&grid).iter().sum::<usize>() > page.width {
        grid.iter_mut().for_each(|row| drop(row.remove(4)));
    }
    let widths = natural(&grid);
    page.grid(&grid, &widths, false);
    chart(&mut page, swept);
    if swept.name == "traffic" {
        page.heading("Break-even");
        if swept.break_evens.is_empty() {
            page.line(left("the same platform is the cheapest at every factor"), true);
        }
        for b in &swept.break_evens {
            page.line(left(sentence(b)), true);
        }
    }
    page.text
}

fn row(point: &Point) -> Vec<Text> {
    let sound = point.comparison.alternatives().iter();
    let mut sound = sound.filter(|a| a.standing() == Standing::Sound).filter_map(|a| {
        let estimate = a.result.as_ref().ok()?;
        Some((a.platform.clone(), Figures::of(estimate)))
    });
    let any = point.comparison.any().map(Figures::of);
    let streams = any.map(|f| count(f.streams)).unwrap_or_default();
    let mut cells = vec![right(point.value.clone()), right(streams)];
    match sound.next() {
        Some((name, f)) => {
            let each = per_thousand(f.total, f.streams).map(|each| dollars(each, 4));
            cells.extend([left(name).look(Look::Green), right(money(f.total))]);
            cells.push(right(each.unwrap_or_default()));
        }
        None => cells.extend([left("none").look(Look::Yellow), right(""), right("")]),
    }
    match sound.next() {
        Some((name, f)) => cells.extend([left(name), right(money(f.total))]),
        None => cells.extend([left(""), right("")]),
    }
    cells
}

/// In words.
pub(in crate::report) fn sentence(b: &BreakEven) -> String {
    let rate = b.streams_per_second.round_sf(3).unwrap_or(b.streams_per_second).normalize();
    let (name, before) = (&b.above.platform, &b.below.platform);
    let factor = compact(b.factor, 4);
    let total = money(b.above.total);
    match b.below_at_factor {
        Some(other) => format!(
            "above {rate} streams/s ({factor}x) {name} is cheaper than {before}: {total} against {}",
            money(other)
        ),
        None => format!(
            "above {rate} streams/s ({factor}x) {name} is the cheapest: {before} breaks its limits"
        ),
    }
}

/// Lines of the chart.
const LINES: usize = 12;
/// Columns between two values.
const STEP: usize = 6;

/// Cost per 1,000 streams on a logarithmic scale: a letter for each platform, `*` where several meet.
fn chart(page: &mut Page, swept: &Swept) {
    let platforms = swept.platforms();
    let costs: Vec<Vec<Option<f64>>> = swept
        .points
        .iter()
        .map(|point| platforms.iter().map(|p| cost(point, p)).collect())
        .collect();
    let all = || costs.iter().flatten().flatten().copied();
    let (low, high) = (all().fold(f64::MAX, f64::min), all().fold(0.0, f64::max));
    if swept.points.len() < 2 || platforms.len() > 26 || low >= high || low <= 0.0 {
        return;
    }
    let labels = 11;
    let fits = (page.width.saturating_sub(labels + 2)) / STEP;
    let shown = costs.len().min(fits.max(2));
    let mut canvas = vec![vec![' '; shown * STEP]; LINES];
    for (x, point) in costs.iter().take(shown).enumerate() {
        for (letter, cost) in ('A'..='Z').zip(point) {
            let Some(cost) = cost else { continue };
            let share = libm::log(high / cost) / libm::log(high / low);
            #[expect(clippy::cast_precision_loss, reason = "a dozen")]
            let line = (share * (LINES - 1) as f64).round().to_usize().unwrap_or(0);
            let cell = &mut canvas[line.min(LINES - 1)][x * STEP + STEP / 2];
            *cell = if *cell == ' ' { letter } else { '*' };
        }
    }
    page.heading("Cost of 1,000 streams, logarithmic");
    let shown_cost = |cost: f64| {
        let money = rust_decimal::Decimal::try_from(cost).map(Money).unwrap_or(Money::ZERO);
        dollars(money, 4)
    };
    for (i, line) in canvas.iter().enumerate() {
        let label = match i {
            0 => shown_cost(high),
            _ if i == LINES - 1 => shown_cost(low),
            _ => String::new(),
        };
        let line: String = line.iter().collect();
        page.text.push_str(format!("{label:>labels$} │{line}").trim_end());
        page.text.push('\n');
    }
    let axis = "─".repeat(shown * STEP);
    page.text.push_str(&format!("{:labels$} └{axis}\n", ""));
    let cut = |text: &str| text.chars().take(STEP).collect::<String>();
    let values = swept.points.iter().take(shown).map(|p| format!("{:^STEP$}", cut(&p.value)));
    let values: String = values.collect();
    page.text.push_str(format!("{:labels$}  {values}", "").trim_end());
    page.text.push('\n');
    let legend: Vec<String> =
        ('A'..='Z').zip(&platforms).map(|(letter, name)| format!("{letter} {name}")).collect();
    page.line(left(format!("{}, * several", legend.join(", "))).look(Look::Dim), true);
}

/// Cost of 1,000 streams, where everything is priced and no limit is broken.
fn cost(point: &Point, platform: &str) -> Option<f64> {
    let f = point.figures(platform).filter(|f| f.broken == 0 && f.unpriced == 0)?;
    per_thousand(f.total, f.streams)?.0.to_f64().filter(|cost| *cost > 0.0)
}

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>("ssc/sweep/1")
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    name: Option<&'a str>,
    pricing_date: Option<String>,
    currency: &'static str,
    sweep: &'a str,
    points: Vec<Value<'a>>,
    break_evens: Vec<Change<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Value<'a> {
    value: &'a str,
    alternatives: Vec<Entry<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Change<'a> {
    factor: String,
    streams_per_second: String,
    below: &'a str,
    above: &'a str,
    below_total_just_below: String,
    below_total: Option<String>,
    above_total: String,
}

/// A sweep as JSON, schema `ssc/sweep/1`.
#[must_use]
pub fn sweep_json(swept: &Swept) -> String {
    let any = swept.points.iter().find_map(|p| p.comparison.any());
    pretty(&Document {
        schema: "ssc/sweep/1",
        name: any.map(|e| e.name.as_str()),
        pricing_date: any.map(|e| e.pricing_date.to_string()),
        currency: "USD",
        sweep: &swept.name,
        points: swept.points.iter().map(value).collect(),
        break_evens: swept.break_evens.iter().map(change).collect(),
    })
}

fn change(b: &BreakEven) -> Change<'_> {
    Change {
        factor: b.factor.normalize().to_string(),
        streams_per_second: b.streams_per_second.normalize().to_string(),
        below: &b.below.platform,
        above: &b.above.platform,
        below_total_just_below: amount(b.below.total),
        below_total: b.below_at_factor.map(amount),
        above_total: amount(b.above.total),
    }
}

fn value(point: &Point) -> Value<'_> {
    let cheapest: Vec<_> = point.comparison.cheapest().map(std::ptr::from_ref).collect();
    let all = point.comparison.alternatives().iter();
    let alternatives = all.map(|a| entry(a, cheapest.contains(&std::ptr::from_ref(a))));
    Value { value: &point.value, alternatives: alternatives.collect() }
}
