//! Platforms and settings side by side.

mod json;
mod sweep;
mod table;
pub(in crate::report) mod words;

pub use json::json;
pub(super) use json::schema;
pub(super) use sweep::schema as sweep_schema;
pub(in crate::report) use sweep::sentence;
pub use sweep::{Swept, sweep_json, sweep_table};
pub use table::table;
