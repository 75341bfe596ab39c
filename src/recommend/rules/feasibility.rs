//! Platforms whose limits the streams break, and what to do if that is where they run.

use super::Rule;
use crate::diagnostic::Result;
use crate::estimate::WorkloadEstimate;
use crate::recommend::candidates::moved;
use crate::recommend::options::{Around, Tried, broken, tried};
use crate::recommend::words::{count, dollars};
use crate::recommend::{Advice, Change, Refused, Session, WhatIf};
use crate::units::parse;
use crate::units::{Money, thousands};
use std::collections::BTreeMap;

/// `feasibility`.
#[derive(Debug)]
pub(super) struct Feasibility;

impl Rule for Feasibility {
    fn code(&self) -> &'static str {
        "SSC401"
    }
    fn name(&self) -> &'static str {
        "feasibility"
    }
    fn summary(&self) -> &'static str {
        "limits that the streams break, here and elsewhere"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/feasibility.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        if !session.is_untouched() {
            return Ok(advice);
        }
        for around in Around::each(session)? {
            let now = around.now[around.workload].estimate.clone();
            advice.extend(allowed(session, &now).map(Advice::Refused));
            let options = tried(session, around.workload)?;
            if broken(&now) > 0 {
                let (what, why) = (format!("{} as it is", now.name), words(&now).join("; "));
                advice.push(Advice::Refused(Refused { what, why }));
                advice.extend(way_out(session, &around, &options)?.map(Advice::WhatIf));
            }
            advice.extend(elsewhere(&now, &options).into_iter().map(Advice::Refused));
        }
        Ok(advice)
    }
}

/// Whether a workload runs where the objectives do not let it.
fn allowed(session: &Session<'_>, now: &WorkloadEstimate) -> Option<Refused> {
    let objectives = session.objectives();
    let here = session.book().platform(&now.platform)?;
    let everywhere = here.service.regions.get(&now.region).is_some_and(|r| r.area.is_none());
    let platform = objectives
        .platforms
        .iter()
        .any(|name| session.book().platform(name).is_some_and(|p| p.platform.id == now.platform));
    let mut why = Vec::new();
    if !objectives.platforms.is_empty() && !platform {
        why.push(format!("{} is not among the platforms of the objectives", now.platform));
    }
    if !objectives.allows_region(&now.region) && !everywhere {
        why.push(format!("{} is not among the regions of the objectives", now.region));
    }
    let refused = |why| Refused { what: format!("{} as it is", now.name), why };
    (!why.is_empty()).then(|| refused(why.join("; ")))
}

/// What limits break how many requests.
fn words(w: &WorkloadEstimate) -> Vec<String> {
    let f = &w.facts;
    let setting = |name: &str| w.settings.get(name).map_or("?", String::as_str);
    let mut words = Vec::new();
    let mut say = |n: u64, what: String| {
        if n > 0 {
            words.push(format!("{} of {} {what}", thousands(n), count(f.requests, "request")));
        }
    };
    say(f.timed_out, format!("are cut by its timeout of {}", setting("timeout")));
    say(f.rejected, format!("are rejected at its {} instances", setting("max_instances")));
    say(
        f.queue_timeouts,
        format!(
            "wait longer than {} for one of its {} instances",
            setting("queue_timeout"),
            setting("max_instances")
        ),
    );
    for b in &w.path_breaks {
        let limit = b.limits.timeout.readable();
        say(b.limits.too_long, format!("last longer than the {limit} of {}", b.name));
        let most = b.limits.response;
        say(b.limits.too_large, format!("have more than the {most} bytes that {} carries", b.name));
    }
    words
}

/// Other platforms that break limits or are impossible: for each the way with the fewest failures.
fn elsewhere(now: &WorkloadEstimate, options: &[Tried<'_>]) -> Vec<Refused> {
    let mut by_platform: BTreeMap<&str, Vec<&Tried<'_>>> = BTreeMap::new();
    for option in options.iter().filter(|o| o.candidate.platform != now.platform) {
        by_platform.entry(&option.candidate.platform).or_default().push(option);
    }
    let mut refused = Vec::new();
    for (platform, ways) in by_platform {
        let played = ways.iter().filter_map(|o| o.played.as_ref().ok());
        let least = played.min_by_key(|p| broken(&p.estimate));
        let why = match (least, ways.first().map(|o| &o.played)) {
            (Some(p), _) => words(&p.estimate).join("; "),
            (None, Some(Err(error))) => error.message.clone(),
            (None, _) => continue,
        };
        if !why.is_empty() {
            refused.push(Refused { what: format!("{} on {platform}", now.name), why });
        }
    }
    refused
}

/// The cheapest change after which nothing fails, dearer or not.
fn way_out<'a>(
    session: &mut Session<'a>,
    around: &Around<'a>,
    options: &[Tried<'a>],
) -> Result<Option<WhatIf>> {
    let now = around.now[around.workload].estimate.clone();
    let mut best: Option<(Change, String, Money)> = None;
    let total = |session: &Session<'a>, played: &crate::estimate::Played<'a>| {
        let fits = broken(&played.estimate) == 0;
        fits.then(|| around.bill_of(session, played)).flatten()
    };
    for (change, title) in raised(session, around.workload) {
        let played = session.play(&[(change.clone(), around.workload)])?.pop();
        let Some(Ok(played)) = played else { continue };
        if let Some(cost) = total(session, &played)
            && best.as_ref().is_none_or(|b| cost < b.2)
        {
            best = Some((change, title, cost));
        }
    }
    for option in options {
        let Ok(played) = &option.played else { continue };
        if let Some(cost) = total(session, played)
            && best.as_ref().is_none_or(|b| cost < b.2)
        {
            let place = format!("{} ({})", played.estimate.platform_name, option.candidate.region);
            let title = format!("Run {} on {place}", now.name);
            best = Some((option.candidate.change.clone(), title, cost));
        }
    }
    let before = session.now().outcome.total;
    Ok(best.map(|(change, title, cost)| WhatIf {
        title,
        break_even: format!(
            "no request may fail: then all are served for {} instead of {}",
            dollars(cost),
            dollars(before)
        ),
        state: format!("write {}", change.lines().join(", ")),
        evidence: words(&now),
    }))
}

/// Limits of the platform that can be raised, each alone and together.
fn raised(session: &Session<'_>, workload: usize) -> Vec<(Change, String)> {
    let Some(now) = session.now().estimate.workloads.get(workload) else { return Vec::new() };
    let Some(place) = session.book().platform(&now.platform) else { return Vec::new() };
    let Some(base) = moved(session, workload, &place, &now.region) else { return Vec::new() };
    let mut ways = Vec::new();
    let mut all = base.clone();
    let mut raise = |name: &str, value: Option<String>| {
        let (Some(spec), Some(value)) = (place.platform.settings.get(name), value) else { return };
        let Ok(value) = spec.check(&value) else { return };
        if base.settings.get(name) != Some(&value) {
            ways.push(base.with(workload, name, &value, spec));
            all = all.with(workload, name, &value, spec);
        }
    };
    let maximum = |name: &str| place.platform.settings.get(name).and_then(|s| s.maximum.clone());
    raise("timeout", maximum("timeout"));
    // More instances than requests in flight are never needed.
    let needed = now.facts.peak_in_flight.max(1);
    let most = maximum("max_instances").and_then(|m| parse::count(&m).ok()).unwrap_or(u64::MAX);
    let known = base.settings.get("max_instances").and_then(|m| parse::count(m).ok());
    let more = u64::from(needed).saturating_add(now.facts.rejected + now.facts.queue_timeouts);
    let more = more.min(most);
    raise("max_instances", Some(more.to_string()).filter(|_| known.is_some_and(|k| more > k)));
    ways.push(all);
    let title = |c: &crate::recommend::candidates::Candidate| {
        format!("Run {} with {}", now.name, c.chosen.join(", "))
    };
    ways.iter().filter(|c| !c.change.is_none()).map(|c| (c.change.clone(), title(c))).collect()
}
