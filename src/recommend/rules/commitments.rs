//! What to buy in advance, and how much of it.

use super::Rule;
use super::cover::cover;
use super::demand;
use super::offers::{self, Offer};
use crate::diagnostic::Result;
use crate::recommend::words::{dollars, percent};
use crate::recommend::{Advice, Certificate, Effort, Proposal, Session};
use crate::units::{Money, nearest};
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use std::collections::BTreeMap;

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
        let mut shapes = BTreeMap::new();
        for offer in &offers {
            if session.out_of_time() {
                break;
            }
            let hourly = hourly(session, offer, &mut shapes)?;
            advice.extend(propose(session, offer, &hourly)?);
        }
        Ok(advice)
    }
}

/// What an offer would cover, hour by hour, in steps of its amount.
struct Hourly {
    /// Steps that could be used in each hour.
    steps: Vec<f64>,
    /// On demand, a step costs so much for an hour; committed, one step's price.
    on_demand: Decimal,
    step: Decimal,
}

/// Parts of a dollar that prices of steps are compared in.
const FINE: u64 = 1_000_000;

/// Levels of demand where about is enough.
const LEVELS: f64 = 64.0;

fn hourly(
    session: &mut Session<'_>,
    offer: &Offer,
    shapes: &mut BTreeMap<String, Vec<f64>>,
) -> Result<Hourly> {
    let hours = demand::hours(session);
    let names: Vec<String> =
        session.now().estimate.workloads.iter().map(|w| w.name.clone()).collect();
    let mut dollars = vec![0.0; hours];
    for line in &offer.lines {
        let busy = line.workload.as_ref().filter(|_| !line.even);
        let shape = match busy
            .and_then(|name| names.iter().position(|n| n == name && !n.ends_with("/overflow")))
        {
            None => &demand::flat(hours),
            Some(index) => {
                if !shapes.contains_key(&names[index]) {
                    shapes.insert(names[index].clone(), demand::shape(session, index)?);
                }
                &shapes[&names[index]]
            }
        };
        let amount = line.committed.to_f64().unwrap_or(0.0);
        dollars.iter_mut().zip(shape).for_each(|(sum, share)| *sum += amount * share);
    }
    let step = offer.step.to_f64().unwrap_or(1.0);
    let steps = dollars.iter().map(|d| d / step).collect();
    let (committed, usual) = (offer.committed(), offer.usual());
    let on_demand =
        if committed.is_zero() { Decimal::ZERO } else { offer.step * usual / committed };
    Ok(Hourly { steps, on_demand, step: offer.step })
}

impl Hourly {
    fn hours(&self) -> u64 {
        self.steps.len() as u64
    }

    /// Prices of a step for `hours` and for one hour on demand, in whole small parts.
    fn prices(&self, hours: u64) -> (u64, u64) {
        let times = if self.step.is_zero() { Decimal::ZERO } else { self.on_demand / self.step };
        let usual = (times * Decimal::from(FINE)).round().to_u64().unwrap_or(0);
        (hours * FINE, usual)
    }

    /// The amount for the whole period that costs least, hour by hour: where demand ends between two
    /// steps, the better of them.
    fn best(&self) -> u64 {
        let whole: Vec<u64> = self.steps.iter().map(|d| nearest(d.floor())).collect();
        let (committed, usual) = self.prices(self.hours());
        let bought = cover(&whole, whole.len(), committed, usual).bought;
        let amount = bought.first().copied().unwrap_or(0);
        let more = self.saving(amount + 1, 1.0) > self.saving(amount, 1.0);
        amount + u64::from(more)
    }

    /// How much more is saved if it is bought anew every `term` hours, as a part of what one amount for
    /// all hours saves; to about a per cent, because demand is taken in so many levels. Of the hours, so
    /// many are looked at as fill whole terms.
    fn flexible(&self, term: usize) -> Decimal {
        let most = self.steps.iter().copied().fold(0.0, f64::max);
        let level = |d: &f64| nearest(d / most.max(f64::MIN_POSITIVE) * LEVELS);
        let whole = self.steps.len() / term * term;
        let levels: Vec<u64> = self.steps[..whole].iter().map(level).collect();
        let saved = |term: usize| {
            let (committed, usual) = self.prices(term as u64);
            let none: u128 = levels.iter().map(|d| u128::from(*d) * u128::from(usual)).sum();
            let saved = none.saturating_sub(cover(&levels, term, committed, usual).cost);
            Decimal::from_u128(saved).unwrap_or_default()
        };
        let (short, long) = (saved(term), saved(levels.len()));
        if long.is_zero() { Decimal::ZERO } else { (short - long) / long }
    }

    /// Hours × steps that are used of an amount when traffic is a part of what it is.
    fn used(&self, amount: u64, part: f64) -> Decimal {
        #[expect(clippy::cast_precision_loss, reason = "statistics")]
        let used: f64 = self.steps.iter().map(|d| (d * part).min(amount as f64)).sum();
        Decimal::from_f64(used).unwrap_or_default()
    }

    /// What an amount saves hour by hour when traffic is a part of what it is; negative if it loses.
    fn saving(&self, amount: u64, part: f64) -> Money {
        let used = self.used(amount, part) * self.on_demand;
        Money((used - Decimal::from(amount * self.hours()) * self.step).round_dp(9))
    }
}

fn propose(session: &mut Session<'_>, offer: &Offer, hourly: &Hourly) -> Result<Option<Advice>> {
    let amount = hourly.best();
    if amount <= offer.has || hourly.saving(amount, 1.0) <= Money::ZERO {
        return Ok(None);
    }
    let change = (offer.buy)(amount);
    let Some((_, trial)) = session.cheapest(std::slice::from_ref(&change))? else {
        return Ok(None);
    };
    let billed = session.effect(&trial).saving();
    let price = Money(Decimal::from(amount) * offer.step);
    let evidence = evidence(offer, hourly, amount, billed);
    Ok(Some(Advice::Proposal(Box::new(Proposal {
        title: match offer.has {
            0 => format!("Buy {} of {}", offer.amount(amount, price), offer.name),
            _ => format!("Raise {} to {}", offer.name, offer.amount(amount, price)),
        },
        change,
        effort: Effort::Medium,
        evidence,
        certificate: Certificate::BestFound(
            "hour by hour no other amount for the whole period costs less; the bill takes usage as even \
             over the period, by which more would look better still"
                .into(),
        ),
        artifacts: Vec::new(),
    }))))
}

fn evidence(offer: &Offer, hourly: &Hourly, amount: u64, billed: Money) -> Vec<String> {
    let at = |steps: f64| {
        let steps = Decimal::from_f64(steps).unwrap_or_default();
        dollars(Money(steps * hourly.on_demand))
    };
    let least = hourly.steps.iter().copied().fold(f64::MAX, f64::min);
    let most = hourly.steps.iter().copied().fold(0.0, f64::max);
    let all = amount * hourly.hours();
    let saved = |part: f64| {
        let saving = hourly.saving(amount, part);
        let verb = if saving < Money::ZERO { "loses" } else { "saves" };
        let size = if saving < Money::ZERO { -saving } else { saving };
        format!("{verb} {}", dollars(size))
    };
    let mut told = vec![
        format!(
            "what it can cover costs {} on demand after credits, from {} to {} an hour",
            dollars(Money(offer.usual())),
            at(least),
            at(most)
        ),
        format!(
            "hour by hour {} of it is used and it {}; it pays from {} on; the bill, which takes usage \
             as even, says {}",
            percent(hourly.used(amount, 1.0), all),
            saved(1.0),
            percent(hourly.step, hourly.on_demand),
            dollars(billed)
        ),
        format!("with 20 % less traffic it {}, with half of it it {}", saved(0.8), saved(0.5)),
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
    use proptest::prelude::*;

    fn hourly(steps: &[f64], percent: i64) -> Hourly {
        let step = Decimal::new(1, 3);
        let times = Decimal::from(100) / Decimal::from(100 - percent);
        Hourly { steps: steps.to_vec(), on_demand: step * times, step }
    }

    #[test]
    fn a_level_that_is_there_often_enough_is_bought() {
        // At 20 % off a step has to be used in more than 8 of 10 hours.
        let mut steps = [vec![10.0; 9], vec![3.0]].concat();
        assert_eq!(hourly(&steps, 20).best(), 10);
        (steps[0], steps[1]) = (5.0, 3.0);
        // 8 of 10 hours are not enough for 5, all of them are for 3.
        assert_eq!(hourly(&steps, 20).best(), 3);
        assert_eq!(hourly(&steps, 21).best(), 5);
        assert_eq!(hourly(&[0.0, 0.0, 9.0], 20).best(), 0);
        // Nearly a whole step: 0.9 of it used is more than 0.8.
        assert_eq!([0.7, 0.9].map(|d| hourly(&[d; 4], 20).best()), [0, 1]);
    }

    #[test]
    fn a_shorter_term_saves_more_where_weeks_differ() {
        let steps: Vec<f64> = (0..672).map(|h| if h < 336 { 64.0 } else { 8.0 }).collect();
        let h = hourly(&steps, 46);
        // One amount: 8 all along saves 46 %; by the week the other 56 are covered for half the time.
        assert_eq!(h.best(), 8);
        assert_eq!(h.flexible(168).round_dp(6), Decimal::new(35, 1));
        assert_eq!(hourly(&[5.0; 400], 46).flexible(168).round_dp(6), Decimal::ZERO);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]
        /// The amount against every amount tried.
        #[test]
        fn no_other_amount_saves_more(
            steps in proptest::collection::vec(0.0_f64..30.0, 1..60), percent in 1_i64..60,
        ) {
            let h = hourly(&steps, percent);
            let best = h.saving(h.best(), 1.0);
            let all = (0..=31).map(|amount| h.saving(amount, 1.0)).max().unwrap();
            prop_assert!(best.0 >= all.0 - Decimal::new(2, 9), "{} instead of {}", best, all);
        }
    }
}
