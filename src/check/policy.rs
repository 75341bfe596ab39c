//! What is limited: the `budgets:` of a scenario and the limits of the command line.

use super::amount::{count, percent, share, usd};
use super::value::Amount;
use crate::diagnostic::{Diagnostic, Field, Place, Result, Source, suggest};
use crate::pricing::Book;
use crate::units::parse::{ParseError, duration};
use crate::units::{Money, SimDuration};
use crate::workload::{Budget, ScenarioFile, TextOr};
use rust_decimal::Decimal;

/// What a policy looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// The total of a month.
    Monthly,
    /// The 90th percentile of the total of a month.
    MonthlyP90,
    /// The total for 1,000 streams.
    PerThousandStreams,
    /// Tokens of a month.
    Tokens,
    /// Share of cold starts.
    ColdStarts,
    /// Share of failed requests.
    Failed,
    /// Time to first token at this percentile: 50, 95 or 99.
    TimeToFirstToken(u8),
    /// The cost of a workload in a month.
    Workload(String),
    /// The cost of a platform's service in a month: the platform, and FOCUS `ServiceName`.
    Platform(String, String),
    /// How much dearer than the baseline, as a share of it.
    Increase,
    /// How much dearer than the baseline.
    IncreaseUsd,
}

/// One level of a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// As written.
    pub text: String,
    /// Its value.
    pub amount: Amount,
    /// Where it is written; none for a limit of the command line.
    pub place: Option<Place>,
}

/// From where on to warn and to fail; at least one of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Above this the check warns.
    pub warn: Option<Level>,
    /// Above this the check fails.
    pub fail: Option<Level>,
}

/// Something that is limited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its key under `budgets:`, such as `monthly` or `workloads.chat`.
    pub id: String,
    /// What it looks at.
    pub measure: Measure,
    /// Its limits.
    pub limits: Limits,
}

impl Measure {
    /// Whether its limit is for a month.
    #[must_use]
    pub const fn is_of_a_month(&self) -> bool {
        matches!(
            self,
            Self::Monthly
                | Self::MonthlyP90
                | Self::Tokens
                | Self::Workload(_)
                | Self::Platform(..)
        )
    }

    /// Whether it compares with a baseline.
    #[must_use]
    pub const fn needs_baseline(&self) -> bool {
        matches!(self, Self::Increase | Self::IncreaseUsd)
    }

    fn parse(&self, text: &str) -> std::result::Result<Amount, ParseError> {
        match self {
            Self::Tokens => count(text).map(Amount::Count),
            Self::ColdStarts | Self::Failed => share(text).map(Amount::Share),
            Self::TimeToFirstToken(_) => duration(text).map(Amount::Time),
            Self::Increase => percent(text).map(Amount::Share),
            _ => usd(text).map(Amount::Money),
        }
    }
}

/// All policies of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policies {
    /// In the order they are reported.
    pub all: Vec<Policy>,
}

impl Policies {
    /// Those of a scenario.
    ///
    /// # Errors
    /// When a limit is not what it should be, warns above where it fails, or is for a workload or platform
    /// that does not exist.
    pub fn of(source: &Source, file: &ScenarioFile, book: &Book) -> Result<Self> {
        let mut all = Vec::new();
        let Some(b) = &file.budgets else { return Ok(Self { all }) };
        let single = [
            ("monthly", Measure::Monthly, &b.monthly),
            ("monthly_p90", Measure::MonthlyP90, &b.monthly_p90),
            ("per_1000_streams", Measure::PerThousandStreams, &b.per_1000_streams),
            ("tokens", Measure::Tokens, &b.tokens),
            ("cold_starts", Measure::ColdStarts, &b.cold_starts),
            ("failed", Measure::Failed, &b.failed),
            ("time_to_first_token_p50", Measure::TimeToFirstToken(50), &b.time_to_first_token_p50),
            ("time_to_first_token_p95", Measure::TimeToFirstToken(95), &b.time_to_first_token_p95),
            ("time_to_first_token_p99", Measure::TimeToFirstToken(99), &b.time_to_first_token_p99),
            ("max_increase", Measure::Increase, &b.max_increase),
            ("max_increase_usd", Measure::IncreaseUsd, &b.max_increase_usd),
        ];
        for (id, measure, budget) in single {
            if let Some(budget) = budget {
                all.push(policy(source, id.to_owned(), measure, budget)?);
            }
        }
        for (name, budget) in &b.workloads {
            known_workload(source, file, name, budget)?;
            let measure = Measure::Workload(name.clone());
            all.push(policy(source, format!("workloads.{name}"), measure, budget)?);
        }
        for (name, budget) in &b.platforms {
            let service = service_of(source, book, name, budget)?;
            let measure = Measure::Platform(name.clone(), service);
            all.push(policy(source, format!("platforms.{name}"), measure, budget)?);
        }
        Ok(Self { all })
    }

    /// How wide the spans are that an estimate has to tell apart for these policies; none if it need not.
    #[must_use]
    pub fn timeline(&self) -> Option<SimDuration> {
        let days = self.all.iter().any(|p| p.measure == Measure::MonthlyP90);
        days.then_some(SimDuration::from_hours(1))
    }

    /// Adds a largest increase over the baseline, instead of the scenario's own.
    pub fn limit_increase(&mut self, share: Decimal, text: &str) {
        self.replace("max_increase", Measure::Increase, Amount::Share(share), text);
    }

    /// The same in money.
    pub fn limit_increase_usd(&mut self, most: Money, text: &str) {
        self.replace("max_increase_usd", Measure::IncreaseUsd, Amount::Money(most), text);
    }

    fn replace(&mut self, id: &str, measure: Measure, amount: Amount, text: &str) {
        self.all.retain(|p| p.id != id);
        let fail = Some(Level { text: text.to_owned(), amount, place: None });
        self.all.push(Policy { id: id.to_owned(), measure, limits: Limits { warn: None, fail } });
    }
}

fn policy(source: &Source, id: String, measure: Measure, budget: &Budget) -> Result<Policy> {
    let level = |field: &Field| -> Result<Level> {
        let amount = source.parse(field, |text| measure.parse(text))?;
        Ok(Level { text: field.value.clone(), amount, place: Some(place(source, field)) })
    };
    let limits = match &budget.value {
        TextOr::Text(text) => Limits { warn: None, fail: Some(level(&budget.field(text))?) },
        TextOr::More(l) => Limits {
            warn: l.warn.as_ref().map(level).transpose()?,
            fail: l.fail.as_ref().map(level).transpose()?,
        },
    };
    match (&limits.warn, &limits.fail) {
        (None, None) => {
            let message = format!("the budget `{id}` says neither `warn` nor `fail`");
            let hint = format!("write `{id}: …`, or `{{ warn: …, fail: … }}`");
            return Err(Box::new(source.error(budget, message, "no limit").hint(hint)));
        }
        (Some(warn), Some(fail)) if lower(&fail.amount, &warn.amount) => {
            let message = format!(
                "the budget `{id}` fails above {}, before it warns above {}",
                fail.text, warn.text
            );
            let diagnostic = Diagnostic::input(message).hint("let `warn` be the lower of the two");
            return Err(Box::new(match &warn.place {
                Some(place) => diagnostic.at(place.clone(), "never reached"),
                None => diagnostic,
            }));
        }
        _ => {}
    }
    Ok(Policy { id, measure, limits })
}

/// Where a limit stands, its unit included.
fn place(source: &Source, field: &Field) -> Place {
    let mut place = source.place(field);
    let rest: String = place.text.chars().skip(place.column.saturating_sub(1)).collect();
    if rest.starts_with(&field.value) {
        place.length = field.value.chars().count().max(1);
    }
    place
}

fn lower(a: &Amount, b: &Amount) -> bool {
    match (a, b) {
        (Amount::Money(a), Amount::Money(b)) => a < b,
        (Amount::Count(a), Amount::Count(b)) | (Amount::Share(a), Amount::Share(b)) => a < b,
        (Amount::Time(a), Amount::Time(b)) => a < b,
        _ => false,
    }
}

fn known_workload(source: &Source, file: &ScenarioFile, name: &str, budget: &Budget) -> Result<()> {
    let names = || file.workloads.iter().map(|w| w.name.value.as_str());
    if names().any(|n| n == name) {
        return Ok(());
    }
    let message = format!("there is no workload `{name}` to have a budget");
    Err(Box::new(
        source
            .error(budget, message, "for a workload that does not exist")
            .note(format!("workloads: {}", suggest::list(names())))
            .maybe_hint(suggest::did_you_mean(name, names())),
    ))
}

/// The service of a platform, as charges name it.
fn service_of(source: &Source, book: &Book, name: &str, budget: &Budget) -> Result<String> {
    if let Some(place) = book.platform(name) {
        return Ok(place.service.service_name.clone());
    }
    let names = || book.platforms().map(|p| p.platform.id.as_str());
    let message = format!("there is no platform `{name}` to have a budget");
    Err(Box::new(
        source
            .error(budget, message, "for a platform that does not exist")
            .maybe_hint(suggest::did_you_mean(name, names()))
            .note("`ssc pricing list` shows what there is"),
    ))
}
