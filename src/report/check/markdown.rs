//! A check as a comment of a pull request.

use super::words::{
    drift, limit, notes, relative, signed, status, streams, subject, total, value, verdict,
};
use crate::check::{Check, Status};
use crate::report::diff::{cell, markdown_lines};
use crate::report::number::money;

/// Finds the comment again, so that it is replaced and not repeated.
const MARKER: &str = "<!-- ssc-check -->";

/// A check as Markdown: the verdict first, details folded.
#[must_use]
pub fn markdown(check: &Check) -> String {
    let mut text = format!("{MARKER}\n### {}: {}\n\n", cell(&check.name), cell(&verdict(check)));
    text += &format!("**{}** for {}", total(check), check.period);
    if let Some(b) = &check.baseline {
        let change = check.total - b.total;
        let share = relative(change, b.total);
        let share = if share.is_empty() { share } else { format!(" ({share})") };
        text += &format!(
            ", **{}**{share} against {} of {}",
            cell(&signed(change)),
            cell(&b.name),
            money(b.total)
        );
    }
    text += &format!(" · {} · prices of {}\n", streams(check), check.pricing_date);
    if !check.outcomes.is_empty() {
        text += "\n| | Budget | Bill | Limit |\n|---|---|--:|--:|\n";
    }
    for o in &check.outcomes {
        let mut name = subject(&o.policy.measure);
        if let Status::Unknown(why) | Status::Skipped(why) = &o.status {
            name += &format!(": {why}");
        }
        let word = status(&o.status);
        let word = match o.status {
            Status::Kept | Status::Skipped(_) => word.to_owned(),
            _ => format!("**{word}**"),
        };
        let (seen, limit) = (value(o).unwrap_or_default(), o.level().map(limit));
        text += &format!(
            "| {word} | {} | {} | {} |\n",
            cell(&name),
            cell(&seen),
            cell(&limit.unwrap_or_default())
        );
    }
    for (m, _) in &check.unpriced {
        let whose = m.workload.as_deref().unwrap_or("account");
        text += &format!(
            "\n> **Without a price**: {} · {}: {}\n",
            cell(whose),
            cell(&m.name),
            cell(&m.reason)
        );
    }
    if let Some(b) = &check.baseline {
        text += "\n<details><summary>What changed, and why</summary>\n\n| Cause | Change |\n|---|--:|\n";
        for (name, amount) in drift(check, b) {
            text += &format!("| {} | {} |\n", cell(&name), cell(&signed(amount)));
        }
        text.push('\n');
        text += &markdown_lines(&b.lines);
        text += "\n</details>\n";
    }
    for note in notes(check) {
        text += &format!("\n_{}_\n", cell(&note));
    }
    text
}
