//! A check as JUnit XML: a test case for each policy. Costs are in the text, not in any time.

use super::words::sentence;
use crate::check::{Check, Outcome, Status};
use std::fmt::Write;

/// A check as JUnit XML.
///
/// A policy that is exceeded is a failure, one that cannot be told an error, one without a baseline is
/// skipped. A warning passes with its text in `system-out`, and fails a strict check. Everything having a
/// price is a test case of its own.
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
    let suite = format!("ssc check {}", check.name);
    let name = escaped(&suite);
    let counts = format!(r#"tests="{tests}" failures="{failures}" errors="{errors}""#);
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(xml, r#"<testsuites name="ssc check" {counts}>"#);
    let _ = writeln!(xml, r#"  <testsuite name="{name}" {counts} skipped="{skipped}">"#);
    let class = format!("budgets.{}", check.name);
    for outcome in &check.outcomes {
        case(&mut xml, &class, outcome, failed(&outcome.status));
    }
    let _ = write!(xml, r#"    <testcase name="complete" classname="{}""#, escaped(&class));
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
    xml.push_str("  </testsuite>\n</testsuites>\n");
    xml
}

fn case(xml: &mut String, class: &str, outcome: &Outcome, failed: bool) {
    let (name, class) = (escaped(&outcome.policy.id), escaped(class));
    let said = escaped(&sentence(outcome));
    let _ = write!(xml, r#"    <testcase name="{name}" classname="{class}">"#);
    let inner = match &outcome.status {
        _ if failed => format!(r#"<failure type="budget" message="{said}">{said}</failure>"#),
        Status::Unknown(_) => format!(r#"<error type="unknown" message="{said}">{said}</error>"#),
        Status::Skipped(_) => format!(r#"<skipped message="{said}"/>"#),
        _ => format!("<system-out>{said}</system-out>"),
    };
    let _ = writeln!(xml, "\n      {inner}\n    </testcase>");
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
