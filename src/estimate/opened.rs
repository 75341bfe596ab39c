//! Where the requests of a workload come from: a pattern, or a trace that is opened.

use super::context::Context;
use super::models::Pieces;
use super::source::Arrivals;
use super::traces::{Traces, Wanted};
use crate::diagnostic::{Located, Result, Source};
use crate::units::SimDuration;
use crate::workload::arrivals::{ArrivalPlan, Generated, Routes, Traced, unknown};
use crate::workload::import::ReadOptions;
use crate::workload::prefix_cache::{CacheLimits, CachePlan, NO_PREFIXES};
use crate::workload::{Assumption, Origin, Trace, TraceColumn};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

pub(super) type Opened = (Arrivals, Option<Routes>, Vec<Assumption>, Vec<String>);

pub(super) fn open(
    context: &Context<'_>,
    plan: &ArrivalPlan,
    models: &Pieces<'_>,
    traces: &mut Traces<'_>,
) -> Result<Opened> {
    match plan {
        ArrivalPlan::Generated(Generated { pattern, assumptions, .. }) => {
            let pattern = if context.traffic == Decimal::ONE {
                pattern.clone()
            } else {
                pattern.scaled(context.traffic.to_f64().unwrap_or(1.0))
            };
            Ok((Arrivals::Pattern(pattern), None, assumptions.clone(), Vec::new()))
        }
        ArrivalPlan::Traced(traced) => open_trace(context, traced, models, traces),
    }
}

fn open_trace(
    context: &Context<'_>,
    traced: &Traced,
    models: &Pieces<'_>,
    traces: &mut Traces<'_>,
) -> Result<Opened> {
    let options = ReadOptions {
        columns: traced.columns.iter().map(|(k, f)| (k.clone(), f.value.clone())).collect(),
        format: traced.format.as_ref().map(|f| f.value.clone()),
        skip_bad_rows: traced.skip_bad_rows,
        seed: context.options.seed.or(traced.seed).unwrap_or(context.seed),
        workload: traced.workload.as_ref().map(|f| f.value.clone()),
    };
    let mut wanted = Wanted { path: traced.path.value.clone(), options, cache: None };
    let mut trace = traces.load(&wanted)?;
    if let Some(limits) = &traced.prompt_cache {
        has_prefixes(context.source, limits, &*trace.to_memory()?)?;
        let rules = models.cache_rules(trace.about().model_labels(), context.pricing_date);
        wanted.cache = Some(CachePlan { limits: limits.value, ..rules });
        trace = traces.load(&wanted)?;
    }
    if let Some(label) = &traced.workload {
        let labels = trace.about().workload_labels().to_vec();
        let part = traces.part(&wanted, &label.value)?;
        let names = || labels.iter().map(String::as_str);
        trace = part.ok_or_else(|| unknown(context.source, label, names()))?;
    }
    let mut routes = None;
    if let Some(spec) = &traced.routes {
        let rows = traces.rows(&trace)?;
        routes = Some(spec.of(context.source, trace.about().workload_labels(), &rows)?);
    }
    let own = routes.as_ref().map_or(String::new(), |routes| format!("{} of ", routes.rows()));
    let rows = format!("{own}{} rows, format {}", trace.rows(), trace.about().format);
    let mut assumptions = vec![
        Assumption::new("arrivals.trace", traced.path.value.clone(), Origin::Given),
        Assumption::new("arrivals", rows, Origin::Measured),
    ];
    if let (Some(spec), Some(routes)) = (&traced.routes, &routes) {
        let (key, labels) = spec.words();
        let note = format!("{} rows, in the trace's own time", routes.rows());
        assumptions.push(Assumption::new(key, labels, Origin::Given).note(note));
    }
    assumptions.extend(wanted.cache.as_ref().map(|plan| replayed(plan.limits, trace.about())));
    let about = trace.about();
    let mut warnings = about.notes.clone();
    if about.skipped > 0 {
        let first = about.first_skipped.as_ref().map_or(String::new(), |d| format!("; first: {d}"));
        warnings.push(format!("{} rows of the trace were skipped{first}", about.skipped));
    }
    Ok((Arrivals::Trace(trace), routes, assumptions, warnings))
}

/// A prompt cache can be replayed only where the trace tells which prompts begin alike.
fn has_prefixes(source: &Source, limits: &Located<CacheLimits>, trace: &Trace) -> Result<()> {
    if !trace.prefixes().is_empty() {
        return Ok(());
    }
    Err(Box::new(
        source
            .error(limits, NO_PREFIXES, "nothing to replay")
            .note(format!("it was read as `{}`", trace.format))
            .hint("say the share instead: `cached_share: 40%` under `requests:`"),
    ))
}

/// Where cached tokens come from that a prompt cache of these limits gave.
fn replayed(limits: CacheLimits, trace: &Trace) -> Assumption {
    let CacheLimits { ttl, tokens } = limits;
    let mut words = "measured from prefix hashes".to_owned();
    if ttl < SimDuration::MAX {
        words.push_str(&format!(", TTL {ttl}"));
    }
    if tokens < u64::MAX {
        words.push_str(&format!(", {tokens} tokens"));
    }
    let (mut hits, mut prompts) = (0, 0);
    trace.each(TraceColumn::CachedTokens, |row, hit| {
        hits += u128::from(hit);
        prompts += u128::from(trace.value(TraceColumn::InputTokens, row).unwrap_or(hit));
    });
    let mut writes = 0;
    trace.each(TraceColumn::CacheWriteTokens, |_, written| writes += u128::from(written));
    let share = |part: u128| {
        let share = (part * 1_000).checked_div(prompts).unwrap_or(0);
        format!("{}.{}%", share / 10, share % 10)
    };
    let written = match writes {
        0 => String::new(),
        _ => format!(", {} written to it", share(writes)),
    };
    let note = format!(
        "{} of the prompts{written}; block by block, the least recently used go first",
        share(hits)
    );
    Assumption::new("cached_tokens", words, Origin::Measured).note(note)
}
