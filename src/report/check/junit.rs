//! A check as JUnit XML: a test case for each policy. Costs are in the text, not in any time.

use super::words::sentence;
use crate::check::{Check, Outcome, Status};
use std::fmt::Write;

/// A check as JUnit XML, as the schema of Ant's JUnit task and that of Jenkins want it.
///
/// A policy that is exceeded is a failure, one that cannot be told an error, one without a baseline is
/// skipped. A warning passes, and fails a strict check. Everything having a price is a test case of its own.
/// What is said of policies that pass is in the suite's `system-out`, as a test case has no room for it in the
/// stricter schema. No test takes time here, so `time` is 0, and the `timestamp` is the day of the prices:
/// the same input gives the same bytes.
#[must_use]
pub fn junit(check: &Check) -> String {
    let strict = check.strict;
    let failed =
        |s: &Status| matches!(s, Status::Exceeded) || (strict && matches!(s, Status::Warned));
    let failures = check.outcomes.iter().filter(|o| failed(&o.status)).count();
    let unknown = check.count(|s| matches!(s, Status::Unknown(_)));
    let skipped = check.count(|s| matches!(s, Status::Skipped(_)));
    let errors = unknown + usize::from(!check.unpriced.is_empty());
    let tests = check.outcomes.len() + 1;
    let name = escaped(&format!("ssc check {}", check.name));
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let counts = format!(
        r#"tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="0""#
    );
    let place = format!(r#"timestamp="{}T00:00:00" hostname="localhost""#, check.pricing_date);
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{name}\" package=\"ssc\" id=\"0\" {place} {counts}>\n    <properties/>"
    );
    let class = escaped(&format!("budgets.{}", check.name));
    let mut said = String::new();
    for outcome in &check.outcomes {
        case(&mut xml, &class, outcome, failed(&outcome.status), &mut said);
    }
    let _ = write!(xml, r#"    <testcase name="complete" classname="{class}" time="0""#);
    if check.unpriced.is_empty() {
        xml.push_str("/>\n");
    } else {
        let n = check.unpriced.len();
        let lines = check.unpriced.iter().map(|(m, _)| {
            let whose = m.workload.as_deref().unwrap_or("account");
            format!("{whose} · {} ({}): {}\n", m.name, m.sku_id, m.reason)
        });
        let _ = writeln!(
            xml,
            ">\n      <error type=\"unpriced\" message=\"lines without a price: {n}\">{}</error>\n    </testcase>",
            escaped(&lines.collect::<String>())
        );
    }
    let _ = writeln!(xml, "    <system-out>{said}</system-out>\n    <system-err/>");
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

/// One test case; what is said of a policy that passes goes to `passed`, a line each.
fn case(xml: &mut String, class: &str, outcome: &Outcome, failed: bool, passed: &mut String) {
    let name = escaped(&outcome.policy.id);
    let said = escaped(&sentence(outcome));
    let _ = write!(xml, r#"    <testcase name="{name}" classname="{class}" time="0""#);
    let inner = match &outcome.status {
        _ if failed => format!(r#"<failure type="budget" message="{said}">{said}</failure>"#),
        Status::Unknown(_) => format!(r#"<error type="unknown" message="{said}">{said}</error>"#),
        Status::Skipped(_) => format!(r#"<skipped message="{said}"/>"#),
        _ => {
            let _ = writeln!(passed, "{name}: {said}");
            xml.push_str("/>\n");
            return;
        }
    };
    let _ = writeln!(xml, ">\n      {inner}\n    </testcase>");
}

/// Text of XML, within quotes or between tags. Characters that XML cannot have become `�`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c if c < ' ' || matches!(c, '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}') => {
                out.push('\u{fffd}');
            }
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn no_text_ends_its_place() {
        assert_eq!(escaped("a<b>&\"'\n\u{1}]]>"), "a&lt;b&gt;&amp;&quot;&apos;&#10;\u{fffd}]]&gt;");
    }
}
