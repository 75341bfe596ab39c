//! A policy, and how a bill stands to it.

use super::policy::{Level, Limits, Policy};
use super::value::Value;

/// How a policy stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Within its limits.
    Kept,
    /// Above the level that warns.
    Warned,
    /// Above the level that fails.
    Exceeded,
    /// It cannot be told, because of this.
    Unknown(String),
    /// Not looked at, because of this.
    Skipped(String),
}

/// A policy and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The policy; its limits are in proportion to the period.
    pub policy: Policy,
    /// What the bill has.
    pub value: Option<Value>,
    /// How it stands.
    pub status: Status,
}

impl Outcome {
    /// The level that decides: the one that is exceeded, otherwise the next one.
    #[must_use]
    pub fn level(&self) -> Option<&Level> {
        let Limits { warn, fail } = &self.policy.limits;
        match self.status {
            Status::Warned => warn.as_ref(),
            _ => fail.as_ref().or(warn.as_ref()),
        }
    }
}
