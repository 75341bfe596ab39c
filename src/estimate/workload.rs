//! One workload: resolved, replayed and metered.

use super::context::Context;
use super::counters::Counters;
use super::deployment::Deployment;
use super::hours::Calendar;
use super::models::Pieces;
use super::overflow::Spill;
use super::source::{Arrivals, Requests};
use super::stages::{self, Apart, Staged};
use super::timeline::Shapes;
use super::traces::{Traces, Wanted};
use super::traffic::Traffic;
use super::usage::{self, StatedUsage};
use super::window::window;
use super::{Projection, WorkloadEstimate, overflow, path, place};
use crate::billing::{Hours, Period, Rates, Span, TokenUsage, UsageLine};
use crate::diagnostic::{Diagnostic, Field, Located, Result, Source};
use crate::metering::{
    Connections, Deployed, Meters, PathMeters, Reading, Readings, TokenMeter, TokenRule,
};
use crate::pricing::{CachedTokens, LlmProvider, Model, Service, Transport};
use crate::replay::{AtLimit, Behavior};
use crate::units::{Bins, SimDuration, SimTime, Usage, mul_div, parse};
use crate::workload::arrivals::{ArrivalPlan, Generated, Routes, Traced, unknown};
use crate::workload::import::ReadOptions;
use crate::workload::prefix_cache::{CacheLimits, CachePlan, NO_PREFIXES};
use crate::workload::stages::{Forwarding, Stage, Stages};
use crate::workload::{
    Assumption, ComputeScale, Known, LlmSpec, Measured, MemoryCurve, Origin, RequestModel, TextOr,
    TokenCap, Trace, TraceColumn, WorkloadFile,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeMap;

/// A workload ready to run.
pub(super) struct Workload<'a> {
    pub(super) name: String,
    pub(super) deployment: Deployment<'a>,
    pub(super) paths: Vec<Deployment<'a>>,
    pub(super) stated: Vec<StatedUsage<'a>>,
    models: Vec<(&'a LlmProvider, &'a Model)>,
    batch: bool,
    cache_lifetime: Option<String>,
    /// Sizes of its memory curve.
    memory_measured: Vec<u64>,
    pub(super) requests: Requests,
    pub(super) assumptions: Vec<Assumption>,
    pub(super) warnings: Vec<String>,
    /// What takes the requests that its deployment has no room for, if something does.
    pub(super) overflow: Option<Box<Self>>,
    stage: Stage,
    /// Its answers reach clients through something of the same vendor.
    fronted: bool,
}

/// What a workload used, and what the replay saw.
pub(super) struct Outcome<'a> {
    pub(super) warnings: Vec<String>,
    pub(super) estimate: WorkloadEstimate,
    /// Usage, each line with the service that sells it.
    pub(super) usage: Vec<(&'a Service, UsageLine)>,
    pub(super) tokens: Vec<TokenUsage<'a>>,
    /// How they are spread over time, if asked for.
    pub(super) shapes: Shapes,
}

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

type Opened = (Arrivals, Option<Routes>, Vec<Assumption>, Vec<String>);

fn open(
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

impl<'a> Workload<'a> {
    /// The workload without the stages that have a platform of their own, and those after it.
    fn split(mut self, staged: Staged<'a>) -> Vec<Self> {
        let mut apart = Vec::new();
        let stages = self.requests.stages.as_ref().map(|(_, stages)| stages.clone());
        if let (Some(gate), Some(stages)) = (staged.gate, &stages) {
            let forwarding = stages.gate.as_ref().and_then(|gate| gate.apart);
            self.stage = Stage::Behind;
            self.requests.stages = Some((Stage::Behind, stages.clone()));
            let mut own = self.stage_of((Stage::Gate, "gate"), gate, stages);
            if forwarding == Some(Forwarding::Proxy) {
                own.paths = std::mem::take(&mut self.paths);
                self.fronted = own.deployment.vendor() == self.deployment.vendor();
            }
            apart.push(own);
        }
        if let (Some(post), Some(stages)) = (staged.post, &stages) {
            apart.push(self.stage_of((Stage::Post, "post"), post, stages));
        }
        apart.insert(0, self);
        apart
    }

    /// A stage of this workload on a platform of its own.
    fn stage_of(&self, (stage, name): (Stage, &str), apart: Apart<'a>, stages: &Stages) -> Self {
        let Apart { deployment, stated, models } = apart;
        let vendor = deployment.vendor();
        let inside = models.iter().map(|(p, _)| p.provider_name == vendor).collect();
        let stages = Some((stage, stages.clone()));
        Self {
            name: format!("{}/{name}", self.name),
            requests: Requests { inside, stages, ..self.requests.clone() },
            deployment,
            paths: Vec::new(),
            stated,
            models,
            batch: false,
            cache_lifetime: None,
            memory_measured: Vec::new(),
            assumptions: Vec::new(),
            warnings: Vec::new(),
            overflow: None,
            stage,
            fronted: false,
        }
    }

    /// Whether its window is billed as it is, not projected.
    pub(super) fn is_sample(&self) -> bool {
        matches!(self.requests.projection, Projection::None(_))
    }

    /// Every service it uses, its platform's first.
    pub(super) fn services(&self) -> impl Iterator<Item = &'a Service> {
        let deployed = std::iter::once(&self.deployment).chain(&self.paths);
        let behind = self.overflow.iter().map(|o| o.deployment.place.service);
        let deployed = deployed.map(|d| d.place.service).chain(behind);
        deployed.chain(self.stated.iter().map(|s| s.service))
    }

    /// How its deployment behaves; where requests can go on to another, nobody waits.
    pub(super) fn behavior(&self) -> Behavior {
        let (from, to) = self.requests.span();
        let mut behavior = self.deployment.behavior(from, to);
        if self.overflow.is_some() {
            behavior.at_limit = AtLimit::Reject;
        }
        behavior
    }

    /// What counts the requests that its deployment turns away.
    ///
    /// # Errors
    /// When something in the path has to see all requests in order.
    pub(super) fn spill(
        &self,
        context: &Context<'a>,
        account: impl Fn(&Service) -> &'a BTreeMap<String, String>,
        rates: &Rates,
    ) -> Result<Option<Spill>> {
        let Some(overflow) = &self.overflow else { return Ok(None) };
        let counters = overflow.counters(context, account, rates)?;
        let ordered = counters.paths.iter().position(|p| p.meters.ordered());
        if let Some(path) = ordered {
            let path = &self.paths[path].place.platform.id;
            let message =
                format!("`{}` has an overflow, but {path} counts requests in order", self.name);
            return Err(Box::new(
                Diagnostic::input(message)
                    .note("capacity and shared connections cannot be counted for both yet")
                    .hint("leave out the path or the overflow"),
            ));
        }
        let (before, behind) = (&self.requests.inside, &overflow.requests.inside);
        let inside = before.iter().copied().zip(behind.iter().copied()).collect();
        let cached_outside = self.requests.cached_outside;
        Ok(Some(Spill { counters, inside, cached_outside }))
    }

    /// What counts a replay of this workload.
    pub(super) fn counters(
        &self,
        context: &Context<'a>,
        account: impl Fn(&Service) -> &'a BTreeMap<String, String>,
        rates: &Rates,
    ) -> Result<Counters> {
        let span @ (from, to) = self.requests.span();
        let behavior = self.behavior();
        let warm = behavior.floor.max().max(behavior.provisioned.max());
        if warm > behavior.max_instances {
            let most = behavior.max_instances;
            return Err(Box::new(
                Diagnostic::input(format!(
                    "`{}` keeps {warm} instances warm, but at most {most} may run",
                    self.name
                ))
                .hint("raise `max_instances` or lower the warm capacity under `deployment:`"),
            ));
        }
        // Answers leave from the outermost carrier of a vendor, not from what stands behind it.
        let fronted = |d: &Deployment<'_>, before: usize| {
            let carries = |p: &&Deployment<'_>| p.place.platform.carries_egress;
            let gate = self.fronted && before == self.paths.len();
            gate || self.paths[..before].iter().filter(carries).any(|p| p.vendor() == d.vendor())
        };
        let deployed = |d: &Deployment<'_>, behavior: &Behavior, before: usize| Deployed {
            fronted: fronted(d, before),
            ..self.deployed(d, behavior, span)
        };
        let skus = self.deployment.metered(account(self.deployment.place.service))?;
        let meters = Meters::new(skus, deployed(&self.deployment, &behavior, self.paths.len()));
        let paths = self.paths.iter().enumerate().map(|(index, path)| {
            let skus = path.metered(account(path.place.service))?;
            let idle = path.behavior(from, to);
            let meters = Meters::new(skus, deployed(path, &idle, index));
            Ok(PathMeters { meters, limits: path.limits() })
        });
        let tokens = TokenMeter::new(self.token_rules(context));
        let counters = Counters::new(behavior, meters, tokens, paths.collect::<Result<Vec<_>>>()?);
        let counters = match context.options.timeline {
            Some(width) => counters.by(Bins::new(span, width)),
            None => counters,
        };
        if !self.may_be_covered(rates) {
            return Ok(counters);
        }
        let period = Span::from_day(context.pricing_date, context.period);
        Ok(counters.by_hours(Calendar::new(&self.requests, period).bins()))
    }

    /// Whether a commitment is for something that its platform or path sells.
    fn may_be_covered(&self, rates: &Rates) -> bool {
        let mut deployed = std::iter::once(&self.deployment).chain(&self.paths);
        let skus = || rates.commitments.iter().flat_map(|c| &c.skus);
        deployed.any(|d| skus().any(|id| d.place.service.sku(id).is_some()))
    }

    /// Whether idle instances stop at the end of the window, as in the middle of a longer stay.
    pub(super) fn clips(&self) -> bool {
        !matches!(self.requests.projection, Projection::None(_))
    }

    /// What a replay of this workload has counted, scaled to the period.
    pub(super) fn outcome(&self, mut counted: Counters, period: Period) -> Result<Outcome<'a>> {
        let hourly = counted.hourly.take();
        let Counters { facts, meters, tokens, paths, activity, by_hour, passed_on, .. } = counted;
        let mut shapes = Shapes::new(activity.map(|a| a.finish()));
        debug_assert!(facts.identities_hold(), "{facts:?}");
        let mut warnings = Vec::new();
        let calendar = Calendar::new(&self.requests, period.span);
        // Of each deployment, by reading.
        let mut hours = match hourly {
            Some(hourly) => hourly.read_hours(&calendar),
            None => Vec::new(),
        }
        .into_iter();
        let mut hours = |readings: &Readings| match by_hour {
            true => calendar.of(readings),
            false => hours.next().unwrap_or_default(),
        };
        let readings = meters.read();
        shapes.add(self.deployment.place.service, &readings);
        let own = hours(&readings);
        let mut usage = self.usage(&self.deployment, readings, own, &mut warnings);
        let mut path_breaks = Vec::new();
        for (path, counted) in self.paths.iter().zip(paths) {
            path_breaks.extend(path::breaks(path, counted.limits));
            path::warn(path, counted.limits, facts.requests + passed_on, &mut warnings);
            let readings = counted.meters.read();
            shapes.add(path.place.service, &readings);
            let own = hours(&readings);
            usage.extend(self.usage(path, readings, own, &mut warnings));
        }
        let over_time = tokens.over_time();
        let tokens = tokens.read().into_iter().map(|r| TokenUsage {
            workload: self.name.clone(),
            provider: self.models[r.model].0,
            model: self.models[r.model].1,
            batch: self.batch,
            cache_lifetime: self.cache_lifetime.clone(),
            band: r.band,
            class: r.class,
            usage: self.projected(r.usage),
        });
        let tokens: Vec<_> = tokens.collect();
        shapes.add_tokens(&tokens, &over_time);
        let requests = self.projected(Usage(i128::from(facts.requests))).0;
        for stated in &self.stated {
            usage.push(stated.line(Some(&self.name), requests, period.month)?);
        }
        Ok(Outcome {
            warnings,
            estimate: WorkloadEstimate {
                name: self.name.clone(),
                platform: self.deployment.place.platform.id.clone(),
                platform_name: self.deployment.place.platform.name.clone(),
                region: self.deployment.region.clone(),
                settings: self.deployment.values.clone(),
                stage: self.stage,
                models: self.models.iter().map(|(p, m)| format!("{}/{}", p.id, m.id)).collect(),
                facts,
                memory_measured: self.memory_measured.clone(),
                path_breaks,
                projection: self.requests.projection.clone(),
                requests: u64::try_from(requests).unwrap_or(u64::MAX),
                timeline: None,
            },
            shapes,
            usage,
            tokens,
        })
    }

    fn deployed(
        &self,
        deployment: &Deployment<'_>,
        behavior: &Behavior,
        (from, to): (SimTime, SimTime),
    ) -> Deployed {
        let model = &self.requests.model;
        Deployed {
            from,
            to,
            provisioned: behavior.provisioned.clone(),
            machines: deployment.machines(),
            shutdown: deployment.shutdown(),
            connections: Connections {
                turns: model.turns_per_connection,
                idle: model.idle_between_turns,
            },
            fronted: false,
        }
    }

    /// What a deployment's meters read, for the period.
    fn usage(
        &self,
        deployment: &Deployment<'a>,
        readings: Readings,
        hours: Vec<Hours>,
        warnings: &mut Vec<String>,
    ) -> Vec<(&'a Service, UsageLine)> {
        let service = deployment.place.service;
        for short in readings.shortages {
            warnings.push(format!(
                "{}: {} units are set, but the busiest moment needs {}",
                service.skus[short.sku].name, short.units, short.needed
            ));
        }
        let hours = hours.into_iter().map(Some).chain(std::iter::repeat(None));
        let line = |(r, hours): (Reading, Option<Hours>)| UsageLine {
            workload: Some(self.name.clone()),
            sku: r.sku,
            region: deployment.region.clone(),
            pool: r.pool,
            usage: self.projected(r.usage),
            hours,
        };
        readings.usage.into_iter().zip(hours).map(|both| (service, line(both))).collect()
    }

    fn token_rules(&self, context: &Context<'_>) -> Vec<TokenRule> {
        let rule = |(provider, model): &(&LlmProvider, &Model)| {
            // A row that comes into force while the period runs may have a bound of its own.
            let first = context.pricing_date;
            let last = Span::from_day(first, context.period).end.date_naive();
            let last = if context.fixed_prices { first } else { last };
            let rows = model
                .prices
                .iter()
                .filter(|p| p.from <= last && p.until.is_none_or(|until| first < until));
            let long = rows.filter_map(|p| p.long_context.as_ref());
            let mut bounds: Vec<u32> = long.map(|l| l.from_tokens).collect();
            bounds.sort_unstable();
            bounds.dedup();
            TokenRule { on_disconnect: provider.on_disconnect, long_context_from: bounds }
        };
        self.models.iter().map(rule).collect()
    }

    /// A window's usage for the period.
    fn projected(&self, usage: Usage) -> Usage {
        match self.requests.projection {
            Projection::Scaled(window) => {
                Usage(mul_div(usage.0, i128::from(self.requests.period.0), i128::from(window.0)))
            }
            _ => usage,
        }
    }
}
