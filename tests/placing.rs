//! Helpers of the tests of what recommends places and settings.

use crate::recommended;
pub(crate) use crate::recommended::options;
use ssc::diagnostic::{Diagnostic, Result, Source};
use ssc::estimate::{Estimate, TraceLoader, estimate};
use ssc::pricing::Book;
use ssc::recommend::{Plan, Recommendations};
use ssc::units::Money;
use ssc::workload::Recording;
use ssc::workload::import::ReadOptions;
use std::fmt::Write;
use std::path::Path;

/// Reads text files of the scenarios' folder, and no traces.
pub(crate) struct Beside;

impl TraceLoader for Beside {
    fn load(&mut self, path: &str, _: &ReadOptions) -> Result<Recording> {
        Err(Box::new(Diagnostic::input(format!("no trace `{path}`"))))
    }
    fn text(&mut self, path: &str) -> Result<Source> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/recommend");
        Ok(Source::new(path, std::fs::read_to_string(folder.join(path)).unwrap()))
    }
}

pub(crate) fn shipped(name: &str) -> Source {
    Source::new(format!("{name}.yaml"), recommended::shipped(name))
}

/// What these rules say about a scenario.
pub(crate) fn advised(book: &Book, source: &Source, names: &[&str]) -> Recommendations {
    recommended::advised(book, source, names, &mut Beside)
}

/// A fresh estimate.
pub(crate) fn estimated(book: &Book, source: &Source) -> Estimate {
    let estimate = estimate(source, book, &options(), &mut Beside).unwrap();
    assert!(estimate.statement.unpriced.is_empty());
    estimate
}

/// The total of a fresh estimate.
pub(crate) fn total(book: &Book, source: &Source) -> Money {
    estimated(book, source).statement.total()
}

/// The plan: its promise holds to the last digit, it saves, and nothing is left to say after it.
pub(crate) fn kept<'r>(book: &Book, found: &'r Recommendations, names: &[&str]) -> &'r Plan {
    let plan = found.plan.as_ref().expect("something to recommend");
    let applied = plan.change.apply(&found.before.source).unwrap();
    assert_eq!(applied.text(), plan.trial.source.text());
    assert_eq!(total(book, &applied), plan.effect.after.total);
    assert!(plan.effect.after.total < plan.effect.before.total);
    let again = advised(book, &applied, names);
    let again_pays: Vec<_> = again.ranked.iter().filter(|r| !r.noise).collect();
    assert!(again_pays.is_empty(), "{again_pays:?}");
    plan
}

/// Everything that was said, for people.
pub(crate) fn told(found: &Recommendations) -> String {
    let mut text = String::new();
    for r in &found.ranked {
        let _ = writeln!(
            text,
            "{} {}: saves {}",
            r.code,
            r.proposal.title,
            r.effect.saving().to_cents()
        );
        let _ =
            writeln!(text, "  effort {}, {:?}", r.proposal.effort.name(), r.proposal.certificate);
        for line in r.proposal.change.lines() {
            let _ = writeln!(text, "  > {line}");
        }
        for line in &r.proposal.evidence {
            let _ = writeln!(text, "  - {line}");
        }
    }
    for (code, w) in &found.what_if {
        let _ = writeln!(text, "{code} what if: {}", w.title);
        let _ = writeln!(text, "  pays if {}", w.break_even);
        let _ = writeln!(text, "  {}", w.state);
        for line in &w.evidence {
            let _ = writeln!(text, "  - {line}");
        }
    }
    for (code, r) in &found.refused {
        let _ = writeln!(text, "{code} refused: {}: {}", r.what, r.why);
    }
    text
}
