//! What a difference says, in words that all formats share.

use super::Compared;
use crate::diff::{Causes, Group, Kind, Ledger, Line};
use crate::report::number::{compact, money};
use crate::units::Money;
use rust_decimal::Decimal;

/// Money with its sign, also when it is more.
pub(super) fn signed(amount: Money) -> String {
    if amount.0.is_sign_negative() || amount.is_zero() {
        money(amount)
    } else {
        format!("+{}", money(amount))
    }
}

/// `+13.8%`; nothing of nothing.
pub(super) fn relative(by: Money, over: Money) -> String {
    let share = by.0.checked_div(over.0).and_then(|s| s.checked_mul(Decimal::ONE_HUNDRED));
    match share {
        Some(share) if share > Decimal::ZERO => format!("+{}%", compact(share, 2)),
        Some(share) => format!("{}%", compact(share, 2)),
        None => String::new(),
    }
}

/// What a difference comes from, for people.
fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Group(Group::Traffic) => "traffic",
        Kind::Group(Group::Configuration) => "configuration",
        Kind::Group(Group::Agreements) => "plans and rates",
        Kind::Group(Group::Prices) => "prices",
        Kind::Allowances => "free tiers and credits",
    }
}

/// The causes by name.
pub(in crate::report) fn cause_rows(causes: &Causes) -> Vec<(String, Money)> {
    let row = |c: &crate::diff::Cause| {
        let names: Vec<_> = c.kinds.iter().map(|k| kind(*k)).collect();
        (names.join(" and "), c.amount)
    };
    causes.causes.iter().map(row).collect()
}

/// `chat · Functions · Duration`.
pub(in crate::report) fn line_name(line: &Line) -> String {
    let whose = line.workload.as_deref().unwrap_or("account");
    format!("{whose} · {} · {}", line.service, line.name)
}

/// `1,000 → 1,200 GB-Seconds: quantity +$1.20, price -$0.10`.
pub(super) fn because(line: &Line) -> String {
    let used = |quantity: Decimal| compact(quantity, 4);
    let unit = line.unit.as_deref().unwrap_or_default();
    let quantities = match (line.before, line.after) {
        (Some(a), Some(b)) if a.quantity == b.quantity && a.quantity.is_zero() => String::new(),
        (Some(a), Some(b)) if a.quantity == b.quantity => format!("{} {unit}", used(a.quantity)),
        (Some(a), Some(b)) => format!("{} → {} {unit}", used(a.quantity), used(b.quantity)),
        (Some(one), None) | (None, Some(one)) if !one.quantity.is_zero() => {
            format!("{} {unit}", used(one.quantity))
        }
        _ => String::new(),
    };
    let parts: Vec<_> = line
        .effects
        .named()
        .into_iter()
        .filter(|(_, part)| !part.is_zero())
        .map(|(name, part)| format!("{name} {}", signed(part)))
        .collect();
    let parts = parts.join(", ");
    match (quantities.is_empty(), parts.is_empty()) {
        (false, false) => format!("{}: {parts}", quantities.trim_end()),
        (false, true) => quantities.trim_end().to_owned(),
        _ => parts,
    }
}

/// What the reader should know.
pub(super) fn notes(c: &Compared) -> Vec<String> {
    let mut notes = Vec::new();
    if c.before.period != c.after.period {
        notes.push(format!("the periods differ: {} and {}", c.before.period, c.after.period));
    }
    for (name, ledger) in c.names.iter().zip([&c.before, &c.after]) {
        notes.extend(incomplete(name, ledger));
    }
    if c.causes.is_none() {
        notes.push("results are compared line by line; scenarios also tell the causes".into());
    }
    notes
}

fn incomplete(name: &str, ledger: &Ledger) -> Vec<String> {
    let said = |m: &crate::diff::Missing| {
        let whose = m.workload.as_deref().unwrap_or("account");
        format!("{name}: {whose} · {} has no price: {}", m.name, m.reason)
    };
    ledger.missing.iter().map(said).collect()
}
