//! Warm capacity by the hour: kept where it pays or keeps an objective, and not all day.

use super::Rule;
use crate::diagnostic::Result;
use crate::estimate::{ClockPrice, Stream};
use crate::pricing::{Component, Platform, WarmCapacity};
use crate::recommend::warm::bound;
use crate::recommend::warm::occupancy::Occupancy;
use crate::recommend::warm::prices::WarmPrices;
use crate::recommend::warm::schedule::{Shape, Week};
use crate::recommend::warm::search::Ground;
use crate::recommend::warm::timetable::{For, export};
use crate::recommend::words::count;
use crate::recommend::{
    Advice, Artifact, Certificate, Change, Effort, Figure, Proposal, Session, Trial, WhatIf,
};
use crate::units::{Money, SimDuration, thousands};
use rust_decimal::Decimal;
use std::sync::Arc;

/// `pre-warming`.
#[derive(Debug)]
pub(super) struct Prewarming;

/// Rounds of small steps after the search.
const ROUNDS: usize = 8;
/// With more requests than this divided by the rounds there are fewer of them.
const REPLAYED: u64 = 1_000_000;
/// Neighbours tried in a round.
const STEPS: usize = 24;
/// Less than this share of what instances cost is noise: no reason for a schedule, nor for a longer one.
const NOISE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// Windows a timetable may have; more follow the chances of one month.
const WINDOWS: usize = 12;

impl Rule for Prewarming {
    fn code(&self) -> &'static str {
        "SSC201"
    }
    fn name(&self) -> &'static str {
        "pre-warming"
    }
    fn summary(&self) -> &'static str {
        "warm capacity by the hour of the week, where it pays or keeps an objective"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/pre-warming.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        for index in 0..session.file().workloads.len() {
            if session.out_of_time() {
                break;
            }
            if let Some(ground) = Site::of(session, index)? {
                advice.extend(ground.advise(session)?);
            }
        }
        Ok(advice)
    }
}

/// One workload whose platform can keep capacity warm.
struct Site<'a> {
    index: usize,
    platform: &'a Platform,
    setting: &'static str,
    /// The warm capacity now.
    now: Week,
    stream: Stream,
    found: Occupancy,
    prices: Vec<ClockPrice>,
}

/// A schedule and what came of it.
struct Tried {
    week: Week,
    trial: Arc<Trial>,
}

impl<'a> Site<'a> {
    fn of(session: &mut Session<'a>, index: usize) -> Result<Option<Self>> {
        let book = session.book();
        let Some(w) = session.now().estimate.workloads.get(index) else { return Ok(None) };
        let Some(place) = book.platform(&w.platform) else { return Ok(None) };
        let setting = match place.platform.warm_capacity {
            WarmCapacity::Provisioned => "provisioned_concurrency",
            WarmCapacity::Minimum => "min_instances",
            WarmCapacity::None => return Ok(None),
        };
        if !place.platform.settings.contains_key(setting) {
            return Ok(None);
        }
        let Some(prices) = session.prices(index)? else { return Ok(None) };
        let stream = session.site(index)?;
        if Occupancy::days(&stream) < 1 {
            return Ok(None);
        }
        let found = Occupancy::of(session, index, &stream)?;
        let b = &stream.behavior;
        let capacity = if b.provisioned.is_zero() { &b.floor } else { &b.provisioned };
        let now = Week::of(capacity, stream.span);
        Ok(Some(Self { index, platform: place.platform, setting, now, stream, found, prices }))
    }

    fn change(&self, week: &Week) -> Change {
        Change::none().set(self.index, &format!("deployment.{}", self.setting), week.value())
    }

    /// Shapes that the span is long enough to tell apart.
    fn shapes(&self) -> &'static [Shape] {
        if Occupancy::days(&self.stream) < 7 { &Shape::ALL[..1] } else { &Shape::ALL }
    }

    fn ground(&self) -> Ground<'_> {
        Ground {
            found: &self.found,
            prices: WarmPrices::of(&self.prices),
            kind: self.platform.warm_capacity,
            startup: self.stream.behavior.startup,
            most: self.stream.behavior.max_instances,
        }
    }

    fn try_weeks(&self, session: &mut Session<'_>, weeks: &[Week]) -> Result<Vec<Tried>> {
        let changes: Vec<Change> = weeks.iter().map(|w| self.change(w)).collect();
        let trials = session.try_all(&changes)?.into_iter().zip(weeks);
        let kept =
            trials.filter_map(|(t, week)| Some(Tried { trial: t.ok()?, week: week.clone() }));
        Ok(kept.collect())
    }

    /// Whether objectives hold. Warm capacity that is there without one keeps as many starts warm.
    fn keeps(&self, session: &Session<'_>, trial: &Trial) -> bool {
        let (now, after) = (&session.now().outcome, &trial.outcome);
        let limited = waits_are_limited(session);
        session.keeps(trial)
            && (limited || self.now.highest() == 0 || after.cold_starts <= now.cold_starts)
    }

    fn advise(self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let ground = self.ground();
        let broken = !session.keeps(session.now());
        let latency = self.now.highest() > 0 || (waits_are_limited(session) && broken);
        let pays = self.platform.warm_capacity == WarmCapacity::Provisioned
            && ground.prices.break_even().is_some();
        if !latency && !pays {
            return Ok(Vec::new());
        }
        let none = Week::constant(0);
        let mut weeks: Vec<Week> = vec![none.clone(), self.now.clone()];
        weeks.dedup();
        let mut add = |week: Week| {
            if !weeks.contains(&week) {
                weeks.push(week);
            }
        };
        let zero = SimDuration::ZERO;
        self.shapes().iter().for_each(|shape| add(ground.schedule(*shape, zero)));
        if latency {
            // A cold start is worth keeping a unit for ever longer, from a minute to three days.
            for doubling in (0..13).step_by(2) {
                add(ground.schedule(Shape::EveryDay, SimDuration::from_secs(60 << doubling)));
            }
        }
        let mut tried = self.try_weeks(session, &weeks)?;
        if latency && let Some(bracket) = self.bracket(session, &tried) {
            let finer = self.shapes().iter().flat_map(|shape| {
                let price = |eighth: i64| SimDuration(bracket.0 / 8 * eighth);
                [3, 4, 5, 6, 8].map(|eighth| ground.schedule(*shape, price(eighth)))
            });
            let finer: Vec<Week> = finer.filter(|w| !weeks.contains(w)).collect();
            tried.extend(self.try_weeks(session, &finer)?);
        }
        let without = tried.iter().find(|t| t.week == none).map(|t| Arc::clone(&t.trial));
        let bound = without
            .and_then(|t| bound::total(&t, self.index, &self.found, &self.stream, &self.prices));
        let Some(best) = self.best(session, tried) else { return Ok(Vec::new()) };
        let best = self.climb(session, best)?;
        Ok(self.say(session, &best, bound).into_iter().collect())
    }

    /// The smallest price of a cold start in the first search whose schedule keeps the objectives.
    fn bracket(&self, session: &Session<'_>, tried: &[Tried]) -> Option<SimDuration> {
        let ground = self.ground();
        let prices = (0..13).step_by(2).map(|d| SimDuration::from_secs(60 << d));
        let mut keeping = prices.filter(|price| {
            let week = ground.schedule(Shape::EveryDay, *price);
            tried.iter().any(|t| t.week == week && self.keeps(session, &t.trial))
        });
        keeping.next()
    }

    /// The cheapest that keeps the objectives; of those that save nearly as much the simplest.
    fn best(&self, session: &Session<'_>, tried: Vec<Tried>) -> Option<Tried> {
        let keeping: Vec<Tried> =
            tried.into_iter().filter(|t| self.keeps(session, &t.trial)).collect();
        let short = |t: &Tried| t.week.windows().len() <= WINDOWS || t.week == self.now;
        let keeping: Vec<Tried> = keeping.into_iter().filter(short).collect();
        let total = |t: &Tried| t.trial.outcome.total;
        let least = keeping.iter().map(total).min()?;
        let enough = least + self.noise(session);
        let near = keeping.into_iter().filter(|t| total(t) <= enough);
        near.min_by_key(|t| (t.week.windows().len(), total(t)))
    }

    /// How little of the workload's compute and idle time is no difference.
    fn noise(&self, session: &Session<'_>) -> Money {
        let estimate = &session.now().estimate;
        let name = estimate.workloads.get(self.index).map(|w| &w.name);
        let own = estimate.statement.charges.iter().filter(|c| c.workload.as_ref() == name);
        let of = own.filter(|c| matches!(c.component, Component::Compute | Component::Idle));
        Money(of.map(|c| c.billed_cost.0).sum::<Decimal>() * NOISE)
    }

    /// Small steps as long as they save and time allows.
    fn climb(&self, session: &mut Session<'_>, mut best: Tried) -> Result<Tried> {
        let requests = best.trial.outcome.requests.max(1);
        let rounds = usize::try_from(REPLAYED / requests).unwrap_or(ROUNDS).clamp(1, ROUNDS);
        for _ in 0..rounds {
            if session.out_of_time() {
                break;
            }
            let mut steps = best.week.neighbours(self.stream.behavior.max_instances);
            steps.retain(|s| s.windows().len() <= best.week.windows().len());
            steps.truncate(STEPS);
            let tried = self.try_weeks(session, &steps)?;
            let keeping = tried.into_iter().filter(|t| self.keeps(session, &t.trial));
            let next = keeping.min_by_key(|t| t.trial.outcome.total);
            match next.filter(|t| t.trial.outcome.total < best.trial.outcome.total) {
                Some(next) => best = next,
                None => break,
            }
        }
        Ok(best)
    }

    fn say(&self, session: &Session<'_>, best: &Tried, bound: Option<Money>) -> Option<Advice> {
        let w = &session.now().estimate.workloads[self.index];
        let (now, after) = (&session.now().outcome, &best.trial.outcome);
        let saving = now.total - after.total;
        let title = if best.week.highest() == 0 {
            format!("Keep nothing warm for {}", w.name)
        } else if best.week.is_constant() {
            format!("Keep {} warm for {}", count(best.week.highest(), "instance"), w.name)
        } else {
            format!("Keep {} warm by the hour of the week", w.name)
        };
        let hours: u64 = best.week.hours().iter().map(|v| u64::from(*v)).sum();
        let mut evidence = vec![
            format!(
                "{} instance hours a week are kept warm, at most {} at once",
                thousands(hours),
                best.week.highest()
            ),
            format!(
                "{} of {} start cold, {} before",
                thousands(after.cold_starts),
                count(after.served, "request"),
                thousands(now.cold_starts)
            ),
        ];
        let prices = WarmPrices::of(&self.prices);
        if self.platform.warm_capacity == WarmCapacity::Provisioned
            && let Some(share) = prices.break_even()
        {
            let percent = (share * Decimal::ONE_HUNDRED).round_dp(1).normalize();
            evidence.push(format!("a unit pays from {percent} % of its time busy"));
        }
        if saving <= self.noise(session) {
            let broken = session.objectives().broken(now, now);
            return (!broken.is_empty()).then(|| {
                evidence.extend(broken.iter().map(|b| format!("now {b}")));
                Advice::WhatIf(WhatIf {
                    title,
                    break_even: format!(
                        "keeps the objectives for ${} more a period",
                        (after.total - now.total).to_cents()
                    ),
                    state: format!("set {}", self.change(&best.week).lines().join("; ")),
                    evidence,
                })
            });
        }
        let certificate = match bound.filter(|bound| *bound <= after.total) {
            Some(bound) => Certificate::Bound {
                bound,
                of: "each level of concurrency kept in exactly the hours in which it pays, as if \
                     requests could move between instances; objectives left aside"
                    .into(),
            },
            None => Certificate::BestFound(
                "schedules of the level algorithm and steps from the best of them".into(),
            ),
        };
        Some(Advice::Proposal(Box::new(Proposal {
            title,
            change: self.change(&best.week),
            effort: if best.week.is_constant() { Effort::Low } else { Effort::Medium },
            evidence,
            certificate,
            artifacts: self.artifacts(&best.week, &w.name, &w.region),
        })))
    }

    fn artifacts(&self, week: &Week, name: &str, region: &str) -> Vec<Artifact> {
        let mut all = vec![Artifact {
            name: "warm instances by hour".into(),
            kind: "text",
            content: week.strip(),
            figure: Some(Figure::Week(week.hours().to_vec())),
        }];
        if let Some(template) = &self.platform.schedule_export {
            all.push(export(week, template, For { name, region, setting: self.setting }));
        }
        all
    }
}

/// Whether an objective limits cold starts or waiting.
fn waits_are_limited(session: &Session<'_>) -> bool {
    let o = session.objectives();
    o.cold_starts.is_some() || o.time_to_first_token.iter().any(Option::is_some)
}
