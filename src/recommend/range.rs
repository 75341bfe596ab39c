//! How far a saving depends on what the scenario only assumes: the traffic, which instance takes a
//! request, the seed.
//!
//! Every saving is the difference of two estimates under the same condition, so that luck is the same on
//! both sides.

use super::{Change, Edit, Session, Trial};
use crate::diagnostic::{Result, Source};
use crate::pricing::Book;
use crate::units::Money;
use crate::units::parse::plain;
use crate::workload::ScenarioFile;
use rust_decimal::Decimal;
use rust_decimal::prelude::{FromPrimitive, ToPrimitive};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Something a scenario assumes, otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// This many times the requests.
    Traffic(Decimal),
    /// Another rule of which instance takes a request, where the platform leaves it open.
    Dispatch(String),
    /// Another seed of generated arrivals and of what each request needs.
    Seed(u64),
}

/// A saving under a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Varied {
    /// What was otherwise.
    pub condition: Condition,
    /// The saving then; nothing where one of the two scenarios has no complete estimate.
    pub saving: Option<Money>,
}

/// How a saving moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The saving as it is.
    pub saving: Money,
    /// What was tried.
    pub varied: Vec<Varied>,
    /// Multiples of the traffic at which the saving ends or begins, the nearest below and above, within a
    /// tenth and ten times; found to a few percent. Nothing if it was not looked for.
    pub flips: Option<Vec<Decimal>>,
    /// The multiples between which it was looked for.
    pub looked: Option<(Decimal, Decimal)>,
    /// What could not be varied, and why.
    pub fixed: Vec<String>,
}

impl Range {
    fn savings(&self) -> impl Iterator<Item = Money> + '_ {
        self.varied.iter().filter_map(|v| v.saving).chain([self.saving])
    }

    /// The least saving.
    #[must_use]
    pub fn least(&self) -> Money {
        self.savings().min().unwrap_or(self.saving)
    }

    /// The largest saving.
    #[must_use]
    pub fn most(&self) -> Money {
        self.savings().max().unwrap_or(self.saving)
    }

    /// Whether a saving is gone under one of the conditions.
    #[must_use]
    pub fn is_noise(&self) -> bool {
        self.saving > Money::ZERO && self.least() <= Money::ZERO
    }
}

/// By so much less and more traffic.
const LESS_AND_MORE: [Decimal; 2] =
    [Decimal::from_parts(8, 0, 0, false, 1), Decimal::from_parts(12, 0, 0, false, 1)];
/// Where break-even points are looked for, besides.
const FAR: [Decimal; 4] = [
    Decimal::from_parts(1, 0, 0, false, 1),
    Decimal::from_parts(3, 0, 0, false, 1),
    Decimal::from_parts(3, 0, 0, false, 0),
    Decimal::from_parts(10, 0, 0, false, 0),
];
/// How often an interval with a break-even point is halved.
const HALVINGS: usize = 5;
/// Seeds to try besides the scenario's.
const SEEDS: [u64; 4] = [101, 202, 303, 404];
const OTHER_SEEDS: usize = 3;
/// Break-even points are not looked for with more requests than this.
const MOST_REQUESTS: u64 = 6_000_000;

/// A scenario and a changed one.
pub(super) type Pair = (Arc<Trial>, Arc<Trial>);

/// How the savings of pairs move under every condition that applies; nothing for all if time is up.
///
/// # Errors
/// When a trace cannot be read to its end.
pub(super) fn ranges(session: &mut Session<'_>, pairs: &[Pair]) -> Result<Vec<Option<Range>>> {
    let mut ranges = Vec::new();
    let mut asked = Vec::new();
    for (before, after) in pairs {
        let files: (ScenarioFile, ScenarioFile) = (before.source.yaml()?, after.source.yaml()?);
        let mut conditions = conditions(session.book(), &[&files.0, &files.1]);
        conditions.retain(|condition| !holds(condition, &[before, after]));
        for condition in &conditions {
            asked.push(under(condition, &before.source, &files.0, session.book())?);
            asked.push(under(condition, &after.source, &files.1, session.book())?);
        }
        let saving = before.outcome.total - after.outcome.total;
        let range = Range {
            saving,
            varied: conditions
                .into_iter()
                .map(|condition| Varied { condition, saving: None })
                .collect(),
            flips: None,
            looked: None,
            fixed: fixed(&files.1),
        };
        ranges.push(Some(range));
    }
    let totals = totals(session, asked)?;
    let mut rest = totals.chunks(2);
    for range in &mut ranges {
        let Some(r) = range else { continue };
        for varied in &mut r.varied {
            match rest.next() {
                Some([before, after]) => varied.saving = saved(*before, *after),
                _ => {
                    *range = None;
                    break;
                }
            }
        }
    }
    Ok(ranges)
}

/// The total of each scenario, if it has a complete one; fewer when time is up.
fn totals(session: &mut Session<'_>, sources: Vec<Source>) -> Result<Vec<Option<Money>>> {
    let known = session.estimates(sources.into_iter().map(Ok).collect())?;
    let total = |trial: Arc<Trial>| (trial.outcome.unpriced == 0).then_some(trial.outcome.total);
    Ok(known.into_iter().map(|k| k.ok().and_then(total)).collect())
}

fn saved(before: Option<Money>, after: Option<Money>) -> Option<Money> {
    Some(before? - after?)
}

/// The conditions that change something in these scenarios.
fn conditions(book: &Book, files: &[&ScenarioFile]) -> Vec<Condition> {
    let workloads = || files.iter().flat_map(|f| f.workloads.iter().map(move |w| (f, w)));
    let mut conditions = Vec::new();
    if workloads().any(|(_, w)| w.arrivals.value.rate.is_some()) {
        conditions.extend(LESS_AND_MORE.map(Condition::Traffic));
        let own = files.iter().filter_map(|f| f.seed.as_ref()?.value.parse().ok());
        let own: BTreeSet<u64> = own.collect();
        let others = SEEDS.into_iter().filter(|seed| !own.contains(seed));
        conditions.extend(others.take(OTHER_SEEDS).map(Condition::Seed));
    }
    let mut policies = BTreeSet::new();
    for (file, w) in workloads() {
        let platform = w.platform.as_ref().or(file.platform.as_ref());
        let place = platform.and_then(|p| book.platform(&p.value));
        let Some(spec) = place.and_then(|p| p.platform.settings.get("dispatch")) else { continue };
        let others = spec.choices.iter().filter(|c| c.same_as.is_none());
        policies.extend(others.map(|c| c.name.clone()).filter(|_| spec.choices.len() > 1));
    }
    conditions.extend(policies.into_iter().map(Condition::Dispatch));
    conditions
}

/// Whether a condition is the one that holds anyway.
fn holds(condition: &Condition, trials: &[&Arc<Trial>]) -> bool {
    let Condition::Dispatch(policy) = condition else { return false };
    let workloads = trials.iter().flat_map(|t| &t.estimate.workloads);
    workloads.filter_map(|w| w.settings.get("dispatch")).all(|now| now == policy)
}

/// What no condition changes.
fn fixed(file: &ScenarioFile) -> Vec<String> {
    let traced = file.workloads.iter().filter(|w| w.arrivals.value.trace.is_some());
    traced.map(|w| format!("{}: arrivals as recorded", w.name.value)).collect()
}

/// A scenario under a condition; as it is where the condition changes nothing of it.
fn under(
    condition: &Condition,
    source: &Source,
    file: &ScenarioFile,
    book: &Book,
) -> Result<Source> {
    let mut change = Change::none();
    for (index, w) in file.workloads.iter().enumerate() {
        let arrivals = &w.arrivals.value;
        match condition {
            Condition::Traffic(factor) => {
                for (key, rate) in [("rate", &arrivals.rate), ("to_rate", &arrivals.to_rate)] {
                    if let Some(rate) = rate.as_ref().and_then(|r| times(&r.value, *factor)) {
                        change = change.set(index, &format!("arrivals.{key}"), rate);
                    }
                }
            }
            Condition::Seed(seed) => {
                if arrivals.rate.is_some() {
                    change = change.set(index, "arrivals.seed", seed.to_string());
                }
            }
            Condition::Dispatch(policy) => {
                let platform = w.platform.as_ref().or(file.platform.as_ref());
                let place = platform.and_then(|p| book.platform(&p.value));
                let spec = place.and_then(|p| p.platform.settings.get("dispatch"));
                if spec.is_some_and(|s| s.choice(policy).is_some()) {
                    change = change.and(Edit::Set(
                        format!("workloads[{index}].deployment.dispatch"),
                        policy.as_str().into(),
                    ));
                }
            }
        }
    }
    change.apply(source)
}

/// A rate such as `2M/month`, multiplied.
fn times(rate: &str, factor: Decimal) -> Option<String> {
    let (number, period) = rate.split_once('/')?;
    let number = plain(number).ok()?.checked_mul(factor)?.normalize();
    Some(format!("{number}/{}", period.trim()))
}

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
    [
        changes().filter(|(_, b)| b.0 <= Decimal::ONE).last(),
        changes().find(|(a, _)| a.0 >= Decimal::ONE),
    ]
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
    fn rates_are_multiplied_exactly() {
        let times = |rate, factor: &str| times(rate, factor.parse().unwrap());
        assert_eq!(times("2M/month", "0.8").as_deref(), Some("1600000/month"));
        assert_eq!(times("0.3/ s", "1.2").as_deref(), Some("0.36/s"));
        assert_eq!(times("often", "1.2"), None);
    }

    #[test]
    fn a_saving_that_is_gone_somewhere_is_noise() {
        let range = |saving, others: &[&str]| Range {
            saving: money(saving),
            varied: others
                .iter()
                .map(|s| Varied { condition: Condition::Seed(1), saving: Some(money(s)) })
                .collect(),
            flips: None,
            looked: None,
            fixed: Vec::new(),
        };
        assert!(!range("3", &["1", "4"]).is_noise());
        assert!(range("3", &["0", "4"]).is_noise());
        assert!(range("3", &["5", "-1"]).is_noise());
        assert!(!range("-3", &["-5"]).is_noise(), "what costs something pays for something else");
        let r = range("3", &["1", "4"]);
        assert_eq!((r.least(), r.most()), (money("1"), money("4")));
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
