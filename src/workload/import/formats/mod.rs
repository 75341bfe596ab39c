//! The formats, one importer each, and the order in which they are asked whether a file is theirs.

mod app_insights;
mod azure_functions_2019;
mod azure_functions_2021;
mod azure_llm;
mod burstgpt;
mod cloud_run;
mod cloudflare_trace;
mod cloudfront;
mod huawei;
mod json_lines;
mod lambda;
mod litellm;
mod mooncake;
mod native;
mod ragpulse;
mod servegen;
mod tracelab;
mod vercel;

pub(crate) use native::IMPORTER as NATIVE;

use super::importer::{Head, Importer, ReadOptions};
use crate::diagnostic::{Diagnostic, Result, suggest};

/// All importers, in the order in which they are asked whether a file is theirs.
pub const IMPORTERS: &[Importer] = &[
    azure_llm::IMPORTER,
    burstgpt::IMPORTER,
    azure_functions_2019::IMPORTER,
    azure_functions_2021::IMPORTER,
    huawei::IMPORTER,
    servegen::IMPORTER,
    servegen::ALL,
    ragpulse::IMPORTER,
    mooncake::MOONCAKE,
    mooncake::BAILIAN,
    tracelab::IMPORTER,
    lambda::JSON,
    cloud_run::IMPORTER,
    vercel::IMPORTER,
    app_insights::IMPORTER,
    litellm::IMPORTER,
    lambda::REPORT,
    cloudfront::IMPORTER,
    cloudflare_trace::IMPORTER,
    json_lines::IMPORTER,
    native::IMPORTER,
];

/// Those whose columns the user may name.
pub(super) const FREE: [&Importer; 2] = [&json_lines::IMPORTER, &native::IMPORTER];

/// The importer that is asked for, or the first to recognise the file.
pub(super) fn choose(
    asked: Option<&'static Importer>,
    options: &ReadOptions,
    head: &Head<'_>,
) -> Result<&'static Importer> {
    let detected = |i: &&Importer| (i.detect)(head);
    // Named columns imply a format that has names of the user's choice.
    let free = || FREE.into_iter().find(detected).unwrap_or(&native::IMPORTER);
    let named = (!options.columns.is_empty()).then(free);
    let importer = asked.or(named).or_else(|| IMPORTERS.iter().find(detected));
    importer.ok_or_else(|| {
        Diagnostic::input("no importer recognises this trace")
            .note(format!("in {}", head.name))
            .note(format!("known formats: {}", suggest::list(IMPORTERS.iter().map(|i| i.name))))
            .hint("name the format, or turn the trace into CSV with a `timestamp` column")
            .into()
    })
}

#[cfg(test)]
mod tests;
