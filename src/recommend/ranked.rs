//! What a search is told, and what it finds.

use super::range::Range;
use super::{Effect, Proposal, Rule, Trial};
use std::sync::Arc;

/// Which rules are asked, and how far a plan may go.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The rules, in order.
    pub rules: Vec<&'static dyn Rule>,
    /// Most recommendations a plan combines.
    pub max_changes: usize,
}

/// A proposal that was estimated.
#[derive(Clone, Debug)]
pub struct Ranked {
    /// Code of the rule.
    pub code: &'static str,
    /// Name of the rule.
    pub rule: &'static str,
    /// What it proposes.
    pub proposal: Proposal,
    /// What it does alone.
    pub effect: Effect,
    /// The changed scenario.
    pub trial: Arc<Trial>,
    /// How far its saving depends on what is only assumed, if it was looked at.
    pub range: Option<Range>,
    /// Whether its saving is less than a cent or a thousandth of the bill, or gone under a condition that
    /// was looked at. Such a change is shown, but no plan takes it.
    pub noise: bool,
}
