//! Platforms and settings side by side.

mod first_look;
mod json;
mod sweep;
mod table;
pub(in crate::report) mod words;

pub use first_look::first_look;
pub use json::json;
pub(super) use json::schema;
pub(in crate::report) use json::{Bounds, bounds};
pub(super) use sweep::schema as sweep_schema;
pub(in crate::report) use sweep::sentence;
pub use sweep::{Swept, sweep_json, sweep_table};
pub use table::table;
