//! LLM provider files: text to values, each mistake noted at its place.

use super::super::llm_file::{
    BatchFile, Bound, EvidenceFile, LlmFile, LlmPriceFile, LongContextFile, ModelFile,
};
use super::super::{Evidence, LlmPrice, LlmProvider, LlmRates, LongContext, Model};
use super::convert::{category, file_name, schema};
use super::evidence::{cited, cited_row};
use super::number::{decimal, unit_price};
use super::problems::Problems;
use crate::diagnostic::Field;
use crate::units::UnitPrice;
use crate::units::parse::date;
use std::collections::BTreeMap;

/// The provider of a file, without the models and prices that are wrong; nothing if too little is left.
pub(super) fn provider(p: &mut Problems<'_>, file: &LlmFile) -> Option<LlmProvider> {
    schema(p, &file.schema, &file.billing_currency);
    file_name(p, &file.service);
    let bytes = match (&file.response_bytes_per_output_token, &file.response_bytes_source) {
        (Some(field), Some(e)) => {
            let (bytes, evidence) = (decimal(p, field), cite(p, e));
            bytes.zip(evidence).map(|(b, e)| (UnitPrice(b), e))
        }
        (Some(field), None) => {
            let message = "missing key `response_bytes_source`";
            p.error(p.source.error(field, message, "say where this figure comes from"));
            None
        }
        (None, _) => None,
    };
    let models = p.each(&file.models, |p, m| Some(model(p, m)));
    Some(LlmProvider {
        id: file.service.value.clone(),
        provider_name: file.service_provider_name.clone(),
        service_name: file.service_name.clone(),
        category: p.keep(category(p.source, &file.service_category))?,
        cached_tokens: file.cached_tokens,
        on_disconnect: file.on_disconnect,
        on_disconnect_evidence: cite(p, &file.on_disconnect_source)?,
        response_bytes_per_output_token: bytes,
        models,
    })
}

fn cite(p: &mut Problems<'_>, file: &EvidenceFile) -> Option<Evidence> {
    cited!(p, file)
}

fn model(p: &mut Problems<'_>, file: &ModelFile) -> Model {
    Model {
        id: file.id.value.clone(),
        aliases: file.aliases.iter().map(|a| a.value.clone()).collect(),
        context_window: file.context_window,
        max_output: file.max_output,
        min_cacheable: file.min_cacheable,
        prices: p.each(&file.prices, price),
        note: file.note.clone(),
    }
}

fn price(p: &mut Problems<'_>, file: &LlmPriceFile) -> Option<LlmPrice> {
    let from = p.parse(&file.effective_from, date);
    let until = p.maybe(file.effective_until.as_ref(), date);
    let evidence = cited_row!(p, file);
    let note = file.note.as_ref();
    let own = (&file.input, file.cache_read.as_ref(), &file.output);
    let standard = rates(p, own, &file.cache_write, note);
    let batch = maybe(p, file.batch.as_ref(), |p, b| self::batch(p, b, note));
    let long_context = maybe(p, file.long_context.as_ref(), |p, l| long_context(p, l, note));
    Some(LlmPrice {
        from: from?,
        until: until?,
        gap_after: file.gap_after.as_ref().map(|f| f.value.clone()),
        status: file.status,
        standard: standard?,
        batch: batch?,
        long_context: long_context?,
        evidence: evidence?,
    })
}

/// What a key that may be left out gives: nothing only when it is there and wrong.
fn maybe<T, U>(
    p: &mut Problems<'_>,
    file: Option<&T>,
    convert: impl FnOnce(&mut Problems<'_>, &T) -> Option<U>,
) -> Option<Option<U>> {
    file.map_or(Some(None), |file| convert(p, file).map(Some))
}

fn batch(p: &mut Problems<'_>, file: &BatchFile, note: Option<&String>) -> Option<LlmRates> {
    let own = (&file.input, file.cache_read.as_ref(), &file.output);
    rates(p, own, &file.cache_write, note)
}

fn long_context(
    p: &mut Problems<'_>,
    file: &LongContextFile,
    note: Option<&String>,
) -> Option<LongContext> {
    let own = (&file.input, file.cache_read.as_ref(), &file.output);
    let rates = rates(p, own, &file.cache_write, note);
    let batch = maybe(p, file.batch.as_ref(), |p, b| batch(p, b, note));
    let from_tokens = file.above.saturating_add(u32::from(file.bound == Bound::Gt));
    Some(LongContext { from_tokens, rates: rates?, batch: batch? })
}

/// Rates of input, cache reads and output, and of cache writes by lifetime.
fn rates(
    p: &mut Problems<'_>,
    (input, cache_read, output): (&Field, Option<&Field>, &Field),
    cache_write: &BTreeMap<String, Field>,
    note: Option<&String>,
) -> Option<LlmRates> {
    let read = maybe(p, cache_read, |p, f| unit_price(p, f, note));
    let writes: Vec<_> =
        cache_write.iter().map(|(life, f)| (life.clone(), unit_price(p, f, note))).collect();
    let (input, output) = (unit_price(p, input, note), unit_price(p, output, note));
    Some(LlmRates {
        input: input?,
        cache_read: read?,
        cache_write: writes
            .into_iter()
            .map(|(life, price)| Some((life, price?)))
            .collect::<Option<_>>()?,
        output: output?,
    })
}
