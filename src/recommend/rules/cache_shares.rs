//! Shares of prompts that are read from and written to a cache: those billed, and those needed to pay.

use super::prompt_case::Case;
use crate::diagnostic::Result;
use crate::estimate::Estimate;
use crate::recommend::words::{dollars, percent};
use crate::recommend::{Change, Session, WhatIf};
use crate::units::{Money, UnitPrice};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::fmt;

/// Prompt tokens that a workload is billed for, in millions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    input: Decimal,
    read: Decimal,
    written: Decimal,
}

impl Reading {
    pub(super) fn of(estimate: &Estimate, workload: &str) -> Self {
        let own = |c: &&crate::billing::Charge| c.workload.as_deref() == Some(workload);
        let sum = |class: &str| {
            let lines = estimate.statement.charges.iter().filter(own);
            let lines = lines.filter(|c| c.sku_id.ends_with(class));
            lines.filter_map(|c| c.pricing_quantity).map(|q| q.0).sum()
        };
        Self { input: sum("/input"), read: sum("/cache-read"), written: sum("/cache-write") }
    }

    /// Whether any token has to do with a cache.
    pub(super) fn caches(&self) -> bool {
        !(self.read + self.written).is_zero()
    }

    fn prompt(&self) -> Decimal {
        self.input + self.read + self.written
    }

    pub(super) fn read_share(&self) -> String {
        percent(self.read, self.prompt())
    }
}

impl fmt::Display for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.caches() {
            return f.write_str("none are read from a cache");
        }
        let written = percent(self.written, self.prompt());
        write!(f, "{} are read from the cache and {written} written to it", self.read_share())?;
        if !self.written.is_zero() {
            let each = (self.read / self.written).round_dp(2).normalize();
            write!(f, " ({each} reads for each write)")?;
        }
        Ok(())
    }
}

/// All of each prompt is cached: `hits` per cent are read, the others written.
fn shares(case: &Case<'_>, hits: u32) -> Change {
    let change = Change::none().set(case.workload, "requests.cached_share", format!("{hits}%"));
    let written = if case.lives.is_empty() { 0 } else { 100 - hits };
    match written {
        0 => change,
        n => change.then(&Change::none().set(
            case.workload,
            "requests.cache_write_share",
            format!("{n}%"),
        )),
    }
}

/// What a hit share saves, by replay; nothing if it cannot be billed.
fn saving(
    case: &Case<'_>,
    session: &mut Session<'_>,
    life: Option<&str>,
    hits: u32,
) -> Option<Money> {
    let life = life.filter(|_| case.lives.len() > 1);
    let mut change = shares(case, hits);
    if let Some(life) = life {
        change = change.then(&case.lifetime(session, life));
    }
    let trial = session.try_one(&change).ok().filter(|t| t.outcome.unpriced == 0)?;
    Some(session.effect(&trial).saving())
}

/// The whole per cent of hits from which on caching saves, what one less costs, and what it saves.
struct BreakEven {
    hits: u32,
    below: Option<Money>,
    above: Money,
}

/// Found where the prices say it is, or by halving where discounts or long prompts move it.
fn break_even(
    case: &Case<'_>,
    session: &mut Session<'_>,
    life: &str,
    write: UnitPrice,
) -> Option<BreakEven> {
    let premium = write.0 - case.price.standard.input.0;
    let share = premium / (write.0 - case.read.0) * Decimal::ONE_HUNDRED;
    let guess = share.floor().to_u32().unwrap_or(0).min(99);
    let mut pays = |hits: u32| saving(case, session, Some(life), hits);
    let (mut low, mut high) = (guess, guess + 1);
    let (mut below, mut above) = (pays(low)?, pays(high)?);
    if below > Money::ZERO || above <= Money::ZERO {
        (low, high) = (0, 100);
        (below, above) = (pays(low)?, pays(high)?);
        if above <= Money::ZERO {
            return None;
        }
        if below > Money::ZERO {
            return Some(BreakEven { hits: 0, below: None, above: below });
        }
        while high - low > 1 {
            let middle = low.midpoint(high);
            let value = pays(middle)?;
            if value > Money::ZERO {
                (high, above) = (middle, value);
            } else {
                (low, below) = (middle, value);
            }
        }
    }
    Some(BreakEven { hits: high, below: Some(below), above })
}

/// From which hit share on caching pays, where nothing tells the hit share.
pub(super) fn what_if(case: &Case<'_>, session: &mut Session<'_>) -> Result<Option<WhatIf>> {
    let most = 80;
    let mut told = Vec::new();
    for (life, write) in &case.lives {
        let Some(found) = break_even(case, session, life, *write) else { continue };
        let Some(much) = saving(case, session, Some(life), most) else { continue };
        let below = found.below.map(|below| {
            format!("at {} % it costs {} more, ", found.hits.saturating_sub(1), dollars(-below))
        });
        told.push(format!(
            "held for {life}, it pays from {} % of hits on where the rest is written: {}at {} % it saves \
             {}, at {most} % {}",
            found.hits,
            below.unwrap_or_default(),
            found.hits,
            dollars(found.above),
            dollars(much)
        ));
    }
    if case.lives.is_empty() {
        let [one, much] = [1, most].map(|hits| saving(case, session, None, hits));
        if let (Some(one), Some(much)) = (one.filter(|s| *s > Money::ZERO), much) {
            told.push(format!(
                "writing costs nothing, so every hit pays: 1 % of hits saves {}, {most} % {}",
                dollars(one),
                dollars(much)
            ));
        }
    }
    if told.is_empty() {
        return Ok(None);
    }
    let break_even = told.remove(0);
    told.extend(case.lives.iter().map(|(life, write)| case.prices(life, *write)));
    told.push(case.source());
    told.extend(case.too_short(session)?);
    let state = match case.lives.first() {
        Some((life, _)) => format!(
            "say the shares of the prompts: `requests: {{ cached_share: 60%, cache_write_share: 20% }}`; or \
             replay a trace with prefix hashes: `prompt_cache: {{ ttl: {life} }}` under `arrivals:`"
        ),
        None => "say the share of the prompts: `requests: { cached_share: 60% }`".into(),
    };
    let title = format!("Cache the prompts of {}", case.name);
    Ok(Some(WhatIf { title, break_even, state, evidence: told }))
}
