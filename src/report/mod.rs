//! An estimate, and the price book, as text for people and as JSON for programs.
//!
//! Nothing is read, timed or added up here: every sum comes from
//! [`crate::billing::Statement`].

pub mod check;
pub mod comparison;
pub mod diff;
pub mod fit;
pub mod focus;
pub mod html;
mod json;
pub mod number;
mod page;
pub mod pricing;
mod rates;
pub mod recommendation;
pub mod reconciliation;
mod schema;
mod schemas;
mod table;
mod timeline;
pub mod trace;

pub use json::json;
pub use schemas::Output;
pub use table::table;

/// A document as indented JSON that ends in a line end. Documents are strings, finite numbers, booleans
/// and lists under text keys: there is nothing in them that JSON cannot say.
pub(crate) fn pretty(document: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document)
        .unwrap_or_else(|_| unreachable!("a document has only text keys"));
    text.push('\n');
    text
}

/// `text` with every character that could move the cursor, colour the terminal or reorder the line
/// replaced by `�`, one for one. Tabs and, if `lines`, line ends stay.
#[must_use]
pub fn printable(text: &str, lines: bool) -> String {
    let keep = |c: char| match c {
        '\t' => true,
        '\n' => lines,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => false,
        '\u{feff}' => false,
        c => !c.is_control(),
    };
    text.chars().map(|c| if keep(c) { c } else { '\u{fffd}' }).collect()
}
