//! Where requests go on to that a workload's platform has no room for: a second replay behind the first.

use super::context::Context;
use super::counters::Counters;
use super::deployment::Deployment;
use super::place::{found, nearby, region};
use crate::diagnostic::{Located, Result};
use crate::pricing::Transport;
use crate::replay::{
    Active, Behavior, Block, Life, Observer, Placement, Rejection, Replay, Summary,
};
use crate::units::SimTime;
use crate::workload::{Assumption, Origin, OverflowFile, Request, prompt_bytes};

/// Requests that are replayed together behind.
const TOGETHER: usize = 1 << 12;

/// The deployment behind a workload's own.
pub(super) fn resolve<'a>(
    context: &Context<'a>,
    file: &Located<OverflowFile>,
    before: &Deployment<'a>,
    transport: Transport,
) -> Result<Deployment<'a>> {
    let (source, file) = (context.source, &file.value);
    let field = &file.platform;
    let place =
        found(context.book, &field.value, &|message, label| source.error(field, message, label))?;
    let region = match &file.region {
        Some(_) => region(context, place.service, None, file.region.as_ref())?,
        None => nearby(place.service, before.place.service, &before.region),
    };
    let mut d = Deployment::resolve(place, region, &file.deployment, source, false)?;
    d.fill();
    d.note_transport(transport);
    let given = |subject: &str, value: &str, given: bool| {
        let origin = if given { Origin::Given } else { Origin::Assumed };
        Assumption::new(subject, value, origin)
    };
    let named = given("platform", &place.platform.id, true);
    let note = "takes what the first platform has no room for; there nobody waits for room";
    d.assumptions.insert(0, named.note(note));
    d.assumptions.insert(1, given("region", &d.region, file.region.is_some()));
    Ok(d)
}

/// What counts the requests behind a deployment, and how they differ from those before it.
#[derive(Clone, Debug)]
pub(super) struct Spill {
    pub(super) counters: Counters,
    /// For each model, whether prompts leave for the internet before, and behind.
    pub(super) inside: Vec<(bool, bool)>,
    /// As in [`Requests`](super::source::Requests).
    pub(super) cached_outside: bool,
}

impl Spill {
    /// The replay behind, of nothing yet.
    pub(super) fn open(
        mut self,
        behavior: &Behavior,
        span: (SimTime, SimTime),
        clip: bool,
    ) -> Next<'_> {
        self.counters.count_one_by_one();
        let Self { counters, inside, cached_outside } = self;
        let replay = Box::new(Replay::new(behavior, span, clip, counters));
        Next { waiting: Vec::new(), replay, inside, cached_outside }
    }
}

/// The replay behind a deployment.
pub(super) struct Next<'a> {
    waiting: Vec<Request>,
    replay: Box<Replay<'a, Counters>>,
    inside: Vec<(bool, bool)>,
    cached_outside: bool,
}

impl Next<'_> {
    fn push(&mut self, request: &Request) {
        let mut request = *request;
        match self.inside.get(usize::from(request.model)) {
            Some((_, true)) => request.upstream_bytes = 0,
            Some((true, false)) => {
                // What the first platform did not send to the internet is the prompt's text.
                let cached = request.cached_tokens.saturating_add(request.cache_write_tokens);
                let apart = if self.cached_outside { cached } else { 0 };
                request.upstream_bytes = prompt_bytes(request.input_tokens.saturating_sub(apart));
            }
            _ => {}
        }
        self.waiting.push(request);
        if self.waiting.len() == TOGETHER {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.replay.feed(&Block::new(std::mem::take(&mut self.waiting)));
    }

    /// Lets everything come to its end.
    pub(super) fn finish(mut self) -> Counters {
        self.flush();
        self.replay.finish()
    }
}

/// Counts on a deployment, and gives what is turned away to the one behind it.
///
/// A deployment before another turns requests away the moment they arrive, so they come in order.
pub(super) struct Chain<'a> {
    pub(super) own: Counters,
    pub(super) next: Option<Next<'a>>,
}

impl Observer for Chain<'_> {
    #[inline]
    fn served(&mut self, request: &Request, placement: &Placement) {
        self.own.served(request, placement);
    }
    fn rejected(&mut self, request: &Request, why: Rejection) {
        match &mut self.next {
            Some(next) => {
                self.own.pass_on(request);
                next.push(request);
            }
            None => self.own.rejected(request, why),
        }
    }
    fn active(&mut self, span: &Active) {
        self.own.active(span);
    }
    fn stopped(&mut self, life: &Life) {
        self.own.stopped(life);
    }
    fn warm_idle(&mut self, below_floor: i128, at_floor: i128) {
        self.own.warm_idle(below_floor, at_floor);
    }
    fn at_floor(&mut self, span: (SimTime, SimTime), below: u32, idle: u32) {
        self.own.at_floor(span, below, idle);
    }
    fn summary(&mut self, summary: &Summary) {
        self.own.summary(summary);
    }
    fn needs_instances(&self) -> bool {
        self.own.needs_instances()
    }
}
