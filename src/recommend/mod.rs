//! Cheaper ways to serve the same streams.
//!
//! Every recommendation is a changed scenario that was estimated again: a [`Change`] edits the scenario's
//! text, a [`Session`] replays and bills it, a [`Rule`] says which changes are worth trying and what
//! proves them, and [`recommend`] ranks what they found and puts a plan together.

mod advice;
pub mod assign;
mod assumed;
mod bootstrap;
mod break_even;
mod by_days;
pub mod candidates;
mod change;
mod condition;
mod figure;
mod flips;
mod goal;
mod load;
mod objectives;
mod options;
mod outcome;
mod placement;
mod plan;
mod range;
mod ranked;
pub mod rules;
mod search;
mod session;
mod stated;
pub mod warm;
mod words;

pub use advice::{Advice, Artifact, Certificate, Effort, Proposal, Refused, WhatIf};
pub use assumed::is_assumption;
pub use by_days::{ByDays, Days, MOST_BY_DAYS};
pub use change::{Change, Edit, Value};
pub use condition::Condition;
pub use figure::{Choice, Figure, Frontier};
pub use goal::Goal;
pub use load::Load;
pub use objectives::Objectives;
pub use outcome::{Effect, Outcome};
pub use plan::{Plan, Recommendations, recommend};
pub use range::{Range, Varied};
pub use ranked::{Ranked, Settings};
pub use rules::{RULES, Rule, rule};
pub use session::{MOST_FOR_WHAT_IFS, NoDays, Session, Trial};
