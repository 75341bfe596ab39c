//! Diagnostics as the terminal shows them.

use crate::diagnostic::{Diagnostic, Place};
use crate::report::printable;
use annotate_snippets::{AnnotationKind, Element, Level, Renderer, Snippet};

/// Source lines longer than this are cut around the column.
const LINE: usize = 160;

/// `d` with its place, an excerpt of the source, notes and the way out, ending in a line end.
///
/// Nothing from a file reaches the terminal as a control character.
#[must_use]
pub fn diagnostic(d: &Diagnostic, color: bool) -> String {
    at_level(Level::ERROR, d, color)
}

/// The same for something that is doubtful but not wrong.
#[must_use]
pub fn warning(d: &Diagnostic, color: bool) -> String {
    at_level(Level::WARNING, d, color)
}

fn at_level(level: Level<'_>, d: &Diagnostic, color: bool) -> String {
    let mut elements: Vec<Element<'_>> = Vec::new();
    if let Some(place) = &d.place {
        elements.push(excerpt(place, &d.label));
    }
    elements.extend(d.notes.iter().map(|n| Level::NOTE.message(printable(n, true)).into()));
    if let Some(hint) = &d.hint {
        elements.push(Level::HELP.with_name("hint").message(printable(hint, true)).into());
    }
    let title = level.primary_title(printable(&d.message, true));
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let mut text = renderer.term_width(LINE).render(&[title.elements(elements)]);
    text.push('\n');
    text
}

/// The place, its line and the words under it. The renderer cuts a long line around the column.
fn excerpt<'a>(place: &Place, label: &str) -> Element<'a> {
    let source = printable(&place.text, false);
    // Where the character at `index` starts, or the end of the line.
    let byte = |index: usize| source.char_indices().nth(index).map_or(source.len(), |(i, _)| i);
    let column = place.column.saturating_sub(1);
    let span = byte(column)..byte(column.saturating_add(place.length.max(1)));
    let mut annotation = AnnotationKind::Primary.span(span);
    let label = printable(label, false);
    if !label.is_empty() {
        annotation = annotation.label(label);
    }
    let path = printable(&place.file, false);
    Snippet::source(source).path(path).line_start(place.line).annotation(annotation).into()
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
        let expected = "\
error: unknown key `memroy`
  --> scenario.yaml:12:5
   |
12 |     memroy: 512MiB
   |     ^^^^^^ not a key of `platform`
   |
   = note: allowed: memory, cpu
   = hint: did you mean `memory`?
";
        assert_eq!(diagnostic(&d, false), expected);
    }

    #[test]
    fn an_error_without_a_place_is_a_title_and_lines() {
        let d = Diagnostic::input("no such scenario").note("looked in `.`").hint("name a file");
        let expected = "\
error: no such scenario
 |
 = note: looked in `.`
 = hint: name a file
";
        assert_eq!(diagnostic(&d, false), expected);
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
