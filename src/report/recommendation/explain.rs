//! What rules do: their list, and the page of one.

use super::super::page::{Look, Page, left, natural};
use crate::recommend::Rule;

/// The rules in a list.
#[must_use]
pub fn rules(rules: &[&dyn Rule], width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    let row = |r: &&dyn Rule| {
        vec![left(r.code()).look(Look::Dim), left(r.name()).look(Look::Bold), left(r.summary())]
    };
    let rows: Vec<_> = rules.iter().map(row).collect();
    let mut widths = natural(&rows);
    let taken: usize = widths.iter().take(2).sum();
    if let Some(summary) = widths.get_mut(2) {
        *summary = page.width.saturating_sub(taken);
    }
    page.grid(&rows, &widths, false);
    page.text.push('\n');
    let hint = "`ssc explain RULE` says when one pays and how it searches.";
    page.line(left(hint).look(Look::Dim), false);
    page.text
}

/// What a rule does: its Markdown, filled to the width. Blocks of code and tables stay as they are.
#[must_use]
pub fn explanation(rule: &dyn Rule, width: usize, color: bool) -> String {
    let mut page = Page::new(width, color);
    let mut paragraph = String::new();
    let mut code = false;
    for line in rule.explanation().lines().chain([""]) {
        let fence = line.starts_with("```");
        let kept = code || fence || line.starts_with("    ") || line.starts_with('|');
        let item = line.starts_with("- ") || line.starts_with(|c: char| c.is_ascii_digit());
        if kept || line.is_empty() || line.starts_with('#') || item {
            flush(&mut page, &mut paragraph);
        }
        if fence {
            code = !code;
        } else if kept {
            let indent = if code { "    " } else { "" };
            page.text.push_str(&format!("{indent}{line}\n"));
        } else if let Some(title) = line.strip_prefix('#') {
            let title = title.trim_start_matches('#').trim();
            page.line(left(title).look(Look::Bold), false);
        } else if line.is_empty() {
            if !page.text.is_empty() && !page.text.ends_with("\n\n") {
                page.text.push('\n');
            }
        } else {
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    page.text.truncate(page.text.trim_end().len());
    page.text.push('\n');
    page.text
}

fn flush(page: &mut Page, paragraph: &mut String) {
    if paragraph.is_empty() {
        return;
    }
    let text = std::mem::take(paragraph);
    match text.strip_prefix("- ") {
        Some(item) => {
            let width = page.width;
            page.grid(&[vec![left("-"), left(item)]], &[1, width - 1], false);
        }
        None => page.line(left(text), false),
    }
}
