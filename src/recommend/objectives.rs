//! What a recommendation has to keep.

use super::Outcome;
use crate::diagnostic::{Diagnostic, Result, Source};
use crate::units::SimDuration;
use crate::units::parse::{ParseError, duration};
use crate::workload::ScenarioFile;
use rust_decimal::Decimal;

/// The limits of a scenario's `objectives:`, checked.
#[derive(Clone, Debug, Default)]
pub struct Objectives {
    /// Longest median, 95th and 99th percentile of time to first token.
    pub time_to_first_token: [Option<SimDuration>; 3],
    /// Largest share of cold starts.
    pub cold_starts: Option<Decimal>,
    /// Largest share of failed requests; those of the scenario as it is otherwise.
    pub failed: Option<Decimal>,
    /// Largest share of truncated answers; zero otherwise.
    pub truncated: Option<Decimal>,
    /// Platforms that may be used; all if empty.
    pub platforms: Vec<String>,
    /// Regions that may be used; all if empty.
    pub regions: Vec<String>,
    /// Models that may be used instead.
    pub models: Vec<String>,
}

/// A share such as `2%` or `0.02`, from 0 to 1.
fn share_of(text: &str) -> std::result::Result<Decimal, ParseError> {
    let wrong = || ParseError::new(text, "a share such as `2%` or `0.02`");
    let (digits, whole) = match text.trim().strip_suffix('%') {
        Some(digits) => (digits.trim_end(), Decimal::ONE_HUNDRED),
        None => (text.trim(), Decimal::ONE),
    };
    let share = digits.parse::<Decimal>().map_err(|_| wrong())? / whole;
    if (Decimal::ZERO..=Decimal::ONE).contains(&share) { Ok(share) } else { Err(wrong()) }
}

const RANKS: [&str; 3] = ["P50", "P95", "P99"];

impl Objectives {
    /// Those of a scenario.
    ///
    /// # Errors
    /// When one of them is not what it should be.
    pub fn of(source: &Source, file: &ScenarioFile) -> Result<Self> {
        let Some(o) = &file.objectives else { return Ok(Self::default()) };
        let share = |field: &Option<crate::diagnostic::Field>| {
            field.as_ref().map(|f| source.parse(f, share_of)).transpose()
        };
        let mut limits = [None; 3];
        let written =
            [&o.time_to_first_token_p50, &o.time_to_first_token_p95, &o.time_to_first_token_p99];
        for (limit, field) in limits.iter_mut().zip(written) {
            *limit = field.as_ref().map(|f| source.parse(f, duration)).transpose()?;
        }
        let texts = |fields: &[crate::diagnostic::Field]| {
            fields.iter().map(|f| f.value.clone()).collect::<Vec<_>>()
        };
        Ok(Self {
            time_to_first_token: limits,
            cold_starts: share(&o.cold_starts)?,
            failed: share(&o.failed)?,
            truncated: share(&o.truncated)?,
            platforms: texts(&o.platforms),
            regions: texts(&o.regions),
            models: texts(&o.models),
        })
    }

    /// Whether a platform may be used.
    #[must_use]
    pub fn allows_platform(&self, id: &str) -> bool {
        self.platforms.is_empty() || self.platforms.iter().any(|p| p == id)
    }

    /// Whether a region may be used.
    #[must_use]
    pub fn allows_region(&self, id: &str) -> bool {
        self.regions.is_empty() || self.regions.iter().any(|r| r == id)
    }

    /// What a changed scenario breaks; `before` is the scenario as it is.
    #[must_use]
    pub fn broken(&self, before: &Outcome, after: &Outcome) -> Vec<String> {
        let mut broken = Vec::new();
        if after.unpriced > 0 {
            broken.push(format!("{} lines have no price", after.unpriced));
        }
        let failed = self.failed.unwrap_or(before.failed_share());
        if after.failed_share() > failed {
            broken.push(format!("{} of {} requests fail", after.failed, after.requests));
        }
        if after.truncated_share()
            > self.truncated.unwrap_or(Decimal::ZERO).max(before.truncated_share())
        {
            let (n, all) = (after.truncated, after.requests);
            broken.push(format!("{n} of {all} answers are cut short"));
        }
        if let Some(limit) = self.cold_starts
            && after.cold_start_share() > limit
        {
            broken.push(format!(
                "{} of {} requests are cold starts",
                after.cold_starts, after.served
            ));
        }
        for ((limit, seen), rank) in
            self.time_to_first_token.iter().zip(after.time_to_first_token).zip(RANKS)
        {
            if let (Some(limit), Some(seen)) = (limit, seen)
                && seen > *limit
            {
                broken.push(format!("time to first token {rank} is {seen}, above {limit}"));
            }
        }
        broken
    }

    /// Whether every platform, region and model named here is in the book.
    ///
    /// # Errors
    /// When one is not.
    pub fn known(&self, book: &crate::pricing::Book) -> Result<()> {
        let unknown = |what: &str, name: &str| {
            Err(Box::new(
                Diagnostic::input(format!("unknown {what} `{name}` under `objectives:`"))
                    .hint("`ssc pricing list` shows what there is"),
            ))
        };
        for id in &self.platforms {
            if book.platform(id).is_none() {
                return unknown("platform", id);
            }
        }
        for name in &self.models {
            if book.model(name).is_none() {
                return unknown("model", name);
            }
        }
        Ok(())
    }
}
