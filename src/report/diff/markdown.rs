//! A difference as Markdown.

use super::Compared;
use super::words::{because, cause_rows, line_name, notes, relative, signed};
use crate::diff::{Amount, Lines};
use crate::report::number::money;
use crate::report::printable;

/// Finds the comment again, so that it is replaced and not repeated.
const MARKER: &str = "<!-- ssc-diff -->";

/// Text within a line or a cell of Markdown: nothing in it is markup.
pub(in crate::report) fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in printable(text, false).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A user or an issue of that name would be told.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A difference as Markdown: the total first, lines folded.
#[must_use]
pub fn markdown(c: &Compared) -> String {
    let change = c.after.total - c.before.total;
    let share = relative(change, c.before.total);
    let share = if share.is_empty() { share } else { format!(" ({share})") };
    let [a, b] = &c.names;
    let mut text = format!(
        "{MARKER}\n### {} → {}: {}{share}\n\n{} → **{}** for {}\n",
        cell(a),
        cell(b),
        cell(&signed(change)),
        money(c.before.total),
        money(c.after.total),
        c.after.period
    );
    if let Some(causes) = &c.causes {
        text += "\n| Cause | Change |\n|---|--:|\n";
        for (name, amount) in cause_rows(causes) {
            text += &format!("| {name} | {} |\n", cell(&signed(amount)));
        }
    }
    text += "\n<details><summary>Line by line</summary>\n\n";
    text += &markdown_lines(&c.lines);
    text += "\n</details>\n";
    for note in notes(c) {
        text += &format!("\n_{}_\n", cell(&note));
    }
    text
}

/// Changed lines as a table.
pub(in crate::report) fn markdown_lines(lines: &Lines) -> String {
    let cost =
        |side: Option<Amount>| side.map_or_else(|| "–".to_owned(), |a| cell(&money(a.billed)));
    let mut text = String::new();
    if !lines.changed.is_empty() {
        text += "| Line | Before | After | Change | Because |\n|---|--:|--:|--:|---|\n";
    }
    for line in &lines.changed {
        text += &format!(
            "| {} | {} | {} | {} | {} |\n",
            cell(&line_name(line)),
            cost(line.before),
            cost(line.after),
            cell(&signed(line.change())),
            cell(&because(line))
        );
    }
    if !lines.same.is_empty() {
        let n = lines.same.len();
        text += &format!("\nLines as before: {n}, {}\n", money(lines.same_cost));
    }
    text
}
