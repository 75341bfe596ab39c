//! What arrives and what each request needs: traces, seeded patterns, the streaming request model.

pub mod parse;
mod request;

pub use request::{Request, Row, Status};
