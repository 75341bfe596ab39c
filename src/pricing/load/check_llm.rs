//! What must hold inside an LLM provider file beyond the shape of its values.

use super::super::llm_file::{LlmFile, LlmPriceFile};
use super::history::{self, Span};
use super::number::value;
use super::problems::Problems;
use crate::diagnostic::Field;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn provider(p: &mut Problems<'_>, file: &LlmFile) {
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for model in &file.models {
        for name in std::iter::once(&model.id).chain(&model.aliases) {
            let line = p.source.place(name).line;
            if let Some(other) = names.insert(&name.value, line) {
                p.error(
                    p.source
                        .error(
                            name,
                            format!("duplicate model `{}`", name.value),
                            format!("already at line {other}"),
                        )
                        .hint("an id or alias names one model of a provider"),
                );
            }
        }
        model.prices.iter().for_each(|price| sensible(p, price));
        let spans: Vec<Span<'_>> = model.prices.iter().filter_map(span).collect();
        history::check(p, &model.id.value, &spans, spans.len() == model.prices.len());
    }
}

fn span(price: &LlmPriceFile) -> Option<Span<'_>> {
    let (from, until) = history::dates(&price.effective_from, price.effective_until.as_ref())?;
    Some(Span {
        at: &price.effective_from,
        from,
        until,
        status: price.status,
        gap_after: price.gap_after.as_ref(),
        regions: BTreeSet::from([""]),
    })
}

/// Relations that every vendor keeps, so that a break of them is more likely a slip.
fn sensible(p: &mut Problems<'_>, price: &LlmPriceFile) {
    let mut dearer = |field: Option<&Field>, than: &Field, message: &str| {
        let Some(field) = field else { return };
        if value(field).zip(value(than)).is_some_and(|(a, b)| a > b) {
            p.warning(
                p.source
                    .error(field, message, format!("more than {}", than.value))
                    .hint("compare with the vendor's page"),
            );
        }
    };
    const READ: &str = "reading from the cache is dearer than not using it";
    dearer(price.cache_read.as_ref(), &price.input, READ);
    if let Some(batch) = &price.batch {
        dearer(batch.cache_read.as_ref(), &batch.input, READ);
        dearer(
            Some(&batch.input),
            &price.input,
            "a batch is dearer than the same requests at once",
        );
        dearer(
            Some(&batch.output),
            &price.output,
            "a batch is dearer than the same requests at once",
        );
    }
    if let Some(long) = &price.long_context {
        dearer(long.cache_read.as_ref(), &long.input, READ);
        // The short price is the one that stands out when it is above the long one.
        const LONG: &str = "long prompts are cheaper than short ones";
        for (short, long) in [(&price.input, &long.input), (&price.output, &long.output)] {
            if value(long).zip(value(short)).is_some_and(|(l, s)| l < s) {
                p.warning(
                    p.source
                        .error(long, LONG, format!("less than {}", short.value))
                        .hint("compare with the vendor's page"),
                );
            }
        }
    }
}
