//! A cap on output tokens, as low as the stated share of cut answers allows.

use super::Rule;
use super::lengths::Lengths;
use crate::diagnostic::Result;
use crate::pricing::{Clock, Component, Tiering};
use crate::recommend::words::{dollars, percent};
use crate::recommend::{
    Advice, Artifact, Certificate, Change, Choice, Effort, Figure, Frontier, Proposal, Session,
    Trial, WhatIf,
};
use crate::units::{Money, thousands};
use crate::workload::TextOr;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use std::sync::Arc;

/// `token-cap`.
#[derive(Debug)]
pub(super) struct TokenCap;

/// Shares of answers, in tenths of a per cent, that the caps of the frontier leave whole.
const WHOLE: [u64; 6] = [999, 990, 950, 900, 800, 500];

const KEY: &str = "requests.max_output_tokens";

impl Rule for TokenCap {
    fn code(&self) -> &'static str {
        "SSC301"
    }
    fn name(&self) -> &'static str {
        "token-cap"
    }
    fn summary(&self) -> &'static str {
        "the lowest cap on output tokens that cuts no more answers than may be cut"
    }
    fn explanation(&self) -> &'static str {
        include_str!("../explain/token-cap.md")
    }

    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>> {
        let mut advice = Vec::new();
        for workload in 0..session.file().workloads.len() {
            if !session.out_of_time() && concerns(session, workload) {
                advice.extend(cap(session, workload)?);
            }
        }
        Ok(advice)
    }
}

/// Whether the workload's answers have tokens, and no caps by label that one cap would undo.
fn concerns(session: &Session<'_>, workload: usize) -> bool {
    let requests = session.file().workloads[workload].requests.as_ref();
    let written = requests.and_then(|r| r.max_output_tokens.as_ref());
    !written.is_some_and(|cap| matches!(cap.value, TextOr::More(_)))
}

/// A cap that was tried.
struct Tried {
    cap: u32,
    trial: Arc<Trial>,
}

fn cap(session: &mut Session<'_>, workload: usize) -> Result<Option<Advice>> {
    let mut lengths = Lengths::default();
    session.stream(workload, &mut |block| {
        block.requests().iter().for_each(|r| lengths.add(r.output_tokens));
        Ok(())
    })?;
    let answers = lengths.answers();
    let may = session.objectives().truncated;
    let chosen = may.map(|share| lengths.smallest_cap(allowed(share, answers)));
    let frontier = WHOLE.map(|whole| lengths.smallest_cap(answers * (1_000 - whole) / 1_000));
    let mut caps: Vec<u32> = chosen.into_iter().chain(frontier).collect();
    caps.retain(|cap| *cap < lengths.longest());
    caps.sort_unstable();
    caps.dedup();
    if caps.is_empty() || chosen.is_some_and(|cap| cap >= lengths.longest()) {
        return Ok(None);
    }
    let changes: Vec<Change> =
        caps.iter().map(|cap| Change::none().set(workload, KEY, cap.to_string())).collect();
    let trials = session.try_all(&changes)?;
    let pairs = caps.iter().zip(trials);
    let tried: Vec<Tried> = pairs
        .filter_map(|(cap, trial)| Some(Tried { cap: *cap, trial: trial.ok()? }))
        .filter(|t| t.trial.outcome.unpriced == 0)
        .collect();
    let found = Found { session, workload, lengths: &lengths, tried: &tried };
    Ok(match chosen {
        Some(cap) => found.proposal(cap).map(|p| Advice::Proposal(Box::new(p))),
        None => found.what_if().map(Advice::WhatIf),
    })
}

/// So many answers may be cut.
fn allowed(share: Decimal, answers: u64) -> u64 {
    (share * Decimal::from(answers)).floor().to_u64().unwrap_or(0)
}

/// Everything known about a workload's caps.
struct Found<'s, 'a> {
    session: &'s Session<'a>,
    workload: usize,
    lengths: &'s Lengths,
    tried: &'s [Tried],
}

impl Found<'_, '_> {
    fn name(&self) -> &str {
        &self.session.now().estimate.workloads[self.workload].name
    }

    fn saving(&self, tried: &Tried) -> Money {
        self.session.effect(&tried.trial).saving()
    }

    /// The lowest cap that keeps the share, if it saves; a higher one if that saves more.
    fn proposal(&self, lowest: u32) -> Option<Proposal> {
        let may = self.tried.iter().filter(|t| t.cap >= lowest && self.session.keeps(&t.trial));
        let best = may.min_by_key(|t| t.trial.outcome.total)?;
        if self.saving(best) <= Money::ZERO {
            return None;
        }
        let proven = best.cap == lowest && self.never_dearer(best);
        let certificate = if proven {
            Certificate::Optimal(format!(
                "{lowest} is the lowest cap that keeps the share, counted answer by answer, and every \
                 line of the bill is a sum over answers that a lower cap never lengthens"
            ))
        } else {
            Certificate::BestFound(format!(
                "{lowest} is the lowest cap that keeps the share, counted answer by answer; {} caps were \
                 estimated, those between them can differ by how instances are shared",
                self.tried.len()
            ))
        };
        Some(Proposal {
            title: format!("Cap the answers of {} at {} tokens", self.name(), tokens(best.cap)),
            change: Change::none().set(self.workload, KEY, best.cap.to_string()),
            effort: Effort::Low,
            evidence: self.evidence(best),
            certificate,
            artifacts: vec![Artifact {
                name: format!("caps for {}", self.name()),
                kind: "text",
                content: self.table(),
                figure: Some(self.figure(best.cap)),
            }],
        })
    }

    /// Whether no higher cap that keeps the objectives can cost less than this trial: each charge of the
    /// workload adds up what requests count by themselves, no instance was started at a cost, and none
    /// is turned away, now or then.
    fn never_dearer(&self, best: &Tried) -> bool {
        let (now, then) = (&self.session.now().estimate, &best.trial.estimate);
        let calm = [now, then].iter().all(|e| {
            let f = &e.workloads[self.workload].facts;
            f.rejected + f.queue_timeouts + f.timed_out + f.stopped == 0
        });
        let strict = self.session.objectives().failed.is_none_or(|share| share.is_zero());
        let w = &then.workloads[self.workload];
        let cold = w.facts.startup_wait > 0;
        let lines =
            then.statement.charges.iter().filter(|c| c.workload.as_deref() == Some(&*w.name));
        let adds_up = |sku: &crate::pricing::Sku| {
            own(sku.meter.clock) && sku.tiering != Tiering::Cliff && !(sku.meter.startup && cold)
        };
        let sku = |id: &str| self.session.book().services.iter().find_map(|s| s.sku(id));
        let mut lines = lines.filter(|c| c.component != Component::Tokens);
        calm && strict
            && then.statement.commitments.is_empty()
            && lines.all(|c| sku(&c.sku_id).is_some_and(adds_up))
    }

    fn evidence(&self, best: &Tried) -> Vec<String> {
        let cut = self.lengths.cut_at(best.cap);
        let (answers, all) = (self.lengths.answers(), self.lengths.tokens());
        let mut told = vec![
            format!(
                "{} of {} answers ({}) are longer; {} of {} tokens ({}) are left out",
                thousands(cut.answers),
                thousands(answers),
                percent(cut.answers, answers),
                thousands(cut.tokens),
                thousands(all),
                percent(cut.tokens, all)
            ),
            format!(
                "a cut answer loses {} tokens in the median, one in twenty more than {}, at most {}",
                tokens(cut.lost[0]),
                tokens(cut.lost[1]),
                tokens(cut.most)
            ),
        ];
        let served = |t: &Trial| t.estimate.workloads[self.workload].facts.service_time;
        let (before, after) = (served(self.session.now()), served(&best.trial));
        let hours = |ns: i128| Decimal::from(ns / 3_600_000_000) / Decimal::from(1_000);
        told.push(format!(
            "requests are served for {} h instead of {} h ({} less)",
            hours(after).round_dp(1),
            hours(before).round_dp(1),
            percent(hours(before - after), hours(before))
        ));
        told
    }

    /// What each cap cuts and saves.
    fn table(&self) -> String {
        let mut text = format!(
            "{:>8} {:>12} {:>8} {:>15} {:>13}\n",
            "cap", "answers cut", "share", "tokens left out", "saving"
        );
        for t in self.tried.iter().rev() {
            let cut = self.lengths.cut_at(t.cap);
            text.push_str(&format!(
                "{:>8} {:>12} {:>8} {:>15} {:>13}\n",
                tokens(t.cap),
                thousands(cut.answers),
                percent(cut.answers, self.lengths.answers()),
                thousands(cut.tokens),
                dollars(self.saving(t))
            ));
        }
        text
    }

    /// What the bill is by the share of answers that are cut.
    fn figure(&self, chosen: u32) -> Figure {
        let share = |cut: u64| {
            let percent = Decimal::from(cut) * Decimal::ONE_HUNDRED;
            percent.checked_div(self.lengths.answers().into()).unwrap_or_default()
        };
        let choice = |t: &Tried| Choice {
            name: format!("{} tokens", tokens(t.cap)),
            along: share(self.lengths.cut_at(t.cap).answers),
            up: t.trial.outcome.total.0,
            least: None,
            chosen: t.cap == chosen,
        };
        Figure::Frontier(Frontier {
            of: "cap",
            along: "answers cut, %",
            up: "bill, $",
            choices: self.tried.iter().rev().map(choice).collect(),
        })
    }

    fn what_if(&self) -> Option<WhatIf> {
        let paying = || self.tried.iter().filter(|t| self.saving(t) > Money::ZERO);
        // The one that cuts about one answer in a hundred is told first.
        let one = self.lengths.smallest_cap(self.lengths.answers() / 100);
        let first = paying().find(|t| t.cap == one).or_else(|| paying().next_back())?;
        let line = |t: &Tried| {
            let cut = self.lengths.cut_at(t.cap).answers;
            format!(
                "a cap of {} tokens cuts {} of the answers and saves {}",
                tokens(t.cap),
                percent(cut, self.lengths.answers()),
                dollars(self.saving(t))
            )
        };
        Some(WhatIf {
            title: format!("Cap the answers of {}", self.name()),
            break_even: format!(
                "from the longest answer, {} tokens, down each cap saves: {}",
                tokens(self.lengths.longest()),
                line(first)
            ),
            state: "say how many answers may be cut: `objectives: { truncated: 1% }`".into(),
            evidence: self.tried.iter().rev().filter(|t| t.cap != first.cap).map(line).collect(),
        })
    }
}

fn tokens(n: u32) -> String {
    thousands(u64::from(n))
}

/// Whether the clock counts each request by itself, and a shorter answer never more.
const fn own(clock: Clock) -> bool {
    matches!(
        clock,
        Clock::RequestDuration
            | Clock::ActiveCpu
            | Clock::Requests
            | Clock::ResponseBytes
            | Clock::EgressBytes
            | Clock::RequestSteps
            | Clock::Messages
            | Clock::MessageBytes
            | Clock::Connections
            | Clock::ConnectionTime
            | Clock::Stated
    )
}
