//! Which results have a JSON Schema.

use super::{check, comparison, diff, json, pricing, reconciliation, trace};
use schemars::Schema;

/// What `--format json` of a command prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// `ssc estimate`
    Estimate,
    /// `ssc compare`
    Compare,
    /// `ssc compare --sweep`
    Sweep,
    /// `ssc check`
    Check,
    /// `ssc diff`
    Diff,
    /// `ssc reconcile`
    Reconcile,
    /// `ssc trace inspect`
    Trace,
    /// `ssc pricing list` with words or filters
    PricingList,
    /// `ssc pricing list`
    PricingOverview,
    /// `ssc pricing show`
    PricingShow,
    /// `ssc pricing diff`
    PricingDiff,
    /// `ssc pricing verify`
    PricingVerify,
}

impl Output {
    /// The JSON Schema of it, made from the types that are printed.
    #[must_use]
    pub fn schema(self) -> Schema {
        match self {
            Self::Estimate => json::schema(),
            Self::Compare => comparison::schema(),
            Self::Sweep => comparison::sweep_schema(),
            Self::Check => check::schema(),
            Self::Diff => diff::schema(),
            Self::Reconcile => reconciliation::schema(),
            Self::Trace => trace::schema(),
            Self::PricingList => pricing::list_schema(),
            Self::PricingOverview => pricing::overview_schema(),
            Self::PricingShow => pricing::show_schema(),
            Self::PricingDiff => pricing::diff_schema(),
            Self::PricingVerify => pricing::verify_schema(),
        }
    }
}
