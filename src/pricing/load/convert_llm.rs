//! LLM provider files: text to values, each mistake at its place.

use super::super::llm_file::{BatchFile, Bound, LlmFile, LlmPriceFile, LongContextFile, ModelFile};
use super::super::{LlmPrice, LlmProvider, LlmRates, LongContext, Model};
use super::convert::{category, cited, decimal, each, file_name, schema, unit_price};
use crate::diagnostic::{Field, Result, Source};
use crate::units::UnitPrice;
use crate::units::parse::date;
use std::collections::BTreeMap;

pub(super) fn provider(source: &Source, file: &LlmFile) -> Result<LlmProvider> {
    schema(source, &file.schema, &file.billing_currency)?;
    file_name(source, &file.service)?;
    let cite = |e: &super::super::llm_file::EvidenceFile| cited!(source, e);
    let bytes = match (&file.response_bytes_per_output_token, &file.response_bytes_source) {
        (Some(field), Some(e)) => Some((UnitPrice(source.parse(field, decimal)?), cite(e)?)),
        (Some(field), None) => {
            return Err(Box::new(source.error(
                field,
                "missing key `response_bytes_source`",
                "say where this figure comes from",
            )));
        }
        (None, _) => None,
    };
    Ok(LlmProvider {
        id: file.service.value.clone(),
        provider_name: file.service_provider_name.clone(),
        service_name: file.service_name.clone(),
        category: category(source, &file.service_category)?,
        cached_tokens: file.cached_tokens,
        on_disconnect: file.on_disconnect,
        on_disconnect_evidence: cite(&file.on_disconnect_source)?,
        response_bytes_per_output_token: bytes,
        models: each(&file.models, |m| model(source, m))?,
    })
}

fn model(source: &Source, file: &ModelFile) -> Result<Model> {
    Ok(Model {
        id: file.id.value.clone(),
        aliases: file.aliases.clone(),
        context_window: file.context_window,
        max_output: file.max_output,
        min_cacheable: file.min_cacheable,
        prices: each(&file.prices, |p| price(source, p))?,
    })
}

fn price(source: &Source, file: &LlmPriceFile) -> Result<LlmPrice> {
    Ok(LlmPrice {
        from: source.parse(&file.effective_from, date)?,
        until: file.effective_until.as_ref().map(|f| source.parse(f, date)).transpose()?,
        status: file.status,
        standard: rates(
            source,
            &file.input,
            file.cache_read.as_ref(),
            &file.cache_write,
            &file.output,
        )?,
        batch: file.batch.as_ref().map(|b| batch(source, b)).transpose()?,
        long_context: file.long_context.as_ref().map(|l| long_context(source, l)).transpose()?,
        evidence: cited!(source, file)?,
    })
}

fn batch(source: &Source, file: &BatchFile) -> Result<LlmRates> {
    rates(source, &file.input, file.cache_read.as_ref(), &file.cache_write, &file.output)
}

fn long_context(source: &Source, file: &LongContextFile) -> Result<LongContext> {
    let read = file.cache_read.as_ref();
    Ok(LongContext {
        from_tokens: file.above + u32::from(file.bound == Bound::Gt),
        rates: rates(source, &file.input, read, &file.cache_write, &file.output)?,
        batch: file.batch.as_ref().map(|b| batch(source, b)).transpose()?,
    })
}

fn rates(
    source: &Source,
    input: &Field,
    cache_read: Option<&Field>,
    cache_write: &BTreeMap<String, Field>,
    output: &Field,
) -> Result<LlmRates> {
    let writes = cache_write
        .iter()
        .map(|(lifetime, field)| Ok((lifetime.clone(), source.parse(field, unit_price)?)));
    Ok(LlmRates {
        input: source.parse(input, unit_price)?,
        cache_read: cache_read.map(|f| source.parse(f, unit_price)).transpose()?,
        cache_write: writes.collect::<Result<_>>()?,
        output: source.parse(output, unit_price)?,
    })
}
