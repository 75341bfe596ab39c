//! Settings with a few possible values, each tried.

use super::Rule;
use crate::diagnostic::Result;
use crate::recommend::{Advice, Certificate, Change, Effort, Proposal, Session};

/// `settings`.
#[derive(Debug)]
pub(super) struct Settings;

impl Rule for Settings {
    fn code(&self) -> &'static str {
        "SSC204"
    }
    fn name(&self) -> &'static str {
        "settings"
    }
    fn summary(&self) -> &'static str {
        "another value of a setting with a few possible ones"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/settings.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        let workloads = session.now().estimate.workloads.clone();
        for (index, w) in workloads.iter().enumerate() {
            let Some(place) = session.book().platform(&w.platform) else { continue };
            let settings = place.platform.settings.iter().filter(|s| s.1.choices.len() > 1);
            for (name, spec) in settings {
                let others = spec.choices.iter().filter(|c| w.settings.get(name) != Some(&c.name));
                let values: Vec<_> = others.map(|c| c.name.clone()).collect();
                let change =
                    |v: &String| Change::none().set(index, &format!("deployment.{name}"), v);
                let changes: Vec<_> = values.iter().map(change).collect();
                if let Some((best, _)) = session.cheapest(&changes)? {
                    advice.push(Advice::Proposal(Box::new(Proposal {
                        title: format!("Run {} with {name} {}", w.name, values[best]),
                        change: changes[best].clone(),
                        effort: Effort::Low,
                        evidence: Vec::new(),
                        certificate: Certificate::Exhaustive(spec.choices.len() as u64),
                        artifacts: Vec::new(),
                    })));
                }
            }
        }
        Ok(advice)
    }
}
