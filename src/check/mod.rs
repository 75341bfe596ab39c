//! A bill held to budgets: what is limited, and whether it is kept.
//!
//! A check passes only if everything has a price: what is unpriced could cost anything.

mod amount;
mod baseline;
mod evaluate;
mod outcome;
mod policy;
mod seen;
mod value;

pub use amount::{percent, usd};
pub use baseline::{Baseline, Change};
pub use evaluate::{Check, Verdict, check};
pub use outcome::{Outcome, Status};
pub use policy::{Level, Limits, Measure, Policies, Policy};
pub use value::{Amount, Value};
