//! What runs on which meter: replayed requests and instances → usage, in exact integers.
//!
//! Time is weighed (memory, CPU) and rounded record by record as each meter says; the room knows no price.

mod capacity;
mod meters;
mod path;
mod per_request;
mod prepaid;
mod rounding;
mod tokens;
mod traffic;

pub use meters::{Deployed, Metered, Meters, Reading, Readings, Shortage};
pub use path::{PathLimits, PathMeters};
pub use prepaid::Prepaid;
pub use tokens::{Band, TokenClass, TokenMeter, TokenReading, TokenRule};
pub use traffic::Connections;
