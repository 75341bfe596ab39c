//! What a smaller instance, or more streams on one, would save if facts allow it that nobody has stated.

use crate::diagnostic::Result;
use crate::pricing::PlatformRef;
use crate::recommend::candidates::{Candidate, SHARING, is_size, moved};
use crate::recommend::{Change, Session, Value, WhatIf};
use crate::units::Money;
use crate::units::parse::{self, memory_mib};
use rust_decimal::Decimal;

/// Slow-downs in percent that are tried for a break-even, in two rounds.
const ROUND: u64 = 8;
/// The largest one.
const MOST_PERCENT: u64 = 1_600;

/// The workload as it is, and its platform.
fn here<'a>(session: &Session<'a>, workload: usize) -> Option<(PlatformRef<'a>, Candidate)> {
    let now = session.now().estimate.workloads.get(workload)?;
    let place = session.book().platform(&now.platform)?;
    let base = moved(session, workload, &place, &now.region)?;
    Some((place, base))
}

/// The next smaller size that saves, where no curve says what it does to durations.
pub(super) fn what_if(session: &mut Session<'_>, workload: usize) -> Result<Option<WhatIf>> {
    if !super::settings::measured(session, workload).is_empty() {
        return Ok(None);
    }
    let Some((place, base)) = here(session, workload) else { return Ok(None) };
    let mut smaller: Vec<(Candidate, String, String)> = Vec::new();
    for (name, spec) in place.platform.settings.iter().filter(|(n, s)| is_size(n, s)) {
        let Some(now) = base.settings.get(name) else { continue };
        let size = |value: &str| {
            let fixed = spec.choice(value).and_then(|c| c.fixes.get("memory"));
            let text = fixed.map_or(value, String::as_str);
            memory_mib(text).map(Decimal::from).or_else(|_| parse::plain(text)).ok()
        };
        let below = spec.tries.iter().filter(|v| size(v) < size(now) && size(v).is_some());
        if let Some(next) = below.max_by_key(|v| size(v)) {
            let candidate = base.with(workload, name, next, spec);
            smaller.push((candidate, name.clone(), next.clone()));
        }
    }
    let changes: Vec<_> = smaller.iter().map(|s| s.0.change.clone()).collect();
    let Some((best, trial)) = session.cheapest(&changes)? else { return Ok(None) };
    let saving = session.effect(&trial).saving();
    let (candidate, name, value) = smaller.swap_remove(best);
    let w = session.now().estimate.workloads[workload].clone();
    let before = base.settings.get(&name).cloned().unwrap_or_default();
    let follows = name == "memory" && base.vcpu().is_none() && candidate.vcpu().is_none();
    let (break_even, state) = if follows {
        let most = slower(session, workload, &candidate, &before, &value)?;
        let fold = Decimal::from(most.0) / Decimal::ONE_HUNDRED;
        let fold = fold.normalize();
        let how = if most.1 { "as long as" } else { "even if" };
        (
            format!(
                "it fits into {value}, {how} processor times grow {fold}-fold (waiting stays as it is)"
            ),
            format!(
                "measure both sizes and say so: `memory_curve: {{ measured_at: {before}, file: power-tuning.json }}`"
            ),
        )
    } else {
        (
            format!("everything on an instance fits into {name} {value} and gets no slower"),
            format!("measure it, then set `{name}: {value}` under `deployment:`"),
        )
    };
    Ok(Some(WhatIf {
        title: format!("Run {} with {name} {value} instead of {before}", w.name),
        break_even,
        state,
        evidence: vec![format!("it saves {} in the billed period at equal durations", dollars(saving))],
    }))
}

fn dollars(money: Money) -> String {
    format!("${}", money.to_cents())
}

/// The largest growth of processor time, in percent, at which the smaller size still saves, found by
/// replay; and whether it is a limit at all.
fn slower(
    session: &mut Session<'_>,
    workload: usize,
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
    let change = |percent: u64| -> Change {
        let curve = Value::Map(vec![
            ("measured_at".into(), Value::text(before)),
            ("stats".into(), Value::List(vec![point(before, 100), point(after, percent)])),
        ]);
        smaller.change.clone().set(workload, "memory_curve", curve)
    };
    let (mut low, mut high) = (100, MOST_PERCENT);
    while high - low > 1 {
        let step = ((high - low) / ROUND).max(1);
        let tried: Vec<u64> = (1..=ROUND).map(|i| (low + i * step).min(high)).collect();
        let changes: Vec<_> = tried.iter().map(|p| change(*p)).collect();
        let trials = session.try_all(&changes)?;
        let total = session.now().outcome.total;
        let pays = |t: &std::result::Result<std::sync::Arc<crate::recommend::Trial>, _>| {
            t.as_ref().is_ok_and(|t: &std::sync::Arc<crate::recommend::Trial>| t.outcome.total < total)
        };
        let paying = trials.iter().zip(&tried).take_while(|(t, _)| pays(t)).map(|(_, p)| *p).last();
        if paying == Some(high) {
            return Ok((high, false));
        }
        let not = tried.iter().copied().find(|p| *p > paying.unwrap_or(low));
        (low, high) = (paying.unwrap_or(low), not.unwrap_or(high));
        if session.out_of_time() || trials.len() < tried.len() {
            break;
        }
    }
    Ok((low, true))
}

/// More streams on an instance, where nobody has said how much processor time a stream needs.
pub(super) fn sharing(session: &mut Session<'_>, workload: usize) -> Result<Option<WhatIf>> {
    if session.states(workload, "cpu") {
        return Ok(None);
    }
    let Some((place, base)) = here(session, workload) else { return Ok(None) };
    let Some(vcpu) = base.vcpu() else { return Ok(None) };
    let load = session.load(workload)?;
    let mut more: Vec<(Candidate, String, u64)> = Vec::new();
    for name in SHARING {
        let Some(spec) = place.platform.settings.get(name) else { continue };
        let now = base.settings.get(name).and_then(|n| parse::count(n).ok()).unwrap_or(u64::MAX);
        for value in &spec.tries {
            let n = parse::count(value).unwrap_or(0);
            if n > now {
                more.push((base.with(workload, name, value, spec), name.to_owned(), n));
            }
        }
    }
    let changes: Vec<_> = more.iter().map(|m| m.0.change.clone()).collect();
    let Some((best, trial)) = session.cheapest(&changes)? else { return Ok(None) };
    let saving = session.effect(&trial).saving();
    let (_, name, n) = more.swap_remove(best);
    // Streams that fit: n × processor time ≤ 60 % of the processors × duration.
    let Some(most) = load.cpu_millis_for(vcpu, n) else { return Ok(None) };
    let w = &session.now().estimate.workloads[workload].name;
    Ok(Some(WhatIf {
        title: format!("Run {w} with {name} {n}"),
        break_even: format!("a stream needs at most {} ms of processor time", most.round_dp(1).normalize()),
        state: format!("say what it needs under `requests:` of {w}, as in `cpu: 20ms`"),
        evidence: vec![format!("it saves {} in the billed period", dollars(saving))],
    }))
}
