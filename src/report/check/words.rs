//! What a check says, in words that all formats share.

use crate::check::{
    Amount, Baseline, Change, Check, Level, Measure, Outcome, Status, Value, Verdict,
};
use crate::report::comparison::words::rests_on;
use crate::report::number::{compact, count, dollars, latency, money};
use crate::units::Money;
use rust_decimal::Decimal;

/// What a policy limits.
pub(super) fn subject(measure: &Measure) -> String {
    match measure {
        Measure::Monthly => "monthly cost".into(),
        Measure::MonthlyP90 => "monthly cost, P90".into(),
        Measure::PerThousandStreams => "cost of 1,000 streams".into(),
        Measure::Tokens => "monthly tokens".into(),
        Measure::ColdStarts => "cold starts".into(),
        Measure::Failed => "failed requests".into(),
        Measure::TimeToFirstToken(rank) => format!("first token P{rank}"),
        Measure::Workload(name) => format!("monthly cost of workload {name}"),
        Measure::Platform(name, _) => format!("monthly cost of platform {name}"),
        Measure::Increase => "increase over the baseline".into(),
        Measure::IncreaseUsd => "increase over the baseline in USD".into(),
    }
}

/// The kind of policy, the same for every workload and platform.
pub(super) fn rule(id: &str) -> &str {
    id.split('.').next().unwrap_or(id)
}

/// An amount, short.
pub(super) fn amount(amount: &Amount) -> String {
    match amount {
        Amount::Money(m) if m.0.abs() < Decimal::ONE && !m.is_zero() => dollars(*m, 4),
        Amount::Money(m) => money(*m),
        Amount::Count(n) => compact(*n, 0),
        Amount::Share(s) => percent(*s),
        Amount::Time(t) => latency(*t),
    }
}

/// To its last digit.
fn exact(amount: &Amount) -> String {
    match amount {
        Amount::Money(m) => format!("${}", m.0.normalize()),
        Amount::Count(n) => n.normalize().to_string(),
        Amount::Share(s) => format!("{}%", (*s * Decimal::ONE_HUNDRED).normalize()),
        Amount::Time(t) => t.to_string(),
    }
}

pub(super) fn percent(share: Decimal) -> String {
    format!("{}%", compact(share * Decimal::ONE_HUNDRED, 2))
}

/// What the bill has; to its last digit where it would look like its limit and is not.
pub(super) fn value(outcome: &Outcome) -> Option<String> {
    let value = outcome.value.as_ref()?;
    let Some(rounded) = value.rounded() else {
        return Some(match value {
            Value::Increase(by, _) => format!("{} over nothing", money(*by)),
            _ => "unknown".into(),
        });
    };
    let short = amount(&rounded);
    let limit = outcome.level().map(|l| l.amount);
    match limit {
        Some(limit) if rounded != limit && amount(&limit) == short => Some(exact(&rounded)),
        _ if matches!(outcome.status, Status::Unknown(_)) => Some(format!("≥ {short}")),
        _ => Some(short),
    }
}

/// A limit; in proportion to the period where it is not the one that is written.
pub(super) fn limit(level: &Level) -> String {
    amount(&level.amount)
}

/// One word.
pub(super) const fn status(status: &Status) -> &'static str {
    match status {
        Status::Kept => "ok",
        Status::Warned => "warn",
        Status::Exceeded => "FAIL",
        Status::Unknown(_) => "unknown",
        Status::Skipped(_) => "skipped",
    }
}

/// The same for JSON.
pub(super) const fn status_id(status: &Status) -> &'static str {
    match status {
        Status::Kept => "kept",
        Status::Warned => "warned",
        Status::Exceeded => "exceeded",
        Status::Unknown(_) => "unknown",
        Status::Skipped(_) => "skipped",
    }
}

/// A sentence without a period.
pub(super) fn sentence(outcome: &Outcome) -> String {
    let subject = subject(&outcome.policy.measure);
    let seen = value(outcome).unwrap_or_default();
    let limit = outcome.level().map(limit).unwrap_or_default();
    match &outcome.status {
        Status::Kept => format!("{subject}: {seen}, within {limit}"),
        Status::Warned => format!("{subject}: {seen}, above the warning level of {limit}"),
        Status::Exceeded => format!("{subject}: {seen}, above {limit}{}", over(outcome)),
        Status::Unknown(why) => format!("{subject}: unknown, as {why}"),
        Status::Skipped(why) => format!("{subject}: not checked, as {why}"),
    }
}

/// ` (109.4% of it)`, where that says anything.
fn over(outcome: &Outcome) -> String {
    let part = || {
        let level = outcome.level()?;
        let share = outcome.value.as_ref()?.rounded()?.share_of(&level.amount)?;
        let telling = !matches!(outcome.policy.measure, Measure::Increase);
        telling.then(|| format!(" ({} of it)", percent(share)))
    };
    part().unwrap_or_default()
}

/// The whole, in a sentence.
pub(super) fn verdict(check: &Check) -> String {
    let many = |n: usize, one: &str, several: &str| {
        if n == 1 { format!("1 {one}") } else { format!("{n} {several}") }
    };
    let exceeded = check.count(|s| matches!(s, Status::Exceeded));
    let warned = check.count(|s| matches!(s, Status::Warned));
    let unknown = check.count(|s| matches!(s, Status::Unknown(_)));
    let skipped = check.count(|s| matches!(s, Status::Skipped(_)));
    let kept = check.count(|s| matches!(s, Status::Kept));
    let mut parts = Vec::new();
    if exceeded > 0 {
        parts.push(many(exceeded, "budget exceeded", "budgets exceeded"));
    }
    if warned > 0 {
        parts.push(many(warned, "warning", "warnings"));
    }
    if unknown > 0 {
        parts.push(many(unknown, "budget unknown", "budgets unknown"));
    }
    if !check.unpriced.is_empty() {
        parts.push(many(check.unpriced.len(), "line without a price", "lines without a price"));
    }
    if kept > 0 {
        parts.push(many(kept, "budget kept", "budgets kept"));
    }
    if skipped > 0 {
        parts.push(many(skipped, "budget not checked", "budgets not checked"));
    }
    if parts.is_empty() {
        parts.push("no budgets".into());
    }
    format!("{}: {}", headline(check), parts.join(", "))
}

/// The whole, in a word.
pub(super) fn headline(check: &Check) -> &'static str {
    match check.verdict() {
        Verdict::Passed => "passed",
        Verdict::Failed => "FAILED",
        Verdict::Incomplete => "INCOMPLETE",
    }
}

/// Money with its sign, also when it is more.
pub(super) fn signed(amount: Money) -> String {
    if amount.0.is_sign_negative() || amount.is_zero() {
        money(amount)
    } else {
        format!("+{}", money(amount))
    }
}

/// `+13.82%` of the baseline; nothing of nothing.
pub(super) fn relative(by: Money, over: Money) -> String {
    match by.0.checked_div(over.0) {
        Some(share) if by.0 > Decimal::ZERO => format!("+{}", percent(share)),
        Some(share) => percent(share),
        None => String::new(),
    }
}

/// What the change against the baseline is made of.
pub(super) fn drift(check: &Check, baseline: &Baseline) -> Vec<(String, Money)> {
    let change = check.total - baseline.total;
    match &baseline.change {
        Change::Causes(causes) => crate::report::diff::cause_rows(causes),
        Change::Prices(Some(prices)) => {
            let day = baseline.pricing_date;
            vec![
                (format!("the scenario, at prices of {day}"), change - *prices),
                ("prices since then".into(), *prices),
            ]
        }
        Change::Prices(None) => vec![("the scenario and prices (not told apart)".into(), change)],
    }
}

/// What the reader should know about the limits.
pub(super) fn notes(check: &Check) -> Vec<String> {
    let mut notes = Vec::new();
    if check.prorated {
        let period = check.period;
        notes.push(format!(
            "the period is {period}: limits for a month are taken in proportion to 730 h"
        ));
    }
    if let Some(Ok(range)) = &check.range {
        notes.push(format!("P90: {}", rests_on(range)));
    }
    if let Some(Baseline { change: Change::Causes(causes), .. }) = &check.baseline
        && let Some(drift) = causes.price_drift.filter(|d| !d.is_zero())
    {
        let drift = signed(drift);
        notes.push(format!("prices alone, with free tiers and credits: {drift}"));
    }
    if let Some(baseline) = &check.baseline
        && !baseline.complete
    {
        notes.push(format!("something in the baseline {} has no price", baseline.name));
    }
    notes
}

/// The total; a lower bound where something has no price.
pub(super) fn total(check: &Check) -> String {
    let total = money(check.total);
    if check.unpriced.is_empty() { total } else { format!("≥ {total} (incomplete)") }
}

/// `2,000,000 streams`.
pub(super) fn streams(check: &Check) -> String {
    format!("{} streams", count(check.streams))
}
