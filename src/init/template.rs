//! Texts with places to fill.

/// The first line of every scenario: editors complete and check by it.
const SCHEMA: &str = "# yaml-language-server: $schema=ssc-scenario.schema.json\n";

/// What stands in one place.
pub(super) struct Slot {
    name: &'static str,
    text: String,
    /// Whole lines: an empty text takes the line away.
    lines: bool,
}

impl Slot {
    /// Text within a line.
    pub(super) fn text(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, text: text.into(), lines: false }
    }

    /// Whole lines, without the last line's end.
    pub(super) fn lines(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, text: text.into(), lines: true }
    }
}

/// The template with its slots filled, under the line of the schema.
pub(super) fn fill(template: &str, slots: &[Slot]) -> String {
    let mut filled = String::from(SCHEMA);
    for line in template.lines() {
        let whole = |s: &&Slot| s.lines && line == format!("{{{{{}}}}}", s.name);
        if let Some(slot) = slots.iter().find(whole) {
            if !slot.text.is_empty() {
                filled.push_str(&slot.text);
                filled.push('\n');
            }
            continue;
        }
        // One pass: what is filled in is never looked at again.
        let (mut rest, mut done) = (line, String::new());
        while let Some((before, after)) = rest.split_once("{{") {
            done.push_str(before);
            let (name, behind) = after.split_once("}}").unwrap_or((after, ""));
            let slot = slots.iter().find(|s| s.name == name);
            done.push_str(slot.map_or("", |s| s.text.as_str()));
            rest = behind;
        }
        done.push_str(rest);
        filled.push_str(done.trim_end());
        filled.push('\n');
    }
    filled
}

/// A text as a YAML scalar: plain where that cannot be read as anything else, else in quotes.
pub(super) fn scalar(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    let starts = text.starts_with(|c: char| c.is_ascii_alphanumeric());
    let word = text.bytes().any(|b| b.is_ascii_alphabetic());
    const WORDS: [&str; 10] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan"];
    let lower = text.to_ascii_lowercase();
    // `1e5`, `0x1f` and dates are numbers or instants to some readers.
    let number = text.starts_with(|c: char| c.is_ascii_digit()) && !text.contains('/');
    if starts && word && !number && text.chars().all(plain) && !WORDS.contains(&lower.as_str()) {
        return text.to_owned();
    }
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_quoted_where_they_could_be_read_as_something_else() {
        for plain in ["chat", "aws-lambda", "2M/month", "openai/gpt-5", "a.b_c"] {
            assert_eq!(scalar(plain), plain);
        }
        let odd = [
            "",
            "true",
            "No",
            "12",
            "1e5",
            "2026-01-01",
            "a b",
            "a: b",
            "#x",
            "ü",
            "x\ny",
            "C:\\a",
        ];
        for text in odd {
            let quoted = scalar(text);
            assert!(quoted.starts_with('"'), "{quoted}");
            let back: std::collections::BTreeMap<String, String> =
                serde_yaml::from_str(&format!("x: {quoted}\n")).unwrap();
            assert_eq!(back["x"], text);
        }
    }

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let slots = [Slot::text("a", "{{b}}"), Slot::text("b", "no"), Slot::lines("c", "")];
        let filled = fill("x: {{a}} {{unknown}}\n{{c}}\ny: {{b}}\n", &slots);
        assert_eq!(filled, format!("{SCHEMA}x: {{{{b}}}}\ny: no\n"));
    }
}
