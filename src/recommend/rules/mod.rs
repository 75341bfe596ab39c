//! One rule per file.

mod assigned;
mod cache_shares;
mod commitments;
mod cover;
mod demand;
mod edge_first;
mod feasibility;
mod hybrid_split;
mod keep_alive;
mod lengths;
mod offers;
mod overflow;
mod pipeline;
mod prewarming;
mod prompt_cache;
mod prompt_case;
mod protocol;
mod region;
mod response_cache;
mod savings;
mod settings;
mod sizes;
mod tiers;
mod token_cap;

use super::{Advice, Session};
use crate::diagnostic::Result;
use std::fmt;

/// Something that may make a scenario cheaper.
pub trait Rule: Sync {
    /// Its code, such as `SSC201`: 1xx architecture, 2xx platform settings, 3xx application.
    fn code(&self) -> &'static str;
    /// Its name, such as `settings`.
    fn name(&self) -> &'static str;
    /// One line: what it looks for.
    fn summary(&self) -> &'static str;
    /// What `ssc explain` prints: when it pays, how it is searched, what its certificate means, what it
    /// leaves out. Markdown.
    fn explanation(&self) -> &'static str;
    /// What it has to say about the scenario as it stands.
    ///
    /// # Errors
    /// When a trace cannot be read.
    fn advise(&self, session: &mut Session<'_>) -> Result<Vec<Advice>>;
}

impl fmt::Debug for dyn Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Every rule, in order of code.
pub static RULES: &[&dyn Rule] = &[
    &hybrid_split::HybridSplit,
    &overflow::Overflow,
    &pipeline::Pipeline,
    &edge_first::EdgeFirst,
    &prewarming::Prewarming,
    &keep_alive::KeepAlive,
    &settings::Settings,
    &commitments::Commitments,
    &region::Region,
    &token_cap::TokenCap,
    &prompt_cache::PromptCache,
    &response_cache::ResponseCache,
    &tiers::Tiers,
    &protocol::Protocol,
    &feasibility::Feasibility,
];

/// The rule of this code or name.
#[must_use]
pub fn rule(wanted: &str) -> Option<&'static dyn Rule> {
    let is = |r: &&&dyn Rule| r.code().eq_ignore_ascii_case(wanted) || r.name() == wanted;
    RULES.iter().find(is).copied()
}
