//! Which rows of a trace a workload replays, by their workload label.

use super::ArrivalsSpec;
use crate::diagnostic::{Diagnostic, Field, Result, Source, suggest};
use std::sync::Arc;

/// The labels as a scenario writes them, checked as far as that goes without the trace.
#[derive(Clone, Debug)]
pub struct RoutesSpec {
    labels: Vec<Field>,
    /// Whether the rows of these labels are left out, instead of all others.
    except: bool,
}

impl RoutesSpec {
    /// Those of an `arrivals:` section, if it says any.
    pub(super) fn resolve(s: &ArrivalsSpec, source: &Source) -> Result<Option<Self>> {
        let (list, except, key) = match (&s.only, &s.except) {
            (None, None) => return Ok(None),
            (Some(only), None) => (only, false, "only"),
            (None, Some(except)) => (except, true, "except"),
            (Some(_), Some(except)) => {
                let message = "`only` and `except` exclude each other";
                let d = source.error(except, message, "the other list says the same");
                return Err(Box::new(d.hint("keep one of the two")));
            }
        };
        if let Some(label) = &s.workload {
            let message = format!("`workload` and `{key}` exclude each other");
            let d = source.error(label, message, "one label by itself");
            return Err(Box::new(d.hint(format!("put it into `{key}`, or leave out `{key}`"))));
        }
        if list.value.is_empty() {
            let d = source.error(list, format!("`{key}` names no label"), "an empty list");
            return Err(Box::new(d.hint(format!("name a label of the trace, or remove `{key}`"))));
        }
        for (i, label) in list.value.iter().enumerate() {
            if list.value[..i].iter().any(|other| other.value == label.value) {
                let message = format!("`{key}` names `{}` twice", label.value);
                return Err(Box::new(source.error(label, message, "once is enough")));
            }
        }
        Ok(Some(Self { labels: list.value.clone(), except }))
    }

    /// The rows of a trace with these labels, of which `rows` tells how many there are each, and last
    /// how many have none.
    ///
    /// # Errors
    /// When a label is not in the trace, or no row is left.
    pub fn of(&self, source: &Source, labels: &[String], rows: &[u64]) -> Result<Routes> {
        let names = || labels.iter().map(String::as_str);
        let mut has = vec![self.except; labels.len() + 1];
        for field in &self.labels {
            let Some(at) = labels.iter().position(|label| *label == field.value) else {
                return Err(unknown(source, field, names()));
            };
            has[at] = !self.except;
        }
        let left = has.iter().zip(rows).filter(|(has, _)| **has).map(|(_, rows)| rows).sum();
        match (left, self.labels.last()) {
            (0, Some(field)) => {
                let d = source.error(field, "no row of the trace is left", "with these labels");
                let known = format!("labels of the trace: {}", suggest::list(names()));
                Err(Box::new(d.note(known).hint("leave a label out of the list")))
            }
            _ => Ok(Routes { has: has.into(), rows: left }),
        }
    }

    /// The key and its labels, for people.
    #[must_use]
    pub fn words(&self) -> (&'static str, String) {
        let labels: Vec<_> = self.labels.iter().map(|f| f.value.as_str()).collect();
        (if self.except { "arrivals.except" } else { "arrivals.only" }, labels.join(", "))
    }
}

/// The error that a trace does not have a label.
#[must_use]
pub fn unknown<'l>(
    source: &Source,
    label: &Field,
    labels: impl Iterator<Item = &'l str> + Clone,
) -> Box<Diagnostic> {
    let message = format!("the trace has no workload `{}`", label.value);
    let d = source.error(label, message, "no row has this label");
    if labels.clone().next().is_none() {
        let hint = "say which column has them: `columns: { workload: NAME }` under `arrivals:`";
        return Box::new(d.note("no row of the trace has a label").hint(hint));
    }
    Box::new(
        d.note(format!("labels of the trace: {}", suggest::list(labels.clone())))
            .maybe_hint(suggest::did_you_mean(&label.value, labels)),
    )
}

/// Which rows of a trace are replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Routes {
    /// For each label, and last for rows without one.
    has: Arc<[bool]>,
    rows: u64,
}

impl Routes {
    /// Whether a row with this index of a label is replayed.
    #[must_use]
    pub fn has(&self, label: Option<u16>) -> bool {
        let at = label.map_or(self.has.len() - 1, usize::from);
        self.has.get(at).copied().unwrap_or(false)
    }

    /// How many rows of the trace are replayed.
    #[must_use]
    pub const fn rows(&self) -> u64 {
        self.rows
    }
}
