//! A check, for people, pull requests and machines.

mod github;
mod json;
mod junit;
mod markdown;
mod sarif;
mod table;
mod words;

pub use github::github;
pub use json::json;
pub(super) use json::schema;
pub use junit::junit;
pub use markdown::markdown;
pub use sarif::sarif;
pub use table::table;
