//! Cheaper ways to serve the same streams.
//!
//! Every recommendation is a changed scenario that was estimated again: a [`Change`] edits the scenario's
//! text, a [`Session`] replays and bills it, a [`Rule`] says which changes are worth trying and what
//! proves them, and [`recommend`] ranks what they found and puts a plan together.

mod advice;
mod break_even;
mod change;
mod objectives;
mod outcome;
mod plan;
pub mod rules;
mod session;

pub use advice::{Advice, Artifact, Certificate, Effort, Proposal, Refused, WhatIf};
pub use change::{Change, Edit, Value};
pub use objectives::Objectives;
pub use outcome::{Effect, Outcome};
pub use plan::{Plan, Ranked, Recommendations, Settings, recommend};
pub use rules::{RULES, Rule, rule};
pub use session::{Session, Trial};
