//! Logs: lines of text, and events however they were exported.

mod events;
mod events_json;
mod lines;

pub(super) use events::{Event, each, is_table};
pub(super) use lines::Lines;
