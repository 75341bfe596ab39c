//! Negotiated rates, commitments and price changes in words.

use super::number::{dollars, money, money_share};
use crate::billing::{Charge, CommitmentStatus, CommitmentUse, Span, Statement};
use chrono::{DateTime, NaiveTime, Utc};

/// What a charge is called in a table: its description, what makes it cheaper, and when it was, if that
/// is not the whole billing period.
pub(super) fn described(charge: &Charge, billing_period: Span) -> String {
    let mut text = charge.charge_description.clone();
    let covered = charge.commitment_status == Some(CommitmentStatus::Used);
    let negotiated = charge.negotiated.iter().filter(|_| !covered);
    for name in charge.allowance.iter().chain(&charge.commitment).chain(negotiated) {
        if !text.contains(name.as_str()) {
            text = format!("{text} ({name})");
        }
    }
    match when(charge.charge_period, billing_period) {
        Some(when) => format!("{text}, {when}"),
        None => text,
    }
}

/// Which part of the billing period a span is, if it is a part.
pub(super) fn when(span: Span, whole: Span) -> Option<String> {
    match (span.start == whole.start, span.end == whole.end) {
        (true, true) => None,
        (true, false) => Some(format!("until {}", instant(span.end))),
        (false, true) => Some(format!("from {}", instant(span.start))),
        (false, false) => Some(format!("{} to {}", instant(span.start), instant(span.end))),
    }
}

/// A day at its start, or a day and a time.
fn instant(at: DateTime<Utc>) -> String {
    let format = if at.time() == NaiveTime::MIN { "%Y-%m-%d" } else { "%Y-%m-%d %H:%M" };
    at.format(format).to_string()
}

/// What the rates took off the list prices, if anything.
pub(super) fn savings(statement: &Statement) -> Option<String> {
    let (saved, list) = (statement.savings(), statement.at_list());
    if saved.is_zero() {
        return None;
    }
    let share = money_share(if saved.0.is_sign_negative() { -saved } else { saved }, list);
    let share = share.map(|s| format!(" ({s})")).unwrap_or_default();
    Some(if saved.0.is_sign_negative() {
        format!("{} at list prices: commitments cost {}{share} more", money(list), money(-saved))
    } else {
        format!(
            "{} at list prices: rates and commitments save {}{share}",
            money(list),
            money(saved)
        )
    })
}

/// Name and use of a commitment.
pub(super) fn commitment(c: &CommitmentUse) -> (String, String) {
    let of = |part, whole| money_share(part, whole).unwrap_or_else(|| "nothing".into());
    let unused = if c.unused().is_zero() {
        String::new()
    } else {
        format!(" · {} unused", dollars(c.unused(), 2))
    };
    let text = format!(
        "{} · {} used{unused} · covers {} of its usage, taken as even",
        money(c.cost),
        of(c.used, c.cost),
        of(c.covered, c.eligible)
    );
    (c.name.clone(), text)
}
