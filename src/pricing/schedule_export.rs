//! How a schedule of warm capacity is written in a provider's own form: a template.

use super::Evidence;
use schemars::JsonSchema;
use serde::Deserialize;

/// What the text of an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportKind {
    /// Shell commands.
    Sh,
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// Anything else.
    Text,
}

impl ExportKind {
    /// The word used in files and output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sh => "sh",
            Self::Json => "json",
            Self::Yaml => "yaml",
            Self::Text => "text",
        }
    }
}

/// A template: `head` once, then `each` for every change of the schedule.
#[derive(Clone, Debug)]
pub struct ScheduleExport {
    /// What people read.
    pub name: String,
    /// What its text is.
    pub kind: ExportKind,
    /// Written once.
    pub head: String,
    /// Written for every change.
    pub each: String,
    /// Who says so.
    pub evidence: Evidence,
}

/// What `head` and `each` may name in braces.
pub const HEAD_NAMES: [&str; 5] = ["name", "region", "setting", "max", "initial"];
/// What `each` may name besides.
pub const EACH_NAMES: [&str; 6] = ["n", "value", "hour", "minute", "cron_days", "days"];

/// The names in braces of a template, each with the byte where its brace opens; anything else in braces
/// is text.
pub fn placeholders(template: &str) -> impl Iterator<Item = (usize, &str)> {
    template.match_indices('{').filter_map(|(at, _)| {
        let rest = &template[at + 1..];
        let name = &rest[..rest.find('}')?];
        let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
        // `${…}` belongs to the shell.
        let shell = template[..at].ends_with('$');
        (!shell && !name.is_empty() && name.chars().all(is_name)).then_some((at, name))
    })
}

/// A template with its names replaced.
#[must_use]
pub fn filled<'a>(template: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let (mut text, mut done) = (String::new(), 0);
    for (at, name) in placeholders(template) {
        if let Some(value) = value(name) {
            text.push_str(&template[done..at]);
            text.push_str(value);
            done = at + name.len() + 2;
        }
    }
    text.push_str(&template[done..]);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_are_replaced() {
        let template = r#"x {n} '{"a": {value}}' ${HOME} {} {no such} {hour}"#;
        let names: Vec<_> = placeholders(template).map(|p| p.1).collect();
        assert_eq!(names, ["n", "value", "hour"]);
        let text = filled(template, |name| (name != "hour").then_some("7"));
        assert_eq!(text, r#"x 7 '{"a": 7}' ${HOME} {} {no such} {hour}"#);
    }
}
