//! Base load on machines that are always on, bursts on pay-per-use: level by level of concurrency.

use super::Rule;
use crate::diagnostic::Result;
use crate::estimate::{ClockPrice, Stream, WorkloadEstimate};
use crate::pricing::{Clock, Confidence, Platform, Pool, Scaling, WarmCapacity};
use crate::recommend::warm::bound::{charges, hours, times, whole};
use crate::recommend::warm::occupancy::{Counting, Occupancy};
use crate::recommend::warm::prices::{WarmPrices, counts, runs_while_serving};
use crate::recommend::words::count;
use crate::recommend::{
    Advice, Certificate, Change, Effort, Proposal, Session, Trial, Value, WhatIf,
};
use crate::units::{Money, SimDuration, thousands};
use rust_decimal::Decimal;
use std::sync::Arc;

/// `overflow`.
#[derive(Debug)]
pub(super) struct Overflow;

/// Settings that say how large an instance is: taken to another platform where it has them.
const SIZE: [&str; 3] = ["memory", "vcpu", "architecture"];
/// Steps from the number the levels say.
const STEPS: usize = 12;
/// Levels of concurrency looked at.
const MOST: u32 = 1_000;
/// A saving below this share of the total is none.
const NOISE: Decimal = Decimal::from_parts(1, 0, 0, false, 3);

impl Rule for Overflow {
    fn code(&self) -> &'static str {
        "SSC102"
    }
    fn name(&self) -> &'static str {
        "overflow"
    }
    fn summary(&self) -> &'static str {
        "base load on machines that are always on, bursts on pay-per-use"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/overflow.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        for index in 0..session.file().workloads.len() {
            if session.file().workloads[index].overflow.is_some() {
                continue;
            }
            let Some(case) = Case::of(session, index)? else { continue };
            let mut found: Vec<Found<'_>> = Vec::new();
            for pair in case.pairs(session) {
                if session.out_of_time() {
                    break;
                }
                found.extend(case.search(session, pair)?);
            }
            found.sort_by_key(|f| f.trial.outcome.total);
            let mut said = [false; 2];
            for f in found {
                let sure = f.pair.sure;
                if !std::mem::replace(&mut said[usize::from(sure)], true) {
                    advice.push(case.say(session, &f)?);
                }
            }
        }
        Ok(advice)
    }
}

/// A platform that is always on below one that is paid by use.
#[derive(Clone, Copy)]
struct Pair<'a> {
    base: &'a Platform,
    burst: &'a Platform,
    /// Whether the scenario, or the platform itself, says how many requests a machine serves at once.
    sure: bool,
}

/// The best number of machines of a pair.
struct Found<'a> {
    pair: Pair<'a>,
    machines: u32,
    change: Change,
    trial: Arc<Trial>,
}

/// One workload, and how many requests it has in flight at once.
struct Case<'a> {
    index: usize,
    now: &'a Platform,
    own: WorkloadEstimate,
    stream: Stream,
    found: Occupancy,
}

/// Whether machines of a platform can run all the time, by themselves.
fn can_be_base(p: &Platform) -> bool {
    p.warm_capacity == WarmCapacity::Minimum && p.settings.contains_key("max_instances")
}

impl<'a> Case<'a> {
    fn of(session: &mut Session<'a>, index: usize) -> Result<Option<Self>> {
        let Some(own) = session.now().estimate.workloads.get(index).cloned() else {
            return Ok(None);
        };
        let Some(place) = session.book().platform(&own.platform) else { return Ok(None) };
        let stream = session.site(index)?;
        let b = &stream.behavior;
        let mut counting = Counting::new(stream.span, 1, SimDuration::ZERO);
        session.stream(index, &mut |block| {
            counting.feed(b, block);
            Ok(())
        })?;
        let found = counting.finish();
        Ok(Some(Self { index, now: place.platform, own, stream, found }))
    }

    /// The scenario's own platforms and the featured ones, one of the two being the workload's now.
    fn pairs(&self, session: &Session<'a>) -> Vec<Pair<'a>> {
        let book = session.book();
        let own = session.now().estimate.workloads.iter().map(|w| w.platform.as_str());
        let mut ids: Vec<&str> = own.chain(book.featured()).collect();
        let listed = session.objectives().platforms.iter().map(String::as_str);
        ids.extend(listed);
        let mut platforms: Vec<&'a Platform> = Vec::new();
        for id in ids.into_iter().filter(|id| session.objectives().allows_platform(id)) {
            if let Some(place) = book.platform(id)
                && !platforms.iter().any(|p| p.id == place.platform.id)
            {
                platforms.push(place.platform);
            }
        }
        let given = session.file().workloads[self.index].deployment.contains_key("concurrency");
        let mut pairs = Vec::new();
        for other in platforms.into_iter().filter(|p| p.id != self.now.id) {
            for (base, burst) in [(self.now, other), (other, self.now)] {
                if !can_be_base(base) || burst.scaling != Scaling::PerRequest {
                    continue;
                }
                let known = base.settings.get("concurrency").is_some_and(|s| {
                    s.evidence.confidence > Confidence::Low && s.default.is_some()
                });
                let sure = known || (given && base.id == self.now.id);
                pairs.push(Pair { base, burst, sure });
            }
        }
        pairs
    }

    /// The settings of size that a platform takes.
    fn size(&self, of: &Platform) -> Vec<(String, Value)> {
        let takes = |name: &&&str| {
            let spec = of.settings.get(**name);
            let value = self.own.settings.get(**name);
            spec.zip(value).is_some_and(|(spec, value)| spec.check(value).is_ok())
        };
        let sizes = SIZE.iter().filter(takes);
        sizes.map(|name| ((*name).to_owned(), Value::text(&*self.own.settings[*name]))).collect()
    }

    /// So many machines of the base, and the other platform above them.
    fn change(&self, session: &Session<'_>, pair: Pair<'_>, machines: u32) -> Change {
        let w = &session.file().workloads[self.index];
        let number = || Value::text(machines.to_string());
        let warm = [("min_instances", number()), ("max_instances", number())];
        let entry = |key: &str, value: Value| (key.to_owned(), value);
        if pair.base.id == self.now.id {
            let mut behind = vec![entry("platform", Value::text(&*pair.burst.id))];
            let size = self.size(pair.burst);
            if !size.is_empty() {
                behind.push(entry("deployment", Value::Map(size)));
            }
            let mut change = Change::none();
            for (key, value) in warm {
                change = change.set(self.index, &format!("deployment.{key}"), value);
            }
            return change.set(self.index, "overflow", Value::Map(behind));
        }
        let kept = self.own.settings.iter().filter(|(key, _)| w.deployment.contains_key(*key));
        let kept: Vec<_> = kept.map(|(key, value)| entry(key, Value::text(&**value))).collect();
        let mut behind = vec![entry("platform", Value::text(&*self.now.id))];
        if w.region.is_some() {
            behind.push(entry("region", Value::text(&*self.own.region)));
        }
        if !kept.is_empty() {
            behind.push(entry("deployment", Value::Map(kept)));
        }
        let mut deployment = self.size(pair.base);
        deployment.extend(warm.map(|(key, value)| entry(key, value)));
        let change = Change::none().set(self.index, "platform", &*pair.base.id);
        let change = if w.region.is_some() { change.remove(self.index, "region") } else { change };
        change.set(self.index, "deployment", Value::Map(deployment)).set(
            self.index,
            "overflow",
            Value::Map(behind),
        )
    }

    /// Everything on the platform that is paid by use.
    fn moved(&self, session: &Session<'_>, pair: Pair<'_>) -> Change {
        if pair.burst.id == self.now.id {
            return Change::none();
        }
        let change = Change::none().set(self.index, "platform", &*pair.burst.id);
        let elsewhere = session.file().workloads[self.index].region.is_some();
        let change = if elsewhere { change.remove(self.index, "region") } else { change };
        change.set(self.index, "deployment", Value::Map(self.size(pair.burst)))
    }

    /// How many machines the levels of concurrency pay for, between two trials that tell the prices.
    fn levels_pay(&self, base: &[ClockPrice], burst: &[ClockPrice], serves: u32) -> u32 {
        let (held, used) = (held(base), WarmPrices::of(burst).on_demand);
        let whole = hours(self.found.time.iter().map(|t| i128::from(*t)).sum());
        let step = usize::try_from(serves.max(1)).unwrap_or(usize::MAX);
        let pays = |levels: &&[crate::recommend::warm::occupancy::Level]| {
            let busy = levels.iter().flat_map(|l| &l.busy).map(|t| i128::from(*t)).sum();
            hours(busy) * used > whole * held
        };
        let count = self.found.levels.chunks(step).take_while(pays).count();
        u32::try_from(count).unwrap_or(MOST).min(MOST)
    }

    fn search(&self, session: &mut Session<'a>, pair: Pair<'a>) -> Result<Option<Found<'a>>> {
        let one = self.change(session, pair, 1);
        let Some(prices) = session.prices_of(&one, self.index)? else { return Ok(None) };
        let serves = session.site_of(&one, self.index)?.map_or(1, |s| s.behavior.concurrency);
        let now = session.prices(self.index)?;
        let burst = if pair.base.id == self.now.id { None } else { now };
        let mut machines = match &burst {
            Some(burst) => self.levels_pay(&prices, burst, serves),
            // The prices of the other platform are those of the scenario moved there.
            None => match session.prices_of(&self.moved(session, pair), self.index)? {
                Some(burst) => self.levels_pay(&prices, &burst, serves),
                None => return Ok(None),
            },
        };
        if machines == 0 {
            // Not even the lowest level is busy enough.
            return Ok(None);
        }
        let mut best: Option<Found<'a>> = None;
        for _ in 0..STEPS {
            let near = [machines.saturating_sub(1), machines, machines + 1];
            let near: Vec<u32> = near.into_iter().filter(|n| *n > 0).collect();
            let changes: Vec<Change> =
                near.iter().map(|n| self.change(session, pair, *n)).collect();
            let Some((i, trial)) = session.cheapest(&changes)? else { break };
            let found = Found { pair, machines: near[i], change: changes[i].clone(), trial };
            let done = found.machines == machines;
            machines = found.machines;
            best = Some(found);
            if done || session.out_of_time() {
                break;
            }
        }
        let now = session.now().outcome.total;
        Ok(best.filter(|f| (now - f.trial.outcome.total).0 > now.0 * NOISE))
    }

    fn say(&self, session: &mut Session<'a>, f: &Found<'a>) -> Result<Advice> {
        let name = self.own.name.clone();
        let (base, burst) = (&f.pair.base.name, &f.pair.burst.name);
        let title =
            format!("Serve the base load of {name} on {} × {base}, bursts on {burst}", f.machines);
        let (mut below, mut above) = (0, 0);
        for w in &f.trial.estimate.workloads {
            if w.name == name {
                below = w.facts.served;
            } else if w.name == format!("{name}/overflow") {
                above = w.facts.served;
            }
        }
        let serves = serves(&f.trial, self.index);
        let mut evidence = vec![
            format!(
                "{} of {} are served by the machines that are always on",
                thousands(below),
                count(below + above, "request")
            ),
            format!("one of them serves {} at once", count(serves, "request")),
        ];
        if f.pair.sure {
            let bound = self.bound(session, f, serves)?;
            return Ok(Advice::Proposal(Box::new(Proposal {
                title,
                change: f.change.clone(),
                effort: Effort::High,
                evidence,
                certificate: match bound.filter(|b| *b <= f.trial.outcome.total) {
                    Some(bound) => Certificate::Bound {
                        bound,
                        of: format!(
                            "each level of concurrency on the cheaper of {base} and {burst}, as if \
                             requests could move between them"
                        ),
                    },
                    None => {
                        Certificate::BestFound("the number of machines and its neighbours".into())
                    }
                },
                artifacts: Vec::new(),
            })));
        }
        let least = self.least_concurrency(session, f, serves)?;
        let saving = (session.now().outcome.total - f.trial.outcome.total).to_cents();
        evidence.push(format!("at {serves} at once it would save ${saving} in the period"));
        Ok(Advice::WhatIf(WhatIf {
            title,
            break_even: if least == 1 {
                "pays even if a machine serves one request at a time".into()
            } else {
                format!("pays if one machine serves at least {} at once", count(least, "request"))
            },
            state: format!(
                "measure how many it serves, then write: {}; with `deployment: {{ concurrency: … }}`",
                f.change.lines().join("; ")
            ),
            evidence,
        }))
    }

    /// The fewest requests at once of a machine with which the same number of machines still pays.
    fn least_concurrency(
        &self,
        session: &mut Session<'a>,
        f: &Found<'a>,
        serves: u32,
    ) -> Result<u32> {
        let (mut fails, mut pays) = (0, serves);
        while pays - fails > 1 && !session.out_of_time() {
            let middle = fails + (pays - fails) / 2;
            let change =
                f.change.clone().set(self.index, "deployment.concurrency", middle.to_string());
            if session.cheapest(std::slice::from_ref(&change))?.is_some() {
                pays = middle;
            } else {
                fails = middle;
            }
        }
        Ok(pays)
    }

    /// What no number of machines undercuts: everything but the two platforms, and each level of
    /// concurrency on the cheaper one. Only where neither has free time, and both let requests run alike.
    fn bound(
        &self,
        session: &mut Session<'a>,
        f: &Found<'a>,
        serves: u32,
    ) -> Result<Option<Money>> {
        let of = |name: &str| f.trial.estimate.workloads.iter().position(|w| w.name == name);
        let behind = format!("{}/overflow", self.own.name);
        let (Some(own), Some(over)) = (of(&self.own.name), of(&behind)) else { return Ok(None) };
        let workloads = &f.trial.estimate.workloads;
        let even = |w: &WorkloadEstimate| {
            let facts = &w.facts;
            facts.timed_out
                + facts.stopped
                + facts.abandoned
                + facts.rejected
                + facts.queue_timeouts
                == 0
        };
        if !even(&workloads[own])
            || !even(&workloads[over])
            || !f.trial.estimate.statement.commitments.is_empty()
        {
            return Ok(None);
        }
        let Some(base) = session.prices_of(&f.change, self.index)? else { return Ok(None) };
        let moved = self.moved(session, f.pair);
        let Some(burst) = session.prices_of(&moved, self.index)? else { return Ok(None) };
        let Ok(all) = session.try_one(&moved) else { return Ok(None) };
        let runs = |p: &&ClockPrice| runs_while_serving(p.clock) && counts(p, Pool::OnDemand);
        let free = |trial: &Trial, w: &WorkloadEstimate, price: &ClockPrice| {
            let (billed, quantity) = charges(trial, w, &price.sku);
            if price.units.is_zero() {
                Decimal::ZERO
            } else {
                quantity / price.units * price.first - billed
            }
        };
        // Free time on machines would make the reasoning fail; free time by use is worth most when
        // everything runs there.
        if base.iter().filter(runs).any(|p| free(&f.trial, &workloads[own], p) > Decimal::new(1, 6))
        {
            return Ok(None);
        }
        let Some(alone) = all.estimate.workloads.get(self.index) else { return Ok(None) };
        let given: Decimal =
            burst.iter().filter(runs).map(|p| free(&all, alone, p).max(Decimal::ZERO)).sum();
        let mut rest = f.trial.outcome.total.0 - given;
        for (w, prices) in [(&workloads[own], &base), (&workloads[over], &burst)] {
            rest -= prices.iter().map(|p| charges(&f.trial, w, &p.sku).0).sum::<Decimal>();
        }
        let at_once = if burst
            .iter()
            .any(|p| p.clock == Clock::InstanceActive || p.clock == Clock::InstanceLifetime)
        {
            f.trial.estimate.workloads[over]
                .settings
                .get("concurrency")
                .and_then(|c| c.parse().ok())
        } else {
            None
        };
        let used: Decimal = burst
            .iter()
            .filter(|p| runs_while_serving(p.clock) && counts(p, Pool::OnDemand))
            .map(|p| p.first.min(p.last))
            .sum();
        let used = used / Decimal::from(at_once.unwrap_or(1_u32).max(1));
        let held = held(&base);
        let always = hours(self.found.time.iter().map(|t| i128::from(*t)).sum()) * held;
        let step = usize::try_from(serves.max(1)).unwrap_or(usize::MAX);
        let levels = self.found.levels.chunks(step).map(|levels| {
            let busy = levels.iter().flat_map(|l| &l.busy).map(|t| i128::from(*t)).sum();
            always.min(hours(busy) * used)
        });
        let least = levels.sum::<Decimal>() * times(&self.stream);
        Ok((!self.found.cut).then(|| whole(rest + least)))
    }
}

/// What an hour of a machine costs that is always on.
fn held(prices: &[ClockPrice]) -> Decimal {
    let always =
        |c: Clock| matches!(c, Clock::InstanceLifetime | Clock::WarmIdle | Clock::IdleAtMinimum);
    prices.iter().filter(|p| always(p.clock)).map(|p| p.first.min(p.last)).sum()
}

/// How many requests an instance of a workload serves at once.
fn serves(trial: &Trial, workload: usize) -> u32 {
    let w = trial.estimate.workloads.get(workload);
    w.and_then(|w| w.settings.get("concurrency")?.parse().ok()).unwrap_or(1)
}
