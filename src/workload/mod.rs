//! What arrives and what each request needs: traces, seeded patterns, the streaming request model.

mod column;
pub mod import;
mod labels;
pub mod parse;
mod request;
mod trace;
mod trace_column;

pub use request::{Request, Row, Status};
pub use trace::Trace;
pub use trace_column::{TimeBase, TraceColumn};
