//! Who says so: every fact has a source that someone looked at on a day.

use super::super::{Confidence, Evidence};
use super::problems::Problems;
use crate::diagnostic::Field;
use crate::units::parse;

/// After this many days someone should look again.
const STALE_DAYS: i64 = 180;
/// What a source has to be.
const NAME: &str = "give the address of the page, or name the document in a few words";

/// The evidence of anything that carries `source`, `checked_on`, `confidence` and `note`.
macro_rules! cited {
    ($problems:expr, $file:expr) => {
        $crate::pricing::load::evidence::evidence(
            $problems,
            &$file.source,
            &$file.checked_on,
            $file.confidence,
            $file.note.as_ref(),
        )
    };
}
pub(super) use cited;

/// The same for a price row, whose `source` may be missing: that is shown where the row begins.
macro_rules! cited_row {
    ($problems:expr, $file:expr) => {
        match &$file.source {
            Some(source) => $crate::pricing::load::evidence::evidence(
                $problems,
                source,
                &$file.checked_on,
                $file.confidence,
                $file.note.as_ref(),
            ),
            None => $crate::pricing::load::evidence::missing($problems, &$file.effective_from),
        }
    };
}
pub(super) use cited_row;

pub(super) fn missing(p: &mut Problems<'_>, row: &Field) -> Option<Evidence> {
    p.error(
        p.source
            .error(row, "missing key `source`", "nobody says that this price is right")
            .hint(NAME),
    );
    None
}

pub(super) fn evidence(
    p: &mut Problems<'_>,
    cited: &Field,
    checked_on: &Field,
    confidence: Confidence,
    note: Option<&String>,
) -> Option<Evidence> {
    if let Some((message, hint)) = doubtful(&cited.value) {
        p.error(p.source.error(cited, message, "where does this come from?").hint(hint));
    }
    let day = p.parse(checked_on, parse::date)?;
    if let Some(today) = p.today {
        let age = (today - day).num_days();
        if age < 0 {
            p.error(
                p.source
                    .error(checked_on, format!("checked on {day}, which is yet to come"), "")
                    .note(format!("today is {today}"))
                    .hint("write the day someone looked at the source"),
            );
        } else if age > STALE_DAYS {
            p.warning(
                p.source
                    .error(checked_on, format!("last checked {age} days ago"), "")
                    .hint("look at the source again and set `checked_on` to the day you did"),
            );
        }
    }
    let source = cited.value.trim().to_owned();
    Some(Evidence { source, checked_on: day, confidence, note: note.cloned() })
}

/// What is wrong with a source that is neither an address nor the name of a document.
fn doubtful(source: &str) -> Option<(String, &'static str)> {
    let source = source.trim();
    let first = source.split_whitespace().next().unwrap_or_default();
    if source.is_empty() {
        return Some(("missing source".into(), NAME));
    }
    let refused = |hint| Some((format!("`{source}` is neither an address nor a document"), hint));
    if let Some((scheme, rest)) = first.split_once("://") {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let known = matches!(scheme, "http" | "https") && host.trim_matches('.').contains('.');
        return if known { None } else { refused("an address starts with `https://` and a host") };
    }
    if first.starts_with("www.") {
        return refused("write the address with `https://` in front");
    }
    let letters = source.chars().filter(|c| c.is_alphabetic()).count();
    let words = source.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).count();
    if letters < 8 || words < 2 { refused(NAME) } else { None }
}

#[cfg(test)]
mod tests {
    use super::doubtful;

    #[test]
    fn a_source_is_an_address_or_names_a_document() {
        for good in [
            "https://example.com/pricing",
            "https://example.com/pricing (copy of 2026-01-01)",
            "AWS Price List, us-east-1, seen 2026-09-06",
            "ssc assumption",
        ] {
            assert_eq!(doubtful(good), None, "{good}");
        }
        for bad in [
            "",
            " ",
            "TODO",
            "?",
            "htps://example.com",
            "https://nowhere",
            "www.example.com",
            "42 1",
            "see x",
        ] {
            assert!(doubtful(bad).is_some(), "{bad}");
        }
    }
}
