//! The models a workload calls, looked up in the price book.

use super::context::Context;
use super::source::Arrivals;
use crate::diagnostic::{Diagnostic, Field, Located, Result, suggest};
use crate::pricing::{Book, LlmProvider, Model};
use crate::workload::prefix_cache::{CacheLimits, CachePlan, CacheRule};
use crate::workload::{CascadeFile, LlmSpec, TextOr};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The LLM part of a workload while it is read.
pub(super) struct Pieces<'a> {
    pub(super) models: Vec<(&'a LlmProvider, &'a Model)>,
    pub(super) labels: BTreeMap<String, u16>,
    pub(super) batch: bool,
    pub(super) life: Option<String>,
    /// A cascade, with the index of its light model.
    pub(super) cascade: Option<(u16, CascadeFile)>,
}

impl<'a> Pieces<'a> {
    pub(super) fn none() -> Self {
        let (models, labels) = (Vec::new(), BTreeMap::new());
        Self { models, labels, batch: false, life: None, cascade: None }
    }

    /// Adds the model that a field names.
    pub(super) fn named(&mut self, context: &Context<'a>, field: &Field) -> Result<u16> {
        let message = format!("unknown model `{}`", field.value);
        let d = context.source.error(field, message, "not a model in the price book");
        self.add(context.book, &field.value, d)
    }

    pub(super) fn read_llm(
        &mut self,
        context: &Context<'a>,
        spec: Option<&Located<TextOr<LlmSpec>>>,
    ) -> Result<()> {
        if let Some(name) = &context.options.llm {
            let message = Diagnostic::input(format!("unknown model `{name}`"));
            self.add(context.book, name, message)?;
            return Ok(());
        }
        let Some(spec) = spec else { return Ok(()) };
        match &spec.value {
            TextOr::Text(name) => {
                let message = format!("unknown model `{name}`");
                let d = context.source.error(spec, message, "not a model in the price book");
                self.add(context.book, name, d)?;
            }
            TextOr::More(llm) => {
                self.batch = llm.batch;
                self.life = llm.cache_lifetime.as_ref().map(|f| f.value.clone());
                self.named(context, &llm.model)?;
                for (label, field) in &llm.by_trace_model {
                    let index = self.named(context, field)?;
                    self.labels.insert(label.clone(), index);
                }
                if let Some(cascade) = &llm.cascade {
                    let field = &cascade.value.first;
                    // A planned one is looked up, but not called.
                    let first = match cascade.value.planned {
                        true => Self::none().named(context, field)?,
                        false => self.named(context, field)?,
                    };
                    self.cascade = Some((first, cascade.value.clone()));
                }
            }
        }
        Ok(())
    }

    fn add(&mut self, book: &'a Book, name: &str, unknown: Diagnostic) -> Result<u16> {
        let found = book.model(name).ok_or_else(|| {
            let names = book.model_names();
            let provider = name.split_once('/').map_or(name, |(p, _)| p);
            let same: Vec<&str> = names
                .iter()
                .filter(|n| n.split_once('/').is_some_and(|(p, _)| p == provider))
                .map(String::as_str)
                .collect();
            let providers: Vec<&str> = book.llm_providers.iter().map(|p| p.id.as_str()).collect();
            let note = if same.is_empty() {
                format!("write `provider/model`; providers: {}", suggest::list(providers))
            } else {
                format!("models of {provider}: {}", suggest::nearest(name, same))
            };
            let hint = suggest::did_you_mean(name, names.iter().map(String::as_str));
            Box::new(unknown.note(note).maybe_hint(hint))
        })?;
        let index = self.models.len();
        self.models.push(found);
        Ok(u16::try_from(index).unwrap_or(u16::MAX))
    }

    /// How the models cache, by the trace's model label; without limits of the cache itself.
    pub(super) fn cache_rules(&self, labels: &[String], date: NaiveDate) -> CachePlan {
        let rule = |index: u16| {
            let Some((_, model)) = self.models.get(usize::from(index)) else {
                return CacheRule::default();
            };
            let writes = model.price_on(date).is_some_and(|p| !p.standard.cache_write.is_empty());
            CacheRule { minimum: model.min_cacheable.unwrap_or(0), writes }
        };
        let own = |label: &String| rule(self.labels.get(label).copied().unwrap_or(0));
        let by_label = labels.iter().map(own).collect();
        CachePlan { first: rule(0), by_label, ..CacheLimits::NONE.into() }
    }

    pub(super) fn label_indices(&self, arrivals: &Arrivals) -> Vec<u16> {
        let Arrivals::Trace(trace) = arrivals else { return Vec::new() };
        let labels = trace.about().model_labels().iter();
        labels.map(|label| self.labels.get(label).copied().unwrap_or(0)).collect()
    }
}
