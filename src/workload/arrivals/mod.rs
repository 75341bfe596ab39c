//! When requests arrive: seeded patterns, or a trace.

mod iter;
mod pattern;
mod plan;
mod rate;
mod routes;
mod spec;

pub use iter::Arrivals;
pub use pattern::Pattern;
pub use plan::{ArrivalPlan, Generated, Traced};
pub use routes::{Routes, RoutesSpec, unknown};
pub use spec::{ArrivalsSpec, PatternName, PromptCacheSpec};
