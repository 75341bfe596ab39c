//! The stages a request passes: a gate before the answer, a cascade of models, work after the last byte.
//!
//! One row of arrivals makes a request of each stage that runs on its own. What happens to a request is
//! drawn from its number alone, so every stage, and every variant of a scenario, sees the same fate.

use super::random::{self, Pcg64};
use super::{Distribution, Request};
use crate::units::{SimDuration, nearest};
use std::num::NonZeroU16;

/// Index of no model in a workload's list.
pub const NO_MODEL: u16 = u16::MAX;

/// Bytes of a rejection: a status line, headers and a sentence.
pub const REJECTION_BYTES: u64 = 500;

/// Whose requests are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// A workload without a gate of its own: every request reaches it.
    Whole,
    /// A gate on a platform of its own.
    Gate,
    /// What a gate of its own lets through.
    Behind,
    /// The work after the answer, on a platform of its own.
    Post,
}

impl Stage {
    /// Whether clients' requests arrive here first, so that they are counted here.
    #[must_use]
    pub const fn is_entry(self) -> bool {
        matches!(self, Self::Whole | Self::Gate)
    }

    /// Whether a client waits for it.
    #[must_use]
    pub const fn is_waited_for(self) -> bool {
        !matches!(self, Self::Post)
    }
}

/// How a stream reaches the client when the gate runs on a platform of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forwarding {
    /// Through the gate, which stays open meanwhile.
    Proxy,
    /// The client is sent on to the function.
    Redirect,
}

/// What happens to a request before the answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// Seconds of looking at a request.
    pub duration: Distribution,
    /// CPU seconds of it; as many as it takes if not set.
    pub cpu: Option<Distribution>,
    /// Share of requests that end there, 0 to 1.
    pub rejects: f64,
    /// Share answered there, 0 to 1; both together at most 1.
    pub answers: f64,
    /// Seconds such an answer takes; the request's own time if not set.
    pub answer_duration: Option<Distribution>,
    /// Index of the model that gives those answers.
    pub model: Option<u16>,
    /// Whether that model tries every request that is not rejected, and its try is thrown away where it
    /// is not good enough.
    pub tries_all: bool,
    /// How streams pass a gate on a platform of its own; `None` inside the function.
    pub apart: Option<Forwarding>,
    /// The function is another vendor's, so that requests leave the gate for the internet.
    pub function_elsewhere: bool,
}

/// What is done after the last byte.
#[derive(Clone, Debug, PartialEq)]
pub struct Post {
    /// Seconds of it.
    pub duration: Distribution,
    /// CPU seconds of it; as many as it takes if not set.
    pub cpu: Option<Distribution>,
    /// On a platform of its own.
    pub apart: bool,
    /// That platform is another vendor's, so that answers leave the function for the internet once more.
    pub elsewhere: bool,
}

/// A light model first, the workload's own on escalation.
#[derive(Clone, Debug, PartialEq)]
pub struct Cascade {
    /// Index of the light model.
    pub first: NonZeroU16,
    /// Share of requests that escalate, 0 to 1.
    pub escalates: f64,
    /// Seconds a try that escalates takes; the request's own time if not set.
    pub duration: Option<Distribution>,
    /// Tokens it generates; the request's own if not set.
    pub output_tokens: Option<Distribution>,
}

/// All stages of a workload.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stages {
    /// Before the answer.
    pub gate: Option<Gate>,
    /// The models.
    pub cascade: Option<Cascade>,
    /// After the answer.
    pub post: Option<Post>,
}

/// One uniform number for each thing about stages that can vary.
#[derive(Clone, Copy, Debug)]
pub struct StageDraws([f64; EACH as usize]);

/// Numbers of one request.
const EACH: u128 = 9;

impl StageDraws {
    /// The numbers of all requests from number `first` on.
    pub fn from(mut rng: Pcg64, first: u64) -> impl Iterator<Item = Self> {
        rng.advance(u128::from(first) * EACH);
        std::iter::repeat_with(move || Self(std::array::from_fn(|_| random::uniform(&mut rng))))
    }

    const fn fate(&self) -> f64 {
        self.0[0]
    }

    fn time(&self, at: usize, of: &Distribution) -> SimDuration {
        SimDuration::from_secs_f64(of.quantile(self.0[at]))
    }
}

const GATE: usize = 1;
const GATE_CPU: usize = 2;
const ANSWER: usize = 3;
const ESCALATES: usize = 4;
const TRY: usize = 5;
const TRY_TOKENS: usize = 6;
const POST: usize = 7;
const POST_CPU: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Rejected,
    Answered,
    Passed,
}

impl Gate {
    /// Rejections come from one end of the draw and answers from the other, so that a larger share of
    /// one keeps every request that had this fate before.
    fn fate(&self, draws: &StageDraws) -> Fate {
        let u = draws.fate();
        if u < self.rejects {
            Fate::Rejected
        } else if u >= 1.0 - self.answers {
            Fate::Answered
        } else {
            Fate::Passed
        }
    }

    fn cpu(&self, draws: &StageDraws) -> SimDuration {
        let all = || draws.time(GATE, &self.duration);
        self.cpu.as_ref().map_or_else(all, |cpu| draws.time(GATE_CPU, cpu))
    }

    /// A request that ends at the gate.
    fn rejected(&self, request: &Request, draws: &StageDraws) -> Request {
        let duration = draws.time(GATE, &self.duration);
        Request {
            duration,
            time_to_first_token: duration,
            cpu: self.cpu(draws),
            response_bytes: REJECTION_BYTES,
            messages_out: 1,
            disconnect_after: None,
            ..without_model(request)
        }
    }

    /// How long an answer of the gate takes, the gate's own time left out.
    fn answering(&self, request: &Request, draws: &StageDraws) -> SimDuration {
        self.answer_duration.as_ref().map_or(request.duration, |d| draws.time(ANSWER, d))
    }

    /// The model's part in a request of the gate.
    fn with_model(&self, request: &Request, inside: &[bool]) -> Request {
        match self.model {
            None => without_model(request),
            Some(model) => {
                let upstream_bytes = sent_to(model, request.upstream_bytes, inside);
                Request { model, upstream_bytes, ..*request }
            }
        }
    }

    /// A request that the gate answers.
    fn answered(&self, request: &Request, draws: &StageDraws, inside: &[bool]) -> Request {
        let (gate, answer) = (draws.time(GATE, &self.duration), self.answering(request, draws));
        let first = match self.model {
            Some(_) => request.time_to_first_token.min(answer),
            None => SimDuration::ZERO,
        };
        let left = |after: SimDuration| gate + scaled(after, answer, request.duration);
        Request {
            duration: gate + answer,
            time_to_first_token: gate + first,
            cpu: self.cpu(draws),
            disconnect_after: request.disconnect_after.map(left),
            ..self.with_model(request, inside)
        }
    }

    /// Time the gate takes of a request that it lets through.
    fn delay(&self, request: &Request, draws: &StageDraws) -> SimDuration {
        let tries = self.tries_all && self.model.is_some();
        let tried = if tries { self.answering(request, draws) } else { SimDuration::ZERO };
        draws.time(GATE, &self.duration) + tried
    }

    /// The gate's own request of one that it lets through; `function` is what the function makes of it.
    fn passed(
        &self,
        (request, function): (&Request, &Request),
        draws: &StageDraws,
        (forwarding, inside): (Forwarding, &[bool]),
    ) -> Request {
        let delay = self.delay(request, draws);
        let model =
            if self.tries_all { self.with_model(request, inside) } else { without_model(request) };
        let handed = if self.function_elsewhere { request.request_bytes } else { 0 };
        let gate = Request { cpu: self.cpu(draws), ..model };
        match forwarding {
            Forwarding::Proxy => Request {
                duration: delay + (function.duration - function.after),
                time_to_first_token: delay + function.time_to_first_token,
                disconnect_after: function.disconnect_after.map(|after| delay + after),
                upstream_bytes: gate.upstream_bytes + handed,
                ..gate
            },
            Forwarding::Redirect => Request {
                duration: delay,
                time_to_first_token: delay,
                response_bytes: REJECTION_BYTES,
                messages_out: 1,
                disconnect_after: None,
                ..gate
            },
        }
    }
}

impl Stages {
    /// What one request is at a stage; `None` if it does not come there. `request` calls the workload's
    /// model with its whole prompt upstream; `inside` says which models are the platform's vendor's own.
    #[must_use]
    pub fn at(
        &self,
        stage: Stage,
        request: &Request,
        draws: &StageDraws,
        inside: &[bool],
    ) -> Option<Request> {
        let fate = self.gate.as_ref().map_or(Fate::Passed, |gate| gate.fate(draws));
        let passed = fate == Fate::Passed;
        match (stage, &self.gate) {
            (Stage::Post, _) => {
                let post = self.post.as_ref().filter(|_| passed)?;
                Some(post.own(request, draws))
            }
            (Stage::Behind, Some(gate)) => passed.then(|| Request {
                before: gate.delay(request, draws),
                ..self.function(request, draws, inside)
            }),
            (_, None) => Some(self.function(request, draws, inside)),
            (_, Some(gate)) => Some(match fate {
                Fate::Rejected => gate.rejected(request, draws),
                Fate::Answered => gate.answered(request, draws, inside),
                Fate::Passed => {
                    let function = self.function(request, draws, inside);
                    match (stage, gate.apart) {
                        (Stage::Gate, Some(forwarding)) => {
                            gate.passed((request, &function), draws, (forwarding, inside))
                        }
                        _ => self.through(gate, (request, function), draws, inside),
                    }
                }
            }),
        }
    }

    /// A request that passes a gate inside the function.
    fn through(
        &self,
        gate: &Gate,
        (request, function): (&Request, Request),
        draws: &StageDraws,
        inside: &[bool],
    ) -> Request {
        let delay = gate.delay(request, draws);
        let mut r = function;
        r.duration = r.duration + delay;
        r.time_to_first_token = r.time_to_first_token + delay;
        r.cpu = r.cpu + gate.cpu(draws);
        r.disconnect_after = r.disconnect_after.map(|after| after + delay);
        if let (true, Some(model)) = (gate.tries_all, gate.model.and_then(NonZeroU16::new)) {
            r.tried = Some(model);
            r.tried_output_tokens = request.output_tokens;
            r.upstream_bytes += sent_to(model.get(), request.upstream_bytes, inside);
        }
        r
    }

    /// What the function does of a request that reaches it.
    fn function(&self, request: &Request, draws: &StageDraws, inside: &[bool]) -> Request {
        let mut r = *request;
        r.upstream_bytes = sent_to(r.model, request.upstream_bytes, inside);
        if let Some(cascade) = self.cascade.as_ref().filter(|_| request.model == 0) {
            let first = cascade.first;
            let prompt = sent_to(first.get(), request.upstream_bytes, inside);
            if draws.0[ESCALATES] < cascade.escalates {
                let own = || request.duration;
                let tried = cascade.duration.as_ref().map_or_else(own, |d| draws.time(TRY, d));
                r.duration = r.duration + tried;
                r.time_to_first_token = r.time_to_first_token + tried;
                r.disconnect_after = r.disconnect_after.map(|after| after + tried);
                r.tried = Some(first);
                let tokens = |d: &Distribution| nearest(d.quantile(draws.0[TRY_TOKENS]));
                let tokens = cascade.output_tokens.as_ref().map(tokens);
                let tokens = tokens.map(|n| u32::try_from(n).unwrap_or(u32::MAX));
                r.tried_output_tokens = tokens.unwrap_or(request.output_tokens);
                r.upstream_bytes += prompt;
            } else {
                (r.model, r.upstream_bytes) = (first.get(), prompt);
            }
        }
        if let Some(post) = &self.post {
            if !post.apart {
                r.after = draws.time(POST, &post.duration);
                r.duration = r.duration + r.after;
                r.cpu = r.cpu + post.cpu(draws);
            } else if post.elsewhere {
                r.upstream_bytes += r.response_bytes;
            }
        }
        r
    }
}

impl Post {
    fn cpu(&self, draws: &StageDraws) -> SimDuration {
        let all = || draws.time(POST, &self.duration);
        self.cpu.as_ref().map_or_else(all, |cpu| draws.time(POST_CPU, cpu))
    }

    /// The request that a worker of its own gets: the answer, to be worked on.
    fn own(&self, request: &Request, draws: &StageDraws) -> Request {
        let duration = draws.time(POST, &self.duration);
        Request {
            duration,
            time_to_first_token: duration,
            cpu: self.cpu(draws),
            request_bytes: request.response_bytes,
            response_bytes: 0,
            messages_in: 1,
            messages_out: 1,
            disconnect_after: None,
            ..without_model(request)
        }
    }
}

fn without_model(request: &Request) -> Request {
    Request {
        input_tokens: 0,
        cached_tokens: 0,
        cache_write_tokens: 0,
        output_tokens: 0,
        upstream_bytes: 0,
        model: NO_MODEL,
        ..*request
    }
}

/// Bytes of a prompt that leave for the internet.
fn sent_to(model: u16, prompt: u64, inside: &[bool]) -> u64 {
    if inside.get(usize::from(model)) == Some(&true) { 0 } else { prompt }
}

/// The same part of `new` as `part` is of `old`.
fn scaled(part: SimDuration, new: SimDuration, old: SimDuration) -> SimDuration {
    if old <= SimDuration::ZERO {
        return SimDuration::ZERO;
    }
    let n = i128::from(part.0) * i128::from(new.0) / i128::from(old.0);
    SimDuration(i64::try_from(n).unwrap_or(i64::MAX))
}

#[cfg(test)]
#[path = "stages_tests.rs"]
mod tests;
