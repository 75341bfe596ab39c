//! One workload: resolved, replayed and metered.

use super::context::Context;
use super::counters::Counters;
use super::deployment::Deployment;
use super::hours::Calendar;
use super::overflow::Spill;
use super::source::Requests;
use super::stages::{Apart, Staged};
use super::timeline::Shapes;
use super::usage::StatedUsage;
use super::{Projection, WorkloadEstimate, path};
use crate::billing::{Hours, Period, Rates, Span, TokenUsage, UsageLine};
use crate::diagnostic::{Diagnostic, Result};
use crate::metering::{
    Connections, Deployed, Meters, PathMeters, Reading, Readings, TokenMeter, TokenRule,
};
use crate::pricing::{LlmProvider, Model, Service};
use crate::replay::{AtLimit, Behavior};
use crate::units::{Bins, SimTime, Usage, mul_div};
use crate::workload::Assumption;
use crate::workload::stages::{Forwarding, Stage, Stages};
use std::collections::BTreeMap;

/// A workload ready to run.
pub(super) struct Workload<'a> {
    pub(super) name: String,
    pub(super) deployment: Deployment<'a>,
    pub(super) paths: Vec<Deployment<'a>>,
    pub(super) stated: Vec<StatedUsage<'a>>,
    pub(super) models: Vec<(&'a LlmProvider, &'a Model)>,
    pub(super) batch: bool,
    pub(super) cache_lifetime: Option<String>,
    /// Sizes of its memory curve.
    pub(super) memory_measured: Vec<u64>,
    pub(super) requests: Requests,
    pub(super) assumptions: Vec<Assumption>,
    pub(super) warnings: Vec<String>,
    /// What takes the requests that its deployment has no room for, if something does.
    pub(super) overflow: Option<Box<Self>>,
    pub(super) stage: Stage,
    /// Its answers reach clients through something of the same vendor.
    pub(super) fronted: bool,
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

impl<'a> Workload<'a> {
    /// The workload without the stages that have a platform of their own, and those after it.
    pub(super) fn split(mut self, staged: Staged<'a>) -> Vec<Self> {
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
