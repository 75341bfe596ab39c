//! A workload of a scenario, resolved: where it runs, what its requests are, what is assumed.

use super::context::Context;
use super::deployment::Deployment;
use super::models::Pieces;
use super::opened::open;
use super::source::{Arrivals, Requests};
use super::stages::{self};
use super::traces::Traces;
use super::traffic::Traffic;
use super::usage::{self};
use super::window::window;
use super::workload::Workload;
use super::{overflow, path, place};
use crate::diagnostic::{Diagnostic, Field, Located, Result};
use crate::pricing::{CachedTokens, Transport};
use crate::units::parse;
use crate::workload::arrivals::ArrivalPlan;
use crate::workload::stages::Stage;
use crate::workload::{
    Assumption, ComputeScale, Known, LlmSpec, Measured, MemoryCurve, Origin, RequestModel, TextOr,
    TokenCap, WorkloadFile,
};
use rust_decimal::prelude::ToPrimitive;

/// A workload, and after it those of its stages that have a platform of their own. Its random numbers are
/// those of `index`.
pub(super) fn resolve<'a>(
    context: &Context<'a>,
    index: usize,
    file: &WorkloadFile,
    (platform, llm): (Option<&Field>, Option<&Located<TextOr<LlmSpec>>>),
    traces: &mut Traces<'_>,
) -> Result<Vec<Workload<'a>>> {
    let (mut deployment, transport) = place::runs_on(context, file, platform)?;
    let paths = path::resolve(context, file, &deployment, transport)?;
    sockets(context, file, (&deployment, &paths), transport)?;
    let mut stated = usage::of_workload(context, file, &deployment)?;
    // Chosen for all on the command line, a platform is looked at alone.
    let behind = file.overflow.as_ref().filter(|_| context.options.platform.is_none());
    let behind =
        behind.map(|o| overflow::resolve(context, o, &deployment, transport)).transpose()?;
    if let Some(behind) = &behind {
        deployment.passes_on();
        sockets(context, file, (behind, &paths), transport)?;
    }
    let mut w = Pieces::none();
    w.read_llm(context, file.llm.as_ref().or(llm))?;
    let mut staged = stages::resolve(context, file, &mut w, (&deployment, transport))?;
    let plan = ArrivalPlan::resolve(&file.arrivals, context.source)?;
    if let (Some(overflow), true) = (&file.overflow, staged.gate.is_some() || staged.post.is_some())
    {
        let message = "an overflow beside stages on platforms of their own is not replayed";
        return Err(Box::new(
            context
                .source
                .error(overflow, message, "its requests would pass the stages too")
                .hint("leave out the overflow, or the `platform` of the stages"),
        ));
    }
    let (arrivals, routes, mut assumptions, mut warnings) = open(context, &plan, &w, traces)?;
    assumptions.append(&mut staged.assumptions);
    let measured = match &arrivals {
        Arrivals::Trace(trace) => trace.measured(),
        Arrivals::Pattern(_) => Measured::default(),
    };
    let bytes = w.models.first().and_then(|(p, _)| p.response_bytes_per_output_token.as_ref());
    let known = Known {
        measured,
        llm: !w.models.is_empty(),
        response_bytes_per_output_token: bytes.and_then(|(b, _)| b.0.to_f64()),
        messages: paths.iter().chain(&behind).any(|p| p.counts_messages())
            || deployment.counts_messages(),
        sockets: transport == Transport::Websocket,
    };
    let mut model = RequestModel::resolve(context.source, file.requests.as_ref(), &known)?;
    if let Some(cap) = file.requests.as_ref().and_then(|r| r.max_output_tokens.as_ref()) {
        let labels = match &arrivals {
            Arrivals::Trace(trace) => trace.about().model_labels(),
            Arrivals::Pattern(_) => &[],
        };
        model.limit_answers(TokenCap::resolve(context.source, cap, labels)?);
    }
    assumptions.extend(model.assumptions());
    if matches!(arrivals, Arrivals::Trace(_)) && !measured.duration {
        warnings.push(
            "the trace has no durations: they are modelled from tokens and a tokens-per-second rate"
                .into(),
        );
    }
    // Hits that were replayed are part of the prompt, whatever the provider's own logs say.
    let replayed = matches!(&plan, ArrivalPlan::Traced(traced) if traced.prompt_cache.is_some());
    let logged = measured.cached_tokens && !replayed;
    if let (true, Some((provider, _))) = (logged, w.models.first()) {
        let rule = match provider.cached_tokens {
            CachedTokens::InsideInput => "inside input_tokens",
            CachedTokens::OutsideInput => "outside input_tokens",
        };
        assumptions.push(Assumption::new("cached_tokens", rule, Origin::PlatformDefault));
    }
    let (from, window, projection) = window(context, &plan, &arrivals, &mut assumptions)?;
    if !deployment.ignored.is_empty() {
        warnings.push(format!(
            "settings that {} does not have were left out: {}",
            deployment.place.platform.id,
            deployment.ignored.join(", ")
        ));
    }
    let llm_of_label = w.label_indices(&arrivals);
    let cached_outside = logged
        && w.models.first().is_some_and(|(p, _)| p.cached_tokens == CachedTokens::OutsideInput);
    let seed = match &plan {
        ArrivalPlan::Generated(g) => g.seed,
        ArrivalPlan::Traced(t) => t.seed,
    };
    let (compute, memory_measured) = compute(context, file, &deployment, traces, &mut assumptions)?;
    let inside = |d: &Deployment<'_>| {
        w.models.iter().map(|(p, _)| p.provider_name == d.vendor()).collect::<Vec<_>>()
    };
    if file.overflow.is_some() && behind.is_none() {
        warnings.push("the overflow was left out: one platform was chosen for everything".into());
    }
    stated.append(&mut staged.stated);
    let stages = staged.stages.take().map(|stages| (Stage::Whole, stages));
    let requests = Requests {
        arrivals,
        routes,
        model,
        llm_of_label,
        inside: inside(&deployment),
        cached_outside,
        compute,
        seed: context.options.seed.or(seed).unwrap_or(context.seed),
        index: index as u64,
        from,
        window,
        traffic: Traffic::new(context.traffic, context.options.spike, from),
        projection,
        period: context.period,
        stages,
    };
    let overflow = behind.map(|deployment| {
        let requests = Requests { inside: inside(&deployment), ..requests.clone() };
        Box::new(Workload {
            name: format!("{}/overflow", file.name.value),
            deployment,
            paths: paths.clone(),
            stated: stated.iter().filter(|s| s.per_request).cloned().collect(),
            models: w.models.clone(),
            batch: w.batch,
            cache_lifetime: w.life.clone(),
            memory_measured: Vec::new(),
            requests,
            assumptions: Vec::new(),
            warnings: Vec::new(),
            overflow: None,
            stage: Stage::Whole,
            fronted: false,
        })
    });
    let workload = Workload {
        name: file.name.value.clone(),
        deployment,
        paths,
        stated,
        models: w.models,
        batch: w.batch,
        cache_lifetime: w.life,
        memory_measured,
        requests,
        assumptions,
        warnings,
        overflow,
        stage: Stage::Whole,
        fronted: false,
    };
    Ok(workload.split(staged))
}

/// How processor time differs from what was measured, with the memory of the deployment. Where processors
/// are a setting of their own, memory does not change it.
fn compute(
    context: &Context<'_>,
    file: &WorkloadFile,
    deployment: &Deployment<'_>,
    traces: &mut Traces<'_>,
    assumptions: &mut Vec<Assumption>,
) -> Result<(Option<ComputeScale>, Vec<u64>)> {
    let Some(written) = &file.memory_curve else { return Ok((None, Vec::new())) };
    let curve = MemoryCurve::resolve(context.source, written, &mut |path| traces.text(path))?;
    let memory = deployment.get("memory").and_then(|m| parse::memory_mib(m).ok());
    let mut note = |value: String| {
        assumptions.push(Assumption::new("memory_curve", value, Origin::Measured));
    };
    let Some(memory) = memory.filter(|_| deployment.get("vcpu").is_none()) else {
        note("unused: processor time does not follow memory there".into());
        return Ok((None, curve.measured().collect()));
    };
    let scale = curve.scale(memory)?;
    note(format!("processor time {} with {memory}MiB", scale.words()));
    Ok((Some(scale).filter(|scale| !scale.is_one()), curve.measured().collect()))
}

/// A WebSocket ends at something in the path that holds connections, or else at the platform. What
/// happens between its streams is counted only where connections are.
fn sockets(
    context: &Context<'_>,
    file: &WorkloadFile,
    (deployment, paths): (&Deployment<'_>, &[Deployment<'_>]),
    transport: Transport,
) -> Result<()> {
    let source = context.source;
    let held = transport == Transport::Websocket && paths.iter().any(Deployment::holds_connections);
    if !held {
        deployment.carries(transport, |message| match &file.transport {
            Some(field) => source.error(field, message, "asked for here"),
            None => Diagnostic::input(message).hint("say another one with `transport:`"),
        })?;
    }
    let Some(spec) = &file.requests else { return Ok(()) };
    let all = || paths.iter().chain([deployment]);
    let checks = [
        (&spec.turns_per_connection, all().any(Deployment::holds_connections)),
        (&spec.idle_between_turns, all().any(Deployment::counts_waiting)),
    ];
    for (field, counted) in checks {
        if let (Some(field), false, Transport::Websocket) = (field, counted, transport) {
            let id = &deployment.place.platform.id;
            return Err(Box::new(
                source
                    .error(
                        field,
                        format!("{id} holds the socket itself, so this would not be billed"),
                        "nothing in the path counts connections",
                    )
                    .hint("let one request be the whole connection: say its `duration`, pauses included"),
            ));
        }
    }
    Ok(())
}
