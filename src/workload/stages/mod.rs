//! The stages a request passes: a gate before the answer, a cascade of models, work after the last byte.
//!
//! One row of arrivals makes a request of each stage that runs on its own. What happens to a request is
//! drawn from its number alone, so every stage, and every variant of a scenario, sees the same fate.

mod requests;

use super::Distribution;
use super::random::{self, Pcg64};
use crate::units::SimDuration;
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

#[cfg(test)]
mod tests;
