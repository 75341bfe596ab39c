//! How long idle instances are kept, where the user decides and pays for it.

use super::Rule;
use crate::diagnostic::Result;
use crate::estimate::{ClockPrice, Stream};
use crate::pricing::{Clock, Pool, SettingSpec};
use crate::recommend::warm::bound::{charges, hours, scaled, times, whole};
use crate::recommend::warm::prices::counts;
use crate::recommend::words::count;
use crate::recommend::{
    Advice, Artifact, Certificate, Change, Choice, Effort, Figure, Frontier, Objectives, Proposal,
    Session, Trial,
};
use crate::replay::{Curve, Dispatch, Levels, Scaling};
use crate::units::{Money, SimDuration, thousands};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::fmt::Write;
use std::sync::Arc;

/// `keep-alive`.
#[derive(Debug)]
pub(super) struct KeepAlive;

const SETTING: &str = "idle_timeout";
/// The best of the curve that are estimated, with their neighbours.
const ESTIMATED: usize = 6;
/// A saving below this share of the total is none.
const NOISE: Decimal = Decimal::from_parts(1, 0, 0, false, 3);

impl Rule for KeepAlive {
    fn code(&self) -> &'static str {
        "SSC202"
    }
    fn name(&self) -> &'static str {
        "keep-alive"
    }
    fn summary(&self) -> &'static str {
        "how long idle instances are kept, where that is set and paid"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/keep-alive.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        for index in 0..session.file().workloads.len() {
            if session.out_of_time() {
                break;
            }
            if let Some(case) = Case::of(session, index)? {
                advice.extend(case.advise(session)?);
            }
        }
        Ok(advice)
    }
}

/// One workload whose keep-alive can be set.
struct Case<'a> {
    index: usize,
    spec: &'a SettingSpec,
    stream: Stream,
    prices: Vec<ClockPrice>,
    /// Everything about every keep-alive, where instances serve one request at once.
    curve: Option<Curve>,
}

/// Whole seconds up to ten minutes, then minutes up to eight hours, as far as a setting takes them.
fn choices(spec: &SettingSpec) -> Vec<SimDuration> {
    let seconds = (0..600).chain((600..=28_800).step_by(60)).map(SimDuration::from_secs);
    seconds.filter(|d| spec.check(&written(*d)).is_ok()).collect()
}

fn written(d: SimDuration) -> String {
    format!("{}s", d.0 / 1_000_000_000)
}

/// Clocks that run while an instance is idle.
fn runs_while_idle(clock: Clock) -> bool {
    matches!(clock, Clock::InstanceLifetime | Clock::LifetimeLessIdle)
}

impl<'a> Case<'a> {
    fn of(session: &mut Session<'a>, index: usize) -> Result<Option<Self>> {
        let book = session.book();
        let Some(w) = session.now().estimate.workloads.get(index) else { return Ok(None) };
        let Some(place) = book.platform(&w.platform) else { return Ok(None) };
        let Some(spec) = place.platform.settings.get(SETTING).filter(|s| s.configurable) else {
            return Ok(None);
        };
        let Some(prices) = session.prices(index)? else { return Ok(None) };
        if !prices.iter().any(|p| runs_while_idle(p.clock)) {
            return Ok(None);
        }
        let stream = session.site(index)?;
        let b = &stream.behavior;
        let one = b.concurrency == 1
            && b.scaling == Scaling::PerRequest
            && b.dispatch == Dispatch::MostRecentlyUsed
            && b.floor.is_zero()
            && b.provisioned.is_zero();
        let curve = if one {
            let minima = vec![0];
            let mut levels = Levels::new(b, stream.span, stream.clip, choices(spec), minima, true);
            session.stream(index, &mut |block| {
                levels.feed(block);
                Ok(())
            })?;
            Some(levels.finish())
        } else {
            None
        };
        Ok(Some(Self { index, spec, stream, prices, curve }))
    }

    /// The price of an idle hour, and of a start with the time it takes.
    fn idle_and_start(&self) -> (Decimal, Decimal) {
        let sum = |of: &dyn Fn(Clock) -> bool| -> Decimal {
            self.prices.iter().filter(|p| of(p.clock)).map(|p| p.first).sum()
        };
        let idle = sum(&runs_while_idle);
        let startup = hours(i128::from(self.stream.behavior.startup.0)) * idle;
        (idle, sum(&|c| c == Clock::Starts) + startup)
    }

    /// Keep-alives worth estimating.
    fn candidates(&self, objectives: &Objectives) -> Vec<SimDuration> {
        let all = choices(self.spec);
        let Some(curve) = &self.curve else {
            let rough = [0, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 14_400];
            let near = |s: &i64| all.contains(&SimDuration::from_secs(*s));
            return rough.iter().filter(|s| near(s)).map(|s| SimDuration::from_secs(*s)).collect();
        };
        let (idle, start) = self.idle_and_start();
        let point = |i: usize| curve.point(i, 0);
        let mut order: Vec<(Decimal, usize)> = (0..curve.timeouts().len())
            .filter_map(|i| {
                let p = point(i)?;
                Some((hours(p.idle_time) * idle + Decimal::from(p.cold_starts) * start, i))
            })
            .collect();
        order.sort_unstable();
        let mut wanted: Vec<usize> = order.iter().take(ESTIMATED).map(|o| o.1).collect();
        if let Some(share) = objectives.cold_starts {
            let few = share * Decimal::from(curve.requests());
            let keeps = |i: &usize| point(*i).is_some_and(|p| Decimal::from(p.cold_starts) <= few);
            let keeping = order.iter().filter(|o| keeps(&o.1)).take(ESTIMATED);
            wanted.extend(keeping.flat_map(|o| [o.1, o.1 + 1, o.1 + 2]));
        }
        if objectives.time_to_first_token.iter().any(Option::is_some) {
            let step = (curve.timeouts().len() / 12).max(1);
            wanted.extend((0..curve.timeouts().len()).step_by(step));
        }
        wanted.sort_unstable();
        wanted.dedup();
        wanted.iter().filter_map(|i| curve.timeouts().get(*i).copied()).collect()
    }

    fn change(&self, keep: SimDuration) -> Change {
        Change::none().set(self.index, &format!("deployment.{SETTING}"), written(keep))
    }

    fn best(
        &self,
        session: &mut Session<'_>,
        candidates: &[SimDuration],
    ) -> Result<Option<(SimDuration, Arc<Trial>)>> {
        let changes: Vec<Change> = candidates.iter().map(|d| self.change(*d)).collect();
        Ok(session.cheapest(&changes)?.map(|(i, trial)| (candidates[i], trial)))
    }

    fn advise(self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut tried = self.candidates(session.objectives());
        let Some(mut best) = self.best(session, &tried)? else { return Ok(Vec::new()) };
        // Between the neighbours of the best, finer and finer.
        let all = choices(self.spec);
        for _ in 0..3 {
            let below = tried.iter().filter(|d| **d < best.0).max().copied().unwrap_or(best.0);
            let above = tried.iter().filter(|d| **d > best.0).min().copied().unwrap_or(best.0);
            let between: Vec<_> = all.iter().filter(|d| below < **d && **d < above).collect();
            let step = (between.len() / 6).max(1);
            let new: Vec<SimDuration> =
                between.into_iter().step_by(step).copied().filter(|d| !tried.contains(d)).collect();
            if new.is_empty() || session.out_of_time() {
                break;
            }
            if let Some(found) = self.best(session, &new)?
                && found.1.outcome.total < best.1.outcome.total
            {
                best = found;
            }
            tried.extend(new);
        }
        let (keep, trial) = best;
        let (now, after) = (session.now().outcome, trial.outcome);
        if (now.total - after.total).0 <= now.total.0 * NOISE {
            return Ok(Vec::new());
        }
        let w = &session.now().estimate.workloads[self.index];
        let verb = if keep < self.stream.behavior.idle_timeout { "only" } else { "as long as" };
        let mut evidence = vec![format!(
            "{} of {} start cold, {} before",
            thousands(after.cold_starts),
            count(after.served, "request"),
            thousands(now.cold_starts)
        )];
        let bound =
            self.bound(session.now(), session.objectives()).filter(|bound| *bound <= after.total);
        let mut artifacts = Vec::new();
        if let Some(curve) = &self.curve {
            evidence.push(format!(
                "{} cannot be avoided: so many requests are in flight at once",
                count(curve.busy().len() as u64, "cold start")
            ));
            artifacts.push(self.table(curve, keep));
        }
        Ok(vec![Advice::Proposal(Box::new(Proposal {
            title: format!("Keep idle instances of {} {verb} {}", w.name, keep.readable()),
            change: self.change(keep),
            effort: Effort::Low,
            evidence,
            certificate: match bound {
                Some(bound) => Certificate::Bound {
                    bound,
                    of: "the best that knowing every arrival allows, pause by pause, with as many cold \
                         starts as the objective allows"
                        .into(),
                },
                None => Certificate::BestFound(format!("{} keep-alives were estimated", tried.len())),
            },
            artifacts,
        }))])
    }

    /// The total of a policy that knows the future: idle time and starts at the least they can cost.
    /// Only where both are billed by the piece, without free units or tiers.
    fn bound(&self, now: &Trial, objectives: &Objectives) -> Option<Money> {
        let curve = self.curve.as_ref()?;
        let w = now.estimate.workloads.get(self.index)?;
        if w.facts.served != w.facts.requests || !now.estimate.statement.commitments.is_empty() {
            return None;
        }
        let times = times(&self.stream);
        let (mut total, mut idle, mut start) = (now.outcome.total.0, Decimal::ZERO, Decimal::ZERO);
        for price in
            self.prices.iter().filter(|p| runs_while_idle(p.clock) || p.clock == Clock::Starts)
        {
            let (billed, quantity) = charges(now, w, &price.sku);
            let listed =
                quantity / price.units.max(Decimal::from_parts(1, 0, 0, false, 20)) * price.first;
            let linear = price.first == price.last && (billed - listed).abs() < Decimal::new(1, 6);
            if !linear || !counts(price, Pool::OnDemand) {
                return None;
            }
            total -= billed;
            if price.clock == Clock::Starts {
                start += price.first;
            } else {
                idle += price.first;
                total += hours(curve.busy_time()) * times * price.first;
            }
        }
        let best = curve.clairvoyant()?;
        // As whole numbers: prices in 10⁻¹⁸, idle time in nanoseconds.
        let (per_nano, each) = (scaled(idle)? / 3_600_000_000_000, scaled(start)?);
        // An objective limits the starts of all workloads, so those of this one too.
        let share = objectives.cold_starts.unwrap_or(Decimal::ONE);
        let most = (share * Decimal::from(now.outcome.served)).trunc().to_u64()?;
        let within = best.frontier().take_while(|(starts, _)| *starts <= most);
        let least =
            within.map(|(starts, idle)| idle * per_nano + i128::from(starts) * each).min()?;
        let least = Decimal::try_from_i128_with_scale(least / 1_000_000, 12).ok()?;
        Some(whole(total + least * times))
    }

    /// Idle time against cold starts: fixed keep-alives, and the best there is beside them.
    fn table(&self, curve: &Curve, chosen: SimDuration) -> Artifact {
        let mut content =
            String::from("keep-alive  cold starts  idle hours  least idle hours for as many\n");
        let marks = [0, 1, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600].map(SimDuration::from_secs);
        let best: Vec<i128> = curve
            .clairvoyant()
            .map(|best| best.frontier().map(|(_, idle)| idle).collect())
            .unwrap_or_default();
        let mut choices = Vec::new();
        for (i, keep) in curve.timeouts().iter().enumerate() {
            if *keep != chosen && !marks.contains(keep) {
                continue;
            }
            let Some(p) = curve.point(i, 0) else { continue };
            let beyond = p.cold_starts.saturating_sub(curve.busy().len() as u64);
            let least = usize::try_from(beyond).ok().and_then(|n| best.get(n)).map(|n| hours(*n));
            choices.push(Choice {
                name: keep.readable().to_string(),
                along: p.cold_starts.into(),
                up: hours(p.idle_time),
                least,
                chosen: *keep == chosen,
            });
            let least = least.map_or(String::new(), |h| h.round_dp(1).to_string());
            let mark = if *keep == chosen { " <" } else { "" };
            let (name, idle) = (written(*keep), hours(p.idle_time).round_dp(1));
            let _ = writeln!(
                content,
                "{name:>10}  {:>11}  {idle:>10}  {least:>28}{mark}",
                p.cold_starts
            );
        }
        let (along, up) = ("cold starts", "idle hours");
        let figure = Figure::Frontier(Frontier { of: "keep-alive", along, up, choices });
        Artifact {
            name: "idle time against cold starts".into(),
            kind: "text",
            content,
            figure: Some(figure),
        }
    }
}
