//! The regions of the service that a workload runs on.

use super::Rule;
use crate::diagnostic::Result;
use crate::estimate::Consumption;
use crate::pricing::PlatformRef;
use crate::recommend::options::Around;
use crate::recommend::words::dollars;
use crate::recommend::{Advice, Certificate, Change, Effort, Proposal, Session, WhatIf};
use crate::units::Money;
use crate::workload::TextOr;

/// `region`.
#[derive(Debug)]
pub(super) struct Region;

impl Rule for Region {
    fn code(&self) -> &'static str {
        "SSC205"
    }
    fn name(&self) -> &'static str {
        "region"
    }
    fn summary(&self) -> &'static str {
        "a cheaper region of the same service, with egress"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/region.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let stated = !session.objectives().regions.is_empty();
        if !stated && !session.is_untouched() {
            return Ok(Vec::new());
        }
        let mut advice = Vec::new();
        for around in Around::each(session)? {
            let w = around.now[around.workload].estimate.clone();
            let Some(place) = session.book().platform(&w.platform) else { continue };
            let (regions, tried) = priced(session, &around, &place, &w.region);
            if stated {
                let Some((region, ..)) = regions.into_iter().next() else { continue };
                let proposal = proposal(session, &around, &w.region, &region, tried)?;
                advice.extend(proposal.map(|p| Advice::Proposal(Box::new(p))));
            } else {
                advice.extend(what_if(session, &around, &place, &regions)?.map(Advice::WhatIf));
            }
        }
        Ok(advice)
    }
}

/// The allowed regions where the same usage costs less, the cheapest first. What is used does not depend
/// on the region, so nothing is replayed for this. With them, how many regions were billed.
fn priced<'a>(
    session: &Session<'a>,
    around: &Around<'a>,
    place: &PlatformRef<'a>,
    here: &str,
) -> (Vec<(String, Money)>, u64) {
    let played = &around.now[around.workload];
    let total = session.now().outcome.total;
    let (mut found, mut tried) = (Vec::new(), 1);
    for region in place.service.regions.keys() {
        if region == here || !session.objectives().allows_region(region) {
            continue;
        }
        tried += 1;
        let mut there = (**played).clone();
        relocate(&mut there.used, here, region);
        let cost = around.bill_of(session, &there).filter(|cost| *cost < total);
        found.extend(cost.map(|cost| (region.clone(), cost)));
    }
    found.sort_by_key(|(_, cost)| *cost);
    (found, tried)
}

/// Usage of one region, in another one.
fn relocate(used: &mut Consumption<'_>, from: &str, to: &str) {
    for (service, line) in &mut used.lines {
        if line.region == from && service.regions.contains_key(to) {
            to.clone_into(&mut line.region);
        }
    }
}

/// The workload in another region, with what is named with a region on its path.
fn change(session: &Session<'_>, workload: usize, from: &str, to: &str) -> Change {
    let mut change = Change::none().set(workload, "region", to);
    let path = session.file().workloads.get(workload).map_or(&[][..], |w| &w.path);
    for (i, entry) in path.iter().enumerate() {
        if let TextOr::More(more) = &entry.value
            && more.region.as_ref().is_some_and(|r| r.value == from)
        {
            change = change.set(workload, &format!("path[{i}].region"), to);
        }
    }
    change
}

fn proposal<'a>(
    session: &mut Session<'a>,
    around: &Around<'a>,
    from: &str,
    to: &str,
    tried: u64,
) -> Result<Option<Proposal>> {
    let change = change(session, around.workload, from, to);
    let billed = around.bill(session, std::slice::from_ref(&change))?.pop().flatten();
    let total = session.now().outcome.total;
    let Some((played, _)) = billed.filter(|b| b.1 < total) else { return Ok(None) };
    Ok(Some(Proposal {
        title: format!("Run {} in {to} instead of {from}", played.estimate.name),
        change,
        effort: Effort::Medium,
        evidence: vec![
            "the same usage at the prices there, data to clients included".into(),
            "what moves between regions because data or a model stay behind is not known".into(),
        ],
        certificate: Certificate::Exhaustive(tried),
        artifacts: Vec::new(),
    }))
}

/// The cheapest region nearby, and the cheapest anywhere: whether clients and law allow it nobody said.
fn what_if<'a>(
    session: &mut Session<'a>,
    around: &Around<'a>,
    place: &PlatformRef<'a>,
    regions: &[(String, Money)],
) -> Result<Option<WhatIf>> {
    let w = around.now[around.workload].estimate.clone();
    let area = |id: &str| place.service.regions.get(id).and_then(|r| r.area);
    let near = regions.iter().find(|(id, _)| area(id) == area(&w.region));
    let Some((to, _)) = near.or(regions.first()) else { return Ok(None) };
    let change = change(session, around.workload, &w.region, to);
    let billed = around.bill(session, std::slice::from_ref(&change))?.pop().flatten();
    let total = session.now().outcome.total;
    let Some((_, cost)) = billed.filter(|b| b.1 < total) else { return Ok(None) };
    let name = |id: &str| place.service.regions.get(id).map_or("", |r| r.name.as_str()).to_owned();
    let saves = |cost: Money| format!("{} in the billed period", dollars(total - cost));
    let mut evidence = vec![format!("it saves {}", saves(cost))];
    if let Some((far, cheapest)) = regions.first().filter(|(_, least)| *least < cost) {
        evidence.push(format!("the cheapest, {far} ({}), saves {}", name(far), saves(*cheapest)));
    }
    Ok(Some(WhatIf {
        title: format!("Run {} in {to} ({}) instead of {}", w.name, name(to), w.region),
        break_even: "clients, data and law allow it; what it does to latency is not known".into(),
        state: format!("list the regions that may be used: `objectives: {{ regions: [{to}] }}`"),
        evidence,
    }))
}
