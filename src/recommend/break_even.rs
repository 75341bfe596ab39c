//! What rules search with: platforms for a stage, and the share from which something pays.

use super::{Change, Session, Value};
use crate::diagnostic::Result;
use crate::pricing::{PlatformRef, Scaling};
use crate::units::Money;

/// Most workloads of one scenario for which a rule works out from when on something would pay.
pub(super) const WHAT_IFS: usize = 3;

/// Platforms that start an instance when a request needs one and that may be used: those of the
/// workload's own vendor first, then in the book's order.
pub(super) fn on_demand(session: &Session<'_>, workload: usize) -> Vec<String> {
    let (book, objectives) = (session.book(), session.objectives());
    let Some(here) = session.now().estimate.workloads.get(workload) else { return Vec::new() };
    let vendor = |id: &str| book.platform(id).map(|p| p.service.provider_name.as_str());
    let allowed = |p: &PlatformRef<'_>| {
        let region = match p.service.regions.contains_key(&here.region) {
            true => &here.region,
            false => &p.service.default_region,
        };
        objectives.allows_platform(&p.platform.id) && objectives.allows_region(region)
    };
    let mut found: Vec<_> = book
        .platforms()
        .filter(|p| p.platform.scaling == Scaling::PerRequest && allowed(p))
        .map(|p| p.platform.id.clone())
        .collect();
    found.sort_by_key(|id| vendor(id) != vendor(&here.platform));
    found
}

/// Requests from which on a day of a pattern is looked at first.
const MANY: u64 = 100_000;

/// The platform on which a change costs least, for a search that needs one to go on with: of a long
/// pattern a day tells which.
pub(super) fn likely(
    session: &mut Session<'_>,
    workload: usize,
    change: &dyn Fn(&str) -> Change,
) -> Result<Option<String>> {
    let platforms = on_demand(session, workload);
    let arrivals = &session.file().workloads[workload].arrivals.value;
    let requests = session.now().estimate.workloads.get(workload).map_or(0, |w| w.facts.requests);
    let day = arrivals.trace.is_none() && arrivals.window.is_none() && requests > MANY;
    let one = |p: &String| match day {
        true => change(p).set(workload, "arrivals.window", "24h"),
        false => change(p),
    };
    let changes: Vec<_> = platforms.iter().map(one).collect();
    let trials = session.try_all(&changes)?;
    let sound = trials.iter().zip(platforms).filter_map(|(t, p)| Some((t.as_ref().ok()?, p)));
    let sound = sound.filter(|(trial, _)| session.keeps(trial));
    Ok(sound.min_by_key(|(trial, _)| trial.outcome.total).map(|(_, platform)| platform))
}

/// A mapping of scalars.
pub(super) fn map(entries: &[(&str, &str)]) -> Value {
    let entry = |(key, value): &(&str, &str)| ((*key).to_owned(), Value::text(*value));
    Value::Map(entries.iter().map(entry).collect())
}

/// Steps of a share: tenths of a percent.
pub(super) const STEPS: u32 = 1_000;

/// A share of so many steps, as a scenario writes it.
pub(super) fn percent(step: u32) -> String {
    if step.is_multiple_of(10) {
        return format!("{}%", step / 10);
    }
    format!("{}.{}%", step / 10, step % 10)
}

/// Where the sign changes: something costs more at a share, and no more one step further.
#[derive(Clone, Debug)]
pub(super) struct BreakEven {
    /// Steps of the first share at which it pays.
    pub(super) at: u32,
    /// What is saved at the shares that were tried, in their order: steps, and the sum.
    pub(super) tried: Vec<(u32, Money)>,
}

impl BreakEven {
    /// What is saved at both ends and on both sides of the break-even.
    pub(super) fn around(&self) -> impl Iterator<Item = &(u32, Money)> {
        let first = self.tried.iter().position(|t| t.0 == self.at).unwrap_or(0);
        let told = [0, first.saturating_sub(1), first, self.tried.len().saturating_sub(1)];
        self.tried.iter().enumerate().filter(move |(i, _)| told.contains(i)).map(|(_, t)| t)
    }
}

/// The first step from `from` to `to` (either may be the larger) at which `changed` costs no more than
/// `instead` at the same share; none if it does not at `to` either, or time is up.
///
/// Savings are taken to grow towards `to`: the interval that is left always costs more at one end and
/// not at the other, and both ends of the last one, a single step, were replayed.
pub(super) fn break_even(
    session: &mut Session<'_>,
    (from, to): (u32, u32),
    instead: &dyn Fn(u32) -> Change,
    changed: &dyn Fn(u32) -> Change,
) -> Result<Option<BreakEven>> {
    let mut tried = Vec::new();
    let mut saving = |session: &mut Session<'_>, step: u32| -> Result<Option<Money>> {
        let trials = session.try_all(&[instead(step), changed(step)])?;
        let [Ok(instead), Ok(changed)] = trials.as_slice() else { return Ok(None) };
        let saving = instead.outcome.total - changed.outcome.total;
        tried.push((step, saving));
        Ok(session.keeps(changed).then_some(saving))
    };
    let (Some(first), Some(last)) = (saving(session, from)?, saving(session, to)?) else {
        return Ok(None);
    };
    if last < Money::ZERO {
        return Ok(None);
    }
    if first >= Money::ZERO {
        tried.sort_unstable_by_key(|t| t.0);
        return Ok(Some(BreakEven { at: from, tried }));
    }
    let (mut loses, mut pays) = ((from, first), (to, last));
    let mut halves = false;
    while loses.0.abs_diff(pays.0) > 1 {
        let step = if halves { u32::midpoint(loses.0, pays.0) } else { between(loses, pays) };
        let Some(value) = saving(session, step)? else { return Ok(None) };
        let width = loses.0.abs_diff(pays.0);
        if value < Money::ZERO {
            loses = (step, value);
        } else {
            pays = (step, value);
        }
        halves = loses.0.abs_diff(pays.0) * 2 > width && !halves;
    }
    tried.sort_unstable_by_key(|t| t.0);
    Ok(Some(BreakEven { at: pays.0, tried }))
}

/// A step strictly between two, where a straight line through both savings is zero or just past it.
fn between(loses: (u32, Money), pays: (u32, Money)) -> u32 {
    use rust_decimal::prelude::ToPrimitive;
    let (low, high) = (loses.0.min(pays.0) + 1, loses.0.max(pays.0) - 1);
    let number = |m: Money| m.0.to_f64().unwrap_or(0.0);
    let (a, b) = (number(loses.1), number(pays.1));
    let line = f64::from(loses.0) + (f64::from(pays.0) - f64::from(loses.0)) * (a / (a - b));
    let line = if pays.0 > loses.0 { line.ceil() } else { line.floor() };
    line.to_u32().unwrap_or(low).clamp(low, high)
}
