//! Parts of a scenario by themselves: one workload played, its requests, its prices, the terms of the bill.

use super::Session;
use super::trial::{KnownPlay, TOGETHER};
use crate::diagnostic::{Result, Source};
use crate::estimate::{ClockPrice, Stream, Terms, Variant};
use crate::recommend::Change;
use crate::recommend::load::Load;
use crate::replay::Block;
use crate::workload::ScenarioFile;
use std::sync::Arc;

/// Everything in a scenario that the replay of one workload depends on.
fn alone(source: &Source, workload: usize) -> Result<String> {
    let mut scenario: serde_json::Map<String, serde_json::Value> = source.yaml()?;
    for elsewhere in ["name", "objectives", "usage"] {
        scenario.remove(elsewhere);
    }
    let workloads = scenario.remove("workloads").unwrap_or_default();
    let own = workloads.get(workload).cloned().unwrap_or_default();
    let drawn = source.yaml::<ScenarioFile>()?.draws_as(workload);
    Ok(serde_json::json!([drawn, own, scenario]).to_string())
}

impl<'a> Session<'a> {
    /// Plays one workload each of changed scenarios, without a bill; what differs elsewhere in the
    /// scenario makes no second replay necessary.
    ///
    /// Fewer results than wanted come back when time is up.
    ///
    /// # Errors
    /// When a trace cannot be read to its end.
    pub fn play(&mut self, wanted: &[(Change, usize)]) -> Result<Vec<KnownPlay<'a>>> {
        let mut keys = Vec::new();
        let mut new: Vec<(String, Source, usize)> = Vec::new();
        for (change, workload) in wanted {
            let made = change.apply(&self.now.source).and_then(|source| {
                let key = alone(&source, *workload)?;
                Ok((key, source))
            });
            let (key, source) = match made {
                Ok(made) => made,
                Err(error) => {
                    keys.push(Err(error));
                    continue;
                }
            };
            if !self.played.contains_key(&key) && new.iter().all(|n| n.0 != key) {
                new.push((key.clone(), source, *workload));
            }
            keys.push(Ok(key));
        }
        for group in new.chunks(TOGETHER) {
            if self.out_of_time() {
                break;
            }
            let options = &self.options;
            let variants: Vec<_> =
                group.iter().map(|(_, source, w)| (Variant { source, options }, *w)).collect();
            for ((key, ..), result) in group.iter().zip(self.estimator.play(&variants)?) {
                self.replayed += result.as_ref().map_or(0, |p| p.estimate.facts.requests);
                self.played.insert(key.clone(), result.map(Arc::new));
            }
            self.estimated += group.len() as u64;
            (self.progress)(self.rule, self.estimated);
        }
        let known = |key: Result<String>| match key {
            Err(error) => Some(Err(error)),
            Ok(key) => self.played.get(&key).cloned(),
        };
        Ok(keys.into_iter().map_while(known).collect())
    }

    /// How much processor time the streams of a workload of the scenario as it stands need.
    ///
    /// # Errors
    /// As [`Estimator::stream`](crate::estimate::Estimator::stream).
    pub fn load(&mut self, workload: usize) -> Result<Load> {
        self.load_of(&Change::none(), workload)
    }

    /// The same of a changed scenario.
    ///
    /// # Errors
    /// When the change leads to a mistake, or as [`Estimator::stream`](crate::estimate::Estimator::stream).
    pub fn load_of(&mut self, change: &Change, workload: usize) -> Result<Load> {
        let source = change.apply(&self.now.source)?;
        let key = alone(&source, workload)?;
        if let Some(load) = self.loads.get(&key) {
            return Ok(*load);
        }
        let mut load = Load::default();
        let variant = Variant { source: &source, options: &self.options };
        self.estimator.stream(variant, workload, &mut |block| {
            load.add(block);
            Ok(())
        })?;
        self.loads.insert(key, load);
        Ok(load)
    }

    /// The labels of a workload's trace with their rows, and how many rows have none; empty for a pattern.
    ///
    /// # Errors
    /// As [`Estimator::labels`](crate::estimate::Estimator::labels).
    pub fn labels(&mut self, workload: usize) -> Result<(Vec<(String, u64)>, u64)> {
        let now = Arc::clone(&self.now);
        self.estimator.labels(Variant { source: &now.source, options: &self.options }, workload)
    }

    /// How the scenario as it stands is billed.
    ///
    /// # Errors
    /// As [`Estimator::terms`](crate::estimate::Estimator::terms).
    pub fn terms(&mut self) -> Result<Terms<'a>> {
        let now = Arc::clone(&self.now);
        self.estimator.terms(Variant { source: &now.source, options: &self.options })
    }

    /// The same of a changed scenario; none where the change leads to a mistake.
    ///
    /// # Errors
    /// When a trace cannot be read.
    pub fn terms_of(&mut self, change: &Change) -> Result<Option<Terms<'a>>> {
        let Ok(source) = change.apply(&self.now.source) else { return Ok(None) };
        let variant = Variant { source: &source, options: &self.options };
        Ok(self.estimator.terms(variant).ok())
    }

    /// What each SKU of a workload's platform costs; none where a price is not known.
    ///
    /// # Errors
    /// As [`Estimator::prices`](crate::estimate::Estimator::prices).
    pub fn prices(&mut self, workload: usize) -> Result<Option<Vec<ClockPrice>>> {
        let now = Arc::clone(&self.now);
        let variant = Variant { source: &now.source, options: &self.options };
        self.estimator.prices(variant, workload)
    }

    /// The same of a changed scenario; none too where the change leads to a mistake.
    ///
    /// # Errors
    /// When a trace cannot be read.
    pub fn prices_of(
        &mut self,
        change: &Change,
        workload: usize,
    ) -> Result<Option<Vec<ClockPrice>>> {
        let Ok(source) = change.apply(&self.now.source) else { return Ok(None) };
        let variant = Variant { source: &source, options: &self.options };
        Ok(self.estimator.prices(variant, workload).unwrap_or_default())
    }

    /// What [`Session::stream`] returns, without its requests.
    ///
    /// # Errors
    /// As [`Estimator::site`](crate::estimate::Estimator::site).
    pub fn site(&mut self, workload: usize) -> Result<Stream> {
        let now = Arc::clone(&self.now);
        let variant = Variant { source: &now.source, options: &self.options };
        self.estimator.site(variant, workload)
    }

    /// The same of a changed scenario; none where the change leads to a mistake.
    ///
    /// # Errors
    /// When a trace cannot be read.
    pub fn site_of(&mut self, change: &Change, workload: usize) -> Result<Option<Stream>> {
        let Ok(source) = change.apply(&self.now.source) else { return Ok(None) };
        let variant = Variant { source: &source, options: &self.options };
        Ok(self.estimator.site(variant, workload).ok())
    }

    /// The requests of one workload of the scenario as it stands, and how they are replayed.
    ///
    /// # Errors
    /// As [`Estimator::stream`](crate::estimate::Estimator::stream).
    pub fn stream(
        &mut self,
        workload: usize,
        each: &mut dyn FnMut(&Block) -> Result<()>,
    ) -> Result<Stream> {
        let now = Arc::clone(&self.now);
        let variant = Variant { source: &now.source, options: &self.options };
        self.estimator.stream(variant, workload, each)
    }
}
