//! Prompt caching at the provider: whether writing pays, and for how long to hold.

use super::Rule;
use super::cache_shares::{self, Reading};
use super::prompt_case::Case;
use crate::diagnostic::Result;
use crate::recommend::words::{dollars, percent};
use crate::recommend::{
    Advice, Certificate, Change, Effort, Proposal, Session, Trial, Value, WhatIf,
};
use crate::units::parse::duration;
use crate::units::{Money, UnitPrice, thousands};
use crate::workload::{LlmSpec, TextOr};
use std::sync::Arc;

/// `prompt-cache`.
#[derive(Debug)]
pub(super) struct PromptCache;

impl Rule for PromptCache {
    fn code(&self) -> &'static str {
        "SSC302"
    }
    fn name(&self) -> &'static str {
        "prompt-cache"
    }
    fn summary(&self) -> &'static str {
        "prompt caching: whether its writes pay, and which lifetime"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/prompt-cache.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        for workload in 0..session.file().workloads.len() {
            if session.out_of_time() {
                break;
            }
            advice.extend(
                Case::of(session, workload).map(|c| c.advise(session)).transpose()?.flatten(),
            );
        }
        Ok(advice)
    }
}

/// What the prefixes of a trace say.
enum Measured {
    /// The trace has none.
    NoPrefixes,
    /// They were replayed.
    Told(Option<Advice>),
}

/// A change and what people call it.
struct Candidate {
    title: String,
    change: Change,
}

impl<'b> Case<'b> {
    /// The workload's first model decides which lifetimes there are; none if nothing is known of its
    /// cache, or reading it is not cheaper.
    fn of(session: &Session<'b>, workload: usize) -> Option<Self> {
        let now = &session.now().estimate;
        let w = &now.workloads[workload];
        let (provider, model) = session.book().model(w.models.first()?)?;
        let price = model.price_on(now.pricing_date)?;
        let read = price.standard.cache_read.filter(|read| *read < price.standard.input)?;
        let written = price.standard.cache_write.iter();
        let mut lives: Vec<(&str, UnitPrice)> = written
            .filter(|(life, _)| duration(life).is_ok())
            .map(|(life, price)| (life.as_str(), *price))
            .collect();
        lives.sort_by_key(|(_, price)| *price);
        Some(Self { workload, name: w.name.clone(), model, provider, price, read, lives })
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Option<Advice>> {
        let w = &session.file().workloads[self.workload];
        let arrivals = &w.arrivals.value;
        let (traced, simulated) = (arrivals.trace.is_some(), arrivals.prompt_cache.is_some());
        let spec = w.requests.as_ref();
        let stated =
            spec.is_some_and(|r| r.cached_share.is_some() || r.cache_write_share.is_some());
        let now = Reading::of(&session.now().estimate, &self.name);
        if traced
            && !stated
            && (simulated || !now.caches())
            && let Measured::Told(advice) = self.measured(session, simulated)?
        {
            return Ok(advice);
        }
        if stated && !simulated && now.caches() {
            let change = Change::none()
                .remove(self.workload, "requests.cached_share")
                .remove(self.workload, "requests.cache_write_share");
            let title = format!("Do not cache the prompts of {}", self.name);
            return self.best(session, vec![Candidate { title, change }]);
        }
        if now.caches() || simulated || stated {
            return Ok(None);
        }
        Ok(cache_shares::what_if(self, session)?.map(Advice::WhatIf))
    }

    /// What a replay of the trace's prefixes says; nothing if it has none.
    fn measured(&self, session: &mut Session<'_>, simulated: bool) -> Result<Measured> {
        if self.lives.is_empty() {
            return if simulated { Ok(Measured::Told(None)) } else { self.by_itself(session) };
        }
        let held = |(life, _): &(&str, UnitPrice)| Candidate {
            title: format!("Cache the prompts of {} for {life}", self.name),
            change: self.for_life(session, life),
        };
        let mut candidates: Vec<_> = self.lives.iter().map(held).collect();
        if simulated {
            let change = Change::none().remove(self.workload, "arrivals.prompt_cache");
            let without = session.try_one(&change);
            // Without the key a trace's own log counts, which may say that prompts were cached.
            if without.is_ok_and(|t| !Reading::of(&t.estimate, &self.name).caches()) {
                let title = format!("Do not cache the prompts of {}", self.name);
                candidates.push(Candidate { title, change });
            }
        } else if session.try_one(&candidates[0].change).is_err() {
            return Ok(Measured::NoPrefixes);
        }
        self.best(session, candidates).map(Measured::Told)
    }

    /// The cheapest candidate, if it saves.
    fn best(
        &self,
        session: &mut Session<'_>,
        mut candidates: Vec<Candidate>,
    ) -> Result<Option<Advice>> {
        let changes: Vec<Change> = candidates.iter().map(|c| c.change.clone()).collect();
        let Some((index, trial)) = session.cheapest(&changes)? else { return Ok(None) };
        let others: Vec<String> = candidates.iter().map(|c| c.title.clone()).collect();
        let Candidate { title, change } = candidates.swap_remove(index);
        let mut evidence = self.evidence(session, &trial);
        for (other, trial) in others.iter().zip(session.try_all(&changes)?) {
            if let (true, Ok(trial)) = (*other != title, trial) {
                let saving = dollars(session.effect(&trial).saving());
                evidence.push(format!("instead \"{other}\" saves {saving}"));
            }
        }
        Ok(Some(Advice::Proposal(Box::new(Proposal {
            title,
            change,
            effort: Effort::Medium,
            evidence,
            // What the scenario does now is one of them.
            certificate: Certificate::Exhaustive(changes.len() as u64 + 1),
            artifacts: Vec::new(),
        }))))
    }

    /// Where a provider caches by itself and bills no writes, there is nothing to switch on.
    fn by_itself(&self, session: &mut Session<'_>) -> Result<Measured> {
        let lives = ["5m", "1h"];
        let changes =
            lives.map(|life| Change::none().set(self.workload, "arrivals.prompt_cache.ttl", life));
        let mut told = Vec::new();
        for (life, trial) in lives.iter().zip(session.try_all(&changes)?) {
            let Ok(trial) = trial else { return Ok(Measured::NoPrefixes) };
            let saving = session.effect(&trial).saving();
            if saving > Money::ZERO && trial.outcome.unpriced == 0 {
                let hits = Reading::of(&trial.estimate, &self.name).read_share();
                told.push(format!(
                    "held for {life}, {hits} are hits and {} is saved",
                    dollars(saving)
                ));
            }
        }
        let told = (!told.is_empty()).then(|| WhatIf {
            title: format!("Keep the prompts of {} alike from the start", self.name),
            break_even: format!("every hit pays: {}", told.join("; ")),
            state: "say how long the provider holds a prompt: `arrivals: { prompt_cache: { ttl: 5m } }`"
                .into(),
            evidence: vec![format!(
                "{} caches by itself and bills no writes; how long it holds a prompt is not sold",
                self.provider.provider_name
            )],
        });
        Ok(Measured::Told(told.map(Advice::WhatIf)))
    }

    /// The prompt cache of this lifetime, billed as such.
    fn for_life(&self, session: &Session<'_>, life: &str) -> Change {
        let change = Change::none().set(self.workload, "arrivals.prompt_cache.ttl", life);
        if self.lives.len() > 1 { change.then(&self.lifetime(session, life)) } else { change }
    }

    /// Says the lifetime of what is written; the model's mapping is written where there is only a name.
    pub(super) fn lifetime(&self, session: &Session<'_>, life: &str) -> Change {
        let file = session.file();
        let own = file.workloads[self.workload].llm.as_ref();
        match (own.or(file.llm.as_ref()).map(|l| &l.value), own.is_some()) {
            (Some(TextOr::More(_)), true) => {
                Change::none().set(self.workload, "llm.cache_lifetime", life)
            }
            (Some(TextOr::Text(model)), _) => {
                let entries = [("model", model.as_str()), ("cache_lifetime", life)];
                let entries = entries.map(|(k, v)| (k.to_owned(), Value::text(v)));
                Change::none().set(self.workload, "llm", Value::Map(entries.to_vec()))
            }
            (Some(TextOr::More(spec)), false) => {
                Change::none().set(self.workload, "llm", copied(spec, life))
            }
            (None, _) => Change::none(),
        }
    }

    /// What reading and writing cost, and how often a prompt has to be read to repay its writing.
    pub(super) fn prices(&self, life: &str, write: UnitPrice) -> String {
        let input = self.price.standard.input.0;
        let times = |price: UnitPrice| (price.0 / input).round_dp(3).normalize();
        let pays = ((write.0 - input) / (input - self.read.0)).round_dp(2).normalize();
        format!(
            "held for {life}, a token costs {} × input to write and {} × to read: it pays from {pays} \
             reads for each write on",
            times(write),
            times(self.read)
        )
    }

    pub(super) fn source(&self) -> String {
        format!("prices: {}", self.price.evidence.source)
    }

    fn evidence(&self, session: &Session<'_>, trial: &Arc<Trial>) -> Vec<String> {
        let now = Reading::of(&session.now().estimate, &self.name);
        let then = Reading::of(&trial.estimate, &self.name);
        let mut told = vec![format!("of the prompt tokens {then}; now {now}")];
        told.extend(self.lives.iter().map(|(life, write)| self.prices(life, *write)));
        told.push(self.source());
        if let Some(n) = self.model.min_cacheable {
            told.push(format!("prompts of fewer than {} tokens are not cached", thousands(n)));
        }
        told
    }

    /// How many prompts are too short to be cached, in words.
    pub(super) fn too_short(&self, session: &mut Session<'_>) -> Result<Option<String>> {
        let Some(minimum) = self.model.min_cacheable else { return Ok(None) };
        let (mut short, mut all) = (0_u64, 0_u64);
        session.stream(self.workload, &mut |block| {
            all += block.requests().len() as u64;
            let too_short = |n: u32| u64::from(n) < minimum;
            let requests = block.requests().iter();
            short += requests.filter(|r| too_short(r.input_tokens)).count() as u64;
            Ok(())
        })?;
        let minimum = thousands(minimum);
        let share = percent(short, all);
        Ok(Some(format!(
            "{share} of the prompts have fewer than {minimum} tokens and are not cached"
        )))
    }
}

/// A model's mapping with another lifetime.
fn copied(spec: &LlmSpec, life: &str) -> Value {
    let mut entries = vec![("model".to_owned(), Value::text(spec.model.value.clone()))];
    if spec.batch {
        entries.push(("batch".into(), Value::text("true")));
    }
    entries.push(("cache_lifetime".into(), Value::text(life)));
    if !spec.by_trace_model.is_empty() {
        let labels = spec.by_trace_model.iter();
        let labels = labels.map(|(k, f)| (k.clone(), Value::text(f.value.clone()))).collect();
        entries.push(("by_trace_model".into(), Value::Map(labels)));
    }
    Value::Map(entries)
}
