//! What the tests of recommendations share: one rule on one scenario, and what it has to keep.

use crate::cli::root;
use ssc::diagnostic::{Result, Source};
use ssc::estimate::{Estimate, Estimator, Options, TraceLoader, estimate};
use ssc::pricing::Book;
use ssc::recommend::{Effect, Recommendations, Session, Settings, recommend, rule};
use ssc::workload::Recording;
use ssc::workload::import::ReadOptions;
use std::fs;
use std::sync::LazyLock;

/// The shipped price book.
pub(crate) static BOOK: LazyLock<Book> = LazyLock::new(|| Book::embedded().unwrap());

/// For scenarios without traces.
pub(crate) struct NoTraces;

impl TraceLoader for NoTraces {
    fn load(&mut self, path: &str, _: &ReadOptions) -> Result<Recording> {
        panic!("{path} is not expected")
    }
}

pub(crate) fn options() -> Options {
    Options { today: "2026-11-23".parse().unwrap(), ..Options::default() }
}

/// The estimate of a scenario's text.
pub(crate) fn estimated(text: &str, loader: &mut dyn TraceLoader) -> Estimate {
    let source = Source::new("s.yaml", text);
    estimate(&source, &BOOK, &options(), loader).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// What one rule says about a scenario.
pub(crate) fn asked(name: &str, text: &str, loader: &mut dyn TraceLoader) -> Recommendations {
    advised(&BOOK, &Source::new("s.yaml", text), &[name], loader)
}

/// What these rules say about a scenario.
pub(crate) fn advised(
    book: &Book,
    source: &Source,
    names: &[&str],
    loader: &mut dyn TraceLoader,
) -> Recommendations {
    let options = options();
    let estimator = Estimator::new(book, loader);
    let rules = names.iter().map(|n| rule(n).unwrap()).collect();
    let mut session = Session::new(source, &options, estimator, &|| false, &|_, _| ()).unwrap();
    recommend(&mut session, &Settings { rules, max_changes: 9 }).unwrap()
}

/// Asks a rule and checks what everyone relies on: the promise is the estimate of the changed text, each
/// step saves, objectives hold, and nothing is proposed twice.
pub(crate) fn promised(name: &str, text: &str, loader: &mut dyn TraceLoader) -> Recommendations {
    let found = asked(name, text, loader);
    // What saves less than a cent, or not under every condition, is in no plan, but as true.
    let first = found.ranked.first();
    let (trial, effect) = match &found.plan {
        Some(plan) => (&plan.trial, &plan.effect),
        None => first.map(|r| (&r.trial, &r.effect)).expect("a recommendation"),
    };
    let applied = trial.source.text();
    let fresh = estimated(applied, loader);
    assert_eq!(fresh.statement.total(), effect.after.total, "{applied}");
    assert_eq!(estimated(text, loader).statement.total(), effect.before.total);
    assert!(fresh.statement.unpriced.is_empty());
    let steps = found.plan.iter().flat_map(|p| &p.steps).chain(first);
    assert!(steps.into_iter().all(|s| s.effect.after.total < s.effect.before.total));
    let again = asked(name, applied, loader);
    let again_pays: Vec<_> = again.ranked.iter().filter(|r| !r.noise).collect();
    assert!(again_pays.is_empty() && again.plan.is_none(), "{again_pays:#?}");
    found
}

/// What the plan does, or the best that is within noise.
pub(crate) fn effect(found: &Recommendations) -> Effect {
    let first = || found.ranked.first().map(|r| r.effect);
    found.plan.as_ref().map(|p| p.effect).or_else(first).expect("a recommendation")
}

/// A shipped scenario of recommendations.
pub(crate) fn shipped(name: &str) -> String {
    fs::read_to_string(root().join(format!("scenarios/recommend/{name}.yaml"))).unwrap()
}

/// What was found, as people read it.
pub(crate) fn told(found: &Recommendations) -> String {
    let mut text = String::new();
    for r in &found.ranked {
        text += &format!("{} {}: {}\n", r.code, r.proposal.title, r.effect.saving());
        text += &format!("{:?}\n", r.proposal.certificate);
        for line in r.proposal.change.lines().iter().chain(&r.proposal.evidence) {
            text += &format!("- {line}\n");
        }
        for artifact in &r.proposal.artifacts {
            text += &format!("{}\n{}", artifact.name, artifact.content);
        }
    }
    for (code, w) in &found.what_if {
        text += &format!("{code} what if: {}\n{}\n{}\n", w.title, w.break_even, w.state);
        w.evidence.iter().for_each(|line| text += &format!("- {line}\n"));
    }
    text
}

/// Traces of files in a folder.
pub(crate) struct Folder(pub(crate) std::path::PathBuf);

impl TraceLoader for Folder {
    fn load(&mut self, path: &str, options: &ReadOptions) -> Result<Recording> {
        let file = fs::File::open(self.0.join(path)).unwrap();
        ssc::workload::import::read(path, file, options).map(Recording::Memory)
    }
}
