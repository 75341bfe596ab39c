//! What a request is at each stage.

use super::{
    ANSWER, ESCALATES, Forwarding, GATE, GATE_CPU, Gate, NO_MODEL, POST, POST_CPU, Post,
    REJECTION_BYTES, Stage, StageDraws, Stages, TRY, TRY_TOKENS,
};
use crate::units::{SimDuration, nearest};
use crate::workload::{Distribution, Request};
use std::num::NonZeroU16;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Rejected,
    Answered,
    Passed,
}

impl Gate {
    /// Rejections come from one end of the draw and answers from the other, so that a larger share of
    /// one keeps every request that had this fate before.
    pub(super) fn fate(&self, draws: &StageDraws) -> Fate {
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
        r.duration += delay;
        r.time_to_first_token += delay;
        r.cpu += gate.cpu(draws);
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
                r.duration += tried;
                r.time_to_first_token += tried;
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
                r.duration += r.after;
                r.cpu += post.cpu(draws);
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
