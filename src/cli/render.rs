//! Diagnostics as the terminal shows them.

use crate::diagnostic::{Diagnostic, Place};
use crate::report::printable;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

/// Longest part of a source line that is shown, in characters.
const EXCERPT: usize = 160;

/// `d` with its place, an excerpt of the source, notes and the way out, ending in a line end.
///
/// Nothing from a file reaches the terminal as a control character.
#[must_use]
pub fn diagnostic(d: &Diagnostic, color: bool) -> String {
    let mut elements: Vec<Element<'_>> = Vec::new();
    if let Some(place) = &d.place {
        elements.extend(excerpt(place, &d.label));
    }
    elements.extend(d.notes.iter().map(|n| Level::NOTE.message(printable(n, true)).into()));
    if let Some(hint) = &d.hint {
        elements.push(Level::HELP.with_name("hint").message(printable(hint, true)).into());
    }
    let title = Level::ERROR.primary_title(printable(&d.message, true));
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.term_width(EXCERPT + 20).render(&[title.elements(elements)]);
    text.push('\n');
    text
}

/// The place and the part of its line around the column.
fn excerpt<'a>(place: &Place, label: &str) -> [Element<'a>; 2] {
    let chars: Vec<char> = printable(&place.text, false).chars().collect();
    let column = place.column.saturating_sub(1).min(chars.len());
    let (from, to) = window(chars.len(), column);
    let mut source = String::new();
    if from > 0 {
        source.push('…');
    }
    source.extend(&chars[from..column]);
    let start = source.len();
    let end = column.saturating_add(place.length.max(1)).min(to);
    source.extend(&chars[column..end]);
    let stop = source.len();
    source.extend(&chars[end..to]);
    if to < chars.len() {
        source.push('…');
    }
    let label = printable(label, false);
    let mut annotation = AnnotationKind::Primary.span(start..stop);
    if !label.is_empty() {
        annotation = annotation.label(label);
    }
    let origin = Origin::path(printable(&place.file, false))
        .line(place.line)
        .char_column(place.column);
    let snippet = Snippet::source(source).line_start(place.line).annotation(annotation);
    [origin.into(), snippet.into()]
}

/// The characters to show of a line of `length`, with `column` well inside.
fn window(length: usize, column: usize) -> (usize, usize) {
    if length <= 200 {
        return (0, length);
    }
    let from = column.saturating_sub(EXCERPT / 2).min(length - EXCERPT);
    (from, from + EXCERPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str, column: usize, length: usize) -> Place {
        Place { file: "scenario.yaml".into(), line: 12, column, length, text: text.into() }
    }

    #[test]
    fn an_error_shows_the_place_the_notes_and_the_way_out() {
        let d = Diagnostic::input("unknown key `memroy`")
            .at(place("    memroy: 512MiB", 5, 6), "not a key of `platform`")
            .note("allowed: memory, cpu")
            .hint("did you mean `memory`?");
        assert_eq!(diagnostic(&d, false), "");
    }

    #[test]
    fn an_error_without_a_place_is_a_title_and_lines() {
        let d = Diagnostic::input("no such scenario").note("looked in `.`").hint("name a file");
        assert_eq!(diagnostic(&d, false), "");
        let d = Diagnostic::input("no such scenario");
        assert_eq!(diagnostic(&d, false), "error: no such scenario\n");
    }

    #[test]
    fn a_long_line_is_cut_around_the_column_which_stays_true() {
        let text = format!("{}BAD{}", "é".repeat(5_000), "x".repeat(5_000));
        let d = Diagnostic::input("bad").at(place(&text, 5_001, 3), "here");
        let shown = diagnostic(&d, false);
        assert!(shown.contains("scenario.yaml:12:5001"), "{shown}");
        assert!(shown.contains("BAD") && shown.contains("^^^ here"), "{shown}");
        assert!(shown.lines().all(|l| l.chars().count() < 200), "{shown}");
    }

    #[test]
    fn control_characters_never_reach_the_terminal() {
        let d = Diagnostic::input("bad \u{1b}[31m name")
            .at(place("a: \u{1b}]0;title\u{7}\u{202e}\r\n", 4, 3), "\u{9b}2J")
            .note("\u{1b}[2J")
            .hint("\u{8}");
        let shown = diagnostic(&d, false);
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        assert!(!shown.contains('\u{202e}'));
    }

    #[test]
    fn a_column_outside_the_line_is_shown_at_its_end() {
        for (column, length) in [(0, 0), (99, 5), (3, 99), (usize::MAX, usize::MAX)] {
            let d = Diagnostic::input("bad").at(place("a: b", column, length), "here");
            assert!(diagnostic(&d, false).contains("a: b"));
        }
        let d = Diagnostic::input("bad").at(place("", 1, 1), "here");
        assert!(diagnostic(&d, true).contains("here"));
    }
}
