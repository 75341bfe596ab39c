//! What to buy in advance, and how much of it.

use super::Rule;
use super::cover::cover;
use super::demand::{self, Wanted};
use super::offers::{self, Offer};
use super::savings::Savings;
use crate::diagnostic::Result;
use crate::recommend::words::{dollars, percent};
use crate::recommend::{Advice, Certificate, Effort, Proposal, Session};
use crate::units::{Money, nearest};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

/// `commitments`.
#[derive(Debug)]
pub(super) struct Commitments;

impl Rule for Commitments {
    fn code(&self) -> &'static str {
        "SSC204"
    }
    fn name(&self) -> &'static str {
        "commitments"
    }
    fn summary(&self) -> &'static str {
        "savings plans, committed use and reservations: how much to buy"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/commitments.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        let offers = offers::of(session);
        let wanted = demand::of(session, &offers)?;
        for (offer, wanted) in offers.iter().zip(&wanted) {
            if session.out_of_time() {
                break;
            }
            if let Some(wanted) = wanted {
                advice.extend(propose(session, offer, wanted)?);
            }
        }
        Ok(advice)
    }
}

/// Parts of a dollar that prices of steps are compared in.
const FINE: u64 = 1_000_000;

/// Levels of demand where about is enough.
const LEVELS: f64 = 64.0;

/// A bill and what was expected of it differ by less, for rounding.
const ROUNDING: Money = Money(Decimal::from_parts(1, 0, 0, false, 6));

fn propose(session: &mut Session<'_>, offer: &Offer, wanted: &Wanted) -> Result<Option<Advice>> {
    let Some(service) = session.book().service(&offer.service) else { return Ok(None) };
    let savings = Savings::new(wanted, service, session.book());
    let amount = savings.best();
    if amount <= offer.has {
        return Ok(None);
    }
    let change = (offer.buy)(amount);
    let Some((_, trial)) = session.cheapest(std::slice::from_ref(&change))? else {
        return Ok(None);
    };
    let expected = savings.at(amount, Decimal::ONE) - savings.at(offer.has, Decimal::ONE);
    let billed = session.effect(&trial).saving();
    let proven = savings.exact && Money((billed - expected).0.abs()) < ROUNDING;
    let certificate = if proven {
        Certificate::Optimal(format!(
            "no other amount all along costs less, in {}: as the amount grows the bill follows straight \
             lines between levels that an hour reaches, and each level was tried",
            offer.steps()
        ))
    } else {
        Certificate::BestFound(
            "credits pay for some of the same usage, which bends the bill".into(),
        )
    };
    let price = Money(Decimal::from(amount) * offer.step);
    Ok(Some(Advice::Proposal(Box::new(Proposal {
        title: match offer.has {
            0 => format!("Buy {} of {}", offer.amount(amount, price), offer.name),
            _ => format!("Raise {} to {}", offer.name, offer.amount(amount, price)),
        },
        change,
        effort: Effort::Medium,
        evidence: evidence(offer, &Hourly::new(wanted), &savings, amount),
        certificate,
        artifacts: Vec::new(),
    }))))
}

/// What an offer could pay, hour by hour.
struct Hourly {
    /// US dollars on demand, for an hour at a time.
    usual: Vec<Decimal>,
    /// Steps that could be used.
    steps: Vec<Decimal>,
    /// US dollars that a step has to spend, for each of them.
    budgets: Vec<Decimal>,
    /// All of it at the commitment's price, in US dollars.
    committed: Decimal,
    /// The same on demand.
    on_demand: Decimal,
}

impl Hourly {
    fn new(wanted: &Wanted) -> Self {
        let hour = Decimal::from(3_600_000_000_000_i64);
        let mut hourly = Self {
            usual: Vec::new(),
            steps: Vec::new(),
            budgets: Vec::new(),
            committed: Decimal::ZERO,
            on_demand: Decimal::ZERO,
        };
        for slice in wanted.demand.slices.iter().filter(|s| !s.budget.is_zero()) {
            let usual: Decimal = slice.needs.iter().map(|n| n.usual.0).sum();
            let committed: Decimal = slice.needs.iter().map(|n| n.committed.0).sum();
            hourly.usual.push(usual * hour / Decimal::from(slice.span.length().0.max(1)));
            hourly.steps.push(committed / slice.budget.0);
            hourly.budgets.push(slice.budget.0);
            hourly.committed += committed;
            hourly.on_demand += usual;
        }
        hourly
    }

    /// What is used of an amount, and all of it, in US dollars.
    fn used(&self, amount: u64) -> (Decimal, Decimal) {
        let amount = Decimal::from(amount);
        let each = self.steps.iter().zip(&self.budgets);
        let used = each.map(|(steps, budget)| (*steps).min(amount) * budget).sum();
        (used, amount * self.budgets.iter().sum::<Decimal>())
    }

    /// How much more is saved if it is bought anew every `term` hours, as a part of what one amount for
    /// all hours saves; to about a per cent, because demand is taken in so many levels. Of the hours, so
    /// many are looked at as fill whole terms.
    fn flexible(&self, term: usize) -> Decimal {
        let steps: Vec<f64> = self.steps.iter().map(|s| s.to_f64().unwrap_or(0.0)).collect();
        let most = steps.iter().copied().fold(0.0, f64::max);
        let level = |d: &f64| nearest(d / most.max(f64::MIN_POSITIVE) * LEVELS);
        let whole = steps.len() / term * term;
        let levels: Vec<u64> = steps[..whole].iter().map(level).collect();
        let times = self.on_demand.checked_div(self.committed).unwrap_or_default();
        let usual = (times * Decimal::from(FINE)).round().to_u64().unwrap_or(0);
        let saved = |term: usize| {
            let none: u128 = levels.iter().map(|d| u128::from(*d) * u128::from(usual)).sum();
            let saved = none.saturating_sub(cover(&levels, term, term as u64 * FINE, usual).cost);
            Decimal::from_u128(saved).unwrap_or_default()
        };
        let (short, long) = (saved(term), saved(levels.len()));
        if long.is_zero() { Decimal::ZERO } else { (short - long) / long }
    }
}

fn evidence(offer: &Offer, hourly: &Hourly, savings: &Savings, amount: u64) -> Vec<String> {
    let least = hourly.usual.iter().copied().min().unwrap_or_default();
    let most = hourly.usual.iter().copied().max().unwrap_or_default();
    let (used, all) = hourly.used(amount);
    let saved = |part: i64| {
        let saving = savings.at(amount, Decimal::new(part, 1));
        let verb = if saving < Money::ZERO { "loses" } else { "saves" };
        let size = if saving < Money::ZERO { -saving } else { saving };
        format!("{verb} {}", dollars(size))
    };
    let mut told = vec![
        format!(
            "what it can cover costs {} on demand, from {} to {} an hour",
            dollars(Money(hourly.on_demand)),
            dollars(Money(least)),
            dollars(Money(most))
        ),
        format!(
            "hour by hour {} of it is used; it pays from {} on",
            percent(used, all),
            percent(hourly.committed, hourly.on_demand)
        ),
        format!("with 20 % less traffic it {}, with half of it it {}", saved(8), saved(5)),
    ];
    let week = 24 * 7;
    if hourly.steps.len() > week {
        let more = hourly.flexible(week).round_dp(2);
        if more > Decimal::ZERO {
            let more = percent(more, 1);
            told.push(format!("bought anew every week it would save about {more} more"));
        }
    }
    told.extend(offer.evidence.iter().cloned());
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shorter_term_saves_more_where_weeks_differ() {
        let hourly = |steps: Vec<u64>| {
            let steps: Vec<Decimal> = steps.into_iter().map(Decimal::from).collect();
            let committed: Decimal = steps.iter().sum();
            // At 46 % off.
            let on_demand = committed * Decimal::from(100) / Decimal::from(54);
            Hourly { usual: Vec::new(), budgets: Vec::new(), committed, on_demand, steps }
        };
        // One amount: 8 all along saves 46 %; by the week the other 56 are covered for half the time.
        let two_weeks = hourly((0..672).map(|h| if h < 336 { 64 } else { 8 }).collect());
        assert_eq!(two_weeks.flexible(168).round_dp(6), Decimal::new(35, 1));
        assert_eq!(hourly(vec![5; 400]).flexible(168).round_dp(6), Decimal::ZERO);
    }
}
