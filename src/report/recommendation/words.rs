//! Effects, certificates and ranges in words.

use super::super::number::{
    compact, count, dollars, latency, money, money_share, per_thousand, share,
};
use super::super::table::period;
use crate::recommend::{
    Certificate, Condition, Effect, MOST_BY_DAYS, NoDays, Outcome, Range, Ranked, Recommendations,
};
use crate::units::{Money, SimDuration};
use rust_decimal::Decimal;

/// Words that depend on the billed period.
pub(in crate::report) struct Words {
    /// `a month`, or `in 24h`.
    per: String,
}

impl Words {
    pub(in crate::report) fn of(found: &Recommendations) -> Self {
        let length = found.before.estimate.period;
        let month = period(length).starts_with("per month");
        let per = if month { "a month".to_owned() } else { format!("in {}", length.readable()) };
        Self { per }
    }

    /// `$799.85 a month`.
    pub(in crate::report) fn total(&self, total: Money) -> String {
        format!("{} {}", money(total), self.per)
    }

    /// `saves $45.56 a month (5.4%)`.
    pub(in crate::report) fn saving(&self, effect: &Effect) -> String {
        let saving = effect.saving();
        let whole = effect.before.total;
        let percent = |part| money_share(part, whole).map_or(String::new(), |p| format!(" ({p})"));
        if saving.is_zero() {
            "costs the same".into()
        } else if saving > Money::ZERO {
            format!("saves {} {}{}", money(saving), self.per, percent(saving))
        } else {
            let more = Money(-saving.0);
            format!("costs {} more {}{}", money(more), self.per, percent(more))
        }
    }

    pub(in crate::report) fn headline(&self, effect: &Effect) -> String {
        let (before, after) = (money(effect.before.total), money(effect.after.total));
        format!("The plan {}: {after} instead of {before}", self.saving(effect))
    }

    pub(in crate::report) fn nothing(&self, found: &Recommendations) -> String {
        let total = self.total(found.before.outcome.total);
        if found.out_of_time {
            return format!("Nothing was found in the time there was: {total} as it is");
        }
        if found.ranked.is_empty() {
            return format!("Nothing better was found: {total} as it is");
        }
        format!("Nothing saves more than noise: {total} as it is")
    }
}

/// `$0.4244 → $0.4016, saves $0.0228`: what 1,000 streams cost.
pub(in crate::report) fn each_thousand(effect: &Effect) -> Option<String> {
    let before = per_thousand(effect.before.total, effect.before.streams)?;
    let after = per_thousand(effect.after.total, effect.after.streams)?;
    let less = before - after;
    let (word, by) = if less.0.is_sign_negative() {
        ("costs", format!("{} more", dollars(Money(-less.0), 4)))
    } else {
        ("saves", dollars(less, 4))
    };
    Some(format!("{} → {}, {word} {by}", dollars(before, 4), dollars(after, 4)))
}

/// Time to first token before and after; nothing where there are no tokens.
pub(in crate::report) fn first_token(effect: &Effect) -> Option<String> {
    let (before, after) = (effect.before.time_to_first_token, effect.after.time_to_first_token);
    let each = before.into_iter().zip(after).zip(["P50", "P95", "P99"]);
    let parts: Vec<_> = each
        .filter_map(|((b, a), rank)| Some(format!("{rank} {}", moved(latency(b?), latency(a?)))))
        .collect();
    (!parts.is_empty()).then(|| unchanged(parts.join(" · "), before == after))
}

fn moved(before: String, after: String) -> String {
    if before == after { after } else { format!("{before} → {after}") }
}

fn unchanged(text: String, same: bool) -> String {
    if same { format!("{text}, as now") } else { text }
}

/// `1,204 → 1,310 (0.1%)`.
pub(in crate::report) fn part(
    effect: &Effect,
    part: fn(&Outcome) -> u64,
    whole: fn(&Outcome) -> u64,
) -> String {
    let (before, after) = (part(&effect.before), part(&effect.after));
    let share = share(after, whole(&effect.after)).filter(|_| after > 0);
    let share = share.map_or(String::new(), |s| format!(" ({s})"));
    unchanged(format!("{}{share}", moved(count(before), count(after))), before == after)
}

/// A certificate, for a change that leads to this total.
pub(in crate::report) fn certificate(certificate: &Certificate, total: Money) -> String {
    match certificate {
        Certificate::Optimal(why) => format!("optimal: {why}"),
        Certificate::Exhaustive(0 | 1) => "the only one there is".into(),
        Certificate::Exhaustive(n) => format!("the best of all {}, each tried", count(*n)),
        Certificate::Bound { bound, of } => match gap(*bound, total) {
            Some(gap) if gap.is_zero() => format!("optimal: as low as the bound: {of}"),
            Some(gap) => format!("within {}% of the bound: {of}", compact(gap, 1)),
            None => format!("best found; no gap to the bound {}: {of}", money(*bound)),
        },
        Certificate::BestFound(why) => format!("best found: {why}"),
    }
}

/// By how many percent a total is above a bound; nothing where the bound is not one.
pub(in crate::report) fn gap(bound: Money, total: Money) -> Option<Decimal> {
    let above = total.0 - bound.0;
    if above.is_zero() {
        return Some(Decimal::ZERO);
    }
    if above.is_sign_negative() {
        return None;
    }
    above.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(bound.0)
}

/// `$36.35 to $54.76 with 0.8x to 1.2x the traffic, 4 other dispatch policies, 3 other seeds`.
pub(in crate::report) fn range(range: &Range) -> String {
    let mut what = Vec::new();
    let counted = |n: usize, one: &str, more: &str| match n {
        0 => None,
        1 => Some(format!("1 other {one}")),
        n => Some(format!("{n} other {more}")),
    };
    let of =
        |is: fn(&Condition) -> bool| range.varied.iter().filter(move |v| is(&v.condition)).count();
    let traffic = range.varied.iter().filter_map(|v| match v.condition {
        Condition::Traffic(factor) => Some(format!("{}x", factor.normalize())),
        _ => None,
    });
    let traffic: Vec<_> = traffic.collect();
    if !traffic.is_empty() {
        what.push(format!("{} the traffic", traffic.join(" and ")));
    }
    what.extend(counted(of(|c| matches!(c, Condition::Seed(_))), "seed", "seeds"));
    let policies = of(|c| matches!(c, Condition::Dispatch(_)));
    what.extend(counted(policies, "dispatch policy", "dispatch policies"));
    if what.is_empty() {
        let why: String = range.fixed.iter().map(|fixed| format!("; {fixed}")).collect();
        return format!("nothing could be varied{why}");
    }
    let (least, most) = (range.least(), range.most());
    let mut text = if least == most {
        format!("{} under {}", money(least), what.join(", "))
    } else {
        format!("{} to {} under {}", money(least), money(most), what.join(", "))
    };
    let unknown = range.varied.iter().filter(|v| v.saving.is_none()).count();
    if unknown > 0 {
        text.push_str(&format!("; {unknown} of them without an estimate"));
    }
    for fixed in &range.fixed {
        text.push_str(&format!("; {fixed}"));
    }
    text
}

/// `P10 $36.35 to P90 $54.76, from 14 recorded days, weekends apart`, or why there is no such range.
pub(in crate::report) fn days(range: &Range) -> String {
    match range.days {
        Ok(days) => {
            let (made, noise) = if days.generated {
                ("generated", ": sampling noise alone")
            } else {
                ("recorded", "")
            };
            let kinds = if days.weekends { ", weekends apart" } else { "" };
            let (p10, p90) = (money(days.p10), money(days.p90));
            format!("P10 {p10} to P90 {p90}, from {} {made} days{kinds}{noise}", days.days)
        }
        Err(why) => no_days(why),
    }
}

/// Why a saving has no range over days.
pub(in crate::report) fn no_days(why: NoDays) -> String {
    match why {
        NoDays::NoRange(why) => why.why(),
        NoDays::TooLong => {
            format!("no range: more than {} requests are replayed", count(MOST_BY_DAYS))
        }
        NoDays::Unknown => "no range: days were not told apart".into(),
    }
}

/// The multiples of the traffic at which it flips; nothing where none was looked for.
pub(in crate::report) fn flips(range: &Range) -> Option<String> {
    let (from, to) = range.looked?;
    let between = format!("{}x and {}x the traffic", from.normalize(), to.normalize());
    let flips = range.flips.as_ref()?;
    let pays = range.saving > Money::ZERO;
    let each = flips.iter().map(|flip| {
        let flip_x = format!("about {}x the traffic", flip.normalize());
        match (pays, *flip < Decimal::ONE) {
            (true, true) => format!("pays above {flip_x}"),
            (true, false) => format!("pays below {flip_x}"),
            (false, true) => format!("saves below {flip_x}"),
            (false, false) => format!("saves above {flip_x}"),
        }
    });
    let each: Vec<_> = each.collect();
    if each.is_empty() {
        return Some(format!("none between {between}"));
    }
    Some(format!("{} (looked for between {between})", each.join(", ")))
}

/// Why a saving is within noise.
pub(in crate::report) fn noise(ranked: &Ranked) -> String {
    let range = ranked.range.as_ref().filter(|range| range.is_noise());
    let Some(range) = range else {
        return "a tie: less than a cent, or than a thousandth of the bill".into();
    };
    let gone = range.varied.iter().filter(|v| v.saving.is_some_and(|s| s <= Money::ZERO));
    match gone.min_by_key(|v| v.saving) {
        None => "gone in at least one of ten months, by the days there are".into(),
        Some(varied) => match condition(&varied.condition) {
            ("traffic", factor) => format!("gone with {factor}x the traffic"),
            (what, value) => format!("gone with {what} {value}"),
        },
    }
}

/// What a condition is called.
pub(in crate::report) fn condition(condition: &Condition) -> (&'static str, String) {
    match condition {
        Condition::Traffic(factor) => ("traffic", factor.normalize().to_string()),
        Condition::Dispatch(policy) => ("dispatch", policy.clone()),
        Condition::Seed(seed) => ("seed", seed.to_string()),
    }
}

/// A time for a column.
pub(in crate::report) fn time(time: Option<SimDuration>) -> String {
    time.map_or_else(|| "–".into(), latency)
}
