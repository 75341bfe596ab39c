//! A check as annotations of GitHub Actions.

use super::words::{sentence, verdict};
use crate::check::{Check, Status, Verdict};
use crate::diagnostic::Place;

/// A check as workflow commands; `file` is the scenario's path from the root of the repository.
///
/// Errors and warnings stand at the line of the scenario that sets the limit; the last line is the verdict.
#[must_use]
pub fn github(check: &Check, file: &str) -> String {
    let mut text = String::new();
    for o in &check.outcomes {
        let command = match &o.status {
            Status::Exceeded => "error",
            Status::Warned if check.strict => "error",
            Status::Warned => "warning",
            Status::Unknown(_) => "error",
            Status::Kept | Status::Skipped(_) => continue,
        };
        let place = o.level().and_then(|l| l.place.as_ref());
        let title = format!("budget {}", o.policy.id);
        text += &line(command, file, place, &title, &sentence(o));
    }
    for (m, place) in &check.unpriced {
        let said = format!("{} ({}) has no price: {}", m.name, m.sku_id, m.reason);
        text += &line("error", file, place.as_ref(), "no price", &said);
    }
    let command = if check.verdict() == Verdict::Passed { "notice" } else { "error" };
    text += &format!("::{command} title=ssc check::{}\n", data(&verdict(check)));
    text
}

fn line(command: &str, file: &str, place: Option<&Place>, title: &str, said: &str) -> String {
    let at = place.map_or_else(String::new, |p| {
        let end = p.column + p.length;
        format!(",line={},endLine={},col={},endColumn={end}", p.line, p.line, p.column)
    });
    format!("::{command} file={}{at},title={}::{}\n", property(file), property(title), data(said))
}

/// A message: what would end the line is written in percent signs.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property: also what would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{data, property};

    #[test]
    fn no_text_starts_a_command_of_its_own() {
        assert_eq!(data("5%\n::error::x"), "5%25%0A::error::x");
        assert_eq!(property("a,b:c%\r"), "a%2Cb%3Ac%25%0D");
    }
}
