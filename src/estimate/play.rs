//! Plays requests on deployments: produced once, completed once, replayed on each, all at the same time.

use super::counters::Counters;
use super::overflow::{Chain, Next, Spill};
use super::parts::Part;
use super::source::Requests;
use crate::diagnostic::Result;
use crate::replay::{Behavior, Block, Placement, Replay};
use rayon::prelude::*;

/// Portions that are prepared together.
const GROUP: usize = 8;

/// Requests to be played on a deployment.
pub(super) struct Job<'a> {
    pub(super) requests: &'a Requests,
    /// As in [`Replay`].
    pub(super) clip: bool,
    pub(super) counters: Counters,
    /// What counts the requests that the deployment turns away.
    pub(super) overflow: Option<Spill>,
}

/// What was counted of a job, on its deployment and on the one behind it.
pub(super) type Counted = (Counters, Option<Counters>);

/// Equal requests, whether they are clipped, and what they are played on: the numbers of the jobs that are
/// alike, and their counters.
type Group<'a> = (&'a Requests, bool, Vec<Vec<usize>>, Vec<Deployed>);

/// Plays every job and returns its counters, in order; jobs with equal requests are played together, and
/// jobs that are alike in everything once.
///
/// # Errors
/// When the requests of a trace on disk cannot be read.
pub(super) fn play_all(jobs: Vec<Job<'_>>) -> Result<Vec<Counted>> {
    // With the number of its job each, so that the order comes back.
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (i, Job { requests, clip, counters, overflow }) in jobs.into_iter().enumerate() {
        match groups.iter_mut().find(|g| g.0 == requests && g.1 == clip) {
            Some((.., numbers, together)) => {
                let alike = |(other, behind): &Deployed| {
                    behind.is_none() && overflow.is_none() && other.counts_like(&counters)
                };
                match together.iter().position(alike) {
                    Some(same) => numbers[same].push(i),
                    None => {
                        numbers.push(vec![i]);
                        together.push((counters, overflow));
                    }
                }
            }
            None => groups.push((requests, clip, vec![vec![i]], vec![(counters, overflow)])),
        }
    }
    let mut counted: Vec<(usize, Counted)> = Vec::new();
    for (requests, clip, numbers, together) in groups {
        for (numbers, counters) in numbers.into_iter().zip(play(requests, clip, together)?) {
            counted.extend(numbers.into_iter().map(|number| (number, counters.clone())));
        }
    }
    counted.sort_by_key(|(i, _)| *i);
    Ok(counted.into_iter().map(|(_, counters)| counters).collect())
}

/// What counts on a deployment, and on the one behind it.
type Deployed = (Counters, Option<Spill>);

/// Requests that are counted on every deployment before the next: they stay in the processor's cache.
const CHUNK: usize = 512;

/// What the requests of a block count on each deployment when nothing disturbs them; nothing for those
/// that do not count in parts.
fn tallies(rules: &[Counters], block: &Block) -> Vec<Option<Counters>> {
    let mut tallies: Vec<_> = rules.iter().map(|c| c.in_parts.then(|| c.part())).collect();
    // Where requests run their course alike, tokens and waiting times are counted once.
    let first = rules.iter().position(|c| c.in_parts && c.cuts_none(block));
    let alike = |(i, rule): (usize, &Counters)| {
        let counts_like = |first: usize| rule.tokens.counts_like(&rules[first].tokens);
        rule.cuts_none(block) && first.is_some_and(|first| first < i && counts_like(first))
    };
    let alike: Vec<bool> = rules.iter().enumerate().map(alike).collect();
    for chunk in block.requests().chunks(CHUNK) {
        for (tally, alike) in tallies.iter_mut().zip(&alike) {
            let Some(tally) = tally else { continue };
            for request in chunk {
                let placement = Placement::undisturbed(&tally.behavior, request);
                if *alike {
                    tally.meter(request, &placement, 1);
                } else {
                    tally.count(request, &placement, 1);
                }
            }
        }
    }
    let shared = first.and_then(|first| tallies[first].as_ref());
    if let Some((facts, tokens)) = shared.map(|t| (t.facts.clone(), t.tokens.clone())) {
        let others = tallies.iter_mut().zip(&alike).filter(|(_, alike)| **alike);
        for tally in others.filter_map(|(tally, _)| tally.as_mut()) {
            tally.facts = facts.clone();
            tally.tokens = tokens.clone();
        }
    }
    tallies
}

/// A portion completed, with what it counts on each deployment.
struct Ready {
    block: Block,
    tallies: Vec<Option<Counters>>,
}

/// Plays the requests on every deployment and returns its counters; `clip` as in [`Replay`].
///
/// While the replays go through one group of portions, the next is prepared.
fn play(requests: &Requests, clip: bool, counters: Vec<Deployed>) -> Result<Vec<Counted>> {
    let rules: Vec<Counters> = counters.iter().map(|(own, _)| own.part()).collect();
    let behind = |(_, spill): &Deployed| spill.as_ref().map(|s| s.counters.behavior.clone());
    let behind: Vec<Option<Behavior>> = counters.iter().map(behind).collect();
    let mut sums = rules.clone();
    let prepare = |parts: Result<Vec<Part>>| -> Result<Vec<Ready>> {
        let ready = |part: &Part| {
            let block = requests.complete(part)?;
            let tallies = tallies(&rules, &block);
            Ok(Ready { block, tallies })
        };
        // Of several failures the first in order is told, on any number of threads.
        let ready: Vec<Result<Ready>> = parts?.par_iter().map(ready).collect();
        ready.into_iter().collect()
    };
    let span = requests.span();
    let mut replays: Vec<_> = counters
        .into_iter()
        .zip(rules.iter().zip(&behind))
        .map(|((own, spill), (rule, behind))| {
            let next = spill.zip(behind.as_ref());
            let next = next.map(|(spill, behavior)| spill.open(behavior, span, clip));
            Replay::new(&rule.behavior, span, clip, Chain { own, next })
        })
        .collect();
    let mut parts = requests.parts();
    let mut next = move || parts.by_ref().take(GROUP).collect::<Result<Vec<_>>>();
    let mut ready = prepare(next())?;
    while !ready.is_empty() {
        let go_on = || {
            replays.par_iter_mut().for_each(|replay| {
                for portion in &ready {
                    replay.feed(&portion.block);
                }
            });
        };
        let (prepared, ()) = rayon::join(|| prepare(next()), go_on);
        for portion in ready {
            for (sum, tally) in sums.iter_mut().zip(&portion.tallies) {
                tally.iter().for_each(|tally| sum.merge(tally));
            }
        }
        ready = prepared?;
    }
    let finish = |(replay, sum): (Replay<'_, Chain<'_>>, &Counters)| {
        let Chain { mut own, next } = replay.finish();
        own.merge(sum);
        (own, next.map(Next::finish))
    };
    Ok(replays.into_iter().zip(&sums).map(finish).collect())
}
