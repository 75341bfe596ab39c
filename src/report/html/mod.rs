//! A report as one HTML file that needs nothing else: no script, no font, no network.
//!
//! Every chart has its numbers beside it in a table, and colours follow the reader's light or dark setting.

mod axis;
mod chart;
mod comparison;
mod drawn;
mod estimate;
mod figure;
mod labels;
mod pareto;
mod recommendation;
mod report;
mod scale;
mod scatter;
mod sources;
mod sweep;
mod timeline;

pub use comparison::comparison;
pub use estimate::estimate;
pub use recommendation::recommendations;
pub use report::{Report, report};
pub use sweep::sweep;

use super::printable;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("style.css");

/// A part of the page with a heading of its own.
pub(super) struct Section {
    /// Anchor: letters and hyphens.
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) body: Markup,
}

/// The whole page. Sections without a body are left out.
fn page(title: &str, subtitle: &str, sections: Vec<Option<Section>>) -> String {
    let sections: Vec<Section> = sections.into_iter().flatten().collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; img-src data:";
                meta name="color-scheme" content="light dark";
                link rel="icon" href="data:,";
                title { (text(title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a.skip href="#content" { "To the content" }
                header {
                    h1 { (text(title)) }
                    p.sub { (text(subtitle)) }
                }
                nav aria-label="Sections" {
                    ul { @for s in &sections { li { a href={ "#" (s.id) } { (s.title) } } } }
                }
                main id="content" {
                    @for s in &sections {
                        section aria-labelledby=(s.id) {
                            h2 id=(s.id) { (s.title) }
                            (s.body)
                        }
                    }
                }
                footer {
                    "Made by ssc " (env!("CARGO_PKG_VERSION"))
                    ". Costs are estimates from list prices or stated rates; sums are exact, columns are rounded."
                }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}

/// Text from a user's file: no control characters.
fn text(text: &str) -> String {
    printable(text, false)
}

/// A tile of the headline.
fn tile(name: &str, value: &str, more: &str) -> Markup {
    html! {
        div.tile {
            dt { (name) }
            dd {
                (text(value))
                @if !more.is_empty() { span.more { (text(more)) } }
            }
        }
    }
}

/// What is wide scrolls by itself, by mouse and by keyboard.
fn scroll(label: &str, body: &Markup) -> Markup {
    html! { div.scroll role="region" aria-label=(text(label)) tabindex="0" { (body) } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_users_cannot_become_markup() {
        let page = page("<script>alert(1)</script>\u{1b}[31m", "a & b", Vec::new());
        assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
        assert!(!page.contains("<script"));
        assert!(!page.contains('\u{1b}'));
        assert!(page.contains("a &amp; b"));
    }
}
