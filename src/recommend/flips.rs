//! Multiples of the traffic at which a change ceases or begins to pay.

use super::Session;
use super::condition::{Condition, under};
use super::range::{Range, saved, totals};
use super::session::Pair;
use crate::diagnostic::Result;
use crate::units::Money;
use crate::workload::ScenarioFile;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};

/// Where break-even points are looked for, besides.
const FAR: [Decimal; 4] = [
    Decimal::from_parts(1, 0, 0, false, 1),
    Decimal::from_parts(3, 0, 0, false, 1),
    Decimal::from_parts(3, 0, 0, false, 0),
    Decimal::from_parts(10, 0, 0, false, 0),
];
/// How often an interval with a break-even point is halved.
const HALVINGS: usize = 5;
/// Break-even points are not looked for with more requests than this.
const MOST_REQUESTS: u64 = 6_000_000;

/// Looks for the multiples of the traffic at which savings end or begin.
///
/// # Errors
/// When a trace cannot be read to its end.
pub(super) fn flips(session: &mut Session<'_>, pairs: &mut [(Pair, &mut Range)]) -> Result<()> {
    for (pair, range) in pairs {
        let known = range.varied.iter().filter_map(|v| match v.condition {
            Condition::Traffic(factor) => Some((factor, v.saving)),
            _ => None,
        });
        let mut points: Vec<(Decimal, Option<Money>)> = known.collect();
        if points.is_empty() {
            continue;
        }
        let requests = Decimal::from(pair.0.outcome.requests);
        let affordable =
            FAR.into_iter().filter(|factor| requests * factor <= Decimal::from(MOST_REQUESTS));
        let far: Vec<Decimal> = affordable.collect();
        let Some(savings) = savings(session, pair, &far)? else { return Ok(()) };
        points.extend(far.into_iter().zip(savings));
        points.push((Decimal::ONE, Some(range.saving)));
        points.sort_by_key(|p| p.0);
        let mut found = Vec::new();
        for (low, high) in around(&points).into_iter().flatten() {
            match halved(session, pair, low, high)? {
                Some(flip) => found.push(flip),
                None => return Ok(()),
            }
        }
        range.looked = points.first().zip(points.last()).map(|(a, b)| (a.0, b.0));
        range.flips = Some(found);
    }
    Ok(())
}

/// A multiple of the traffic, and whether the change pays there.
type Point = (Decimal, bool);

/// The nearest interval below and above the traffic as it is, in which the saving changes its sign.
fn around(points: &[(Decimal, Option<Money>)]) -> [Option<(Point, Point)>; 2] {
    let known: Vec<Point> = points.iter().filter_map(|p| Some((p.0, p.1? > Money::ZERO))).collect();
    let changes = || {
        known.windows(2).filter_map(|w| match w {
            [a, b] if a.1 != b.1 => Some((*a, *b)),
            _ => None,
        })
    };
    [changes().rfind(|(_, b)| b.0 <= Decimal::ONE), changes().find(|(a, _)| a.0 >= Decimal::ONE)]
}

/// Savings at multiples of the traffic; nothing if time is up.
fn savings(
    session: &mut Session<'_>,
    (before, after): &Pair,
    factors: &[Decimal],
) -> Result<Option<Vec<Option<Money>>>> {
    let files: (ScenarioFile, ScenarioFile) = (before.source.yaml()?, after.source.yaml()?);
    let mut sources = Vec::new();
    for factor in factors {
        let condition = Condition::Traffic(*factor);
        sources.push(under(&condition, &before.source, &files.0, session.book())?);
        sources.push(under(&condition, &after.source, &files.1, session.book())?);
    }
    let wanted = sources.len();
    let totals = totals(session, sources)?;
    if totals.len() < wanted {
        return Ok(None);
    }
    Ok(Some(totals.chunks(2).map(|c| saved(c[0], c[1])).collect()))
}

/// Where between two multiples a change begins or ceases to pay, to two digits or so.
fn halved(
    session: &mut Session<'_>,
    pair: &Pair,
    mut low: Point,
    mut high: Point,
) -> Result<Option<Decimal>> {
    for _ in 0..HALVINGS {
        let Some(middle) = middle(low.0, high.0) else { break };
        let Some(savings) = savings(session, pair, &[middle])? else { return Ok(None) };
        let Some(Some(saving)) = savings.first() else { break };
        let pays = *saving > Money::ZERO;
        *(if pays == low.1 { &mut low } else { &mut high }) = (middle, pays);
    }
    Ok(middle(low.0, high.0).or(Some(low.0)))
}

/// The geometric middle to three digits, if it is between the two.
fn middle(low: Decimal, high: Decimal) -> Option<Decimal> {
    let product = (low * high).to_f64()?;
    let middle = Decimal::from_f64(libm::sqrt(product))?.round_sf(3)?.normalize();
    (low < middle && middle < high).then_some(middle)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Money {
        Money(text.parse().unwrap())
    }

    #[test]
    fn the_intervals_nearest_to_the_traffic_as_it_is_are_taken() {
        let point = |factor: &str, saving: &str| (factor.parse().unwrap(), Some(money(saving)));
        let signs = |points: &[(Decimal, Option<Money>)]| {
            around(points).map(|i| i.map(|(a, b)| format!("{}..{}", a.0, b.0)))
        };
        let points = [
            point("0.1", "1"),
            point("0.3", "-1"),
            point("0.8", "1"),
            point("1", "1"),
            point("1.2", "1"),
            point("3", "0"),
            point("10", "5"),
        ];
        assert_eq!(signs(&points), [Some("0.3..0.8".into()), Some("1.2..3".into())]);
        assert_eq!(signs(&points[2..5]), [None, None]);
    }

    #[test]
    fn the_middle_is_between() {
        let dec = |text: &str| text.parse::<Decimal>().unwrap();
        assert_eq!(middle(dec("1"), dec("4")), Some(dec("2")));
        assert_eq!(middle(dec("1"), dec("1.001")), None);
    }
}
