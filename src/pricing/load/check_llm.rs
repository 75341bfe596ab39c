//! What must hold inside an LLM provider file beyond the shape of its values.

use super::super::llm_file::{LlmFile, ModelFile};
use super::super::{LlmPrice, LlmProvider, Model, Status};
use crate::diagnostic::{Result, Source};
use std::collections::BTreeSet;

pub(super) fn provider(source: &Source, file: &LlmFile, provider: &LlmProvider) -> Result<()> {
    let mut names = BTreeSet::new();
    for (model_file, model) in file.models.iter().zip(&provider.models) {
        for name in std::iter::once(&model.id).chain(&model.aliases) {
            if !names.insert(name) {
                let message = format!("two models are called `{name}`");
                return Err(Box::new(source.error(&model_file.id, message, "by id or alias")));
            }
        }
        rows(source, model_file, model)?;
    }
    Ok(())
}

fn rows(source: &Source, file: &ModelFile, model: &Model) -> Result<()> {
    for (i, row) in model.prices.iter().enumerate() {
        let at = &file.prices[i].effective_from;
        if row.until.is_some_and(|until| until <= row.from) {
            let message = "a price row ends before it begins";
            return Err(Box::new(source.error(at, message, "in this row")));
        }
        if let Some(j) = model.prices[..i].iter().position(|other| overlap(row, other)) {
            let message = format!("two prices of `{}` overlap in time", model.id);
            let label = format!("overlaps row {} of this model", j + 1);
            let error = source.error(at, message, label);
            return Err(Box::new(error.hint("set `effective_until` on the older row")));
        }
    }
    Ok(())
}

fn overlap(a: &LlmPrice, b: &LlmPrice) -> bool {
    let apart = |first: &LlmPrice, then: &LlmPrice| first.until.is_some_and(|u| u <= then.from);
    a.status != Status::Withdrawn && b.status != Status::Withdrawn && !apart(a, b) && !apart(b, a)
}
