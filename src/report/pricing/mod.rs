//! The price book as tables and as JSON.

mod verify;

pub use verify::{verification_json, verification_summary};

/// A document as indented JSON, ending in a line end.
fn json(document: &impl serde::Serialize) -> String {
    let mut text = serde_json::to_string_pretty(document).unwrap_or_default();
    text.push('\n');
    text
}
