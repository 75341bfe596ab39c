//! What a rule about prompt caches is about.

use crate::pricing::{LlmPrice, LlmProvider, Model};
use crate::units::UnitPrice;

/// A workload whose provider sells cached prompts.
pub(super) struct Case<'b> {
    pub(super) workload: usize,
    pub(super) name: String,
    pub(super) model: &'b Model,
    pub(super) provider: &'b LlmProvider,
    pub(super) price: &'b LlmPrice,
    /// What reading costs.
    pub(super) read: UnitPrice,
    /// What is sold to be written: lifetime and price, the cheapest first; empty where writing is input.
    pub(super) lives: Vec<(&'b str, UnitPrice)>,
}
