//! A check as SARIF 2.1.0: a result for each budget that is exceeded, where the scenario sets it.

use super::words::{rule, sentence};
use crate::check::{Check, Status};
use crate::diagnostic::Place;
use crate::report::pretty;
use serde::Serialize;
use std::collections::BTreeMap;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What has no price has a rule of its own.
const UNPRICED: &str = "complete";

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Found>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    short_description: Message,
    help: Message,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    partial_fingerprints: BTreeMap<&'static str, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Physical,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
struct Artifact {
    uri: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_column: usize,
}

/// A check as SARIF 2.1.0; `file` is the scenario's path from the root of the sources.
#[must_use]
pub fn sarif(check: &Check, file: &str) -> String {
    let mut breaches: Vec<(String, &'static str, String, String, Option<&Place>)> = Vec::new();
    for o in &check.outcomes {
        let level = match o.status {
            Status::Exceeded => "error",
            Status::Warned if check.strict => "error",
            Status::Warned => "warning",
            _ => continue,
        };
        let place = o.level().and_then(|l| l.place.as_ref());
        let id = rule(&o.policy.id).to_owned();
        breaches.push((id, level, sentence(o), o.policy.id.clone(), place));
    }
    for (m, place) in &check.unpriced {
        let text = format!("{} ({}) has no price: {}", m.name, m.sku_id, m.reason);
        let whose = m.workload.as_deref().unwrap_or_default();
        let which = format!("{whose}/{}", m.sku_id);
        breaches.push((UNPRICED.to_owned(), "error", text, which, place.as_ref()));
    }
    let mut rules: Vec<String> = breaches.iter().map(|b| b.0.clone()).collect();
    rules.sort();
    rules.dedup();
    let result = |(id, level, text, which, place): (String, _, _, String, Option<&Place>)| Found {
        rule_index: rules.iter().position(|r| *r == id).unwrap_or_default(),
        rule_id: rule_id(&id),
        level,
        message: Message { text },
        locations: [Location { physical_location: physical(file, place) }],
        partial_fingerprints: BTreeMap::from([("policy/v1", which)]),
    };
    let results = breaches.into_iter().map(result).collect();
    let version = env!("CARGO_PKG_VERSION");
    let rules = rules.iter().map(|id| described(id)).collect();
    let driver = Driver { name: "ssc", version, semantic_version: version, rules };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    pretty(&Log { schema: SCHEMA, version: "2.1.0", runs: [run] })
}

fn rule_id(id: &str) -> String {
    format!("budget/{}", id.replace('_', "-"))
}

fn described(id: &str) -> Rule {
    let text = match id {
        UNPRICED => "Something in the scenario has no price".to_owned(),
        id => format!("The budget `{id}` of a scenario is exceeded"),
    };
    let help = match id {
        UNPRICED => "Choose a priced region or date, or add the price with --pricing DIR.",
        _ => "`ssc estimate` shows what the cost is made of, `ssc recommend` what saves.",
    };
    Rule {
        id: rule_id(id),
        short_description: Message { text },
        help: Message { text: help.to_owned() },
    }
}

/// Where a limit is written; the scenario's first character for one of the command line.
fn physical(file: &str, place: Option<&Place>) -> Physical {
    let (line, column, length) = place.map_or((1, 1, 1), |p| (p.line, p.column, p.length));
    Physical {
        artifact_location: Artifact { uri: uri(file) },
        region: Region { start_line: line, start_column: column, end_column: column + length },
    }
}

/// A relative reference: everything but unreserved characters and slashes in percent signs. An absolute
/// path becomes a `file` URI.
fn uri(file: &str) -> String {
    let mut out = String::new();
    for byte in file.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    if file.starts_with('/') { format!("file://{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::uri;

    #[test]
    fn paths_are_relative_references() {
        assert_eq!(uri("a b/ü:1.yaml"), "a%20b/%C3%BC%3A1.yaml");
        assert_eq!(uri("/srv/a.yaml"), "file:///srv/a.yaml");
    }
}
