//! What a recommendation has to keep.

use super::Outcome;
use crate::diagnostic::{Field, Result, Source, suggest};
use crate::pricing::{Book, Scaling};
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
    let wrong = || ParseError::new(text, "a share from 0 to 100%, such as `2%` or `0.02`");
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
    /// When one of them is not what it should be, or names what is not in the book.
    pub fn of(source: &Source, file: &ScenarioFile, book: &Book) -> Result<Self> {
        let Some(o) = &file.objectives else { return Ok(Self::default()) };
        let runs = book.platforms().filter(|p| p.platform.scaling != Scaling::None);
        let platforms: Vec<_> = runs.map(|p| p.platform.id.as_str()).collect();
        for field in &o.platforms {
            if book.platform(&field.value).is_none() {
                return Err(unknown(source, field, "platform", &platforms));
            }
        }
        let mut regions: Vec<_> =
            book.services.iter().flat_map(|s| s.regions.keys()).map(String::as_str).collect();
        regions.sort_unstable();
        regions.dedup();
        for field in &o.regions {
            if !regions.contains(&field.value.as_str()) {
                return Err(unknown(source, field, "region", &regions));
            }
        }
        let models = book.model_names();
        let models: Vec<_> = models.iter().map(String::as_str).collect();
        for field in &o.models {
            if book.model(&field.value).is_none() {
                return Err(unknown(source, field, "model", &models));
            }
        }
        let share =
            |field: &Option<Field>| field.as_ref().map(|f| source.parse(f, share_of)).transpose();
        let mut limits = [None; 3];
        let written =
            [&o.time_to_first_token_p50, &o.time_to_first_token_p95, &o.time_to_first_token_p99];
        for (limit, field) in limits.iter_mut().zip(written) {
            *limit = field.as_ref().map(|f| source.parse(f, duration)).transpose()?;
        }
        let texts = |fields: &[Field]| fields.iter().map(|f| f.value.clone()).collect::<Vec<_>>();
        // An alias is the platform it stands for.
        let platforms = o.platforms.iter().filter_map(|f| book.platform(&f.value));
        Ok(Self {
            time_to_first_token: limits,
            cold_starts: share(&o.cold_starts)?,
            failed: share(&o.failed)?,
            truncated: share(&o.truncated)?,
            platforms: platforms.map(|p| p.platform.id.clone()).collect(),
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
        let unpriced = match after.unpriced {
            0 => None,
            1 => Some("1 line has no price".to_owned()),
            n => Some(format!("{n} lines have no price")),
        };
        unpriced.into_iter().chain(self.exceeded(before, after)).collect()
    }

    /// The limits that a changed scenario exceeds; `before` is the scenario as it is.
    #[must_use]
    pub fn exceeded(&self, before: &Outcome, after: &Outcome) -> Vec<String> {
        let mut broken = Vec::new();
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
}

fn unknown(
    source: &Source,
    field: &Field,
    what: &str,
    known: &[&str],
) -> Box<crate::diagnostic::Diagnostic> {
    let message = format!("unknown {what} `{}`", field.value);
    let names = || known.iter().copied();
    Box::new(
        source
            .error(field, message, format!("not a {what} in the price book"))
            .note(format!("{what}s: {}", suggest::nearest(&field.value, names())))
            .maybe_hint(suggest::did_you_mean(&field.value, names())),
    )
}
