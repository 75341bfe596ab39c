//! Differences between two books or two days, grouped by what happened.

use super::Form;
use crate::pricing::diff::{Change, Difference, Part};
use crate::report::number::{compact, grouped};
use crate::report::page::{GAP, Look, Page, Text, left, right};
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::Serialize;

/// What is compared, as people call it.
#[derive(Clone, Debug)]
pub struct Between {
    /// The older side.
    pub old: String,
    /// The newer side.
    pub new: String,
}

/// The column of percentages.
const PERCENT: usize = 11;

/// All differences, in the order they are given.
#[must_use]
pub fn differences(between: &Between, all: &[Difference], form: Form) -> String {
    let Form::Table { width, color } = form else { return json(between, all) };
    let mut page = Page::new(width, color);
    let Between { old, new } = between;
    page.line(left(format!("{old} → {new}")).look(Look::Bold), false);
    if all.is_empty() {
        page.line(left("nothing is different"), false);
        return page.text;
    }
    let rows = all.iter().flat_map(|d| d.parts.iter().map(|part| row(d, part)));
    let widest = rows.flat_map(|r| [r[1].text.chars().count(), r[2].text.chars().count()]).max();
    // What is too long for a third of the page is wrapped.
    let number = (widest.unwrap_or(0) + usize::from(GAP)).min(page.width / 3);
    for (change, heading, look) in [
        (Change::Changed, "Changed", Look::Plain),
        (Change::Added, "Added", Look::Green),
        (Change::Removed, "Removed", Look::Yellow),
        (Change::Announced, "Newly announced", Look::Yellow),
        (Change::Unannounced, "No longer announced", Look::Dim),
    ] {
        let of: Vec<&Difference> = all.iter().filter(|d| d.change == change).collect();
        if !of.is_empty() {
            page.heading(format!("{heading} ({})", of.len()));
            of.iter().for_each(|d| one(&mut page, d, look, number));
        }
    }
    page.text
}

fn one(page: &mut Page, d: &Difference, look: Look, number: usize) {
    let mut words = vec![d.id.clone()];
    words.extend([&d.place, &d.unit].into_iter().filter(|w| !w.is_empty()).cloned());
    words.extend(d.multiplied.then(|| "× the region's factor".to_owned()));
    words.extend(d.from.map(|from| format!("from {from}")));
    page.line(left(words.join(" · ")).look(look), true);
    let rows: Vec<Vec<Text>> = d.parts.iter().map(|part| row(d, part)).collect();
    let first = page.width - 2 * number - PERCENT;
    page.grid(&rows, &[first, number, number, PERCENT], true);
}

fn row(d: &Difference, part: &Part) -> Vec<Text> {
    let quantity = d.unit.ends_with(" free");
    let number = |n: Decimal| {
        let text = grouped(&n.to_string());
        if quantity { text } else { format!("${text}") }
    };
    // Bounds of tiers and of long prompts are grouped as other numbers are.
    let words = part.name.split(' ').map(|word| match word.parse::<Decimal>() {
        Ok(_) => grouped(word),
        Err(_) => word.to_owned(),
    });
    let name = words.collect::<Vec<_>>().join(" ");
    let old = part.old.map(number).unwrap_or_default();
    let new = match (part.old, part.new) {
        (Some(_), Some(new)) => format!("→ {}", number(new)),
        (None, Some(new)) => format!("+ {}", number(new)),
        (_, None) => "gone".to_owned(),
    };
    vec![
        left(format!("  {name}")).look(Look::Dim),
        right(old),
        right(new),
        right(part.percent().map(percent).unwrap_or_default()),
    ]
}

/// `+12.5%`, `-20%`.
fn percent(value: Decimal) -> String {
    let sign = if value > Decimal::ZERO { "+" } else { "" };
    format!("{sign}{}%", compact(value, 1))
}

/// The JSON Schema of it.
pub(in crate::report) fn schema() -> schemars::Schema {
    crate::report::schema::of::<Document<'_>>("ssc/pricing-diff/1")
}

#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    schema: &'static str,
    old: &'a str,
    new: &'a str,
    differences: Vec<Line<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct Line<'a> {
    change: &'static str,
    id: &'a str,
    unit: &'a str,
    regions: &'a [String],
    multiplied: bool,
    effective_from: Option<String>,
    prices: Vec<PartLine<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct PartLine<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    part: &'a str,
    old: Option<String>,
    new: Option<String>,
    percent: Option<String>,
}

fn json(between: &Between, all: &[Difference]) -> String {
    let part = |p| {
        let p: &Part = p;
        PartLine {
            part: &p.name,
            old: p.old.map(|n| n.to_string()),
            new: p.new.map(|n| n.to_string()),
            percent: p.percent().map(|n| n.round_dp(4).normalize().to_string()),
        }
    };
    let line = |d| {
        let d: &Difference = d;
        Line {
            change: match d.change {
                Change::Changed => "changed",
                Change::Added => "added",
                Change::Removed => "removed",
                Change::Announced => "announced",
                Change::Unannounced => "unannounced",
            },
            id: &d.id,
            unit: &d.unit,
            regions: &d.regions,
            multiplied: d.multiplied,
            effective_from: d.from.map(|from| from.to_string()),
            prices: d.parts.iter().map(part).collect(),
        }
    };
    crate::report::pretty(&Document {
        schema: "ssc/pricing-diff/1",
        old: &between.old,
        new: &between.new,
        differences: all.iter().map(line).collect(),
    })
}
