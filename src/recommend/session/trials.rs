//! Whole scenarios, estimated: each once, many together.

use super::Session;
use super::trial::{Asked, Known, KnownDays, NoDays, TOGETHER, Trial};
use crate::diagnostic::{Diagnostic, Result};
use crate::estimate::{DAY, DayCosts, Estimate, Options, Variant};
use crate::recommend::Change;
use rust_decimal::Decimal;
use std::collections::HashSet;
use std::sync::Arc;

/// What tells one from another.
fn key((source, factor): &Asked) -> String {
    match factor {
        None => source.text().to_owned(),
        Some(factor) => format!("{}\n# {}x", source.text(), factor.normalize()),
    }
}

impl Session<'_> {
    /// Estimates a change.
    ///
    /// # Errors
    /// When the changed scenario has a mistake or cannot be replayed.
    pub fn try_one(&mut self, change: &Change) -> Result<Arc<Trial>> {
        let nothing = || Box::new(Diagnostic::input("there is nothing to estimate"));
        self.try_all(std::slice::from_ref(change))?.pop().unwrap_or_else(|| Err(nothing()))
    }

    /// Estimates changes, in their order; a change that leads to a mistake is an error of its own.
    ///
    /// Fewer results than changes come back when time is up.
    ///
    /// # Errors
    /// When a trace cannot be read to its end.
    pub fn try_all(
        &mut self,
        changes: &[Change],
    ) -> Result<Vec<std::result::Result<Arc<Trial>, Box<Diagnostic>>>> {
        let asked = changes.iter().map(|c| Ok((c.apply(&self.now.source)?, None))).collect();
        self.estimates(asked)
    }

    /// Estimates scenarios, in their order, each text and multiple of the traffic once; fewer come back
    /// when time is up.
    ///
    /// # Errors
    /// When a trace cannot be read to its end.
    pub(in crate::recommend) fn estimates(
        &mut self,
        asked: Vec<Result<Asked>>,
    ) -> Result<Vec<Known>> {
        let mut new: Vec<(String, &Asked)> = Vec::new();
        let mut keys = HashSet::new();
        for one in asked.iter().flatten() {
            let key = key(one);
            if !self.known.contains_key(&key) && keys.insert(key.clone()) {
                new.push((key, one));
            }
        }
        for group in new.chunks(TOGETHER) {
            if self.out_of_time() {
                break;
            }
            let options: Vec<_> = group.iter().map(|(_, one)| self.options_at(one.1)).collect();
            let variants = group.iter().zip(&options);
            let variants: Vec<_> =
                variants.map(|((_, (source, _)), options)| Variant { source, options }).collect();
            for ((key, (source, _)), result) in group.iter().zip(self.estimator.run(&variants)?) {
                let trial = result.map(|estimate| Arc::new(Trial::new(source, estimate)));
                self.replayed += trial.as_ref().map_or(0, |t| t.outcome.requests);
                self.known.insert(key.clone(), trial);
            }
            self.estimated += group.len() as u64;
            (self.progress)(self.rule, self.estimated);
        }
        let mut results = Vec::new();
        for one in asked {
            match one {
                Err(error) => results.push(Err(error)),
                Ok(one) => match self.known.get(&key(&one)) {
                    Some(known) => results.push(known.clone()),
                    None => break,
                },
            }
        }
        Ok(results)
    }

    /// Estimates scenarios once more, with their days told apart; fewer when time is up.
    ///
    /// # Errors
    /// When a trace cannot be read to its end.
    pub(in crate::recommend) fn tell_days_apart(&mut self, trials: &[Arc<Trial>]) -> Result<()> {
        let mut keys = HashSet::new();
        let mut new = Vec::new();
        for source in trials.iter().map(|t| &t.source) {
            if !self.days.contains_key(source.text()) && keys.insert(source.text()) {
                new.push(source);
            }
        }
        let options = Options { timeline: Some(DAY), ..self.options.clone() };
        for group in new.chunks(TOGETHER) {
            if self.out_of_time() {
                break;
            }
            let options = &options;
            let variants = group.iter().map(|source| Variant { source, options });
            let variants: Vec<_> = variants.collect();
            for (source, result) in group.iter().zip(self.estimator.run(&variants)?) {
                let costs = |e: &Estimate| DayCosts::of(e).map(Arc::new).map_err(NoDays::NoRange);
                let requests = |e: &Estimate| e.workloads.iter().map(|w| w.facts.requests).sum();
                self.replayed += result.as_ref().map_or(0, requests);
                let costs = result.as_ref().map_or(Err(NoDays::Unknown), costs);
                self.days.insert(source.text().to_owned(), costs);
            }
        }
        Ok(())
    }

    /// What each day of a scenario costs, if its days were told apart.
    pub(in crate::recommend) fn day_costs(&self, trial: &Trial) -> Option<KnownDays> {
        self.days.get(trial.source.text()).cloned()
    }

    /// What the command line decides, with so many times its traffic.
    fn options_at(&self, factor: Option<Decimal>) -> Options {
        let own = self.options.traffic;
        let traffic = factor.map(|f| own.unwrap_or(Decimal::ONE) * f).or(own);
        Options { traffic, ..self.options.clone() }
    }

    /// Estimates changes and gives the best of those that improve the scenario as it stands, with its
    /// index: the cheapest, unless the goal is another. Among equals the first.
    ///
    /// # Errors
    /// As [`Session::try_all`].
    pub fn cheapest(&mut self, changes: &[Change]) -> Result<Option<(usize, Arc<Trial>)>> {
        let trials = self.try_all(changes)?;
        let good = trials.into_iter().enumerate().filter_map(|(i, t)| Some((i, t.ok()?)));
        let good = good.filter(|(_, trial)| self.improves(trial));
        Ok(good.min_by_key(|(_, trial)| self.goal.key(&trial.outcome)))
    }
}
