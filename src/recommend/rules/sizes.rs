//! What a smaller instance, or more streams on one, would save if facts allow it that nobody has stated.

use crate::diagnostic::Result;
use crate::pricing::PlatformRef;
use crate::recommend::candidates::{Candidate, SHARING, is_size, moved};
use crate::recommend::options::Around;
use crate::recommend::words::dollars;
use crate::recommend::{Change, Session, Value, WhatIf};
use crate::units::Money;
use crate::units::parse::{self, memory_mib};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// Growth of processor time, in percent of what it is, that is tried first for a break-even.
const GROWTHS: [u64; 4] = [200, 400, 800, 1_600];

/// The workload as it is, and its platform.
fn here<'a>(session: &Session<'a>, workload: usize) -> Option<(PlatformRef<'a>, Candidate)> {
    let now = session.now().estimate.workloads.get(workload)?;
    let place = session.book().platform(&now.platform)?;
    let base = moved(session, workload, &place, &now.region)?;
    Some((place, base))
}

/// The cheapest of some candidates, if it saves, with its index and what it saves.
fn saves<'a>(
    session: &mut Session<'a>,
    around: &Around<'a>,
    candidates: &[Candidate],
) -> Result<Option<(usize, Money)>> {
    let changes: Vec<_> = candidates.iter().map(|c| c.change.clone()).collect();
    let found = around.cheapest(session, &changes)?;
    let total = session.now().outcome.total;
    let saving = found.map(|(index, (_, cost))| (index, total - cost));
    Ok(saving.filter(|(_, saving)| *saving > Money::ZERO))
}

/// The next smaller size that saves, where no curve says what it does to durations.
pub(super) fn smaller<'a>(
    session: &mut Session<'a>,
    around: &Around<'a>,
) -> Result<Option<WhatIf>> {
    let w = session.now().estimate.workloads[around.workload].clone();
    let Some((place, base)) = here(session, around.workload) else { return Ok(None) };
    if !w.memory_measured.is_empty() {
        return Ok(None);
    }
    let mut next: Vec<(String, String)> = Vec::new();
    let mut candidates = Vec::new();
    for (name, spec) in place.platform.settings.iter().filter(|(n, s)| is_size(n, s)) {
        let Some(now) = base.settings.get(name) else { continue };
        let size = |value: &str| {
            let fixed = spec.choice(value).and_then(|c| c.fixes.get("memory"));
            let text = fixed.map_or(value, String::as_str);
            parse::plain(text).or_else(|_| memory_mib(text).map(Decimal::from)).ok()
        };
        let below = spec.tries.iter().filter(|v| size(v) < size(now) && size(v).is_some());
        if let Some(value) = below.max_by_key(|v| size(v)) {
            candidates.push(base.with(around.workload, name, value, spec));
            next.push((name.clone(), value.clone()));
        }
    }
    let Some((best, saving)) = saves(session, around, &candidates)? else { return Ok(None) };
    let (candidate, (name, value)) = (&candidates[best], &next[best]);
    let before = base.settings.get(name).cloned().unwrap_or_default();
    let follows = name == "memory" && base.vcpu().is_none() && candidate.vcpu().is_none();
    let (break_even, state) = if follows {
        let (percent, limit) = slower(session, around, candidate, &before, value)?;
        let fold = (Decimal::from(percent) / Decimal::ONE_HUNDRED).normalize();
        let how = if limit { "grow at most" } else { "grow as much as" };
        let curve = "{ measured_at: SIZE, file: power-tuning.json }".replace("SIZE", &before);
        (
            format!("it fits into {value}, and processor times {how} {fold}-fold"),
            format!("measure both sizes and add `memory_curve: {curve}` to {}", w.name),
        )
    } else {
        (
            format!("everything on an instance fits into {name} {value} and gets no slower"),
            format!("measure it, then set `{name}: {value}` under `deployment:` of {}", w.name),
        )
    };
    Ok(Some(WhatIf {
        title: format!("Run {} with {name} {value} instead of {before}", w.name),
        break_even,
        state,
        evidence: vec![format!(
            "at equal durations it saves {} in the billed period",
            dollars(saving)
        )],
    }))
}

/// The largest growth of processor time, in percent, at which the smaller size still saves, found by
/// replay to a fiftieth; and whether there is such a limit.
fn slower<'a>(
    session: &mut Session<'a>,
    around: &Around<'a>,
    smaller: &Candidate,
    before: &str,
    after: &str,
) -> Result<(u64, bool)> {
    let point = |power: &str, percent: u64| {
        Value::Map(vec![
            ("power".into(), Value::text(power)),
            ("averageDuration".into(), Value::text(percent.to_string())),
        ])
    };
    let change = |percent: &u64| -> Change {
        let curve = Value::Map(vec![
            ("measured_at".into(), Value::text(before)),
            ("stats".into(), Value::List(vec![point(before, 100), point(after, *percent)])),
        ]);
        smaller.change.clone().set(around.workload, "memory_curve", curve)
    };
    let limit = session.now().outcome.total;
    let mut bill = |percents: &[u64]| -> Result<Vec<Option<Money>>> {
        let changes: Vec<_> = percents.iter().map(change).collect();
        let billed = around.bill(session, &changes)?;
        Ok(billed.into_iter().map(|b| b.map(|b| b.1)).collect())
    };
    let first = bill(&[100])?.pop().flatten();
    let (mut low, mut high) = ((100, first), None);
    for (percent, total) in GROWTHS.into_iter().zip(bill(&GROWTHS)?) {
        if high.is_some() {
        } else if total.is_some_and(|t| t < limit) {
            low = (percent, total);
        } else {
            high = Some((percent, total));
        }
    }
    let Some(mut high) = high else { return Ok((low.0, false)) };
    // The total grows nearly in proportion, so a straight line finds the place fast.
    while high.0 - low.0 > (low.0 / 50).max(1) {
        let width = high.0 - low.0;
        let line = |a: Option<Money>, b: Option<Money>| {
            let (a, b) = (a?, b?);
            let share = (limit - a).0.checked_div((b - a).0)?;
            (share * Decimal::from(width)).floor().to_u64()
        };
        let step = line(low.1, high.1).unwrap_or(width / 2).clamp(1, width - 1);
        let total = bill(&[low.0 + step])?.pop().flatten();
        if total.is_some_and(|t| t < limit) {
            low = (low.0 + step, total);
            // What is just above the line is likely the end.
            let close = low.0 + (low.0 / 50).max(1);
            if close < high.0 {
                let total = bill(&[close])?.pop().flatten();
                if total.is_some_and(|t| t < limit) {
                    low = (close, total);
                } else {
                    high = (close, total);
                }
            }
        } else {
            high = (low.0 + step, total);
        }
    }
    Ok((low.0, true))
}

/// More streams on an instance, where nobody has said how much processor time a stream needs.
pub(super) fn sharing<'a>(
    session: &mut Session<'a>,
    around: &Around<'a>,
) -> Result<Option<WhatIf>> {
    let workload = around.workload;
    if session.states(workload, "cpu") {
        return Ok(None);
    }
    let Some((place, base)) = here(session, workload) else { return Ok(None) };
    let Some(vcpu) = base.vcpu() else { return Ok(None) };
    let load = session.load(workload)?;
    let mut more: Vec<(String, u64)> = Vec::new();
    let mut candidates = Vec::new();
    for name in SHARING {
        let Some(spec) = place.platform.settings.get(name) else { continue };
        let now = base.settings.get(name).and_then(|n| parse::count(n).ok()).unwrap_or(u64::MAX);
        for value in &spec.tries {
            let n = parse::count(value).unwrap_or(0);
            if n > now {
                candidates.push(base.with(workload, name, value, spec));
                more.push((name.to_owned(), n));
            }
        }
    }
    let Some((best, saving)) = saves(session, around, &candidates)? else { return Ok(None) };
    let (name, n) = &more[best];
    let Some(most) = load.cpu_millis_for(vcpu, *n) else { return Ok(None) };
    let most = most.round_dp(1).normalize();
    let w = &session.now().estimate.workloads[workload].name;
    Ok(Some(WhatIf {
        title: format!("Run {w} with {name} {n}"),
        break_even: format!("a stream needs at most {most} ms of processor time on average"),
        state: format!("say what it needs under `requests:` of {w}, as in `cpu: 20ms`"),
        evidence: vec![format!("it saves {} in the billed period", dollars(saving))],
    }))
}
