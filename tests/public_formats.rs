//! JUnit and SARIF: the rules of their public schemas that a result could break.

use crate::check::{BUDGETS, broken, checked, json, scenario};
use roxmltree::{Document, Node};
use serde_json::Value;
use std::collections::BTreeSet;

/// Checks that keep, warn, break, skip and cannot tell.
fn results(format: &str) -> Vec<String> {
    let of = |budgets: &str, arguments: &[&str]| {
        checked(budgets, &[arguments, &["--format", format]].concat()).1
    };
    vec![
        broken(format),
        of(BUDGETS, &["--strict"]),
        of("budgets: { monthly: 100 USD }\n", &[]),
        of(BUDGETS, &["--pricing-date", "2001-01-01"]),
    ]
}

/// The children that are elements.
fn elements<'a>(of: Node<'a, 'a>) -> Vec<Node<'a, 'a>> {
    of.children().filter(Node::is_element).collect()
}

fn has(node: Node, required: &[&str], optional: &[&str]) {
    for name in required {
        assert!(node.attribute(*name).is_some_and(|v| !v.is_empty()), "{name}: {node:?}");
    }
    for attribute in node.attributes() {
        let name = attribute.name();
        assert!(required.contains(&name) || optional.contains(&name), "{name}: {node:?}");
    }
}

/// The stricter of the schemas in use, of Ant's JUnit task: elements, their order and attributes.
fn suite_is_sound(suite: Node) {
    let required =
        ["name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "time"];
    has(suite, &required, &["skipped"]);
    let shape = |text: &str| -> String {
        text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect()
    };
    assert_eq!(shape(suite.attribute("timestamp").unwrap()), "0000-00-00T00:00:00", "no zone");
    let inner = elements(suite);
    let names: Vec<_> = inner.iter().map(|n| n.tag_name().name()).collect();
    let (first, rest) = names.split_first().unwrap();
    let (cases, last) = rest.split_at(rest.len() - 2);
    assert_eq!((*first, last), ("properties", &["system-out", "system-err"][..]));
    assert!(!cases.is_empty() && cases.iter().all(|n| *n == "testcase"), "{cases:?}");
    let mut seen = BTreeSet::new();
    for case in inner.iter().filter(|n| n.has_tag_name("testcase")) {
        has(*case, &["name", "classname", "time"], &[]);
        assert_eq!(case.attribute("time"), Some("0"), "a cost is no time");
        assert!(seen.insert(case.attribute("name").unwrap()), "{case:?}");
        let outcome = elements(*case);
        assert!(outcome.len() <= 1, "{outcome:?}");
        for result in outcome {
            match result.tag_name().name() {
                "skipped" => has(result, &["message"], &[]),
                "failure" | "error" => {
                    has(result, &["message", "type"], &[]);
                    assert!(!result.text().unwrap().is_empty());
                }
                other => panic!("{other}"),
            }
        }
    }
    let count = |name: &str| suite.descendants().filter(|n| n.has_tag_name(name)).count();
    for (attribute, element) in [
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ] {
        assert_eq!(suite.attribute(attribute).unwrap(), count(element).to_string());
    }
}

#[test]
fn junit_follows_the_schemas_of_its_readers() {
    for xml in results("junit") {
        let document = Document::parse(&xml).unwrap_or_else(|e| panic!("{e}: {xml}"));
        let suites = document.root_element();
        assert!(suites.has_tag_name("testsuites") && suites.attributes().len() == 0, "{xml}");
        let inner = elements(suites);
        assert_eq!(inner.len(), 1);
        suite_is_sound(inner[0]);
    }
}

/// What budgets that pass say is told once, in the suite's output.
#[test]
fn junit_tells_of_warnings() {
    let xml = broken("junit");
    let document = Document::parse(&xml).unwrap();
    let said = document.descendants().find(|n| n.has_tag_name("system-out")).unwrap();
    let said = said.text().unwrap();
    assert!(said.contains("monthly: monthly cost: $16.32, above the warning level"), "{said}");
    assert!(said.contains("tokens: "), "{said}");
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().filter(|t| !t.is_empty()).unwrap_or_else(|| panic!("{key}: {value}"))
}

/// Only these keys, so that a misspelt one is found.
fn only(value: &Value, known: &[&str]) {
    for key in value.as_object().unwrap().keys() {
        assert!(known.contains(&&**key), "{key}: {value}");
    }
}

#[test]
fn sarif_follows_its_schema() {
    for sarif in results("sarif") {
        let log: Value = serde_json::from_str(&sarif).unwrap();
        only(&log, &["$schema", "version", "runs"]);
        assert!(text(&log, "$schema").starts_with("https://") && log["version"] == "2.1.0");
        let run = &log["runs"][0];
        only(run, &["tool", "results", "columnKind", "invocations", "automationDetails"]);
        assert!(["utf16CodeUnits", "unicodeCodePoints"].contains(&text(run, "columnKind")));
        let driver = &run["tool"]["driver"];
        text(driver, "name");
        let rules = driver["rules"].as_array().unwrap();
        let ids: BTreeSet<_> = rules.iter().map(|r| text(r, "id")).collect();
        assert_eq!(ids.len(), rules.len(), "rules are unique");
        for rule in rules {
            for key in ["shortDescription", "fullDescription", "help"] {
                assert!(rule[key].is_null() || !text(&rule[key], "text").is_empty(), "{rule}");
            }
        }
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(result["ruleId"], rules[index]["id"]);
            text(&result["message"], "text");
            assert!(["none", "note", "warning", "error"].contains(&text(result, "level")));
            let prints = result["partialFingerprints"].as_object().unwrap();
            assert!(!prints.is_empty() && prints.values().all(Value::is_string));
            for location in result["locations"].as_array().unwrap() {
                let place = &location["physicalLocation"];
                let uri = text(&place["artifactLocation"], "uri");
                assert!(!uri.contains([' ', '\\']) && !uri.starts_with('/'), "{uri}");
                let at = |key: &str| place["region"][key].as_u64().unwrap();
                assert!(at("startLine") >= 1 && at("startColumn") >= 1);
                assert!(at("endColumn") >= at("startColumn"));
            }
        }
    }
}

/// A result for each budget that is exceeded or warned of, at the limit that says so.
#[test]
fn sarif_points_at_the_limit() {
    let sarif: Value = serde_json::from_str(&broken("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let (_, check) = json(BUDGETS, &[]);
    let breaches = check["policies"].as_array().unwrap().iter();
    let breaches = breaches.filter(|p| p["status"] == "exceeded" || p["status"] == "warned");
    assert_eq!(results.len(), breaches.count());
    for r in results {
        let place = &r["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "s.yaml");
        let text = scenario(BUDGETS);
        let at = |name: &str| usize::try_from(place["region"][name].as_u64().unwrap()).unwrap();
        let line = text.lines().nth(at("startLine") - 1).unwrap();
        let limit = &line[at("startColumn") - 1..];
        assert!(limit.starts_with(|c: char| c.is_ascii_digit() || c == '$'), "{limit}");
    }
}
