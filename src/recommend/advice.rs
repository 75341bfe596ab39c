//! What a rule has to say.

use super::{Change, Figure};
use crate::units::Money;

/// What a rule found out about a scenario.
#[derive(Clone, Debug)]
pub enum Advice {
    /// A change that was tried.
    Proposal(Box<Proposal>),
    /// Something that pays only if a fact holds that the scenario does not state.
    WhatIf(WhatIf),
    /// Something that cannot be done, and why.
    Refused(Refused),
}

/// A change of the scenario, with its reasons.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// What to do, as a short imperative sentence.
    pub title: String,
    /// The edits.
    pub change: Change,
    /// How much work it is.
    pub effort: Effort,
    /// Facts that speak for it, one sentence each.
    pub evidence: Vec<String>,
    /// How close to the best possible it is.
    pub certificate: Certificate,
    /// What can be given to the provider, or looked at.
    pub artifacts: Vec<Artifact>,
}

/// How much work a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// A setting.
    Low,
    /// A change of the code or of a contract.
    Medium,
    /// Another architecture or provider.
    High,
}

impl Effort {
    /// The word in output.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// What is known about how good a proposal is among all of its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificate {
    /// None of its kind costs less; why that is known.
    Optimal(String),
    /// Every one of this many possibilities was estimated.
    Exhaustive(u64),
    /// No one of its kind can cost less than `bound`; what the bound is.
    Bound {
        /// A total that cannot be undercut.
        bound: Money,
        /// What kind of bound it is.
        of: String,
    },
    /// The best of those tried; why not more is known.
    BestFound(String),
}

/// Text for a provider's tool, or a drawing for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// What it is.
    pub name: String,
    /// `json`, `yaml`, `sh` or `text`.
    pub kind: &'static str,
    /// The text.
    pub content: String,
    /// The numbers behind it, where it can be drawn better than in text.
    pub figure: Option<Figure>,
}

/// Something that pays only if a fact holds that the scenario does not state.
#[derive(Clone, Debug)]
pub struct WhatIf {
    /// What to do, as a short imperative sentence.
    pub title: String,
    /// From where on it pays, in words.
    pub break_even: String,
    /// How to state the fact, so that it becomes a recommendation.
    pub state: String,
    /// Facts, one sentence each.
    pub evidence: Vec<String>,
}

/// Something that cannot be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What: a platform, a setting, a transport.
    pub what: String,
    /// Why, with the numbers.
    pub why: String,
}
