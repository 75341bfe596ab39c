//! Each workload, stage and route where the account's bill as a whole is least.

use super::Rule;
use super::assigned::proposal;
use crate::diagnostic::Result;
use crate::estimate::Floor;
use crate::recommend::assign::{Assignment, Choices, Chosen, cheapest};
use crate::recommend::options::billed;
use crate::recommend::placement::{Item, fits, items, played};
use crate::recommend::{Advice, Session};

/// Most assignments that are billed in one search.
const MOST_BILLS: u64 = 4_000;

/// `hybrid-split`.
#[derive(Debug)]
pub(super) struct HybridSplit;

impl Rule for HybridSplit {
    fn code(&self) -> &'static str {
        "SSC101"
    }
    fn name(&self) -> &'static str {
        "hybrid-split"
    }
    fn summary(&self) -> &'static str {
        "each workload, stage and route where the account's bill is least"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/hybrid-split.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let all = items(session)?;
        if all.items.is_empty() || session.out_of_time() {
            return Ok(Vec::new());
        }
        let found = search(session, &all.items, None)?;
        let mut advice: Vec<_> = proposal(session, &all, &found)?.into_iter().collect();
        let choice = found.best.as_ref().map_or(&[][..], |best| &best.0);
        let chosen = all.items.iter().zip(choice).filter(|(_, i)| **i > 0);
        let mut moving: Vec<usize> = chosen.map(|(item, _)| item.workload).collect();
        moving.dedup();
        if moving.len() > 1 {
            // The one workload that saves most, for those who will not move everything.
            let mut single: Option<Assignment> = None;
            for w in moving {
                let one = search(session, &all.items, Some(w))?;
                let total = |a: &Assignment| a.best.as_ref().map(|b| b.1);
                if single.as_ref().is_none_or(|s| total(&one) < total(s)) {
                    single = Some(one);
                }
            }
            if let Some(found) = single {
                advice.extend(proposal(session, &all, &found)?);
            }
        }
        Ok(advice.into_iter().map(|p| Advice::Proposal(Box::new(p))).collect())
    }
}

/// The cheapest assignment; with `only`, of those that leave the other workloads as they are.
fn search<'a>(
    session: &mut Session<'a>,
    items: &[Item<'a>],
    only: Option<usize>,
) -> Result<Assignment> {
    let terms = session.terms()?;
    let base = terms.floor(&terms.stated).unwrap_or_default();
    let open = |item: &Item<'_>| match only {
        Some(one) if one != item.workload => 1,
        _ => item.ways.len(),
    };
    let floors = |item: &Item<'_>| -> Vec<Floor> {
        item.ways.iter().take(open(item)).map(|way| way.floor.clone()).collect()
    };
    let options: Vec<Vec<Floor>> = items.iter().map(floors).collect();
    let mut cost = |choice: &[usize]| billed(session, &terms, &played(items, choice)?);
    let fits = |a: Chosen, b: Chosen| fits((&items[a.0], a.1), (&items[b.0], b.1));
    let as_it_is = [vec![0; items.len()]];
    let choices = Choices { options: &options, base: &base, fits: &fits, start: &as_it_is };
    Ok(cheapest(&choices, &mut cost, MOST_BILLS))
}
